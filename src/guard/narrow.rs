//! When a drift matters: which switches of the chart it needs, found by rendering.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::model::Condition;
use super::path::ValuePath;
use crate::chart::{Step, Values, helm_path, shown_path};
use crate::finding::Finding;
use crate::graph::{Edge, Resolution};
use crate::matrix::{Case, CaseSource, Input, SetArg, SetKind};
use crate::pipeline::{Linked, Pipeline};

/// At most so many switches are tried for one drift.
const SWITCHES: usize = 8;

/// The chart as it is, without a guard.
pub struct Chart<'a> {
    pub pipeline: &'a Pipeline<'a>,
    pub values: &'a Values,
    /// The case that was probed.
    pub base: &'a Input,
}

/// When a drift matters.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    pub conditions: Vec<Condition>,
    /// Cases that show it.
    pub witnesses: Vec<Case>,
    /// Cases in which the value is moved and nothing breaks, for a switch is the other way.
    pub silent: Vec<Case>,
}

/// A boolean value of the chart.
#[derive(Debug, Clone)]
struct Switch {
    path: Vec<Step>,
    now: bool,
    /// The witness sets it.
    set: bool,
    /// A template of the finding reads it.
    read: bool,
}

/// Whether the edge that a finding speaks of leads nowhere; `None` where it is not there at all.
pub fn is_broken(linked: &Linked, finding: &Finding) -> Option<bool> {
    let same = |edge: &&Edge| {
        let subject = edge.subject(&linked.manifest);
        let Finding { subject: wanted, path, .. } = finding;
        (&subject.kind, &subject.name, &edge.reference.field.path) == (&wanted.kind, &wanted.name, path)
    };
    linked.graph.edges.iter().find(same).map(|edge| match &edge.to {
        Resolution::NoService => true,
        Resolution::NoPort { mentioned, .. } => !mentioned,
        _ => false,
    })
}

impl Chart<'_> {
    /// Finds the switches without which the witness of a drift breaks nothing. Where that cannot be told, those that the
    /// witness sets.
    pub fn scope(&self, finding: &Finding, witness: &Case) -> Scope {
        let switches = self.switches(finding, &witness.input);
        let mut cases = vec![witness.clone()];
        for switch in switches.iter().take(SWITCHES) {
            let set = SetArg::typed(&helm_path(&switch.path), &Json::Bool(!switch.now));
            cases.push(case(witness.input.with_sets([set])));
        }
        let breaks = self.breaks(finding, &cases);
        let condition = |it: &Switch| Condition { path: ValuePath::new(&it.path, self.values), on: it.now };
        let needed: Vec<(&Switch, &Case)> = switches
            .iter()
            .zip(cases.iter().zip(&breaks).skip(1))
            .filter(|(_, (_, breaks))| **breaks == Some(false))
            .map(|(switch, (case, _))| (switch, case))
            .collect();
        let smaller = case(self.smaller(&witness.input, &switches, &needed));
        let confirmed = breaks[0] == Some(true) && self.breaks(finding, std::slice::from_ref(&smaller)) == [Some(true)];
        let mut scope = if confirmed {
            Scope {
                conditions: needed.iter().map(|it| condition(it.0)).collect(),
                witnesses: vec![smaller, witness.clone()],
                silent: needed.iter().map(|it| it.1.clone()).collect(),
            }
        } else {
            let conditions = switches.iter().filter(|it| it.set).map(condition).collect();
            Scope { conditions, witnesses: vec![witness.clone()], silent: Vec::new() }
        };
        scope.conditions.sort();
        scope.witnesses.dedup_by(|a, b| a.input == b.input);
        scope
    }

    /// Tells for each case whether it breaks the edge; `None` where it does not render.
    fn breaks(&self, finding: &Finding, cases: &[Case]) -> Vec<Option<bool>> {
        let judged = self.pipeline.run(cases, |_| true);
        judged.iter().map(|it| Some(is_broken(it.linked.as_ref()?, finding).unwrap_or(false))).collect()
    }

    /// Returns the probed input with the values of a witness moved, but only the switches set that are needed.
    fn smaller(&self, witness: &Input, switches: &[Switch], needed: &[(&Switch, &Case)]) -> Input {
        let path_of = |set: &SetArg| set.parts().0.to_owned();
        let is = |set: &SetArg, switch: &Switch| path_of(set) == helm_path(&switch.path);
        let keep =
            |set: &&SetArg| !switches.iter().any(|it| it.set && is(set, it)) || needed.iter().any(|(switch, _)| is(set, switch));
        let new = witness.sets.iter().filter(|it| !self.base.sets.contains(it));
        self.base.with_sets(new.filter(keep).cloned())
    }

    /// Returns the booleans that the witness sets, and those that the finding's templates read; first those that are read and
    /// set, then those that are called so.
    fn switches(&self, finding: &Finding, witness: &Input) -> Vec<Switch> {
        let texts = self.templates(finding);
        let mut found = Vec::new();
        for leaf in &self.values.leaves {
            let Json::Bool(default) = leaf.value else { continue };
            if leaf.path.iter().any(|it| matches!(it, Step::Index(_))) {
                continue;
            }
            let path = helm_path(&leaf.path);
            let set = |input: &Input| input.sets.iter().rev().find(|it| it.kind == SetKind::Set && it.parts().0 == path).cloned();
            let own = set(witness);
            let is_new = own.is_some() && own != set(self.base);
            let now = own.map_or(default, |it| it.parts().1 == "true");
            let read = reads(&texts, &leaf.path);
            if is_new || read {
                found.push(Switch { path: leaf.path.clone(), now, set: is_new, read });
            }
        }
        let named = |it: &Switch| shown_path(&it.path).to_ascii_lowercase().ends_with("enabled");
        found.sort_by_key(|it| (!it.read, !it.set, !named(it)));
        found
    }

    /// Returns the templates that a finding names, with the subchart that each belongs to.
    fn templates(&self, finding: &Finding) -> Vec<(Option<String>, String)> {
        let target = self.pipeline.target;
        let locations = finding.location.iter().chain(finding.related.iter().filter_map(|it| it.location.as_ref()));
        let shown: BTreeSet<&str> = locations.map(|it| it.file.as_str()).collect();
        let files = target.tree.paths().filter(|it| shown.contains(target.shown(it).as_str()));
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

fn case(input: Input) -> Case {
    let label = input.sets.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(", ");
    Case::new(label, CaseSource::Sentinels, input)
}
