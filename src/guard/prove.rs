//! Proof of a guard: on a copy of the chart it must change nothing, refuse no good case, and refuse each witness.

use std::io;

use rayon::prelude::*;

use super::emit::{Names, emit};
use super::model::Constraint;
use super::place::guarded;
use crate::matrix::Case;
use crate::os::RunDir;
use crate::os::load::write_tree;
use crate::render::{Outcome, Renderer};
use crate::target::Target;

/// A constraint and the cases that it is proven on.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub constraint: Constraint,
    /// Each must be refused with its sentence.
    pub witnesses: Vec<Case>,
    /// None may be.
    pub silent: Vec<Case>,
}

/// What is proven with.
pub struct Bench<'a> {
    pub target: &'a Target,
    pub renderer: &'a dyn Renderer,
    pub run: &'a RunDir,
    pub names: &'a Names,
    /// Cases that render and show none of what is guarded.
    pub good: &'a [Case],
    /// What the first of them renders, twice: certificates and passwords may differ.
    pub before: [&'a str; 2],
}

/// What came of a proof.
#[derive(Debug, Clone, Default)]
pub struct Proven {
    pub kept: Vec<Candidate>,
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
            match self.doubt(&candidates)? {
                None => break,
                Some(Doubt::Of(doubts)) => {
                    for (at, why) in doubts.into_iter().rev() {
                        proven.dropped.push((candidates.remove(at).constraint, why));
                    }
                }
                // Each alone; what is right alone and wrong with the others cannot be told apart.
                Some(Doubt::All(why)) if split || candidates.len() == 1 => {
                    proven.dropped.extend(candidates.drain(..).map(|it| (it.constraint, why.clone())));
                }
                Some(Doubt::All(_)) => {
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

    fn doubt(&self, candidates: &[Candidate]) -> io::Result<Option<Doubt>> {
        let copy = self.copy(candidates)?;
        let sentences: Vec<String> = candidates.iter().map(|it| it.constraint.sentence()).collect();
        let render = |case: &Case| self.renderer.render(&copy, case);
        let mut doubts = Vec::new();
        let good: Vec<Outcome> = self.good.par_iter().map(render).collect();
        for (at, (case, outcome)) in self.good.iter().zip(&good).enumerate() {
            match outcome {
                Outcome::Rendered(rendering) if at > 0 || same(self.before, &rendering.text) => {}
                Outcome::Rendered(_) => return Ok(Some(Doubt::All(format!("it changes what `{}` renders", case.label)))),
                Outcome::Refused(message) | Outcome::Failed(message) | Outcome::Skipped(message) => {
                    let guilty = (0..sentences.len()).filter(|at| says(message, &sentences[*at]));
                    let before = doubts.len();
                    doubts.extend(guilty.map(|at| (at, format!("it refuses `{}`, which is fine", case.label))));
                    if doubts.len() == before {
                        return Ok(Some(Doubt::All(format!("with it `{}` no longer renders: {message}", case.label))));
                    }
                }
            }
        }
        for (at, candidate) in candidates.iter().enumerate() {
            let refused = |case: &&Case| matches!(render(case), Outcome::Refused(message) if says(&message, &sentences[at]));
            if let Some(case) = candidate.witnesses.par_iter().find_first(|it| !refused(it)) {
                doubts.push((at, format!("it does not refuse `{}`", case.label)));
            } else if let Some(case) = candidate.silent.par_iter().find_first(refused) {
                doubts.push((at, format!("it refuses `{}`, which is fine", case.label)));
            }
        }
        doubts.sort();
        doubts.dedup_by_key(|it| it.0);
        Ok((!doubts.is_empty()).then_some(Doubt::Of(doubts)))
    }

    /// Makes a guarded copy of the chart in a folder of its own.
    fn copy(&self, candidates: &[Candidate]) -> io::Result<Target> {
        let constraints: Vec<Constraint> = candidates.iter().map(|it| it.constraint.clone()).collect();
        let guard = emit(self.names, &constraints);
        let tree = guarded(&self.target.tree, &guard, &self.names.file, &self.names.include());
        let root = self.run.subfolder()?;
        write_tree(&tree, &root)?;
        Ok(Target { root, tree, ..self.target.clone() })
    }
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
