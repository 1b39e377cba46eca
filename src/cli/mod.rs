//! The command line: one file a subcommand. Nobody below sees clap's types.

mod args;
mod baseline;
mod check;
mod error;
mod explain;
mod fail;
mod fix;
mod graph;
mod guard;
mod init;
mod matrix;
mod merge;
mod output;
mod progress;
mod render;
mod rules;
mod snippet;
mod watch;
mod work;

use std::io::Write as _;
use std::panic::UnwindSafe;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use error::CliError;

use crate::os::signals;
use crate::report::visible;

/// Proves that the ports of Helm charts and Kustomize overlays line up, over a matrix of inputs
///
/// Exit status: 0 nothing at or above --fail-on; 1 such findings; 2 usage or configuration; 3 no findings, but a named target
/// could not be checked; 4 a bug in portcullis; 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, max_term_width = 120, propagate_version = true)]
struct App {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::CheckArgs),
    Fix(fix::FixArgs),
    Render(render::RenderArgs),
    Graph(graph::GraphArgs),
    Guard(guard::GuardArgs),
    Matrix(matrix::MatrixArgs),
    Merge(merge::MergeArgs),
    Baseline(baseline::BaselineArgs),
    Explain(explain::ExplainArgs),
    Rules(rules::RulesArgs),
    Init(init::InitArgs),
}

/// What is said when there is nothing to look at.
const NO_TARGET: &str = "no chart, kustomization or manifest found: the configuration's `targets` match none; name a path";

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// Findings at or above `--fail-on`.
    Findings,
    /// No findings, but a named target could not be checked.
    Unchecked,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::from(0),
            Exit::Findings => Self::from(1),
            Exit::Unchecked => Self::from(3),
        }
    }
}

/// Parses the arguments of this process and runs the command.
pub fn main() -> ExitCode {
    let app = match App::try_parse() {
        Ok(app) => app,
        Err(error) => {
            return usage(&error);
        }
    };
    finish(|| run(&app.command))
}

/// Prints help, the version, or what is wrong with the arguments, which may hold anything.
fn usage(error: &clap::Error) -> ExitCode {
    let plain = error.render().to_string();
    if error.use_stderr() && visible::lines(&plain) != plain.trim_end() {
        tell(&plain);
    } else if error.print().is_err() {
        return ExitCode::from(2);
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Does the work and says how it ended. A thread that panics has printed what it knows.
fn finish(work: impl FnOnce() -> Result<Exit, CliError> + UnwindSafe) -> ExitCode {
    let Ok(done) = std::panic::catch_unwind(work) else { return bug() };
    if signals::interrupted() {
        // A reader that has gone wants nothing more, and is told nothing more.
        return ExitCode::from(if signals::reader_gone() { 0 } else { 130 });
    }
    match done {
        Ok(exit) => exit.into(),
        Err(error) => error.report(),
    }
}

fn run(command: &Command) -> Result<Exit, CliError> {
    match command {
        Command::Check(args) => check::run(args),
        Command::Fix(args) => fix::run(args),
        Command::Render(args) => render::run(args),
        Command::Graph(args) => graph::run(args),
        Command::Guard(args) => guard::run(args),
        Command::Matrix(args) => matrix::run(args),
        Command::Merge(args) => merge::run(args),
        Command::Baseline(args) => baseline::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Rules(args) => rules::run(args),
        Command::Init(args) => init::run(args),
    }
}

/// Asks to tell us: exit 4.
fn bug() -> ExitCode {
    let page = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues");
    tell(&format!("error: this is a bug in portcullis: please report it with what is above, at {page}"));
    ExitCode::from(4)
}

/// Prints on standard error, made harmless. Whoever closed it does not want to know.
fn tell(text: &str) {
    _ = writeln!(std::io::stderr(), "{}", visible::lines(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bugs_have_a_code_of_their_own() {
        assert_eq!(finish(|| panic!("as a test wants it")), ExitCode::from(4));
        assert_eq!(finish(|| Ok(Exit::Findings)), ExitCode::from(1));
    }
}
