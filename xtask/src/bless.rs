//! `bless`: accepts what the tests' snapshots are now.

use crate::test;

/// Runs the tests and writes all snapshots anew; `args` go to `cargo test`. Look at the difference before you commit it.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<()> {
    let args: Vec<&str> = ["--no-fail-fast"].iter().chain(args).copied().collect();
    test::with_env(&args, &[("INSTA_UPDATE", "always"), ("INSTA_FORCE_PASS", "1")])
}
