//! `portcullis explain`.

use anyhow::anyhow;
use clap::Args;

use super::output::print;
use super::{CliError, Exit};
use crate::rules;

/// Explain a rule: what it does, why that is bad, an example, and what to write instead
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// Id of the rule, such as dangling-port
    #[arg(value_name = "RULE")]
    rule: String,
}

pub(super) fn run(args: &ExplainArgs) -> Result<Exit, CliError> {
    let Some(meta) = rules::find(&args.rule) else {
        let near = crate::config::nearest(&args.rule, rules::ids());
        let hint = near.map_or("see `portcullis rules`".to_owned(), |it| format!("did you mean `{it}`?"));
        return Err(CliError::usage(anyhow!("unknown rule `{}`; {hint}", args.rule)));
    };
    print(&format!("# {}\n\n{} (default: {})\n\n{}\n", meta.id, meta.summary, meta.levels, meta.text()))?;
    Ok(Exit::Clean)
}
