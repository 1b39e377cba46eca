//! Probing: more cases than the user asked for, to show what breaks before anybody sets it.
//!
//! First every switch on, with what the chart then asks for; what is hidden still; other names and versions; then port values moved to
//! sentinels, all at once and then singly, within a budget of renderings. Randomness and refusals cost renderings, never a finding.

mod compare;
mod fill;
mod filled;
mod hidden;
mod long;
mod made_up;
mod names;
mod reads;
mod repair;
mod sentinel;
mod strays;
mod toggle;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use self::strays::strays;

use self::compare::Suspect;
use self::filled::{Change, Filled};
use self::reads::Reads;
use self::repair::REPAIRS;
use crate::chart::{Chart, Values};
use crate::finding::{Finding, Severity, Witness};
use crate::graph::{EdgeKey, EdgeKind};
use crate::matrix::{Case, CaseSource, Input};
use crate::pipeline::{Judged, Linked, Pipeline};
use crate::rules::{CaseCx, CaseOutcome, Drift, RULES, TargetCx};
use crate::target::Target;

/// How many renderings a chart's probing may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Of discovered cases.
    pub cases: usize,
    /// With values moved.
    pub moves: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { cases: 100, moves: 60 }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "at most {} discovered cases (`--max-cases`) and {} with values moved (`--probe-budget`)",
            self.cases, self.moves
        )
    }
}

/// How many values of a chart are changed in one rendering, so that helm's command line does not get too long.
const CHANGES: usize = 1000;

/// So many renderings are compared with sentinels.
const BASES: usize = 6;

/// So many of those that show what was hidden are rendered under other names.
const RENAMED: usize = 2;

/// A rendering of so many bytes is long: half as many of them are made.
const LONG: usize = 128 * 1024;

/// What is left of the budget of cases, as a part of it, for what comes after everything was switched on.
const RESERVE: usize = 5;

/// What probing found.
#[derive(Debug, Default)]
pub struct Probed {
    /// The cases it added, rendered or not, in the order in which they were tried.
    pub judged: Vec<Judged>,
    /// Findings of rules that look at the target as a whole.
    pub findings: Vec<Finding>,
    /// Renderings that the budget left out.
    pub left_out: usize,
}

/// A chart under probing.
pub(crate) struct Probe<'a> {
    pipeline: &'a Pipeline<'a>,
    values: Values,
    chart: Chart,
    reads: Reads,
    /// What all others begin from.
    base: Case,
    budget: Budget,
    /// What the chart has asked for so far.
    learned: Filled,
    /// Line and column of each template text that a rendering showed, by file.
    shown: BTreeMap<String, BTreeSet<(u32, u32)>>,
    /// Whether a rendering is long.
    is_long: bool,
    out: Probed,
}

/// A rendering that others are compared with.
struct Base {
    case: Case,
    linked: Linked,
    /// What was switched on for it.
    switches: Vec<Change>,
    /// What was made up for it.
    filled: Filled,
}

/// A rendering in which one value was moved, and the edges that it should break.
struct Confirmed<'a> {
    target: &'a Target,
    case: Case,
    linked: Linked,
    witness: Witness,
    suspects: Vec<Suspect>,
    may_have_sidecars: bool,
    /// It takes features of several components to see it, or an element of a list that users replace.
    is_doubtful: bool,
}

impl Confirmed<'_> {
    /// Whether all edges that it should break are broken.
    fn holds(&self) -> bool {
        let after = compare::edges(&self.linked);
        self.suspects.iter().all(|it| it.confirmed(&after, self).is_some())
    }

    /// Returns what rules read.
    fn cx(&self) -> CaseCx<'_> {
        self.linked.cx(self.target, &self.case)
    }

    /// Lets the rules judge the edges that are broken indeed.
    fn judge(&self) -> Vec<Finding> {
        let after = compare::edges(&self.linked);
        let drifts: Vec<Drift<'_>> = self.suspects.iter().filter_map(|it| it.confirmed(&after, self)).collect();
        let cx = TargetCx { target: self.target, results: &[], drifts: &drifts, strays: &[] };
        let mut findings = Vec::new();
        for rule in RULES {
            rule.check_target(&cx, &mut findings);
        }
        if self.is_doubtful {
            findings.iter_mut().for_each(doubtful);
        }
        findings
    }
}

/// What the case that probing starts from came to.
pub enum Start {
    Rendered(Box<Linked>),
    /// The chart's words.
    Refused(String),
}

/// Probes a chart from its default case. `known` are the findings that are known already.
pub fn probe(pipeline: &Pipeline<'_>, base: &Case, start: Start, known: &[Finding], budget: Budget) -> Probed {
    let Ok(chart) = Chart::read(&pipeline.target.tree) else { return Probed::default() };
    let mut probe = Probe {
        pipeline,
        values: Values::read(&pipeline.target.tree, &chart),
        reads: Reads::of(&pipeline.target.tree, &chart),
        chart,
        base: base.clone(),
        budget,
        learned: Filled::default(),
        shown: BTreeMap::new(),
        is_long: false,
        out: Probed::default(),
    };
    let first = match start {
        Start::Rendered(linked) => Base { case: base.clone(), linked: *linked, switches: Vec::new(), filled: Filled::default() },
        Start::Refused(message) => match probe.repaired(&message) {
            Some(first) => first,
            None => return probe.out,
        },
    };
    probe.run(first, known);
    probe.out
}

impl Probe<'_> {
    fn run(&mut self, first: Base, known: &[Finding]) {
        self.base = first.case.clone();
        self.is_long = first.linked.text.len() > LONG;
        self.see(&first.linked);
        if self.is_long {
            self.budget.cases /= 2;
        }
        let reserve = self.budget.cases / RESERVE;
        self.budget.cases -= reserve;
        let full = self.everything_on(&first, known);
        self.budget.cases += reserve;
        let mut bases = vec![first];
        bases.extend(full);
        self.see(&bases[bases.len() - 1].linked);
        let more = self.show_hidden(&self.known(known));
        if let Some(last) = bases.last() {
            self.rename(last, known);
            self.lengthen(last);
        }
        self.rename_new(&bases, &more, known);
        let mut edges: BTreeSet<EdgeKey> = bases.iter().flat_map(edge_keys).collect();
        for base in more {
            let new: Vec<EdgeKey> = edge_keys(&base).filter(|it| !edges.contains(it)).collect();
            if bases.len() < BASES && !new.is_empty() {
                edges.extend(new);
                bases.push(base);
            }
        }
        let mut seen = BTreeSet::new();
        let target = self.pipeline.target;
        for base in &bases {
            for confirmed in self.moves(base, &mut seen) {
                self.out
                    .findings
                    .extend(confirmed.judge().into_iter().filter(|it| !base.filled.is_blamed(it, &confirmed.linked, target)));
            }
        }
    }

    /// Renders those under other names that name Services where none of the others does.
    fn rename_new(&mut self, bases: &[Base], more: &[Base], known: &[Finding]) {
        let mut seen: BTreeSet<EdgeKey> = bases.iter().flat_map(edge_keys).collect();
        let mut left = if self.is_long { 0 } else { RENAMED };
        for base in more {
            let new: Vec<EdgeKey> = edge_keys(base).filter(|it| it.kind == EdgeKind::Backend && !seen.contains(it)).collect();
            if left > 0 && !new.is_empty() {
                left -= 1;
                seen.extend(new);
                self.rename(base, known);
            }
        }
    }

    /// Makes up what the default case lacks.
    fn repaired(&mut self, message: &str) -> Option<Base> {
        let mut filled = Filled::default();
        if !self.repair(message, &mut filled) {
            return None;
        }
        let input = self.base.input.clone();
        self.attempt("", &input, &filled)
    }

    fn known(&self, known: &[Finding]) -> Vec<Finding> {
        known.iter().chain(self.out.judged.iter().flat_map(|it| &it.findings)).cloned().collect()
    }

    /// Renders and judges an input; where the chart refuses it for want of a value, with that made up.
    fn attempt(&mut self, label: &str, input: &Input, filled: &Filled) -> Option<Base> {
        self.attempt_with(label, input, filled, REPAIRS)
    }

    /// Does so with so many values made up, one after the other.
    fn attempt_with(&mut self, label: &str, input: &Input, filled: &Filled, repairs: usize) -> Option<Base> {
        let mut filled = filled.clone();
        for round in 0..=repairs {
            let at = self.out.judged.len();
            let rendered = self.render(filled.described(label), CaseSource::Discovered, filled.onto(input));
            if let Some((case, linked)) = rendered {
                self.out.judged[at].findings.retain(|it| !filled.is_blamed(it, &linked, self.pipeline.target));
                return Some(Base { case, linked, switches: Vec::new(), filled });
            }
            let (CaseOutcome::Refused(message) | CaseOutcome::Failed(message)) = &self.out.judged.get(at)?.result.outcome else {
                return None;
            };
            let message = message.clone();
            if round == repairs || !self.repair(&message, &mut filled) {
                return None;
            }
            if let Some((path, value)) = filled.changes.last() {
                self.learned.set(path.clone(), value.clone());
            }
            self.out.judged.truncate(at);
        }
        None
    }

    /// Renders one more case, if the budget allows it.
    fn render(&mut self, label: String, source: CaseSource, input: Input) -> Option<(Case, Linked)> {
        let left = if source == CaseSource::Sentinels { &mut self.budget.moves } else { &mut self.budget.cases };
        if *left == 0 {
            self.out.left_out += 1;
            return None;
        }
        *left -= 1;
        let case = Case::new(label, source, input);
        let mut judged = self.pipeline.run(std::slice::from_ref(&case), |_| true).pop()?;
        // Sentinels break what they are meant to break: only the comparison with the base speaks of it.
        if source == CaseSource::Sentinels {
            judged.findings.clear();
        }
        let linked = judged.linked.take().filter(|_| judged.result.outcome == CaseOutcome::Rendered);
        self.out.judged.push(judged);
        Some((case, linked?))
    }
}

fn edge_keys(base: &Base) -> impl Iterator<Item = EdgeKey> {
    base.linked.graph.keys(&base.linked.manifest).into_iter()
}

/// Lowers what only shows with many features on at once: they may contradict each other.
fn doubtful(finding: &mut Finding) {
    finding.severity = finding.severity.min(Severity::Warning);
}
