//! A whole run: all targets, in parallel.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::config::{ConfigError, Configs, FoundConfig, today};
use super::discover::{Candidate, discover};
use super::fix::add_fixes;
use super::host::host;
use super::load::{load, repo_path};
use super::prober::Renderers;
use super::settings::{RendererChoice, Settings};
use super::target::{Planned, judge_target};
use crate::chart::HelmVersion;
use crate::config::Problems;
use crate::finding::Finding;
use crate::matrix::{Case, CaseSource, ConfigMatrix, Input, PlanError, PlanInput, Shard, Stack, ValuesFile, plan};
use crate::os::{RunDir, find_helm, find_kustomize, is_on_path};
use crate::pipeline::Event;
use crate::render::{BuiltinRenderer, HelmRenderer, KustomizeOptions, KustomizeRenderer, PlainRenderer, Renderer};
use crate::report::{LeftOut, RunReport, Status, TargetReport};
use crate::target::{Target, TargetKind};

/// The tools of a run, each looked for once, when it is first needed.
pub struct Tools<'a> {
    settings: &'a Settings,
    run: Arc<RunDir>,
    helm: OnceLock<Result<HelmRenderer, String>>,
    kustomize: OnceLock<Result<KustomizeRenderer, String>>,
    builtin: OnceLock<BuiltinRenderer>,
    /// The Helm that the built-in renderer follows.
    follows: OnceLock<HelmVersion>,
}

impl<'a> Tools<'a> {
    /// Makes the tools of a run.
    pub fn new(settings: &'a Settings, run: Arc<RunDir>) -> Self {
        let (helm, kustomize) = (OnceLock::new(), OnceLock::new());
        Self { settings, run, helm, kustomize, builtin: OnceLock::new(), follows: OnceLock::new() }
    }

    /// Returns the renderer of a kind of targets.
    ///
    /// # Errors
    /// What is missing, and how to get it.
    pub fn renderer(&self, kind: TargetKind) -> Result<&dyn Renderer, String> {
        match kind {
            TargetKind::Helm => self.chart_renderer(),
            TargetKind::Kustomize => self.kustomize().map(|it| it as &dyn Renderer),
            TargetKind::Manifests => Ok(&PlainRenderer),
        }
    }

    /// Returns the renderer of a kind of targets, and what probes them if it agrees.
    ///
    /// # Errors
    /// See [`Tools::renderer`].
    pub fn renderers(&self, kind: TargetKind) -> Result<Renderers<'_>, String> {
        let main = self.renderer(kind)?;
        let builtin = (main.name() == "helm").then(|| self.builtin() as &dyn Renderer);
        Ok(Renderers { main, builtin, probes: self.settings.tools.renderer == RendererChoice::Auto })
    }

    fn chart_renderer(&self) -> Result<&dyn Renderer, String> {
        match self.settings.tools.renderer {
            RendererChoice::Builtin => Ok(self.builtin()),
            RendererChoice::Helm => self.helm().map(|it| it as &dyn Renderer),
            // One that was named must be there.
            RendererChoice::Auto if self.settings.tools.helm.is_none() && !is_on_path("helm") => Ok(self.builtin()),
            RendererChoice::Auto => self.helm().map(|it| it as &dyn Renderer),
        }
    }

    /// Returns the built-in renderer of charts. It follows the helm that was named or found, else Helm 4.
    pub fn builtin(&self) -> &BuiltinRenderer {
        self.builtin.get_or_init(|| {
            let tools = &self.settings.tools;
            let follows = tools.helm.is_some() || self.helm.get().is_some();
            let major = follows.then(|| self.helm().ok()?.helm().number).flatten().map(|(major, _)| major);
            self.follows.get_or_init(|| if major == Some(3) { HelmVersion::V3 } else { HelmVersion::V4 });
            self.fresh_builtin()
        })
    }

    /// Makes one more built-in renderer, which knows no chart yet.
    pub(super) fn fresh_builtin(&self) -> BuiltinRenderer {
        let helm = self.follows.get().copied().unwrap_or(HelmVersion::V4);
        BuiltinRenderer::new(helm, host(self.settings.tools.time_limit))
    }

    fn helm(&self) -> Result<&HelmRenderer, String> {
        let found = self.helm.get_or_init(|| {
            let tools = &self.settings.tools;
            let helm = find_helm(tools.helm.as_deref(), &self.run, tools.time_limit).map_err(|it| it.to_string())?;
            let renderer = HelmRenderer::new(helm, Arc::clone(&self.run), tools.time_limit);
            Ok(renderer.dependency_update(tools.dependency_update))
        });
        found.as_ref().map_err(Clone::clone)
    }

    fn kustomize(&self) -> Result<&KustomizeRenderer, String> {
        let found = self.kustomize.get_or_init(|| {
            let tools = &self.settings.tools;
            let found = find_kustomize(tools.kustomize.as_deref(), &self.run, tools.time_limit);
            let args = tools.kustomize_args.iter().map(Into::into).collect();
            let options = KustomizeOptions { args, allow_remote: tools.allow_remote };
            let kustomize = found.map_err(|it| it.to_string())?;
            Ok(KustomizeRenderer::new(kustomize, Arc::clone(&self.run), tools.time_limit, options))
        });
        found.as_ref().map_err(Clone::clone)
    }

    /// Returns the private folder of the run.
    pub(super) fn folder(&self) -> &Arc<RunDir> {
        &self.run
    }

    /// Returns the versions of helm and of kustomize, where they were needed.
    pub fn versions(&self) -> (Option<String>, Option<String>) {
        let helm = self.helm.get().and_then(|it| it.as_ref().ok()).map(|it| it.helm().version.clone());
        let kustomize = self.kustomize.get().and_then(|it| it.as_ref().ok()).map(|it| it.kustomize().version.clone());
        (helm, kustomize)
    }
}

/// Why a run could not begin.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error("no target has a case `{0}`; see `portcullis matrix`")]
    NoCase(String),
}

/// A target that is planned, or why it cannot be checked.
pub type Plan = Result<Planned, (Candidate, String)>;

/// Plans the only target, or says why there is none: `nothing`, where no target is found.
///
/// # Errors
/// See [`plan_all`].
pub(super) fn plan_one(settings: &Settings, nothing: &str) -> Result<Result<Planned, String>, RunError> {
    let mut plans = plan_all(settings)?;
    plans.retain(|it| !is_unused(it));
    Ok(match (plans.len(), plans.pop()) {
        (1, Some(plan)) => plan.map_err(|(_, why)| why),
        (0, _) => Err(nothing.to_owned()),
        (count, _) => Err(format!("{count} targets are there: name one of them")),
    })
}

/// Finds all targets and plans their cases.
///
/// # Errors
/// A configuration that cannot be used, an axis that cannot be read.
pub fn plan_all(settings: &Settings) -> Result<Vec<Plan>, RunError> {
    let mut configs = Configs::new(settings.config.clone());
    let candidates = discover(&paths(settings, &mut configs)?);
    let several = candidates.len() > 1;
    let loaded: Vec<_> = candidates.into_par_iter().map(|it| (load(&it), it)).collect();
    let mut plans = Vec::new();
    let shard = settings.shard;
    let is_elsewhere = |repo_path: &str| several && shard.is_some_and(|it| !it.takes_target(repo_path));
    for (loaded, candidate) in loaded {
        let target = match loaded {
            Ok(target) if is_elsewhere(&target.repo_path) => continue,
            Ok(target) => target,
            Err(_) if is_elsewhere(&repo_path(&candidate)) => continue,
            Err(why) => {
                plans.push(Err((candidate, why)));
                continue;
            }
        };
        plans.extend(planned(settings, target, &candidate.on, shard.filter(|_| !several), &mut configs)?.map(Ok));
    }
    let known = |id: &String| plans.iter().flatten().any(|it| it.cases.iter().any(|case| case.id == *id));
    match settings.only.iter().find(|it| !known(it)) {
        Some(id) if settings.shard.is_none() => Err(RunError::NoCase(id.clone())),
        _ => Ok(plans),
    }
}

/// Plans the cases of a target; `shard` deals them out where it is the only one. `None`: those that are asked for are
/// another shard's, or another target's. Whoever has the default case probes.
fn planned(
    settings: &Settings,
    target: Target,
    on: &[String],
    shard: Option<Shard>,
    configs: &mut Configs,
) -> Result<Option<Planned>, RunError> {
    let config = configs.of(&folder(&target))?;
    let all = cases(settings, &target, on, config.as_deref())?;
    let asked = |it: &&Case| settings.only.is_empty() || settings.only.contains(&it.id);
    let here = |it: &&Case| shard.is_none_or(|shard| shard.takes_case(&it.id));
    let cases: Vec<Case> = all.iter().filter(asked).filter(here).cloned().collect();
    let probes = cases.iter().any(|it| it.source == CaseSource::Default);
    Ok((!cases.is_empty()).then_some(Planned { target, config, cases, all, probes }))
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    pub report: RunReport,
    /// What to say of each configuration that was used, where there is something.
    pub warnings: Vec<Problems>,
}

/// Runs everything. Targets come sorted by path and cases by source and label, so that shards can be merged.
///
/// # Errors
/// See [`plan_all`].
pub fn run(settings: &Settings, tools: &Tools<'_>, events: &(dyn Fn(Event) + Sync)) -> Result<Outcome, RunError> {
    let mut plans = plan_all(settings)?;
    plans.sort_by(|a, b| path(a).cmp(path(b)));
    for planned in plans.iter_mut().flatten() {
        for cases in [&mut planned.cases, &mut planned.all] {
            cases.sort_by(|a, b| (a.source, &a.label, &a.id).cmp(&(b.source, &b.label, &b.id)));
        }
    }
    let checked: Vec<(TargetReport, Vec<Finding>)> = plans.par_iter().map(|it| one(it, settings, tools, events)).collect();
    let mut report = RunReport::default();
    for (target, findings) in checked {
        report.targets.push(target);
        report.findings.extend(findings);
    }
    (report.helm, report.kustomize) = tools.versions();
    Ok(Outcome { report, warnings: warnings(&plans, settings) })
}

fn warnings(plans: &[Plan], settings: &Settings) -> Vec<Problems> {
    let mut configs: Vec<&Arc<FoundConfig>> = Vec::new();
    for config in plans.iter().flatten().filter_map(|it| it.config.as_ref()) {
        if !configs.iter().any(|it| Arc::ptr_eq(it, config)) {
            configs.push(config);
        }
    }
    // a part of the cases says nothing of what the others would match
    let idle = settings.warn_idle && settings.is_whole();
    let warnings = configs.iter().map(|it| it.warnings(today(), idle, settings.paths.is_empty()));
    warnings.filter(|it| !it.list.is_empty()).collect()
}

pub(super) fn path(plan: &Plan) -> &str {
    match plan {
        Ok(planned) => &planned.target.path,
        Err((candidate, _)) => &candidate.path,
    }
}

fn one(plan: &Plan, settings: &Settings, tools: &Tools<'_>, events: &(dyn Fn(Event) + Sync)) -> (TargetReport, Vec<Finding>) {
    match plan {
        Err(failed) => (unchecked(plan, Err(failed)), Vec::new()),
        Ok(planned) => match tools.renderers(planned.target.kind) {
            Ok(renderers) => {
                let (report, mut findings, judged) = judge_target(planned, renderers, settings, events);
                add_fixes(planned, renderers, settings, tools, &judged, &mut findings);
                (report, findings)
            }
            Err(why) => (unchecked(plan, Ok(&why)), Vec::new()),
        },
    }
}

/// Whether it is a component that nothing uses and that fits nowhere.
pub(super) fn is_unused(plan: &Plan) -> bool {
    matches!(plan, Err((candidate, _)) if candidate.is_unused)
}

/// Reports a target that is not checked: a tool is missing, or it cannot be read.
pub(super) fn unchecked(plan: &Plan, why: Result<&String, &(Candidate, String)>) -> TargetReport {
    let is_unused = is_unused(plan);
    let (repo, kind) = match plan {
        Err((candidate, _)) if is_unused => (repo_path(candidate), Some(TargetKind::Kustomize)),
        Err((candidate, _)) => (repo_path(candidate), candidate.kind.clone().ok()),
        Ok(planned) => (planned.target.repo_path.clone(), Some(planned.target.kind)),
    };
    let (status, message) = match why {
        Ok(why) => (Status::Skipped, why),
        Err((_, why)) if is_unused => (Status::Skipped, why),
        Err((_, why)) => (Status::Failed, why),
    };
    TargetReport {
        path: path(plan).to_owned(),
        repo_path: repo,
        kind: kind.map_or("", TargetKind::name),
        status,
        message: Some(message.to_owned()),
        is_empty: false,
        is_unused,
        cases: Vec::new(),
        left_out: LeftOut::default(),
    }
}

/// Returns what to look at: as given, or the configuration's `targets`, or the current folder.
fn paths(settings: &Settings, configs: &mut Configs) -> Result<Vec<String>, RunError> {
    if !settings.paths.is_empty() {
        return Ok(settings.paths.clone());
    }
    let Some(found) = configs.of(Path::new("."))?.filter(|it| !it.config.targets.is_empty()) else {
        return Ok(vec![".".into()]);
    };
    let globs = found.config.targets.iter();
    Ok(globs.flat_map(|it| super::list::targets(&found.folder.shown, it.text())).collect())
}

fn folder(target: &Target) -> PathBuf {
    let root = &target.root;
    if root.is_dir() {
        root.clone()
    } else {
        root.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
    }
}

fn cases(settings: &Settings, target: &Target, on: &[String], config: Option<&FoundConfig>) -> Result<Vec<Case>, RunError> {
    if target.kind != TargetKind::Helm {
        let input = Input { namespace: settings.base.namespace.clone(), ..Input::default() };
        if !on.is_empty() {
            return Ok(on.iter().map(|it| on_base(target, it, &input)).collect());
        }
        return Ok(vec![Case::new("default", CaseSource::Default, input)]);
    }
    let list = super::list::files;
    let matrix = config.map(|it| ConfigMatrix { matrix: &it.config.matrix, folder: &it.folder, list_files: &list });
    let tell_excluded = |index| _ = config.map(|it| it.excludes(index));
    _ = config.map(FoundConfig::plans);
    let planned = plan(&PlanInput {
        base: settings.base.clone(),
        ci: ci_files(target),
        use_ci: settings.use_ci,
        flag_axes: settings.axes.clone(),
        config: matrix,
        combine: settings.combine,
        tell_excluded: Some(&tell_excluded),
    });
    planned.map_err(|error| match (config, error) {
        (Some(found), PlanError::NoConfigFile { text }) => {
            let message = format!("`{text}` matches no file");
            let help = "check the path, which is relative to the configuration's folder";
            ConfigError::Problems(found.config.problem_at(&text, message, help)).into()
        }
        (_, error) => error.into(),
    })
}

/// Makes the case of a component on top of a kustomization. Nobody has built it so: that it fails is no finding.
fn on_base(target: &Target, base: &str, input: &Input) -> Case {
    let label = format!("on {}", target.shown(base));
    Case::new(label, CaseSource::Discovered, Input { stack: Stack::On(base.to_owned()), ..input.clone() })
}

/// chart-testing's convention: <https://github.com/helm/chart-testing/blob/main/doc/ct_lint.md>.
fn ci_files(target: &Target) -> Vec<ValuesFile> {
    let ci = |it: &&str| it.strip_prefix("ci/").is_some_and(|it| !it.contains('/') && it.ends_with("-values.yaml"));
    if !target.root.is_dir() {
        return Vec::new();
    }
    let files = target.tree.paths().filter(ci);
    files.map(|it| ValuesFile { shown: target.shown(it), path: target.root.join(it) }).collect()
}
