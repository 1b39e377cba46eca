//! Which declared port a reference may mean, and how likely that is.

use super::view::{View, last_key};
use crate::finding::{Finding, Related};
use crate::graph::{Among, Declared, Destination, Edge, EdgeKind, Graph, Resolution};
use crate::kube::{Port, Service, ServicePort, Workload};

/// A port that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meant {
    pub(super) port: Declared,
    pub(super) score: i64,
}

/// The ports that may be meant, the likeliest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    pub(super) ports: Vec<Meant>,
    /// The first is meant, beyond reasonable doubt.
    pub(super) is_certain: bool,
}

/// A number that nobody declares may be served nevertheless: without a sign of what is meant it is best left alone.
fn is_open(view: View<'_>, edge: &Edge, finding: &Finding, best: i64) -> bool {
    let informational = matches!(edge.reference.kind, EdgeKind::Target | EdgeKind::Probe | EdgeKind::Policy);
    let by_number = matches!(edge.reference.port, Port::Number(_));
    // Without a `targetPort` nobody has chosen the number.
    let is_chosen = edge.reference.kind != EdgeKind::Target
        || view.is_there(&edge.reference.field) && last_key(&edge.reference.field.path) == "targetPort";
    informational && by_number && is_chosen && best < TELLING && !DRIFTS.contains(&finding.rule)
}

/// Rules that know which port is meant.
const DRIFTS: [&str; 4] = ["hard-coded-number", "hard-coded-name", "crossed-values", "coupled-values"];

/// What the finding itself says.
pub(super) const TOLD: i64 = 1000;

/// What alone tells which port is meant.
const TELLING: i64 = 140;

/// What a name says that only holds another one, or an equal number.
const WEAK: i64 = 60;

/// Returns the ports that an edge may mean.
pub(super) fn choice(view: View<'_>, edge: &Edge, finding: &Finding) -> Choice {
    let mut ports: Vec<Meant> = Vec::new();
    for (at, port) in declared(view, edge, finding).into_iter().enumerate() {
        let same = |it: &Meant| name(&it.port) == name(&port) && it.port.number == port.number;
        if !ports.iter().any(same) {
            let score = score(view, edge, finding, &port) - i64::try_from(at).unwrap_or(0).min(20);
            ports.push(Meant { port, score });
        }
    }
    ports.sort_by_key(|it| std::cmp::Reverse(it.score));
    if is_open(view, edge, finding, ports.first().map_or(0, |it| it.score)) {
        return Choice::default();
    }
    let is_certain = match &ports[..] {
        [] => false,
        // It leads to a port that is there: whether it is the wrong one, people know.
        _ if finding.rule == "suspicious-port" => false,
        [_] => true,
        [first, second, ..] => first.score >= TELLING && first.score - second.score >= TELLING / 2,
    };
    Choice { ports, is_certain }
}

fn name(port: &Declared) -> Option<&str> {
    port.name.as_ref()?.value.as_str().filter(|it| !it.is_empty())
}

/// Returns what the other end of an edge declares.
fn declared(view: View<'_>, edge: &Edge, finding: &Finding) -> Vec<Declared> {
    let is_suspect = finding.rule == "suspicious-port";
    let graph = &view.linked.graph;
    let of_pods = |it: &[usize]| -> Vec<Declared> {
        it.iter().filter_map(|at| graph.workloads.get(*at)).filter(|it| !it.finite).flat_map(of_workload).collect()
    };
    match (&edge.to, &edge.reference.to) {
        // It leads to a port that is likely the wrong one.
        (Resolution::Found(found), Destination::Service { name, namespace, .. }) if is_suspect => {
            let service = graph.services.iter().filter(|it| it.name == *name && it.namespace == *namespace);
            service.flat_map(of_service).filter(|it| !found.iter().any(|found| found.field == it.field)).collect()
        }
        (Resolution::NoPort { near, .. }, _) if !near.is_empty() => near.clone(),
        (Resolution::Found(ports) | Resolution::OtherProtocol(ports), _) if !ports.is_empty() => ports.clone(),
        (_, Destination::Service { name, namespace, .. }) => {
            let found = graph.services.iter().filter(|it| it.name == *name && it.namespace == *namespace);
            found.flat_map(of_service).collect()
        }
        (_, Destination::PodsOf(at)) => of_pods(graph.selected.get(*at).map_or(&[], |it| it)),
        (_, Destination::Container(workload, container)) => {
            let container = graph.workloads.get(*workload).and_then(|it| it.containers.get(*container));
            container.into_iter().flat_map(of_container).collect()
        }
        (_, Destination::Workload(at)) => of_pods(&[*at]),
        (_, Destination::Selected(selections)) => selections.iter().flat_map(|at| selected(graph, *at, false)).collect(),
        (_, Destination::Behind(selection)) => selected(graph, *selection, true),
    }
}

/// Returns the ports of what a selection selects; `behind`: of the pods behind selected Services.
fn selected(graph: &Graph, selection: usize, behind: bool) -> Vec<Declared> {
    let Some(selection) = graph.selections.get(selection) else { return Vec::new() };
    let workload = |at: &usize| graph.workloads.get(*at).into_iter().flat_map(of_workload);
    let found = selection.found.iter();
    match selection.among {
        Among::Services if behind => {
            found.filter_map(|at| graph.selected.get(*at)).flatten().flat_map(|at| workload(at).collect::<Vec<_>>()).collect()
        }
        Among::Services => found.filter_map(|at| graph.services.get(*at)).flat_map(of_service).collect(),
        Among::Pods => found.flat_map(|at| workload(at).collect::<Vec<_>>()).collect(),
    }
}

/// Returns a Service's ports.
pub(super) fn of_service(service: &Service) -> impl Iterator<Item = Declared> + '_ {
    service.ports.iter().map(|it| Declared {
        field: it.port.clone(),
        number: number(&it.number),
        name: it.name.clone(),
        protocol: it.protocol.clone(),
    })
}

fn of_workload(workload: &Workload) -> Vec<Declared> {
    workload.containers.iter().flat_map(of_container).collect()
}

fn of_container(container: &crate::kube::Container) -> impl Iterator<Item = Declared> + '_ {
    container.ports.iter().map(|it| Declared {
        field: it.field.clone(),
        number: number(&it.number),
        name: it.name.as_ref().map(|it| it.0.clone()),
        protocol: it.protocol.clone(),
    })
}

fn number(port: &Port) -> Option<i64> {
    if let Port::Number(number) = port { Some(*number) } else { None }
}

/// Whether a reference asks for a port.
pub(super) fn wanted(reference: &Port, port: &Declared) -> bool {
    match reference {
        Port::Number(number) => port.number == Some(*number),
        Port::Name(wanted) => name(port) == Some(wanted),
        Port::Malformed(_) => false,
    }
}

fn score(view: View<'_>, edge: &Edge, finding: &Finding, port: &Declared) -> i64 {
    let mut score = 0;
    let reference = &edge.reference;
    let subject = &view.linked.manifest.resources[port.field.resource].subject;
    let is_told = |it: &Related| it.path == port.field.path && it.subject == *subject;
    if DRIFTS.contains(&finding.rule) && finding.related.first().is_some_and(is_told) {
        score += TOLD;
    }
    let service_port = service_port(view, port);
    match &reference.port {
        Port::Number(number) => {
            let by_target = service_port.is_some_and(|it| leads_to(view, it, *number));
            let by_service = matches!(reference.kind, EdgeKind::Probe | EdgeKind::Policy | EdgeKind::Scrape)
                && service_leads(view, *number, port);
            score += if by_target || by_service || port.number == Some(*number) { 300 } else { 0 };
        }
        Port::Name(wanted) => score += name(port).map_or(0, |it| likeness(wanted, it)),
        Port::Malformed(_) => {
            let text = reference.field.text();
            score += if port.number.is_some_and(|it| it.to_string() == text) { 300 } else { 0 };
            score += name(port).map_or(0, |it| likeness(&text, it));
        }
    }
    if reference.kind == EdgeKind::Target
        && let Some(own) = referring(view, edge)
    {
        let alike = own.named().zip(name(port)).map_or(0, |(own, it)| likeness(own, it));
        score += if is_agreed(view, edge) { alike.min(WEAK) } else { alike };
        score += if number(&own.number).is_some() && number(&own.number) == port.number { WEAK } else { 0 };
        score -= if own.protocol == port.protocol { 0 } else { 100 };
    }
    let word = name(port).unwrap_or_default();
    score += match reference.kind {
        EdgeKind::Monitor | EdgeKind::Scrape if word.split('-').any(|it| it == "metrics") => TELLING,
        EdgeKind::Monitor | EdgeKind::Scrape if word.contains("metrics") => WEAK,
        EdgeKind::Monitor | EdgeKind::Scrape if word.contains("http") => 10,
        EdgeKind::Backend | EdgeKind::Probe if matches!(word, "http" | "web" | "https") => 30,
        _ => 0,
    };
    score
}

/// Whether another object is found to ask for the same number in vain: then rather the declaration is wrong.
fn is_agreed(view: View<'_>, edge: &Edge) -> bool {
    let Port::Number(number) = edge.reference.port else { return false };
    let own = edge.subject(&view.linked.manifest);
    view.findings.iter().any(|it| it.value.as_i64() == Some(number) && it.subject != *own)
}

/// Returns the Service port whose number a declared port is.
fn service_port<'a>(view: View<'a>, port: &Declared) -> Option<&'a ServicePort> {
    let ports = view.linked.graph.services.iter().flat_map(|it| &it.ports);
    ports.into_iter().find(|it| it.port.resource == port.field.resource && it.port.path == port.field.path)
}

/// Returns the Service port whose target an edge is.
fn referring<'a>(view: View<'a>, edge: &Edge) -> Option<&'a ServicePort> {
    let field = &edge.reference.field;
    let service = view.linked.graph.services.iter().find(|it| it.resource == field.resource)?;
    service.ports.iter().find(|it| field.path.starts_with(&format!("{}.", it.path)))
}

/// Whether the Service port of that number leads to a container port.
fn service_leads(view: View<'_>, wanted: i64, port: &Declared) -> bool {
    let graph = &view.linked.graph;
    let leads = |it: &ServicePort| match it.target_port() {
        Port::Number(target) => port.number == Some(target),
        Port::Name(target) => name(port) == Some(target.as_str()),
        Port::Malformed(_) => false,
    };
    let selects = |at: usize| {
        let pods = graph.selected.get(at).into_iter().flatten().filter_map(|it| graph.workloads.get(*it));
        pods.into_iter().any(|it| it.resource == port.field.resource)
    };
    let services = graph.services.iter().enumerate().filter(|(at, _)| selects(*at));
    services.flat_map(|(_, it)| &it.ports).any(|it| number(&it.number) == Some(wanted) && leads(it))
}

/// Whether a Service port sends its traffic to a number.
fn leads_to(view: View<'_>, port: &ServicePort, number: i64) -> bool {
    match port.target_port() {
        Port::Number(target) => target == number,
        Port::Name(wanted) => {
            let graph = &view.linked.graph;
            let at = graph.services.iter().position(|it| it.resource == port.port.resource);
            let pods = at.and_then(|at| graph.selected.get(at)).into_iter().flatten();
            let ports = pods.filter_map(|it| graph.workloads.get(*it)).flat_map(of_workload);
            ports.into_iter().any(|it| name(&it) == Some(wanted.as_str()) && it.number == Some(number))
        }
        Port::Malformed(_) => false,
    }
}

/// Tells how alike two names are: 300 is the same, 0 nothing.
pub(super) fn likeness(one: &str, other: &str) -> i64 {
    let plain = |it: &str| it.to_ascii_lowercase().replace(['-', '_', '.'], "");
    let (a, b) = (plain(one), plain(other));
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    if a == b {
        return 300;
    }
    let words = |it: &str| -> Vec<String> { it.split(['-', '_', '.']).map(str::to_ascii_lowercase).collect() };
    let (mine, theirs) = (words(one), words(other));
    let shared = mine.iter().filter(|it| theirs.contains(it)).count();
    let distance = distance(&a, &b);
    if shared > 0 {
        // The more words they share, the better: `http-metrics` is nearer to `metrics` than to `http-a-metrics`.
        let all = i64::try_from(mine.len().max(theirs.len())).unwrap_or(i64::MAX);
        return 100 + 100 * i64::try_from(shared).unwrap_or(0) / all;
    }
    if distance <= 2 && a.len().min(b.len()) > 3 || distance == 1 {
        return 150;
    }
    if a.len().min(b.len()) > 2 && (a.contains(&b) || b.contains(&a)) { WEAK } else { 0 }
}

/// How many letters must be put in, left out or replaced.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike() {
        assert_eq!(likeness("http", "HTTP"), 300);
        assert!(likeness("metrics", "http-metrics") > likeness("metrics", "http-x-metrics"));
        assert_eq!(likeness("httpn", "http"), 150);
        assert_eq!(likeness("management", "mgmt"), 0);
        assert!(likeness("http", "https") > 0 && likeness("grpc", "http") == 0);
    }
}
