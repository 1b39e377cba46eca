//! What probing saw: an edge that resolved, and no longer does once one value moves.

use super::CaseCx;
use crate::finding::Witness;
use crate::graph::{Declared, Edge, EdgeKind};
use crate::kube::Port;

/// An end of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Reference,
    Declaration,
}

/// An edge that one override breaks; confirmed by rendering.
pub struct Drift<'a> {
    /// The case in which one value was moved and the edge is broken.
    pub cx: CaseCx<'a>,
    pub edge: &'a Edge,
    /// The port that it meant before.
    pub declared: &'a Declared,
    /// The `.Values` path that was moved.
    pub moved: String,
    /// The end that followed it.
    pub end: End,
    /// Values that feed the reference.
    pub reference_fed_by: Vec<String>,
    /// Values that feed the declaration.
    pub declared_fed_by: Vec<String>,
    /// The value that the reference follows moves nothing but references.
    pub pointer: bool,
    /// The reference follows its value only because the one that is meant for it is empty.
    pub falls_back: bool,
    /// The chart takes more containers from its user.
    pub may_have_sidecars: bool,
    pub witness: Witness,
}

impl Drift<'_> {
    /// Whether it asks for a name, not a number.
    pub(super) fn by_name(&self) -> bool {
        matches!(self.edge.reference.port, Port::Name(_))
    }

    /// Whether the chart offers a value by which the reference is to be moved along.
    pub(super) fn is_coupling(&self) -> bool {
        self.pointer || self.falls_back
    }

    /// Whether a policy allows, besides, the very port that was meant: policies often list the ports of Services and of pods.
    pub(super) fn is_allowed_anyway(&self) -> bool {
        let policy = self.edge.reference.field.resource;
        let mut others = self.cx.graph.edges_of(EdgeKind::Policy).filter(|it| it.reference.field.resource == policy);
        self.edge.reference.kind == EdgeKind::Policy && others.any(|it| it.leads_to(&self.declared.field))
    }
}
