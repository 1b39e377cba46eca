//! `ci`: everything that has to hold before a merge, the quick things first.

use std::path::Path;

use crate::{diff, fuzz, r#gen, shell, test, tidy};

const WASM: &str = "wasm32-unknown-unknown";

/// Runs all checks and stops at the first that fails.
pub(crate) fn run() -> anyhow::Result<()> {
    let cargo = |args: &[&str]| shell::run("cargo", args, &[]);
    cargo(&["fmt", "--all", "--check"])?;
    tidy::run()?;
    r#gen::run(true)?;
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    cargo(&["clippy", "--package", "portcullis", "--lib", "--no-default-features", "--", "-D", "warnings"])?;
    let installed = shell::read(Path::new("rustup"), &["target", "list", "--installed"]);
    if installed.is_some_and(|targets| !targets.lines().any(|target| target == WASM)) {
        shell::run("rustup", &["target", "add", WASM], &[])?;
    }
    cargo(&["build", "--package", "portcullis", "--lib", "--no-default-features", "--target", WASM])?;
    test::run(&[])?;
    diff::run(&[])?;
    if let Some(why) = fuzz::missing() {
        println!("fuzz targets are left out: {why}");
        return Ok(());
    }
    fuzz::run("10")
}
