//! Sentinels: port values moved to numbers that nothing else has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::compare::{self, Moved, Suspect};
use super::filled::{is_general, sets};
use super::{Base, CHANGES, Confirmed, Probe};
use crate::chart::{Leaf, Step, shown_path};
use crate::graph::{Edge, EdgeKey};
use crate::matrix::{CaseSource, SetArg};
use crate::pipeline::{Linked, witness};
use crate::words::words;

/// Sentinels begin here: above what people use, below the ephemeral ports.
const FIRST: i64 = 21_007;
/// nodePorts must stay within 30000–32767.
const FIRST_NODE_PORT: i64 = 31_207;

/// A value that is moved.
#[derive(Debug, Clone)]
struct Candidate {
    path: Vec<Step>,
    number: i64,
    new: Json,
}

impl<'a> Probe<'a> {
    /// Moves all port values at once, sees which edges break, and renders each value that breaks some alone.
    /// An edge in `seen` is not looked at again.
    pub(super) fn moves(&mut self, base: &Base, seen: &mut BTreeSet<EdgeKey>) -> Vec<Confirmed<'a>> {
        let mut leaves = self.values.leaves.clone();
        leaves.extend(self.omitted());
        let all = candidates(&leaves, &base.linked);
        let mut moved: Vec<(Vec<Candidate>, Linked)> = Vec::new();
        self.move_all(base, all, 2, &mut moved);
        let mut suspects: BTreeMap<String, Vec<Suspect>> = BTreeMap::new();
        for (candidates, linked) in &moved {
            let sentinels = candidates.iter().map(|it| (it.number, shown_path(&it.path))).collect();
            for suspect in compare::suspects(&base.linked, &Moved { linked, sentinels: &sentinels }) {
                if seen.insert(suspect.key.clone()) {
                    suspects.entry(suspect.moved.clone()).or_default().push(suspect);
                }
            }
        }
        let candidates: Vec<Candidate> = moved.into_iter().flat_map(|it| it.0).collect();
        suspects.into_iter().filter_map(|(value, suspects)| self.alone(base, &value, suspects, &candidates)).collect()
    }

    /// Renders with all candidates moved; if the chart refuses, halves the set, `depth` times at most.
    fn move_all(&mut self, base: &Base, candidates: Vec<Candidate>, depth: usize, out: &mut Vec<(Vec<Candidate>, Linked)>) {
        if candidates.is_empty() {
            return;
        }
        let label = format!("{} port values moved{}", candidates.len(), besides(base));
        let sets = self.sets_of(&candidates);
        match self.render(label, CaseSource::Sentinels, base.case.input.with_sets(sets)) {
            Some((_, linked)) => out.push((candidates, linked)),
            None if depth > 0 && candidates.len() > 1 && self.budget > 1 => {
                let mut first = candidates;
                let second = first.split_off(first.len() / 2);
                self.move_all(base, first, depth - 1, out);
                self.move_all(base, second, depth - 1, out);
            }
            None => {}
        }
    }

    /// Returns ports that templates read, with what stands in for them, though values.yaml does not have them.
    fn omitted(&self) -> Vec<Leaf> {
        let reads = self.reads.paths.iter().filter(|(path, _)| {
            let key = match path.last() {
                Some(Step::Key(key)) => key,
                _ => return false,
            };
            says_port(key)
                && !is_general(path)
                && self.values.get(path).is_none_or(Json::is_null)
                && self.reads.below(path).next().is_none()
        });
        let leaf = |(path, default): (&Vec<Step>, &Option<Json>)| {
            let value = default.clone().filter(|it| number(it).is_some()).unwrap_or_else(|| FIRST.into());
            Leaf { path: path.clone(), value }
        };
        reads.map(leaf).collect()
    }

    fn sets_of(&self, candidates: &[Candidate]) -> Vec<SetArg> {
        let changes: Vec<(&[Step], Json)> = candidates.iter().map(|it| (it.path.as_slice(), it.new.clone())).collect();
        sets(self.values.changed(&changes))
    }

    /// Renders with one value moved.
    fn alone(&mut self, base: &Base, value: &str, suspects: Vec<Suspect>, candidates: &[Candidate]) -> Option<Confirmed<'a>> {
        let candidate = candidates.iter().find(|it| shown_path(&it.path) == value)?;
        let input = base.case.input.with_sets(self.sets_of(std::slice::from_ref(candidate)));
        let label = format!("{value}={}{}", candidate.number, besides(base));
        let (case, linked) = self.render(label, CaseSource::Sentinels, input)?;
        let witness = witness(self.pipeline.target, &case, self.pipeline.renderer.name())?;
        Some(Confirmed { target: self.pipeline.target, case, linked, witness, suspects })
    }
}

/// What a label says of the base, where that is not the default case.
fn besides(base: &Base) -> String {
    if base.case.source == CaseSource::Default { String::new() } else { format!(", {}", base.case.label) }
}

/// Chooses what is moved: numbers from 1 to 65535, or texts of only digits, whose key says port or whose number stands in a
/// port field of the rendering.
fn candidates(leaves: &[Leaf], linked: &Linked) -> Vec<Candidate> {
    let ports = numbers(linked);
    let mut taken: BTreeSet<i64> = ports.clone();
    taken.extend(leaves.iter().filter_map(|it| number(&it.value)));
    let mut chosen = Vec::new();
    let (mut next, mut next_node_port) = (FIRST, FIRST_NODE_PORT);
    for leaf in leaves {
        if chosen.len() == CHANGES {
            break;
        }
        let Some(old) = number(&leaf.value) else { continue };
        if !says_port(leaf.key()) && !ports.contains(&old) {
            continue;
        }
        let node_port = leaf.path.iter().any(|it| matches!(it, Step::Key(key) if key.to_ascii_lowercase().contains("nodeport")));
        let counter = if node_port { &mut next_node_port } else { &mut next };
        while taken.contains(counter) {
            *counter += 1;
        }
        let number = *counter;
        *counter += 7;
        let new = if leaf.value.is_string() { number.to_string().into() } else { number.into() };
        chosen.push(Candidate { path: leaf.path.clone(), number, new });
    }
    chosen
}

fn number(value: &Json) -> Option<i64> {
    let number = match value {
        Json::String(text) if text.bytes().all(|it| it.is_ascii_digit()) => text.parse().ok()?,
        other => other.as_i64()?,
    };
    (1..=65535).contains(&number).then_some(number)
}

/// Words that end in "port" and speak of none.
const NO_PORTS: [&str; 7] = ["support", "export", "import", "report", "transport", "passport", "viewport"];

/// Whether a key speaks of a port: `port`, `targetPort`, `http_port`, `metricsport`; not `support`, `export`.
fn says_port(key: &str) -> bool {
    words(key).iter().any(|word| {
        let word = word.strip_suffix('s').unwrap_or(word);
        word.ends_with("port") && !NO_PORTS.contains(&word)
    })
}

/// Returns every port number of the graph.
fn numbers(linked: &Linked) -> BTreeSet<i64> {
    let declared = compare::declared(linked).filter_map(|it| it.value.as_i64());
    let wanted = linked.graph.edges.iter().filter_map(|it: &Edge| it.reference.field.value.as_i64());
    declared.chain(wanted).filter(|it| (1..=65535).contains(it)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_say_port() {
        for key in ["port", "targetPort", "httpPort", "http_port", "PORT", "ports", "servicePort", "metricsport", "nodePorts"] {
            assert!(says_port(key), "{key}");
        }
        for key in ["support", "transport", "report", "exporter", "name", "portal"] {
            assert!(!says_port(key), "{key}");
        }
    }
}
