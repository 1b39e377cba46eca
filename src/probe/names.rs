//! Discovery: other names of the release and of the chart, under which a reference by a fixed name leads nowhere; and older clusters,
//! where templates ask for them.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::filled::{Change, Filled, label, sets};
use super::reads::Path;
use super::{Base, Probe};
use crate::chart::Step;
use crate::chart::semver::{Constraint, Version};
use crate::finding::Finding;
use crate::matrix::{CaseSource, DEFAULT_KUBE_VERSION, Input};
use crate::rules::RULES;

/// What objects are called then.
const OTHER: &str = "other";

/// A release that is called as no chart is.
const RELEASE: &str = "release-name";

/// Names to render with.
struct Renamed {
    label: String,
    input: Input,
    /// Values that were made up for it.
    made: Vec<Change>,
    /// Nothing but the release is called otherwise.
    is_release: bool,
}

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

/// Whether a value names a Service.
fn says_service(path: &[Step]) -> bool {
    let key = |step: Option<&Step>| match step {
        Some(Step::Key(key)) => key.to_ascii_lowercase(),
        _ => String::new(),
    };
    let last = key(path.last());
    matches!(&*last, "servicename" | "svcname") || (last == "name" && key(path.iter().rev().nth(1)) == "service")
}

impl Probe<'_> {
    /// Renders a base under other names and for other clusters; what is known of the old ones is not told again.
    pub(super) fn rename(&mut self, base: &Base, known: &[Finding]) {
        let mut seen: BTreeSet<Key> = known.iter().map(key).collect();
        seen.extend(self.out.judged.iter().flat_map(|it| &it.findings).map(key));
        for renamed in self.renamed(&base.case.input) {
            let at = self.out.judged.len();
            let label = &renamed.label;
            let label = if base.case.label == "default" { label.clone() } else { format!("{}, {label}", base.case.label) };
            if let Some((case, linked)) = self.render(label, CaseSource::Discovered, renamed.input) {
                let target = self.pipeline.target;
                let (before, after) = (base.linked.cx(target, &base.case), linked.cx(target, &case));
                for rule in RULES {
                    rule.check_renamed(&before, &after, &mut self.out.judged[at].findings);
                }
                let made = Filled { changes: [&base.filled.changes[..], &renamed.made].concat(), ..Filled::default() };
                let own = |it: &Finding| !made.is_blamed(it, &linked, target);
                self.out.judged[at].findings.retain(|it| own(it) && seen.insert(key(it)));
                if renamed.is_release {
                    let mut lost = Vec::new();
                    for rule in RULES {
                        rule.check_renamed(&after, &before, &mut lost);
                    }
                    lost.retain(|it| !base.filled.is_blamed(it, &base.linked, target) && seen.insert(key(it)));
                    self.out.findings.extend(lost);
                }
            }
        }
    }

    fn renamed(&self, input: &Input) -> Vec<Renamed> {
        let of = |label: String, input: Input| Renamed { label, input, made: Vec::new(), is_release: false };
        // Most charts name things after the release alone where its name holds the chart's.
        let own = &self.chart.name;
        let release = if input.release.contains(own) { RELEASE } else { own };
        let to = Input { release: release.to_owned(), ..input.clone() };
        let mut all = vec![Renamed { is_release: true, ..of(format!("release {release}"), to) }];
        for name in ["nameOverride", "fullnameOverride"] {
            let path = vec![Step::Key(name.into())];
            let value = self.values.get(&path);
            if value.map_or(self.reads.paths.contains_key(&path), |it| it.is_null() || it.is_string()) {
                let set = sets(vec![(path, Json::from(OTHER))]);
                all.push(of(format!("{name}={OTHER}"), input.with_sets(set)));
            }
        }
        let made = self.service_names();
        if !made.is_empty() {
            all.push(Renamed { made: made.clone(), ..of(label(&made), input.with_sets(sets(made))) });
        }
        let kubes = self.other_kubes(input);
        all.extend(kubes.into_iter().map(|it| of(format!("Kubernetes {it}"), Input { kube_version: Some(it), ..input.clone() })));
        all
    }

    /// Returns the names of Services that may be given and are not: `service.name`, `serviceName`.
    fn service_names(&self) -> Vec<Change> {
        let is_empty = |path: &Path| match self.values.get(path) {
            None | Some(Json::Null) => true,
            Some(Json::String(text)) => text.is_empty(),
            Some(_) => false,
        };
        let names = self.reads.paths.keys().filter(|it| says_service(it) && is_empty(it));
        names.enumerate().map(|(at, it)| (it.clone(), format!("{OTHER}-{at}").into())).collect()
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
