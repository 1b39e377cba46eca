//! What was found of targets, kept under their keys: for this process, or in the cache of the user for later runs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::config::{FoundConfig, today};
use super::discover::Candidate;
use super::key::{Key, key, unread, without_files};
use super::run::Tools;
use super::settings::Settings;
use super::target::Planned;
use crate::finding::{Edit, Finding, Fix};
use crate::matrix::{CaseSource, Shard};
use crate::os::{Cache, load};
use crate::report::json::kept;
use crate::report::{CaseReport, TargetReport};
use crate::rules::excerpt;
use crate::target::{Target, TargetKind};

/// What was found of a target.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) report: TargetReport,
    pub(super) findings: Vec<Finding>,
}

/// Where it is kept.
#[derive(Debug, Default)]
pub struct Store {
    disk: Option<Cache>,
    session: Option<Mutex<BTreeMap<String, Arc<Kept>>>>,
    has_new: AtomicBool,
}

impl Store {
    /// Keeps nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Keeps it in the cache of the user, if there is one.
    pub fn of_user() -> Self {
        Self { disk: Cache::of_user(), ..Self::default() }
    }

    /// Keeps it in this process as well.
    #[must_use]
    pub fn with_session(self) -> Self {
        Self { session: Some(Mutex::default()), ..self }
    }

    /// Whether anything is kept.
    pub(super) fn is_open(&self) -> bool {
        self.disk.is_some() || self.session.is_some()
    }

    fn get(&self, key: &Key) -> Option<Arc<Kept>> {
        let session = self.session.as_ref().map(|it| it.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(kept) = session.and_then(|it| it.get(&key.text).cloned()) {
            return Some(kept);
        }
        let bytes = self.disk.as_ref().filter(|_| key.is_whole)?.get(&key.text)?;
        let (report, findings) = kept::read(&bytes)?;
        let kept = Arc::new(Kept { report, findings });
        self.remember(key, &kept);
        Some(kept)
    }

    fn remember(&self, key: &Key, kept: &Arc<Kept>) {
        if let Some(session) = &self.session {
            session.lock().unwrap_or_else(PoisonError::into_inner).insert(key.text.clone(), Arc::clone(kept));
        }
    }

    fn put(&self, key: &Key, kept: &Arc<Kept>, lasts: bool) {
        self.remember(key, kept);
        if let Some(disk) = self.disk.as_ref().filter(|_| lasts)
            && let Some(bytes) = kept::write(&kept.report, &kept.findings)
        {
            disk.put(&key.text, &bytes);
            self.has_new.store(true, Ordering::Relaxed);
        }
    }

    /// Keeps the cache of the user within its bounds, where something was added.
    pub(super) fn tidy(&self) {
        if self.has_new.swap(false, Ordering::Relaxed) {
            self.disk.iter().for_each(Cache::tidy);
        }
    }

    /// Forgets what this process knows but for these keys.
    pub fn retain(&self, keys: &[Option<String>]) {
        if let Some(session) = &self.session {
            session.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| keys.iter().flatten().any(|it| it == key));
        }
    }
}

/// Looks targets up in the course of a run.
#[derive(Clone, Copy)]
pub(super) struct Lookup<'a> {
    pub(super) store: &'a Store,
    pub(super) settings: &'a Settings,
    pub(super) tools: &'a Tools<'a>,
}

/// A target of which all is known.
pub(super) struct Known {
    /// Without its files.
    pub(super) target: Target,
    pub(super) config: Option<Arc<FoundConfig>>,
    pub(super) kept: Arc<Kept>,
    pub(super) key: Key,
}

impl Lookup<'_> {
    /// Returns the key of a candidate, if it has one, and what is known of it.
    pub(super) fn known(
        &self,
        candidate: &Candidate,
        config: Option<Arc<FoundConfig>>,
        shard: Option<Shard>,
    ) -> (Option<Key>, Option<Box<Known>>) {
        // What is built on others is made of more than its own files.
        let Some(target) = unread(candidate).filter(|_| candidate.on.is_empty()) else { return (None, None) };
        let Some(key) = self.key(&target, config.as_deref(), shard) else { return (None, None) };
        let known = self.store.get(&key).map(|kept| Box::new(Known { target, config, kept, key: key.clone() }));
        (Some(key), known)
    }

    fn key(&self, target: &Target, config: Option<&FoundConfig>, shard: Option<Shard>) -> Option<Key> {
        key(target, config, shard, self.settings, self.tools)
    }

    /// Keeps what was found of a target, unless its files have changed in the meantime.
    pub(super) fn keep(&self, planned: &Planned, key: &Key, kept: &Arc<Kept>) {
        let target = &planned.target;
        if self.key(&without_files(target), planned.config.as_deref(), key.shard).as_ref() == Some(key) {
            let lasts = key.is_whole && lasts(target, &kept.report) && !shows_secret(target, &kept.findings);
            self.store.put(key, kept, lasts);
        }
    }
}

impl Known {
    /// Notes in the configuration what it was of use for.
    pub(super) fn replay(&self) {
        if let Some(config) = &self.config {
            config.checks(&self.target);
            self.kept.findings.iter().for_each(|it| _ = config.ignore(it, &self.target, today()));
        }
    }
}

/// Whether a later run would find the same: nothing came from elsewhere, and no tool had a reason to fail that is not in its input.
fn lasts(target: &Target, report: &TargetReport) -> bool {
    let is_of_probing = |source: &str| [CaseSource::Discovered, CaseSource::Sentinels].iter().any(|it| it.name() == source);
    let is_certain = |it: &CaseReport| match it.outcome {
        "skipped" => false,
        "failed" => it.renderer == "builtin" || is_of_probing(it.source),
        _ => true,
    };
    report.cases.iter().all(is_certain) && !names_others(target)
}

/// Whether a correction shows what an excerpt would hide: what it changes, and the lines around, are shown as they are.
fn shows_secret(target: &Target, findings: &[Finding]) -> bool {
    let of_secret = |it: &Edit| {
        let text = target.file_shown_as(&it.file).and_then(|it| target.tree.text(it));
        text.is_some_and(|it| it.contains("kind: Secret"))
    };
    let shows = |it: &Fix| {
        let lines: Vec<&str> = it.diff.lines().map(|it| it.get(1..).unwrap_or_default()).collect();
        excerpt::shows_secret(&lines) || it.edits.iter().any(of_secret)
    };
    findings.iter().flat_map(|it| &it.fixes).any(shows)
}

/// Whether a file of a target names files that are no part of it, or stand elsewhere.
fn names_others(target: &Target) -> bool {
    let text = |path: &str| target.tree.text(path).unwrap_or_default();
    match target.kind {
        TargetKind::Helm => target.tree.paths().any(|it| it.ends_with("values.schema.json") && names_url(&text(it))),
        TargetKind::Kustomize => target.tree.paths().filter(|it| load::is_kustomization(it)).any(|it| {
            let references = load::references(&text(it));
            references.has_plugins || references.has_charts || !references.remotes.is_empty()
        }),
        TargetKind::Manifests => false,
    }
}

/// Whether a schema refers to another one by its address.
fn names_url(schema: &str) -> bool {
    let mut parts = schema.split("\"$ref\"").skip(1);
    parts.any(|it| it.split('"').nth(1).is_some_and(|it| it.contains(':')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_elsewhere_are_noticed() {
        for (schema, expected) in [
            (r##"{"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/a"}"##, false),
            (r#"{"properties": {"a": {"$ref" : "https://example.com/a.json"}}}"#, true),
            (r##"[{"$ref": "#/x"}, {"$ref":"file:///x"}]"##, true),
        ] {
            assert_eq!(names_url(schema), expected, "{schema}");
        }
    }
}
