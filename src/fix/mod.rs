//! Corrections, proven by rendering before anybody sees them.
//!
//! `scan`, `expr`, `site`, `view` and `copy` know where a value is written and how to write it elsewhere, `ends` which port is meant,
//! `propose` what could be written instead (one file a kind), and `prove` what of it is right. [`combined`] puts the corrections of a
//! target together, [`unified`] shows them.

mod combine;
mod copy;
mod diff;
mod edits;
mod ends;
mod expr;
mod propose;
mod prove;
mod scan;
mod site;
mod view;

pub use combine::{Combined, combined};
pub use diff::unified;
pub use edits::{applied, overlap};
pub use prove::Maker;

use std::collections::VecDeque;

use self::propose::Proposal;
use self::prove::{Bench, Refuted, Shown, rendered};
use self::view::View;
use crate::finding::{Edit, Finding, Fix, Safety, Severity};
use crate::matrix::Case;
use crate::pipeline::Linked;
use crate::target::Target;

/// So many findings of a target are mended at once: the proof of each renders the matrix.
const FINDINGS: usize = 50;

/// A finding may come from so many more places, each seen in another case.
const PLACES: usize = 3;

/// So many proposals are tried for a finding.
const ATTEMPTS: usize = 40;

/// So many that are not safe are looked at for one that is: each costs the whole matrix.
const UNSAFE: usize = 4;

/// So many ways to mend each of those are tried.
const ALIKE: usize = 3;

/// What is preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Ports are referred to by name, from end to end.
    pub prefer_names: bool,
}

/// What is to be mended.
pub struct Request<'a> {
    pub target: &'a Target,
    pub findings: &'a [Finding],
    /// Those that were rendered, whoever asked for them; the cases of findings are among them.
    pub cases: &'a [Case],
    pub maker: Maker<'a>,
    pub options: Options,
}

/// The corrections of a target, to be combined.
pub struct Fixes<'a> {
    bench: Bench<'a>,
    findings: &'a [Finding],
    /// For each finding. Files of edits are paths in the target's tree.
    pub fixes: Vec<Option<Fix>>,
    /// What was tried for which finding and dropped, or kept as unsafe, and why.
    pub tried: Vec<(usize, String)>,
}

/// Finds a proven correction for each finding that has one.
pub fn fixes<'a>(request: &Request<'a>) -> Fixes<'a> {
    // A note is for reading: a guard says more than a change would.
    let wanted = |it: &Finding| it.suppressed.is_none() && !it.cases.is_empty() && it.severity > Severity::Note;
    let bench = Bench::new(request.target, request.maker, request.cases);
    let mut left = FINDINGS;
    let one = |it: &Finding| match left {
        _ if !wanted(it) => Default::default(),
        0 => (None, vec![format!("no more than {FINDINGS} findings of a target are looked at: run it once more")]),
        _ => {
            left -= 1;
            fix(request, &bench, it)
        }
    };
    let made: Vec<(Option<Fix>, Vec<String>)> = request.findings.iter().map(one).collect();
    let mut out = Fixes { bench, findings: request.findings, fixes: Vec::new(), tried: Vec::new() };
    for (at, (fix, tried)) in made.into_iter().enumerate() {
        out.fixes.push(fix);
        out.tried.extend(tried.into_iter().map(|it| (at, it)));
    }
    out
}

/// Returns the best correction that is proven, and what became of the others that were tried.
fn fix(request: &Request<'_>, bench: &Bench<'_>, finding: &Finding) -> (Option<Fix>, Vec<String>) {
    let mut tried = Vec::new();
    let Some(witness) = witness(bench, finding) else { return (None, tried) };
    let shown = [Shown { finding, witness }];
    let mut second = None;
    let mut queue: VecDeque<(Proposal, usize)> = proposals_in(request, finding, witness).into_iter().map(|it| (it, 0)).collect();
    let (mut attempts, mut unsafe_ones) = (0, 0);
    while let Some((it, depth)) = queue.pop_front() {
        if attempts == ATTEMPTS || unsafe_ones == UNSAFE {
            break;
        }
        attempts += 1;
        let proof = match bench.prove(&it.edits, &shown, it.is_certain) {
            Ok(proof) => proof,
            Err(Refuted { why, remains }) => {
                tried.push(format!("{}: {why}", said(&it.edits)));
                let case = remains.and_then(|id| bench.case(&id));
                let more = case.filter(|case| case.id != witness.id && depth < PLACES);
                let more: Vec<Proposal> = more.into_iter().flat_map(|case| proposals_in(request, finding, case)).collect();
                for with in more.iter().take(ALIKE).rev().filter_map(|more| it.with(more)) {
                    queue.push_front((with, depth + 1));
                }
                continue;
            }
        };
        if let Some(doubt) = &proof.doubt {
            tried.push(format!("{}: {doubt}", said(&it.edits)));
        }
        unsafe_ones += 1;
        match proof.safety {
            Safety::Safe => return (made(request.target, it, &proof), tried),
            _ if second.is_none() => second = made(request.target, it, &proof),
            _ => {}
        }
    }
    (second, tried)
}

/// Proposes from what a case renders.
fn proposals_in(request: &Request<'_>, finding: &Finding, case: &Case) -> Vec<Proposal> {
    let renderer = (request.maker)();
    let Some(rendering) = rendered(&*renderer, request.target, case) else { return Vec::new() };
    let linked = Linked::new(rendering, &case.input.namespace);
    propose::proposals(View { target: request.target, findings: request.findings, linked: &linked }, finding, request.options)
}

fn said(edits: &[Edit]) -> String {
    let texts: Vec<String> = edits.iter().map(|it| format!("`{}` in {}", it.text, it.file)).collect();
    texts.join(", ")
}

fn made(target: &Target, it: Proposal, proof: &prove::Proof) -> Option<Fix> {
    let Proposal { title, edits, .. } = it;
    let new = applied(&target.tree, &edits)?;
    let diff = unified(target, &target.tree, &new);
    let title = match &proof.doubt {
        Some(doubt) => format!("{title}; {doubt}"),
        None => title,
    };
    Some(Fix { title, safety: proof.safety, edits, diff, proven_on: proof.on })
}

/// Returns the first case that shows a finding and renders.
fn witness<'b>(bench: &'b Bench<'_>, finding: &Finding) -> Option<&'b Case> {
    finding.cases.iter().find_map(|id| bench.case(id))
}
