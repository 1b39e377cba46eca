//! Charts: a folder or an archive, with the archives in `charts/` unfolded and local dependencies put in.

use std::path::{Path, PathBuf};

use serde_yaml::Value;

use super::{Budget, LoadError, TREE_LIMIT, archive, walk};
use crate::chart::IgnoreRules as Rules;
use crate::source::SourceTree;
use crate::untyped;

/// Archives inside archives beyond that are an attack.
const DEPTH_LIMIT: usize = 16;

/// A chart's files.
#[derive(Debug, Clone, Default)]
pub struct LoadedChart {
    pub tree: SourceTree,
    /// Parts of the tree that are not below the chart's folder: dependencies with a `file://` repository that `charts/` lacks,
    /// put where `helm dependency build` would put them.
    pub linked: Vec<Linked>,
    /// Whether something was passed over that helm may read: a link that leads out of the chart.
    pub passed_over: bool,
}

/// A dependency that was put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its folder in the tree: `charts/common`.
    pub at: String,
    /// Its folder on disk.
    pub from: PathBuf,
}

/// Loads a chart from its folder or its archive.
///
/// In a folder, what `.helmignore` names is left out as Helm does, but for `ci/*-values.yaml`, which are inputs and no part of the chart.
pub fn load_chart(path: &Path) -> Result<LoadedChart, LoadError> {
    let mut budget = Budget::new(path, TREE_LIMIT);
    let data = std::fs::metadata(path).map_err(|error| LoadError::io(path, error))?;
    if data.is_file() {
        return Ok(LoadedChart { tree: load_archive(path, &mut budget)?, ..LoadedChart::default() });
    }
    if !data.is_dir() {
        return Err(LoadError::Irregular { path: path.to_owned() });
    }
    let (mut tree, mut passed_over) = load_folder(path, &mut budget)?;
    let mut linked = Vec::new();
    for local in missing_local(path, &tree) {
        let (dependency, more) = load_folder(&local.from, &mut budget)?;
        passed_over |= more;
        for (file, bytes) in dependency.files() {
            tree.insert(format!("{}/{file}", local.at), bytes);
        }
        linked.push(local);
    }
    Ok(LoadedChart { tree, linked, passed_over })
}

/// Whether helm would miss a dependency in the folder that is in the tree, so that it must render a copy.
pub fn lacks_local(root: &Path, tree: &SourceTree) -> bool {
    let mut locals = dependencies(tree).into_iter().filter(|dependency| dependency.local(root).is_some()).peekable();
    if locals.peek().is_none() || !root.is_dir() {
        return false;
    }
    // Seldom enough that reading the folder once more does no harm.
    load_folder(root, &mut Budget::new(root, TREE_LIMIT)).is_ok_and(|(own, _)| !missing_local(root, &own).is_empty())
}

/// Returns the folders of the local dependencies that a chart's folder names.
pub fn locals(root: &Path) -> Vec<PathBuf> {
    let mut tree = SourceTree::default();
    for file in ["Chart.yaml", "requirements.yaml"] {
        if let Ok(text) = super::super::files::read_small_text(&root.join(file)) {
            tree.insert(file, text.into_bytes());
        }
    }
    dependencies(&tree).iter().filter_map(|it| it.local(root)).collect()
}

/// Whether a chart names dependencies.
pub fn has_dependencies(tree: &SourceTree) -> bool {
    !dependencies(tree).is_empty()
}

/// Returns the tree of a chart whose `file://` repositories still lead to the same folders from anywhere else. What they put
/// into `charts/` is left out: helm fetches it again.
pub fn with_absolute_locals(tree: &SourceTree, root: &Path) -> SourceTree {
    let locals: Vec<_> = dependencies(tree).into_iter().filter_map(|it| Some((it.repository.clone(), it.local(root)?))).collect();
    let mut copy = tree.clone();
    for file in ["Chart.yaml", "requirements.yaml"] {
        let Some(text) = tree.text(file) else { continue };
        let changed = locals.iter().fold(text.into_owned(), |text, (repository, folder)| {
            let full = folder.canonicalize().unwrap_or_else(|_| folder.clone());
            text.replace(repository.as_str(), &format!("file://{}", full.display()))
        });
        copy.insert(file, changed.into_bytes());
    }
    copy
}

fn load_archive(path: &Path, budget: &mut Budget) -> Result<SourceTree, LoadError> {
    let bytes = budget.read(path)?;
    let files = archive::unpack(&path.display().to_string(), &bytes, budget)?.files;
    finish(files, path, budget)
}

/// Returns the files of a chart's folder, and whether something was passed over.
fn load_folder(path: &Path, budget: &mut Budget) -> Result<(SourceTree, bool), LoadError> {
    let ignore = path.join(".helmignore");
    let rules = if ignore.is_file() { Rules::parse(&String::from_utf8_lossy(&budget.read(&ignore)?)) } else { Rules::parse("") };
    let wanted = |name: &str, is_folder: bool| {
        name == "ci" || (name.starts_with("ci/") && name.ends_with("-values.yaml")) || !rules.ignores(name, is_folder)
    };
    let mut files = Vec::new();
    let passed_over = walk::files(path, &wanted, &mut |name, file| {
        // Below an ignored `ci` nothing else is wanted.
        if !name.starts_with("ci/") || name.ends_with("-values.yaml") || !rules.ignores("ci", true) {
            files.push((name.to_owned(), budget.read(file)?));
        }
        Ok(())
    })?;
    Ok((finish(files, path, budget)?, passed_over))
}

/// Makes the tree, unfolding archives after all plain files are there.
fn finish(files: Vec<(String, Vec<u8>)>, path: &Path, budget: &mut Budget) -> Result<SourceTree, LoadError> {
    let mut tree = SourceTree::default();
    insert_all(&mut tree, files, budget, 0)?;
    if tree.bytes("Chart.yaml").is_none() {
        return Err(LoadError::NoChart { path: path.to_owned() });
    }
    Ok(tree)
}

fn insert_all(tree: &mut SourceTree, files: Vec<(String, Vec<u8>)>, budget: &mut Budget, depth: usize) -> Result<(), LoadError> {
    let (archives, plain): (Vec<_>, Vec<_>) = files.into_iter().partition(|(path, _)| is_subchart_archive(path));
    for (path, bytes) in plain {
        tree.insert(path, bytes);
    }
    for (path, bytes) in archives {
        if depth == DEPTH_LIMIT {
            return Err(LoadError::BrokenArchive { archive: path, reason: "too many archives inside each other".into() });
        }
        let unpacked = archive::unpack(&path, &bytes, budget)?;
        let folder = place(tree, &path, &unpacked.top);
        let files = unpacked.files.into_iter().map(|(file, bytes)| (format!("{folder}/{file}"), bytes)).collect();
        insert_all(tree, files, budget, depth + 1)?;
    }
    Ok(())
}

/// Whether Helm takes the file for a packed dependency: `charts/x.tgz`, at any level.
fn is_subchart_archive(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let Some((last, _)) = parts.split_last() else { return false };
    parts.len().is_multiple_of(2)
        && parts.iter().step_by(2).all(|part| *part == "charts")
        && last.strip_suffix(".tgz").is_some_and(|stem| !stem.is_empty())
        && !last.starts_with(['_', '.'])
}

/// Returns the folder that an archive is unfolded to: that of its top, or of its own name where the former is taken.
fn place(tree: &SourceTree, archive: &str, top: &str) -> String {
    let (folder, name) = archive.rsplit_once('/').unwrap_or(("charts", archive));
    let by_top = format!("{folder}/{top}");
    if top.is_empty() || top == "." || tree.bytes(&format!("{by_top}/Chart.yaml")).is_some() {
        return format!("{folder}/{}", name.trim_end_matches(".tgz"));
    }
    by_top
}

struct Dependency {
    name: String,
    repository: String,
}

impl Dependency {
    /// Returns where a `file://` repository is.
    fn local(&self, root: &Path) -> Option<PathBuf> {
        self.repository.strip_prefix("file://").map(|path| root.join(path))
    }
}

/// Reads what `Chart.yaml`, or `requirements.yaml` of an old chart, lists.
fn dependencies(tree: &SourceTree) -> Vec<Dependency> {
    let mut found = Vec::new();
    for file in ["Chart.yaml", "requirements.yaml"] {
        let value = tree.text(file).map(|text| untyped::read(&text)).unwrap_or_default();
        let entries = value.get("dependencies").and_then(Value::as_sequence).into_iter().flatten();
        let text = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        found.extend(entries.filter_map(|entry| {
            Some(Dependency { name: text(entry, "name")?, repository: text(entry, "repository").unwrap_or_default() })
        }));
    }
    found
}

/// Finds the local dependencies that `charts/` lacks and that are there. Only those of the chart itself: Helm looks no deeper.
fn missing_local(root: &Path, tree: &SourceTree) -> Vec<Linked> {
    let dependencies = dependencies(tree);
    if !dependencies.iter().any(|dependency| dependency.local(root).is_some()) {
        return Vec::new();
    }
    let vendored = vendored_names(tree);
    let mut found: Vec<Linked> = Vec::new();
    for dependency in dependencies {
        let Some(from) = dependency.local(root) else { continue };
        let at = format!("charts/{}", dependency.name);
        let is_known = vendored.contains(&dependency.name) || found.iter().any(|linked| linked.at == at);
        if !is_known && !dependency.name.contains('/') && from.join("Chart.yaml").is_file() {
            found.push(Linked { at, from });
        }
    }
    found
}

fn vendored_names(tree: &SourceTree) -> Vec<String> {
    let is_chart = |path: &str| {
        path.strip_prefix("charts/").and_then(|rest| rest.strip_suffix("/Chart.yaml")).is_some_and(|name| !name.contains('/'))
    };
    let charts = tree.paths().filter(|path| is_chart(path));
    charts.filter_map(|path| untyped::read(&tree.text(path)?).get("name")?.as_str().map(str::to_owned)).collect()
}
