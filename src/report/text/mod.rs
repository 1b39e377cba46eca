//! The report for people: findings drawn in their sources, then what was not checked, then one line that sums up.
//!
//! Everything that comes from a manifest passes `visible` before it is written.

use std::io;

use anstyle::Style;

pub(crate) mod excerpt;
mod full;
mod names;
mod outcome;
mod short;
mod summary;

pub use self::full::excerpt_alone;
use self::names::Names;
use super::{RunReport, TargetReport, visible};
use crate::finding::{Finding, Severity};

/// How many notes of one target are shown before the rest is only counted.
const NOTES_SHOWN: usize = 5;

/// How the report is written.
#[derive(Debug, Clone, Copy)]
pub struct TextOptions {
    /// Whether to write escape sequences.
    pub color: bool,
    /// The columns to draw sources in; longer lines are cut around the mark.
    pub width: usize,
    /// Shows everything: cases, suppressed findings, notes in full.
    pub verbose: bool,
    /// One line for each finding at or above `fail_on`, and for each target that could not be checked; nothing else.
    pub quiet: bool,
    pub fail_on: Severity,
}

/// Writes the report.
pub fn write(report: &RunReport, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    if options.quiet {
        return write_quiet(report, *options, out);
    }
    if options.verbose {
        outcome::write_tools(report, out)?;
    }
    for (target, findings) in sections(report) {
        write_section(target, &findings, *options, out)?;
    }
    outcome::write(report, *options, out)?;
    summary::write(report, *options, out)
}

fn write_quiet(report: &RunReport, options: TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    for (target, findings) in sections(report) {
        let names = Names::new(target);
        for finding in findings.iter().filter(|it| it.suppressed.is_none() && it.severity >= options.fail_on) {
            short::write(finding, &names, options, out)?;
        }
    }
    outcome::write_unchecked(report, options, out)
}

/// Pairs the targets with their findings, both in their order; findings of no target come last.
fn sections(report: &RunReport) -> Vec<(Option<&TargetReport>, Vec<&Finding>)> {
    let of = |path: &str| report.findings.iter().filter(|it| it.target == path).collect();
    let known = |finding: &&Finding| report.targets.iter().any(|target| target.path == finding.target);
    let mut sections: Vec<_> = report.targets.iter().map(|target| (Some(target), of(&target.path))).collect();
    sections.push((None, report.findings.iter().filter(|it| !known(it)).collect()));
    sections
}

/// Writes what there is to say of one target: what counts in full, notes in a line each.
fn write_section(
    target: Option<&TargetReport>,
    findings: &[&Finding],
    options: TextOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let (suppressed, counted): (Vec<&Finding>, _) = findings.iter().partition(|it| it.suppressed.is_some());
    let (notes, drawn): (Vec<&Finding>, Vec<&Finding>) =
        counted.into_iter().partition(|it| it.severity == Severity::Note && !options.verbose);
    if drawn.is_empty() && notes.is_empty() && !options.verbose {
        return Ok(());
    }
    let names = Names::new(target);
    if let Some(target) = target {
        outcome::write_heading(target, options, out)?;
    }
    for group in alike(drawn) {
        full::write(group[0], &group[1..], &names, options, out)?;
    }
    let mut lines: Vec<&Finding> = notes.iter().take(NOTES_SHOWN).copied().collect();
    if options.verbose {
        lines.extend(suppressed);
    }
    for finding in &lines {
        short::write(finding, &names, options, out)?;
    }
    if let Some(more) = notes.len().checked_sub(NOTES_SHOWN).filter(|&it| it > 0) {
        writeln!(out, "{} (`-v` shows all)", summary::count(more, "more note"))?;
    }
    if lines.is_empty() { Ok(()) } else { writeln!(out) }
}

/// Groups findings that say the same of the same object in several of its fields, such as the paths of an Ingress.
fn alike(findings: Vec<&Finding>) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for it in findings {
        let same = |group: &&mut Vec<&Finding>| {
            let first = group[0];
            first.rule == it.rule && first.message == it.message && first.subject == it.subject && first.cases == it.cases
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(it),
            None => groups.push(vec![it]),
        }
    }
    groups
}

/// Wraps a text in a style, or leaves it as it is.
fn paint(text: &str, style: Style, options: TextOptions) -> String {
    if options.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// Returns the style of a severity's name.
fn style_of(severity: Severity) -> Style {
    use annotate_snippets::renderer::{DEFAULT_ERROR_STYLE, DEFAULT_NOTE_STYLE, DEFAULT_WARNING_STYLE};
    match severity {
        Severity::Error => DEFAULT_ERROR_STYLE,
        Severity::Warning => DEFAULT_WARNING_STYLE,
        Severity::Note => DEFAULT_NOTE_STYLE,
    }
}

#[cfg(test)]
mod tests;
