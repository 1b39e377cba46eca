//! From a checked chart to its proven guard.

use std::io;

use super::emit::{Names, emit};
use super::model::{Constraint, Demand};
use super::narrow::{Chart, is_broken};
use super::place::choose;
use super::prove::{Bench, Candidate};
use crate::chart::{Chart as Meta, Values};
use crate::finding::Finding;
use crate::matrix::{Case, CaseSource};
use crate::os::RunDir;
use crate::pipeline::{Event, Judged, Linked, Pipeline};
use crate::render::Renderer;
use crate::rules::CaseOutcome;
use crate::target::Target;

/// So many renderings are held in memory at once.
const AT_ONCE: usize = 16;

/// A chart that was checked with probing.
pub struct Checked<'a> {
    pub target: &'a Target,
    pub renderer: &'a dyn Renderer,
    pub run: &'a RunDir,
    pub events: &'a (dyn Fn(Event) + Sync),
    pub judged: &'a [Judged],
    pub findings: &'a [Finding],
}

/// A proven guard.
#[derive(Debug, Clone)]
pub struct Guard {
    /// To be appended to `templates/_helpers.tpl`.
    pub text: String,
    /// The line that puts it to work, and the file at whose top it belongs.
    pub names: Names,
    /// How many good cases it was silent in, and how many witnesses it stopped.
    pub good: usize,
    pub witnesses: usize,
    /// What could not be proven and is left out: sentence and reason.
    pub dropped: Vec<(String, String)>,
}

/// Why there is no guard.
#[derive(Debug, thiserror::Error)]
pub enum Nothing {
    /// No drift was found.
    #[error("{0}")]
    NoDrift(String),
    /// Drift was found, and nothing of it could be proven.
    #[error("nothing could be proven")]
    Unproven(Vec<(String, String)>),
    #[error("cannot write a copy of the chart")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Chart(String),
}

/// A finding with what it demands and the case that shows it.
struct Drift<'a> {
    finding: &'a Finding,
    demand: Demand,
    witness: &'a Case,
}

/// Cases that the guard must leave alone, and what the first renders.
struct Good {
    cases: Vec<Case>,
    first: Option<Linked>,
}

/// Makes the guard of a chart.
///
/// # Errors
/// See [`Nothing`].
pub fn build(checked: &Checked<'_>) -> Result<Guard, Nothing> {
    let Checked { target, renderer, events, .. } = *checked;
    let meta = Meta::read(&target.tree).map_err(Nothing::Chart)?;
    let values = Values::read(&target.tree, &meta);
    let drifts = drifts(checked, &values);
    if drifts.is_empty() {
        return Err(Nothing::NoDrift(no_drift(checked)));
    }
    let pipeline = Pipeline::new(renderer, target, events);
    let good = good(checked, &pipeline, &drifts);
    let (Some(base), Some(first)) = (base(checked.judged), good.first) else {
        return Err(Nothing::NoDrift("no case is free of what it would stop: fix that first".into()));
    };
    let again = pipeline.run(&good.cases[..1], |_| true).pop().and_then(|it| it.linked);
    let file =
        choose(&target.tree, &first.manifest).ok_or_else(|| Nothing::Chart("the chart has no template of its own".into()))?;
    let names = Names::new(&meta.name, file, &target.tree);
    let chart = Chart { pipeline: &pipeline, values: &values, base: &base.input };
    let candidates = candidates(&chart, &drifts, &names.file);
    let before = [first.text.as_str(), again.as_ref().map_or(first.text.as_str(), |it| &it.text)];
    let bench = Bench { target, renderer, run: checked.run, names: &names, good: &good.cases, before };
    let proven = bench.prove(candidates)?;
    let dropped = proven.dropped.iter().map(|(it, why)| (it.sentence(), why.clone())).collect();
    if proven.kept.is_empty() {
        return Err(Nothing::Unproven(dropped));
    }
    let constraints: Vec<Constraint> = proven.kept.iter().map(|it| it.constraint.clone()).collect();
    Ok(Guard {
        text: emit(&names, &constraints),
        good: good.cases.len(),
        witnesses: proven.kept.iter().map(|it| it.witnesses.len()).sum(),
        names,
        dropped,
    })
}

/// Returns the case that was probed: the first that renders.
fn base(judged: &[Judged]) -> Option<&Case> {
    judged.iter().find(|it| it.result.outcome == CaseOutcome::Rendered).map(|it| &it.result.case)
}

fn drifts<'a>(checked: &Checked<'a>, values: &Values) -> Vec<Drift<'a>> {
    let case = |id: &str| checked.judged.iter().map(|it| &it.result.case).find(|it| it.id == id);
    let counts = checked.findings.iter().filter(|it| it.suppressed.is_none());
    let drift = |finding: &'a Finding| {
        let demand = Demand::of(finding, checked.target, values)?;
        Some(Drift { finding, demand, witness: case(finding.cases.first()?)? })
    };
    counts.filter_map(drift).collect()
}

fn no_drift(checked: &Checked<'_>) -> String {
    let others = checked.findings.iter().filter(|it| it.suppressed.is_none() && !super::RULES.contains(&it.rule)).count();
    let guards = super::defined(&checked.target.tree).into_iter().find(|it| it.contains(".validatePorts"));
    match (others, guards) {
        (_, Some(name)) => format!("no port value can be moved so that a reference breaks; the chart has `{name}` already"),
        (0, None) => "no port value can be moved so that a reference breaks".into(),
        (_, None) => format!(
            "no port value can be moved so that a reference breaks; see `portcullis check {}` for what is wrong as it is",
            checked.target.path
        ),
    }
}

/// Finds the cases that render and in which nothing is broken that the guard speaks of.
fn good(checked: &Checked<'_>, pipeline: &Pipeline<'_>, drifts: &[Drift<'_>]) -> Good {
    let meant = |it: &&Judged| it.result.outcome == CaseOutcome::Rendered && it.result.case.source != CaseSource::Sentinels;
    let cases: Vec<Case> = checked.judged.iter().filter(meant).map(|it| it.result.case.clone()).collect();
    let mut good = Good { cases: Vec::new(), first: None };
    for some in cases.chunks(AT_ONCE) {
        for (case, judged) in some.iter().zip(pipeline.run(some, |_| true)) {
            let Some(linked) = judged.linked else { continue };
            if drifts.iter().any(|it| is_broken(&linked, it.finding) == Some(true)) {
                continue;
            }
            good.cases.push(case.clone());
            good.first.get_or_insert(linked);
        }
    }
    good
}

/// Finds when each drift matters; those that ask the same become one.
fn candidates(chart: &Chart<'_>, drifts: &[Drift<'_>], file: &str) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    for drift in drifts {
        let scope = chart.scope(drift.finding, drift.witness);
        let mut constraint = Constraint { demand: drift.demand.clone(), conditions: scope.conditions };
        constraint.shift(file);
        match candidates.iter_mut().find_map(|it| it.constraint.merge(&constraint).then_some(it)) {
            Some(same) => {
                same.witnesses.extend(scope.witnesses);
                same.silent.extend(scope.silent);
            }
            None => candidates.push(Candidate { constraint, witnesses: scope.witnesses, silent: scope.silent }),
        }
    }
    for it in &mut candidates {
        it.witnesses.sort_by(|a, b| a.id.cmp(&b.id));
        it.witnesses.dedup_by(|a, b| a.id == b.id);
    }
    candidates.sort_by(|a, b| a.constraint.cmp(&b.constraint));
    candidates
}
