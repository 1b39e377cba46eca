//! `portcullis graph`.

use std::io::IsTerminal as _;

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use super::args::{InputArgs, MatrixGroup, ToolArgs, settings};
use super::output::{Color, print};
use super::work::with_tools;
use super::{CliError, Exit, tell};
use crate::app::{Graphed, graph};
use crate::draw::{Picture, dot, json, mermaid, svg, text};
use crate::os::signals;
use crate::report::visible;

/// Print the port graph: who asks for which port of what, and where that leads
///
/// Draws the default case, or one that `portcullis matrix` lists. What check would report is drawn as broken. Exit status 0
/// once the graph is printed, whatever is broken in it; 1: the chart refuses or fails.
#[derive(Debug, Args)]
pub(super) struct GraphArgs {
    /// The chart (a folder or an archive), kustomization or manifests
    #[arg(value_name = "PATH")]
    path: String,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Only what leads to the object with this name (or KIND/NAME), and what it leads to
    #[arg(long, value_name = "NAME")]
    focus: Option<String>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matrix: MatrixGroup,
    #[command(flatten)]
    tools: ToolArgs,
    /// When to use colour in text
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A chain a line
    Text,
    /// A flowchart for Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture, drawn without other programs
    Svg,
    Json,
}

pub(super) fn run(args: &GraphArgs) -> Result<Exit, CliError> {
    let settings = settings(std::slice::from_ref(&args.path), &args.input, &args.matrix, &args.tools)?;
    signals::watch_stdout().map_err(|it| CliError::io("cannot watch standard output", it))?;
    let focus = args.focus.as_deref();
    let done = with_tools(&settings, &args.tools, true, |tools, _, events| graph(&settings, tools, focus, events))?;
    match done? {
        Graphed::Picture { picture, target, case } => {
            let of = json::Of { target: (&target.0, target.1), case: (&case.0, &case.1), focus };
            print(&drawn(args, &picture, of))?;
            Ok(Exit::Clean)
        }
        Graphed::Not(why) => {
            tell(&format!("error: {why}"));
            Ok(Exit::Findings)
        }
        Graphed::Unchecked(why) => Err(CliError::target(anyhow!(why))),
        Graphed::Unknown(why) => Err(CliError::usage(anyhow!(why))),
    }
}

fn drawn(args: &GraphArgs, picture: &Picture, of: json::Of<'_>) -> String {
    match args.format {
        Format::Text => {
            let colored = match args.color {
                Color::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
                Color::Always => true,
                Color::Never => false,
            };
            text(picture, colored)
        }
        Format::Mermaid => mermaid(picture),
        Format::Dot => dot(picture),
        Format::Svg => svg(picture),
        Format::Json => visible::json(&json::json(picture, of)).into_owned(),
    }
}
