//! Discovery: features that are off by default, all switched on; and fewer of them, to show each finding.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::fill::Filled;
use super::{Base, CHANGES, Probe, doubtful, sets};
use crate::chart::{Leaf, Step, shown_path};
use crate::finding::Finding;
use crate::matrix::{CaseSource, SetArg};
use crate::pipeline::Linked;

/// Parts of a path that switch a chart into another regime, or off: turning these on shows nothing of the wiring.
const REGIMES: [&str; 13] = [
    "disable",
    "skip",
    "existing",
    "debug",
    "insecure",
    "autoscal",
    "external",
    "custom",
    "legacy",
    "hostnet",
    "suspend",
    "diagnosticmode",
    "controlleronly",
];

/// Parts of a path that speak of wiring: what is tried alone when the chart refuses everything at once.
const WIRING: [&str; 9] = ["ingress", "route", "gateway", "service", "monitor", "metric", "networkpol", "webhook", "probe"];

/// At most so many renderings go into smaller sets of switches.
const SHRINKS: usize = 4;

impl Probe<'_> {
    /// Switches every `enabled` on, or as many as the chart takes, and judges that case. Returns it as a base for sentinels.
    pub(super) fn everything_on(&mut self, base: &Linked, known: &[Finding]) -> Option<Base> {
        let all = self.switches();
        let is = |leaf: &Leaf, words: &[&str]| words.iter().any(|it| shown_path(&leaf.path).to_ascii_lowercase().contains(it));
        let wiring = with_above(&all, |it| is(it, &WIRING));
        let ingress = with_above(&all, |it| is(it, &["ingress"]));
        let mut tried: Vec<Vec<Leaf>> = Vec::new();
        for switches in [all, wiring, ingress] {
            if switches.is_empty() || tried.contains(&switches) {
                continue;
            }
            let sets = self.on(&switches);
            let label = label(&switches);
            tried.push(switches);
            if let Some((case, linked)) = self.render(label.clone(), CaseSource::Discovered, self.base.input.with_sets(sets)) {
                let switches = tried.last().map_or(&[][..], Vec::as_slice);
                self.shrink(known, switches, &Filled::default());
                let Some((filled, full, with)) = self.fill(&label, &case.input, &linked) else {
                    return Some(Base { case, linked, filled: Filled::default() });
                };
                let shown: Vec<Finding> =
                    known.iter().chain(self.out.judged.iter().flat_map(|it| &it.findings)).cloned().collect();
                self.shrink(&shown, switches, &filled);
                return Some(Base { case: full, linked: with, filled });
            }
        }
        let (filled, case, linked) = self.fill("", &self.base.input, base)?;
        Some(Base { case, linked, filled })
    }

    /// Returns the switches that are off, in the chart's own values and those of its subcharts: each `enabled`, and what
    /// switches on a component that has such, as `components.x` does beside `x.ingress.enabled`.
    fn switches(&self) -> Vec<Leaf> {
        let off = |it: &&Leaf| it.value == Json::Bool(false) && it.path.iter().all(|step| matches!(step, Step::Key(_)));
        let named = |it: &Leaf| it.key().to_ascii_lowercase().ends_with("enabled");
        let regime = |it: &Leaf| {
            let path = shown_path(&it.path).to_ascii_lowercase();
            REGIMES.iter().any(|word| path.contains(word))
        };
        let off: Vec<&Leaf> = self.values.leaves.iter().filter(off).filter(|it| !regime(it)).collect();
        let components: BTreeSet<&Step> =
            off.iter().filter(|it| named(it) && it.path.len() > 1).filter_map(|it| it.path.first()).collect();
        let is_component = |it: &Leaf| it.path.last().is_some_and(|step| components.contains(step));
        off.into_iter().filter(|it| named(it) || is_component(it)).take(CHANGES).cloned().collect()
    }

    fn on(&self, switches: &[Leaf]) -> Vec<SetArg> {
        let changes: Vec<(&[Step], Json)> = switches.iter().map(|it| (it.path.as_slice(), Json::Bool(true))).collect();
        sets(self.values.changed(&changes))
    }

    /// Renders each new finding of the last case with only those switches on that its template reads. What does not show
    /// then may come from a contradiction, and is only a warning.
    fn shrink(&mut self, known: &[Finding], switches: &[Leaf], filled: &Filled) {
        let Some(at) = self.out.judged.len().checked_sub(1) else { return };
        let new = |it: &&Finding| !known.iter().any(|known| known.fingerprint == it.fingerprint);
        let mut groups: BTreeMap<Vec<String>, (Vec<Leaf>, BTreeSet<String>)> = BTreeMap::new();
        for finding in self.out.judged[at].findings.iter().filter(new) {
            let few = self.read_by(finding, switches);
            let key = few.iter().map(|it| shown_path(&it.path)).collect();
            groups.entry(key).or_insert_with(|| (few, BTreeSet::new())).1.insert(finding.fingerprint.clone());
        }
        let mut shown: BTreeSet<String> = known.iter().map(|it| it.fingerprint.clone()).collect();
        for (few, wanted) in groups.into_values().take(SHRINKS) {
            if few.len() == switches.len() {
                continue;
            }
            let input = filled.onto(&self.base.input.with_sets(self.on(&few)));
            if few.is_empty() && filled.is_empty() {
                continue;
            }
            let label = filled.described(&label(&few));
            let Some((_, linked)) = self.render(label, CaseSource::Discovered, input) else { continue };
            if let Some(judged) = self.out.judged.last_mut() {
                judged.findings.retain(|it| !filled.is_blamed(it, &linked));
                let case: BTreeSet<String> = judged.findings.iter().map(|it| it.fingerprint.clone()).collect();
                shown.extend(wanted.intersection(&case).cloned());
            }
        }
        if switches.len() > 1 {
            let doubt = |it: &&mut Finding| !shown.contains(&it.fingerprint);
            self.out.judged[at].findings.iter_mut().filter(doubt).for_each(doubtful);
        }
        // The smaller case is the better witness: it comes first.
        self.out.judged[at..].rotate_left(1);
    }

    /// Returns the switches that the templates of a finding's objects read, with those above them.
    fn read_by(&self, finding: &Finding, switches: &[Leaf]) -> Vec<Leaf> {
        let tree = &self.pipeline.target.tree;
        let shown =
            finding.excerpts.iter().map(|it| it.origin.as_str()).chain(finding.location.iter().map(|it| it.file.as_str()));
        let shown: BTreeSet<&str> = shown.collect();
        let files = shown.iter().filter_map(|it| self.pipeline.target.file_shown_as(it));
        let texts: Vec<(Option<&str>, String)> = files
            .filter_map(|it| Some((it.strip_prefix("charts/").and_then(|it| it.split('/').next()), tree.text(it)?.into_owned())))
            .collect();
        let reads = |leaf: &Leaf| {
            texts.iter().any(|(subchart, text)| {
                let own = subchart.is_some_and(|it| leaf.path.first() == Some(&Step::Key(it.to_owned())));
                text.contains(&format!(".Values.{}", shown_path(&leaf.path[usize::from(own)..])))
            })
        };
        let read: Vec<&Leaf> = switches.iter().filter(|it| reads(it)).collect();
        switches.iter().filter(|it| reads(it) || read.iter().any(|leaf| is_above(it, leaf))).cloned().collect()
    }
}

/// Chooses switches, and those of the components that they are part of: a monitor alone would select nothing.
fn with_above(all: &[Leaf], wanted: impl Fn(&Leaf) -> bool) -> Vec<Leaf> {
    let chosen: Vec<&Leaf> = all.iter().filter(|it| wanted(it)).collect();
    let above = |it: &&Leaf| chosen.iter().any(|leaf| is_above(it, leaf));
    all.iter().filter(|it| wanted(it) || above(it)).cloned().collect()
}

/// Whether a switch is that of a component which another one is part of: `x.enabled` or `components.x` for `x.ingress.enabled`.
fn is_above(it: &Leaf, leaf: &Leaf) -> bool {
    let Some((last, parents)) = it.path.split_last() else { return false };
    let around = it.path.len() < leaf.path.len() && leaf.path.starts_with(parents);
    around || (leaf.path.len() > 1 && leaf.path.first() == Some(last))
}

fn label(switches: &[Leaf]) -> String {
    match switches {
        [a] => format!("{}=true", shown_path(&a.path)),
        [a, b] => format!("{}=true, {}=true", shown_path(&a.path), shown_path(&b.path)),
        [a, rest @ ..] => format!("{}=true and {} more", shown_path(&a.path), rest.len()),
        [] => "no switch".into(),
    }
}
