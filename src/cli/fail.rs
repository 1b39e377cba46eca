//! What fails a run, and how it ends.

use clap::{Args, ValueEnum};

use super::Exit;
use crate::finding::{Finding, Severity};
use crate::report::{RunReport, Status, TargetReport};

/// What fails the run
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
pub(super) struct FailGroup {
    /// Lowest severity that fails the run
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    fail_on: Level,
    /// Fail on warnings, and on targets that are empty or skipped
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    Error,
    Warning,
    Note,
}

impl FailGroup {
    /// Returns the lowest severity that fails the run.
    pub(super) fn severity(&self) -> Severity {
        match (self.strict, self.fail_on) {
            (true, Level::Error) | (_, Level::Warning) => Severity::Warning,
            (false, Level::Error) => Severity::Error,
            (_, Level::Note) => Severity::Note,
        }
    }

    /// Tells how a run ends.
    pub(super) fn exit(&self, report: &RunReport) -> Exit {
        let counts = |it: &Finding| it.suppressed.is_none() && it.severity >= self.severity();
        let doubtful = |it: &TargetReport| (it.status == Status::Skipped && !it.is_unused) || it.is_empty;
        if report.findings.iter().any(counts) || (self.strict && report.targets.iter().any(doubtful)) {
            Exit::Findings
        } else if report.targets.iter().any(|it| it.status != Status::Checked && !it.is_unused) {
            Exit::Unchecked
        } else {
            Exit::Clean
        }
    }
}
