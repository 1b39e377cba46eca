//! `fuzz`: runs all targets of the folder `fuzz` for a while, with nightly and cargo-fuzz.

#![expect(clippy::disallowed_methods, reason = "chores run programs and write files as they like")]

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::shell;

const TARGETS: [&str; 4] = ["template", "render", "set", "yaml"];

/// Returns why targets cannot be run here; nothing if they can.
pub(crate) fn missing() -> Option<&'static str> {
    let there = |args: &[&str]| shell::read(Path::new("cargo"), args).is_some();
    if !there(&["+nightly", "--version"]) {
        return Some("no nightly compiler: `rustup toolchain install nightly`");
    }
    (!there(&["fuzz", "--version"])).then_some("no cargo-fuzz: `cargo install cargo-fuzz`")
}

/// Runs each target for so many seconds; fails where one finds something.
pub(crate) fn run(seconds: &str) -> anyhow::Result<()> {
    let seconds: u32 = seconds.parse().with_context(|| format!("`{seconds}` is no number of seconds"))?;
    if let Some(why) = missing() {
        bail!("cannot fuzz: {why}");
    }
    let folder = shell::root().join("target/fuzz");
    for target in TARGETS {
        let corpus = folder.join("corpus").join(target);
        fs::create_dir_all(&corpus)?;
        seed(target, &corpus)?;
        let corpus = corpus.to_str().context("the path of the repository is no UTF-8")?;
        let time = format!("-max_total_time={seconds}");
        // Without unsafe code there is nothing for a sanitizer to find.
        let args = ["+nightly", "fuzz", "run", "--sanitizer", "none", target, corpus, "--"];
        let limits = [time.as_str(), "-timeout=20", "-rss_limit_mb=2048", "-max_len=2048", "-verbosity=0"];
        let env = [("CARGO_TARGET_DIR", OsString::from(folder.join("build")))];
        shell::run("cargo", &[args.as_slice(), &limits].concat(), &env)?;
    }
    Ok(())
}

/// Puts what the tests have into a corpus: templates for those who parse them, values for those who read them.
fn seed(target: &str, corpus: &Path) -> anyhow::Result<()> {
    let table = shell::root().join("src/render/builtin/table");
    for entry in fs::read_dir(table)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)?;
        match (target, path.extension().is_some_and(|it| it == "tpl")) {
            ("template" | "render", true) => {
                for (index, template) in text.split("====\n").enumerate() {
                    fs::write(corpus.join(format!("{name}-{index}")), template)?;
                }
            }
            ("yaml", false) => fs::write(corpus.join(name), text)?,
            _ => {}
        }
    }
    Ok(())
}
