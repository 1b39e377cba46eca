//! A chart as Helm loads it, parsed once and shared by all renderings.

mod load;
mod metadata;

use std::sync::{Arc, OnceLock};

pub use metadata::{Maintainer, Metadata, Requirement};

use super::schema::Schema;
use super::values::Step;
use super::{ChartError, HelmVersion};
use crate::gotemplate::value::Frozen;
use crate::source::SourceTree;
use crate::yaml::Node;

/// A chart with all its subcharts.
#[derive(Debug)]
pub struct HelmChart {
    pub helm: HelmVersion,
    pub root: Package,
}

impl HelmChart {
    /// Loads a chart from its tree.
    ///
    /// # Errors
    /// What Helm says of a broken chart.
    pub fn load(tree: &SourceTree, helm: HelmVersion) -> Result<Self, ChartError> {
        load::chart(tree, helm).map(|root| Self { helm, root })
    }
}

/// A chart's own files, and its subcharts.
#[derive(Debug)]
pub struct Package {
    /// Where it stands in the tree: `""`, `charts/redis/`.
    pub folder: String,
    pub metadata: Metadata,
    pub values: Arc<Frozen>,
    /// `values.yaml`, as a file.
    values_file: Option<Arc<File>>,
    /// Where the keys of `values.yaml` stand, once that was asked for.
    places: OnceLock<Option<Node>>,
    pub(super) schema: Option<Schema>,
    /// What stands in `templates/`.
    pub templates: Vec<Arc<File>>,
    /// What templates see as `.Files`.
    pub files: Arc<[Arc<File>]>,
    pub subcharts: Vec<Self>,
}

/// A file of a chart.
#[derive(Debug, PartialEq, Eq)]
pub struct File {
    /// Relative to its chart: `templates/service.yaml`.
    pub name: String,
    /// In the tree: `charts/redis/templates/service.yaml`.
    pub path: String,
    pub bytes: Box<[u8]>,
}

impl Package {
    /// Returns the files of `crds/`, as `helm template --include-crds` shows them; those of subcharts are theirs.
    pub fn crds(&self) -> impl Iterator<Item = &Arc<File>> {
        self.files.iter().filter(|file| {
            let extension = file.name.rsplit_once('.').map_or("", |(_, extension)| extension);
            let is_manifest = ["yaml", "yml", "json"].iter().any(|it| extension.eq_ignore_ascii_case(it));
            file.name.starts_with("crds/") && is_manifest
        })
    }

    /// Returns the file and the line in which `values.yaml` sets a path of this chart's values.
    pub fn line_of(&self, path: &[Step]) -> Option<(&str, u32)> {
        let file = self.values_file.as_ref()?;
        let root = self.places.get_or_init(|| super::yaml::first(&file.bytes).ok().flatten()).as_ref()?;
        let line = place(root, path)?;
        Some((&file.path, line))
    }
}

impl HelmChart {
    /// Returns the file and the line that give a path of the root's values its default: of the chart highest up that sets it.
    pub fn line_of(&self, path: &[Step]) -> Option<(&str, u32)> {
        let (mut package, mut rest) = (&self.root, path);
        loop {
            if let Some(found) = package.line_of(rest) {
                return Some(found);
            }
            let (Step::Key(key), below) = rest.split_first()? else { return None };
            let dependencies = package.metadata.dependencies.iter().flatten();
            let named = dependencies.into_iter().find(|it| it.alias == *key).map_or(key, |it| &it.name);
            package = package.subcharts.iter().find(|it| it.metadata.name == *named)?;
            rest = below;
        }
    }
}

/// Returns the line in which a values file sets a path.
pub fn line_of(bytes: &[u8], path: &[Step]) -> Option<u32> {
    place(&super::yaml::first(bytes).ok()??, path)
}

fn place(root: &Node, path: &[Step]) -> Option<u32> {
    let (mut line, mut node) = (root.start.line, root);
    for step in path {
        match step {
            Step::Key(key) => {
                let entry = node.entry(key)?;
                (line, node) = (entry.key_start.line, &entry.value);
            }
            Step::Index(index) => {
                node = node.items().get(*index)?;
                line = node.start.line;
            }
        }
    }
    Some(line)
}

#[cfg(test)]
mod tests;
