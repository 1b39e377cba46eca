//! Reads a target into memory.

use std::error::Error;
use std::path::Path;

use super::discover::Candidate;
use super::key::Hash;
use crate::chart::Chart;
use crate::os::load::{is_kustomization, load_stack};
use crate::os::{files, load_chart, load_manifests};
use crate::source::{SETTINGS_LIMIT, SourceTree, may_hold_more};
use crate::target::{Target, TargetKind};

/// Loads a candidate.
///
/// # Errors
/// One sentence that says why there is nothing to verify, with the next step.
pub fn load(candidate: &Candidate) -> Result<Target, String> {
    let kind = candidate.kind.clone()?;
    let tree = tree(&candidate.path, &candidate.root, &candidate.on, kind).map_err(|it| chain(&*it))?;
    if kind == TargetKind::Helm {
        Chart::read(&tree).map_err(|error| format!("{}/{error}", candidate.path))?;
        broken_values(&candidate.path, &tree)?;
    }
    let (path, root) = (candidate.path.clone(), candidate.root.clone());
    let target = Target { path, repo_path: repo_path(candidate), kind, root, tree };
    if kind == TargetKind::Kustomize {
        broken_kustomization(&target)?;
    }
    Ok(target)
}

fn tree(path: &str, root: &Path, on: &[String], kind: TargetKind) -> Result<SourceTree, Box<dyn Error>> {
    Ok(match kind {
        TargetKind::Helm => load_chart(root)?.tree,
        TargetKind::Kustomize => load_stack(root, on)?,
        TargetKind::Manifests if path == "-" => files::read_stdin().map(crate::os::load::manifests_from)?,
        TargetKind::Manifests => load_manifests(root)?,
    })
}

/// What a target is made of.
pub(super) struct Sources {
    pub(super) hash: String,
    /// Whether something was passed over that a tool may read.
    pub(super) passed_over: bool,
}

/// Hashes the files of a target, which are read anew; `None` where they cannot be read.
pub(super) fn sources(target: &Target) -> Option<Sources> {
    let mut hash = Hash::new();
    let mut passed_over = false;
    if target.kind == TargetKind::Helm && target.root.is_file() {
        // As it is: to unpack it takes longer.
        hash.add(files::read(&target.root).ok()?);
    } else {
        let tree = if target.kind == TargetKind::Helm {
            let chart = load_chart(&target.root).ok()?;
            passed_over = chart.passed_over;
            chart.tree
        } else {
            tree(&target.path, &target.root, &[], target.kind).ok()?
        };
        for (path, bytes) in tree.files() {
            hash.add(path);
            hash.add(bytes);
        }
    }
    Some(Sources { hash: hash.text(), passed_over })
}

/// helm's own message names neither line nor column.
fn broken_values(path: &str, tree: &SourceTree) -> Result<(), String> {
    let text = tree.text("values.yaml").unwrap_or_default();
    map_problem(&text).map_or(Ok(()), |it| Err(format!("{path}/values.yaml:{it}")))
}

/// kustomize's own message does not name the file.
fn broken_kustomization(target: &Target) -> Result<(), String> {
    for path in target.tree.paths().filter(|it| is_kustomization(it)) {
        let text = target.tree.text(path).unwrap_or_default();
        if let Some(problem) = map_problem(&text) {
            return Err(format!("{}:{problem}", target.shown(path)));
        }
    }
    Ok(())
}

/// Returns why a text is no YAML with a map in it, as `LINE:COLUMN …` with the next step.
pub fn map_problem(text: &str) -> Option<String> {
    if may_hold_more(text, SETTINGS_LIMIT) {
        return Some(format!("1:1 holds more than {SETTINGS_LIMIT} values; use a smaller file"));
    }
    let documents = crate::yaml::parse(text);
    if let Some(error) = documents.iter().find_map(|it| it.error.as_ref()) {
        return Some(format!("{}:{} is no YAML: {}; correct it", error.place.line, error.place.column, error.message));
    }
    let root = documents.iter().filter_map(|it| it.root.as_ref()).find(|it| !it.is_mapping() && !it.is_null())?;
    Some(format!("{}:{} is no map; write `key: value` lines", root.start.line, root.start.column))
}

/// Writes an error with its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.extend([": ", &cause.to_string()]);
        source = cause.source();
    }
    text
}

/// Returns the path from the git root; as shown where there is none.
pub(super) fn repo_path(candidate: &Candidate) -> String {
    below_git_root(&candidate.root).unwrap_or_else(|| candidate.path.clone())
}

fn below_git_root(root: &Path) -> Option<String> {
    let full = root.canonicalize().ok()?;
    let top = full.ancestors().find(|it| it.join(".git").exists())?;
    let rest = full.strip_prefix(top).ok()?.to_string_lossy().replace('\\', "/");
    Some(if rest.is_empty() { ".".into() } else { rest })
}
