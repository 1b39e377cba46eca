//! The built-in engine as a renderer of cases.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::engine::{Engine, Failure, Job, Settings};
use crate::chart::{ChartErrorKind, HelmVersion, Step, helm_path, line_of, read_values, user_values};
use crate::gotemplate::value::Frozen;
use crate::gotemplate::{Interrupt, Limits};
use crate::matrix::{Case, Input, SetKind, ValuesFile};
use crate::render::{Outcome, Renderer, Rendering, origin};
use crate::target::Target;

/// Reads a file that a case names.
type ReadFile = dyn Fn(&Path) -> io::Result<Vec<u8>> + Send + Sync;

/// Says whether a rendering that began a while ago must stop, and why.
type Stop = dyn Fn() -> Box<Interrupt> + Send + Sync;

/// What a host gives the engine.
pub struct Host {
    pub read: Box<ReadFile>,
    /// Called when a rendering begins.
    pub stop: Option<Box<Stop>>,
    /// Nanoseconds since the Unix epoch.
    pub now: i128,
    pub seed: [u8; 32],
}

/// Renders charts in process.
pub struct BuiltinRenderer {
    helm: HelmVersion,
    host: Host,
    traced: bool,
    engines: Mutex<HashMap<PathBuf, Loaded>>,
    files: Mutex<HashMap<PathBuf, Arc<[u8]>>>,
    values: Mutex<HashMap<PathBuf, Arc<Frozen>>>,
}

/// A chart, loaded by the first case that asks.
type Loaded = Arc<OnceLock<Result<Engine, Failure>>>;

impl BuiltinRenderer {
    /// Makes a renderer that follows a Helm.
    pub fn new(helm: HelmVersion, host: Host) -> Self {
        Self { helm, host, traced: true, engines: Mutex::default(), files: Mutex::default(), values: Mutex::default() }
    }

    /// Keeps provenance, or goes without.
    #[must_use]
    pub fn traced(mut self, on: bool) -> Self {
        self.traced = on;
        self
    }

    fn engine(&self, target: &Target) -> Loaded {
        let mut engines = self.engines.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(engines.entry(target.root.clone()).or_default())
    }

    fn file(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        if let Some(known) = self.files.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Ok(Arc::clone(known));
        }
        let bytes: Arc<[u8]> = (self.host.read)(path)?.into();
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), Arc::clone(&bytes));
        Ok(bytes)
    }

    /// Returns a values file, read by the first case that takes it.
    fn values(&self, file: &ValuesFile) -> Result<Arc<Frozen>, String> {
        if let Some(known) = self.values.lock().unwrap_or_else(PoisonError::into_inner).get(&file.path) {
            return Ok(Arc::clone(known));
        }
        let bytes = self.file(&file.path).map_err(|error| format!("cannot read {}: {error}", file.shown))?;
        let values = Arc::new(read_values(&file.shown, &bytes, self.helm)?);
        self.values.lock().unwrap_or_else(PoisonError::into_inner).insert(file.path.clone(), Arc::clone(&values));
        Ok(values)
    }

    fn made(&self, target: &Target, input: &Input, show_only: &[String]) -> Result<Rendering, Failure> {
        let loaded = self.engine(target);
        let engine = loaded.get_or_init(|| Engine::new(&target.tree, self.helm)).as_ref().map_err(Clone::clone)?;
        let broken = |message: String| Failure { kind: ChartErrorKind::Broken, message, place: None };
        let files: Vec<_> = input.values.iter().map(|it| self.values(it)).collect::<Result<_, _>>().map_err(broken)?;
        let files: Vec<&Frozen> = files.iter().map(AsRef::as_ref).collect();
        let sets: Vec<(SetKind, &str)> = input.sets.iter().map(|it| (it.kind, it.text.as_str())).collect();
        let read = |path: &str| self.file(Path::new(path)).map(|it| it.to_vec()).map_err(|error| error.to_string());
        let values = user_values(&files, &sets, &read, self.helm).map_err(broken)?;
        let job = Job {
            values,
            release: &input.release,
            namespace: &input.namespace,
            kube_version: input.kube(),
            api_versions: &input.api_versions,
            include_crds: input.include_crds,
            skip_tests: input.skip_tests,
            show_only,
        };
        let stop = self.host.stop.as_ref().map(|it| it());
        let settings = Settings {
            now: self.host.now,
            seed: self.host.seed,
            traced: self.traced,
            limits: Limits::default(),
            interrupt: stop.as_deref(),
        };
        let made = engine.render(&job, &settings)?;
        let mut rendering = Rendering::new(made.text);
        rendering.origins = origin::helm_origins(&rendering.text, &target.tree);
        rendering.provenance = made.provenance.map(Arc::new);
        Ok(rendering)
    }

    /// Returns what gives a value to a path of the root's values: a flag, or a file and its line.
    pub fn set_by(&self, target: &Target, case: &Case, path: &[Step]) -> Option<String> {
        let set = case.input.sets.iter().rev().find(|set| {
            let name = set.text.split_once('=').map_or("", |(name, _)| name);
            let shown = helm_path(path);
            shown == name || shown.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', '[']))
        });
        if let Some(set) = set {
            return Some(set.kind.flag().to_owned());
        }
        let in_file = |file: &ValuesFile| {
            let bytes = self.file(&file.path).ok()?;
            let line = line_of(&bytes, path)?;
            Some(format!("{}:{line}", file.shown))
        };
        case.input.values.iter().rev().find_map(in_file).or_else(|| {
            let loaded = self.engine(target);
            let (file, line) = loaded.get()?.as_ref().ok()?.default_line(path)?;
            Some(format!("{file}:{line}"))
        })
    }
}

impl Renderer for BuiltinRenderer {
    fn name(&self) -> &'static str {
        "builtin"
    }

    fn render(&self, target: &Target, case: &Case) -> Outcome {
        let show_only = match show_only(&case.input.extra) {
            Ok(show_only) => show_only,
            Err(argument) => {
                return Outcome::Failed(format!("the built-in renderer does not know `{argument}`: pass `--renderer helm`"));
            }
        };
        match self.made(target, &case.input, &show_only) {
            Ok(rendering) => Outcome::Rendered(rendering),
            Err(failure) => outcome(failure, &target.path),
        }
    }
}

/// Reads the only flag of helm that is known besides those of [`Input`].
fn show_only(extra: &[String]) -> Result<Vec<String>, &str> {
    let mut shown = Vec::new();
    let mut rest = extra.iter();
    while let Some(argument) = rest.next() {
        let value = match argument.as_str() {
            "-s" | "--show-only" => rest.next().cloned(),
            other => other.strip_prefix("--show-only=").map(str::to_owned),
        };
        shown.push(value.ok_or(argument.as_str())?);
    }
    Ok(shown)
}

/// Says what a failure means, as [`crate::render::complaint`] does of helm's.
fn outcome(failure: Failure, path: &str) -> Outcome {
    match failure.kind {
        ChartErrorKind::Refused => Outcome::Refused(failure.message),
        ChartErrorKind::Missing(missing) => {
            Outcome::Skipped(format!("dependencies are missing ({}): run `helm dependency build {path}`", missing.join(", ")))
        }
        ChartErrorKind::Library => Outcome::Skipped("a library chart renders nothing: verify a chart that uses it".into()),
        ChartErrorKind::Remote => Outcome::Skipped(failure.message),
        ChartErrorKind::Broken => Outcome::Failed(failure.message),
    }
}

impl fmt::Debug for BuiltinRenderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuiltinRenderer").field("helm", &self.helm).finish_non_exhaustive()
    }
}
