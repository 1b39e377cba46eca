//! Cases in, judged renderings out: render, parse, link, judge, in parallel. Equal renderings are judged once.

mod fold;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::finding::{Finding, Witness};
use crate::graph::Graph;
use crate::kube::{Manifest, SourceRef};
use crate::matrix::{Case, Stack, shell_quote};
use crate::render::{Outcome, Provenance, Renderer, Rendering};
use crate::rules::{CaseCx, CaseOutcome, CaseResult, RULES};
use crate::source::{Lines, VALUES_LIMIT, join, may_hold_more, normalize};
use crate::target::{Target, TargetKind};
use crate::yaml;

pub use fold::{Fold, compare, fold};

/// Something that happened, for whoever shows progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// More cases are to be rendered.
    Planned(usize),
    /// One of them is done.
    Done,
}

/// The findings of one rendering, made by whoever asks first.
type Once = Arc<OnceLock<Verdict>>;

/// Renders and judges the cases of one target.
pub struct Pipeline<'a> {
    pub renderer: &'a dyn Renderer,
    pub target: &'a Target,
    pub events: &'a (dyn Fn(Event) + Sync),
    judged: Mutex<HashMap<[u8; 32], Once>>,
    /// Asked for the provenance of what another renderer made, where something was found in it.
    tracer: Option<&'a dyn Renderer>,
}

/// A rendering, parsed and linked.
#[derive(Debug)]
pub struct Linked {
    pub text: String,
    pub lines: Lines,
    /// Where its parts came from, if that is known.
    pub provenance: Option<Arc<Provenance>>,
    pub manifest: Manifest,
    pub graph: Graph,
}

/// A case with what became of it.
#[derive(Debug)]
pub struct Judged {
    pub result: CaseResult,
    pub findings: Vec<Finding>,
    /// Only where it was asked for.
    pub linked: Option<Linked>,
    /// The name of its renderer.
    pub renderer: &'static str,
    /// How long its rendering took.
    pub duration: Duration,
}

/// What is said of a rendering, whichever case made it.
#[derive(Debug)]
struct Verdict {
    findings: Vec<Finding>,
    /// Why it is no YAML.
    broken: Option<String>,
}

impl Linked {
    /// Parses and links a rendering.
    pub fn new(rendering: Rendering, namespace: &str) -> Self {
        let origins: HashMap<u32, &crate::render::Origin> = rendering.origins.iter().map(|it| (it.line, it)).collect();
        let source =
            |line: u32| origins.get(&line).map(|it| SourceRef { file: it.file.clone(), line, line_in_file: it.line_in_file });
        let manifest = crate::kube::read(yaml::parse(&rendering.text), namespace, &source);
        let graph = Graph::link(&manifest);
        Self { lines: Lines::new(&rendering.text), text: rendering.text, provenance: rendering.provenance, manifest, graph }
    }

    /// Returns what rules read.
    pub fn cx<'a>(&'a self, target: &'a Target, case: &'a Case) -> CaseCx<'a> {
        let provenance = self.provenance.as_deref();
        CaseCx { target, case, text: &self.text, lines: &self.lines, provenance, manifest: &self.manifest, graph: &self.graph }
    }
}

impl<'a> Pipeline<'a> {
    /// Makes the pipeline of a target.
    pub fn new(renderer: &'a dyn Renderer, target: &'a Target, events: &'a (dyn Fn(Event) + Sync)) -> Self {
        Self { renderer, target, events, judged: Mutex::default(), tracer: None }
    }

    /// Lets another renderer tell the provenance of what this one's renders, as far as both render the same.
    #[must_use]
    pub fn traced_by(mut self, tracer: Option<&'a dyn Renderer>) -> Self {
        self.tracer = tracer;
        self
    }

    /// Runs cases in parallel; the results are in their order. `keep` says which linked renderings are wanted afterwards.
    pub fn run(&self, cases: &[Case], keep: impl Fn(&Case) -> bool + Sync) -> Vec<Judged> {
        (self.events)(Event::Planned(cases.len()));
        cases.par_iter().map(|case| self.case(case, keep(case))).collect()
    }

    fn case(&self, case: &Case, keep: bool) -> Judged {
        // A WebAssembly host has no clock.
        let start = cfg!(not(target_family = "wasm")).then(Instant::now);
        let outcome = self.renderer.render(self.target, case);
        let duration = start.map(|it| it.elapsed()).unwrap_or_default();
        let result = CaseResult { case: case.clone(), outcome: CaseOutcome::from(&outcome) };
        let mut judged = match outcome {
            Outcome::Rendered(rendering) if may_hold_more(&rendering.text, VALUES_LIMIT) => {
                let message = format!("it renders more than {VALUES_LIMIT} values: verify a part of it");
                let result = CaseResult { outcome: CaseOutcome::Failed(message), ..result };
                Judged { result, findings: Vec::new(), linked: None, renderer: self.renderer.name(), duration }
            }
            Outcome::Rendered(rendering) => self.judge(case, result, rendering, keep),
            _ => Judged { result, findings: Vec::new(), linked: None, renderer: self.renderer.name(), duration },
        };
        judged.duration = duration;
        (self.events)(Event::Done);
        judged
    }

    fn judge(&self, case: &Case, mut result: CaseResult, rendering: Rendering, keep: bool) -> Judged {
        let key = key(case, &rendering);
        let slot = Arc::clone(self.judged.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        let mut linked = None;
        let verdict = match slot.get() {
            Some(verdict) if !keep => verdict,
            _ => {
                let linked = linked.insert(Linked::new(rendering, &case.input.namespace));
                // What comes next is planned from it.
                if keep && linked.provenance.is_none() {
                    linked.provenance = self.provenance(linked, case);
                }
                slot.get_or_init(|| self.verdict(linked, case))
            }
        };
        if let Some(message) = &verdict.broken {
            result.outcome = CaseOutcome::Failed(message.clone());
        }
        let findings = verdict.findings.iter().cloned();
        let findings = findings.map(|it| self.of_case(it, case)).collect();
        Judged { result, findings, linked: linked.filter(|_| keep), renderer: self.renderer.name(), duration: Duration::ZERO }
    }

    fn verdict(&self, linked: &mut Linked, case: &Case) -> Verdict {
        let error = linked.manifest.errors.first();
        let broken = error.map(|(source, error)| broken(self.target, source.as_ref(), error));
        let mut findings = findings(&linked.cx(self.target, case));
        if !findings.is_empty() && linked.provenance.is_none() {
            linked.provenance = self.provenance(linked, case);
            if linked.provenance.is_some() {
                findings = self::findings(&linked.cx(self.target, case));
            }
        }
        Verdict { findings, broken }
    }

    fn provenance(&self, linked: &Linked, case: &Case) -> Option<Arc<Provenance>> {
        match self.tracer?.render(self.target, case) {
            Outcome::Rendered(rendering) if rendering.text == linked.text => rendering.provenance,
            _ => None,
        }
    }

    /// Stamps a finding, made perhaps for another case with the same rendering, as one of this case.
    fn of_case(&self, mut finding: Finding, case: &Case) -> Finding {
        finding.cases = vec![case.id.clone()];
        finding.rendered.iter_mut().for_each(|it| it.case.clone_from(&case.id));
        finding.related.iter_mut().filter_map(|it| it.rendered.as_mut()).for_each(|it| it.case.clone_from(&case.id));
        finding.witness = witness(self.target, case, self.renderer.name());
        finding
    }
}

/// Equal texts of the same release and namespace mean the same.
fn key(case: &Case, rendering: &Rendering) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [&case.input.release, &case.input.namespace, &rendering.text] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().into()
}

fn findings(cx: &CaseCx<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for rule in RULES {
        rule.check_case(cx, &mut out);
    }
    out
}

fn broken(target: &Target, source: Option<&SourceRef>, error: &yaml::YamlError) -> String {
    let at = |it: &SourceRef| match it.line_in_file {
        Some(line) => {
            format!("{}:{}:{}", target.shown(&it.file), line + error.place.line.saturating_sub(it.line), error.place.column)
        }
        None => format!("line {} of what {} renders", error.place.line, target.shown(&it.file)),
    };
    let place = source.map_or_else(|| format!("line {} of the rendering", error.place.line), at);
    format!("{place} is no YAML: {}", error.message)
}

/// Returns the command that builds a component on top of a kustomization: in a folder beside it, from which the ways are the same.
fn on_base(target: &Target, base: &str) -> String {
    let own = [&target.path, &target.repo_path].into_iter().map(|it| it.rsplit('/').next().unwrap_or_default());
    let own = own.into_iter().find(|it| !matches!(*it, "" | "." | "..")).unwrap_or("component");
    let folder = shell_quote(&normalize(&join(&target.path, &format!("../{own}-on-base"))));
    let text = shell_quote(&format!("resources: [{base}]\ncomponents: [../{own}]\n"));
    format!("mkdir {folder} && printf {text} >{folder}/kustomization.yaml && kustomize build {folder}")
}

/// Returns the command that shows a case; plain manifests need none.
pub fn witness(target: &Target, case: &Case, renderer: &str) -> Option<Witness> {
    let args = case.input.shown_args();
    let command = match target.kind {
        TargetKind::Manifests => return None,
        TargetKind::Kustomize => match &case.input.stack {
            Stack::Own => format!("kustomize build {}", shell_quote(&target.path)),
            Stack::Base(bases) => {
                let builds = bases.iter().map(|it| format!("kustomize build {}", shell_quote(&target.shown(it))));
                builds.collect::<Vec<_>>().join("; ")
            }
            Stack::On(base) => on_base(target, base),
        },
        TargetKind::Helm => {
            let mut words = vec!["helm".into(), "template".into(), shell_quote(&case.input.release), shell_quote(&target.path)];
            words.extend(args.iter().map(|it| shell_quote(it)));
            if case.input.kube_version.is_none() {
                words.extend(["--kube-version".into(), case.input.kube().to_owned()]);
            }
            words.join(" ")
        }
    };
    Some(Witness { args, renderer: renderer.to_owned(), command })
}
