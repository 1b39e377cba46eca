//! `portcullis merge`.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use super::fail::FailGroup;
use super::output::{Color, Format, Outputs, Style};
use super::{CliError, Exit};
use crate::os::files;
use crate::report::json;
use crate::report::merge::merge;

/// Merge the JSON reports of shards: the result is the report of the whole run, byte for byte
#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// JSON reports
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<PathBuf>,
    #[command(flatten)]
    fail: FailGroup,
    /// Report format, json, sarif or github, and where to (can be repeated)
    #[arg(short = 'o', long = "output", value_name = "FORMAT[=FILE]", help_heading = "Output")]
    outputs: Vec<String>,
}

pub(super) fn run(args: &MergeArgs) -> Result<Exit, CliError> {
    let style = Style { color: Color::Never, verbose: false, quiet: false, fail_on: args.fail.severity() };
    let outputs = Outputs::open(&args.outputs, &Format::OF_JSON, style)?;
    let reports = args.reports.iter().map(|file| {
        let text = files::read_text(file)?;
        json::read(&text).map_err(|error| anyhow!("`{}` {error}", file.display()))
    });
    let reports = reports.collect::<anyhow::Result<Vec<_>>>().map_err(CliError::usage)?;
    let report = merge(reports).map_err(CliError::usage)?;
    outputs.write(&report)?;
    if report.targets.is_empty() {
        return Err(CliError::target(anyhow!("the reports hold no target")));
    }
    Ok(args.fail.exit(&report))
}
