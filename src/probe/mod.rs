//! Probing: more cases than the user asked for, to show what breaks before anybody sets it.
//!
//! First every `enabled` switch on, then port values moved to sentinels, all at once and then singly, within a budget of
//! renderings. Randomness and refusals cost renderings, never a finding.

mod compare;
mod sentinel;
mod toggle;

use crate::chart::{Chart, Values, helm_path};
use crate::finding::{Finding, Severity};
use crate::matrix::{Case, CaseSource, Input, SetArg, SetKind};
use crate::pipeline::{Judged, Linked, Pipeline};
use crate::rules::{CaseOutcome, Drift, RULES, TargetCx};

use serde_json::Value as Json;

/// How many renderings a chart's probing may cost.
pub const BUDGET: usize = 12;

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
    base: &'a Case,
    budget: usize,
    out: Probed,
}

/// A rendering that sentinels are compared with.
struct Base {
    case: Case,
    linked: Linked,
}

/// Probes a chart from its default case, which has rendered as `linked`. `bad` are the findings that are known already.
pub fn probe(pipeline: &Pipeline<'_>, base: &Case, linked: Linked, known: &[Finding]) -> Probed {
    let Ok(chart) = Chart::read(&pipeline.target.tree) else { return Probed::default() };
    let values = Values::read(&pipeline.target.tree, &chart);
    let mut probe = Probe { pipeline, values, base, budget: BUDGET, out: Probed::default() };
    let full = probe.everything_on(known);
    let mut bases = vec![Base { case: base.clone(), linked }];
    bases.extend(full);
    let mut seen = Vec::new();
    for base in &bases {
        let drifts = probe.drifts(base, &mut seen);
        probe.judge(&drifts);
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

    fn judge(&mut self, drifts: &[Drift<'_>]) {
        let cx = TargetCx { target: self.pipeline.target, results: &[], drifts };
        let findings = &mut self.out.findings;
        RULES.iter().for_each(|rule| rule.check_target(&cx, findings));
    }
}

/// Writes changed values as helm arguments that keep their types: `--set` would make int64 of a number.
fn sets(changes: Vec<(Vec<crate::chart::Step>, Json)>) -> Vec<SetArg> {
    let arg = |(path, value): (Vec<_>, Json)| {
        let path = helm_path(&path);
        match value {
            Json::Bool(it) => SetArg { kind: SetKind::Set, text: format!("{path}={it}") },
            Json::String(it) => SetArg { kind: SetKind::SetString, text: format!("{path}={}", it.replace(',', "\\,")) },
            it => SetArg { kind: SetKind::SetJson, text: format!("{path}={it}") },
        }
    };
    changes.into_iter().map(arg).collect()
}

/// Lowers what only shows with many features on at once: they may contradict each other.
fn doubtful(finding: &mut Finding) {
    finding.severity = finding.severity.min(Severity::Warning);
}
