//! `portcullis check --watch`: a whole run, and then, whenever files are saved, the targets that they touch.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::anyhow;

use super::check::CheckArgs;
use super::output::{Format, Outputs, Style, print};
use super::work::{begin, once};
use super::{CliError, Exit, baseline, snippet, tell};
use crate::app::{Outcome, Settings, Stamp, Store, run as run_all, scope};
use crate::os::signals;
use crate::os::watch::Watch;
use crate::report::baseline::Baseline;
use crate::report::{RunReport, visible};

/// How many changed files are named.
const NAMED: usize = 3;

/// Watches until it is interrupted.
pub(super) fn run(args: &CheckArgs, style: Style, known: Option<&Baseline>) -> Result<Exit, CliError> {
    refuse(args)?;
    let mut settings = args.settings()?;
    begin(args.tools())?;
    signals::watch_stdout().map_err(|it| CliError::io("cannot watch standard output", it))?;
    let mut watch = Watch::new().map_err(CliError::usage)?;
    let mut session = Session {
        args,
        style,
        known,
        store: args.store().with_session(),
        seen: BTreeMap::new(),
        warned: String::new(),
        is_blind: false,
    };
    let mut changed = None;
    loop {
        // Before the files are read, so that no change is missed.
        if let Err(error) = watch.follow(scope(&settings)) {
            session.warn_of_blindness(&error.to_string());
        }
        let done = session.run(&settings, changed.as_ref());
        if signals::interrupted() {
            return Err(CliError::usage(anyhow!("interrupted")));
        }
        match done {
            Err(error) if error.is_broken_pipe() => return Err(error),
            Err(error) => _ = error.report(),
            Ok(()) => {}
        }
        if changed.is_none() && !style.quiet {
            tell("watching for changes: Ctrl-C ends it");
        }
        loop {
            changed = watch.changed();
            if changed.is_none() {
                return Err(CliError::usage(anyhow!("interrupted")));
            }
            match args.settings() {
                Ok(new) => {
                    settings = new;
                    break;
                }
                Err(error) => _ = error.report(),
            }
        }
    }
}

/// Refuses what makes no sense while one watches.
fn refuse(args: &CheckArgs) -> Result<(), CliError> {
    if let Some(output) = args.outputs().iter().find(|it| *it != "text") {
        return Err(CliError::usage(anyhow!("`--watch` writes text to standard output alone: leave out `-o {output}`")));
    }
    if args.reads_stdin() {
        return Err(CliError::usage(anyhow!("standard input cannot be watched: name a file or a folder")));
    }
    Ok(())
}

/// What was seen so far.
struct Session<'a> {
    args: &'a CheckArgs,
    style: Style,
    known: Option<&'a Baseline>,
    store: Store,
    /// By path and kind.
    seen: BTreeMap<(String, &'static str), Stamp>,
    warned: String,
    /// Whether it was said that not everything can be watched.
    is_blind: bool,
}

impl Session<'_> {
    /// Runs, and prints what has changed since the run before.
    fn run(&mut self, settings: &Settings, changed: Option<&BTreeSet<PathBuf>>) -> Result<(), CliError> {
        let Style { quiet, color, .. } = self.style;
        let store = &self.store;
        let Outcome { mut report, warnings, stamps } =
            once(settings, self.args.tools(), quiet, |tools, _, events| run_all(settings, tools, store, events))??;
        if signals::interrupted() {
            return Ok(());
        }
        self.store.retain(&stamps);
        let warned = format!("{warnings:?}");
        if warned != self.warned {
            warnings.iter().filter(|_| !quiet).for_each(|it| snippet::warn(it, color));
            self.warned = warned;
        }
        if let (Some(known), Some(file)) = (self.known, self.args.baseline()) {
            baseline::apply(known, file, &mut report, false);
        }
        let gone = self.keep_touched(&mut report, stamps);
        let Some(changed) = changed else { return self.write(&report) };
        if report.targets.is_empty() && gone.is_empty() {
            return Ok(());
        }
        if !quiet {
            print(&heading(changed, &gone))?;
        }
        if report.targets.is_empty() { Ok(()) } else { self.write(&report) }
    }

    /// Says once that not all changes will be seen.
    fn warn_of_blindness(&mut self, why: &str) {
        if !std::mem::replace(&mut self.is_blind, true) {
            tell(&format!("warning: not all folders can be watched: {why}"));
        }
    }

    fn write(&self, report: &RunReport) -> Result<(), CliError> {
        Outputs::open(&[], &[Format::Text], self.style)?.write(report)
    }

    /// Leaves in a report what is new or has changed; returns the paths of targets that are no more.
    fn keep_touched(&mut self, report: &mut RunReport, stamps: Vec<Stamp>) -> Vec<String> {
        let names = report.targets.iter().map(|it| (it.path.clone(), it.kind));
        let now: BTreeMap<(String, &'static str), Stamp> = names.zip(stamps).collect();
        let is_touched = |path: &str, kind: &'static str| {
            let name = (path.to_owned(), kind);
            now[&name].is_none() || self.seen.get(&name) != now.get(&name)
        };
        report.targets.retain(|it| is_touched(&it.path, it.kind));
        let left: BTreeSet<&String> = report.targets.iter().map(|it| &it.path).collect();
        report.findings.retain(|it| left.contains(&it.target));
        let gone = |(path, _): &&(String, &str)| !now.keys().any(|it| it.0 == *path);
        let gone = self.seen.keys().filter(gone).map(|it| it.0.clone()).collect();
        self.seen = now;
        gone
    }
}

/// Says why there is another report.
fn heading(changed: &BTreeSet<PathBuf>, gone: &[String]) -> String {
    let here = std::env::current_dir().and_then(|it| it.canonicalize()).unwrap_or_default();
    let name = |it: &PathBuf| visible::line(&it.strip_prefix(&here).unwrap_or(it).to_string_lossy()).into_owned();
    let mut names: Vec<String> = changed.iter().take(NAMED).map(name).collect();
    if let Some(more) = changed.len().checked_sub(NAMED).filter(|it| *it > 0) {
        names.push(format!("{more} more"));
    }
    if names.is_empty() {
        names.push("more files than could be followed".into());
    }
    let mut text = format!("\n--- changed: {}\n\n", names.join(", "));
    text.extend(gone.iter().map(|it| format!("{} is gone\n", visible::line(it))));
    text
}
