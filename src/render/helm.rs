//! `helm template`: the truth about a chart.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::complaint::{bad_end, helm_failure, no_start};
use super::{Outcome, Renderer, Rendering, origin};
use crate::matrix::{Case, Input};
use crate::os::{End, Helm, Program, RunDir, load};
use crate::target::Target;

/// Renders charts with helm.
#[derive(Debug)]
pub struct HelmRenderer {
    helm: Helm,
    run: Arc<RunDir>,
    time_limit: Duration,
    dependency_update: bool,
    env: Vec<(OsString, OsString)>,
    charts: Mutex<HashMap<PathBuf, Chart>>,
}

/// Where a target's chart is rendered from: its own place, or a private copy; made by the first case that asks.
type Chart = Arc<OnceLock<Result<PathBuf, String>>>;

impl HelmRenderer {
    /// Makes a renderer; `time_limit` is that of each rendering.
    pub fn new(helm: Helm, run: Arc<RunDir>, time_limit: Duration) -> Self {
        let env = run.tool_env();
        Self { helm, run, time_limit, dependency_update: false, env, charts: Mutex::default() }
    }

    /// Lets helm fetch dependencies, into a private copy of each chart that has some.
    #[must_use]
    pub fn dependency_update(mut self, on: bool) -> Self {
        self.dependency_update = on;
        self
    }

    /// Returns the helm that it calls.
    pub fn helm(&self) -> &Helm {
        &self.helm
    }

    fn chart(&self, target: &Target) -> Result<PathBuf, String> {
        let chart =
            Arc::clone(self.charts.lock().unwrap_or_else(PoisonError::into_inner).entry(target.root.clone()).or_default());
        chart.get_or_init(|| self.place(target)).clone()
    }

    /// Dependencies from `file://` that the user's folder lacks are in the tree: a copy is made of that, and the folder is never written.
    fn place(&self, target: &Target) -> Result<PathBuf, String> {
        if self.dependency_update && load::has_dependencies(&target.tree) {
            return self.updated(target);
        }
        if !load::lacks_local(&target.root, &target.tree) {
            return Ok(target.root.clone());
        }
        self.copy(target).map_err(|error| format!("cannot copy the chart to add its local dependencies: {error}"))
    }

    /// Copies a chart and lets helm fetch its dependencies there.
    fn updated(&self, target: &Target) -> Result<PathBuf, String> {
        let copied = || {
            let folder = self.run.subfolder()?;
            load::write_tree(&load::with_absolute_locals(&target.tree, &target.root), &folder)?;
            Ok(folder)
        };
        let folder = copied().map_err(|error: io::Error| format!("cannot copy the chart to update its dependencies: {error}"))?;
        let args = [OsString::from("dependency"), "update".into(), folder.clone().into_os_string()];
        let program = Program::new(&self.helm.program).args(args).env(self.env.clone()).time_limit(self.time_limit);
        let ended = program.run().map_err(|error| error.to_string())?;
        let failed = || helm_failure(&ended.stderr, &target.path);
        match bad_end("helm", &ended, self.time_limit).unwrap_or_else(failed) {
            _ if ended.end == End::Exit(0) => Ok(folder),
            Outcome::Failed(message) | Outcome::Refused(message) | Outcome::Skipped(message) => {
                Err(format!("`helm dependency update` failed: {message}"))
            }
            Outcome::Rendered(_) => Ok(folder),
        }
    }

    fn copy(&self, target: &Target) -> io::Result<PathBuf> {
        let folder = self.run.subfolder()?;
        load::write_tree(&target.tree, &folder)?;
        Ok(folder)
    }
}

impl Renderer for HelmRenderer {
    fn name(&self) -> &'static str {
        "helm"
    }

    fn render(&self, target: &Target, case: &Case) -> Outcome {
        let chart = match self.chart(target) {
            Ok(chart) => chart,
            Err(message) => return Outcome::Failed(message),
        };
        // In the caller's folder: paths in `--set-file` and behind `--` are relative to it.
        let program = Program::new(&self.helm.program).args(arguments(&chart, &case.input)).env(self.env.clone());
        let ended = match program.time_limit(self.time_limit).run() {
            Ok(ended) => ended,
            Err(error) => return no_start(&error),
        };
        if let Some(outcome) = bad_end("helm", &ended, self.time_limit) {
            return outcome;
        }
        if ended.end != End::Exit(0) {
            return helm_failure(&ended.stderr, &target.path);
        }
        let mut rendering = Rendering::new(ended.stdout);
        rendering.origins = origin::helm_origins(&rendering.text, &target.tree);
        Outcome::Rendered(rendering)
    }
}

/// Returns what helm is called with.
fn arguments(chart: &Path, input: &Input) -> Vec<OsString> {
    let mut args: Vec<OsString> = vec!["template".into(), (&input.release).into(), as_path(chart)];
    let mut push = |flag: &str, value: OsString| args.extend([flag.into(), value]);
    for file in &input.values {
        push("--values", file.path.clone().into_os_string());
    }
    for set in &input.sets {
        push(set.kind.flag(), (&set.text).into());
    }
    push("--kube-version", input.kube().into());
    for version in &input.api_versions {
        push("--api-versions", version.into());
    }
    push("--namespace", (&input.namespace).into());
    let switches = [("--include-crds", input.include_crds), ("--skip-tests", input.skip_tests)];
    args.extend(switches.iter().filter(|(_, on)| *on).map(|(flag, _)| flag.into()));
    args.extend(input.extra.iter().map(Into::into));
    args
}

/// Returns a path that helm takes neither for a flag nor for a chart of a repository.
fn as_path(path: &Path) -> OsString {
    if path.is_absolute() || path.starts_with(".") || path.starts_with("..") {
        return path.as_os_str().to_owned();
    }
    Path::new(".").join(path).into_os_string()
}

#[cfg(test)]
#[path = "helm_tests.rs"]
mod tests;
