//! Planning: targets are found, those that are known are taken as they are, the others are read and their cases planned.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::cache::{Known, Lookup};
use super::config::{ConfigError, Configs, FoundConfig};
use super::discover::{Candidate, discover};
use super::key::Key;
use super::load::{load, repo_path};
use super::settings::Settings;
use super::target::Planned;
use crate::matrix::{Case, CaseSource, ConfigMatrix, Input, PlanError, PlanInput, Shard, Stack, ValuesFile, plan};
use crate::target::{Target, TargetKind};

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

/// What is to be done for a target: nothing, where it is known what comes of it.
pub(super) enum Prepared {
    Known(Box<Known>),
    /// With the key under which what comes of it is kept.
    Open(Box<Plan>, Option<Key>),
}

impl Prepared {
    pub(super) fn path(&self) -> &str {
        match self {
            Self::Known(known) => &known.target.path,
            Self::Open(plan, _) => path(plan),
        }
    }

    /// Returns the kind of a target that can be checked, and its configuration.
    pub(super) fn checked(&self) -> Option<(TargetKind, Option<&Arc<FoundConfig>>)> {
        match self {
            Self::Known(known) => Some((known.target.kind, known.config.as_ref())),
            Self::Open(plan, _) => plan.as_ref().as_ref().ok().map(|it| (it.target.kind, it.config.as_ref())),
        }
    }

    /// Returns a target whose cases are planned and not yet run.
    pub(super) fn planned(&mut self) -> Option<&mut Planned> {
        match self {
            Self::Open(plan, _) => plan.as_mut().as_mut().ok(),
            Self::Known(_) => None,
        }
    }

    fn has_case(&self, id: &str) -> bool {
        match self {
            Self::Known(known) => known.kept.report.cases.iter().any(|case| case.id == id),
            Self::Open(plan, _) => plan.iter().any(|it| it.cases.iter().any(|case| case.id == id)),
        }
    }
}

/// Whether it is a component that nothing uses and that fits nowhere.
pub(super) fn is_unused(plan: &Plan) -> bool {
    matches!(plan, Err((candidate, _)) if candidate.is_unused)
}

pub(super) fn path(plan: &Plan) -> &str {
    match plan {
        Ok(planned) => &planned.target.path,
        Err((candidate, _)) => &candidate.path,
    }
}

/// Finds all targets and plans their cases.
///
/// # Errors
/// A configuration that cannot be used, an axis that cannot be read.
pub fn plan_all(settings: &Settings) -> Result<Vec<Plan>, RunError> {
    let open = |it| match it {
        Prepared::Open(plan, _) => Some(*plan),
        Prepared::Known(_) => None,
    };
    Ok(prepare(settings, None)?.into_iter().filter_map(open).collect())
}

/// Finds all targets, and plans the cases of those of which `lookup` knows nothing.
///
/// # Errors
/// See [`plan_all`].
pub(super) fn prepare(settings: &Settings, lookup: Option<&Lookup<'_>>) -> Result<Vec<Prepared>, RunError> {
    let mut configs = Configs::new(settings.config.clone());
    let mut candidates = discover(&paths(settings, &mut configs)?);
    let several = candidates.len() > 1;
    if let Some(shard) = settings.shard.filter(|_| several) {
        candidates.retain(|it| shard.takes_target(&repo_path(it)));
    }
    let shard = settings.shard.filter(|_| !several);
    let known: Vec<(Option<Key>, Option<Box<Known>>)> = match lookup {
        None => candidates.iter().map(|_| (None, None)).collect(),
        Some(lookup) => {
            // One that cannot be used is told once a target's cases are planned.
            let found: Vec<_> = candidates.iter().map(|it| configs.of(&folder(&it.root)).ok()).collect();
            let pairs = candidates.par_iter().zip(found);
            pairs.map(|(it, config)| config.map(|config| lookup.known(it, config, shard)).unwrap_or_default()).collect()
        }
    };
    let open = |(candidate, (key, known)): (Candidate, (Option<Key>, Option<Box<Known>>))| match known {
        Some(known) => Err(known),
        None => match load(&candidate) {
            Ok(target) => Ok((Ok((target, candidate.on)), key)),
            Err(why) => Ok((Err((candidate, why)), key)),
        },
    };
    let loaded: Vec<_> = candidates.into_par_iter().zip(known).map(open).collect();
    let mut all = Vec::new();
    for loaded in loaded {
        match loaded {
            Err(known) => all.push(Prepared::Known(known)),
            Ok((Err(failed), _)) => all.push(Prepared::Open(Box::new(Err(failed)), None)),
            Ok((Ok((target, on)), key)) => {
                let planned = planned(settings, target, &on, shard, &mut configs)?;
                all.extend(planned.map(|it| Prepared::Open(Box::new(Ok(it)), key)));
            }
        }
    }
    match settings.only.iter().find(|id| !all.iter().any(|it| it.has_case(id))) {
        Some(id) if settings.shard.is_none() => Err(RunError::NoCase(id.clone())),
        _ => Ok(all),
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
    let config = configs.of(&folder(&target.root))?;
    let all = cases(settings, &target, on, config.as_deref())?;
    let asked = |it: &&Case| settings.only.is_empty() || settings.only.contains(&it.id);
    let here = |it: &&Case| shard.is_none_or(|shard| shard.takes_case(&it.id));
    let cases: Vec<Case> = all.iter().filter(asked).filter(here).cloned().collect();
    let probes = cases.iter().any(|it| it.source == CaseSource::Default);
    Ok((!cases.is_empty()).then_some(Planned { target, config, cases, all, probes }))
}

/// Returns what to look at: as given, or the configuration's `targets`, or the current folder.
pub(super) fn paths(settings: &Settings, configs: &mut Configs) -> Result<Vec<String>, RunError> {
    if !settings.paths.is_empty() {
        return Ok(settings.paths.clone());
    }
    let Some(found) = configs.of(Path::new("."))?.filter(|it| !it.config.targets.is_empty()) else {
        return Ok(vec![".".into()]);
    };
    let globs = found.config.targets.iter();
    Ok(globs.flat_map(|it| super::list::targets(&found.folder.shown, it.text())).collect())
}

/// Returns the folder of a target, or the one that its file is in.
pub(super) fn folder(root: &Path) -> PathBuf {
    if root.is_dir() {
        root.to_owned()
    } else {
        root.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
    }
}

/// Plans all cases of a target; of a component, `on` each of the kustomizations that it fits.
pub(super) fn cases(
    settings: &Settings,
    target: &Target,
    on: &[String],
    config: Option<&FoundConfig>,
) -> Result<Vec<Case>, RunError> {
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
