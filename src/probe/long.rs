//! Names that port names are made of, as long as users make them: a port's name has at most 15 characters.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::filled::{Change, MALFORMED, label, sets};
use super::sentinel::says_port;
use super::{Base, Probe, compare, doubtful};
use crate::chart::Step;
use crate::finding::{Finding, RenderedPlace};
use crate::kube::Port;
use crate::matrix::CaseSource;
use crate::pipeline::Linked;
use crate::words::words;

/// 20 characters, as in a name of two words.
const LONG: &str = "a-name-of-two-words1";

/// So many values are tried alone.
const ALONE: usize = 4;

impl Probe<'_> {
    /// Makes the names long that port names of a base are made of, first all, then each that shows something.
    pub(super) fn lengthen(&mut self, base: &Base) {
        let all = self.names_of_ports(&base.linked);
        if all.is_empty() {
            return;
        }
        let at = self.out.judged.len();
        let broken = self.broken_by(base, &all);
        if all.len() == 1 {
            return;
        }
        self.out.judged.truncate(at);
        for path in broken.into_iter().take(ALONE) {
            self.broken_by(base, &[path]);
        }
    }

    /// Renders with long names, keeps what is too long for a port then, and returns the names that it was made of.
    fn broken_by(&mut self, base: &Base, paths: &[Vec<Step>]) -> BTreeSet<Vec<Step>> {
        let changes: Vec<(&[Step], Json)> = paths.iter().map(|it| (it.as_slice(), LONG.into())).collect();
        let changes: Vec<Change> = self.values.changed(&changes);
        let text = [label(&changes), base.case.label.clone()].into_iter().filter(|it| !it.is_empty() && it != "default");
        let text = text.collect::<Vec<_>>().join(", ");
        let Some((_, linked)) = self.render(text, CaseSource::Discovered, base.case.input.with_sets(sets(changes))) else {
            return BTreeSet::new();
        };
        let Some(judged) = self.out.judged.last_mut() else { return BTreeSet::new() };
        let mut broken = BTreeSet::new();
        let mut is_long = |it: &mut Finding| {
            let made = it.rendered.iter().flat_map(|place| paths_at(&linked, place)).find(|it| paths.contains(it)).cloned();
            // A user may well choose a shorter name.
            doubtful(it);
            let is_long = it.rule == MALFORMED && it.value.as_str().is_some_and(|it| it.contains(&LONG[..15]));
            broken.extend(made.clone().filter(|_| is_long));
            is_long && made.is_some()
        };
        judged.findings.retain_mut(&mut is_long);
        broken
    }

    /// Returns the values that names of ports are made of, but for those that are meant to name a port.
    fn names_of_ports(&self, linked: &Linked) -> Vec<Vec<Step>> {
        let wanted =
            linked.graph.edges.iter().filter(|it| matches!(it.reference.port, Port::Name(_))).map(|it| &it.reference.field);
        let places = compare::names(linked).chain(wanted);
        let paths: BTreeSet<&Vec<Step>> = places.flat_map(|it| paths_at(linked, &compare::place(it))).collect();
        let plain = |path: &&&Vec<Step>| {
            let key = path.iter().rev().find_map(|it| if let Step::Key(key) = it { Some(key) } else { None });
            let is_text = self.values.get(path).is_some_and(|it| it.as_str().is_some_and(|it| !it.is_empty()));
            is_text && key.is_some_and(|it| !says_port(it) && !is_choice(it)) && !is_ports(path)
        };
        paths.iter().filter(plain).map(|it| (*it).clone()).collect()
    }
}

/// Whether a key offers a choice of words, rather than a name of one's own.
fn is_choice(key: &str) -> bool {
    words(key).iter().any(|it| ["scheme", "protocol", "type", "kind", "mode", "class", "driver", "engine"].contains(&it.as_str()))
}

/// Whether a value is part of what speaks of a port: `ports[0].name`.
fn is_ports(path: &[Step]) -> bool {
    path.iter().any(|it| matches!(it, Step::Key(key) if says_port(key)))
}

/// Returns the values that the text at a place is made of.
fn paths_at<'a>(linked: &'a Linked, place: &RenderedPlace) -> Vec<&'a Vec<Step>> {
    super::filled::reads_of(linked, place)
}
