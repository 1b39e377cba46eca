//! `portcullis rules`.

use std::fmt::Write as _;

use clap::Args;

use super::output::print;
use super::{CliError, Exit};
use crate::rules::RULES;

/// List all rules with their default levels
#[derive(Debug, Args)]
pub(super) struct RulesArgs {}

pub(super) fn run(_: &RulesArgs) -> Result<Exit, CliError> {
    let metas: Vec<_> = RULES.iter().map(|it| it.meta()).collect();
    let width = |text: fn(&crate::rules::RuleMeta) -> &'static str| metas.iter().map(|it| text(it).len()).max().unwrap_or(0);
    let (ids, levels) = (width(|it| it.id), width(|it| it.levels));
    let mut out = String::new();
    for it in metas {
        _ = writeln!(out, "{:ids$}  {:levels$}  {}", it.id, it.levels, it.summary);
    }
    print(&out)?;
    Ok(Exit::Clean)
}
