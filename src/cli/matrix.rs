//! `portcullis matrix`.

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use super::args::{InputArgs, MatrixGroup, ToolArgs, settings};
use super::output::print;
use super::{CliError, Exit, NO_TARGET, tell};
use crate::app::plan_all;
use crate::matrix::{Listed, github, gitlab, json, text};
use crate::report::visible;

/// List the cases that check would render, for people or as a CI matrix
#[derive(Debug, Args)]
pub(super) struct MatrixArgs {
    /// Charts, or folders that hold them; default: the current folder
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matrix: MatrixGroup,
    #[command(flatten)]
    tools: ToolArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
    /// One line for `strategy.matrix`
    Github,
    /// A list for `parallel:matrix`
    Gitlab,
}

pub(super) fn run(args: &MatrixArgs) -> Result<Exit, CliError> {
    let settings = settings(&args.paths, &args.input, &args.matrix, &args.tools)?;
    let plans = plan_all(&settings)?;
    let mut exit = Exit::Clean;
    let mut listed = Vec::new();
    for plan in &plans {
        match plan {
            Ok(planned) => listed.extend(planned.cases.iter().map(|case| Listed { target: &planned.target.path, case })),
            Err((candidate, why)) if candidate.is_unused => tell(&format!("note: {}: {why}", candidate.path)),
            Err((_, why)) => {
                tell(&format!("error: {why}"));
                exit = Exit::Unchecked;
            }
        }
    }
    if plans.is_empty() && settings.is_whole() {
        return Err(CliError::target(anyhow!(NO_TARGET)));
    }
    let listing = match args.format {
        Format::Text => text(&listed),
        Format::Json => json(&listed),
        Format::Github => github(&listed),
        Format::Gitlab => gitlab(&listed),
    };
    if let Some(warning) = &listing.warning {
        tell(&format!("warning: {warning}"));
    }
    match args.format {
        Format::Text => print(&visible::table(&listing.text))?,
        _ => print(&visible::json(&listing.text))?,
    }
    Ok(exit)
}
