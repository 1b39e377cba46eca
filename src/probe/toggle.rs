//! Discovery: features that are off by default, all switched on; and fewer of them, to show each finding.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value as Json;

use super::filled::{Change, Filled, label, parts_of, sets};
use super::reads::{Path, Want};
use super::repair::REPAIRS;
use super::{Base, CHANGES, Probe, doubtful};
use crate::chart::{Step, shown_path};
use crate::finding::{Finding, RenderedPlace, Severity};
use crate::pipeline::Linked;
use crate::render::Provenance;

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
const SHRINKS: usize = 8;

/// At most so many renderings go into the search for switches that a chart refuses.
const HALVINGS: usize = 24;

impl Probe<'_> {
    /// Switches everything on, or as much as the chart takes, and judges that case. Returns it as a base for sentinels.
    pub(super) fn everything_on(&mut self, first: &Base, known: &[Finding]) -> Option<Base> {
        let all = self.switches();
        let is = |it: &Change, words: &[&str]| words.iter().any(|word| shown_path(&it.0).to_ascii_lowercase().contains(word));
        let mut wiring: Vec<Change> = all.iter().filter(|it| is(it, &WIRING)).cloned().collect();
        let mut ingress: Vec<Change> = all.iter().filter(|it| is(it, &["ingress"])).cloned().collect();
        // Without its component a monitor would select nothing.
        self.close(&mut wiring);
        self.close(&mut ingress);
        let mut tried: Vec<Vec<Change>> = Vec::new();
        for switches in [all.clone(), wiring, ingress] {
            if switches.is_empty() || tried.contains(&switches) {
                continue;
            }
            let at = self.out.judged.len();
            if let Some(base) = self.on(&switches) {
                return Some(self.with_fills(base, &switches, known));
            }
            if let Some((switches, base)) = self.most(&switches) {
                return Some(self.with_fills(base, &switches, known));
            }
            self.out.judged.truncate(at + 1);
            tried.push(switches);
        }
        self.fill("", &self.base.input.clone(), &first.linked, &first.filled)
    }

    fn on(&mut self, switches: &[Change]) -> Option<Base> {
        self.on_with(switches, &Filled::default(), REPAIRS)
    }

    /// Renders with switches on, what was made up, and at most so many repairs.
    pub(super) fn on_with(&mut self, switches: &[Change], filled: &Filled, repairs: usize) -> Option<Base> {
        let input = self.base.input.with_sets(sets(switches.to_vec()));
        let mut base = self.attempt_with(&label(switches), &input, filled, repairs)?;
        base.switches = switches.to_vec();
        Some(base)
    }

    /// Shrinks what a case with switches shows, then what shows with hosts and API versions besides.
    fn with_fills(&mut self, base: Base, switches: &[Change], known: &[Finding]) -> Base {
        self.shrink(known, switches, &base);
        let shown = self.known(known);
        let input = self.base.input.with_sets(sets(switches.to_vec()));
        let Some(mut full) = self.fill(&label(switches), &input, &base.linked, &base.filled) else { return base };
        full.switches = switches.to_vec();
        self.shrink(&shown, switches, &full);
        full
    }

    /// Finds as many switches as the chart takes at once, by halves, the larger ones first; all at once have been refused.
    fn most(&mut self, all: &[Change]) -> Option<(Vec<Change>, Base)> {
        let learned = self.learned.clone();
        let mut left = HALVINGS;
        let mut best: Option<(Vec<Change>, Base)> = None;
        let (first, second) = all.split_at(all.len() / 2);
        let mut rest = VecDeque::from([first.to_vec(), second.to_vec()]);
        while let Some(next) = rest.pop_front().filter(|_| left > 0) {
            left -= 1;
            let at = self.out.judged.len();
            let with: Vec<Change> = best.iter().flat_map(|it| &it.0).chain(&next).cloned().collect();
            if let Some(base) = self.on_with(&with, &learned, 1) {
                // Of the cases that led here only the last one is told.
                if best.is_some() {
                    self.out.judged.remove(at - 1);
                }
                best = Some((with, base));
                continue;
            }
            self.out.judged.truncate(at);
            if next.len() > 1 {
                let (first, second) = next.split_at(next.len() / 2);
                rest.extend([first.to_vec(), second.to_vec()]);
            }
        }
        best
    }

    /// Returns the switches that are off, in the chart's own values and those of its subcharts, and those that templates ask for
    /// and values.yaml omits.
    fn switches(&self) -> Vec<Change> {
        let asked: BTreeSet<&Path> = self.reads.blocks.iter().flat_map(|it| &it.wants).filter_map(asked).collect();
        let regime = |path: &[Step]| {
            let path = shown_path(path).to_ascii_lowercase();
            REGIMES.iter().any(|word| path.contains(word))
        };
        let named = |path: &[Step]| matches!(path.last(), Some(Step::Key(key)) if key.to_ascii_lowercase().ends_with("enabled"));
        let plain = |path: &[Step]| path.iter().all(|step| matches!(step, Step::Key(_))) && !regime(path);
        let off = self.values.leaves.iter().filter(|it| plain(&it.path)).filter_map(|it| {
            let on: Json = match &it.value {
                Json::Bool(false) if named(&it.path) || asked.contains(&it.path) => true.into(),
                Json::String(text) if text == "false" && named(&it.path) => "true".into(),
                Json::Null if named(&it.path) => true.into(),
                _ => return None,
            };
            Some((it.path.clone(), on))
        });
        let omitted = asked.iter().filter(|it| named(it) && plain(it) && self.values.get(it).is_none());
        off.chain(omitted.map(|it| ((*it).clone(), true.into()))).take(CHANGES).collect()
    }

    /// Renders each new finding of a base, which is the last case, with only that set which decides about its objects. What
    /// does not show then may come from a contradiction, and is only a warning.
    pub(super) fn shrink(&mut self, known: &[Finding], switches: &[Change], base: &Base) {
        let Some(at) = self.out.judged.len().checked_sub(1) else { return };
        let mut shown: BTreeSet<String> = known.iter().map(|it| it.fingerprint.clone()).collect();
        let mut contradicted: BTreeSet<String> = BTreeSet::new();
        let mut groups: BTreeMap<Vec<String>, Group> = BTreeMap::new();
        for finding in self.out.judged[at].findings.iter().filter(|it| !shown.contains(&it.fingerprint)) {
            let decides = deciding(finding, &base.linked);
            let read = read_at(&places(finding), &base.linked);
            let mut own: Vec<Change> = switches.iter().filter(|it| read.contains(&it.0)).cloned().collect();
            self.close(&mut own);
            let near: Vec<Change> = switches.iter().filter(|it| decides(&it.0)).cloned().collect();
            let changes = base.filled.changes.iter().filter(|it| decides(&it.0)).cloned().collect();
            let filled = Filled { changes, apis: base.filled.apis.clone() };
            let paths = own.iter().chain(&near).chain(&filled.changes).map(|it| shown_path(&it.0)).collect();
            let group = groups.entry(paths).or_insert_with(|| Group { own, near, filled, wanted: BTreeSet::new() });
            group.wanted.insert(finding.fingerprint.clone());
        }
        for group in groups.into_values().take(SHRINKS) {
            let is_whole = |it: &[Change]| it.len() == switches.len() && group.filled.changes.len() == base.filled.changes.len();
            // All of it is what the template itself asks for.
            if is_whole(&group.own) {
                shown.extend(group.wanted);
                continue;
            }
            let begin = self.out.judged.len();
            let mut sets = vec![&group.own];
            sets.extend((group.near != group.own).then_some(&group.near));
            for set in sets {
                if is_whole(set) || (set.is_empty() && group.filled.is_empty()) {
                    contradicted.retain(|it| !(is_whole(set) && group.wanted.contains(it)));
                    continue;
                }
                self.out.judged.truncate(begin);
                if self.on_with(set, &group.filled, REPAIRS).is_none() {
                    continue;
                }
                // Two features that open the same port are most often two ways to do the same.
                if set.len() > 1 {
                    let twice = |it: &&mut Finding| it.rule == "duplicate-port";
                    self.out.judged[begin].findings.iter_mut().filter(twice).for_each(doubtful);
                }
                let case: BTreeSet<&String> = self.out.judged[begin].findings.iter().map(|it| &it.fingerprint).collect();
                let (here, gone): (Vec<&String>, Vec<&String>) = group.wanted.iter().partition(|it| case.contains(it));
                shown.extend(here.into_iter().cloned());
                contradicted.extend(gone.iter().map(|it| (*it).clone()));
                if gone.is_empty() {
                    break;
                }
            }
        }
        contradicted.retain(|it| !shown.contains(it));
        if switches.len() > 1 {
            let doubt = |it: &&mut Finding| !shown.contains(&it.fingerprint);
            for finding in self.out.judged[at].findings.iter_mut().filter(doubt) {
                doubtful(finding);
                // Most often one feature stands in for another, of which a third one is left behind.
                if contradicted.contains(&finding.fingerprint) && matches!(finding.rule, "dangling-service" | "dangling-selector")
                {
                    finding.severity = Severity::Note;
                }
            }
        }
        // The smaller case is the better witness: it comes first.
        self.out.judged[at..].rotate_left(1);
    }

    /// Adds the switches that stand above those given: `a.enabled` for `a.b.enabled`.
    pub(super) fn close(&self, switches: &mut Vec<Change>) {
        let own = |path: &[Step]| path.len() > 1 && matches!(path.last(), Some(Step::Key(key)) if key == "enabled");
        let off = self.values.leaves.iter().filter(|it| it.value == Json::Bool(false) && own(&it.path));
        let below =
            |path: &[Step]| switches.iter().any(|it| it.0.len() > path.len() && it.0.starts_with(&path[..path.len() - 1]));
        let above: Vec<Change> = off.filter(|it| below(&it.path)).map(|it| (it.path.clone(), true.into())).collect();
        let new = above.into_iter().filter(|it| !switches.iter().any(|known| known.0 == it.0));
        let new: Vec<Change> = new.collect();
        switches.extend(new);
    }
}

/// Findings that the same values decide about.
struct Group {
    /// What the templates of these lines ask for, and what switches that on.
    own: Vec<Change>,
    /// What stands beside that in the values, too.
    near: Vec<Change>,
    filled: Filled,
    /// Their fingerprints.
    wanted: BTreeSet<String>,
}

/// Says whether a value decides about a finding: its objects are made from it, there because of it, or there if what is above it is on.
fn deciding<'a>(finding: &Finding, linked: &'a Linked) -> impl Fn(&Path) -> bool + use<'a> {
    deciding_at(&places(finding), linked)
}

/// Returns where the ends of a finding stand.
fn places(finding: &Finding) -> Vec<&RenderedPlace> {
    finding.rendered.iter().chain(finding.related.iter().filter_map(|it| it.rendered.as_ref())).collect()
}

/// Returns the values that what stands at some places was made from or depends on.
fn read_at<'a>(places: &[&RenderedPlace], linked: &'a Linked) -> BTreeSet<&'a Path> {
    places.iter().flat_map(|it| deciders(linked, it)).collect()
}

/// Says whether a value decides about what stands at some places.
pub(super) fn deciding_at<'a>(places: &[&RenderedPlace], linked: &'a Linked) -> impl Fn(&Path) -> bool + use<'a> {
    let read = read_at(places, linked);
    move |path| {
        let under = |it: &&Path| it.starts_with(path) || (path.len() < it.len() && it.starts_with(&path[..path.len() - 1]));
        read.iter().any(under)
    }
}

/// Returns the values that a line of a rendering was made from or depends on.
fn deciders<'a>(linked: &'a Linked, place: &RenderedPlace) -> Vec<&'a Path> {
    // What a helper wrote before knows nothing of the branch that it is used in: the text before it does.
    let parts = parts_of(linked, &RenderedPlace { column: 1, ..place.clone() });
    let all = |it: &'a Provenance| parts.iter().flat_map(move |part| it.reads(part).chain(it.control(part)));
    linked.provenance.as_deref().into_iter().flat_map(all).collect()
}

/// Returns the value that a block wants to be on.
fn asked(want: &Want) -> Option<&Path> {
    match want {
        Want::Some(path) | Want::Equal(path, Json::Bool(true)) => Some(path),
        _ => None,
    }
}
