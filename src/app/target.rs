//! One target: its cases are planned, run, probed and folded.

use std::sync::Arc;

use super::config::{FoundConfig, today};
use super::prober::{Renderers, probed};
use super::settings::Settings;
use super::stacks::compare_with_bases;
use crate::config::Level;
use crate::finding::{Finding, Severity, Suppression};
use crate::matrix::{Case, CaseSource, Expect, Stack};
use crate::os::deadline;
use crate::pipeline::{Event, Fold, Judged, Pipeline, fold, witness};
use crate::probe::{Budget, Probed, Start};
use crate::report::{CaseReport, LeftOut, Status, TargetReport, unused, verdict};
use crate::rules::{CaseOutcome, CaseResult, RULES, TargetCx};
use crate::target::{Target, TargetKind};

/// A target with its cases.
pub struct Planned {
    pub target: Target,
    pub config: Option<Arc<FoundConfig>>,
    /// Those of this shard.
    pub cases: Vec<Case>,
    /// Those of all shards: probing begins from the same one, however they are dealt out.
    pub all: Vec<Case>,
    /// Whether this shard probes it.
    pub probes: bool,
}

/// Runs the cases of a target, probes it, and folds what is found; returns the cases too, with those that probing added.
pub(super) fn judge_target(
    planned: &Planned,
    renderers: Renderers<'_>,
    settings: &Settings,
    events: &(dyn Fn(Event) + Sync),
) -> (TargetReport, Vec<Finding>, Vec<Judged>) {
    let target = &planned.target;
    let pipeline = Pipeline::new(renderers.main, target, events).traced_by(renderers.builtin);
    let probes = planned.probes && settings.discover && target.kind == TargetKind::Helm;
    let is_kept = |case: &Case| case.source == CaseSource::Default || target.kind == TargetKind::Kustomize;
    let mut judged = pipeline.run(&planned.cases, is_kept);
    let results: Vec<CaseResult> = judged.iter().map(|it| it.result.clone()).collect();
    let mut more = Vec::new();
    let cx = TargetCx { target, results: &results, drifts: &[], strays: &[] };
    for rule in RULES {
        rule.check_target(&cx, &mut more);
    }
    if target.kind == TargetKind::Kustomize {
        compare_with_bases(&pipeline, &mut judged, settings.discover);
    }
    let empty = judged.iter().find_map(|it| it.linked.as_ref()).is_some_and(|it| it.manifest.resources.is_empty());
    let found = if probes && !deadline::has_passed() {
        probe_target(&pipeline, renderers, &mut judged, &planned.all, settings.probes)
    } else {
        Probed::default()
    };
    let left_out = LeftOut { cases: found.left_out, why: (found.left_out > 0).then(|| settings.probes.to_string()) };
    // What the user asked for, here or in another shard, is not reported a second time.
    judged.extend(found.judged.into_iter().filter(|it| !planned.all.iter().any(|case| case.id == it.result.case.id)));
    more.extend(found.findings);
    let level = |rule: &str| level(settings, planned.config.as_deref(), rule);
    let mut findings = fold(&judged, &more, &Fold { level: &level });
    for it in findings.iter_mut().filter(|it| it.witness.is_none()) {
        let case = judged.iter().map(|it| &it.result.case).find(|case| it.cases.first() == Some(&case.id));
        it.witness = case.and_then(|case| witness(target, case, renderers.main.name()));
    }
    if let Some(config) = &planned.config {
        config.checks(target);
        for it in &mut findings {
            ignore(it, target, config);
        }
    }
    let report = report(target, &judged, empty, left_out);
    (report, findings, judged)
}

/// Probes from the default case, or from the first that renders where the defaults are refused; where none does, from the
/// default case with what it lacks made up. What other cases show is not asked: they may be another shard's.
fn probe_target(
    pipeline: &Pipeline<'_>,
    renderers: Renderers<'_>,
    judged: &mut [Judged],
    all: &[Case],
    budget: Budget,
) -> Probed {
    let mut refused = None;
    for case in all {
        let here = judged.iter_mut().find(|it| it.result.case.id == case.id);
        if let Some(CaseOutcome::Refused(message) | CaseOutcome::Failed(message)) = here.as_ref().map(|it| &it.result.outcome) {
            refused.get_or_insert((case, message.clone()));
            continue;
        }
        if here.as_ref().is_some_and(|it| it.result.outcome != CaseOutcome::Rendered) {
            continue;
        }
        let kept = here.and_then(|it| Some((it.linked.take()?, it.findings.clone())));
        let again = || pipeline.run(std::slice::from_ref(case), |_| true).pop().and_then(|it| Some((it.linked?, it.findings)));
        if let Some((linked, known)) = kept.or_else(again) {
            return probed(
                renderers,
                pipeline.target,
                (case, Start::Rendered(Box::new(linked)), &known),
                pipeline.events,
                budget,
            );
        }
    }
    match refused {
        Some((case, message)) => {
            probed(renderers, pipeline.target, (case, Start::Refused(message), &[]), pipeline.events, budget)
        }
        None => Probed::default(),
    }
}

#[expect(clippy::option_option, reason = "not switched, switched off, or to a severity")]
pub(super) fn level(settings: &Settings, config: Option<&FoundConfig>, rule: &str) -> Option<Option<Severity>> {
    Some(match settings.level(config.map(|it| &it.config), rule)? {
        Level::Off => None,
        Level::Note => Some(Severity::Note),
        Level::Warning => Some(Severity::Warning),
        Level::Error => Some(Severity::Error),
    })
}

/// Suppresses a finding that the configuration accepts.
fn ignore(finding: &mut Finding, target: &Target, found: &FoundConfig) {
    let entry = found.ignore(finding, target, today());
    if let (None, Some(entry)) = (&finding.suppressed, entry) {
        finding.suppressed = Some(Suppression { by: "configuration", reason: entry.reason.clone() });
    }
}

fn report(target: &Target, judged: &[Judged], is_empty: bool, left_out: LeftOut) -> TargetReport {
    let cases: Vec<CaseReport> = judged.iter().map(case_report).collect();
    let (mut status, mut message) = verdict(target.kind.name(), &cases, is_empty);
    let as_meant = |it: &Judged| it.result.case.expect == Expect::Fail && it.result.outcome != CaseOutcome::Rendered;
    if judged.iter().all(as_meant) {
        (status, message) = (Status::Checked, None);
    }
    let is_component = |it: &Judged| matches!(it.result.case.input.stack, Stack::On(_));
    let is_unused = status != Status::Checked && judged.iter().any(is_component);
    if is_unused {
        let first = judged.iter().find_map(|it| Some((&it.result.case.label, self::message(&it.result.outcome)?)));
        let why = first.map(|(label, why)| format!("{label} it does not build: {why}")).unwrap_or_default();
        (status, message) = (Status::Skipped, Some(unused(&why)));
    }
    TargetReport {
        path: target.path.clone(),
        repo_path: target.repo_path.clone(),
        kind: target.kind.name(),
        status,
        message,
        is_empty: is_empty && status == Status::Checked,
        is_unused,
        cases,
        left_out,
    }
}

fn case_report(judged: &Judged) -> CaseReport {
    let CaseResult { case, outcome } = &judged.result;
    CaseReport {
        id: case.id.clone(),
        label: case.label.clone(),
        source: case.source.name(),
        args: case.input.shown_args(),
        renderer: judged.renderer,
        outcome: match outcome {
            CaseOutcome::Rendered => "rendered",
            CaseOutcome::Refused(_) => "refused",
            CaseOutcome::Failed(_) => "failed",
            CaseOutcome::Skipped(_) => "skipped",
        },
        message: message(outcome).map(str::to_owned),
        duration: judged.duration,
    }
}

fn message(outcome: &CaseOutcome) -> Option<&str> {
    match outcome {
        CaseOutcome::Rendered => None,
        CaseOutcome::Refused(it) | CaseOutcome::Failed(it) | CaseOutcome::Skipped(it) => Some(it),
    }
}
