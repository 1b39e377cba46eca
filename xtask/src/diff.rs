//! `diff`: renders charts with Helm 3, Helm 4 and the built-in renderer, and shows where they differ.

#![expect(clippy::disallowed_methods, reason = "chores run programs and write files as they like")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::{shell, tools};

const KUBE_VERSION: &str = "1.37.0";

/// How many lines of a difference are shown.
const SHOWN: usize = 5;

/// What a program made of a chart: a text, or why there is none.
type Made = Result<String, String>;

#[derive(Debug, Default)]
struct Count {
    same: usize,
    refused_in_same_words: usize,
    refused_in_other_words: usize,
    different: usize,
}

/// Renders all charts in folders, by default the testcharts, with their default values and each of their ci values.
pub(crate) fn run(folders: &[&str]) -> anyhow::Result<()> {
    tools::run()?;
    shell::run("cargo", &["build", "--quiet", "--release", "--package", "portcullis"], &[])?;
    let testcharts = [shell::root().join("testcharts")];
    let given: Vec<PathBuf> = folders.iter().map(PathBuf::from).collect();
    let mut count = Count::default();
    for folder in if given.is_empty() { testcharts.as_slice() } else { &given } {
        for chart in list(folder)?.into_iter().filter(|it| is_chart(it)) {
            let ci = list(&chart.join("ci")).unwrap_or_default();
            let ci = ci.into_iter().filter(|it| it.extension().is_some_and(|it| it == "yaml" || it == "yml"));
            for values in [None].into_iter().chain(ci.map(Some)) {
                for helm in ["helm3", "helm4"] {
                    compare(helm, &chart, values.as_deref(), &mut count)?;
                }
            }
        }
    }
    let Count { same, refused_in_same_words, refused_in_other_words, different } = count;
    println!("{same} same, {refused_in_same_words} refused in the same words, {refused_in_other_words} in others");
    if different > 0 {
        bail!("{different} different");
    }
    if same + refused_in_same_words + refused_in_other_words == 0 {
        bail!("no charts in {}", folders.join(", "));
    }
    Ok(())
}

fn list(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_chart(path: &Path) -> bool {
    path.join("Chart.yaml").is_file() || path.extension().is_some_and(|it| it == "tgz")
}

fn compare(helm: &str, chart: &Path, values: Option<&Path>, count: &mut Count) -> anyhow::Result<()> {
    let program = shell::tools_folder().join(helm);
    let theirs = || {
        let mut command = Command::new(&program);
        command.args(["template", "release-name", "--kube-version", KUBE_VERSION]).arg(chart);
        made(command, values)
    };
    let (first, second) = (theirs()?, theirs()?);
    let mut command = Command::new(shell::root().join("target/release/portcullis"));
    command.args(["render", "--renderer", "builtin", "--kube-version", KUBE_VERSION, "--helm"]).arg(&program).arg(chart);
    let ours = made(command, values)?;
    let name = format!("{helm} {} {}", chart.display(), values.unwrap_or(Path::new("")).display());
    match (&first, &second, &ours) {
        (Ok(first), Ok(second), Ok(ours)) => match differences(first, second, ours) {
            lines if lines.is_empty() => count.same += 1,
            lines => {
                count.different += 1;
                println!("{name}\n{}", lines.into_iter().take(SHOWN).collect::<String>());
            }
        },
        // A dependency that lies beside the chart is put in place by portcullis, and missed by helm.
        (Err(theirs), _, Ok(_)) if theirs.contains("missing in charts/ directory") => {}
        (Err(theirs), _, Err(ours)) if words(theirs) == words(ours) => count.refused_in_same_words += 1,
        (Err(theirs), _, Err(ours)) => {
            count.refused_in_other_words += 1;
            println!("{name}\n- {}\n+ {}", words(theirs), words(ours));
        }
        (theirs, _, ours) => {
            count.different += 1;
            let shown = |made: &Made| made.as_ref().map_or_else(|error| words(error), |_| "renders".to_owned());
            println!("{name}\n- {}\n+ {}", shown(theirs), shown(ours));
        }
    }
    Ok(())
}

fn made(mut command: Command, values: Option<&Path>) -> anyhow::Result<Made> {
    if let Some(values) = values {
        command.arg("--values").arg(values);
    }
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) })
}

/// Returns the lines that differ, save those that Helm itself writes otherwise each time.
fn differences(first: &str, second: &str, ours: &str) -> Vec<String> {
    let mut rest = (second.lines(), ours.lines());
    let mut lines = Vec::new();
    for line in first.lines() {
        let (again, our) = (rest.0.next(), rest.1.next());
        if again == Some(line) && our != Some(line) {
            lines.push(format!("- {line}\n+ {}\n", our.unwrap_or("(nothing)")));
        }
    }
    lines.extend(rest.1.map(|line| format!("+ {line}\n")));
    lines
}

/// Returns an error as one line, without what a tool says around it: warnings before, advice behind.
fn words(error: &str) -> String {
    let lines: Vec<&str> = error.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with("Use --debug")).collect();
    let first = lines.iter().position(|it| it.starts_with("Error: ") || it.starts_with("error: ")).unwrap_or(0);
    lines[first..].join(" ").trim_start_matches("Error: ").trim_start_matches("error: ").to_owned()
}
