//! From references to what they mean.

use std::collections::{BTreeMap, HashMap};

use super::injected::is_injected;
use super::selector::Among;
use super::{Declared, Destination, EdgeKind, Reference, Resolution, Selection, pods};
use crate::kube::{Container, ContainerPort, Port, Service, ServicePort, Workload};

type ByLabel<'a> = HashMap<(&'a str, &'a str), Vec<usize>>;

/// Services by namespace and name, and the pods of each.
pub(super) struct Index<'a> {
    services: &'a [Service],
    workloads: &'a [Workload],
    /// Several of one name where a folder holds the manifests of several clusters.
    by_name: HashMap<(&'a str, &'a str), Vec<usize>>,
    /// For each Service, the workloads that it selects.
    pods: Vec<Vec<usize>>,
    selections: Vec<Selection>,
}

impl<'a> Index<'a> {
    pub(super) fn new(services: &'a [Service], workloads: &'a [Workload], mut selections: Vec<Selection>) -> Self {
        let pods_by_label = by_label(workloads.iter().map(|it| &it.labels));
        let pods = services.iter().map(|it| pods_of(it, workloads, &pods_by_label)).collect();
        let mut by_name: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, it) in services.iter().enumerate() {
            by_name.entry((it.namespace.as_str(), it.name.as_str())).or_default().push(index);
        }
        let services_by_label = by_label(services.iter().map(|it| &it.labels));
        for it in &mut selections {
            it.found = match it.among {
                Among::Services => {
                    select(it, &services_by_label, services.len(), |i| (&services[i].namespace, &services[i].labels))
                }
                Among::Pods => select(it, &pods_by_label, workloads.len(), |i| (&workloads[i].namespace, &workloads[i].labels)),
            };
        }
        Self { services, workloads, by_name, pods, selections }
    }

    /// Returns the workloads that each Service selects, and what each selection selects.
    pub(super) fn into_selected(self) -> (Vec<Vec<usize>>, Vec<Selection>) {
        (self.pods, self.selections)
    }

    pub(super) fn resolve(&self, reference: &Reference) -> Resolution {
        if matches!(reference.port, Port::Malformed(_)) && !matches!(reference.to, Destination::Service { .. }) {
            return Resolution::Unknown;
        }
        match &reference.to {
            Destination::Service { name, namespace, .. } => self.in_services(name, namespace, reference),
            Destination::PodsOf(index) => self.in_pods(&self.pods[*index], reference),
            Destination::Container(workload, container) => in_container(&self.workloads[*workload], *container, reference),
            Destination::Workload(index) => self.in_pods(&[*index], reference),
            Destination::Selected(selections) => self.in_selected(selections, reference),
            Destination::Behind(selection) => {
                let services = self.selections[*selection].found.iter();
                let mut pods: Vec<usize> = services.flat_map(|it| self.pods[*it].iter().copied()).collect();
                pods.sort_unstable();
                pods.dedup();
                self.in_pods(&pods, reference)
            }
        }
    }

    /// Where any selection selects nothing that is rendered, the port may be there.
    fn in_selected(&self, selections: &[usize], reference: &Reference) -> Resolution {
        let all = || selections.iter().map(|it| &self.selections[*it]);
        if all().any(|it| it.found.is_empty()) {
            return Resolution::Unknown;
        }
        let mut found: Vec<usize> = all().flat_map(|it| it.found.iter().copied()).collect();
        found.sort_unstable();
        found.dedup();
        if all().any(|it| it.among == Among::Services) {
            return self.any_of(&found, reference);
        }
        // Jobs and test pods share the labels of what they serve, and seldom listen.
        if found.iter().any(|it| !self.workloads[*it].finite) {
            found.retain(|it| !self.workloads[*it].finite);
        }
        self.in_pods(&found, reference)
    }

    fn in_services(&self, name: &str, namespace: &str, reference: &Reference) -> Resolution {
        if name.is_empty() {
            return Resolution::Unknown;
        }
        match self.by_name.get(&(namespace, name)) {
            None => Resolution::NoService,
            Some(_) if reference.kind == EdgeKind::Host => Resolution::Found(Vec::new()),
            Some(indices) => self.any_of(indices, reference),
        }
    }

    /// Asks several Services, of which one is enough.
    fn any_of(&self, indices: &[usize], reference: &Reference) -> Resolution {
        let mut lacking: Option<(Vec<usize>, Vec<Declared>)> = None;
        for &index in indices {
            match self.in_service(index, reference) {
                Resolution::NoPort { at, near, .. } => {
                    let (all_at, all_near) = lacking.get_or_insert_default();
                    all_at.extend(at);
                    all_near.extend(near);
                }
                found => return found,
            }
        }
        let (at, near) = lacking.unwrap_or_default();
        if at.is_empty() { Resolution::Unknown } else { Resolution::NoPort { at, near, mentioned: false } }
    }

    fn in_service(&self, index: usize, reference: &Reference) -> Resolution {
        let service = &self.services[index];
        // What cannot be read may be the very port that is wanted, and another rule speaks of it.
        let obscure = service.ports.iter().any(|it| match reference.port {
            Port::Number(_) => matches!(it.number, Port::Malformed(_)),
            _ => it.name.as_ref().is_some_and(|it| !it.value.is_string()),
        });
        if service.external_name || matches!(reference.port, Port::Malformed(_)) {
            return Resolution::Unknown;
        }
        let by_target = reference.by_target && matches!(reference.port, Port::Number(_));
        let (ports, known) =
            if by_target { self.endpoint_ports(index) } else { (service.ports.iter().map(service_port).collect(), true) };
        match pick(ports, reference, vec![service.resource], false) {
            Resolution::NoPort { .. } if obscure || !known => Resolution::Unknown,
            it => it,
        }
    }

    /// Returns a Service's ports by the numbers that its endpoints have, and whether all of them are known.
    fn endpoint_ports(&self, index: usize) -> (Vec<Declared>, bool) {
        let service = &self.services[index];
        let mut known = !service.selector.is_empty();
        let mut all = Vec::new();
        for port in &service.ports {
            let declared = service_port(port);
            match port.target_port() {
                Port::Name(name) => {
                    let containers = self.pods[index].iter().flat_map(|it| &self.workloads[*it].containers);
                    let named = containers.flat_map(|it| &it.ports).filter(|it| it.named() == Some(&name));
                    let before = all.len();
                    all.extend(named.map(|it| Declared { number: number(&it.number), ..declared.clone() }));
                    known &= all.len() > before;
                }
                target => all.push(Declared { number: number(&target), field: port.target_field().clone(), ..declared }),
            }
        }
        (all, known)
    }

    fn in_pods(&self, pods: &[usize], reference: &Reference) -> Resolution {
        let pods: Vec<&Workload> = pods.iter().map(|it| &self.workloads[*it]).collect();
        if pods.is_empty() {
            return Resolution::Unknown;
        }
        let containers = || pods.iter().flat_map(|it| &it.containers);
        let at = pods.iter().map(|it| it.resource).collect();
        let mentioned = containers().any(|it| it.ports.is_empty()) || times(containers(), &reference.port) > own(reference);
        match pick(containers().flat_map(|it| &it.ports).map(container_port).collect(), reference, at, mentioned) {
            Resolution::NoPort { .. } if containers().any(|it| obscure(it, &reference.port)) => Resolution::Unknown,
            Resolution::NoPort { .. } if pods.iter().any(|it| is_injected(it, &reference.port)) => Resolution::Unknown,
            it => it,
        }
    }
}

fn by_label<'a>(all: impl Iterator<Item = &'a BTreeMap<String, String>>) -> ByLabel<'a> {
    let mut found: ByLabel<'_> = HashMap::new();
    for (index, labels) in all.enumerate() {
        for (key, value) in labels {
            found.entry((key.as_str(), value.as_str())).or_default().push(index);
        }
    }
    found
}

/// Returns the indices of what has the rarest of the labels: all that a selector can mean, so that many stay cheap.
fn rarest<'b>(labels: &'b BTreeMap<String, String>, by_label: &'b ByLabel<'_>) -> Option<&'b [usize]> {
    let lists = pods::wanted(labels).map(|(key, value)| by_label.get(&(key.as_str(), value.as_str())));
    lists.map(|it| it.map_or(&[] as &[usize], Vec::as_slice)).min_by_key(|it| it.len())
}

fn pods_of(service: &Service, workloads: &[Workload], by_label: &ByLabel<'_>) -> Vec<usize> {
    let among = rarest(&service.selector, by_label).unwrap_or_default();
    pods::selected_among(service, workloads, among.iter().copied()).collect()
}

fn select<'a>(
    it: &Selection,
    by_label: &ByLabel<'_>,
    count: usize,
    labels_of: impl Fn(usize) -> (&'a String, &'a BTreeMap<String, String>),
) -> Vec<usize> {
    if it.selector.by_controllers() {
        return Vec::new();
    }
    let matches = |index: &usize| {
        let (namespace, labels) = labels_of(*index);
        (it.namespaces.is_empty() || it.namespaces.contains(namespace)) && it.selector.matches(labels)
    };
    match rarest(&it.selector.labels, by_label) {
        Some(among) => among.iter().copied().filter(matches).collect(),
        None => (0..count).filter(matches).collect(),
    }
}

fn in_container(workload: &Workload, container: usize, reference: &Reference) -> Resolution {
    let own = &workload.containers[container];
    let at = vec![workload.resource];
    // Containers of a pod share one network: by number a neighbour's port will do.
    let by_number = matches!(reference.port, Port::Number(_));
    let mentioned = times(workload.containers.iter(), &reference.port) > self::own(reference);
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
    if is_injected(workload, &reference.port) {
        return Resolution::Unknown;
    }
    let pod = workload.containers.iter().flat_map(|it| &it.ports).map(container_port).filter(|it| matches(it, &reference.port));
    let pod: Vec<_> = pod.collect();
    if pod.is_empty() { found } else { Resolution::Found(pod) }
}

fn pick(declared: Vec<Declared>, reference: &Reference, at: Vec<usize>, mentioned: bool) -> Resolution {
    if !declared.iter().any(|it| matches(it, &reference.port)) {
        return Resolution::NoPort { at, near: declared, mentioned };
    }
    let meant: Vec<Declared> = declared.into_iter().filter(|it| matches(it, &reference.port)).collect();
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

/// How often containers mention a number.
fn times<'b>(containers: impl Iterator<Item = &'b Container>, port: &Port) -> usize {
    let Port::Number(number) = port else { return 0 };
    containers.flat_map(|it| &it.mentions).filter(|it| *it == number).count()
}

/// How often a reference mentions its number itself.
fn own(reference: &Reference) -> usize {
    usize::from(matches!(reference.kind, EdgeKind::Soft | EdgeKind::Listen))
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
