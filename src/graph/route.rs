//! OpenShift Routes.
//!
//! <https://docs.openshift.com/container-platform/latest/rest_api/network_apis/route-route-openshift-io-v1.html>

use super::walk::{Form, Named, each};
use super::{EdgeKind, Found, Parts, Reference};
use crate::kube::{Field, Port, service_port_ref};
use crate::yaml::Node;

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    for (index, resource) in parts.all().filter(|(_, it)| it.is("Route", "route.openshift.io")) {
        let mut backends = each(&resource.node, "", &["spec", "to"]);
        backends.extend(each(&resource.node, "", &["spec", "alternateBackends[]"]));
        let port = resource.at(&["spec", "port", "targetPort"]).filter(|it| !it.is_null());
        for (path, node) in backends {
            if node.get("kind").and_then(Node::str).is_some_and(|it| it != "Service") {
                continue;
            }
            let named = Named { index, resource, what: "targetPort", path, node, keys: ("name", "port"), form: Form::Optional };
            let mut reference = named.reference();
            if let Some(port) = port {
                reference = with_port(reference, Field::new(index, "spec.port.targetPort", port), service_port_ref(port));
            }
            out.references.push(reference);
        }
    }
}

/// The router compares the text with the name of the Service's port and with the number of the endpoint's.
fn with_port(reference: Reference, field: Field, port: Port) -> Reference {
    let port = match port {
        Port::Name(name) => name.parse().map_or(Port::Name(name), Port::Number),
        other => other,
    };
    Reference { kind: EdgeKind::Backend, field, port, by_target: true, ..reference }
}
