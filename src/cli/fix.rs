//! `portcullis fix`.

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use super::args::RunGroup;
use super::check::in_time;
use super::fail::FailGroup;
use super::output::{Color, Format, Outputs, Style, print};
use super::work::with_tools;
use super::{CliError, Exit, NO_TARGET, tell};
use crate::app::{Fixed, Group, Mended, fix};
use crate::finding::Safety;
use crate::fix::Options;
use crate::os::patch::write_all;
use crate::os::signals;
use crate::report::visible;

/// Show corrections as a diff, or make them
///
/// Checks as `check` does, and looks for what to write instead: the expression that feeds the other end, the name that is meant,
/// the form that the API version takes. Each correction is proven by rendering. It is safe where every case without the finding
/// renders byte for byte as before, the witness no longer shows it, and nothing new is found; others need `--unsafe`. Standard
/// output is the diff alone, for `git apply` or `patch -p1`. Exits 1 while a finding at or above --fail-on is there: without
/// `--write` they all are.
#[derive(Debug, Args)]
pub(super) struct FixArgs {
    #[command(flatten)]
    run: RunGroup,
    #[command(flatten)]
    what: WhatArgs,
    #[command(flatten)]
    fail: FailGroup,
    /// Report what was found with all corrections, as json or sarif, and where to (can be repeated)
    #[arg(short = 'o', long = "output", value_name = "FORMAT[=FILE]", help_heading = "Output")]
    outputs: Vec<String>,
    /// Say nothing but the diff
    #[arg(short = 'q', long, help_heading = "Output")]
    quiet: bool,
    /// Tell what was tried and dropped, and why
    #[arg(short = 'v', long, conflicts_with = "quiet", help_heading = "Output")]
    verbose: bool,
    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    color: Color,
}

/// What is corrected, and how
#[derive(Debug, Args)]
#[command(next_help_heading = "Corrections")]
struct WhatArgs {
    /// Write the files: all that are to change of a target, or none
    #[arg(long)]
    write: bool,
    /// Take in corrections that are not proven safe: they change cases that had no finding, or choose between several ports
    #[arg(long = "unsafe")]
    not_safe: bool,
    /// What to write where there is a choice: names makes ports named from end to end
    #[arg(long, value_name = "WHAT", default_value = "values")]
    prefer: Prefer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Prefer {
    /// The value or the expression that feeds the other end
    Values,
    /// The name of the port
    Names,
}

pub(super) fn run(args: &FixArgs) -> Result<Exit, CliError> {
    let mut settings = args.run.settings()?;
    settings.fixes = Some(Options { prefer_names: args.what.prefer == Prefer::Names });
    let style = Style { color: args.color, verbose: false, quiet: args.quiet, fail_on: args.fail.severity() };
    let outputs = match &args.outputs[..] {
        [] => None,
        texts => Some(Outputs::open(texts, &Format::OF_FIXES, style)?),
    };
    let least = if args.what.not_safe { Safety::Unsafe } else { Safety::Safe };
    let fixed = with_tools(&settings, &args.run.tools, args.quiet, |tools, _, events| fix(&settings, tools, least, events))??;
    if fixed.report.targets.is_empty() && settings.is_whole() {
        return Err(CliError::target(anyhow!(NO_TARGET)));
    }
    let shown = !outputs.as_ref().is_some_and(Outputs::use_stdout);
    if shown {
        print(&diffs(&fixed.targets, args.color.is_on(&std::io::stdout())))?;
    }
    if let Some(outputs) = outputs {
        outputs.write(&fixed.report)?;
    }
    if !args.quiet {
        fixed.targets.iter().for_each(|it| left_out(it, args.verbose));
    }
    if args.what.write {
        written(&fixed.targets, args.quiet)?;
    }
    Ok(in_time(args.fail.exit(&remaining(fixed, args.what.write))))
}

/// Writes target by target: what one cannot take does not keep the others from it.
fn written(targets: &[Mended], quiet: bool) -> Result<(), CliError> {
    let mut first = None;
    for it in targets.iter().filter(|it| !it.changes.is_empty()) {
        if signals::interrupted() {
            return Err(CliError::usage(anyhow!("interrupted")));
        }
        if let Some(why) = &it.unwritable {
            tell(&format!("not written: {why}"));
            continue;
        }
        match write_all(&it.changes) {
            Ok(()) if quiet => {}
            Ok(()) => it.changes.iter().for_each(|change| tell(&format!("wrote {}", change.shown))),
            Err(error) => first = first.or(Some(error)),
        }
    }
    first.map_or(Ok(()), |error| Err(CliError::usage(error)))
}

/// Returns the report without the findings that are mended.
fn remaining(fixed: Fixed, wrote: bool) -> crate::report::RunReport {
    let Fixed { mut report, targets } = fixed;
    if wrote {
        let mended: Vec<String> = targets
            .iter()
            .filter(|it| it.unwritable.is_none())
            .flat_map(|it| &it.groups)
            .flat_map(|it| it.findings.iter().map(|finding| finding.fingerprint.clone()))
            .collect();
        report.findings.retain(|it| !mended.contains(&it.fingerprint));
    }
    report
}

fn left_out(mended: &Mended, verbose: bool) {
    for (finding, what) in mended.tried.iter().filter(|_| verbose) {
        tell(&format!("tried for {}[{}] {}: {what}", finding.severity, finding.rule, finding.path));
    }
    for (finding, why) in &mended.left_out {
        tell(&format!("left out: {}[{}] {}: {why}", finding.severity, finding.rule, finding.message));
    }
}

/// Writes all diffs, each behind what it mends; what stands before a diff is no part of it.
fn diffs(targets: &[Mended], color: bool) -> String {
    let mut out = String::new();
    for group in targets.iter().flat_map(|it| &it.groups) {
        for line in heads(group) {
            out.push_str(&painted(&format!("# {line}"), color));
            out.push('\n');
        }
        for line in group.diff.split_inclusive('\n') {
            let (text, end) = line.strip_suffix('\n').map_or((line, ""), |it| (it, "\n"));
            // Whoever applies it needs every byte; a terminal must not obey them.
            out.push_str(&if color { painted(&visible::line(text.trim_end_matches('\r')), color) } else { text.to_owned() });
            out.push_str(end);
        }
    }
    out
}

fn heads(group: &Group) -> Vec<String> {
    let finding = |it: &crate::finding::Finding| format!("{}[{}]: {}", it.severity, it.rule, visible::joined(&it.message));
    let mut lines: Vec<String> = group.findings.iter().map(finding).collect();
    let cases = if group.fix.proven_on == 1 { "case" } else { "cases" };
    let safety = if group.fix.safety == Safety::Safe { "safe" } else { "unsafe" };
    lines.push(format!("{safety}, proven on {} {cases}: {}", group.fix.proven_on, visible::joined(&group.fix.title)));
    lines
}

fn painted(line: &str, color: bool) -> String {
    use anstyle::AnsiColor::{Cyan, Green, Red};
    if !color {
        return line.to_owned();
    }
    let style = match line.chars().next() {
        Some('#') => anstyle::Style::new().dimmed(),
        Some('+') if !line.starts_with("+++") => Green.on_default(),
        Some('-') if !line.starts_with("---") => Red.on_default(),
        Some('@') => Cyan.on_default(),
        Some('+' | '-') => anstyle::Style::new().bold(),
        _ => return line.to_owned(),
    };
    format!("{style}{line}{style:#}")
}
