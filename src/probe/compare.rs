//! What moved and what stayed: a base rendering against one in which values were moved.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::finding::RenderedPlace;
use crate::graph::{Declared, Edge, EdgeKey, Resolution};
use crate::kube::{Field, Port};
use crate::pipeline::Linked;
use crate::rules::{Drift, End};

/// A rendering in which values were moved.
pub(super) struct Moved<'a> {
    pub(super) linked: &'a Linked,
    /// The value's path by the number or name that it was moved to.
    pub(super) sentinels: &'a HashMap<String, String>,
    /// What values were that should have moved, and that the chart refused: whatever is like them may follow one of them.
    pub(super) unmoved: &'a BTreeSet<String>,
}

/// An edge that one moved value seems to break.
#[derive(Debug, Clone)]
pub(super) struct Suspect {
    pub(super) key: EdgeKey,
    /// The resource and the field path of the port that it resolved to.
    declared: (usize, String),
    /// What it was moved to, if it is that end that follows.
    moved_to: Option<String>,
    /// The value whose move breaks it.
    pub(super) moved: String,
    end: End,
    reference_fed_by: Vec<String>,
    declared_fed_by: Vec<String>,
    pointer: bool,
    falls_back: bool,
    /// Where its ends stand in the base.
    pub(super) places: Vec<RenderedPlace>,
}

impl Suspect {
    /// Makes the drift that rules judge, if the edge is broken in the case in which only one value was moved.
    pub(super) fn confirmed<'c>(
        &self,
        after: &BTreeMap<EdgeKey, &'c Edge>,
        linked: &'c super::Confirmed<'_>,
    ) -> Option<Drift<'c>> {
        let edge = *after.get(&self.key).filter(|it| is_broken(it))?;
        Some(Drift {
            cx: linked.cx(),
            edge,
            declared: near(edge, &self.declared, self.moved_to.as_deref())?,
            may_have_sidecars: linked.may_have_sidecars,
            moved: self.moved.clone(),
            end: self.end,
            reference_fed_by: self.reference_fed_by.clone(),
            declared_fed_by: self.declared_fed_by.clone(),
            pointer: self.pointer,
            falls_back: self.falls_back,
            witness: linked.witness.clone(),
        })
    }
}

/// Returns the edges of a rendering by what identifies them.
pub(super) fn edges(linked: &Linked) -> BTreeMap<EdgeKey, &Edge> {
    linked.graph.keys(&linked.manifest).into_iter().zip(&linked.graph.edges).collect()
}

/// Whether an edge leads nowhere. A number that the pod's own arguments mention is served without being declared.
fn is_broken(edge: &Edge) -> bool {
    matches!(&edge.to, Resolution::NoPort { mentioned: false, .. })
}

/// Whether a port has that number or name.
fn says(declared: &Declared, text: &str) -> bool {
    declared.field.text() == text || declared.name.as_ref().is_some_and(|it| it.text() == text)
}

/// Returns the port, among those that a broken edge may have meant, at the field path of the one that it meant before.
fn near<'a>(edge: &'a Edge, (resource, path): &(usize, String), moved_to: Option<&str>) -> Option<&'a Declared> {
    let Resolution::NoPort { near, .. } = &edge.to else { return None };
    let at_path = || near.iter().filter(|it| it.field.path == *path);
    let has = |it: &&Declared| moved_to.is_some_and(|to| says(it, to));
    // Of several objects that may be meant it is the one that moved, or the same one, unless others have come before it.
    at_path().find(has).or_else(|| at_path().find(|it| it.field.resource == *resource)).or_else(|| at_path().next())
}

/// Returns the number fields of all declared ports.
pub(super) fn declared(linked: &Linked) -> impl Iterator<Item = &Field> {
    let services = linked.graph.services.iter().flat_map(|it| it.ports.iter().map(|it| &it.port));
    let containers = linked.graph.workloads.iter().flat_map(|it| &it.containers).flat_map(|it| &it.ports);
    services.chain(containers.map(|it| &it.field))
}

/// Finds the edges that resolve in the base and are broken after the move. `stand_ins` are values that references follow only
/// because the ones that are meant for them are empty.
pub(super) fn suspects(base: &Linked, moved: &Moved<'_>, stand_ins: &BTreeSet<String>) -> Vec<Suspect> {
    let after = edges(moved.linked);
    let follows = |field: &Field| moved.sentinels.get(&field.text());
    let mut found = Vec::new();
    for (key, edge) in edges(base) {
        let Resolution::Found(ports) = &edge.to else { continue };
        let Some(first) = ports.first().map(|it| (it.field.resource, it.field.path.clone())) else { continue };
        let Some(after) = after.get(&key).filter(|it| is_broken(it)) else { continue };
        let reference = follows(&after.reference.field);
        let is_name = matches!(after.reference.port, Port::Name(_));
        let declared = near(after, &first, None)
            .and_then(|it| if is_name { it.name.as_ref().and_then(follows) } else { follows(&it.field) });
        let (value, end) = match (declared, reference) {
            (Some(value), _) => (value, End::Declaration),
            (None, Some(value)) => (value, End::Reference),
            (None, None) => continue,
        };
        let literal = if declared.is_none() { ports.first().map(|it| &it.field) } else { Some(&edge.reference.field) };
        let is_literal = declared.is_none() || reference.is_none();
        if is_literal && literal.is_some_and(|it| moved.unmoved.contains(&it.text())) {
            continue;
        }
        found.push(Suspect {
            key,
            places: std::iter::once(&edge.reference.field).chain(ports.first().map(|it| &it.field)).map(place).collect(),
            declared: first,
            moved_to: declared.and_then(|_| moved.sentinels.iter().find(|it| it.1 == value).map(|it| it.0.clone())),
            moved: value.clone(),
            end,
            pointer: reference.is_some_and(|it| is_pointer(moved, it)),
            falls_back: reference.is_some_and(|it| stand_ins.contains(it)),
            reference_fed_by: reference.into_iter().cloned().collect(),
            declared_fed_by: declared.into_iter().cloned().collect(),
        });
    }
    found
}

pub(super) fn place(field: &Field) -> RenderedPlace {
    RenderedPlace { case: String::new(), line: field.start.line, column: field.start.column }
}

/// Whether a value moves only references: neither a declared port nor what a container is told follows it.
fn is_pointer(moved: &Moved<'_>, value: &str) -> bool {
    let follows = |text: &str| moved.sentinels.get(text).is_some_and(|it| it == value);
    let mentions = moved.linked.graph.workloads.iter().flat_map(|it| &it.containers).flat_map(|it| &it.mentions);
    !declared(moved.linked).any(|it| follows(&it.text()))
        && !names(moved.linked).any(|it| follows(&it.text()))
        && !mentions.copied().any(|it| follows(&it.to_string()))
}

/// Returns the name fields of all declared ports.
pub(super) fn names(linked: &Linked) -> impl Iterator<Item = &Field> {
    let services = linked.graph.services.iter().flat_map(|it| it.ports.iter().filter_map(|it| it.name.as_ref()));
    let containers = linked.graph.workloads.iter().flat_map(|it| &it.containers).flat_map(|it| &it.ports);
    services.chain(containers.filter_map(|it| it.name.as_ref().map(|it| &it.0)))
}
