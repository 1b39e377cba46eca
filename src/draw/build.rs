//! From a linked rendering and what was found in it to a picture.

use std::collections::{HashMap, HashSet};

use super::address::address;
use super::words::{container_port, instead, number, service_port, wanted};
use super::{End, Link, Node, Picture, PortRow, Presence, Role, Row, State, Trouble};
use crate::finding::{Finding, Severity, Subject};
use crate::graph::{Declared, Destination, Edge, EdgeKind, Graph, Resolution};
use crate::kube::{Field, Manifest};

/// Draws a rendering. `findings` are those of that rendering; those that somebody accepted are passed over.
pub fn picture(title: String, manifest: &Manifest, graph: &Graph, findings: &[Finding]) -> Picture {
    let counted = || findings.iter().filter(|it| it.suppressed.is_none());
    let mut builder = Builder {
        manifest,
        graph,
        out: Picture { title, ..Picture::default() },
        nodes: HashMap::new(),
        outside: HashMap::new(),
        rows: HashMap::new(),
        services: HashMap::new(),
        findings: HashMap::new(),
        used: HashSet::new(),
        seen: HashSet::new(),
    };
    for (index, it) in graph.services.iter().enumerate() {
        builder.services.entry((&it.namespace, &it.name)).or_insert(index);
    }
    for (index, finding) in counted().enumerate() {
        builder.findings.entry((&finding.subject, &finding.path)).or_default().push((index, finding));
    }
    builder.services();
    builder.workloads();
    // What a container is told about its own port is no link.
    for edge in graph.edges.iter().filter(|it| it.reference.kind != EdgeKind::Listen) {
        builder.edge(edge);
    }
    builder.selections();
    let by_subject = builder.out.nodes.iter().map(|it| it.subject.clone()).zip(0..).collect();
    for (index, finding) in counted().enumerate() {
        builder.trouble(index, finding, &by_subject);
    }
    builder.finish()
}

struct Builder<'a> {
    manifest: &'a Manifest,
    graph: &'a Graph,
    out: Picture,
    /// By resource.
    nodes: HashMap<usize, usize>,
    /// Services that are not rendered, by namespace and name.
    outside: HashMap<(String, String), usize>,
    rows: HashMap<(usize, String), usize>,
    services: HashMap<(&'a str, &'a str), usize>,
    findings: HashMap<(&'a Subject, &'a str), Vec<(usize, &'a Finding)>>,
    /// Findings that a link shows.
    used: HashSet<usize>,
    seen: HashSet<(End, Option<End>, EdgeKind, String)>,
}

impl<'a> Builder<'a> {
    fn node(&mut self, resource: usize, role: Role) -> usize {
        let (nodes, subject) = (&mut self.out.nodes, &self.manifest.resources[resource].subject);
        *self.nodes.entry(resource).or_insert_with(|| {
            nodes.push(Node {
                subject: subject.clone(),
                role,
                presence: Presence::Rendered,
                rows: Vec::new(),
                troubles: Vec::new(),
            });
            nodes.len() - 1
        })
    }

    fn row(&mut self, node: usize, key: String, row: impl FnOnce() -> Row) -> usize {
        let rows = &mut self.out.nodes[node].rows;
        *self.rows.entry((node, key)).or_insert_with(|| {
            rows.push(row());
            rows.len() - 1
        })
    }

    fn services(&mut self) {
        for service in &self.graph.services {
            let node = self.node(service.resource, Role::Service);
            for port in &service.ports {
                let target = if port.target.is_some() { wanted(&port.target_port()) } else { String::new() };
                let row = || Row {
                    label: service_port(port),
                    tail: if target.is_empty() { target } else { format!("→ {target}") },
                    path: port.path.clone(),
                    port: Some(PortRow {
                        name: port.named().map(str::to_owned),
                        number: number(&port.number),
                        protocol: port.protocol.clone(),
                        ..PortRow::default()
                    }),
                };
                self.row(node, port.path.clone(), row);
            }
        }
    }

    fn workloads(&mut self) {
        for workload in &self.graph.workloads {
            let node = self.node(workload.resource, Role::Workload);
            let several = workload.containers.len() > 1;
            for container in &workload.containers {
                for port in &container.ports {
                    let row = || Row {
                        label: container_port(port),
                        tail: if several { container.name.clone() } else { String::new() },
                        path: port.path.clone(),
                        port: Some(PortRow {
                            name: port.named().map(str::to_owned),
                            number: number(&port.number),
                            protocol: port.protocol.clone(),
                            container: container.name.clone(),
                            is_absent: false,
                        }),
                    };
                    self.row(node, port.path.clone(), row);
                }
            }
        }
    }

    fn edge(&mut self, edge: &'a Edge) {
        let trouble = self.trouble_of(edge);
        let from = self.source(edge);
        let ends = self.ends(edge, trouble.as_ref().is_some_and(|it| it.severity > Severity::Note));
        let wanted = wanted(&edge.reference.port);
        for (to, doubt) in ends {
            let state = match (&trouble, doubt) {
                (Some(it), _) if it.severity > Severity::Note => State::Broken(it.clone()),
                (Some(it), _) => State::Unsure(it.why.clone()),
                (None, Some(doubt)) => State::Unsure(doubt),
                (None, None) => State::Sound,
            };
            let reference = &edge.reference;
            if self.seen.insert((from, to, reference.kind, format!("{}\0{wanted}", reference.what))) {
                let (kind, what, path) = (reference.kind, reference.what, reference.field.path.clone());
                self.out.links.push(Link { kind, what, path, from, to, wanted: wanted.clone(), state });
            }
        }
    }

    /// Returns the object that refers, with the row that does.
    fn source(&mut self, edge: &'a Edge) -> End {
        let field = &edge.reference.field;
        if let Some(&node) = self.nodes.get(&field.resource)
            && self.out.nodes[node].role != Role::Referrer
        {
            let row = match edge.reference.kind {
                EdgeKind::Target => self.rows.get(&(node, parent(&field.path))).copied(),
                _ => None,
            };
            return End { node, row };
        }
        let node = self.node(field.resource, Role::Referrer);
        let resource = &self.manifest.resources[field.resource];
        let label = address(resource, &field.path, edge.reference.what);
        let tail = wanted(&edge.reference.port);
        let key = format!("{label}\0{tail}");
        let row = self.row(node, key, || Row { label, tail, path: field.path.clone(), port: None });
        End { node, row: Some(row) }
    }

    /// Returns what an edge leads to, each with what makes it doubtful.
    fn ends(&mut self, edge: &'a Edge, broken: bool) -> Vec<(Option<End>, Option<String>)> {
        match &edge.to {
            Resolution::Found(ports) | Resolution::OtherProtocol(ports) if !ports.is_empty() => {
                ports.iter().map(|it| (Some(self.declared(it)), None)).collect()
            }
            Resolution::Found(_) | Resolution::OtherProtocol(_) => vec![(self.whole_service(edge), None)],
            Resolution::NoService => vec![(self.outside(edge, broken), Some("not rendered here".into()))],
            Resolution::NoPort { at, .. } => {
                let doubt = "nobody declares it".to_owned();
                at.iter().map(|it| (self.absent(*it, edge), Some(doubt.clone()))).collect()
            }
            Resolution::Unknown => self.unknown(edge),
        }
    }

    fn unknown(&mut self, edge: &Edge) -> Vec<(Option<End>, Option<String>)> {
        let pods = |workloads: &[usize]| workloads.iter().map(|it| self.graph.workloads[*it].resource).collect::<Vec<_>>();
        let found = match &edge.reference.to {
            Destination::Service { .. } => return vec![(self.whole_service(edge), None)],
            Destination::PodsOf(index) => pods(&self.graph.selected[*index]),
            Destination::Container(workload, _) | Destination::Workload(workload) => pods(&[*workload]),
            Destination::Selected(all) => all.iter().flat_map(|it| self.selected(*it)).collect(),
            Destination::Behind(selection) => self.selected(*selection),
        };
        if found.is_empty() {
            return vec![(None, Some("selects nothing that is rendered here".into()))];
        }
        let ends = found.iter().filter_map(|it| Some((Some(End { node: *self.nodes.get(it)?, row: None }), None)));
        ends.collect()
    }

    /// Returns the resources that a selection selects.
    fn selected(&self, selection: usize) -> Vec<usize> {
        let selection = &self.graph.selections[selection];
        let resource = |it: &usize| match selection.among {
            crate::graph::Among::Services => self.graph.services[*it].resource,
            crate::graph::Among::Pods => self.graph.workloads[*it].resource,
        };
        selection.found.iter().map(resource).collect()
    }

    fn declared(&mut self, port: &Declared) -> End {
        let role = if self.manifest.resources[port.field.resource].is("Service", "") { Role::Service } else { Role::Workload };
        let node = self.node(port.field.resource, role);
        End { node, row: self.rows.get(&(node, parent(&port.field.path))).copied() }
    }

    /// Returns the Service that an edge names; `None` where it names none.
    fn whole_service(&mut self, edge: &Edge) -> Option<End> {
        let Destination::Service { name, namespace, .. } = &edge.reference.to else { return None };
        match self.services.get(&(namespace.as_str(), name.as_str())) {
            Some(index) => Some(End { node: self.node(self.graph.services[*index].resource, Role::Service), row: None }),
            None => self.outside(edge, false),
        }
    }

    fn outside(&mut self, edge: &Edge, broken: bool) -> Option<End> {
        let Destination::Service { name, namespace, .. } = &edge.reference.to else { return None };
        if name.is_empty() {
            return None;
        }
        let nodes = &mut self.out.nodes;
        let node = *self.outside.entry((namespace.clone(), name.clone())).or_insert_with(|| {
            let (name, namespace) = (name.clone(), namespace.clone());
            let subject = Subject { api_version: "v1".into(), kind: "Service".into(), name, namespace };
            nodes.push(Node {
                subject,
                role: Role::Service,
                presence: Presence::External,
                rows: Vec::new(),
                troubles: Vec::new(),
            });
            nodes.len() - 1
        });
        if broken {
            self.out.nodes[node].presence = Presence::Missing;
        }
        let port = wanted(&edge.reference.port);
        let row = (!port.is_empty()).then(|| self.row(node, port.clone(), || absent_row(port, &edge.reference.port)));
        Some(End { node, row })
    }

    /// Returns the row of a port that somebody asks for and that is not there.
    fn absent(&mut self, resource: usize, edge: &Edge) -> Option<End> {
        let node = *self.nodes.get(&resource)?;
        let port = wanted(&edge.reference.port);
        let row = self.row(node, format!("?{port}"), || absent_row(port, &edge.reference.port));
        Some(End { node, row: Some(row) })
    }

    /// Returns what is found of an edge.
    fn trouble_of(&mut self, edge: &'a Edge) -> Option<Trouble> {
        let subject = edge.subject(self.manifest);
        let name = match &edge.reference.to {
            Destination::Service { field, .. } => Some(field),
            _ => None,
        };
        let fields = [Some(&edge.reference.field), name].into_iter().flatten();
        let at = |field: &'a Field| {
            self.findings.get(&(subject, field.path.as_str())).into_iter().flatten().filter(|it| it.1.value == field.value)
        };
        let (index, finding) = *fields.flat_map(at).max_by_key(|it| it.1.severity)?;
        self.used.insert(index);
        let why = match &edge.to {
            Resolution::NoService => "not rendered".to_owned(),
            Resolution::NoPort { near, .. } => format!("no such port: {}", instead(near)),
            Resolution::OtherProtocol(ports) => {
                format!("declared for {}", ports.first().map_or("another protocol", |it| it.protocol.as_str()))
            }
            Resolution::Found(_) | Resolution::Unknown => finding.message.clone(),
        };
        Some(trouble(finding, why))
    }

    /// Draws what monitors and policies select where none of their ports does.
    fn selections(&mut self) {
        for selection in &self.graph.selections {
            let node = self.node(selection.field.resource, Role::Referrer);
            if self.out.nodes[node].rows.is_empty() && selection.found.is_empty() {
                let (label, path) = (selection.what.to_owned(), selection.field.path.clone());
                self.row(node, label.clone(), || Row { label, path, ..Row::default() });
            }
        }
    }

    /// Puts a finding that no link shows beside its object.
    fn trouble(&mut self, index: usize, finding: &Finding, by_subject: &HashMap<Subject, usize>) {
        if self.used.contains(&index) || finding.severity == Severity::Note {
            return;
        }
        if let Some(node) = by_subject.get(&finding.subject) {
            self.out.nodes[*node].troubles.push(trouble(finding, finding.message.clone()));
        }
    }

    /// Leaves out what has neither ports nor links.
    fn finish(self) -> Picture {
        let mut picture = self.out;
        let linked: HashSet<usize> =
            picture.links.iter().flat_map(|it| [Some(it.from.node), it.to.map(|it| it.node)]).flatten().collect();
        let keep: Vec<bool> = (0..picture.nodes.len())
            .map(|it| {
                linked.contains(&it)
                    || !picture.nodes[it].troubles.is_empty()
                    || !picture.nodes[it].rows.is_empty()
                    || picture.nodes[it].role == Role::Service
            })
            .collect();
        super::focus::retain(&mut picture, &keep);
        picture
    }
}

fn absent_row(port: String, wanted: &crate::kube::Port) -> Row {
    let name = match wanted {
        crate::kube::Port::Name(name) => Some(name.clone()),
        _ => None,
    };
    let path = String::new();
    let port_row = PortRow { name, number: number(wanted), is_absent: true, ..PortRow::default() };
    Row { label: port, tail: String::new(), path, port: Some(port_row) }
}

fn trouble(finding: &Finding, why: String) -> Trouble {
    Trouble { severity: finding.severity, rule: finding.rule, why, message: finding.message.clone() }
}

/// Cuts a path's last key off.
fn parent(path: &str) -> String {
    path.rsplit_once('.').map_or(path, |(before, _)| before).to_owned()
}
