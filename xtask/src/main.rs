//! The chores of this repository, as `cargo xtask CHORE`. Avoid adding dependencies: this is built before anything else.

#![expect(clippy::print_stdout, reason = "it talks to the person who runs it")]

use std::process::ExitCode;

mod bench;
mod bless;
mod ci;
mod diff;
mod fuzz;
mod r#gen;
mod inner;
mod race;
mod shell;
mod test;
mod tidy;
mod tools;
mod yaml;

const USAGE: &str = "\
usage: cargo xtask CHORE

  run ARGS      runs portcullis with the pinned tools on its path
  tools         gets the pinned helm, kustomize, conftest and helm-unittest into target/tools, and builds yamlcheck and celcheck
  test [ARGS]   runs all tests, those with real tools too; ARGS go to cargo test
  bless [ARGS]  runs all tests and accepts all snapshots
  gen [--check] writes the generated files; with --check says which are stale
  yaml DIR...   compares all documents of the charts in DIR... as portcullis and as Kubernetes read them
  diff [DIR...] renders all charts in DIR..., or the testcharts, with helm 3, helm 4 and the built-in renderer, and compares
  fuzz [SECONDS]  runs each fuzz target for so long, 60 s if nothing is said
  tidy          checks the layers, the sizes of files, and white space
  bench [--write]  measures, and prints one table of ratios; with --write into docs/benchmarks.md
  bench --charts DIR  the same, and races Helm's own engine on the charts in DIR, too
  engine CHART N [--traced]  renders a chart N times in process, and prints the seconds that one takes
  inner WHAT N  runs an inner loop once, for a profiler: parse, link, judge or times, over N applications
  ci            everything that has to hold before a merge";

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        println!("{error:#}");
        ExitCode::FAILURE
    })
}

fn run() -> anyhow::Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["run", rest @ ..] => return test::portcullis(rest),
        ["tools"] => tools::run(),
        ["test", rest @ ..] => test::run(rest),
        ["bless", rest @ ..] => bless::run(rest),
        ["gen"] => r#gen::run(false),
        ["gen", "--check"] => r#gen::run(true),
        ["bench"] => bench::run(false, None),
        ["bench", "--write"] => bench::run(true, None),
        ["bench", "--charts", folder] => bench::run(false, Some(folder)),
        ["engine", chart, count] => race::run(chart, count, false),
        ["engine", chart, count, "--traced"] => race::run(chart, count, true),
        ["inner", what, count] => inner::run(what, count),
        ["yaml", folders @ ..] if !folders.is_empty() => yaml::run(folders),
        ["diff", folders @ ..] => diff::run(folders),
        ["fuzz"] => fuzz::run("60"),
        ["fuzz", seconds] => fuzz::run(seconds),
        ["tidy"] => tidy::run(),
        ["ci"] => ci::run(),
        _ => anyhow::bail!("{USAGE}"),
    };
    done.map(|()| ExitCode::SUCCESS)
}
