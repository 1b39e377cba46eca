//! The port graph of one rendering: declared ports, and every reference to one of them, resolved.
//!
//! A family of references is one file with one function in [`FAMILIES`]; it finds references and knows nothing of resolution.

mod api;
mod controllers;
mod gateway;
mod governing;
pub(crate) mod ingress;
pub(crate) mod injected;
mod istio;
mod listen;
mod monitor;
mod pods;
mod policy;
mod probe;
mod resolve;
mod route;
mod scrape;
mod selector;
mod soft;
mod target;
mod walk;

use std::collections::HashMap;

use crate::kube::{Field, Manifest, Port, Protocol, Resource, Service, Subject, Workload};

pub(crate) use pods::by_controllers;
pub use pods::{near_miss, selected};
pub use selector::{Among, Selection, Selector};

/// Finds the references of one kind.
type Family = fn(&Parts<'_>, &mut Found);

const FAMILIES: [Family; 14] = [
    ingress::find,
    gateway::find,
    controllers::find,
    istio::find,
    route::find,
    api::find,
    governing::find,
    target::find,
    probe::find,
    policy::find,
    monitor::find,
    scrape::find,
    soft::find,
    listen::find,
];

/// What references are found in.
pub struct Parts<'a> {
    pub manifest: &'a Manifest,
    pub services: &'a [Service],
    pub workloads: &'a [Workload],
}

impl<'a> Parts<'a> {
    /// Returns all resources with their indices.
    fn all(&self) -> impl Iterator<Item = (usize, &'a Resource)> + use<'a> {
        self.manifest.resources.iter().enumerate()
    }
}

/// What families find.
#[derive(Default)]
pub struct Found {
    pub references: Vec<Reference>,
    pub selections: Vec<Selection>,
    pub unserved: Vec<Address>,
}

/// An address in a text whose host is no Service that is rendered: somebody else's, most often.
#[derive(Debug, Clone)]
pub struct Address {
    /// The text, and where the address stands in it if that is known.
    pub field: Field,
    pub service: String,
    pub namespace: String,
    /// `None` where a host that can be nothing but a Service stands alone.
    pub port: Option<i64>,
}

/// What a reference is, which decides the rule that speaks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// A port of a Service, wanted by an Ingress or the like.
    Backend,
    /// A port of pods, wanted by a Service.
    Target,
    /// A port of a container, wanted by its own probe or hook.
    Probe,
    /// A Service without any of its ports, wanted by name.
    Host,
    /// A port of pods that a network policy allows.
    Policy,
    /// A port that a monitor scrapes.
    Monitor,
    /// A port of pods in a scrape annotation.
    Scrape,
    /// A port of a Service in a text.
    Soft,
    /// A port of its own that a container is told to listen on.
    Listen,
}

/// Where a reference leads.
#[derive(Debug, Clone)]
pub enum Destination {
    Service {
        name: String,
        namespace: String,
        /// The field that names it.
        field: Field,
    },
    /// The pods that a Service selects, by index of the Service.
    PodsOf(usize),
    /// A container: index of the workload, index of the container.
    Container(usize, usize),
    /// The pods of a workload, by index.
    Workload(usize),
    /// What any of these selections selects.
    Selected(Vec<usize>),
    /// The pods behind the Services that a selection selects.
    Behind(usize),
}

/// A reference to a port, not yet resolved.
#[derive(Debug, Clone)]
pub struct Reference {
    pub kind: EdgeKind,
    /// Noun for messages: `backend`, `targetPort`, `readinessProbe`.
    pub what: &'static str,
    /// The port's field, or the nearest that is there.
    pub field: Field,
    pub port: Port,
    pub protocol: Option<Protocol>,
    /// A number is that of the pods' port, not of the Service's.
    pub by_target: bool,
    pub to: Destination,
}

impl Reference {
    /// Returns the indices of the workload and of its container that it leads to, if it leads to a container.
    pub fn container(&self) -> Option<(usize, usize)> {
        match self.to {
            Destination::Container(workload, container) => Some((workload, container)),
            _ => None,
        }
    }
}

/// A port that somebody declares.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// The number's field.
    pub field: Field,
    pub number: Option<i64>,
    pub name: Option<Field>,
    pub protocol: Protocol,
}

/// What became of a reference.
#[derive(Debug, Clone)]
pub enum Resolution {
    /// The declared ports it means: several where several pods are selected.
    Found(Vec<Declared>),
    /// The port is there, under another protocol.
    OtherProtocol(Vec<Declared>),
    /// No such Service is rendered.
    NoService,
    /// The Service, or the pods, lack the port.
    NoPort {
        /// The resources that lack it.
        at: Vec<usize>,
        /// What they declare.
        near: Vec<Declared>,
        /// A number may be listened on without being declared: it stands in a command, args or env of the pods, or one of
        /// the containers that are meant declares no port at all.
        mentioned: bool,
    },
    /// Nothing can be said: the other end is outside, or cannot be read.
    Unknown,
}

/// A resolved reference.
#[derive(Debug, Clone)]
pub struct Edge {
    pub reference: Reference,
    pub to: Resolution,
}

/// The port graph of one rendering.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    pub services: Vec<Service>,
    pub workloads: Vec<Workload>,
    pub edges: Vec<Edge>,
    /// For each of `services`, the indices of the `workloads` whose pods it selects.
    pub selected: Vec<Vec<usize>>,
    /// The selectors of monitors and policies.
    pub selections: Vec<Selection>,
    pub unserved: Vec<Address>,
}

impl Graph {
    /// Links a manifest.
    pub fn link(manifest: &Manifest) -> Self {
        let services = crate::kube::services(manifest);
        let workloads = crate::kube::workloads(manifest);
        let parts = Parts { manifest, services: &services, workloads: &workloads };
        let mut found = Found::default();
        for family in FAMILIES {
            family(&parts, &mut found);
        }
        let unserved = found.unserved;
        let index = resolve::Index::new(&services, &workloads, found.selections);
        let edges: Vec<Edge> = found.references.into_iter().map(|it| Edge { to: index.resolve(&it), reference: it }).collect();
        let (selected, selections) = index.into_selected();
        Self { services, workloads, edges, selected, selections, unserved }
    }

    /// Returns the Service that a resource is, by the resource's index.
    pub fn service(&self, resource: usize) -> Option<&Service> {
        // Services stand in the order of resources.
        let at = self.services.binary_search_by_key(&resource, |it| it.resource).ok()?;
        self.services.get(at)
    }

    /// Returns the edges of a kind.
    pub fn edges_of(&self, kind: EdgeKind) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(move |edge| edge.reference.kind == kind)
    }

    /// Returns the keys of all edges, in their order.
    pub fn keys(&self, manifest: &Manifest) -> Vec<EdgeKey> {
        let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
        let mut nth = Vec::with_capacity(manifest.resources.len());
        for resource in &manifest.resources {
            let count = counts.entry((resource.subject.kind.as_str(), file(resource))).or_default();
            nth.push(*count);
            *count += 1;
        }
        let mut within: HashMap<(EdgeKind, usize, &str), usize> = HashMap::new();
        let key = |it: &Edge, within: usize| EdgeKey { within, ..it.key_as(manifest, nth[it.reference.field.resource]) };
        let keys = self.edges.iter().map(|it| {
            let field = &it.reference.field;
            let count = within.entry((it.reference.kind, field.resource, field.path.as_str())).or_default();
            *count += 1;
            key(it, *count - 1)
        });
        keys.collect()
    }
}

impl Edge {
    /// Returns what identifies this edge among renderings in which names have changed: kind, file, kind of object, field path.
    ///
    /// Counts the objects before it: [`Graph::keys`] is the way to get many.
    pub fn key(&self, manifest: &Manifest) -> EdgeKey {
        let field = &self.reference.field;
        let resource = &manifest.resources[field.resource];
        let nth = manifest.resources[..field.resource]
            .iter()
            .filter(|it| it.subject.kind == resource.subject.kind && file(it) == file(resource))
            .count();
        self.key_as(manifest, nth)
    }

    fn key_as(&self, manifest: &Manifest, nth: usize) -> EdgeKey {
        let field = &self.reference.field;
        let resource = &manifest.resources[field.resource];
        EdgeKey {
            kind: self.reference.kind,
            file: file(resource).to_owned(),
            object: resource.subject.kind.clone(),
            nth,
            path: field.path.clone(),
            within: 0,
        }
    }

    /// Whether it means the port that is declared in a field.
    pub fn leads_to(&self, port: &Field) -> bool {
        let same = |it: &Declared| it.field.resource == port.resource && it.field.path == port.path;
        matches!(&self.to, Resolution::Found(ports) if ports.iter().any(same))
    }

    /// Returns the subject that refers.
    pub fn subject<'a>(&self, manifest: &'a Manifest) -> &'a Subject {
        &manifest.resources[self.reference.field.resource].subject
    }
}

fn file(resource: &Resource) -> &str {
    resource.source.as_ref().map_or("", |it| &it.file)
}

/// Identifies an edge by where it is written, not by names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeKey {
    pub kind: EdgeKind,
    pub file: String,
    pub object: String,
    /// Which of the objects of that kind from that file.
    pub nth: usize,
    pub path: String,
    /// Which of the edges of that field: a text may name several ports.
    pub within: usize,
}

#[cfg(test)]
mod tests;
