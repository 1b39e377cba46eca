//! Services and their ports.

use std::collections::BTreeMap;

use super::field::{Field, Port, port_number, port_or_name};
use super::resource::{Manifest, Resource, strings};
use super::{Protocol, Wrong};
use crate::yaml::Node;

/// A Service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Index of the resource in its manifest.
    pub resource: usize,
    pub name: String,
    pub namespace: String,
    /// Empty where the Service has none.
    pub selector: BTreeMap<String, String>,
    pub labels: BTreeMap<String, String>,
    pub external_name: bool,
    pub headless: bool,
    pub ports: Vec<ServicePort>,
}

/// One of a Service's ports.
#[derive(Debug, Clone)]
pub struct ServicePort {
    /// `spec.ports[0]`.
    pub path: String,
    pub name: Option<Field>,
    pub port: Field,
    pub number: Port,
    /// `None`: the Service's own port.
    pub target: Option<(Field, Port)>,
    pub node_port: Option<(Field, Port)>,
    pub protocol: Protocol,
}

impl ServicePort {
    /// Returns the port's name.
    pub fn named(&self) -> Option<&str> {
        self.name.as_ref()?.value.as_str().filter(|it| !it.is_empty())
    }

    /// Returns where traffic goes in the pods.
    pub fn target_port(&self) -> Port {
        self.target.as_ref().map_or_else(|| self.number.clone(), |(_, port)| port.clone())
    }

    /// Returns the field that says where traffic goes in the pods: `port` where `targetPort` is left out.
    pub fn target_field(&self) -> &Field {
        self.target.as_ref().map_or(&self.port, |(field, _)| field)
    }
}

/// Returns the Services of a manifest.
pub fn services(manifest: &Manifest) -> Vec<Service> {
    let all = manifest.resources.iter().enumerate();
    all.filter(|(_, it)| it.is("Service", "")).map(|(index, it)| service(index, it)).collect()
}

fn service(index: usize, resource: &Resource) -> Service {
    let text = |key: &str| resource.at(&["spec", key]).and_then(Node::str).unwrap_or_default();
    let ports = resource.at(&["spec", "ports"]).map(Node::items).unwrap_or_default();
    let ports = ports.iter().enumerate();
    Service {
        resource: index,
        name: resource.subject.name.clone(),
        namespace: resource.subject.namespace.clone(),
        selector: strings(resource.at(&["spec", "selector"])),
        labels: resource.labels(),
        external_name: text("type") == "ExternalName",
        headless: text("clusterIP") == "None",
        ports: ports.map(|(i, it)| port(index, format!("spec.ports[{i}]"), it)).collect(),
    }
}

fn port(resource: usize, path: String, node: &Node) -> ServicePort {
    let field = |key: &str| node.get(key).map(|it| (Field::new(resource, format!("{path}.{key}"), it), it));
    // Kubernetes reads all of these as "the same as `port`".
    let target = field("targetPort").filter(|(_, it)| !it.is_null() && it.int() != Some(0) && it.str() != Some(""));
    let node_port = field("nodePort").filter(|(_, it)| !it.is_null() && it.int() != Some(0));
    let (port, number) = match field("port") {
        Some((field, it)) => (field, port_number(it)),
        None => (Field::new(resource, format!("{path}.port"), node), Port::Malformed(Wrong::Missing)),
    };
    ServicePort {
        name: field("name").filter(|(_, it)| !it.is_null()).map(|(field, _)| field),
        port,
        number,
        target: target.map(|(field, it)| (field, port_or_name(it))),
        node_port: node_port.map(|(field, it)| (field, port_number(it))),
        protocol: super::protocol(node),
        path,
    }
}
