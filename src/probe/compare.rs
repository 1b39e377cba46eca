//! What moved and what stayed: a base rendering against one in which values were moved.

use std::collections::{BTreeMap, HashMap};

use crate::finding::Witness;
use crate::graph::{Declared, Edge, EdgeKey, Resolution};
use crate::kube::{Field, Manifest};
use crate::matrix::Case;
use crate::pipeline::Linked;
use crate::rules::{CaseCx, Drift, End};

/// A rendering in which values were moved.
pub(super) struct Moved<'a> {
    pub(super) linked: &'a Linked,
    /// The value's path by the number that it was moved to.
    pub(super) sentinels: HashMap<i64, String>,
}

/// An edge that one moved value seems to break.
#[derive(Debug, Clone)]
pub(super) struct Suspect<'b> {
    pub(super) key: EdgeKey,
    edge: &'b Edge,
    declared: &'b Declared,
    /// The value whose move breaks it.
    pub(super) moved: String,
    end: End,
    reference_fed_by: Vec<String>,
    declared_fed_by: Vec<String>,
    pointer: bool,
}

impl<'b> Suspect<'b> {
    /// Makes the drift that rules judge.
    pub(super) fn confirmed(&self, cx: CaseCx<'b>, witness: Witness, case: &Case) -> Drift<'b> {
        Drift {
            cx,
            edge: self.edge,
            declared: self.declared,
            moved: self.moved.clone(),
            end: self.end,
            reference_fed_by: self.reference_fed_by.clone(),
            declared_fed_by: self.declared_fed_by.clone(),
            pointer: self.pointer,
            witness,
            case: case.id.clone(),
        }
    }
}

/// Returns the edges of a rendering by what identifies them.
pub(super) fn edges(linked: &Linked) -> BTreeMap<EdgeKey, &Edge> {
    linked.graph.edges.iter().map(|it| (it.key(&linked.manifest), it)).collect()
}

/// Whether an edge leads nowhere. A number that the pod's own arguments mention is served without being declared.
pub(super) fn is_broken(edge: &Edge) -> bool {
    match &edge.to {
        Resolution::NoService => true,
        Resolution::NoPort { mentioned, .. } => !mentioned,
        _ => false,
    }
}

/// Returns the number fields of all declared ports.
pub(super) fn declared(linked: &Linked) -> Vec<&Field> {
    let services = linked.graph.services.iter().flat_map(|it| it.ports.iter().map(|it| &it.port));
    let containers = linked.graph.workloads.iter().flat_map(|it| &it.containers).flat_map(|it| &it.ports).map(|it| &it.field);
    services.chain(containers).collect()
}

/// Finds the edges that resolve in the base and are broken after the move.
pub(super) fn suspects<'b>(base: &'b Linked, moved: &Moved<'_>) -> Vec<Suspect<'b>> {
    let after = edges(moved.linked);
    let places = declared_by_place(moved.linked);
    let mut found = Vec::new();
    for edge in &base.graph.edges {
        let Resolution::Found(ports) = &edge.to else { continue };
        let (Some(port), key) = (ports.first(), edge.key(&base.manifest)) else { continue };
        let Some(after) = after.get(&key).filter(|it| is_broken(it)) else { continue };
        let reference = moved.sentinels.get(&after.reference.field.value.as_i64().unwrap_or_default());
        let declared = places.get(&place(&base.manifest, &port.field)).and_then(|it| moved.sentinels.get(&it.value.as_i64()?));
        let (moved_value, end) = match (declared, reference) {
            (Some(value), _) => (value, End::Declaration),
            (None, Some(value)) => (value, End::Reference),
            (None, None) => continue,
        };
        found.push(Suspect {
            key,
            edge,
            declared: port,
            moved: moved_value.clone(),
            end,
            pointer: reference.is_some_and(|it| is_pointer(moved, it)),
            reference_fed_by: reference.into_iter().cloned().collect(),
            declared_fed_by: declared.into_iter().cloned().collect(),
        });
    }
    found
}

/// Whether a value moves only references: neither a declared port nor what a container is told follows it.
fn is_pointer(moved: &Moved<'_>, value: &str) -> bool {
    let follows = |number: i64| moved.sentinels.get(&number).is_some_and(|it| it == value);
    let mentions = moved.linked.graph.workloads.iter().flat_map(|it| &it.containers).flat_map(|it| &it.mentions);
    !declared(moved.linked).iter().any(|it| it.value.as_i64().is_some_and(follows)) && !mentions.copied().any(follows)
}

/// Kind, file, number among the objects of both, field path: what survives a change of names.
type FieldPlace<'a> = (&'a str, &'a str, usize, &'a str);

fn place<'a>(manifest: &'a Manifest, field: &'a Field) -> FieldPlace<'a> {
    let resource = &manifest.resources[field.resource];
    let file = |it: &'a crate::kube::Resource| it.source.as_ref().map_or("", |it| it.file.as_str());
    let same = |it: &&crate::kube::Resource| {
        it.subject.kind == resource.subject.kind
            && it.source.as_ref().map(|it| &it.file) == resource.source.as_ref().map(|it| &it.file)
    };
    let nth = manifest.resources[..field.resource].iter().filter(same).count();
    (&resource.subject.kind, file(resource), nth, &field.path)
}

fn declared_by_place(linked: &Linked) -> HashMap<FieldPlace<'_>, &Field> {
    declared(linked).into_iter().map(|it| (place(&linked.manifest, it), it)).collect()
}
