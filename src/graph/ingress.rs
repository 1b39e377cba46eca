//! Backends of Ingresses: `networking.k8s.io/v1` and `v1beta1`, `extensions/v1beta1`.
//!
//! <https://kubernetes.io/docs/concepts/services-networking/ingress/>

use super::{Destination, EdgeKind, Found, Parts, Reference};
use crate::kube::{Field, Port, Resource, Wrong, port_name_only, port_number, port_or_name};
use crate::yaml::{Node, NodeKind};

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

/// Returns the default backend's path in the API that the object is not of.
pub(crate) fn foreign_default(resource: &Resource) -> &'static str {
    if is_v1(resource) { "spec.backend" } else { "spec.defaultBackend" }
}

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    for (index, resource) in parts.manifest.resources.iter().enumerate().filter(|(_, it)| is_ingress(it)) {
        // The other API's field is unknown to this one, and a rule says so.
        let foreign = foreign_default(resource);
        for (path, backend) in backends(resource).into_iter().filter(|(path, _)| path != foreign) {
            out.references.extend(if is_v1(resource) {
                v1(index, resource, &path, backend)
            } else {
                legacy(index, resource, &path, backend)
            });
        }
    }
}

fn v1(index: usize, resource: &Resource, path: &str, backend: &Node) -> Option<Reference> {
    let service = backend.get("service")?;
    if service.is_null() || mixed(backend, &["serviceName", "servicePort"]) {
        return None;
    }
    let name = service.get("name").unwrap_or(service);
    let at = format!("{path}.service.port");
    let (field, port) = match service.get("port") {
        None => (Field::new(index, at, service), Port::Malformed(Wrong::Missing)),
        Some(port) => v1_port(index, &at, port),
    };
    if port == Port::Name(USE_ANNOTATION.into()) && has_action(resource, name.str()?) {
        return None;
    }
    Some(reference(index, resource, format!("{path}.service.name"), name, field, port))
}

fn v1_port(index: usize, path: &str, port: &Node) -> (Field, Port) {
    // Kubernetes takes null, 0 and the empty text for "not said".
    let said = |it: &&Node| !it.is_null() && it.int() != Some(0) && it.str() != Some("");
    let field_of = |key: &str| port.get(key).map(|it| Field::new(index, format!("{path}.{key}"), it));
    let number = port.get("number").filter(said).and_then(|it| Some((field_of("number")?, port_number(it))));
    let name = port.get("name").filter(said).and_then(|it| Some((field_of("name")?, port_name_only(it))));
    match (number, name) {
        (Some(number), None) => number,
        (None, Some(name)) => name,
        (Some((field, _)), Some(_)) => (field, Port::Malformed(Wrong::Both)),
        (None, None) => match field_of("number").or(field_of("name")) {
            Some(field) if field.value.is_null() => (field, Port::Malformed(Wrong::Null)),
            Some(field) if field.value.is_number() => (field, Port::Malformed(Wrong::Range)),
            Some(field) => (field, Port::Malformed(Wrong::Neither)),
            None => (Field::new(index, path, port), Port::Malformed(not_a_port(port))),
        },
    }
}

fn not_a_port(node: &Node) -> Wrong {
    match &node.kind {
        NodeKind::Mapping(_) => Wrong::Neither,
        _ if node.is_null() => Wrong::Null,
        _ => Wrong::WrongType,
    }
}

/// Whether a backend also has fields of the other API: of which the rule for that speaks.
fn mixed(backend: &Node, foreign: &[&str]) -> bool {
    foreign.iter().any(|key| backend.get(key).is_some())
}

fn legacy(index: usize, resource: &Resource, path: &str, backend: &Node) -> Option<Reference> {
    if mixed(backend, &["service"]) {
        return None;
    }
    let name = backend.get("serviceName").or(backend.get("servicePort").map(|_| backend))?;
    let (field, port) = match backend.get("servicePort") {
        None => (Field::new(index, format!("{path}.servicePort"), backend), Port::Malformed(Wrong::Missing)),
        Some(port) => (Field::new(index, format!("{path}.servicePort"), port), port_or_name(port)),
    };
    if port == Port::Name(USE_ANNOTATION.into()) {
        return None;
    }
    Some(reference(index, resource, format!("{path}.serviceName"), name, field, port))
}

fn reference(index: usize, resource: &Resource, name_path: String, name: &Node, field: Field, port: Port) -> Reference {
    Reference {
        kind: EdgeKind::Backend,
        what: "backend",
        field,
        port,
        protocol: None,
        by_target: false,
        to: Destination::Service {
            // Empty where there is none.
            name: name.scalar().filter(|_| !name.is_null()).map(ToString::to_string).unwrap_or_default(),
            namespace: resource.subject.namespace.clone(),
            field: Field::new(index, name_path, name),
        },
    }
}

/// <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#actions>
fn has_action(resource: &Resource, service: &str) -> bool {
    let annotations = resource.at(&["metadata", "annotations"]).map(Node::entries).unwrap_or_default();
    annotations.iter().any(|it| it.key.ends_with(&format!("/actions.{service}")))
}
