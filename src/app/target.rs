//! One target: its cases are planned, run, probed and folded.

use std::sync::Arc;

use super::config::{FoundConfig, today};
use super::settings::Settings;
use crate::config::Level;
use crate::finding::{Finding, Severity, Suppression};
use crate::matrix::{Case, CaseSource, Input};
use crate::pipeline::{Event, Fold, Judged, Pipeline, fold};
use crate::probe::{Probed, probe};
use crate::render::Renderer;
use crate::report::{CaseReport, LeftOut, Status, TargetReport};
use crate::rules::{CaseOutcome, CaseResult, RULES, TargetCx};
use crate::target::{Target, TargetKind};

/// A target with its cases.
pub struct Planned {
    pub target: Target,
    pub config: Option<Arc<FoundConfig>>,
    /// Those of this shard.
    pub cases: Vec<Case>,
    /// Whether this shard probes it.
    pub probes: bool,
}

/// Runs the cases of a target, probes it, and folds what is found.
pub fn check_target(
    planned: &Planned,
    renderer: &dyn Renderer,
    settings: &Settings,
    events: &(dyn Fn(Event) + Sync),
) -> (TargetReport, Vec<Finding>) {
    let target = &planned.target;
    let pipeline = Pipeline::new(renderer, target, events);
    let probes = planned.probes && settings.discover && target.kind == TargetKind::Helm;
    let mut judged = pipeline.run(&planned.cases, |case| probes && case.source == CaseSource::Default);
    let results: Vec<CaseResult> = judged.iter().map(|it| it.result.clone()).collect();
    let mut more = Vec::new();
    let cx = TargetCx { target, results: &results, drifts: &[] };
    RULES.iter().for_each(|rule| rule.check_target(&cx, &mut more));
    let empty = judged.iter().find_map(|it| it.linked.as_ref()).is_some_and(|it| it.manifest.resources.is_empty());
    let probed = if probes { probe_target(&pipeline, &mut judged) } else { Probed::default() };
    let left_out = LeftOut {
        cases: probed.left_out,
        why: (probed.left_out > 0).then(|| format!("at most {} more renderings a chart", crate::probe::BUDGET)),
    };
    judged.extend(probed.judged);
    more.extend(probed.findings);
    let level = |rule: &str| level(settings, planned.config.as_deref(), rule);
    let mut findings = fold(&judged, more, &Fold { level: &level });
    if let Some(config) = &planned.config {
        config.checks(&target.path);
        findings.iter_mut().for_each(|it| ignore(it, target, config));
    }
    let mut report = report(target, renderer, &judged, left_out);
    report.is_empty = empty;
    if empty && report.message.is_none() {
        report.message = Some("renders no objects with its default values".into());
    }
    (report, findings)
}

/// Probes from the default case, or from the first that renders where the defaults are refused.
fn probe_target(pipeline: &Pipeline<'_>, judged: &mut [Judged]) -> Probed {
    let rendered = |it: &Judged| it.result.outcome == CaseOutcome::Rendered;
    let Some(at) = judged.iter().position(rendered) else { return Probed::default() };
    let known: Vec<Finding> = judged.iter().flat_map(|it| it.findings.iter().cloned()).collect();
    let case = judged[at].result.case.clone();
    let linked = match judged[at].linked.take() {
        Some(linked) => Some(linked),
        None => pipeline.run(std::slice::from_ref(&case), |_| true).pop().and_then(|it| it.linked),
    };
    linked.map(|linked| probe(pipeline, &case, linked, &known)).unwrap_or_default()
}

fn level(settings: &Settings, config: Option<&FoundConfig>, rule: &str) -> Option<Option<Severity>> {
    Some(match settings.level(config.map(|it| &it.config), rule)? {
        Level::Off => None,
        Level::Note => Some(Severity::Note),
        Level::Warning => Some(Severity::Warning),
        Level::Error => Some(Severity::Error),
    })
}

/// Suppresses a finding that the configuration accepts.
fn ignore(finding: &mut Finding, target: &Target, found: &FoundConfig) {
    let entry = found.ignore(finding, &target.path, today());
    if let (None, Some(entry)) = (&finding.suppressed, entry) {
        finding.suppressed = Some(Suppression { by: "configuration", reason: entry.reason.clone() });
    }
}

fn report(target: &Target, renderer: &dyn Renderer, judged: &[Judged], left_out: LeftOut) -> TargetReport {
    let cases: Vec<CaseReport> = judged.iter().map(|it| case_report(&it.result, renderer.name())).collect();
    let any = |outcome: &str| cases.iter().any(|it| it.outcome == outcome);
    let status = match (any("rendered"), any("refused") || any("failed")) {
        (true, _) => Status::Checked,
        (false, false) if any("skipped") => Status::Skipped,
        _ => Status::Failed,
    };
    let bare = |it: &&Judged| it.result.case.source == CaseSource::Default && is_bare(&it.result.case.input);
    let refused = judged.iter().find(bare).and_then(|it| match &it.result.outcome {
        CaseOutcome::Refused(message) => Some(needs(message)),
        _ => None,
    });
    let first = judged.iter().find_map(|it| message(&it.result.outcome)).map(str::to_owned);
    let message = match status {
        Status::Checked => refused,
        Status::Skipped | Status::Failed => refused.or(first),
    };
    TargetReport { path: target.path.clone(), kind: target.kind.name(), status, message, is_empty: false, cases, left_out }
}

fn is_bare(input: &Input) -> bool {
    input.values.is_empty() && input.sets.is_empty()
}

fn case_report(result: &CaseResult, renderer: &'static str) -> CaseReport {
    let case = &result.case;
    CaseReport {
        id: case.id.clone(),
        label: case.label.clone(),
        source: case.source.name(),
        args: case.input.args(),
        renderer,
        outcome: match result.outcome {
            CaseOutcome::Rendered => "rendered",
            CaseOutcome::Refused(_) => "refused",
            CaseOutcome::Failed(_) => "failed",
            CaseOutcome::Skipped(_) => "skipped",
        },
        message: message(&result.outcome).map(str::to_owned),
    }
}

fn message(outcome: &CaseOutcome) -> Option<&str> {
    match outcome {
        CaseOutcome::Rendered => None,
        CaseOutcome::Refused(it) | CaseOutcome::Failed(it) | CaseOutcome::Skipped(it) => Some(it),
    }
}

/// A chart that refuses its bare defaults asks for values on purpose: names them where its message does.
fn needs(message: &str) -> String {
    let words = message.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-')));
    let mut paths: Vec<&str> = words
        .map(|it| it.trim_start_matches('.').trim_start_matches("Values.").trim_matches('.'))
        .filter(|it| it.contains('.') && !it.contains(".yaml") && !it.contains(".tpl") && it.starts_with(char::is_alphabetic))
        .collect();
    paths.dedup();
    match paths.as_slice() {
        [] => format!("needs values: {message}"),
        paths => format!("needs values: {} ({message})", paths.join(", ")),
    }
}
