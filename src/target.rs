//! Targets: the things that a user asks to verify.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::source::{SourceTree, join, normalize};

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// A Helm chart, as a folder or an archive.
    Helm,
    /// A folder with a `kustomization.yaml`.
    Kustomize,
    /// Plain manifests: files, a folder, or standard input.
    Manifests,
}

impl TargetKind {
    /// Returns the name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Helm => "helm",
            Self::Kustomize => "kustomize",
            Self::Manifests => "manifests",
        }
    }
}

/// A chart, a kustomization, or plain manifests.
#[derive(Debug, Clone)]
pub struct Target {
    /// As shown: relative to where the tool runs, with `/`; `-` is standard input.
    pub path: String,
    /// From the repository's root, with `/`, for fingerprints and shards; equal to `path` outside of a repository.
    pub repo_path: String,
    pub kind: TargetKind,
    /// Where it is on disk: the chart's folder or archive, the overlay's folder, the manifests' folder or file.
    pub root: PathBuf,
    /// Its files. Paths are relative to the chart's folder (inside the archive too, with archives in `charts/` unfolded to
    /// `charts/<name>/…`), to the overlay's folder (`../base/x.yaml` for what it uses outside of it), or to the manifests' folder.
    pub tree: SourceTree,
}

/// Files by how they are shown; of several the first.
struct ByShown(HashMap<String, String>);

impl Target {
    /// Returns how a file of this target is shown: relative to where the tool runs.
    pub fn shown(&self, file: &str) -> String {
        let path = match self.kind {
            TargetKind::Manifests if file.is_empty() => return self.path.clone(),
            _ => join(&self.path, file),
        };
        normalize(&path)
    }

    /// Returns the file of the tree that is shown like that.
    pub fn file_shown_as(&self, shown: &str) -> Option<&str> {
        let all = self
            .tree
            .derived(&self.path, || ByShown(self.tree.paths().map(|it| (self.shown(it), it.to_owned())).rev().collect()));
        self.tree.own_path(all.0.get(shown)?)
    }
}
