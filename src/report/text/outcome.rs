//! What became of the targets, apart from their findings.

use std::io;

use anstyle::{Effects, Style};

use super::summary::{count, outcomes};
use super::{TextOptions, paint, style_of, visible};
use crate::finding::{Finding, Severity};
use crate::report::{CaseReport, RunReport, Status, TargetReport};

/// Writes the versions of the tools.
pub(super) fn write_tools(report: &RunReport, out: &mut dyn io::Write) -> io::Result<()> {
    let tools = [("helm", &report.helm), ("kustomize", &report.kustomize)];
    let tools: Vec<_> =
        tools.iter().filter_map(|(name, version)| Some(format!("{name} {}", visible::line(version.as_ref()?)))).collect();
    if tools.is_empty() { Ok(()) } else { writeln!(out, "{}\n", tools.join(", ")) }
}

/// Writes a target's path and its counts; when verbose, its cases too.
pub(super) fn write_heading(target: &TargetReport, options: TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let path = paint(&visible::line(&target.path), Style::new().effects(Effects::BOLD), options);
    let kind = if target.kind.is_empty() { String::new() } else { format!(" ({})", target.kind) };
    let (cases, outcomes) = (count(target.cases.len(), "case"), outcomes(&target.cases));
    writeln!(out, "{path}{kind}: {cases}{}", outcomes.map(|it| format!(", {it}")).unwrap_or_default())?;
    if options.verbose {
        for case in &target.cases {
            writeln!(out, "  {}", case_line(case))?;
        }
    }
    writeln!(out)
}

fn case_line(case: &CaseReport) -> String {
    let source = if case.source == case.label { String::new() } else { format!(" ({})", case.source) };
    let renderer = if case.renderer == "none" { String::new() } else { format!(" ({})", case.renderer) };
    let message = case.message.as_deref().map(|it| format!(": {}", visible::first_line(it))).unwrap_or_default();
    format!("{}{source}: {}{renderer}{message}", visible::line(&case.label), case.outcome)
}

/// Writes targets that were not checked, then notes on the others.
pub(super) fn write(report: &RunReport, options: TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let mut lines = Vec::new();
    for (status, name, severity) in [(Status::Failed, "failed", Severity::Error), (Status::Skipped, "skipped", Severity::Warning)]
    {
        for target in report.targets.iter().filter(|it| it.status == status && !it.is_unused) {
            lines.push(line(target, name, severity, &message(report, target, options), options));
        }
    }
    for target in &report.targets {
        if let (true, Some(message)) = (target.status == Status::Checked || target.is_unused, &target.message) {
            lines.push(line(target, "note", Severity::Note, message, options));
        }
        if target.left_out.cases > 0 {
            lines.push(line(target, "note", Severity::Note, &left_out(target), options));
        }
    }
    lines.iter().try_for_each(|it| writeln!(out, "{it}"))?;
    if lines.is_empty() { Ok(()) } else { writeln!(out) }
}

/// Writes a line for each target that was not checked.
pub(super) fn write_unchecked(report: &RunReport, options: TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    for target in report.targets.iter().filter(|it| !it.is_unused) {
        let (name, severity) = match target.status {
            Status::Checked => continue,
            Status::Skipped => ("skipped", Severity::Warning),
            Status::Failed => ("failed", Severity::Error),
        };
        let status = paint(name, style_of(severity), options);
        writeln!(out, "{}: {status}: {}", visible::line(&target.path), visible::first_line(&message(report, target, options)))?;
    }
    Ok(())
}

/// Returns why a target was not checked; what a finding says already is not said again.
fn message(report: &RunReport, target: &TargetReport, options: TextOptions) -> String {
    let is_shown = |it: &Finding| it.suppressed.is_none() && (!options.quiet || it.severity >= options.fail_on);
    if report.findings.iter().any(|it| it.target == target.path && it.rule == "unexpected-failure" && is_shown(it)) {
        return "no case renders".to_owned();
    }
    target.message.clone().unwrap_or_else(|| "no reason is known".to_owned())
}

fn left_out(target: &TargetReport) -> String {
    let cases = count(target.left_out.cases, "case");
    match &target.left_out.why {
        Some(why) => format!("{cases} left out: {why}"),
        None => format!("{cases} left out"),
    }
}

fn line(target: &TargetReport, name: &str, severity: Severity, message: &str, options: TextOptions) -> String {
    let name = paint(name, style_of(severity), options);
    let message = visible::lines(message).replace('\n', "\n  ");
    format!("{name}: {}: {message}", visible::line(&target.path))
}
