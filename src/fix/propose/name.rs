//! A reference to a Service that is not there: the name of the one that is meant, as its template writes it.

use super::Proposal;
use super::port::{of_port, rewrites};
use crate::finding::Finding;
use crate::fix::Options;
use crate::fix::ends::{likeness, of_service, wanted};
use crate::fix::view::View;
use crate::graph::{Destination, Edge, Resolution};
use crate::kube::{Field, Service};

/// So many of the Services that may be meant are tried.
const SERVICES: usize = 3;

/// Proposes for edges that lead to no Service.
pub(super) fn propose(view: View<'_>, finding: &Finding, options: Options) -> Vec<Proposal> {
    let mut out = Vec::new();
    for edge in &view.linked.graph.edges {
        let Destination::Service { name, field, .. } = &edge.reference.to else { continue };
        let subject = edge.subject(&view.linked.manifest);
        let is_subject = (&subject.kind, &subject.name) == (&finding.subject.kind, &finding.subject.name);
        let is_field = field.path == finding.path || edge.reference.field.path == finding.path;
        if !is_subject || !is_field || !matches!(edge.to, Resolution::NoService) {
            continue;
        }
        let services = services(view, finding, edge, name);
        for (at, (service, _)) in services.iter().take(SERVICES).enumerate() {
            let is_certain = at == 0 && is_certain(&services);
            let made = of_name(view, finding, edge, field, service, options);
            out.extend(made.into_iter().map(|it| Proposal { is_certain, ..it }));
        }
    }
    out
}

/// Returns the Services of the release that may be meant, the likeliest first.
fn services<'a>(view: View<'a>, finding: &Finding, edge: &Edge, name: &str) -> Vec<(&'a Service, i64)> {
    let near = |it: &Service| finding.related.iter().any(|near| near.subject.kind == "Service" && near.subject.name == it.name);
    let score = |it: &Service| {
        let has_port = of_service(it).any(|port| wanted(&edge.reference.port, &port));
        let alike = likeness(name, &it.name) + likeness(&finding.subject.name, &it.name);
        alike + if has_port { 150 } else { 0 } + if near(it) { 50 } else { 0 } - if it.headless { 40 } else { 0 }
    };
    let mut found: Vec<(&Service, i64)> = view.linked.graph.services.iter().map(|it| (it, score(it))).collect();
    found.sort_by_key(|it| std::cmp::Reverse(it.1));
    found
}

fn is_certain(services: &[(&Service, i64)]) -> bool {
    match services {
        [] => false,
        [_] => true,
        [first, second, ..] => first.1 - second.1 >= 100,
    }
}

/// Names a Service, and one of its ports where it lacks the one that is wanted.
fn of_name(view: View<'_>, finding: &Finding, edge: &Edge, old: &Field, service: &Service, options: Options) -> Vec<Proposal> {
    let resource = &view.linked.manifest.resources[service.resource];
    let Some(node) = resource.at(&["metadata", "name"]) else { return Vec::new() };
    let new = Field::new(service.resource, "metadata.name", node);
    let title = format!("name `{}`", resource.subject);
    let mut out = Vec::new();
    let ports: Vec<_> = of_service(service).collect();
    let lacks = edge.reference.field.path != old.path && !ports.iter().any(|it| wanted(&edge.reference.port, it));
    for edits in rewrites(view, finding, old, &new, false) {
        if !lacks {
            out.push(Proposal { title: title.clone(), edits, is_certain: false });
            continue;
        }
        for port in &ports {
            for more in of_port(view, finding, edge, port, options).into_iter().take(2) {
                let edits = edits.iter().cloned().chain(more.edits).collect();
                out.push(Proposal { title: format!("{title} and {}", more.title), edits, is_certain: false });
            }
        }
    }
    out
}
