//! When a reference leads nowhere: which values switch it on, found by rendering.

use serde_json::Value as Json;

use super::model::Condition;
use super::narrow::{Chart, READ, Scope, Switch, leads_nowhere};
use super::path::ValuePath;
use crate::chart::{Step, helm_path};
use crate::finding::Finding;
use crate::matrix::{Case, Input, SetArg, SetKind};

/// Something that a witness sets, and what holds then.
#[derive(Debug, Clone)]
struct Part {
    set: SetArg,
    /// `None`: no condition says it.
    condition: Option<Condition>,
}

/// The reference of a finding, in any rendering of the chart.
struct Absent<'a, 'b> {
    chart: &'a Chart<'b>,
    finding: &'a Finding,
    /// How many such lead nowhere in the base.
    base: usize,
}

impl Chart<'_> {
    /// Finds what has to be set so that a finding's reference leads nowhere; `None` where that cannot be told, or is nothing.
    pub fn absent(&self, finding: &Finding) -> Option<Scope> {
        let parts = self.parts(&finding.witness.as_ref()?.args)?;
        let mut absent = Absent { chart: self, finding, base: 0 };
        absent.base = absent.counts(&[self.case(&[], &[])])[0]?;
        if absent.breaks(&sets(&parts, None)) != Some(true) {
            return None;
        }
        let kept = absent.shrunk(parts);
        let conditions: Vec<Condition> = kept.iter().map(|it| it.condition.clone()).collect::<Option<_>>()?;
        if conditions.is_empty() {
            return None;
        }
        let (_, read) = self.switches(finding, &self.base.with_sets(sets(&kept, None)));
        Some(absent.scope(&kept, conditions, &read))
    }

    /// Reads what a witness sets besides the base; `None` where it differs in anything else.
    fn parts(&self, args: &[String]) -> Option<Vec<Part>> {
        let base = self.base.args();
        let pairs = args.chunks(2).map(|it| match it {
            [flag, text] => Some((flag.as_str(), text.as_str())),
            _ => None,
        });
        let new =
            |pair: &(&str, &str)| !base.chunks(2).any(|it| it.first().map(String::as_str) == Some(pair.0) && it[1..] == [pair.1]);
        let pairs: Vec<(&str, &str)> = pairs.collect::<Option<_>>()?;
        let part = |(flag, text): (&str, &str)| {
            let kind = match flag {
                "--set" => SetKind::Set,
                "--set-string" => SetKind::SetString,
                "--set-json" => SetKind::SetJson,
                _ => return None,
            };
            let set = SetArg { kind, text: text.to_owned() };
            Some(Part { condition: self.condition(&set), set })
        };
        pairs.into_iter().filter(new).map(part).collect()
    }

    fn condition(&self, set: &SetArg) -> Option<Condition> {
        let (text, value) = (set.only_path()?, set.parts().1);
        let steps = match self.values.leaves.iter().find(|it| helm_path(&it.path) == text) {
            Some(leaf) => leaf.path.clone(),
            None => keys(text)?,
        };
        let path = ValuePath::new(&steps, self.values);
        let now = match value {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        match (self.values.get(&steps), now) {
            (None | Some(Json::Bool(_) | Json::Null), Some(on)) => Some(Condition::Switch { path, on }),
            (None | Some(Json::Null), None) => Some(Condition::Set { path }),
            (Some(Json::String(name)), None) if name.is_empty() => Some(Condition::Set { path }),
            (Some(Json::String(name)), None) => Some(Condition::Other { path, than: vec![name.clone()] }),
            (Some(Json::Array(items)), None) if items.is_empty() => Some(Condition::Set { path }),
            (Some(Json::Object(items)), None) if items.is_empty() => Some(Condition::Set { path }),
            _ => None,
        }
    }
}

impl Absent<'_, '_> {
    /// Counts what leads nowhere in each case; `None` where it does not render.
    fn counts(&self, cases: &[Case]) -> Vec<Option<usize>> {
        let judged = self.chart.pipeline.run(cases, |_| true);
        judged.iter().map(|it| Some(leads_nowhere(it.linked.as_ref()?, self.finding, false))).collect()
    }

    fn breaks(&self, sets: &[SetArg]) -> Option<bool> {
        Some(self.counts(&[self.chart.case(sets, &[])])[0]? > self.base)
    }

    /// Leaves out, one by one, what the reference needs not.
    fn shrunk(&self, mut kept: Vec<Part>) -> Vec<Part> {
        let mut at = 0;
        while at < kept.len() {
            if self.breaks(&sets(&kept, Some(at))) == Some(true) {
                kept.remove(at);
            } else {
                at += 1;
            }
        }
        kept
    }

    fn scope(&self, kept: &[Part], conditions: Vec<Condition>, read: &[Switch]) -> Scope {
        let all = sets(kept, None);
        let mut scope = Scope { witnesses: vec![self.chart.case(&all, &[])], ..Scope::default() };
        for (at, condition) in conditions.into_iter().enumerate() {
            scope.conditions.push(self.spared(&all, condition));
            self.keep_if_silent(self.chart.case(&sets(kept, Some(at)), &[]), &mut scope);
        }
        for switch in read.iter().take(READ) {
            let case = self.chart.case(&[all.clone(), vec![switch.set(!switch.now)]].concat(), &[]);
            if self.keep_if_silent(case, &mut scope) {
                scope
                    .conditions
                    .push(Condition::Switch { path: ValuePath::new(&switch.path, self.chart.values), on: switch.now });
            }
        }
        // Usual helpers leave the chart's name out where the release has it in its own.
        let named = |input: Input| Input { release: self.chart.name.into(), ..input };
        let case = self.chart.case(&all, &[]);
        let case = Case::new(format!("{}, release {}", case.label, self.chart.name), case.source, named(case.input));
        if !self.chart.name.is_empty() && self.keep_if_silent(case, &mut scope) {
            scope.conditions.push(Condition::Release { lacks: self.chart.name.into() });
        }
        scope.conditions.sort();
        scope
    }

    /// Keeps a case that renders and in which nothing leads nowhere; returns whether it is one.
    fn keep_if_silent(&self, case: Case, scope: &mut Scope) -> bool {
        let silent = self.counts(std::slice::from_ref(&case))[0].is_some_and(|it| it <= self.base);
        if silent {
            scope.silent.push(case);
        }
        silent
    }

    /// Spares the chart's own name where that is set and breaks nothing.
    fn spared(&self, all: &[SetArg], condition: Condition) -> Condition {
        let Condition::Set { path } = &condition else { return condition };
        let place =
            all.iter().position(|it| it.parts().0.rsplit('.').next() == Some("nameOverride") && shown(it) == path.shown());
        let Some(at) = place else { return condition };
        let mut sets = all.to_vec();
        sets[at] = SetArg::typed(all[at].parts().0, &self.chart.name.into());
        match self.breaks(&sets) {
            Some(false) => Condition::Other { path: path.clone(), than: vec![self.chart.name.into()] },
            _ => condition,
        }
    }
}

fn shown(set: &SetArg) -> String {
    keys(set.parts().0).map(|it| crate::chart::shown_path(&it)).unwrap_or_default()
}

fn sets(parts: &[Part], without: Option<usize>) -> Vec<SetArg> {
    parts.iter().enumerate().filter(|(at, _)| Some(*at) != without).map(|(_, it)| it.set.clone()).collect()
}

/// Reads a path of plain keys.
pub(super) fn keys(path: &str) -> Option<Vec<Step>> {
    let plain = !path.is_empty() && !path.contains(['\\', '[', ']', ',', '{']) && path.split('.').all(|it| !it.is_empty());
    plain.then(|| path.split('.').map(|it| Step::Key(it.into())).collect())
}
