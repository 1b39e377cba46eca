//! Keys of targets: a hash over all that what is found of a target depends on.

use std::fmt;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::config::{FoundConfig, today};
use super::discover::Candidate;
use super::load::{repo_path, sources};
use super::plan::cases;
use super::run::Tools;
use super::settings::{Settings, ToolSettings};
use crate::chart::SetKind;
use crate::matrix::{Case, Shard};
use crate::os::{cache, files};
use crate::source::SourceTree;
use crate::target::{Target, TargetKind};

/// What a target is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// The hash, in hexadecimal digits.
    pub(super) text: String,
    /// Whether it says all: nothing is fetched from elsewhere, and no tool reads what is not in it. If not, it tells targets apart as
    /// long as nothing changes but what is watched.
    pub(super) is_whole: bool,
    /// Which part of the target's cases is meant.
    pub(super) shard: Option<Shard>,
}

/// Makes the key of a target as it is now, of which no files were read. `None` where it cannot be read or rendered: that is told by
/// whoever tries.
pub(super) fn key(
    target: &Target,
    config: Option<&FoundConfig>,
    shard: Option<Shard>,
    settings: &Settings,
    tools: &Tools<'_>,
) -> Option<Key> {
    let mut hash = Hash::new();
    hash.add(&files::this_program()?);
    hash.debug(&(&target.path, &target.repo_path, target.kind, &target.root));
    let mut is_whole = add_settings(&mut hash, settings, target.kind);
    hash.debug(&shard);
    hash.add(tools.identity(target.kind)?);
    let sources = sources(target)?;
    hash.add(sources.hash);
    is_whole &= !sources.passed_over;
    for case in cases(settings, target, &[], config).ok()? {
        is_whole &= add_case(&mut hash, &case);
    }
    if let Some(config) = config {
        hash.add(config.identity(target, today()));
    }
    Some(Key { text: hash.text(), is_whole, shard })
}

/// Returns a candidate as a target whose files are not read; `None` where that can be done only once.
pub(super) fn unread(candidate: &Candidate) -> Option<Target> {
    let kind = candidate.kind.clone().ok().filter(|_| candidate.path != "-")?;
    let (path, root) = (candidate.path.clone(), candidate.root.clone());
    Some(Target { path, repo_path: repo_path(candidate), kind, root, tree: SourceTree::default() })
}

/// Returns a target as it was before its files were read.
pub(super) fn without_files(target: &Target) -> Target {
    let (path, repo_path, root) = (target.path.clone(), target.repo_path.clone(), target.root.clone());
    Target { path, repo_path, kind: target.kind, root, tree: SourceTree::default() }
}

/// Adds what findings depend on. What makes cases is added with them; each field is named, so that a new one is thought of.
fn add_settings(hash: &mut Hash, settings: &Settings, kind: TargetKind) -> bool {
    let Settings {
        // They say which targets are meant, which of their cases, which file is the configuration, and what to warn of.
        paths: _,
        shard: _,
        config: _,
        warn_idle: _,
        base,
        use_ci,
        axes,
        combine,
        only,
        discover,
        probes,
        tools,
        fixes,
        levels,
    } = settings;
    hash.debug(&(base, use_ci, axes, combine, only, discover, probes, fixes, levels));
    let ToolSettings { renderer, helm: _, kustomize: _, kustomize_args, allow_remote, dependency_update, time_limit: _ } = tools;
    hash.debug(&(renderer, kustomize_args, allow_remote, dependency_update));
    match kind {
        TargetKind::Helm => !dependency_update && base.extra.is_empty(),
        TargetKind::Kustomize => !allow_remote && !kustomize_args.iter().any(|it| it.contains("helm")),
        TargetKind::Manifests => true,
    }
}

/// Adds a case with the files that it is given.
fn add_case(hash: &mut Hash, case: &Case) -> bool {
    hash.debug(case);
    let mut is_whole = true;
    for file in &case.input.values {
        is_whole &= !file.shown.contains("://") && hash.file(&file.path);
    }
    for set in case.input.sets.iter().filter(|it| it.kind == SetKind::SetFile) {
        let file = set.parts().1;
        is_whole &= !file.contains([',', '\\', ':']) && hash.file(Path::new(file));
    }
    is_whole
}

/// A hash over parts, each with its length.
pub(super) struct Hash(Sha256);

impl Hash {
    pub(super) fn new() -> Self {
        Self(Sha256::new())
    }

    pub(super) fn add(&mut self, part: impl AsRef<[u8]>) {
        let part = part.as_ref();
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    fn debug(&mut self, part: &impl fmt::Debug) {
        self.add(format!("{part:?}"));
    }

    /// Adds what a file holds; returns whether it can be read.
    fn file(&mut self, path: &Path) -> bool {
        let bytes = files::read(path).ok();
        self.add(bytes.as_deref().unwrap_or_default());
        bytes.is_some()
    }

    pub(super) fn text(self) -> String {
        cache::base16(&self.0.finalize())
    }
}
