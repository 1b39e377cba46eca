//! Proof by rendering: with the edits made, the witness no longer shows the finding, and nothing else changes for the worse.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::edits::applied;
use crate::finding::{Edit, Finding, Safety, Severity, Subject};
use crate::graph::Resolution;
use crate::kube::Resource;
use crate::matrix::Case;
use crate::pipeline::Linked;
use crate::render::{Outcome, Renderer, Rendering};
use crate::rules::RULES;
use crate::target::Target;

/// Makes a renderer that knows nothing of other trees. Those that are made render chance alike.
pub type Maker<'a> = &'a (dyn Fn() -> Box<dyn Renderer + 'a> + Sync);

/// An object by where it is written, for names change: kind, place, and which of that kind from there.
type Object = (String, String, usize);

/// What is said of a place: rule, object, path. A broken edge is one of rule "".
type Said = (&'static str, Object, String);

/// What a case renders as the target is.
#[derive(Debug)]
struct Before {
    text: String,
    said: BTreeSet<Said>,
    objects: Objects,
}

/// A case, and what it renders as the target is, once that is needed: `None` where it does not render, and proves nothing.
#[derive(Debug)]
struct Slot {
    case: Case,
    before: OnceLock<Option<Before>>,
}

/// What a target renders as it is, to compare with.
pub(super) struct Bench<'a> {
    pub(super) target: &'a Target,
    maker: Maker<'a>,
    renderer: Box<dyn Renderer + 'a>,
    slots: Vec<Slot>,
}

/// What was proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proof {
    pub(super) safety: Safety,
    /// On how many cases.
    pub(super) on: usize,
    /// Why it is not safe.
    pub(super) doubt: Option<String>,
}

/// Why edits are of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refuted {
    pub(super) why: String,
    /// The case that still has the finding, if that is all.
    pub(super) remains: Option<String>,
}

impl Refuted {
    fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), remains: None }
    }

    fn remains(case: &Case) -> Self {
        Self { why: format!("`{}` still has the finding", case.label), remains: Some(case.id.clone()) }
    }
}

/// A finding and the case that shows it.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) finding: &'a Finding,
    pub(super) witness: &'a Case,
}

impl<'a> Bench<'a> {
    /// Makes the bench of a target; a case is rendered when it is first asked for.
    pub(super) fn new(target: &'a Target, maker: Maker<'a>, cases: &[Case]) -> Self {
        let slots = cases.iter().map(|it| Slot { case: it.clone(), before: OnceLock::new() }).collect();
        Self { target, maker, renderer: maker(), slots }
    }

    /// Returns the case with an id.
    pub(super) fn case(&self, id: &str) -> Option<&Case> {
        self.slots.iter().map(|it| &it.case).find(|it| it.id == id)
    }

    fn before<'s>(&self, slot: &'s Slot) -> Option<&'s Before> {
        let render = || {
            let rendering = rendered(&*self.renderer, self.target, &slot.case)?;
            let text = rendering.text.clone();
            let linked = Linked::new(rendering, &slot.case.input.namespace);
            let objects = Objects::new(&linked);
            let said = said(self.target, &slot.case, &linked, &objects);
            Some(Before { text, said, objects })
        };
        slot.before.get_or_init(render).as_ref()
    }

    /// Proves that edits mend findings. `certain`: what they say was not chosen among several.
    ///
    /// # Errors
    /// Why they are of no use.
    pub(super) fn prove(&self, edits: &[Edit], findings: &[Shown<'_>], certain: bool) -> Result<Proof, Refuted> {
        let tree = applied(&self.target.tree, edits).ok_or_else(|| Refuted::new("its edits overlap"))?;
        let target = Target { tree, ..self.target.clone() };
        let renderer = (self.maker)();
        let is_witness = |it: &&Slot| findings.iter().any(|shown| shown.witness.id == it.case.id);
        let (witnesses, others): (Vec<&Slot>, Vec<&Slot>) = self.slots.iter().partition(is_witness);
        let marks: Vec<Option<[Said; 2]>> = findings.iter().map(|it| self.marks(it)).collect();
        let proven_on = AtomicUsize::new(0);
        let judge = |it: &&Slot| {
            let Some(before) = self.before(it) else { return Ok(None) };
            proven_on.fetch_add(1, Ordering::Relaxed);
            let is_right = self.judge((&*renderer, &target), &it.case, before, findings, &marks)?;
            Ok((!is_right).then(|| format!("it changes `{}`, which does not have the finding", it.case.label)))
        };
        // What fails does so in its witness, mostly.
        let mut doubts = witnesses.par_iter().map(judge).collect::<Result<Vec<_>, Refuted>>()?;
        doubts.extend(others.par_iter().map(judge).collect::<Result<Vec<_>, Refuted>>()?);
        let choice = (!certain).then(|| "more than one port or name may be meant".to_owned());
        let doubt = choice.or(doubts.into_iter().flatten().next());
        let safety = if doubt.is_none() { Safety::Safe } else { Safety::Unsafe };
        Ok(Proof { safety, on: proven_on.into_inner(), doubt })
    }

    /// Returns what is said where a finding is: by its rule, or by its edge, which is broken.
    fn marks(&self, shown: &Shown<'_>) -> Option<[Said; 2]> {
        let before = self.before(self.slots.iter().find(|it| it.case.id == shown.witness.id)?)?;
        let object = before.objects.of(shown.finding);
        Some([shown.finding.rule, ""].map(|rule| (rule, object.clone(), any_container(&shown.finding.path))))
    }

    /// Whether a case changes only where it must; an error where it gets worse.
    fn judge(
        &self,
        (renderer, target): (&dyn Renderer, &Target),
        case: &Case,
        before: &Before,
        findings: &[Shown<'_>],
        marks: &[Option<[Said; 2]>],
    ) -> Result<bool, Refuted> {
        let label = &case.label;
        let rendering = match renderer.render(target, case) {
            Outcome::Rendered(rendering) => rendering,
            Outcome::Refused(why) | Outcome::Failed(why) | Outcome::Skipped(why) => {
                return Err(Refuted::new(format!("with it `{label}` does not render: {why}")));
            }
        };
        if rendering.text == before.text || self.is_same_but_for_chance(case, before, &rendering.text) {
            let shows = findings.iter().any(|it| it.finding.cases.contains(&case.id));
            return if shows { Err(Refuted::remains(case)) } else { Ok(true) };
        }
        let linked = Linked::new(rendering, &case.input.namespace);
        let said = said(target, case, &linked, &Objects::new(&linked));
        if let Some((rule, object, path)) = said.difference(&before.said).next() {
            return Err(Refuted::new(format!("with it `{label}` has a new finding: {rule} of {} {path}", object.0)));
        }
        let mut is_shown = false;
        for (finding, marks) in findings.iter().map(|it| it.finding).zip(marks) {
            let is_said = |said: &BTreeSet<Said>| marks.iter().flatten().any(|it| said.contains(it));
            let was = finding.cases.contains(&case.id) || is_said(&before.said);
            if finding.cases.contains(&case.id) && is_said(&said) {
                return Err(Refuted::remains(case));
            }
            is_shown |= was;
        }
        Ok(is_shown)
    }

    /// Compares with another rendering of the target as it is: certificates and passwords may differ from run to run.
    fn is_same_but_for_chance(&self, case: &Case, before: &Before, now: &str) -> bool {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let (first, now) = (lines(&before.text), lines(now));
        if first.len() != now.len() {
            return false;
        }
        let Some(second) = rendered(&*(self.maker)(), self.target, case).map(|it| lines(&it.text)) else { return false };
        second.len() == first.len() && (0..first.len()).all(|at| first[at] == now[at] || first[at] != second[at])
    }
}

pub(super) fn rendered(renderer: &dyn Renderer, target: &Target, case: &Case) -> Option<Rendering> {
    if let Outcome::Rendered(rendering) = renderer.render(target, case) { Some(rendering) } else { None }
}

/// Returns all that is said of a rendering, and the edges that lead nowhere.
fn said(target: &Target, case: &Case, linked: &Linked, objects: &Objects) -> BTreeSet<Said> {
    let mut findings = Vec::new();
    let cx = linked.cx(target, case);
    for rule in RULES {
        rule.check_case(&cx, &mut findings);
    }
    let counts = findings.into_iter().filter(|it| it.severity > Severity::Note);
    let mut out: BTreeSet<Said> = counts.map(|it| (it.rule, objects.of(&it), any_container(&it.path))).collect();
    for edge in &linked.graph.edges {
        if matches!(edge.to, Resolution::NoService | Resolution::NoPort { mentioned: false, .. }) {
            let object = objects.list.get(edge.reference.field.resource).map(|it| it.2.clone()).unwrap_or_default();
            out.insert(("", object, any_container(&edge.reference.field.path)));
        }
    }
    out
}

/// The objects of a rendering: first line, subject, and what identifies it.
#[derive(Debug)]
struct Objects {
    list: Vec<(u32, Subject, Object)>,
}

impl Objects {
    fn new(linked: &Linked) -> Self {
        let mut counts: HashMap<(String, String), usize> = HashMap::new();
        let mut list = Vec::with_capacity(linked.manifest.resources.len());
        for resource in &linked.manifest.resources {
            let key = (resource.subject.kind.clone(), place(linked, resource));
            let count = counts.entry(key.clone()).or_default();
            list.push((resource.node.start.line, resource.subject.clone(), (key.0, key.1, *count)));
            *count += 1;
        }
        Self { list }
    }

    /// Returns the object that a finding of this rendering is about: of equal names, the one where it stands.
    fn of(&self, finding: &Finding) -> Object {
        let same = self.list.iter().filter(|it| it.1 == finding.subject);
        let line = finding.rendered.as_ref().map_or(u32::MAX, |it| it.line);
        let found = same.clone().filter(|it| it.0 <= line).max_by_key(|it| it.0).or_else(|| same.clone().next());
        found.map(|it| it.2.clone()).unwrap_or_default()
    }
}

/// Returns where an object is written: file and line of its template, or the file alone.
fn place(linked: &Linked, resource: &Resource) -> String {
    let start = resource.node.start;
    let traced = linked.provenance.as_ref().and_then(|it| {
        let at = it.offset(&linked.text, start.line, start.column)?;
        let part = it.at(at)?;
        let lines = linked.text.get(part.start as usize..at)?.matches('\n').count();
        Some(format!("{}:{}", it.file(part)?, part.line as usize + lines))
    });
    traced.or_else(|| resource.source.as_ref().map(|it| it.file.clone())).unwrap_or_default()
}

/// Takes the index of the container out of a field's path: switches add sidecars before it.
fn any_container(path: &str) -> String {
    match path.split_once("ontainers[") {
        Some((before, after)) => format!("{before}ontainers{}", after.trim_start_matches(|c: char| c.is_ascii_digit())),
        None => path.to_owned(),
    }
}
