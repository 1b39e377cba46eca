//! Probing: more cases than the user asked for, to show what breaks before anybody sets it.
//!
//! First every `enabled` switch on, then port values moved to sentinels, all at once and then singly, within a budget of
//! renderings. Randomness and refusals cost renderings, never a finding.

mod compare;
mod fill;
mod names;
mod sentinel;
mod toggle;

use std::collections::BTreeSet;

use serde_json::Value as Json;

use self::compare::Suspect;
use self::fill::Filled;
use crate::chart::{Chart, Step, Values, helm_path};
use crate::finding::{Finding, Severity, Witness};
use crate::matrix::{Case, CaseSource, Input, SetArg};
use crate::pipeline::{Judged, Linked, Pipeline};
use crate::rules::{CaseCx, CaseOutcome, Drift, RULES, TargetCx};
use crate::target::Target;

/// How many renderings a chart's probing may cost.
pub const BUDGET: usize = 24;

/// How many values of a chart are changed in one rendering, so that helm's command line does not get too long.
const CHANGES: usize = 1000;

/// What probing found.
#[derive(Debug, Default)]
pub struct Probed {
    /// The cases it added, rendered or not, in the order in which they were tried.
    pub judged: Vec<Judged>,
    /// Findings of rules that look at the target as a whole.
    pub findings: Vec<Finding>,
    /// Renderings that the budget left out.
    pub left_out: usize,
}

/// A chart under probing.
pub(crate) struct Probe<'a> {
    pipeline: &'a Pipeline<'a>,
    values: Values,
    /// The chart's name.
    chart: String,
    /// Paths of values that the chart's own templates write out, whether values.yaml has them or not.
    mentioned: BTreeSet<Vec<Step>>,
    base: &'a Case,
    budget: usize,
    out: Probed,
}

/// A rendering that sentinels are compared with.
struct Base {
    case: Case,
    linked: Linked,
    /// What was made up for it.
    filled: Filled,
}

/// A rendering in which one value was moved, and the edges that it should break.
struct Confirmed<'a> {
    target: &'a Target,
    case: Case,
    linked: Linked,
    witness: Witness,
    suspects: Vec<Suspect>,
}

impl Confirmed<'_> {
    /// Returns what rules read.
    fn cx(&self) -> CaseCx<'_> {
        self.linked.cx(self.target, &self.case)
    }

    /// Lets the rules judge the edges that are broken indeed.
    fn judge(&self) -> Vec<Finding> {
        let after = compare::edges(&self.linked);
        let drifts: Vec<Drift<'_>> = self.suspects.iter().filter_map(|it| it.confirmed(&after, self)).collect();
        let cx = TargetCx { target: self.target, results: &[], drifts: &drifts };
        let mut findings = Vec::new();
        for rule in RULES {
            rule.check_target(&cx, &mut findings);
        }
        findings
    }
}

/// Probes a chart from its default case, which has rendered as `linked`. `bad` are the findings that are known already.
pub fn probe(pipeline: &Pipeline<'_>, base: &Case, linked: Linked, known: &[Finding]) -> Probed {
    let Ok(chart) = Chart::read(&pipeline.target.tree) else { return Probed::default() };
    let values = Values::read(&pipeline.target.tree, &chart);
    let mut probe = Probe {
        pipeline,
        values,
        chart: chart.name,
        mentioned: fill::mentioned(&pipeline.target.tree),
        base,
        budget: BUDGET,
        out: Probed::default(),
    };
    let full = probe.everything_on(&linked, known);
    let mut bases = vec![Base { case: base.clone(), linked, filled: Filled::default() }];
    bases.extend(full);
    if let Some(last) = bases.last() {
        probe.rename(last, known);
    }
    let mut seen = BTreeSet::new();
    for base in &bases {
        for confirmed in probe.moves(base, &mut seen) {
            probe.out.findings.extend(confirmed.judge());
        }
    }
    probe.out
}

impl Probe<'_> {
    /// Renders one more case, if the budget allows it.
    fn render(&mut self, label: String, source: CaseSource, input: Input) -> Option<(Case, Linked)> {
        if self.budget == 0 {
            self.out.left_out += 1;
            return None;
        }
        self.budget -= 1;
        let case = Case::new(label, source, input);
        let mut judged = self.pipeline.run(std::slice::from_ref(&case), |_| true).pop()?;
        // Sentinels break what they are meant to break: only the comparison with the base speaks of it.
        if source == CaseSource::Sentinels {
            judged.findings.clear();
        }
        let linked = judged.linked.take().filter(|_| judged.result.outcome == CaseOutcome::Rendered);
        self.out.judged.push(judged);
        Some((case, linked?))
    }
}

/// Writes changed values as helm arguments that keep their types: `--set` would make int64 of a number.
fn sets(changes: Vec<(Vec<Step>, Json)>) -> Vec<SetArg> {
    changes.into_iter().map(|(path, value)| SetArg::typed(&helm_path(&path), &value)).collect()
}

/// Lowers what only shows with many features on at once: they may contradict each other.
fn doubtful(finding: &mut Finding) {
    finding.severity = finding.severity.min(Severity::Warning);
}
