//! Ports get names: where a reference can only hold one, where a Service needs them, and from end to end where names are preferred.

use super::Proposal;
use super::port::{edit, rewrites, takes};
use crate::finding::{Edit, Finding};
use crate::fix::Options;
use crate::fix::ends::{Choice, choice};
use crate::fix::site::{key_before, line_end, line_of};
use crate::fix::view::{Source, View};
use crate::graph::{Declared, Edge, EdgeKind};
use crate::kube::{ContainerPort, Field, Port, ServicePort};

/// What a port is called for which nothing tells a name.
const NAME: &str = "http";

/// Proposes names for a reference's other end.
pub(super) fn propose(view: View<'_>, finding: &Finding, options: Options) -> Vec<Proposal> {
    let mut out = Vec::new();
    for edge in view.edges(finding) {
        let kind = edge.reference.kind;
        let by_name = options.prefer_names && matches!(kind, EdgeKind::Backend);
        let takes = takes(edge);
        if !(takes.name && (by_name || !takes.number)) {
            continue;
        }
        let choice = choice(view, edge, finding);
        let Some(meant) = choice.ports.first() else { continue };
        out.extend(named(view, finding, edge, &meant.port, &choice, by_name));
    }
    if finding.rule == "duplicate-port" {
        out.extend(of_service(view, finding));
    }
    out
}

/// Refers to a port by name, and names it where it has none; `through`: what it leads to as well.
fn named(view: View<'_>, finding: &Finding, edge: &Edge, port: &Declared, choice: &Choice, through: bool) -> Option<Proposal> {
    let service = service_port(view, port);
    let container = service.and_then(|it| target(view, it));
    let name = name(view, edge, port, container);
    let mut edits: Vec<Edit> = Vec::new();
    if port.name.is_none() {
        edits.push(insert(view, &port.field, &name)?);
    } else if !through {
        // There was nothing to name.
        return None;
    }
    if let (true, Some(service), Some(container)) = (through, service, container) {
        edits.extend(through_container(view, service, container, &name));
    }
    let own = port.name.as_ref();
    let reference = match own {
        Some(own) => rewrites(view, finding, &edge.reference.field, own, false).into_iter().next()?,
        None => literal(view, &edge.reference.field, &name)?,
    };
    edits.extend(reference);
    let title = format!("name the port `{name}`, and refer to it by that");
    Some(Proposal { title, edits, is_certain: choice.is_certain })
}

/// Lets a Service port lead to a container port by its name.
fn through_container(view: View<'_>, service: &ServicePort, container: &ContainerPort, name: &str) -> Vec<Edit> {
    let by_number = service.target.as_ref().is_some_and(|(_, port)| matches!(port, Port::Number(_)));
    let mut edits = Vec::new();
    let own = container.named().map(str::to_owned);
    if own.is_none() {
        let Some(named) = insert(view, &container.field, name) else { return Vec::new() };
        edits.push(named);
    }
    if by_number && let Some((field, _)) = &service.target {
        let Some(more) = literal(view, field, own.as_deref().unwrap_or(name)) else { return Vec::new() };
        edits.extend(more);
    }
    edits
}

/// Names the ports of a Service that has several and leaves one without.
fn of_service(view: View<'_>, finding: &Finding) -> Option<Proposal> {
    let services = &view.linked.graph.services;
    let subject = |at: usize| &view.linked.manifest.resources[at].subject;
    let service = services.iter().find(|it| *subject(it.resource) == finding.subject && it.ports.len() > 1)?;
    let mut taken: Vec<String> = service.ports.iter().filter_map(|it| it.named().map(str::to_owned)).collect();
    let mut edits = Vec::new();
    for port in service.ports.iter().filter(|it| it.named().is_none()) {
        let by_target = match port.target_port() {
            Port::Name(name) => Some(name),
            _ => target(view, port).and_then(|it| it.named().map(str::to_owned)),
        };
        let number = port.port.text();
        let name = by_target.filter(|it| !taken.contains(it)).unwrap_or_else(|| format!("port-{number}"));
        edits.push(insert(view, &port.port, &name)?);
        taken.push(name);
    }
    let title = "name each of the ports, as a Service with several must".to_owned();
    (!edits.is_empty()).then_some(Proposal { title, edits, is_certain: true })
}

/// Returns the Service port that is declared.
fn service_port<'a>(view: View<'a>, port: &Declared) -> Option<&'a ServicePort> {
    view.linked.graph.services.iter().flat_map(|it| &it.ports).find(|it| it.port == port.field)
}

/// Returns the container port that a Service port leads to.
fn target<'a>(view: View<'a>, port: &ServicePort) -> Option<&'a ContainerPort> {
    let graph = &view.linked.graph;
    let at = graph.services.iter().position(|it| it.resource == port.port.resource)?;
    let pods = graph.selected.get(at)?.iter().filter_map(|it| graph.workloads.get(*it));
    let mut ports = pods.flat_map(|it| &it.containers).flat_map(|it| &it.ports);
    let wanted = port.target_port();
    ports.find(|it| match &wanted {
        Port::Name(name) => it.named() == Some(name),
        number => it.number == *number,
    })
}

fn name(view: View<'_>, edge: &Edge, port: &Declared, container: Option<&ContainerPort>) -> String {
    let own = port.name.as_ref().and_then(|it| it.value.as_str()).map(str::to_owned);
    let asked = match &edge.reference.port {
        Port::Name(name) => Some(name.clone()),
        _ => None,
    };
    let of_container = container.and_then(|it| it.named()).map(str::to_owned);
    let service = referring(view, port);
    let legal = |it: &String| it.len() <= 15 && it.chars().any(|c| c.is_ascii_lowercase());
    own.or(of_container).or(asked).or(service).filter(legal).unwrap_or_else(|| NAME.into())
}

/// Returns the name of the Service port that leads to a container port by number.
fn referring(view: View<'_>, port: &Declared) -> Option<String> {
    let graph = &view.linked.graph;
    let mut ports = graph.services.iter().flat_map(|it| &it.ports);
    let leads = |it: &&ServicePort| target(view, it).is_some_and(|it| it.field == port.field);
    ports.find(leads)?.named().map(str::to_owned)
}

/// Writes `name:` before the key of a port's number.
fn insert(view: View<'_>, number: &Field, name: &str) -> Option<Edit> {
    let Source::Value(site) = view.source(number)? else { return None };
    let text = view.text(&site.file)?;
    let (start, _) = key_before(text, site.start)?;
    let (first, _) = line_of(text, start);
    let before = &text[first..start];
    if before.contains(['{', '[']) {
        return Some(edit(&site, start, start, format!("name: {name}, ")));
    }
    let indent: String = before.chars().map(|it| if it == '\t' { '\t' } else { ' ' }).collect();
    Some(edit(&site, start, start, format!("name: {name}{}{indent}", line_end(text))))
}

/// Writes a literal name where a number stands.
fn literal(view: View<'_>, field: &Field, name: &str) -> Option<Vec<Edit>> {
    let Source::Value(site) = view.source(field)? else { return None };
    let text = view.text(&site.file)?;
    let mut edits = Vec::new();
    if let Some((start, end)) = key_before(text, site.start).filter(|(a, b)| &text[*a..*b] == "number") {
        edits.push(edit(&site, start, end, "name".into()));
    }
    edits.push(edit(&site, site.start, site.end, name.to_owned()));
    Some(edits)
}
