//! Backends of Ingresses: `networking.k8s.io/v1` and `v1beta1`, `extensions/v1beta1`.
//!
//! <https://kubernetes.io/docs/concepts/services-networking/ingress/>

use super::{Destination, EdgeKind, Parts, Reference};
use crate::kube::{Field, Port, Resource, Wrong, port_number, port_or_name};
use crate::yaml::Node;

/// The port name that the AWS load balancer controller reads as "see the annotation `actions.<service name>`".
const USE_ANNOTATION: &str = "use-annotation";

/// Whether the object is an Ingress of any API group that ever had one.
pub(crate) fn is_ingress(resource: &Resource) -> bool {
    resource.is("Ingress", "networking.k8s.io") || resource.is("Ingress", "extensions")
}

/// Whether an Ingress is of the v1 form.
pub(crate) fn is_v1(resource: &Resource) -> bool {
    resource.subject.api_version == "networking.k8s.io/v1"
}

/// Returns the backends of an Ingress with their paths.
pub(crate) fn backends(resource: &Resource) -> Vec<(String, &Node)> {
    let mut found = Vec::new();
    for key in ["defaultBackend", "backend"] {
        found.extend(resource.at(&["spec", key]).map(|it| (format!("spec.{key}"), it)));
    }
    let rules = resource.at(&["spec", "rules"]).map(Node::items).unwrap_or_default();
    for (i, rule) in rules.iter().enumerate() {
        let paths = rule.at(&["http", "paths"]).map(Node::items).unwrap_or_default();
        for (j, path) in paths.iter().enumerate() {
            found.extend(path.get("backend").map(|it| (format!("spec.rules[{i}].http.paths[{j}].backend"), it)));
        }
    }
    found
}

pub(super) fn find(parts: &Parts<'_>, out: &mut Vec<Reference>) {
    for (index, resource) in parts.manifest.resources.iter().enumerate().filter(|(_, it)| is_ingress(it)) {
        for (path, backend) in backends(resource) {
            out.extend(if is_v1(resource) {
                v1(index, resource, &path, backend)
            } else {
                legacy(index, resource, &path, backend)
            });
        }
    }
}

fn v1(index: usize, resource: &Resource, path: &str, backend: &Node) -> Option<Reference> {
    let service = backend.get("service")?;
    let name = service.get("name")?;
    let at = format!("{path}.service.port");
    let (field, port) = match service.get("port") {
        None => (Field::new(index, format!("{path}.service"), service), Port::Malformed(Wrong::Neither)),
        Some(port) => v1_port(index, &at, port),
    };
    if port == Port::Name(USE_ANNOTATION.into()) && has_action(resource, name.str()?) {
        return None;
    }
    reference(index, resource, format!("{path}.service.name"), name, field, port)
}

fn v1_port(index: usize, path: &str, port: &Node) -> (Field, Port) {
    let part = |key: &str| port.get(key).map(|it| (Field::new(index, format!("{path}.{key}"), it), it));
    match (part("number").filter(|(_, it)| it.int() != Some(0)), part("name").filter(|(_, it)| it.str() != Some(""))) {
        (Some((field, number)), None) => (field, port_number(number)),
        (None, Some((field, name))) => match name.scalar() {
            Some(crate::yaml::Value::Int(_)) => (field, Port::Malformed(Wrong::NumberNotName)),
            _ => (field, port_or_name(name)),
        },
        (Some((field, number)), Some((_, name))) => match (number.is_null(), name.is_null()) {
            (true, false) => (Field::new(index, format!("{path}.name"), name), port_or_name(name)),
            (false, true) => (field, port_number(number)),
            _ => (field, Port::Malformed(Wrong::Both)),
        },
        (None, None) if !port.entries().is_empty() || port.scalar().is_none() => {
            (Field::new(index, path, port), Port::Malformed(Wrong::Neither))
        }
        (None, None) if port.is_null() => (Field::new(index, path, port), Port::Malformed(Wrong::Null)),
        (None, None) => (Field::new(index, path, port), Port::Malformed(Wrong::WrongType)),
    }
}

fn legacy(index: usize, resource: &Resource, path: &str, backend: &Node) -> Option<Reference> {
    let name = backend.get("serviceName")?;
    let (field, port) = match backend.get("servicePort") {
        None => (Field::new(index, path, backend), Port::Malformed(Wrong::Neither)),
        Some(port) => (Field::new(index, format!("{path}.servicePort"), port), port_or_name(port)),
    };
    if port == Port::Name(USE_ANNOTATION.into()) {
        return None;
    }
    reference(index, resource, format!("{path}.serviceName"), name, field, port)
}

fn reference(index: usize, resource: &Resource, name_path: String, name: &Node, field: Field, port: Port) -> Option<Reference> {
    Some(Reference {
        kind: EdgeKind::Backend,
        what: "backend",
        field,
        port,
        protocol: None,
        to: Destination::Service {
            name: name.scalar()?.to_string(),
            namespace: resource.subject.namespace.clone(),
            field: Field::new(index, name_path, name),
        },
    })
}

/// <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#actions>
fn has_action(resource: &Resource, service: &str) -> bool {
    let annotations = resource.at(&["metadata", "annotations"]).map(Node::entries).unwrap_or_default();
    annotations.iter().any(|it| it.key.ends_with(&format!("/actions.{service}")))
}
