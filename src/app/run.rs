//! A whole run: all targets, in parallel.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::cache::{Kept, Lookup, Store};
use super::config::{FoundConfig, today};
use super::discover::Candidate;
use super::fix::add_fixes;
use super::host::host;
use super::key::Key;
use super::load::repo_path;
use super::plan::{Plan, Prepared, RunError, is_unused, path, prepare};
use super::prober::Renderers;
use super::settings::{RendererChoice, Settings};
use super::target::{Planned, judge_target};
use crate::chart::HelmVersion;
use crate::config::Problems;
use crate::os::{RunDir, deadline, files, find_helm, find_kustomize, is_on_path};
use crate::pipeline::Event;
use crate::render::{BuiltinRenderer, HelmRenderer, KustomizeOptions, KustomizeRenderer, PlainRenderer, Renderer};
use crate::report::{LeftOut, RunReport, Status, TargetReport};
use crate::target::TargetKind;

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

    /// Says what renders a kind of targets: its name and version, and the size of its program, which tells builds of one version
    /// apart. `None` where it is missing.
    pub(super) fn identity(&self, kind: TargetKind) -> Option<String> {
        let name = self.renderer(kind).ok()?.name();
        let program = |program: &Path, version: &str| Some(format!("{version} {}", files::size(program)?));
        let tool = match kind {
            TargetKind::Helm => {
                self.builtin();
                let helm = self.helm.get().and_then(|it| it.as_ref().ok()).map(HelmRenderer::helm);
                helm.map(|it| program(&it.program, &it.version)).unwrap_or_default()
            }
            TargetKind::Kustomize => {
                self.kustomize().ok().map(KustomizeRenderer::kustomize).and_then(|it| program(&it.program, &it.version))
            }
            TargetKind::Manifests => None,
        };
        Some(format!("{name} {tool:?} {:?}", self.follows.get()))
    }

    /// Returns the versions of helm and of kustomize, where they were needed.
    pub fn versions(&self) -> (Option<String>, Option<String>) {
        let helm = self.helm.get().and_then(|it| it.as_ref().ok()).map(|it| it.helm().version.clone());
        let kustomize = self.kustomize.get().and_then(|it| it.as_ref().ok()).map(|it| it.kustomize().version.clone());
        (helm, kustomize)
    }
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    pub report: RunReport,
    /// What to say of each configuration that was used, where there is something.
    pub warnings: Vec<Problems>,
    /// What each target of the report is known by.
    pub stamps: Vec<Stamp>,
}

/// What a target, as it was found, is known by: equal ones have the same report. `None` where that is not known.
pub type Stamp = Option<String>;

/// Runs everything; what `store` knows is taken from there. Targets come sorted by path and cases by source and label, so that
/// shards can be merged.
///
/// # Errors
/// See [`super::plan_all`].
pub fn run(settings: &Settings, tools: &Tools<'_>, store: &Store, events: &(dyn Fn(Event) + Sync)) -> Result<Outcome, RunError> {
    let lookup = Lookup { store, settings, tools };
    let mut prepared = prepare(settings, store.is_open().then_some(&lookup))?;
    prepared.sort_by(|a, b| a.path().cmp(b.path()));
    for planned in prepared.iter_mut().filter_map(Prepared::planned) {
        for cases in [&mut planned.cases, &mut planned.all] {
            cases.sort_by(|a, b| (a.source, &a.label, &a.id).cmp(&(b.source, &b.label, &b.id)));
        }
    }
    let checked: Vec<(Arc<Kept>, Stamp)> = prepared.par_iter().map(|it| one(it, lookup, events)).collect();
    store.tidy();
    let mut outcome = Outcome::default();
    for (kept, stamp) in checked {
        let Kept { report, findings } = Arc::unwrap_or_clone(kept);
        outcome.report.targets.push(report);
        outcome.report.findings.extend(findings);
        outcome.stamps.push(stamp);
    }
    let kinds: Vec<TargetKind> = prepared.iter().filter_map(Prepared::checked).map(|it| it.0).collect();
    // What was only asked for its version was not used.
    let (helm, kustomize) = tools.versions();
    outcome.report.helm = helm.filter(|_| kinds.contains(&TargetKind::Helm));
    outcome.report.kustomize = kustomize.filter(|_| kinds.contains(&TargetKind::Kustomize));
    outcome.warnings = warnings(&prepared, settings);
    Ok(outcome)
}

fn warnings(prepared: &[Prepared], settings: &Settings) -> Vec<Problems> {
    let mut configs: Vec<&Arc<FoundConfig>> = Vec::new();
    for config in prepared.iter().filter_map(|it| it.checked()?.1) {
        if !configs.iter().any(|it| Arc::ptr_eq(it, config)) {
            configs.push(config);
        }
    }
    // a part of the cases says nothing of what the others would match
    let idle = settings.warn_idle && settings.is_whole();
    let warnings = configs.iter().map(|it| it.warnings(today(), idle, settings.paths.is_empty()));
    warnings.filter(|it| !it.list.is_empty()).collect()
}

fn one(prepared: &Prepared, lookup: Lookup<'_>, events: &(dyn Fn(Event) + Sync)) -> (Arc<Kept>, Stamp) {
    let not_checked = |plan, why: &str, why_of| {
        let report = unchecked(plan, why_of);
        (Arc::new(Kept { report, findings: Vec::new() }), Some(why.to_owned()))
    };
    match prepared {
        Prepared::Known(known) => {
            known.replay();
            (Arc::clone(&known.kept), Some(known.key.text.clone()))
        }
        Prepared::Open(plan, key) => match &**plan {
            Err(failed) => not_checked(plan, &failed.1, Err(failed)),
            Ok(planned) => match lookup.tools.renderers(planned.target.kind) {
                Ok(renderers) => (anew(planned, key.as_ref(), renderers, lookup, events), key.as_ref().map(|it| it.text.clone())),
                Err(why) => not_checked(plan, &why, Ok(&why)),
            },
        },
    }
}

/// Checks a target, and keeps what is found, unless that was cut short.
fn anew(
    planned: &Planned,
    key: Option<&Key>,
    renderers: Renderers<'_>,
    lookup: Lookup<'_>,
    events: &(dyn Fn(Event) + Sync),
) -> Arc<Kept> {
    let cuts = deadline::cuts();
    let (report, mut findings, judged) = judge_target(planned, renderers, lookup.settings, events);
    add_fixes(planned, renderers, lookup.settings, lookup.tools, &judged, &mut findings);
    let kept = Arc::new(Kept { report, findings });
    if let Some(key) = key.filter(|_| deadline::cuts() == cuts) {
        lookup.keep(planned, key, &kept);
    }
    kept
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
