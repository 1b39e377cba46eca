//! Kustomizations: the overlay's folder, and whatever it names outside of it.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use serde_yaml::Value;

use super::{Budget, LoadError, TREE_LIMIT, is_manifest};
use crate::source::SourceTree;
use crate::untyped;

const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What a kustomization names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// Files and folders, as written.
    pub paths: Vec<String>,
    /// Among `resources`, `components` and `bases`: what lies on another machine.
    pub remotes: Vec<String>,
    /// Whether it is a Component, which can't be built alone.
    pub is_component: bool,
    /// Whether it inflates Helm charts.
    pub has_charts: bool,
    /// Whether it names generators, transformers or validators, which may read files that are named only in them.
    pub has_plugins: bool,
}

/// Returns the file that makes a folder a kustomization.
pub fn kustomization_of(folder: &Path) -> Option<PathBuf> {
    FILE_NAMES.iter().map(|it| folder.join(it)).find(|it| it.is_file())
}

/// Whether a path is that of a kustomization's own file.
pub fn is_kustomization(path: &str) -> bool {
    FILE_NAMES.contains(&path.rsplit('/').next().unwrap_or(path))
}

/// Reads what a kustomization's text names; nothing where it can't be read.
pub fn references(text: &str) -> References {
    let value = untyped::read(text);
    let mut found = References {
        is_component: value.get("kind").and_then(Value::as_str) == Some("Component"),
        has_charts: ["helmCharts", "helmChartInflationGenerator"].iter().any(|key| value.get(key).is_some()),
        has_plugins: ["generators", "transformers", "validators"].iter().any(|key| value.get(key).is_some()),
        ..References::default()
    };
    for key in ["resources", "components", "bases"] {
        let (remote, local) = strings(value.get(key)).partition(|entry| is_remote(entry));
        found.remotes.extend::<Vec<_>>(remote);
        found.paths.extend::<Vec<_>>(local);
    }
    for key in ["crds", "generators", "transformers", "validators", "configurations", "patchesStrategicMerge"] {
        found.paths.extend(strings(value.get(key)));
    }
    for key in ["patches", "patchesJson6902", "replacements"] {
        found.paths.extend(entries(value.get(key)).flat_map(|entry| strings(entry.get("path"))));
    }
    for entry in ["configMapGenerator", "secretGenerator"].iter().flat_map(|key| entries(value.get(key))) {
        let files =
            strings(entry.get("files")).map(|file| file.split_once('=').map_or(file.clone(), |(_, path)| path.to_owned()));
        found.paths.extend(files.chain(strings(entry.get("envs"))).chain(strings(entry.get("env"))));
    }
    for entry in entries(value.get("helmCharts")) {
        found.paths.extend(strings(entry.get("valuesFile")).chain(strings(entry.get("additionalValuesFiles"))));
    }
    found.paths.extend(strings(value.get("openapi").and_then(|openapi| openapi.get("path"))));
    // Some of these fields also take YAML itself.
    found.paths.retain(|path| !path.is_empty() && !path.contains('\n'));
    found
}

/// Returns what a kustomization's text lists as its resources, as written.
pub fn resources(text: &str) -> Vec<String> {
    let value = untyped::read(text);
    ["resources", "bases"].iter().flat_map(|key| strings(value.get(key)).collect::<Vec<_>>()).collect()
}

/// A string, or a list of them.
fn strings(value: Option<&Value>) -> impl Iterator<Item = String> {
    let one = value.and_then(Value::as_str).map(str::to_owned);
    one.into_iter().chain(entries(value).filter_map(Value::as_str).map(str::to_owned))
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_sequence).into_iter().flatten()
}

/// Whether kustomize fetches an entry of `resources` from another machine: a URL, a repository, or one of Git's short forms.
pub fn is_remote(entry: &str) -> bool {
    let lower = entry.to_ascii_lowercase();
    let hosts = ["github.com/", "github.com:", "gitlab.com/", "bitbucket.org/", "gh:", "git@", "git::"];
    (lower.contains("://") && !entry.contains('\n'))
        || ["?ref=", "?version=", "&ref="].iter().any(|query| lower.contains(query))
        || hosts.iter().any(|host| lower.starts_with(host))
        || lower.contains(".git//")
}

/// Loads a kustomization from its folder: the manifests in it, and, in turn, all that it names.
/// What it names outside of its folder is called `../base/x.yaml`; what is not there is left to kustomize to complain about.
pub fn load_overlay(path: &Path) -> Result<SourceTree, LoadError> {
    load_stack(path, &[])
}

/// Loads a kustomization, and those that it may be built on: their paths are from its folder.
pub fn load_stack(path: &Path, on: &[String]) -> Result<SourceTree, LoadError> {
    let root = path.canonicalize().map_err(|error| LoadError::io(path, error))?;
    if !FILE_NAMES.iter().any(|name| root.join(name).is_file()) {
        return Err(LoadError::NoKustomization { path: path.to_owned() });
    }
    let given = path.to_string_lossy().into_owned();
    let mut load =
        Load { budget: Budget::new(path, TREE_LIMIT), tree: SourceTree::default(), seen: BTreeSet::new(), given, root };
    let mut folders: Vec<PathBuf> = on.iter().filter_map(|it| load.root.join(it).canonicalize().ok()).collect();
    folders.push(load.root.clone());
    while let Some(folder) = folders.pop() {
        folders.extend(load.folder(&folder)?);
    }
    Ok(load.tree)
}

struct Load {
    /// As the user calls it.
    given: String,
    root: PathBuf,
    tree: SourceTree,
    budget: Budget,
    seen: BTreeSet<PathBuf>,
}

impl Load {
    /// Loads one folder's files and those that its kustomization names, and returns the folders that it names.
    fn folder(&mut self, folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
        let mut named = Vec::new();
        if !self.seen.insert(folder.to_owned()) {
            return Ok(named);
        }
        let failed = |error| LoadError::io(folder, error);
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if is_manifest(name) || is_kustomization(name) {
                self.file(&path)?;
            }
        }
        let Some(kustomization) = FILE_NAMES.iter().map(|name| folder.join(name)).find(|file| file.is_file()) else {
            return Ok(named);
        };
        let text = self.tree.text(&relative(&self.root, &kustomization)).unwrap_or_default().into_owned();
        for path in references(&text).paths {
            // What does not exist can't be resolved.
            let Ok(path) = folder.join(path).canonicalize() else { continue };
            if path.is_dir() {
                named.push(path);
            } else {
                self.file(&path)?;
            }
        }
        Ok(named)
    }

    fn file(&mut self, path: &Path) -> Result<(), LoadError> {
        if path.is_file() && self.seen.insert(path.to_owned()) {
            let name = relative(&self.root, path);
            let shown = crate::source::normalize(&crate::source::join(&self.given, &name));
            let bytes = self.budget.read(path).map_err(|error| error.called(shown))?;
            self.tree.insert(name, bytes);
        }
        Ok(())
    }
}

/// Returns the way from one folder to a path; both are absolute and without links.
pub(crate) fn relative(from: &Path, to: &Path) -> String {
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[common..].iter().map(|_| "..".into());
    let down = to[common..].iter().map(|part: &Component<'_>| part.as_os_str().to_string_lossy());
    up.chain(down).collect::<Vec<_>>().join("/")
}
