//! Reads a target into memory.


use super::discover::Candidate;
use crate::chart::Chart;
use crate::os::{files, load_chart, load_manifests, load_overlay};
use crate::source::SourceTree;
use crate::target::{Target, TargetKind};

/// Loads a candidate.
///
/// # Errors
/// One sentence that says why there is nothing to verify, with the next step.
pub fn load(candidate: &Candidate) -> Result<Target, String> {
    let kind = candidate.kind.clone()?;
    let tree = tree(candidate, kind)?;
    if kind == TargetKind::Helm {
        Chart::read(&tree).map_err(|error| format!("{}/{error}", candidate.path))?;
        broken_values(&candidate.path, &tree)?;
    }
    Ok(Target { path: candidate.path.clone(), repo_path: candidate.repo_path(), kind, root: candidate.root.clone(), tree })
}

fn tree(candidate: &Candidate, kind: TargetKind) -> Result<SourceTree, String> {
    let root = &candidate.root;
    let loaded = match kind {
        TargetKind::Helm => load_chart(root).map(|it| it.tree),
        TargetKind::Kustomize => load_overlay(root),
        TargetKind::Manifests if candidate.path == "-" => {
            return files::read_stdin().map(crate::os::load::manifests_from).map_err(|it| chain(&it));
        }
        TargetKind::Manifests => load_manifests(root),
    };
    loaded.map_err(|it| chain(&it))
}

/// helm's own message names neither line nor column.
fn broken_values(path: &str, tree: &SourceTree) -> Result<(), String> {
    let text = tree.text("values.yaml").unwrap_or_default();
    let documents = crate::yaml::parse(&text);
    match documents.iter().find_map(|it| it.error.as_ref()) {
        Some(error) => {
            Err(format!("{path}/values.yaml:{}:{} is no YAML: {}", error.place.line, error.place.column, error.message))
        }
        None => Ok(()),
    }
}

/// Writes an error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text += &format!(": {cause}");
        source = cause.source();
    }
    text
}
