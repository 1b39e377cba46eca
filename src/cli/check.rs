//! `portcullis check`.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;

use super::args::{CacheArgs, RunGroup, ToolArgs};
use super::fail::FailGroup;
use super::output::{Color, Format, Outputs, Style};
use super::work::with_tools;
use super::{CliError, Exit, NO_TARGET, baseline, snippet, tell, watch};
use crate::app::{Outcome, Settings, Store, run as run_all};
use crate::os::{deadline, signals};
use crate::report::RunReport;

/// Verify charts, kustomizations and manifests
///
/// Renders each target over its matrix and says where a reference and the port it means do not line up. A folder without a
/// chart or kustomization of its own is searched; `-` reads manifests from standard input.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    run: RunGroup,
    #[command(flatten)]
    cache: CacheArgs,
    #[command(flatten)]
    fail: FailGroup,
    /// Leave out of the count what this file knows: `portcullis baseline` writes it
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    baseline: Option<PathBuf>,
    /// Report format, text, json, sarif, junit or github, and where to (can be repeated)
    #[arg(short = 'o', long = "output", value_name = "FORMAT[=FILE]", help_heading = "Output")]
    outputs: Vec<String>,
    /// One line a finding at or above --fail-on
    #[arg(short = 'q', long, conflicts_with = "verbose", help_heading = "Output")]
    quiet: bool,
    /// Show notes and suppressed findings in full, and every case
    #[arg(short = 'v', long, help_heading = "Output")]
    verbose: bool,
    /// Go on: whenever files are saved, check once more what they touch
    #[arg(long, conflicts_with = "deadline", help_heading = "Output")]
    watch: bool,
    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    color: Color,
}

impl CheckArgs {
    /// Resolves what was typed.
    pub(super) fn settings(&self) -> Result<Settings, CliError> {
        let settings = self.run.settings()?;
        Ok(Settings { warn_idle: self.verbose, ..settings })
    }

    pub(super) fn tools(&self) -> &ToolArgs {
        &self.run.tools
    }

    pub(super) fn store(&self) -> Store {
        self.cache.store()
    }

    pub(super) fn outputs(&self) -> &[String] {
        &self.outputs
    }

    pub(super) fn baseline(&self) -> Option<&Path> {
        self.baseline.as_deref()
    }

    pub(super) fn reads_stdin(&self) -> bool {
        self.run.paths.iter().any(|it| it == "-")
    }
}

pub(super) fn run(args: &CheckArgs) -> Result<Exit, CliError> {
    let style = Style { color: args.color, verbose: args.verbose, quiet: args.quiet, fail_on: args.fail.severity() };
    let known = args.baseline().map(baseline::read).transpose()?;
    if args.watch {
        return watch::run(args, style, known.as_ref());
    }
    let mut settings = args.settings()?;
    let outputs = Outputs::open(&args.outputs, &Format::ALL, style)?;
    if outputs.are_stdout_alone() {
        signals::watch_stdout().map_err(|it| CliError::io("cannot watch standard output", it))?;
    }
    // To make corrections takes time: only for those that show them.
    settings.fixes = outputs.has(&Format::OF_FIXES).then(Default::default);
    let mut report = checked(&settings, &args.run.tools, &args.cache.store(), args.quiet, args.color)?;
    if let (Some(known), Some(file)) = (&known, &args.baseline) {
        baseline::apply(known, file, &mut report, args.verbose && settings.is_whole());
    }
    match outputs.write(&report) {
        // Whoever read the report has seen enough; the exit status still tells.
        Err(error) if error.is_broken_pipe() => {}
        written => written?,
    }
    if report.targets.is_empty() && settings.is_whole() {
        return Err(CliError::target(anyhow!(NO_TARGET)));
    }
    Ok(in_time(args.fail.exit(&report)))
}

/// Tells that something was left out because the deadline had passed: then nothing found does not mean that there is nothing.
pub(super) fn in_time(exit: Exit) -> Exit {
    if !deadline::has_cut() {
        return exit;
    }
    tell(&format!("warning: {}", deadline::message()));
    if exit == Exit::Clean { Exit::Unchecked } else { exit }
}

/// Checks what the settings say; unless it is to be quiet, warns of what is of no use in configurations.
pub(super) fn checked(
    settings: &Settings,
    tool_args: &ToolArgs,
    store: &Store,
    quiet: bool,
    color: Color,
) -> Result<RunReport, CliError> {
    let Outcome { report, warnings, .. } =
        with_tools(settings, tool_args, quiet, |tools, _, events| run_all(settings, tools, store, events))??;
    for it in warnings.iter().filter(|_| !quiet) {
        snippet::warn(it, color);
    }
    Ok(report)
}
