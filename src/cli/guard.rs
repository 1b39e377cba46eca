//! `portcullis guard`.

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use super::args::{InputArgs, MatrixGroup, ToolArgs, settings};
use super::check::in_time;
use super::output::print;
use super::work::with_tools;
use super::{CliError, Exit, tell};
use crate::app::{Guarded, GuardedChart, WantedGuard, guard};
use crate::guard::{Format, Guard, Nothing};
use crate::os::signals;

/// Print a guard for a chart: a template that stops a rendering whose port values do not line up
///
/// Finds, as check does, the values that break a port once somebody sets them, and writes a template that fails with a
/// sentence that says what to set. The output is for the chart's file of helpers, and says which file includes it. It is proven
/// on a copy before it is printed: silent in every good case of the matrix, failing on each witness. The chart is written with
/// `--write` alone, in all files that it takes or in none.
#[derive(Debug, Args)]
pub(super) struct GuardArgs {
    /// The chart: a folder or an archive
    #[arg(value_name = "CHART")]
    chart: String,
    /// Put it into the chart, or bring the one that is there up to date
    #[arg(long)]
    write: bool,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "helpers")]
    format: FormatArg,
    /// Ask for a name beside each Service's port, as `service.portName`, and add it to values.yaml where it lacks
    #[arg(long)]
    require_names: bool,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matrix: MatrixGroup,
    #[command(flatten)]
    tools: ToolArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    /// A define for the chart's file of helpers
    Helpers,
    /// A part of values.schema.json: types, ranges and presence of single values
    Schema,
    /// A suite for helm-unittest: the guard is there and holds
    Unittest,
    /// A policy for conftest --combine: Ingress, Service and container of rendered manifests
    Rego,
    /// A `ValidatingAdmissionPolicy`: an Ingress against the Services that are there
    Vap,
}

impl From<FormatArg> for Format {
    fn from(it: FormatArg) -> Self {
        match it {
            FormatArg::Helpers => Self::Helpers,
            FormatArg::Schema => Self::Schema,
            FormatArg::Unittest => Self::Unittest,
            FormatArg::Rego => Self::Rego,
            FormatArg::Vap => Self::Vap,
        }
    }
}

pub(super) fn run(args: &GuardArgs) -> Result<Exit, CliError> {
    if args.write && args.format != FormatArg::Helpers {
        return Err(CliError::usage(anyhow!(
            "--write is for the guard in templates; leave out --format, or let `> FILE` take what is printed"
        )));
    }
    let settings = settings(std::slice::from_ref(&args.chart), &args.input, &args.matrix, &args.tools)?;
    let wanted = WantedGuard { format: args.format.into(), names: args.require_names };
    signals::watch_stdout().map_err(|it| CliError::io("cannot watch standard output", it))?;
    let (guarded, helm) = with_tools(&settings, &args.tools, false, |tools, folder, events| {
        (guard(&settings, wanted, tools, folder, events), tools.versions().0)
    })?;
    match guarded? {
        Guarded::Unfit(why) => Err(CliError::usage(anyhow!(why))),
        Guarded::Unchecked(why) => Err(CliError::target(anyhow!(why))),
        Guarded::Policy(text) => {
            print(&text)?;
            Ok(Exit::Clean)
        }
        Guarded::Proven(guard, chart) => {
            if args.write {
                written(&chart, Some(&guard))?;
            } else {
                print(&guard.text)?;
                for it in &chart.added {
                    tell(&format!("add to values.yaml what its Service's port is called: `{}: {}`", it.path, it.name));
                }
            }
            proven(
                &guard,
                args.write,
                args.format,
                &helm.map_or_else(|| "the built-in renderer".to_owned(), |it| format!("helm {it}")),
            );
            Ok(in_time(Exit::Clean))
        }
        Guarded::Nothing(nothing, chart) => {
            let obsolete = args.write && matches!(nothing, Nothing::NoDrift(_) | Nothing::Unproven(_));
            let exit = none(nothing)?;
            if obsolete {
                written(&chart, None)?;
            }
            Ok(in_time(exit))
        }
    }
}

fn written(chart: &GuardedChart, guard: Option<&Guard>) -> Result<(), CliError> {
    let files = chart.write(guard).map_err(CliError::usage)?;
    match files.as_slice() {
        [] => tell("nothing changes: the chart is as it should be"),
        files => files.iter().for_each(|it| tell(&format!("written: {it}"))),
    }
    Ok(())
}

fn proven(guard: &Guard, is_written: bool, format: FormatArg, version: &str) {
    left_out(&guard.dropped);
    if !is_written && format == FormatArg::Helpers {
        tell(&format!("append this to {}, and write as the first line of {}:", guard.names.helpers, guard.names.file));
        tell(&format!("  {}", guard.names.include()));
    }
    let (good, witnesses) = (count(guard.good, "good case", "good cases"), count(guard.witnesses, "witness", "witnesses"));
    tell(&format!("proven: silent in {good}, fires on {witnesses} ({version})"));
}

fn none(nothing: Nothing) -> Result<Exit, CliError> {
    match nothing {
        Nothing::NoDrift(why) => tell(&format!("nothing to guard: {why}")),
        Nothing::Unproven(dropped) => {
            left_out(&dropped);
            tell("nothing to guard: none of what was found could be proven");
        }
        Nothing::Io(error) => return Err(CliError::io("cannot write a copy of the chart", error)),
        Nothing::Chart(why) => return Err(CliError::target(anyhow!(why))),
    }
    Ok(Exit::Clean)
}

fn left_out(dropped: &[(String, String)]) {
    for (sentence, why) in dropped {
        tell(&format!("left out, not proven: {sentence} ({why})"));
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
