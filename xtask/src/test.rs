//! `test`: all tests, with the pinned tools.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::{shell, tools};

/// Gets the tools and runs the tests with them; `args` go to `cargo test`.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<()> {
    with_env(args, &[])
}

/// Gets the tools and runs portcullis with them; returns its exit status.
pub(crate) fn portcullis(args: &[&str]) -> anyhow::Result<ExitCode> {
    tools::run()?;
    let args: Vec<&str> = ["run", "--quiet", "--release", "--"].iter().chain(args).copied().collect();
    let status = shell::status("cargo", &args, &[("PATH", shell::path_with_tools()?)])?;
    Ok(status.code().and_then(|it| u8::try_from(it).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Runs the tests with more in their environment.
pub(crate) fn with_env(args: &[&str], env: &[(&str, &str)]) -> anyhow::Result<()> {
    tools::run()?;
    let mut all: Vec<(&str, OsString)> = vec![("PATH", shell::path_with_tools()?), ("PORTCULLIS_REAL_TOOLS", "1".into())];
    all.extend(env.iter().map(|(name, value)| (*name, value.into())));
    let args: Vec<&str> = ["test", "--workspace"].iter().chain(args).copied().collect();
    shell::run("cargo", &args, &all)
}
