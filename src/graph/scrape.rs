//! The annotation `prometheus.io/port` of pods and of Services: the usual scrape job puts it behind the pod's address.

use super::{Destination, EdgeKind, Found, Parts, Reference};
use crate::kube::{Field, Port};
use crate::yaml::Node;

const PORT: &str = "prometheus.io/port";
const SCRAPE: &str = "prometheus.io/scrape";

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    for (index, workload) in parts.workloads.iter().enumerate() {
        let template = workload.template;
        let keys: Vec<&str> = template.split('.').filter(|it| !it.is_empty()).collect();
        let resource = &parts.manifest.resources[workload.resource];
        let annotations = resource.at(&keys).unwrap_or(&resource.node).at(&["metadata", "annotations"]);
        let path = if template.is_empty() { "metadata.annotations".into() } else { format!("{template}.metadata.annotations") };
        out.references.extend(annotations.and_then(|it| wanted(workload.resource, &path, it, Destination::Workload(index))));
    }
    for (index, service) in parts.services.iter().enumerate().filter(|(_, it)| !it.selector.is_empty()) {
        let annotations = parts.manifest.resources[service.resource].at(&["metadata", "annotations"]);
        let to = Destination::PodsOf(index);
        out.references.extend(annotations.and_then(|it| wanted(service.resource, "metadata.annotations", it, to)));
    }
}

fn wanted(resource: usize, path: &str, annotations: &Node, to: Destination) -> Option<Reference> {
    let text = |key: &str| annotations.get(key).and_then(Node::scalar).map(ToString::to_string);
    let number = text(PORT)?.parse().ok().filter(|it| (1..=65535).contains(it))?;
    if text(SCRAPE).is_some_and(|it| it == "false") {
        return None;
    }
    let port = Port::Number(number);
    let field = Field::new(resource, format!("{path}[\"{PORT}\"]"), annotations.get(PORT)?).number_within(&port);
    Some(Reference { kind: EdgeKind::Scrape, what: "prometheus.io/port", field, port, protocol: None, by_target: false, to })
}
