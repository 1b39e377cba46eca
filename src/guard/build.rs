//! From a checked chart to its proven guard.

use std::collections::BTreeSet;
use std::io;

use rayon::prelude::*;

use super::emit::{Names, emit};
use super::formats::{Format, has_schema, merged, schema, unittest};
use super::model::{Constraint, Demand};
use super::narrow::{Chart, Scope, leads_nowhere};
use super::old::Spot;
use super::place::{choose, guarded};
use super::prove::{Bench, Candidate, Good, hash_of};
use super::suite::tests;
use crate::chart::{Chart as Meta, Values};
use crate::finding::Finding;
use crate::kube::Manifest;
use crate::matrix::{Case, CaseSource};
use crate::os::RunDir;
use crate::pipeline::{Event, Judged, Pipeline};
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
    /// Where the chart's guard stood.
    pub spot: Option<Spot>,
}

/// A proven guard.
#[derive(Debug, Clone)]
pub struct Guard {
    /// To be put into the file for helpers.
    pub text: String,
    /// The line that puts it to work, and the file at whose top it belongs.
    pub names: Names,
    /// The chart's name.
    pub chart: String,
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

/// The matrix as far as it renders.
#[derive(Default)]
struct Matrix {
    good: Vec<Good>,
    /// By drift: the cases in which it is broken.
    broken: Vec<BTreeSet<String>>,
    /// What the first case renders.
    first: Manifest,
}

/// Makes the guard of a chart, in templates or as a schema.
///
/// # Errors
/// See [`Nothing`].
pub fn build(checked: &Checked<'_>, format: Format) -> Result<Guard, Nothing> {
    let &Checked { target, renderer, events, .. } = checked;
    let meta = Meta::read(&target.tree).map_err(Nothing::Chart)?;
    let values = Values::read(&target.tree, &meta);
    let drifts = drifts(checked, &values);
    let pipeline = Pipeline::new(renderer, target, events);
    let base = base(checked.judged).ok_or_else(|| Nothing::Chart("no case renders".into()))?;
    let matrix = matrix(checked, &pipeline, &drifts);
    let file =
        choose(&target.tree, &matrix.first).ok_or_else(|| Nothing::Chart("the chart has no template of its own".into()))?;
    let names = Names::new(&meta.name, file, &target.tree, checked.spot.as_ref());
    let chart = Chart { pipeline: &pipeline, values: &values, base: &base.input, name: &meta.name };
    let mut dropped = Vec::new();
    let mut candidates = candidates(&chart, &drifts, &matrix.broken, &names.file, &mut dropped);
    let discovered = checked.judged.iter().map(|it| &it.result).filter(|it| it.outcome == CaseOutcome::Rendered);
    let discovered: Vec<&Case> = discovered.map(|it| &it.case).filter(|it| it.source == CaseSource::Discovered).collect();
    candidates.extend(chart.ranges(&discovered).into_iter().chain(chart.named()).map(Candidate::from));
    if format == Format::Schema {
        let (said, unsaid) = candidates.into_iter().partition(|it| has_schema(&it.constraint));
        candidates = said;
        let unsaid: Vec<Candidate> = unsaid;
        dropped.extend(unsaid.iter().map(|it| (it.constraint.sentence(), "a schema cannot say it".into())));
    }
    if candidates.is_empty() && dropped.is_empty() {
        return Err(Nothing::NoDrift(no_drift(checked)));
    }
    let own = target.tree.text("values.schema.json");
    if merged(own.as_deref(), &schema(&meta.name, &[])).is_none() {
        return Err(Nothing::Chart("values.schema.json holds no schema that rules can be added to".into()));
    }
    let put = |constraints: &[Constraint]| match format {
        Format::Schema => {
            let mut tree = target.tree.clone();
            let text = merged(own.as_deref(), &schema(&meta.name, constraints)).unwrap_or_default();
            tree.insert("values.schema.json", text.into_bytes());
            tree
        }
        _ => guarded(&target.tree, &emit(&names, constraints), &names),
    };
    let bench = Bench { target, renderer, run: checked.run, put: &put, says: format != Format::Schema, good: &matrix.good };
    let proven = bench.prove(candidates)?;
    dropped.extend(proven.dropped.iter().map(|(it, why)| (it.sentence(), why.clone())));
    if proven.kept.is_empty() {
        return Err(Nothing::Unproven(dropped));
    }
    let constraints: Vec<Constraint> = proven.kept.iter().map(|it| it.constraint.clone()).collect();
    let tests = tests(&chart, &matrix.good, &proven.kept);
    let text = match format {
        Format::Schema => format!("{:#}\n", schema(&meta.name, &constraints)),
        Format::Unittest => unittest(&meta.name, &names.file, &tests),
        _ => emit(&names, &constraints),
    };
    Ok(Guard {
        text,
        good: proven.silent,
        witnesses: proven.kept.iter().map(|it| it.witnesses.len()).sum(),
        chart: meta.name.clone(),
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

/// Renders the matrix as it is, and sees in which cases which drift is broken already.
fn matrix(checked: &Checked<'_>, pipeline: &Pipeline<'_>, drifts: &[Drift<'_>]) -> Matrix {
    let meant = |it: &&Judged| it.result.outcome == CaseOutcome::Rendered && it.result.case.source != CaseSource::Sentinels;
    let cases: Vec<Case> = checked.judged.iter().filter(meant).map(|it| it.result.case.clone()).collect();
    let mut matrix = Matrix { broken: vec![BTreeSet::new(); drifts.len()], ..Matrix::default() };
    for some in cases.chunks(AT_ONCE) {
        for (case, judged) in some.iter().zip(pipeline.run(some, |_| true)) {
            let Some(linked) = judged.linked else { continue };
            for (cases, drift) in matrix.broken.iter_mut().zip(drifts) {
                // Objects are called otherwise where the release is.
                let by_name = !matches!(drift.demand, Demand::Absent { .. });
                if leads_nowhere(&linked, drift.finding, by_name) > 0 {
                    cases.insert(case.id.clone());
                }
            }
            if matrix.good.is_empty() {
                matrix.first = linked.manifest;
            }
            matrix.good.push(Good { case: case.clone(), hash: hash_of(&linked.text) });
        }
    }
    matrix
}

/// Finds when each drift matters; those that ask the same become one.
fn candidates(
    chart: &Chart<'_>,
    drifts: &[Drift<'_>],
    broken: &[BTreeSet<String>],
    file: &str,
    dropped: &mut Vec<(String, String)>,
) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let scopes: Vec<Option<Scope>> = drifts.par_iter().map(|it| it.scope(chart)).collect();
    for ((drift, excused), scope) in drifts.iter().zip(broken).zip(scopes) {
        let conditions = scope.as_ref().map(|it| it.conditions.clone()).unwrap_or_default();
        let mut constraint = Constraint { demand: drift.demand.clone(), conditions };
        constraint.shift(file);
        let Some(scope) = scope else {
            dropped.push((constraint.sentence(), "it cannot be told which switches it needs".into()));
            continue;
        };
        let new = Candidate { excused: excused.clone(), ..Candidate::from((constraint, scope)) };
        match candidates.iter_mut().find_map(|it| it.constraint.merge(&new.constraint).then_some(it)) {
            Some(same) => same.merge(new),
            None => candidates.push(new),
        }
    }
    candidates.sort_by(|a, b| a.constraint.cmp(&b.constraint));
    let all: Vec<Constraint> = candidates.iter().map(|it| it.constraint.clone()).collect();
    candidates.retain(|it| !all.iter().any(|other| other.covers(&it.constraint)));
    candidates
}

impl Drift<'_> {
    fn scope(&self, chart: &Chart<'_>) -> Option<Scope> {
        match self.demand {
            Demand::Absent { .. } => chart.absent(self.finding),
            _ => chart.scope(self.finding, self.witness),
        }
    }
}

impl From<(Constraint, Scope)> for Candidate {
    fn from((constraint, scope): (Constraint, Scope)) -> Self {
        Self { constraint, witnesses: scope.witnesses, silent: scope.silent, excused: BTreeSet::new() }
    }
}

impl Candidate {
    /// Takes over the cases of one with the same constraint.
    fn merge(&mut self, more: Self) {
        self.witnesses.extend(more.witnesses);
        self.witnesses.sort_by(|a, b| a.id.cmp(&b.id));
        self.witnesses.dedup_by(|a, b| a.id == b.id);
        // What breaks nothing at one place may break another.
        self.silent.retain(|it| more.silent.iter().any(|other| other.id == it.id));
        self.excused.extend(more.excused);
    }
}
