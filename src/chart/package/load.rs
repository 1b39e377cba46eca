//! Which file of a chart is what: `LoadFiles` of Helm's loader (load.go).

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::{File, Metadata, Package};
use crate::chart::schema::Schema;
use crate::chart::yaml::{self, Mistake};
use crate::chart::{ChartError, HelmVersion, IgnoreRules};
use crate::gotemplate::value::Frozen;
use crate::source::SourceTree;

/// Deeper than any sound chart has subcharts inside each other.
const DEEPEST: usize = 64;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A file by its name relative to a chart, with its path in the tree.
type Entry<'a> = (&'a str, &'a str, &'a [u8]);

pub(super) fn chart(tree: &SourceTree, helm: HelmVersion) -> Result<Package, ChartError> {
    let rules = tree.text(".helmignore").map(|text| IgnoreRules::parse(&text));
    // The tree keeps them as inputs; to Helm they are not there.
    let is_ignored = |path: &str| {
        path.starts_with("ci/") && rules.as_ref().is_some_and(|it| it.ignores("ci", true) || it.ignores(path, false))
    };
    let files = tree.files().filter(|(path, _)| !is_ignored(path));
    let files: Vec<Entry<'_>> = files.map(|(path, bytes)| (path, path, bytes)).collect();
    if helm == HelmVersion::V4 {
        check_version(&files)?;
    }
    package("", &files, helm, 0)
}

/// Refuses what Helm 4 has no loader for.
fn check_version(files: &[Entry<'_>]) -> Result<(), ChartError> {
    let Some((_, path, bytes)) = files.iter().find(|(name, ..)| *name == "Chart.yaml") else { return Ok(()) };
    let mut metadata = Metadata::default();
    metadata.read_version(strip(bytes)).map_err(|it| broken("cannot load Chart.yaml", it, path))?;
    match metadata.api_version.as_str() {
        "v1" | "v2" | "" => Ok(()),
        "v3" => Err(ChartError::broken("invalid chart apiVersion")),
        _ => Err(ChartError::broken("unsupported chart version")),
    }
}

fn broken(words: &str, mistake: Mistake, path: &str) -> ChartError {
    ChartError::broken(mistake.message).within(words).at(path, mistake.line)
}

fn strip(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

fn file((name, path, bytes): Entry<'_>) -> Arc<File> {
    Arc::new(File { name: name.to_owned(), path: path.to_owned(), bytes: strip(bytes).into() })
}

fn package(folder: &str, entries: &[Entry<'_>], helm: HelmVersion, depth: usize) -> Result<Package, ChartError> {
    let mut parts = Parts::default();
    for (_, path, bytes) in entries.iter().filter(|(name, ..)| *name == "Chart.yaml") {
        let metadata = parts.metadata.insert(Metadata::default());
        metadata.read(strip(bytes), helm).map_err(|it| broken("cannot load Chart.yaml", it, path))?;
        if metadata.api_version.is_empty() {
            "v1".clone_into(&mut metadata.api_version);
        }
    }
    for entry in entries {
        parts.take(*entry, helm)?;
    }
    let Some(mut metadata) = parts.metadata else { return Err(ChartError::broken("Chart.yaml file is missing")) };
    metadata.validate().map_err(|message| ChartError::broken(message).at(&format!("{folder}Chart.yaml"), Some(1)))?;
    metadata.parse_versions();
    let subcharts = subcharts(folder, &parts.subcharts, &metadata.name, helm, depth)?;
    Ok(Package {
        folder: folder.to_owned(),
        metadata,
        values: Arc::new(Frozen::Map(parts.values)),
        values_file: parts.values_file,
        places: OnceLock::new(),
        schema: parts.schema,
        templates: parts.templates,
        files: parts.files.into(),
        subcharts,
    })
}

#[derive(Default)]
struct Parts<'a> {
    metadata: Option<Metadata>,
    values: yaml::Table,
    values_file: Option<Arc<File>>,
    schema: Option<Schema>,
    templates: Vec<Arc<File>>,
    files: Vec<Arc<File>>,
    /// By the name of their folder.
    subcharts: BTreeMap<&'a str, Vec<Entry<'a>>>,
}

impl<'a> Parts<'a> {
    fn take(&mut self, entry: Entry<'a>, helm: HelmVersion) -> Result<(), ChartError> {
        let (name, path, bytes) = entry;
        let bytes = strip(bytes);
        match name {
            "Chart.yaml" => {}
            "Chart.lock" => read_lock(bytes).map_err(|it| broken("cannot load Chart.lock", it, path))?,
            "values.yaml" => {
                self.values = yaml::values(bytes, helm).map_err(|it| broken("cannot load values.yaml", it, path))?;
                self.values_file = Some(file(entry));
            }
            "values.schema.json" => self.schema = Some(Schema::new(path, bytes)),
            "requirements.yaml" => {
                let metadata = self.metadata.get_or_insert_default();
                metadata.read(bytes, helm).map_err(|it| broken("cannot load requirements.yaml", it, path))?;
                self.keep_old(entry);
            }
            "requirements.lock" => {
                read_lock(bytes).map_err(|it| broken("cannot load requirements.lock", it, path))?;
                self.keep_old(entry);
            }
            _ => match name.strip_prefix("charts/") {
                _ if name.starts_with("templates/") => self.templates.push(file(entry)),
                Some(rest) if extension(name) != ".prov" => {
                    let folder = rest.split('/').next().unwrap_or_default();
                    self.subcharts.entry(folder).or_default().push((rest, path, bytes));
                }
                _ => self.files.push(file(entry)),
            },
        }
        Ok(())
    }

    /// Keeps a file that only charts of version 1 have.
    fn keep_old(&mut self, entry: Entry<'_>) {
        if self.metadata.get_or_insert_default().api_version == "v1" {
            self.files.push(file(entry));
        }
    }
}

fn read_lock(bytes: &[u8]) -> Result<(), Mistake> {
    yaml::first(bytes).map(|_| ())
}

fn subcharts(
    folder: &str,
    found: &BTreeMap<&str, Vec<Entry<'_>>>,
    parent: &str,
    helm: HelmVersion,
    depth: usize,
) -> Result<Vec<Package>, ChartError> {
    let mut packages = Vec::new();
    for (name, entries) in found {
        if name.starts_with(['_', '.']) {
            continue;
        }
        let entries: Vec<Entry<'_>> =
            entries.iter().filter_map(|(name, path, bytes)| Some((name.split_once('/')?.1, *path, *bytes))).collect();
        let loaded = if depth == DEEPEST {
            Err(ChartError::broken("too many charts inside each other"))
        } else {
            package(&format!("{folder}charts/{name}/"), &entries, helm, depth + 1)
        };
        packages.push(loaded.map_err(|error| error.within(format_args!("error unpacking subchart {name} in {parent}")))?);
    }
    Ok(packages)
}

/// Go's `filepath.Ext`.
fn extension(name: &str) -> &str {
    let last = name.rsplit('/').next().unwrap_or_default();
    last.rfind('.').map_or("", |at| &last[at..])
}
