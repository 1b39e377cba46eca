//! The matrix of the configuration: its file names become paths, its entries changes.

use std::path::PathBuf;

use super::axis::{self, Axis, AxisName};
use super::case::{CaseSource, Expect, SetArg, ValuesFile};
use super::change::Change;
use super::exclude::Exclude;
use super::plan::PlanError;
use super::{Combine, ListFiles};
use crate::config::{Expected, MatrixConfig, OneOrMany, SetMap};
use crate::source::{join, normalize};

/// The folder that the configuration's paths are relative to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigFolder {
    /// As shown: relative to where the tool runs, with `/`; empty when it is that folder.
    pub shown: String,
    /// Where it is.
    pub path: PathBuf,
}

impl ConfigFolder {
    /// Returns a values file by its name in the configuration.
    pub fn file(&self, name: &str) -> ValuesFile {
        let name = name.strip_prefix("./").unwrap_or(name);
        ValuesFile { shown: self.shown_path(name), path: self.path.join(name) }
    }

    /// Returns a path of the configuration as shown; `a/../b` becomes `b`.
    fn shown_path(&self, name: &str) -> String {
        let path = if name.starts_with('/') { name.to_owned() } else { join(&self.shown, name) };
        normalize(&path)
    }

    /// Returns the stacks that a list of names and globs stands for.
    fn stacks(&self, names: &[String], list_files: ListFiles<'_>) -> Result<Vec<Change>, PlanError> {
        let list = |pattern: &str| {
            // the folder's own name is no glob
            let file = self.file(pattern);
            if !pattern.contains(['*', '?', '[', '{']) {
                return if list_files(&file.shown).is_empty() { Vec::new() } else { vec![file] };
            }
            let escaped = Self { shown: globset::escape(&self.shown), path: PathBuf::new() };
            list_files(&escaped.shown_path(pattern))
        };
        axis::stacks(names, &list)
            .map_err(|error| if let PlanError::NoFile { text } = error { PlanError::NoConfigFile { text } } else { error })
    }
}

/// The configuration's part of a plan.
#[derive(Clone, Copy)]
pub struct ConfigMatrix<'a> {
    pub matrix: &'a MatrixConfig,
    pub folder: &'a ConfigFolder,
    pub list_files: ListFiles<'a>,
}

/// A case that the configuration spells out.
pub(super) struct Extra {
    pub(super) name: Option<String>,
    pub(super) change: Change,
    pub(super) expect: Option<Expect>,
}

impl ConfigMatrix<'_> {
    /// Returns how axes are combined, when it is said.
    pub(super) fn combine(&self) -> Option<Combine> {
        self.matrix.combine
    }

    /// Returns the axes that have items.
    pub(super) fn axes(&self) -> Result<Vec<Axis>, PlanError> {
        let axes = &self.matrix.axes;
        let mut values = Vec::new();
        for item in &axes.values {
            values.extend(self.folder.stacks(item.as_slice(), self.list_files)?);
        }
        let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let change = Change::default;
        let api = |item: &OneOrMany<String>| Change { api: item.as_slice().to_vec(), ..change() };
        let all = [
            (AxisName::Values, values),
            (AxisName::Set(String::new()), axes.set.iter().map(|set| Change { sets: sets(set), ..change() }).collect()),
            (AxisName::Kube, axes.kube.iter().map(|kube| Change { kube: text(&kube.0), ..change() }).collect()),
            (AxisName::Api, axes.api.iter().map(api).collect()),
            (AxisName::Release, axes.release.iter().map(|name| Change { release: text(name), ..change() }).collect()),
            (AxisName::Namespace, axes.namespace.iter().map(|name| Change { namespace: text(name), ..change() }).collect()),
        ];
        let filled = all.into_iter().filter(|(_, items)| !items.is_empty());
        Ok(filled.map(|(name, items)| Axis { name, items, source: CaseSource::Configuration }).collect())
    }

    /// Returns what is left out of these axes.
    pub(super) fn excludes(&self, axes: &[Axis]) -> Vec<Exclude> {
        self.matrix.exclude.iter().map(|entry| Exclude::new(entry, self.folder, axes)).collect()
    }

    /// Returns the cases that are spelled out.
    pub(super) fn extras(&self) -> Result<Vec<Extra>, PlanError> {
        let mut extras = Vec::new();
        for entry in &self.matrix.include {
            let files = entry.values.as_ref().map_or(&[][..], OneOrMany::as_slice);
            let rest = Change {
                values: Vec::new(),
                sets: entry.set.as_ref().map(sets).unwrap_or_default(),
                kube: entry.kube.as_ref().map(|kube| kube.0.clone()).filter(|kube| !kube.is_empty()),
                api: entry.api.as_ref().map(|api| api.as_slice().to_vec()).unwrap_or_default(),
                release: entry.release.clone(),
                namespace: entry.namespace.clone(),
            };
            let expect = entry.expect.map(|expect| match expect {
                Expected::Render => Expect::Render,
                Expected::Fail => Expect::Fail,
            });
            for stack in self.folder.stacks(files, self.list_files)? {
                extras.push(Extra { name: entry.name.clone(), change: stack.and(&rest), expect });
            }
        }
        Ok(extras)
    }
}

/// Returns the arguments for a map of values.
pub(super) fn sets(map: &SetMap) -> Vec<SetArg> {
    map.0.iter().map(|(path, value)| SetArg::typed(path, value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_paths_by_the_configurations_folder() {
        for (shown, name, expected) in [
            ("", "values-prod.yaml", "values-prod.yaml"),
            ("deploy", "values-prod.yaml", "deploy/values-prod.yaml"),
            ("deploy", "./env/prod.yaml", "deploy/env/prod.yaml"),
            ("deploy/web", "../shared.yaml", "deploy/shared.yaml"),
            ("..", "env/prod.yaml", "../env/prod.yaml"),
            ("..", "../prod.yaml", "../../prod.yaml"),
            ("deploy", "/etc/values.yaml", "/etc/values.yaml"),
        ] {
            let folder = ConfigFolder { shown: shown.into(), path: PathBuf::from("/repo").join(shown) };
            assert_eq!(folder.file(name).shown, expected, "{shown} {name}");
        }
        let folder = ConfigFolder { shown: "deploy".into(), path: "/repo/deploy".into() };
        assert_eq!(folder.file("./a.yaml").path, PathBuf::from("/repo/deploy/a.yaml"));
    }
}
