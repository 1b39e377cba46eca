//! `portcullis guard`.

use clap::Args;

use super::{CliError, Exit};

/// Emit a guard
#[derive(Debug, Args)]
pub(super) struct GuardArgs {}

pub(super) fn run(_: &GuardArgs) -> Result<Exit, CliError> {
    Ok(Exit::Clean)
}
