//! Routes of the Gateway API: backends, mirrors, and parents that are Services.
//!
//! <https://gateway-api.sigs.k8s.io/reference/spec/>

use super::walk::{Form, Named, each};
use super::{Found, Parts, Reference};
use crate::kube::Resource;
use crate::yaml::Node;

const GROUP: &str = "gateway.networking.k8s.io";
const KINDS: [&str; 5] = ["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"];
const BACKENDS: [(&str, &[&str]); 3] = [
    ("backend", &["spec", "rules[]", "backendRefs[]"]),
    ("mirror", &["spec", "rules[]", "filters[]", "requestMirror", "backendRef"]),
    ("mirror", &["spec", "rules[]", "backendRefs[]", "filters[]", "requestMirror", "backendRef"]),
];

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    for (index, resource) in parts.all().filter(|(_, it)| KINDS.iter().any(|kind| it.is(kind, GROUP))) {
        for (what, keys) in BACKENDS {
            for (path, node) in each(&resource.node, "", keys) {
                // Nothing said means a Service of the core group.
                if says(node, "kind", "Service", true) && says(node, "group", "", true) {
                    out.references.push(reference(index, resource, (what, path, node), Form::Number));
                }
            }
        }
        for (path, node) in each(&resource.node, "", &["spec", "parentRefs[]"]) {
            if says(node, "kind", "Service", false) && (says(node, "group", "", false) || says(node, "group", "core", false)) {
                out.references.push(reference(index, resource, ("parent", path, node), Form::Optional));
            }
        }
    }
}

fn reference(index: usize, resource: &Resource, of: (&'static str, String, &Node), form: Form) -> Reference {
    let (what, path, node) = of;
    let named = Named { index, resource, what, path, node, keys: ("name", "port"), form };
    let protocol = if resource.subject.kind == "UDPRoute" { "UDP" } else { "TCP" };
    Reference { protocol: Some(protocol.into()), ..named.reference() }
}

fn says(node: &Node, key: &str, wanted: &str, default: bool) -> bool {
    match node.get(key) {
        None => default,
        Some(it) if it.is_null() => default,
        Some(it) => it.str() == Some(wanted),
    }
}
