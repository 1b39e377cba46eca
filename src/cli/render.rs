//! `portcullis render`.

use std::io::{IsTerminal, Write as _};

use anyhow::anyhow;
use clap::Args;

use super::args::{InputArgs, MatrixGroup, ToolArgs, settings};
use super::output::{Color, width};
use super::work::with_tools;
use super::{CliError, Exit, tell};
use crate::app::{Rendered, rendered};
use crate::os::signals;
use crate::report::annotated;
use crate::report::text::excerpt_alone;

/// Print what a chart, kustomization or manifest renders, byte for byte what the tool itself writes
///
/// Renders the default case, or one that `portcullis matrix` lists. Exit status 1: the chart refuses or fails.
#[derive(Debug, Args)]
pub(super) struct RenderArgs {
    /// The chart (a folder or an archive), kustomization or manifests
    #[arg(value_name = "PATH")]
    path: String,
    /// Show beside each line the template line and the values that it was made from
    #[arg(long)]
    annotate: bool,
    /// Only manifests of this template: Helm's flag (can be repeated)
    #[arg(short = 's', long, value_name = "TEMPLATE")]
    show_only: Vec<String>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matrix: MatrixGroup,
    #[command(flatten)]
    tools: ToolArgs,
    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

pub(super) fn run(args: &RenderArgs) -> Result<Exit, CliError> {
    let mut settings = settings(std::slice::from_ref(&args.path), &args.input, &args.matrix, &args.tools)?;
    settings.base.extra.extend(args.show_only.iter().flat_map(|it| ["--show-only".to_owned(), it.clone()]));
    signals::watch_stdout().map_err(|it| CliError::io("cannot watch standard output", it))?;
    let done = with_tools(&settings, &args.tools, true, |tools, _, _| rendered(&settings, tools, args.annotate))?;
    match done? {
        Rendered::Text { bytes, lines: None } => write(&bytes),
        Rendered::Text { lines: Some(lines), .. } => write(annotated(&lines, colored(args.color, &std::io::stdout())).as_bytes()),
        Rendered::Not(why, at) => {
            tell(&format!("error: {why}"));
            if let Some(at) = at {
                let stderr = std::io::stderr();
                let drawn = excerpt_alone(&at, colored(args.color, &stderr), width(&stderr));
                _ = stderr.lock().write_all(drawn.as_bytes());
            }
            Ok(Exit::Findings)
        }
        Rendered::Unchecked(why) => Err(CliError::target(anyhow!(why))),
    }
}

fn colored(color: Color, stream: &impl IsTerminal) -> bool {
    match color {
        Color::Auto => stream.is_terminal(),
        Color::Always => true,
        Color::Never => false,
    }
}

fn write(bytes: &[u8]) -> Result<Exit, CliError> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CliError::io("cannot write to standard output", error))
        }
        _ => Ok(Exit::Clean),
    }
}
