//! When a drift matters: which switches of the chart it needs, found by rendering.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::model::Condition;
use super::path::ValuePath;
use crate::chart::{Step, Values, helm_path, shown_path};
use crate::finding::Finding;
use crate::graph::{Destination, Edge, Resolution};
use crate::matrix::{Case, CaseSource, Input, SetArg, SetKind};
use crate::pipeline::{Judged, Linked, Pipeline};

/// At most so many switches are tried that a template reads and no witness sets.
pub(super) const READ: usize = 8;

/// At most so many attempts go into a smaller set of switches.
const ATTEMPTS: usize = 40;

/// So many switches are accepted as they are where the witness does not show its drift again.
const UNTOLD: usize = 3;

/// The chart as it is, without a guard.
pub struct Chart<'a> {
    pub pipeline: &'a Pipeline<'a>,
    pub values: &'a Values,
    /// The input that was probed.
    pub base: &'a Input,
    /// Of the chart.
    pub name: &'a str,
}

/// When a drift matters.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    pub conditions: Vec<Condition>,
    /// Cases that show it.
    pub witnesses: Vec<Case>,
    /// Cases in which the value is moved and breaks nothing, for a switch is the other way.
    pub silent: Vec<Case>,
}

/// A boolean value of the chart.
#[derive(Debug, Clone)]
pub(super) struct Switch {
    pub(super) path: Vec<Step>,
    pub(super) now: bool,
    /// A template of the finding reads it.
    read: bool,
}

/// A drift: a finding, and the values whose move shows it.
struct Drift<'a> {
    finding: &'a Finding,
    moves: Vec<SetArg>,
}

/// What moved values do under some switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// What leads somewhere without the move leads nowhere with it.
    Breaks,
    Nothing,
    /// It does not render.
    Unknown,
}

/// Counts the edges of a finding's kind that lead nowhere: those of its object and field, in whichever container.
pub fn broken(linked: &Linked, finding: &Finding) -> usize {
    leads_nowhere(linked, finding, true)
}

/// Counts them, of objects of any name too, for names follow values.
pub(super) fn leads_nowhere(linked: &Linked, finding: &Finding, by_name: bool) -> usize {
    let field = any_container(&finding.path);
    let same = |edge: &&Edge| {
        let (subject, wanted) = (edge.subject(&linked.manifest), &finding.subject);
        let is_object = subject.kind == wanted.kind && (!by_name || subject.name == wanted.name);
        let is_service = matches!(&edge.reference.to, Destination::Service { field, .. } if field.path == finding.path);
        is_object && (is_service || any_container(&edge.reference.field.path) == field)
    };
    let leads_nowhere = |edge: &&Edge| match &edge.to {
        Resolution::NoService => true,
        Resolution::NoPort { mentioned, .. } => !mentioned,
        _ => false,
    };
    linked.graph.edges.iter().filter(same).filter(leads_nowhere).count()
}

/// Takes the index of the container out of a field's path: switches add sidecars before it.
fn any_container(path: &str) -> String {
    match path.split_once("ontainers[") {
        Some((before, after)) => format!("{before}ontainers{}", after.trim_start_matches(|c: char| c.is_ascii_digit())),
        None => path.to_owned(),
    }
}

impl Chart<'_> {
    /// Finds the switches without which the witness of a drift breaks nothing; `None` where that cannot be told.
    pub fn scope(&self, finding: &Finding, witness: &Case) -> Option<Scope> {
        let (set, read) = self.switches(finding, &witness.input);
        let drift = Drift { finding, moves: self.moves(&witness.input, &set) };
        let set_and_read: Vec<Switch> = set.iter().filter(|it| it.read).cloned().collect();
        let breaks = |switches: &[Switch]| self.effects(&drift, &[sets(switches)])[0].1 == Effect::Breaks;
        let condition = |it: &Switch| Condition::Switch { path: ValuePath::new(&it.path, self.values), on: it.now };
        let start = [set_and_read, set.clone()].into_iter().find(|it| breaks(it));
        let Some(start) = start else {
            let mut conditions: Vec<Condition> = set.iter().map(condition).collect();
            conditions.sort();
            let scope = Scope { conditions, witnesses: vec![witness.clone()], silent: Vec::new() };
            return (set.len() <= UNTOLD).then_some(scope);
        };
        let kept = self.shrunk(&drift, start);
        let tried: Vec<&Switch> = kept.iter().chain(read.iter().take(READ)).collect();
        let other_way = |it: &&Switch| [sets(&kept), vec![it.set(!it.now)]].concat();
        let effects = self.effects(&drift, &tried.iter().map(other_way).collect::<Vec<_>>());
        let mut scope = Scope { witnesses: vec![self.case(&sets(&kept), &drift.moves)], ..Scope::default() };
        for (at, (switch, (case, effect))) in tried.iter().zip(effects).enumerate() {
            if at < kept.len() || effect == Effect::Nothing {
                scope.conditions.push(condition(switch));
            }
            if effect == Effect::Nothing {
                scope.silent.push(case);
            }
        }
        scope.conditions.sort();
        if scope.witnesses[0].id != witness.id {
            scope.witnesses.push(witness.clone());
        }
        Some(scope)
    }

    /// Tells for each list of switches what the move does under it, with the case that has the move.
    fn effects(&self, drift: &Drift<'_>, switches: &[Vec<SetArg>]) -> Vec<(Case, Effect)> {
        let cases = switches.iter().flat_map(|it| [self.case(it, &drift.moves), self.case(it, &[])]);
        let cases: Vec<Case> = cases.collect();
        let broken = |it: &Judged| Some(broken(it.linked.as_ref()?, drift.finding));
        let broken: Vec<Option<usize>> = self.pipeline.run(&cases, |_| true).iter().map(broken).collect();
        let effect = |pair: &[Option<usize>]| match pair {
            [Some(with), Some(without)] if with > without => Effect::Breaks,
            [Some(_), Some(_)] => Effect::Nothing,
            _ => Effect::Unknown,
        };
        cases.into_iter().step_by(2).zip(broken.chunks(2).map(effect)).collect()
    }

    /// Leaves out switches, first many at once, as long as the move still breaks something.
    fn shrunk(&self, drift: &Drift<'_>, mut kept: Vec<Switch>) -> Vec<Switch> {
        let (mut size, mut attempts) = (kept.len(), 0);
        while size > 0 {
            let mut at = 0;
            while at < kept.len() && attempts < ATTEMPTS {
                attempts += 1;
                let mut fewer = kept.clone();
                fewer.drain(at..(at + size).min(kept.len()));
                if self.effects(drift, &[sets(&fewer)])[0].1 == Effect::Breaks {
                    kept = fewer;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
        kept
    }

    pub(super) fn case(&self, switches: &[SetArg], moves: &[SetArg]) -> Case {
        let new: Vec<SetArg> = switches.iter().chain(moves).cloned().collect();
        // What the user sets besides may be secret.
        let label = new.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(", ");
        let input = self.base.with_sets(new);
        Case::new(label, CaseSource::Sentinels, input)
    }

    /// Returns what a witness sets besides switches.
    fn moves(&self, witness: &Input, set: &[Switch]) -> Vec<SetArg> {
        let is_switch = |it: &SetArg| set.iter().any(|switch| it.parts().0 == helm_path(&switch.path));
        witness.sets.iter().filter(|it| !self.base.sets.contains(it) && !is_switch(it)).cloned().collect()
    }

    /// Returns the booleans that the witness sets, and the others that the finding's templates read, those first that are
    /// called so.
    pub(super) fn switches(&self, finding: &Finding, witness: &Input) -> (Vec<Switch>, Vec<Switch>) {
        let texts = self.templates(finding);
        let (mut set, mut read) = (Vec::new(), Vec::new());
        for leaf in &self.values.leaves {
            let Json::Bool(default) = leaf.value else { continue };
            if leaf.path.iter().any(|it| matches!(it, Step::Index(_))) {
                continue;
            }
            let path = helm_path(&leaf.path);
            let find =
                |input: &Input| input.sets.iter().rev().find(|it| it.kind == SetKind::Set && it.parts().0 == path).cloned();
            let (own, base) = (find(witness), find(self.base));
            let is_new = own != base;
            let now = own.map_or(default, |it| it.parts().1 == "true");
            let switch = Switch { path: leaf.path.clone(), now, read: reads(&texts, &leaf.path) };
            if is_new {
                set.push(switch);
            } else if switch.read {
                read.push(switch);
            }
        }
        read.sort_by_key(|it| !shown_path(&it.path).to_ascii_lowercase().ends_with("enabled"));
        (set, read)
    }

    /// Returns the templates that a finding names, with the subchart that each belongs to.
    fn templates(&self, finding: &Finding) -> Vec<(Option<String>, String)> {
        let target = self.pipeline.target;
        let locations = finding.location.iter().chain(finding.related.iter().filter_map(|it| it.location.as_ref()));
        let shown: BTreeSet<&str> = locations.map(|it| it.file.as_str()).collect();
        let files = shown.iter().filter_map(|it| target.file_shown_as(it));
        let subchart = |it: &str| it.strip_prefix("charts/").and_then(|it| it.split('/').next()).map(str::to_owned);
        files.filter_map(|it| Some((subchart(it), target.tree.text(it)?.into_owned()))).collect()
    }
}

/// Whether a template reads a value; a subchart's are read without its name, and `NAME.enabled` decides whether it is there.
fn reads(texts: &[(Option<String>, String)], path: &[Step]) -> bool {
    texts.iter().any(|(subchart, text)| {
        let own = subchart.as_ref().is_some_and(|it| path.first() == Some(&Step::Key(it.clone())));
        let switch = own && matches!(path, [_, Step::Key(key)] if key == "enabled");
        switch || text.contains(&format!(".Values.{}", shown_path(&path[usize::from(own)..])))
    })
}

fn sets(switches: &[Switch]) -> Vec<SetArg> {
    switches.iter().map(|it| it.set(it.now)).collect()
}

impl Switch {
    pub(super) fn set(&self, on: bool) -> SetArg {
        SetArg::typed(&helm_path(&self.path), &Json::Bool(on))
    }
}

#[cfg(test)]
#[path = "narrow_tests.rs"]
mod tests;
