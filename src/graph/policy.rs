//! Ports that network policies allow. A policy sees the ports of pods, not those of Services.
//!
//! - <https://kubernetes.io/docs/concepts/services-networking/network-policies/>
//! - <https://docs.cilium.io/en/stable/security/policy/>

use super::selector::{Among, Selection, Selector};
use super::walk::each;
use super::{Destination, EdgeKind, Found, Parts, Reference};
use crate::kube::{Field, Port, Resource, Wrong, port_or_name};
use crate::yaml::Node;

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    for (index, resource) in parts.all() {
        let policy = Policy { index, resource };
        if resource.is("NetworkPolicy", "networking.k8s.io") || resource.is("NetworkPolicy", "extensions") {
            policy.kubernetes(out);
        } else if resource.is("CiliumNetworkPolicy", "cilium.io") || resource.is("CiliumClusterwideNetworkPolicy", "cilium.io") {
            for (path, spec) in each(&resource.node, "", &["spec"]).into_iter().chain(each(&resource.node, "", &["specs[]"])) {
                policy.cilium(&path, spec, out);
            }
        }
    }
}

struct Policy<'a> {
    index: usize,
    resource: &'a Resource,
}

impl Policy<'_> {
    fn kubernetes(&self, out: &mut Found) {
        let Some(spec) = self.resource.at(&["spec"]) else { return };
        let own = vec![self.resource.subject.namespace.clone()];
        let pods = self.selection("podSelector", "spec.podSelector", spec.get("podSelector"), own, |key| key, out);
        if let Some(pods) = pods {
            for (path, port) in each(spec, "spec", &["ingress[]", "ports[]"]) {
                self.port(&path, port, vec![pods], out);
            }
        }
        for (path, rule) in each(spec, "spec", &["egress[]"]) {
            let peers = each(rule, &path, &["to[]"]);
            let known: Option<Vec<usize>> = peers.iter().map(|(path, peer)| self.peer(path, peer, out)).collect();
            let Some(pods) = known.filter(|it| !it.is_empty()) else { continue };
            for (path, port) in each(rule, &path, &["ports[]"]) {
                self.port(&path, port, pods.clone(), out);
            }
        }
    }

    /// Selects the pods that a peer means, if nothing but pods of known namespaces can be meant.
    fn peer(&self, path: &str, peer: &Node, out: &mut Found) -> Option<usize> {
        let namespaces = match peer.get("namespaceSelector").filter(|it| !it.is_null()) {
            None => vec![self.resource.subject.namespace.clone()],
            Some(it) => vec![it.at(&["matchLabels", "kubernetes.io/metadata.name"])?.str()?.to_owned()],
        };
        let keys: Vec<&str> = peer.entries().iter().map(|it| it.key.as_str()).collect();
        if !keys.iter().all(|it| matches!(*it, "podSelector" | "namespaceSelector")) {
            return None;
        }
        self.selection("podSelector", &format!("{path}.podSelector"), peer.get("podSelector"), namespaces, |key| key, out)
    }

    fn cilium(&self, path: &str, spec: &Node, out: &mut Found) {
        let own = self.resource.subject.namespace.clone();
        let own = if self.resource.subject.kind == "CiliumNetworkPolicy" { vec![own] } else { Vec::new() };
        let place = format!("{path}.endpointSelector");
        if let Some(pods) = self.selection("endpointSelector", &place, spec.get("endpointSelector"), own.clone(), cilium_key, out)
        {
            for (path, port) in each(spec, path, &["ingress[]", "toPorts[]", "ports[]"]) {
                self.cilium_port(&path, port, vec![pods], out);
            }
        }
        for (path, rule) in each(spec, path, &["egress[]"]) {
            let peers = each(rule, &path, &["toEndpoints[]"]).into_iter();
            let peers = peers.map(|(path, peer)| {
                let elsewhere = peer.get("matchLabels").map(Node::entries).unwrap_or_default();
                let elsewhere = elsewhere
                    .iter()
                    .any(|it| cilium_key(&it.key).starts_with("io.kubernetes.pod.namespace") || it.key.starts_with("reserved:"));
                if elsewhere {
                    None
                } else {
                    self.selection("endpoint selector", &path, Some(peer), own.clone(), cilium_key, out)
                }
            });
            let known: Option<Vec<usize>> = peers.collect();
            let Some(pods) = known.filter(|it| !it.is_empty()) else { continue };
            for (path, port) in each(rule, &path, &["toPorts[]", "ports[]"]) {
                self.cilium_port(&path, port, pods.clone(), out);
            }
        }
    }

    fn selection(
        &self,
        what: &'static str,
        path: &str,
        node: Option<&Node>,
        namespaces: Vec<String>,
        key_of: fn(&str) -> &str,
        out: &mut Found,
    ) -> Option<usize> {
        let node = node?;
        let selector = Selector::read_as(node, key_of)?;
        let field = Field::new(self.index, path, node);
        out.selections.push(Selection { what, field, selector, namespaces, among: Among::Pods, found: Vec::new() });
        Some(out.selections.len() - 1)
    }

    fn port(&self, path: &str, node: &Node, pods: Vec<usize>, out: &mut Found) {
        let Some(port) = node.get("port").filter(|it| !it.is_null()) else { return };
        if node.get("endPort").is_none_or(Node::is_null) {
            self.reference(path, node, (port, port_or_name(port)), pods, out);
        }
    }

    /// Cilium writes numbers as texts; 0 is any port.
    fn cilium_port(&self, path: &str, node: &Node, pods: Vec<usize>, out: &mut Found) {
        let Some(port) = node.get("port").filter(|it| !it.is_null() && it.str() != Some("0")) else { return };
        let read = match port.str() {
            Some(text) => text.parse().map_or_else(|_| Port::Name(text.to_owned()), Port::Number),
            None => Port::Malformed(Wrong::NumberNotName),
        };
        if node.get("endPort").is_none_or(|it| it.is_null() || it.int() == Some(0)) {
            self.reference(path, node, (port, read), pods, out);
        }
    }

    fn reference(&self, path: &str, node: &Node, (at, port): (&Node, Port), pods: Vec<usize>, out: &mut Found) {
        let protocol = node.get("protocol").and_then(Node::str).filter(|it| !it.is_empty()).unwrap_or("TCP");
        out.references.push(Reference {
            kind: EdgeKind::Policy,
            what: "port",
            field: Field::new(self.index, format!("{path}.port"), at),
            port,
            protocol: (protocol != "ANY").then(|| protocol.to_owned()),
            by_target: false,
            to: Destination::Selected(pods),
        });
    }
}

/// Cilium's labels may say where they come from.
fn cilium_key(key: &str) -> &str {
    ["k8s:", "any:", "k8s.", "any."].iter().find_map(|it| key.strip_prefix(it)).unwrap_or(key)
}
