//! `portcullis baseline`, and what `--baseline` reads.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Args;

use super::args::{CacheArgs, RunGroup};
use super::check::{checked, in_time};
use super::output::{Color, pending, print};
use super::{CliError, Exit, NO_TARGET, tell};
use crate::os::files;
use crate::report::baseline::Baseline;
use crate::report::{RunReport, Status};

/// Take down what check finds now, so that only what is new counts from here on
///
/// Writes a file for `check --baseline FILE`. A finding is known by its fingerprint: lines may move, cases may be added, and the
/// repository may lie elsewhere.
#[derive(Debug, Args)]
pub(super) struct BaselineArgs {
    #[command(flatten)]
    run: RunGroup,
    #[command(flatten)]
    cache: CacheArgs,
    /// Where to write it; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = ".portcullis-baseline.json", help_heading = "Output")]
    write: PathBuf,
}

pub(super) fn run(args: &BaselineArgs) -> Result<Exit, CliError> {
    let settings = args.run.settings()?;
    let to_file = args.write != Path::new("-");
    let file = to_file.then(|| pending(&args.write)).transpose()?;
    let report = checked(&settings, &args.run.tools, &args.cache.store(), false, Color::Auto)?;
    if report.targets.is_empty() && settings.is_whole() {
        return Err(CliError::target(anyhow!(NO_TARGET)));
    }
    let baseline = Baseline::new(&report);
    let text = baseline.to_json().map_err(CliError::usage)?;
    match file {
        Some(file) => {
            file.write(text.as_bytes()).map_err(CliError::usage)?;
            let noun = if baseline.len() == 1 { "finding" } else { "findings" };
            tell(&format!("{} {noun} written to {}", baseline.len(), args.write.display()));
        }
        None => print(&text)?,
    }
    Ok(in_time(unchecked(&report)))
}

/// What was not checked is not taken down, and is told.
fn unchecked(report: &RunReport) -> Exit {
    let mut exit = Exit::Clean;
    for target in report.targets.iter().filter(|it| it.status != Status::Checked && !it.is_unused) {
        let why = target.message.as_deref().unwrap_or("no reason is known");
        tell(&format!("warning: {} is not in it: {}", target.path, why.lines().next().unwrap_or_default()));
        exit = Exit::Unchecked;
    }
    exit
}

/// Reads a baseline.
pub(super) fn read(file: &Path) -> Result<Baseline, CliError> {
    let hint = || format!("cannot use `--baseline {}`; `portcullis baseline` writes one", file.display());
    let text = files::read_text(file).with_context(hint).map_err(CliError::usage)?;
    Baseline::read(&text).map_err(|error| CliError::usage(anyhow!("`{}` {error}", file.display())))
}

/// Suppresses what is known. When verbose, says what is no longer found.
pub(super) fn apply(baseline: &Baseline, file: &Path, report: &mut RunReport, verbose: bool) {
    let shown = file.to_string_lossy().replace('\\', "/");
    baseline.apply(report, &shown);
    if verbose {
        for it in baseline.gone(report) {
            tell(&format!("no longer found, but in {shown}: {}: {} of {}: {}", it.target, it.rule, it.object, it.message));
        }
    }
}
