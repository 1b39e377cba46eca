//! From references to what they mean.

use std::collections::HashMap;

use super::{Declared, Destination, Reference, Resolution, pods};
use crate::kube::{Container, ContainerPort, Port, Service, ServicePort, Workload};

/// Services by namespace and name, and the pods of each.
pub(super) struct Index<'a> {
    services: &'a [Service],
    workloads: &'a [Workload],
    /// Several of one name where a folder holds the manifests of several clusters.
    by_name: HashMap<(&'a str, &'a str), Vec<usize>>,
    /// For each Service, the workloads that it selects.
    pods: Vec<Vec<usize>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(services: &'a [Service], workloads: &'a [Workload]) -> Self {
        let mut by_label: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, it) in workloads.iter().enumerate().filter(|(_, it)| !it.finite) {
            for (key, value) in &it.labels {
                by_label.entry((it.namespace.as_str(), key.as_str(), value.as_str())).or_default().push(index);
            }
        }
        let pods = services.iter().map(|it| pods_of(it, workloads, &by_label)).collect();
        let mut by_name: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, it) in services.iter().enumerate() {
            by_name.entry((it.namespace.as_str(), it.name.as_str())).or_default().push(index);
        }
        Self { services, workloads, by_name, pods }
    }

    pub(super) fn into_pods(self) -> Vec<Vec<usize>> {
        self.pods
    }

    pub(super) fn resolve(&self, reference: &Reference) -> Resolution {
        if matches!(reference.port, Port::Malformed(_)) && !matches!(reference.to, Destination::Service { .. }) {
            return Resolution::Unknown;
        }
        match &reference.to {
            Destination::Service { name, namespace, .. } => self.in_services(name, namespace, reference),
            Destination::PodsOf(index) => self.in_pods(*index, reference),
            Destination::Container(workload, container) => in_container(&self.workloads[*workload], *container, reference),
        }
    }

    fn in_services(&self, name: &str, namespace: &str, reference: &Reference) -> Resolution {
        if name.is_empty() {
            return Resolution::Unknown;
        }
        let Some(indices) = self.by_name.get(&(namespace, name)) else { return Resolution::NoService };
        let mut all: Vec<_> = indices.iter().map(|&it| in_service(&self.services[it], reference)).collect();
        let best = all.iter().position(|it| !matches!(it, Resolution::NoPort { .. })).unwrap_or_default();
        all.swap_remove(best)
    }

    fn in_pods(&self, service: usize, reference: &Reference) -> Resolution {
        let pods: Vec<&Workload> = self.pods[service].iter().map(|&it| &self.workloads[it]).collect();
        if pods.is_empty() {
            return Resolution::Unknown;
        }
        let containers = || pods.iter().flat_map(|it| &it.containers);
        let at = pods.iter().map(|it| it.resource).collect();
        let mentioned = containers().any(|it| it.ports.is_empty() || mentions(it, &reference.port));
        match pick(containers().flat_map(|it| &it.ports).map(container_port).collect(), reference, at, mentioned) {
            Resolution::NoPort { .. } if containers().any(|it| obscure(it, &reference.port)) => Resolution::Unknown,
            it => it,
        }
    }
}

/// Only pods that carry the rarest of the selector's labels are looked at, so that many Services stay cheap.
fn pods_of(service: &Service, workloads: &[Workload], by_label: &HashMap<(&str, &str, &str), Vec<usize>>) -> Vec<usize> {
    let namespace = service.namespace.as_str();
    let lists = pods::wanted(&service.selector).map(|(key, value)| by_label.get(&(namespace, key.as_str(), value.as_str())));
    let Some(Some(rarest)) = lists.min_by_key(|it| it.map_or(0, Vec::len)) else { return Vec::new() };
    pods::selected_among(service, workloads, rarest.iter().copied()).collect()
}

fn in_service(service: &Service, reference: &Reference) -> Resolution {
    // What cannot be read may be the very port that is wanted, and another rule speaks of it.
    let obscure = service.ports.iter().any(|it| match reference.port {
        Port::Number(_) => matches!(it.number, Port::Malformed(_)),
        _ => it.name.as_ref().is_some_and(|it| !it.value.is_string()),
    });
    if service.external_name || matches!(reference.port, Port::Malformed(_)) {
        return Resolution::Unknown;
    }
    match pick(service.ports.iter().map(service_port).collect(), reference, vec![service.resource], false) {
        Resolution::NoPort { .. } if obscure => Resolution::Unknown,
        it => it,
    }
}

fn in_container(workload: &Workload, container: usize, reference: &Reference) -> Resolution {
    let own = &workload.containers[container];
    let at = vec![workload.resource];
    // Containers of a pod share one network: by number a neighbour's port will do.
    let by_number = matches!(reference.port, Port::Number(_));
    let mentioned = workload.containers.iter().any(|it| mentions(it, &reference.port));
    let found = pick(own.ports.iter().map(container_port).collect(), reference, at, mentioned);
    if !matches!(found, Resolution::NoPort { .. }) {
        return found;
    }
    if obscure(own, &reference.port) || (by_number && workload.containers.iter().any(|it| obscure(it, &reference.port))) {
        return Resolution::Unknown;
    }
    if !by_number {
        return found;
    }
    let pod = workload.containers.iter().flat_map(|it| &it.ports).map(container_port).filter(|it| matches(it, &reference.port));
    let pod: Vec<_> = pod.collect();
    if pod.is_empty() { found } else { Resolution::Found(pod) }
}

fn pick(declared: Vec<Declared>, reference: &Reference, at: Vec<usize>, mentioned: bool) -> Resolution {
    let meant: Vec<Declared> = declared.iter().filter(|it| matches(it, &reference.port)).cloned().collect();
    if meant.is_empty() {
        return Resolution::NoPort { at, near: declared, mentioned };
    }
    let Some(protocol) = &reference.protocol else { return Resolution::Found(meant) };
    let (same, other): (Vec<_>, Vec<_>) = meant.into_iter().partition(|it| it.protocol == *protocol);
    if same.is_empty() { Resolution::OtherProtocol(other) } else { Resolution::Found(same) }
}

fn matches(declared: &Declared, port: &Port) -> bool {
    match port {
        Port::Number(number) => declared.number == Some(*number),
        Port::Name(name) => declared.name.as_ref().is_some_and(|it| it.value.as_str() == Some(name)),
        Port::Malformed(_) => false,
    }
}

/// Whether a declared port that cannot be read may be the one that is wanted; another rule speaks of it.
fn obscure(container: &Container, wanted: &Port) -> bool {
    container.ports.iter().any(|it| match wanted {
        Port::Number(_) => matches!(it.number, Port::Malformed(_)),
        _ => it.name.as_ref().is_some_and(|(_, name)| matches!(name, Port::Malformed(_))),
    })
}

fn mentions(container: &Container, port: &Port) -> bool {
    matches!(port, Port::Number(number) if container.mentions.contains(number))
}

fn service_port(port: &ServicePort) -> Declared {
    Declared { field: port.port.clone(), number: number(&port.number), name: port.name.clone(), protocol: port.protocol.clone() }
}

fn container_port(port: &ContainerPort) -> Declared {
    Declared {
        field: port.field.clone(),
        number: number(&port.number),
        name: port.name.as_ref().map(|(field, _)| field.clone()),
        protocol: port.protocol.clone(),
    }
}

fn number(port: &Port) -> Option<i64> {
    match port {
        Port::Number(number) => Some(*number),
        _ => None,
    }
}
