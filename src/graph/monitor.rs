//! What Prometheus is told to scrape: monitors of Services and of pods, and probers.
//!
//! <https://prometheus-operator.dev/docs/api-reference/api/>

use super::selector::{Among, Selection, Selector};
use super::walk::{each, host};
use super::{Destination, EdgeKind, Found, Parts, Reference};
use crate::kube::{Field, Port, Resource, Wrong, port_or_name, service_port_ref};
use crate::yaml::Node;

const OPERATORS: [&str; 2] = ["monitoring.coreos.com", "operator.victoriametrics.com"];

/// Kind, the key of its endpoints, and what it selects.
const KINDS: [(&str, &str, Among); 4] = [
    ("ServiceMonitor", "endpoints[]", Among::Services),
    ("VMServiceScrape", "endpoints[]", Among::Services),
    ("PodMonitor", "podMetricsEndpoints[]", Among::Pods),
    ("VMPodScrape", "podMetricsEndpoints[]", Among::Pods),
];

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    let ours = |it: &&(usize, &Resource)| OPERATORS.iter().any(|group| it.1.is(&it.1.subject.kind, group));
    for (index, resource) in parts.all().collect::<Vec<_>>().iter().filter(ours) {
        if let Some((_, endpoints, among)) = KINDS.iter().find(|it| it.0 == resource.subject.kind) {
            monitor((*index, resource), endpoints, *among, out);
        } else if resource.subject.kind == "Probe" {
            out.references.extend(prober(*index, resource));
        }
    }
}

fn monitor(of: (usize, &Resource), endpoints: &str, among: Among, out: &mut Found) {
    let (index, resource) = of;
    let Some((node, selector)) = resource.at(&["spec", "selector"]).and_then(|it| Some((it, Selector::read(it)?))) else {
        return;
    };
    let selection = out.selections.len();
    let field = Field::new(index, "spec.selector", node);
    let namespaces = namespaces(resource);
    out.selections.push(Selection { what: "selector", field, selector, namespaces, among, found: Vec::new() });
    for (path, endpoint) in each(&resource.node, "", &["spec", endpoints]) {
        out.references.extend(wanted(index, selection, among, &path, endpoint));
    }
}

/// The operator lets `port` win, then `portNumber`, then `targetPort`.
fn wanted(index: usize, selection: usize, among: Among, path: &str, endpoint: &Node) -> Option<Reference> {
    let said = |key: &'static str| Some((key, endpoint.get(key).filter(|it| !it.is_null() && it.str() != Some(""))?));
    let (key, node) = said("port").or_else(|| said("portNumber")).or_else(|| said("targetPort"))?;
    let port = match (key, service_port_ref(node)) {
        ("port", Port::Number(_)) => Port::Malformed(Wrong::NumberNotName),
        ("port", port) => port,
        _ => port_or_name(node),
    };
    // Whatever is not the name of a Service's port is looked for in the pods.
    let behind = key != "port" && among == Among::Services;
    let to = if behind { Destination::Behind(selection) } else { Destination::Selected(vec![selection]) };
    let field = Field::new(index, format!("{path}.{key}"), node);
    Some(Reference { kind: EdgeKind::Monitor, what: "endpoint", field, port, protocol: None, by_target: false, to })
}

fn namespaces(resource: &Resource) -> Vec<String> {
    let Some(node) = resource.at(&["spec", "namespaceSelector"]) else { return vec![resource.subject.namespace.clone()] };
    if node.get("any").is_some_and(|it| it.scalar() == Some(&crate::yaml::Value::Bool(true))) {
        return Vec::new();
    }
    let names: Vec<String> = each(node, "", &["matchNames[]"]).iter().filter_map(|it| Some(it.1.str()?.to_owned())).collect();
    if names.is_empty() { vec![resource.subject.namespace.clone()] } else { names }
}

/// The prober's address, `host:port`.
fn prober(index: usize, resource: &Resource) -> Option<Reference> {
    let node = resource.at(&["spec", "prober", "url"])?;
    let (name, port) = node.str()?.rsplit_once(':')?;
    let host = host(name, &resource.subject.namespace).filter(|it| !it.service.contains('/'))?;
    let field = Field::new(index, "spec.prober.url", node);
    let to = Destination::Service { name: host.service.into(), namespace: host.namespace.into(), field: field.clone() };
    let port = Port::Number(port.parse().ok().filter(|it| (1..=65535).contains(it))?);
    let field = field.number_within(&port);
    Some(Reference { kind: EdgeKind::Backend, what: "prober", field, port, protocol: None, by_target: false, to })
}
