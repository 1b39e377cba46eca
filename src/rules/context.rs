//! What rules read, and how they make a finding.

use serde_json::Value as Json;

use super::RuleMeta;
use super::drift::Drift;
use super::excerpt;
use super::fingerprint;
use super::former;
use super::given;
use super::stray::Stray;
use crate::finding::{Finding, Location, Related, RenderedPlace, Severity, Subject, When};
use crate::graph::Graph;
use crate::kube::{Field, Manifest, Resource};
use crate::locate::{Hint, Rendered, locate};
use crate::matrix::Case;
use crate::render::{Outcome, Provenance};
use crate::source::Lines;
use crate::target::Target;

/// One rendered case, linked.
#[derive(Clone, Copy)]
pub struct CaseCx<'a> {
    pub target: &'a Target,
    pub case: &'a Case,
    /// The rendering.
    pub text: &'a str,
    pub lines: &'a Lines,
    /// Where its parts came from, if that is known.
    pub provenance: Option<&'a Provenance>,
    pub manifest: &'a Manifest,
    pub graph: &'a Graph,
}

/// What became of a case, without its text.
#[derive(Debug, Clone)]
pub struct CaseResult {
    pub case: Case,
    pub outcome: CaseOutcome,
}

/// An [`Outcome`] without the rendering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseOutcome {
    Rendered,
    Refused(String),
    Failed(String),
    Skipped(String),
}

impl From<&Outcome> for CaseOutcome {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Rendered(_) => Self::Rendered,
            Outcome::Refused(message) => Self::Refused(message.clone()),
            Outcome::Failed(message) => Self::Failed(message.clone()),
            Outcome::Skipped(message) => Self::Skipped(message.clone()),
        }
    }
}

/// All cases of a target, and the drifts that probing found.
pub struct TargetCx<'a> {
    pub target: &'a Target,
    pub results: &'a [CaseResult],
    pub drifts: &'a [Drift<'a>],
    /// What an overlay left behind of what it moved.
    pub strays: &'a [Stray<'a>],
}

impl<'a> CaseCx<'a> {
    /// Returns a resource.
    pub fn resource(&self, field: &Field) -> &'a Resource {
        &self.manifest.resources[field.resource]
    }

    /// Returns a resource's subject.
    pub fn subject(&self, resource: usize) -> &'a Subject {
        &self.manifest.resources[resource].subject
    }

    fn locate(&self, field: &Field, hint: Hint) -> Option<Location> {
        let rendered = Rendered { text: self.text, provenance: self.provenance };
        locate(self.target, rendered, self.resource(field), field, hint)
    }

    /// Starts a finding at a field.
    pub fn draft(&self, meta: &'static RuleMeta, severity: Severity, at: &Field, message: impl Into<String>) -> Draft<'a> {
        Draft::new(*self, meta, severity, at, message.into())
    }
}

/// A finding in the making.
pub struct Draft<'a> {
    cx: CaseCx<'a>,
    at: Field,
    label: String,
    hint: Hint,
    related_labels: Vec<(Field, String)>,
    /// What the field means, where it does not say so itself.
    means: Option<String>,
    finding: Finding,
}

impl<'a> Draft<'a> {
    fn new(cx: CaseCx<'a>, meta: &'static RuleMeta, severity: Severity, at: &Field, message: String) -> Self {
        let finding = Finding {
            rule: meta.id,
            severity,
            message,
            target: cx.target.path.clone(),
            subject: cx.subject(at.resource).clone(),
            path: at.path.clone(),
            value: at.value.clone(),
            location: None,
            rendered: Some(rendered(cx, at)),
            related: Vec::new(),
            fed_by: Vec::new(),
            when: When::Set,
            cases: vec![cx.case.id.clone()],
            witness: None,
            help: None,
            fixes: Vec::new(),
            suppressed: None,
            fingerprint: String::new(),
            excerpts: Vec::new(),
        };
        Self { cx, at: at.clone(), label: String::new(), hint: Hint::None, related_labels: Vec::new(), means: None, finding }
    }

    /// Says under the caret what is wrong.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The field was seen to be a literal.
    #[must_use]
    pub fn literal(mut self) -> Self {
        self.hint = Hint::Literal;
        self
    }

    /// Adds another object: `target`, `near` or `other`.
    #[must_use]
    pub fn related(self, role: &'static str, field: &Field, label: impl Into<String>) -> Self {
        self.related_fed(role, field, label, &[])
    }

    /// Adds another object with the values that feed it.
    #[must_use]
    pub fn related_fed(mut self, role: &'static str, field: &Field, label: impl Into<String>, fed_by: &[String]) -> Self {
        let cx = self.cx;
        self.finding.related.push(Related {
            role,
            subject: cx.subject(field.resource).clone(),
            path: field.path.clone(),
            value: field.value.clone(),
            location: cx.locate(field, Hint::None),
            rendered: Some(rendered(cx, field)),
            fed_by: fed_by.to_vec(),
        });
        self.related_labels.push((field.clone(), label.into()));
        self
    }

    /// Adds a whole object of which no field is meant.
    #[must_use]
    pub fn related_object(mut self, role: &'static str, resource: usize) -> Self {
        let subject = self.cx.subject(resource).clone();
        let related =
            Related { role, subject, path: String::new(), value: Json::Null, location: None, rendered: None, fed_by: Vec::new() };
        self.finding.related.push(related);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.finding.help = Some(help.into());
        self
    }

    /// Tells the port that is meant where none is said.
    #[must_use]
    pub fn means(mut self, port: impl Into<String>) -> Self {
        self.means = Some(port.into());
        self
    }

    /// Names the values that feed the field.
    #[must_use]
    pub fn fed_by(mut self, paths: &[String]) -> Self {
        self.finding.fed_by = paths.to_vec();
        self
    }

    /// Finds the places and finishes.
    pub fn done(mut self) -> Finding {
        let cx = self.cx;
        let resource = cx.resource(&self.at);
        self.finding.location = cx.locate(&self.at, self.hint);
        self.finding.suppressed = crate::suppress::by_annotation(resource, self.finding.rule);
        if given::is_made_up(&cx, &self.at) {
            self.finding.severity = self.finding.severity.min(Severity::Warning);
        }
        let text = fingerprint::literal(cx.target, self.finding.location.as_ref());
        self.finding.fingerprint = fingerprint::of(cx, &self.finding, resource, &self.at.path, &text);
        let mut excerpts = Vec::new();
        if let Some(location) = &self.finding.location {
            let source = excerpt::source(cx.target, location, &self.label);
            excerpts.extend(source.map(|it| excerpt::of_field(it, &self.at, resource)));
        }
        if !excerpt::is_source(resource) {
            let label = if excerpts.is_empty() { self.label.clone() } else { "rendered here".to_owned() };
            excerpts.push(excerpt::rendered(cx, &self.at, label, excerpts.is_empty(), resource));
        }
        for (related, (field, label)) in self.finding.related.iter().filter(|it| it.rendered.is_some()).zip(&self.related_labels)
        {
            let source = related.location.as_ref().and_then(|it| excerpt::source(cx.target, it, label));
            let source = source.map(|it| excerpt::of_field(it, field, cx.resource(field)));
            let rendered = || excerpt::rendered(cx, field, label.clone(), false, cx.resource(field));
            excerpts.push(source.map_or_else(rendered, |it| crate::finding::Excerpt { primary: false, ..it }));
        }
        let related: Vec<Field> = self.related_labels.into_iter().map(|it| it.0).collect();
        let literal = self.means.unwrap_or_else(|| self.at.text());
        former::add(&cx, &mut self.finding, (&self.at, &literal), &related, &mut excerpts);
        self.finding.excerpts = excerpts;
        self.finding
    }
}

fn rendered(cx: CaseCx<'_>, field: &Field) -> RenderedPlace {
    RenderedPlace { case: cx.case.id.clone(), line: field.start.line, column: field.start.column }
}

/// Makes a finding about a whole target or one of its cases.
pub(super) fn about_target(
    target: &Target,
    meta: &'static RuleMeta,
    severity: Severity,
    message: String,
    case: &Case,
) -> Finding {
    let name = target.path.rsplit('/').next().unwrap_or_default().to_owned();
    let subject = Subject { kind: "Chart".into(), name, ..Subject::default() };
    let fingerprint = fingerprint::plain(&[meta.id, &target.repo_path, &case.label]);
    Finding {
        rule: meta.id,
        severity,
        message,
        target: target.path.clone(),
        subject,
        path: String::new(),
        value: Json::Null,
        location: None,
        rendered: None,
        related: Vec::new(),
        fed_by: Vec::new(),
        when: When::Set,
        cases: vec![case.id.clone()],
        witness: None,
        help: None,
        fixes: Vec::new(),
        suppressed: None,
        fingerprint,
        excerpts: Vec::new(),
    }
}
