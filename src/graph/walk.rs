//! Walks into objects by paths, and references made of what stands there.

use super::{Destination, EdgeKind, Reference};
use crate::kube::{Field, Port, Resource, Wrong, port_number, service_port_ref};
use crate::yaml::Node;

/// Returns the nodes below a chain of keys, with their paths; a key that ends in `[]` means each item of a list.
pub(super) fn each<'a>(node: &'a Node, path: &str, keys: &[&str]) -> Vec<(String, &'a Node)> {
    let mut found = vec![(path.to_owned(), node)];
    for key in keys {
        let name = key.trim_end_matches("[]");
        let below = found.iter().filter_map(|(path, node)| Some((joined(path, name), node.get(name)?)));
        found = if key.ends_with("[]") {
            let items = |(path, list): (String, &'a Node)| {
                list.items().iter().enumerate().map(move |(i, it)| (format!("{path}[{i}]"), it))
            };
            below.flat_map(items).collect()
        } else {
            below.collect()
        };
    }
    found
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// How a port is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A number; there must be one.
    Number,
    /// A number, or the name of a Service's port; there must be one.
    NumberOrName,
    /// A number; where there is none it is 443.
    Https,
    /// A number; where there is none the Service's only port is meant.
    Optional,
}

/// A map that names a Service and one of its ports.
pub(super) struct Named<'a> {
    /// Index of the resource that it stands in.
    pub index: usize,
    pub resource: &'a Resource,
    pub what: &'static str,
    pub path: String,
    pub node: &'a Node,
    /// The key of the Service's name, and of its port.
    pub keys: (&'static str, &'static str),
    pub form: Form,
}

impl Named<'_> {
    /// Makes the reference.
    pub(super) fn reference(&self) -> Reference {
        let (field, port) = self.port();
        let said = !matches!(port, Port::Malformed(Wrong::Missing));
        let kind = if !said && self.form == Form::Optional { EdgeKind::Host } else { EdgeKind::Backend };
        Reference { kind, what: self.what, field, port, protocol: None, by_target: false, to: self.service() }
    }

    fn service(&self) -> Destination {
        let node = self.node.get(self.keys.0).filter(|it| !it.is_null());
        let namespace = self.node.get("namespace").and_then(Node::str).filter(|it| !it.is_empty());
        Destination::Service {
            // Empty where there is none.
            name: node.and_then(Node::scalar).map(ToString::to_string).unwrap_or_default(),
            namespace: namespace.unwrap_or(&self.resource.subject.namespace).to_owned(),
            field: Field::new(self.index, joined(&self.path, self.keys.0), node.unwrap_or(self.node)),
        }
    }

    fn port(&self) -> (Field, Port) {
        let path = joined(&self.path, self.keys.1);
        let node = self.node.get(self.keys.1);
        let node = node.filter(|it| !(it.is_null() && matches!(self.form, Form::Https | Form::Optional)));
        let Some(node) = node else {
            let port = if self.form == Form::Https { Port::Number(443) } else { Port::Malformed(Wrong::Missing) };
            return (Field::missing(self.index, path, self.node), port);
        };
        let port = if self.form == Form::NumberOrName { service_port_ref(node) } else { port_number(node) };
        (Field::new(self.index, path, node), port)
    }
}

/// A host name, understood as the cluster's DNS does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host<'a> {
    pub service: &'a str,
    pub namespace: &'a str,
    /// It says `.svc`: it can be nothing but a Service.
    pub certain: bool,
}

/// Reads `web`, `web.prod`, `web.prod.svc` and `web.prod.svc.cluster.local`, as seen from a namespace.
pub(super) fn host<'a>(text: &'a str, from: &'a str) -> Option<Host<'a>> {
    let mut labels = text.trim_end_matches('.').split('.');
    let service = labels.next().filter(|it| !it.is_empty())?;
    let Some(namespace) = labels.next() else { return Some(Host { service, namespace: from, certain: false }) };
    let certain = match labels.next() {
        None => false,
        Some("svc") => true,
        Some(_) => return None,
    };
    Some(Host { service, namespace, certain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_services_or_somebody_elses() {
        let of = |text| host(text, "here").map(|it| (it.service, it.namespace, it.certain));
        assert_eq!(of("web"), Some(("web", "here", false)));
        assert_eq!(of("web.prod"), Some(("web", "prod", false)));
        assert_eq!(of("web.prod.svc"), Some(("web", "prod", true)));
        assert_eq!(of("web.prod.svc.cluster.local."), Some(("web", "prod", true)));
        assert_eq!(of("www.example.org"), None);
        assert_eq!(of(""), None);
    }
}
