//! Proof by rendering: with the edits made, the witness no longer shows the finding, and nothing else changes for the worse.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::edits::applied;
use crate::finding::{Edit, Finding, Safety, Severity};
use crate::graph::Resolution;
use crate::matrix::Case;
use crate::pipeline::Linked;
use crate::render::{Outcome, Renderer, Rendering};
use crate::rules::RULES;
use crate::target::Target;

/// Makes a renderer that knows nothing of other trees. Those that are made render chance alike.
pub type Maker<'a> = &'a (dyn Fn() -> Box<dyn Renderer + 'a> + Sync);

/// What is said of a place: rule, kind and name of the object, path. A broken edge is one of rule "".
type Said = (&'static str, String, String, String);

/// A case as the target is.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) case: Case,
    text: String,
    said: BTreeSet<Said>,
}

/// What a target renders as it is, to compare with.
pub(super) struct Bench<'a> {
    pub(super) target: &'a Target,
    maker: Maker<'a>,
    pub(super) cases: Vec<Before>,
}

/// What was proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proof {
    pub(super) safety: Safety,
    /// On how many cases.
    pub(super) on: usize,
}

/// A finding and the case that shows it.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) finding: &'a Finding,
    pub(super) witness: &'a Case,
}

impl<'a> Bench<'a> {
    /// Renders the cases as they are; those that do not render prove nothing.
    pub(super) fn new(target: &'a Target, maker: Maker<'a>, cases: &[Case]) -> Self {
        let renderer = maker();
        let before = |case: &Case| {
            let rendering = rendered(&*renderer, target, case)?;
            let text = rendering.text.clone();
            let said = said(target, case, &Linked::new(rendering, &case.input.namespace));
            Some(Before { case: case.clone(), text, said })
        };
        Self { target, maker, cases: cases.par_iter().filter_map(before).collect() }
    }

    /// Proves that edits mend findings. `certain`: what they say was not chosen among several.
    ///
    /// # Errors
    /// Why they are of no use.
    pub(super) fn prove(&self, edits: &[Edit], findings: &[Shown<'_>], certain: bool) -> Result<Proof, String> {
        let tree = applied(&self.target.tree, edits).ok_or("its edits overlap")?;
        let target = Target { tree, ..self.target.clone() };
        let renderer = (self.maker)();
        let is_witness = |it: &&Before| findings.iter().any(|shown| shown.witness.id == it.case.id);
        let (witnesses, others): (Vec<&Before>, Vec<&Before>) = self.cases.iter().partition(is_witness);
        let judge = |it: &&Before| self.case(&*renderer, &target, it, findings);
        // What fails does so in its witness, mostly.
        let mut same = witnesses.par_iter().map(judge).collect::<Result<Vec<bool>, String>>()?;
        same.extend(others.par_iter().map(judge).collect::<Result<Vec<bool>, String>>()?);
        let is_safe = certain && same.iter().all(|it| *it);
        Ok(Proof { safety: if is_safe { Safety::Safe } else { Safety::Unsafe }, on: self.cases.len() })
    }

    /// Whether a case changes only where it must; an error where it gets worse.
    fn case(&self, renderer: &dyn Renderer, target: &Target, before: &Before, findings: &[Shown<'_>]) -> Result<bool, String> {
        let case = &before.case;
        let label = &case.label;
        let rendering = match renderer.render(target, case) {
            Outcome::Rendered(rendering) => rendering,
            Outcome::Refused(why) | Outcome::Failed(why) | Outcome::Skipped(why) => {
                return Err(format!("with it `{label}` does not render: {why}"));
            }
        };
        let shown: Vec<&Finding> = findings.iter().map(|it| it.finding).filter(|it| is_shown(before, it)).collect();
        let is_same = rendering.text == before.text || self.is_same_but_for_chance(before, &rendering.text);
        if is_same {
            let is_witness = findings.iter().any(|it| it.witness.id == case.id);
            return if is_witness { Err(format!("it changes nothing in `{label}`")) } else { Ok(true) };
        }
        let said = said(target, case, &Linked::new(rendering, &case.input.namespace));
        if let Some(new) = said.difference(&before.said).next() {
            return Err(format!("with it `{label}` has a new finding: {} of {}/{} {}", new.0, new.1, new.2, new.3));
        }
        let remains = |it: &&Shown<'_>| it.finding.cases.contains(&case.id) && marks(it.finding).iter().any(|it| said.contains(it));
        if findings.iter().any(|it| remains(&it)) {
            return Err(format!("`{label}` still has the finding"));
        }
        Ok(!shown.is_empty())
    }

    /// Compares with another rendering of the target as it is: certificates and passwords may differ from run to run.
    fn is_same_but_for_chance(&self, before: &Before, now: &str) -> bool {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let (first, now) = (lines(&before.text), lines(now));
        if first.len() != now.len() {
            return false;
        }
        let Some(second) = rendered(&*(self.maker)(), self.target, &before.case).map(|it| lines(&it.text)) else { return false };
        second.len() == first.len() && (0..first.len()).all(|at| first[at] == now[at] || first[at] != second[at])
    }
}

pub(super) fn rendered(renderer: &dyn Renderer, target: &Target, case: &Case) -> Option<Rendering> {
    if let Outcome::Rendered(rendering) = renderer.render(target, case) { Some(rendering) } else { None }
}

/// Whether a case shows a finding as the target is.
fn is_shown(before: &Before, finding: &Finding) -> bool {
    finding.cases.contains(&before.case.id) || marks(finding).iter().any(|it| before.said.contains(it))
}

/// What is said where a finding is: by its rule, or by its edge, which is broken.
fn marks(finding: &Finding) -> [Said; 2] {
    let subject = &finding.subject;
    [finding.rule, ""].map(|rule| (rule, subject.kind.clone(), subject.name.clone(), finding.path.clone()))
}

/// Returns all that is said of a rendering, and the edges that lead nowhere.
fn said(target: &Target, case: &Case, linked: &Linked) -> BTreeSet<Said> {
    let mut findings = Vec::new();
    let cx = linked.cx(target, case);
    for rule in RULES {
        rule.check_case(&cx, &mut findings);
    }
    let counts = findings.into_iter().filter(|it| it.severity > Severity::Note);
    let mut out: BTreeSet<Said> = counts.map(|it| (it.rule, it.subject.kind, it.subject.name, it.path)).collect();
    for edge in &linked.graph.edges {
        if matches!(edge.to, Resolution::NoService | Resolution::NoPort { mentioned: false, .. }) {
            let subject = edge.subject(&linked.manifest);
            out.insert(("", subject.kind.clone(), subject.name.clone(), edge.reference.field.path.clone()));
        }
    }
    out
}
