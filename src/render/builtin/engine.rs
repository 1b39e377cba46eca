//! One chart, rendered for many inputs: a port of what `helm template` does (pkg/action/install.go, pkg/engine/engine.go).

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::assemble::{self, Assembled, RenderedFile, assemble};
use super::data::{self, Roots};
use super::errors::{exec_error, parse_error};
use super::funcs::functions;
use super::objects::{Capabilities, FileMap};
use super::traced::provenance;
use crate::chart::{self, ChartError, ChartErrorKind, HelmChart, HelmVersion, KubeVersion, Prepared, Release, Step, Template};
use crate::gotemplate::ast::Tree;
use crate::gotemplate::func::Reason;
use crate::gotemplate::parse::ParseError;
use crate::gotemplate::value::Value;
use crate::gotemplate::{Exec, Functions, Interrupt, Limits, Options, Out, Paths, Templates, TplCache, Trace, parse_file};
use crate::matrix::DEFAULT_KUBE_VERSION;
use crate::render::Provenance;
use crate::source::SourceTree;

/// A chart, loaded.
pub struct Engine {
    chart: HelmChart,
    functions: Arc<Functions>,
    /// Each file's templates, by the name that Helm gives it.
    parsed: Mutex<HashMap<Arc<str>, Parsed>>,
    /// All templates of a chart, by the charts that are enabled.
    sets: Mutex<HashMap<Vec<Arc<str>>, Arc<Templates>>>,
    tpl: TplCache,
    files: HashMap<String, Arc<FileMap>>,
    heads: assemble::Heads,
}

type Parsed = Arc<Result<Vec<Arc<Tree>>, ParseError>>;

/// A template file of a tree, parsed.
pub struct ParsedFile {
    /// In the tree; the name of its own template, too.
    pub path: String,
    pub trees: Vec<Arc<Tree>>,
}

/// Parses all templates of a chart's tree and of its subcharts; what Go rejects is left out.
pub fn parse_templates(tree: &SourceTree) -> Vec<ParsedFile> {
    let functions = functions(HelmVersion::default());
    let files = tree.files().filter(|(path, _)| path.starts_with("templates/") || path.contains("/templates/"));
    let parsed =
        |(path, bytes): (&str, &[u8])| Some(ParsedFile { path: path.into(), trees: parse_file(path, bytes, &*functions).ok()? });
    files.filter_map(parsed).collect()
}

/// One rendering's input.
#[derive(Debug)]
pub struct Job<'a> {
    /// What `-f` and the `--set` family come to, as a map.
    pub values: Value,
    pub release: &'a str,
    pub namespace: &'a str,
    pub kube_version: &'a str,
    pub api_versions: &'a [String],
    pub include_crds: bool,
    pub skip_tests: bool,
    pub show_only: &'a [String],
}

impl Job<'_> {
    /// Makes the input that Helm has when only values are given.
    pub fn new(values: Value) -> Self {
        Self {
            values,
            release: "release-name",
            namespace: "default",
            kube_version: DEFAULT_KUBE_VERSION,
            api_versions: &[],
            include_crds: false,
            skip_tests: false,
            show_only: &[],
        }
    }
}

/// What a rendering may depend on besides its input.
#[derive(Default)]
pub struct Settings<'a> {
    /// Nanoseconds since the Unix epoch.
    pub now: i128,
    pub seed: [u8; 32],
    pub traced: bool,
    pub limits: Limits,
    pub interrupt: Option<&'a Interrupt>,
}

/// Why a chart does not render, as Helm words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub kind: ChartErrorKind,
    pub message: String,
    /// The file of the tree and the line, where that is known.
    pub place: Option<(String, u32)>,
}

/// What came out.
#[derive(Debug)]
pub struct Made {
    pub text: Vec<u8>,
    /// What was asked for.
    pub provenance: Option<Provenance>,
}

/// All files of a rendering, executed.
struct Done<'a> {
    prepared: &'a Prepared<'a>,
    order: Vec<(usize, Template)>,
    files: Vec<RenderedFile>,
    trace: Trace,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("chart", &self.chart).finish_non_exhaustive()
    }
}

impl Engine {
    /// Loads a chart.
    ///
    /// # Errors
    /// What Helm says of a broken chart.
    pub fn new(tree: &SourceTree, helm: HelmVersion) -> Result<Self, Failure> {
        let chart = HelmChart::load(tree, helm)?;
        let functions = functions(helm);
        let files = data::files(&chart.root);
        let tpl = TplCache::new(Arc::clone(&functions));
        Ok(Self {
            chart,
            functions,
            parsed: Mutex::default(),
            sets: Mutex::default(),
            tpl,
            files,
            heads: assemble::Heads::default(),
        })
    }

    pub fn helm(&self) -> HelmVersion {
        self.chart.helm
    }

    /// Returns the file and the line that give a path of the root's values its default: of the chart highest up that sets it.
    pub fn default_line(&self, path: &[Step]) -> Option<(&str, u32)> {
        self.chart.line_of(path)
    }

    /// Renders the chart once.
    ///
    /// # Errors
    /// What Helm says of the input, or of a template.
    pub fn render(&self, job: &Job<'_>, settings: &Settings<'_>) -> Result<Made, Failure> {
        self.execute(job, settings, |done| {
            let options = assemble::Options {
                helm: self.chart.helm,
                include_crds: job.include_crds,
                crds: if job.include_crds { data::crds(done.prepared) } else { Vec::new() },
                skip_tests: job.skip_tests,
                show_only: job.show_only.to_vec(),
            };
            let assembled = assemble(&done.files, &options, &self.heads).map_err(|error| Failure::broken(error.message))?;
            let Assembled { text, pieces } = assembled;
            let provenance = settings.traced.then(|| provenance(pieces, done.files, done.trace, done.order, done.prepared));
            Ok(Made { text, provenance })
        })
    }

    /// Executes all files, and hands them on.
    fn execute<T>(
        &self,
        job: &Job<'_>,
        settings: &Settings<'_>,
        then: impl FnOnce(Done<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let helm = self.chart.helm;
        let kube = KubeVersion::parse(job.kube_version, helm).map_err(Failure::broken)?;
        chart::check_release_name(job.release, helm).map_err(Failure::broken)?;
        let mut prepared = self.chart.prepare(&job.values, &kube, settings.traced.then(Paths::default))?;
        let paths = prepared.paths.take();
        let order = order(&prepared);
        let templates = self.templates(&order)?;
        let options = Options {
            now: settings.now,
            seed: settings.seed,
            traced: settings.traced,
            limits: settings.limits.clone(),
            interrupt: settings.interrupt,
        };
        let release = Release { name: job.release.to_owned(), namespace: job.namespace.to_owned() };
        let capabilities = Capabilities::new(helm, kube, job.api_versions).value();
        let roots = Roots::new(&prepared, &release, &capabilities, &self.files);
        let mut exec = Exec::new(&options, &templates, &self.tpl);
        if let Some(mut paths) = paths {
            roots.taint(&prepared, &mut paths);
            exec = exec.with_paths(paths);
        }
        let mut files = Vec::new();
        for (scope, template) in order.iter().filter(|(_, it)| !is_partial(&it.name)) {
            let dot = roots.dot(*scope, &prepared, &template.name);
            let out = exec.render(&template.name, dot).map_err(|error| self.exec_failure(&order, &template.name, &error))?;
            files.push(file(template, out));
        }
        let trace = exec.into_trace();
        then(Done { prepared: &prepared, order, files, trace })
    }

    /// Returns all templates of the enabled charts, parsed once for each choice of charts.
    fn templates(&self, order: &[(usize, Template)]) -> Result<Arc<Templates>, Failure> {
        let names: Vec<Arc<str>> = order.iter().map(|(_, template)| Arc::clone(&template.name)).collect();
        if let Some(known) = self.sets.lock().unwrap_or_else(PoisonError::into_inner).get(&names) {
            return Ok(Arc::clone(known));
        }
        let mut set = Templates::default();
        for (_, template) in order {
            match &*self.parse(template) {
                Ok(trees) => set.add(trees),
                Err(error) => return Err(parse_failure(template, error)),
            }
        }
        let set = Arc::new(set);
        self.sets.lock().unwrap_or_else(PoisonError::into_inner).insert(names, Arc::clone(&set));
        Ok(set)
    }

    fn parse(&self, template: &Template) -> Parsed {
        let known = self.parsed.lock().unwrap_or_else(PoisonError::into_inner).get(&template.name).cloned();
        known.unwrap_or_else(|| {
            let parsed: Parsed = Arc::new(parse_file(&template.name, &template.file.bytes, &*self.functions));
            self.parsed.lock().unwrap_or_else(PoisonError::into_inner).insert(Arc::clone(&template.name), Arc::clone(&parsed));
            parsed
        })
    }

    fn exec_failure(&self, order: &[(usize, Template)], file: &str, error: &crate::gotemplate::func::Error) -> Failure {
        let innermost = error.innermost_place();
        let place = innermost.and_then(|place| {
            let template = order.iter().find(|(_, it)| *it.name == *place.file)?;
            Some((template.1.file.path.clone(), place.line))
        });
        let message = match innermost {
            // What a text of `tpl` says of itself names no file.
            Some(place) if error.reason == Reason::Limit && !error.message.contains(&place.file) => {
                let said = error.message.rsplit_once("gotpl: ").map_or(&*error.message, |(_, said)| said);
                format!("{}:{}:{}: {said}", place.file, place.line, place.column)
            }
            _ => exec_error(file, error, self.chart.helm),
        };
        let kind = if error.reason == Reason::Refused { ChartErrorKind::Refused } else { ChartErrorKind::Broken };
        Failure { kind, message, place }
    }
}

/// Returns all template files in the order in which Helm parses and executes them: the deepest path first, then backwards by name
/// (engine.go, `sortTemplates`).
fn order(prepared: &Prepared<'_>) -> Vec<(usize, Template)> {
    let scopes = prepared.scopes.iter().enumerate();
    let mut all: Vec<(usize, Template)> =
        scopes.flat_map(|(scope, it)| it.templates.iter().map(move |template| (scope, template.clone()))).collect();
    let depth = |it: &str| it.bytes().filter(|byte| *byte == b'/').count();
    all.sort_by(|(_, a), (_, b)| (depth(&b.name), &b.name).cmp(&(depth(&a.name), &a.name)));
    // Two charts of one name and path: Helm has a map, in which the later one wins.
    all.dedup_by(|(_, a), (_, b)| a.name == b.name);
    all
}

fn is_partial(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|base| base.starts_with('_'))
}

fn file(template: &Template, out: Out) -> RenderedFile {
    RenderedFile { name: template.name.to_string(), text: out.bytes, marks: out.marks }
}

fn parse_failure(template: &Template, error: &ParseError) -> Failure {
    let message = parse_error(&template.name, &error.message);
    Failure { kind: ChartErrorKind::Broken, message, place: Some((template.file.path.clone(), error.line)) }
}

impl Failure {
    fn broken(message: impl Into<String>) -> Self {
        Self { kind: ChartErrorKind::Broken, message: message.into(), place: None }
    }
}

impl From<ChartError> for Failure {
    fn from(error: ChartError) -> Self {
        Self { kind: error.kind, message: error.message, place: error.place }
    }
}

#[cfg(test)]
#[path = "depth_tests.rs"]
mod depth_tests;
#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
