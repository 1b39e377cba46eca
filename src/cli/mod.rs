//! The command line: one file a subcommand. Nobody below sees clap's types.

mod args;
mod check;
mod error;
mod explain;
mod guard;
mod init;
mod matrix;
mod output;
mod progress;
mod rules;
mod snippet;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use error::CliError;

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
    Guard(guard::GuardArgs),
    Matrix(matrix::MatrixArgs),
    Explain(explain::ExplainArgs),
    Rules(rules::RulesArgs),
    Init(init::InitArgs),
}

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
            let code = error.exit_code();
            return match error.print() {
                Ok(()) => ExitCode::from(u8::try_from(code).unwrap_or(2)),
                Err(_) => ExitCode::from(2),
            };
        }
    };
    let done = match &app.command {
        Command::Check(args) => check::run(args),
        Command::Guard(args) => guard::run(args),
        Command::Matrix(args) => matrix::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Rules(args) => rules::run(args),
        Command::Init(args) => init::run(args),
    };
    if crate::os::signals::interrupted() {
        return ExitCode::from(130);
    }
    match done {
        Ok(exit) => exit.into(),
        Err(error) => error.report(),
    }
}
