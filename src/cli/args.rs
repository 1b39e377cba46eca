//! Groups of arguments that several commands take, and what they mean.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use super::CliError;
use crate::app::{RendererChoice, Settings, Store, ToolSettings, list_files, map_problem};
use crate::config::{Combine, Level};
use crate::matrix::{Axis, Input, SetArg, SetKind, ValuesFile, canonical_kube_version};
use crate::probe::Budget;

/// What Helm is given: names and meaning are Helm's
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct InputArgs {
    /// Values file (can be repeated; later ones win)
    #[arg(short = 'f', long = "values", value_name = "FILE")]
    values: Vec<PathBuf>,
    /// Set a value (can be repeated)
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Set a string value (can be repeated)
    #[arg(long, value_name = "PATH=VALUE")]
    set_string: Vec<String>,
    /// Set a JSON value (can be repeated)
    #[arg(long, value_name = "PATH=JSON")]
    set_json: Vec<String>,
    /// Set a value from a file (can be repeated)
    #[arg(long, value_name = "PATH=FILE")]
    set_file: Vec<String>,
    /// Set a literal string value (can be repeated)
    #[arg(long, value_name = "PATH=VALUE")]
    set_literal: Vec<String>,
    /// Release name: Helm's positional NAME
    #[arg(long, alias = "name-template", value_name = "NAME", default_value = "release-name")]
    release: String,
    /// Namespace of the release, and of objects that name none
    #[arg(short = 'n', long, value_name = "NAME", default_value = "default")]
    namespace: String,
    /// Kubernetes version that charts are rendered for
    #[arg(long, alias = "kubernetes-version", value_name = "VERSION")]
    kube_version: Option<String>,
    /// API version that charts may ask for (can be repeated)
    #[arg(short = 'a', long = "api-versions", value_name = "VERSION", value_delimiter = ',')]
    api_versions: Vec<String>,
    /// Render CRDs, too
    #[arg(long)]
    include_crds: bool,
    /// Leave test pods out
    #[arg(long)]
    skip_tests: bool,
    /// Arguments that are handed on to helm
    #[arg(last = true, value_name = "ARGS")]
    extra: Vec<String>,
}

/// Which cases are made
#[derive(Debug, Args)]
#[command(next_help_heading = "Matrix")]
pub(super) struct MatrixGroup {
    /// Vary the input (can be repeated): NAME is values, set:PATH, kube, api, release or namespace
    #[arg(long = "axis", value_name = "NAME=ITEM[,ITEM…]")]
    axes: Vec<String>,
    /// How axes are combined: product, pairwise or each
    #[arg(long, value_name = "HOW")]
    combine: Option<String>,
    /// Add `ci/*-values.yaml` although values are given
    #[arg(long)]
    ci: bool,
    /// Only the case with this id, as `portcullis matrix` lists it (can be repeated)
    #[arg(long = "case", value_name = "ID")]
    cases: Vec<String>,
    /// Check only this part of the targets, or of the only target's cases
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
    /// Configuration; default: portcullis.yaml beside each target, or above it up to the git root
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RendererArg {
    Auto,
    Helm,
    Builtin,
}

/// How it is rendered
#[derive(Debug, Args)]
#[command(next_help_heading = "Rendering")]
pub(super) struct ToolArgs {
    /// What renders charts; auto: helm where it is there (and the built-in renderer for probes where it agrees), else the built-in one
    #[arg(long, value_name = "NAME", default_value = "auto")]
    renderer: RendererArg,
    /// Helm to use
    #[arg(long, value_name = "PATH", env = "HELM_BIN")]
    helm: Option<PathBuf>,
    /// Kustomize (or kubectl) to use
    #[arg(long, value_name = "PATH")]
    kustomize: Option<PathBuf>,
    /// Let kustomize inflate Helm charts
    #[arg(long)]
    enable_helm: bool,
    /// Helm that kustomize uses
    #[arg(long, value_name = "PATH")]
    helm_command: Option<String>,
    /// Kustomize's load restrictor
    #[arg(long, value_name = "NAME")]
    load_restrictor: Option<String>,
    /// Let kustomize fetch bases from elsewhere
    #[arg(long)]
    allow_remote: bool,
    /// Let helm fetch dependencies, into a private copy of the chart
    #[arg(long)]
    dependency_update: bool,
    /// Time limit of each call of a tool, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// Time limit of the whole run, in seconds: what is not rendered by then is left out
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) deadline: Option<u64>,
    /// How many renderings run at once; default: as many as there are processors
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub(super) jobs: Option<u64>,
}

/// What is remembered from run to run
#[derive(Debug, Args)]
#[command(next_help_heading = "Rendering")]
pub(super) struct CacheArgs {
    /// Check everything anew: neither read nor write the cache, which is in `PORTCULLIS_CACHE_DIR`, else in the user's folder for caches
    #[arg(long, env = "PORTCULLIS_NO_CACHE", hide_env_values = true, value_parser = FalseyValueParser::new())]
    no_cache: bool,
}

impl CacheArgs {
    /// Returns where findings are kept.
    pub(super) fn store(&self) -> Store {
        if self.no_cache { Store::none() } else { Store::of_user() }
    }
}

/// What is checked, and how
#[derive(Debug, Args)]
pub(super) struct RunGroup {
    /// Charts, kustomizations, manifests, or folders that hold them; default: the current folder
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<String>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matrix: MatrixGroup,
    /// Add no cases of its own: no features switched on, no values moved
    #[arg(long, help_heading = "Matrix")]
    no_discover: bool,

    /// Discover at most this many more cases of a chart
    #[arg(long, value_name = "N", default_value_t = Budget::default().cases, help_heading = "Matrix")]
    max_cases: usize,

    /// Render a chart at most this often with values moved
    #[arg(long, value_name = "N", default_value_t = Budget::default().moves, help_heading = "Matrix")]
    probe_budget: usize,
    #[command(flatten)]
    pub(super) tools: ToolArgs,
    /// Switch a rule (can be repeated): error, warning, note or off; the rule `all` means every rule
    #[arg(long = "rule", value_name = "ID=LEVEL", help_heading = "Rules")]
    rules: Vec<String>,
}

impl RunGroup {
    /// Resolves what was typed.
    pub(super) fn settings(&self) -> Result<Settings, CliError> {
        let mut settings = settings(&self.paths, &self.input, &self.matrix, &self.tools)?;
        settings.discover = !self.no_discover;
        settings.probes = Budget { cases: self.max_cases, moves: self.probe_budget };
        settings.levels = levels(&self.rules)?;
        Ok(settings)
    }
}

impl InputArgs {
    fn resolve(&self) -> anyhow::Result<Input> {
        let values = self.values.iter().map(|it| values_file(it)).collect::<anyhow::Result<_>>()?;
        if let Some(version) = &self.kube_version {
            canonical_kube_version(version)
                .ok_or_else(|| anyhow!("`{version}` is no Kubernetes version; write it as `1.28` or `1.28.0`"))?;
        }
        let kinds = [
            (SetKind::Set, &self.set),
            (SetKind::SetString, &self.set_string),
            (SetKind::SetJson, &self.set_json),
            (SetKind::SetFile, &self.set_file),
            (SetKind::SetLiteral, &self.set_literal),
        ];
        let sets = kinds.iter().flat_map(|(kind, texts)| texts.iter().map(|text| SetArg { kind: *kind, text: text.clone() }));
        Ok(Input {
            values,
            sets: sets.collect(),
            kube_version: self.kube_version.clone(),
            api_versions: self.api_versions.clone(),
            namespace: self.namespace.clone(),
            release: self.release.clone(),
            include_crds: self.include_crds,
            skip_tests: self.skip_tests,
            extra: self.extra.clone(),
            ..Input::default()
        })
    }
}

fn values_file(path: &std::path::Path) -> anyhow::Result<ValuesFile> {
    let shown = path.to_string_lossy().replace('\\', "/");
    if !shown.contains("://") {
        if !path.exists() {
            bail!("`--values {shown}` does not exist; check the path");
        }
        let text = crate::os::files::read_text(path).context("cannot use the values")?;
        if let Some(problem) = map_problem(&text) {
            bail!("{shown}:{problem}");
        }
    }
    Ok(ValuesFile { shown, path: path.to_owned() })
}

/// Resolves what was typed.
pub(super) fn settings(
    paths: &[String],
    input: &InputArgs,
    matrix: &MatrixGroup,
    tools: &ToolArgs,
) -> Result<Settings, CliError> {
    resolve(paths, input, matrix, tools).map_err(CliError::usage)
}

fn resolve(paths: &[String], input: &InputArgs, matrix: &MatrixGroup, tools: &ToolArgs) -> anyhow::Result<Settings> {
    let axes = matrix.axes.iter().map(|it| Axis::parse(it, &list_files)).collect::<Result<_, _>>()?;
    let combine = matrix.combine.as_ref().map(|it| {
        Combine::parse(it).ok_or_else(|| anyhow!("unknown `--combine {it}`; it is one of {}", Combine::NAMES.join(", ")))
    });
    let mut kustomize_args = Vec::new();
    kustomize_args.extend(tools.enable_helm.then(|| "--enable-helm".to_owned()));
    let pairs = [("--helm-command", &tools.helm_command), ("--load-restrictor", &tools.load_restrictor)];
    kustomize_args.extend(pairs.iter().filter_map(|(flag, value)| Some([(*flag).to_owned(), (*value).clone()?])).flatten());
    Ok(Settings {
        paths: paths.to_vec(),
        base: input.resolve()?,
        use_ci: matrix.ci,
        axes,
        combine: combine.transpose()?,
        only: matrix.cases.clone(),
        shard: matrix.shard.as_ref().map(|it| it.parse()).transpose()?,
        discover: true,
        probes: Budget::default(),
        tools: ToolSettings {
            renderer: match tools.renderer {
                RendererArg::Auto => RendererChoice::Auto,
                RendererArg::Helm => RendererChoice::Helm,
                RendererArg::Builtin => RendererChoice::Builtin,
            },
            helm: tools.helm.clone(),
            kustomize: tools.kustomize.clone(),
            kustomize_args,
            allow_remote: tools.allow_remote,
            dependency_update: tools.dependency_update,
            time_limit: Duration::from_secs(tools.timeout),
        },
        fixes: None,
        levels: BTreeMap::new(),
        warn_idle: false,
        config: matrix.config.clone(),
    })
}

/// Reads `ID=LEVEL`s.
fn levels(texts: &[String]) -> Result<BTreeMap<String, Level>, CliError> {
    let ids = crate::rules::ids();
    let one = |text: &String| {
        let (id, level) =
            text.split_once('=').ok_or_else(|| anyhow!("`--rule {text}` is not ID=LEVEL; write such as `--rule {text}=off`"))?;
        if id != "all" && !ids.contains(&id) {
            let hint = crate::config::nearest(id, ids.iter().copied());
            bail!("unknown rule `{id}`; {}", hint.map_or("see `portcullis rules`".into(), |it| format!("did you mean `{it}`?")));
        }
        let known =
            Level::parse(level).ok_or_else(|| anyhow!("unknown level `{level}`; it is one of {}", Level::NAMES.join(", ")));
        Ok((id.to_owned(), known?))
    };
    texts.iter().map(one).collect::<anyhow::Result<_>>().map_err(CliError::usage)
}
