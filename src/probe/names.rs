//! Discovery: other names of the release and of the chart, under which a reference by a fixed name leads nowhere; and older clusters,
//! where templates ask for them.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::filled::sets;
use super::{Base, Probe};
use crate::chart::Step;
use crate::chart::semver::{Constraint, Version};
use crate::finding::Finding;
use crate::matrix::{CaseSource, DEFAULT_KUBE_VERSION, Input};

/// What objects are called then.
const OTHER: &str = "other";

/// So many minor versions before the newest count as run by somebody.
const MINORS: u64 = 8;

/// At most so many other kube versions are rendered for.
const KUBES: usize = 2;

/// What makes findings of two renderings the same when objects are called otherwise.
type Key = (&'static str, String, String, Option<String>);

fn key(finding: &Finding) -> Key {
    // Not the line: another name may come from another line of the same helper.
    let file = finding.location.as_ref().map(|it| it.file.clone());
    (finding.rule, finding.subject.kind.clone(), finding.path.clone(), file)
}

impl Probe<'_> {
    /// Renders a base under other names and for other clusters; what is known of the old ones is not told again.
    pub(super) fn rename(&mut self, base: &Base, known: &[Finding]) {
        let mut seen: BTreeSet<Key> = known.iter().map(key).collect();
        seen.extend(self.out.judged.iter().flat_map(|it| &it.findings).map(key));
        for (label, input) in self.renamed(&base.case.input) {
            let at = self.out.judged.len();
            let label = if base.case.label == "default" { label } else { format!("{}, {label}", base.case.label) };
            if let Some((_, linked)) = self.render(label, CaseSource::Discovered, input) {
                let own = |it: &Finding| !base.filled.is_blamed(it, &linked, self.pipeline.target);
                self.out.judged[at].findings.retain(|it| own(it) && seen.insert(key(it)));
            }
        }
    }

    fn renamed(&self, input: &Input) -> Vec<(String, Input)> {
        let mut all = Vec::new();
        // Most charts name things after the release alone where its name holds the chart's.
        if !input.release.contains(&self.chart.name) {
            all.push((format!("release {}", self.chart.name), Input { release: self.chart.name.clone(), ..input.clone() }));
        }
        for name in ["nameOverride", "fullnameOverride"] {
            let path = vec![Step::Key(name.into())];
            let value = self.values.get(&path);
            if value.map_or(self.reads.paths.contains_key(&path), |it| it.is_null() || it.is_string()) {
                let set = sets(vec![(path, Json::from(OTHER))]);
                all.push((format!("{name}={OTHER}"), input.with_sets(set)));
            }
        }
        let kubes = self.other_kubes(input);
        all.extend(kubes.into_iter().map(|it| (format!("Kubernetes {it}"), Input { kube_version: Some(it), ..input.clone() })));
        all
    }

    /// Returns a kube version for each constraint of the templates that is otherwise there than it is here, among those that people
    /// still run and that the chart takes.
    fn other_kubes(&self, input: &Input) -> Vec<String> {
        if input.kube_version.is_some() {
            return Vec::new();
        }
        let holds = |constraint: &str, version: &str| {
            let (constraint, version) = (Constraint::new(constraint).ok()?, Version::new(version).ok()?);
            Some(constraint.check(&version))
        };
        let takes = |version: &String| self.chart.kube_version.as_deref().is_none_or(|it| holds(it, version) != Some(false));
        let newest = Version::new(DEFAULT_KUBE_VERSION).map_or(0, |it| it.minor);
        let older: Vec<String> =
            (newest.saturating_sub(MINORS)..newest).map(|it| format!("1.{it}.0")).filter(|it| takes(it)).collect();
        let mut chosen: Vec<String> = Vec::new();
        for constraint in &self.reads.kube_versions {
            let here = holds(constraint, DEFAULT_KUBE_VERSION);
            let differs = |it: &&String| holds(constraint, it) != here;
            if !chosen.iter().any(|it| differs(&it)) {
                chosen.extend(older.iter().rev().find(differs).cloned());
            }
        }
        chosen.truncate(KUBES);
        chosen
    }
}
