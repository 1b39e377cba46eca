//! Proof of a guard: on a copy of the chart it must change nothing, refuse no good case, and refuse each witness.

use std::collections::BTreeSet;
use std::io;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::model::Constraint;
use crate::matrix::Case;
use crate::os::RunDir;
use crate::os::load::write_tree;
use crate::render::{Outcome, Renderer};
use crate::source::SourceTree;
use crate::target::Target;

/// A constraint and the cases that it is proven on.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub constraint: Constraint,
    /// Each must be refused with its sentence.
    pub witnesses: Vec<Case>,
    /// None may be.
    pub silent: Vec<Case>,
    /// Good cases that may be, by id: what it guards is broken in them.
    pub excused: BTreeSet<String>,
}

/// A case that renders.
#[derive(Debug, Clone)]
pub struct Good {
    pub case: Case,
    /// Of what it renders.
    pub hash: [u8; 32],
}

/// What is proven with.
pub struct Bench<'a> {
    pub target: &'a Target,
    pub renderer: &'a dyn Renderer,
    pub run: &'a RunDir,
    /// Makes the chart with constraints in it.
    pub put: &'a (dyn Fn(&[Constraint]) -> SourceTree + Sync),
    /// Whether refusals name the sentence of a constraint.
    pub says: bool,
    /// The matrix, as far as it renders.
    pub good: &'a [Good],
}

/// What came of a proof.
#[derive(Debug, Clone, Default)]
pub struct Proven {
    pub kept: Vec<Candidate>,
    /// In how many good cases the guard was silent.
    pub silent: usize,
    /// What could not be proven, and why.
    pub dropped: Vec<(Constraint, String)>,
}

/// Why a guard is not proven.
enum Doubt {
    /// Of single constraints, by index.
    Of(Vec<(usize, String)>),
    /// It is not known of which.
    All(String),
}

impl Bench<'_> {
    /// Keeps what can be proven.
    pub fn prove(&self, mut candidates: Vec<Candidate>) -> io::Result<Proven> {
        let mut proven = Proven::default();
        let mut split = false;
        while !candidates.is_empty() {
            match self.attempt(&candidates)? {
                Ok(silent) => {
                    proven.silent = silent;
                    break;
                }
                Err(Doubt::Of(doubts)) => {
                    for (at, why) in doubts.into_iter().rev() {
                        proven.dropped.push((candidates.remove(at).constraint, why));
                    }
                }
                // Each alone; what is right alone and wrong with the others cannot be told apart.
                Err(Doubt::All(why)) if split || candidates.len() == 1 => {
                    proven.dropped.extend(candidates.drain(..).map(|it| (it.constraint, why.clone())));
                }
                Err(Doubt::All(_)) => {
                    split = true;
                    let singles = candidates.drain(..).map(|it| self.prove(vec![it])).collect::<io::Result<Vec<_>>>()?;
                    for single in singles {
                        candidates.extend(single.kept);
                        proven.dropped.extend(single.dropped);
                    }
                }
            }
        }
        proven.kept = candidates;
        proven.dropped.sort();
        Ok(proven)
    }

    /// Tries a guard; returns in how many good cases it is silent.
    fn attempt(&self, candidates: &[Candidate]) -> io::Result<Result<usize, Doubt>> {
        let copy = self.copy(candidates)?;
        let sentences: Vec<String> = candidates.iter().map(|it| it.constraint.sentence()).collect();
        let tried: Vec<Result<bool, Doubt>> =
            self.good.par_iter().map(|it| self.is_silent(&copy, it, candidates, &sentences)).collect();
        let (mut silent, mut doubts) = (0, Vec::new());
        for tried in tried {
            match tried {
                Ok(is_silent) => silent += usize::from(is_silent),
                Err(Doubt::Of(more)) => doubts.extend(more),
                Err(all) => return Ok(Err(all)),
            }
        }
        for (at, candidate) in candidates.iter().enumerate() {
            doubts.extend(self.doubt(&copy, candidate, &sentences[at]).map(|why| (at, why)));
        }
        if silent == 0 && doubts.is_empty() {
            return Ok(Err(Doubt::All("with it no case of the matrix renders".into())));
        }
        doubts.sort();
        doubts.dedup_by_key(|it| it.0);
        Ok(if doubts.is_empty() { Ok(silent) } else { Err(Doubt::Of(doubts)) })
    }

    /// Whether a good case renders as before; refused rightly it is not.
    fn is_silent(&self, copy: &Target, good: &Good, candidates: &[Candidate], sentences: &[String]) -> Result<bool, Doubt> {
        let Good { case, hash } = good;
        match self.renderer.render(copy, case) {
            Outcome::Rendered(now) if hash_of(&now.text) == *hash || self.is_same(case, &now.text) => Ok(true),
            Outcome::Rendered(_) => Err(Doubt::All(format!("it changes what `{}` renders", case.label))),
            Outcome::Refused(message) | Outcome::Failed(message) | Outcome::Skipped(message) => {
                let guilty: Vec<usize> = (0..sentences.len()).filter(|at| says(&message, &sentences[*at])).collect();
                if guilty.is_empty() {
                    return Err(Doubt::All(format!("with it `{}` no longer renders: {message}", case.label)));
                }
                let unjust = guilty.into_iter().filter(|at| !candidates[*at].excused.contains(&case.id));
                let doubts: Vec<_> = unjust.map(|at| (at, format!("it refuses `{}`, which is fine", case.label))).collect();
                if doubts.is_empty() { Ok(false) } else { Err(Doubt::Of(doubts)) }
            }
        }
    }

    /// Compares with two renderings of the chart as it is: certificates and passwords may differ from run to run.
    fn is_same(&self, case: &Case, now: &str) -> bool {
        let before = [(); 2].map(|()| self.renderer.render(self.target, case));
        matches!(&before, [Outcome::Rendered(a), Outcome::Rendered(b)] if same([&a.text, &b.text], now))
    }

    /// Says why a constraint is not proven by its own cases.
    fn doubt(&self, copy: &Target, candidate: &Candidate, sentence: &str) -> Option<String> {
        let refused =
            |case: &&Case| matches!(self.renderer.render(copy, case), Outcome::Refused(it) if !self.says || says(&it, sentence));
        if let Some(case) = candidate.witnesses.par_iter().find_first(|it| !refused(it)) {
            return Some(format!("it does not refuse `{}`", case.label));
        }
        let case = candidate.silent.par_iter().find_first(refused)?;
        Some(format!("it refuses `{}`, which is fine", case.label))
    }

    /// Makes a guarded copy of the chart in a folder of its own.
    fn copy(&self, candidates: &[Candidate]) -> io::Result<Target> {
        let constraints: Vec<Constraint> = candidates.iter().map(|it| it.constraint.clone()).collect();
        let tree = (self.put)(&constraints);
        let root = self.run.subfolder()?;
        write_tree(&tree, &root)?;
        Ok(Target { root, tree, ..self.target.clone() })
    }
}

/// Hashes a rendering.
pub(super) fn hash_of(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// Whether helm's message has a sentence, which goes on with what is set.
fn says(message: &str, sentence: &str) -> bool {
    message.contains(&format!("{sentence}; "))
}

/// Whether a rendering is what it was before: all of it, or where that differs from run to run, every line that does not.
fn same(before: [&str; 2], now: &str) -> bool {
    if before[0] == before[1] {
        return before[0] == now;
    }
    let lines = before.map(|it| it.lines().collect::<Vec<_>>());
    let now: Vec<&str> = now.lines().collect();
    lines.iter().all(|it| it.len() == now.len())
        && (0..now.len()).all(|at| lines[0][at] != lines[1][at] || lines[0][at] == now[at])
}

#[cfg(test)]
#[path = "prove_tests.rs"]
mod tests;
