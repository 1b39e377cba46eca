//! Which values are numbers of ports, found by moving them, and what they may be.

use serde_json::Value as Json;

use super::model::{Constraint, Demand};
use super::narrow::{Chart, Scope};
use super::path::ValuePath;
use crate::chart::{Leaf, Step};
use crate::kube::Port;
use crate::matrix::{Case, CaseSource, Input};
use crate::pipeline::Linked;

/// At most so many values are looked at.
const LEAVES: usize = 32;

/// In at most so many discovered cases.
const CASES: usize = 2;

/// The first number that stands for a moved value; no chart has them by chance all in a row.
const FIRST: i64 = 23_011;

/// More than a port can be.
const TOO_BIG: i64 = 70_000;

impl Chart<'_> {
    /// Returns a rule for each value that feeds the number of a declared port and takes what is none, with its cases.
    pub fn ranges(&self, discovered: &[&Case]) -> Vec<(Constraint, Scope)> {
        let leaves: Vec<&Leaf> = self.values.leaves.iter().filter(|it| is_port(it)).take(LEAVES).collect();
        let mut found: Vec<(&Leaf, Input)> = Vec::new();
        let inputs = std::iter::once(self.base.clone()).chain(discovered.iter().take(CASES).map(|it| it.input.clone()));
        for input in inputs {
            let left: Vec<&Leaf> =
                leaves.iter().copied().filter(|it| found.iter().all(|(known, _)| known.path != it.path)).collect();
            let moved: Vec<(&[Step], Json)> =
                left.iter().zip(FIRST..).map(|(it, number)| (it.path.as_slice(), number.into())).collect();
            let Some(linked) = self.linked(&self.moved(&input, &moved)) else { continue };
            let numbers = declared(&linked);
            let fed = left.iter().zip(FIRST..).filter(|(_, number)| numbers.contains(&Port::Number(*number)));
            found.extend(fed.map(|(it, _)| (*it, input.clone())));
        }
        found.into_iter().filter_map(|(leaf, input)| self.range(leaf, &input)).collect()
    }

    fn range(&self, leaf: &Leaf, input: &Input) -> Option<(Constraint, Scope)> {
        let at = |number: i64| self.moved(input, &[(leaf.path.as_slice(), number.into())]);
        let is_taken = |case: &Case| {
            let ports = declared(&self.linked(case)?);
            Some(ports.iter().any(|it| matches!(it, Port::Malformed(_))))
        };
        if is_taken(&self.moved(input, &[])) != Some(false) || is_taken(&at(TOO_BIG)) != Some(true) {
            return None;
        }
        let zero = is_taken(&at(0)) == Some(false);
        let demand = Demand::Range { path: ValuePath::new(&leaf.path, self.values), zero };
        let scope =
            Scope { witnesses: vec![at(TOO_BIG)], silent: if zero { vec![at(0)] } else { Vec::new() }, ..Scope::default() };
        Some((Constraint { demand, conditions: Vec::new() }, scope))
    }

    /// Returns the guide's rule for each port value with a name beside it.
    pub fn named(&self) -> Vec<(Constraint, Scope)> {
        let names =
            self.values.leaves.iter().filter(|it| matches!(it.key().to_ascii_lowercase().as_str(), "portname" | "port_name"));
        let rule = |name: &Leaf| {
            let port = self.values.leaves.iter().find(|it| {
                it.path.len() == name.path.len()
                    && it.path[..it.path.len() - 1] == name.path[..name.path.len() - 1]
                    && it.key().eq_ignore_ascii_case("port")
            })?;
            let path = |it: &Leaf| ValuePath::new(&it.path, self.values);
            let demand = Demand::Named { port: path(port), name: path(name) };
            let witness = self.moved(self.base, &[(name.path.as_slice(), "".into())]);
            Some((Constraint { demand, conditions: Vec::new() }, Scope { witnesses: vec![witness], ..Scope::default() }))
        };
        names.filter_map(rule).collect()
    }

    fn moved(&self, input: &Input, changes: &[(&[Step], Json)]) -> Case {
        let sets = self.values.changed(changes);
        let sets: Vec<_> =
            sets.iter().map(|(path, it)| crate::matrix::SetArg::typed(&crate::chart::helm_path(path), it)).collect();
        let label = sets.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(", ");
        Case::new(label, CaseSource::Sentinels, input.with_sets(sets))
    }

    fn linked(&self, case: &Case) -> Option<Linked> {
        self.pipeline.run(std::slice::from_ref(case), |_| true).pop()?.linked
    }
}

fn is_port(leaf: &Leaf) -> bool {
    leaf.value.as_i64().is_some_and(|it| (1..=65535).contains(&it)) && leaf.key().to_ascii_lowercase().ends_with("port")
}

/// Returns the numbers of all declared ports.
fn declared(linked: &Linked) -> Vec<Port> {
    let services = linked.graph.services.iter().flat_map(|it| &it.ports).map(|it| it.number.clone());
    let containers = linked.graph.workloads.iter().flat_map(|it| &it.containers).flat_map(|it| &it.ports);
    services.chain(containers.map(|it| it.number.clone())).collect()
}
