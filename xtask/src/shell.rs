//! Calls programs, and knows where the repository is.

#![expect(clippy::disallowed_methods, reason = "chores run whole builds: they take as long as they take")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::{Context as _, bail};

/// Returns the repository's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the repository")
}

/// Returns the folder of the pinned tools.
pub(crate) fn tools_folder() -> PathBuf {
    root().join("target/tools")
}

/// Returns a `PATH` on which the pinned tools come first.
pub(crate) fn path_with_tools() -> anyhow::Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools_folder()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).context("a folder on `PATH` has a `:` in its name")
}

/// Runs a program in the repository's folder, showing the call and all that it writes; fails where it does.
pub(crate) fn run(program: &str, args: &[&str], env: &[(&str, OsString)]) -> anyhow::Result<()> {
    println!("$ {program} {}", args.join(" "));
    if !status(program, args, env)?.success() {
        bail!("`{program} {}` failed", args.join(" "));
    }
    Ok(())
}

/// Runs a program in the repository's folder and returns how it ended.
pub(crate) fn status(program: &str, args: &[&str], env: &[(&str, OsString)]) -> anyhow::Result<ExitStatus> {
    Command::new(program)
        .args(args)
        .envs(env.iter().map(|(name, value)| (name, value)))
        .current_dir(root())
        .status()
        .with_context(|| format!("cannot run `{program}`"))
}

/// Returns what a program writes; `None` where it is not there or fails.
pub(crate) fn read(program: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
