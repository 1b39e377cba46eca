//! `test`: all tests, with the pinned tools.

use std::ffi::OsString;

use crate::{shell, tools};

/// Gets the tools and runs the tests with them; `args` go to `cargo test`.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<()> {
    with_env(args, &[])
}

/// Gets the tools and runs portcullis with them.
pub(crate) fn portcullis(args: &[&str]) -> anyhow::Result<()> {
    tools::run()?;
    let args: Vec<&str> = ["run", "--quiet", "--release", "--"].iter().chain(args).copied().collect();
    shell::run("cargo", &args, &[("PATH", shell::path_with_tools()?)])
}

/// Runs the tests with more in their environment.
pub(crate) fn with_env(args: &[&str], env: &[(&str, &str)]) -> anyhow::Result<()> {
    tools::run()?;
    let mut all: Vec<(&str, OsString)> = vec![("PATH", shell::path_with_tools()?), ("PORTCULLIS_REAL_TOOLS", "1".into())];
    all.extend(env.iter().map(|(name, value)| (*name, value.into())));
    let args: Vec<&str> = ["test", "--workspace"].iter().chain(args).copied().collect();
    shell::run("cargo", &args, &all)
}
