//! `portcullis check`.

use std::sync::Arc;

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use super::args::{InputArgs, MatrixGroup, ToolArgs, levels, pool, settings};
use super::output::{Color, Outputs, Style};
use super::progress::Progress;
use super::{CliError, Exit, snippet};
use crate::app::{Outcome, Tools, run as run_all};
use crate::finding::Severity;
use crate::os::{RunDir, signals};
use crate::report::{RunReport, Status};

/// Verify charts, kustomizations and manifests
///
/// Renders each target over its matrix and says where a reference and the port it means do not line up. A folder without a
/// chart or kustomization of its own is searched; `-` reads manifests from standard input.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Charts, kustomizations, manifests, or folders that hold them; default: the current folder
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matrix: MatrixGroup,
    /// Add no cases of its own: no features switched on, no values moved
    #[arg(long, help_heading = "Matrix")]
    no_discover: bool,
    #[command(flatten)]
    tools: ToolArgs,
    /// Switch a rule (can be repeated): error, warning, note or off; the rule `all` means every rule
    #[arg(long = "rule", value_name = "ID=LEVEL", help_heading = "Rules")]
    rules: Vec<String>,
    /// Lowest severity that fails the run
    #[arg(long, value_name = "LEVEL", default_value = "error", help_heading = "Rules")]
    fail_on: Level,
    /// Fail on warnings, and on targets that are empty or skipped
    #[arg(long, help_heading = "Rules")]
    strict: bool,
    /// Report format, text or json, and where to (can be repeated)
    #[arg(short = 'o', long = "output", value_name = "FORMAT[=FILE]", help_heading = "Output")]
    outputs: Vec<String>,
    /// One line a finding at or above --fail-on
    #[arg(short = 'q', long, conflicts_with = "verbose", help_heading = "Output")]
    quiet: bool,
    /// Show notes and suppressed findings in full, and every case
    #[arg(short = 'v', long, help_heading = "Output")]
    verbose: bool,
    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    Error,
    Warning,
    Note,
}

pub(super) fn run(args: &CheckArgs) -> Result<Exit, CliError> {
    let mut settings = settings(&args.paths, &args.input, &args.matrix, &args.tools)?;
    settings.discover = !args.no_discover;
    settings.levels = levels(&args.rules)?;
    settings.warn_idle = args.verbose;
    let fail_on = match (args.strict, args.fail_on) {
        (true, Level::Error) | (_, Level::Warning) => Severity::Warning,
        (false, Level::Error) => Severity::Error,
        (_, Level::Note) => Severity::Note,
    };
    let style = Style { color: args.color, verbose: args.verbose, quiet: args.quiet, fail_on };
    let outputs = Outputs::open(&args.outputs, style)?;
    signals::listen().map_err(|it| CliError::io("cannot listen for Ctrl-C", it))?;
    let folder = Arc::new(RunDir::new().map_err(|it| CliError::io("cannot make a temporary folder", it))?);
    let tools = Tools::new(&settings, folder);
    let progress = Progress::new(args.quiet);
    let done = pool(&args.tools, || run_all(&settings, &tools, &|event| progress.event(event)));
    progress.finish();
    let Outcome { report, warnings } = done??;
    if signals::interrupted() {
        return Err(CliError::usage(anyhow!("interrupted")));
    }
    if !args.quiet {
        for it in &warnings {
            snippet::warn(it, args.color);
        }
    }
    outputs.write(&report)?;
    Ok(exit(&report, fail_on, args.strict))
}

fn exit(report: &RunReport, fail_on: Severity, strict: bool) -> Exit {
    let counts = |it: &&crate::finding::Finding| it.suppressed.is_none() && it.severity >= fail_on;
    let doubtful = |it: &crate::report::TargetReport| it.status == Status::Skipped || it.is_empty;
    if report.findings.iter().any(|it| counts(&it)) || (strict && report.targets.iter().any(doubtful)) {
        Exit::Findings
    } else if report.targets.is_empty() || report.targets.iter().any(|it| it.status != Status::Checked) {
        Exit::Unchecked
    } else {
        Exit::Clean
    }
}
