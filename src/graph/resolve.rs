//! From references to what they mean.

use std::collections::HashMap;

use super::{Declared, Destination, Reference, Resolution, pods};
use crate::kube::{Container, ContainerPort, Port, Service, ServicePort, Workload};

/// Services by namespace and name, and the pods of each.
pub(super) struct Index<'a> {
    services: &'a [Service],
    workloads: &'a [Workload],
    by_name: HashMap<(&'a str, &'a str), usize>,
    by_label: HashMap<(&'a str, &'a str, &'a str), Vec<usize>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(services: &'a [Service], workloads: &'a [Workload]) -> Self {
        let mut by_label: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, it) in workloads.iter().enumerate().filter(|(_, it)| !it.finite) {
            for (key, value) in &it.labels {
                by_label.entry((it.namespace.as_str(), key.as_str(), value.as_str())).or_default().push(index);
            }
        }
        let by_name = services.iter().enumerate().map(|(i, it)| ((it.namespace.as_str(), it.name.as_str()), i)).collect();
        Self { services, workloads, by_name, by_label }
    }

    pub(super) fn resolve(&self, reference: &Reference) -> Resolution {
        if matches!(reference.port, Port::Malformed(_)) && !matches!(reference.to, Destination::Service { .. }) {
            return Resolution::Unknown;
        }
        match &reference.to {
            Destination::Service { name, namespace, .. } => match self.by_name.get(&(namespace.as_str(), name.as_str())) {
                None => Resolution::NoService,
                Some(&index) => in_service(&self.services[index], reference),
            },
            Destination::PodsOf(index) => self.in_pods(&self.services[*index], reference),
            Destination::Container(workload, container) => in_container(&self.workloads[*workload], *container, reference),
        }
    }

    fn in_pods(&self, service: &Service, reference: &Reference) -> Resolution {
        let pods: Vec<&Workload> = self.pods(service).into_iter().map(|it| &self.workloads[it]).collect();
        if pods.is_empty() {
            return Resolution::Unknown;
        }
        let ports: Vec<&ContainerPort> = pods.iter().flat_map(|it| &it.containers).flat_map(|it| &it.ports).collect();
        let at = pods.iter().map(|it| it.resource).collect();
        let mentioned = pods.iter().flat_map(|it| &it.containers).any(|it| mentions(it, &reference.port));
        pick(ports.iter().map(|it| container_port(it)).collect(), reference, at, mentioned)
    }

    /// Only pods that carry the rarest of the selector's labels are looked at, so that many Services stay cheap.
    fn pods(&self, service: &Service) -> Vec<usize> {
        let lists = service
            .selector
            .iter()
            .filter_map(|(key, value)| self.by_label.get(&(service.namespace.as_str(), key.as_str(), value.as_str())));
        let Some(rarest) = lists.min_by_key(|it| it.len()) else { return Vec::new() };
        let all = pods::selected_among(service, self.workloads, rarest.iter().copied());
        all.collect()
    }
}

fn in_service(service: &Service, reference: &Reference) -> Resolution {
    let malformed = service.ports.iter().any(|it| matches!(it.number, Port::Malformed(_)));
    if service.external_name || matches!(reference.port, Port::Malformed(_)) {
        return Resolution::Unknown;
    }
    match pick(service.ports.iter().map(service_port).collect(), reference, vec![service.resource], false) {
        Resolution::NoPort { .. } if malformed => Resolution::Unknown,
        it => it,
    }
}

fn in_container(workload: &Workload, container: usize, reference: &Reference) -> Resolution {
    let own = &workload.containers[container];
    let at = vec![workload.resource];
    let mentioned = mentions(own, &reference.port);
    let found = pick(own.ports.iter().map(container_port).collect(), reference, at, mentioned);
    let by_number = matches!(reference.port, Port::Number(_));
    if !by_number || !matches!(found, Resolution::NoPort { .. }) {
        return found;
    }
    // Containers of a pod share one network: by number a neighbour's port will do.
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
