//! The last line, and how things are counted.

use std::collections::BTreeSet;
use std::io;

use annotate_snippets::renderer::DEFAULT_NOTE_STYLE;

use super::{TextOptions, paint, style_of};
use crate::finding::Severity;
use crate::report::{CaseReport, RunReport, Status};

/// Writes the line that sums up.
pub(super) fn write(report: &RunReport, options: TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let summary = report.summary();
    let found: Vec<_> = [
        (summary.errors, "error", Severity::Error),
        (summary.warnings, "warning", Severity::Warning),
        (summary.notes, "note", Severity::Note),
    ]
    .into_iter()
    .filter(|(n, ..)| *n > 0)
    .map(|(n, name, severity)| paint(&count(n, name), style_of(severity), options))
    .collect();

    let all = report.targets.len();
    let targets = count(all, noun(report));
    let cases = count(summary.cases, "case");
    let outcomes = outcomes(report.targets.iter().flat_map(|it| &it.cases));
    let first = match (found.join(", "), with_findings(report)) {
        (found, _) if found.is_empty() => {
            let outcomes = outcomes.map(|it| format!(" ({it})")).unwrap_or_default();
            format!("{}: {targets}, {cases}{outcomes}", paint("no findings", DEFAULT_NOTE_STYLE, options))
        }
        (found, some) => {
            let outcomes = outcomes.map(|it| format!(": {it}")).unwrap_or_default();
            let of = if all > 1 { format!("{some} of ") } else { String::new() };
            format!("{found} in {of}{targets} ({cases}{outcomes})")
        }
    };
    let mut parts = vec![first];
    if summary.suppressed > 0 {
        parts.push(format!("{} suppressed", summary.suppressed));
    }
    let unchecked = report.targets.iter().filter(|it| it.status != Status::Checked && !it.is_unused).count();
    if unchecked > 0 {
        parts.push(paint(&format!("{} not checked", count(unchecked, noun(report))), style_of(Severity::Warning), options));
    }
    writeln!(out, "{}", parts.join("; "))
}

/// Returns a number with its noun.
pub(super) fn count(n: usize, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{plural}")
}

/// Returns what became of cases, such as `11 rendered, 1 refused`; nothing when all of them rendered.
pub(super) fn outcomes<'a>(cases: impl IntoIterator<Item = &'a CaseReport>) -> Option<String> {
    const OUTCOMES: [&str; 4] = ["rendered", "refused", "failed", "skipped"];
    let mut counts = [0; OUTCOMES.len()];
    for case in cases {
        if let Some(idx) = OUTCOMES.iter().position(|it| *it == case.outcome) {
            counts[idx] += 1;
        }
    }
    let parts = OUTCOMES.iter().zip(counts).filter(|(_, n)| *n > 0).map(|(name, n)| format!("{n} {name}"));
    counts[1..].iter().any(|n| *n > 0).then(|| parts.collect::<Vec<_>>().join(", "))
}

/// Returns what all targets are.
fn noun(report: &RunReport) -> &'static str {
    let kinds: BTreeSet<_> = report.targets.iter().map(|it| it.kind).collect();
    match kinds.into_iter().collect::<Vec<_>>()[..] {
        ["helm"] => "chart",
        ["kustomize"] => "kustomization",
        _ => "target",
    }
}

/// Returns how many targets have a finding that counts.
fn with_findings(report: &RunReport) -> usize {
    let targets = report.findings.iter().filter(|it| it.suppressed.is_none()).map(|it| &it.target);
    targets.collect::<BTreeSet<_>>().len()
}
