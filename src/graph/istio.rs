//! Destinations of Istio's VirtualServices and DestinationRules.
//!
//! <https://istio.io/latest/docs/reference/config/networking/virtual-service/#Destination>

use super::walk::{each, host};
use super::{Destination, EdgeKind, Found, Parts, Reference};
use crate::kube::{Field, Port, Resource, Wrong, port_number};
use crate::yaml::Node;

const GROUP: &str = "networking.istio.io";
const DESTINATIONS: [&[&str]; 5] = [
    &["spec", "http[]", "route[]", "destination"],
    &["spec", "http[]", "mirror"],
    &["spec", "http[]", "mirrors[]", "destination"],
    &["spec", "tcp[]", "route[]", "destination"],
    &["spec", "tls[]", "route[]", "destination"],
];
const SETTINGS: [&[&str]; 2] =
    [&["spec", "trafficPolicy", "portLevelSettings[]"], &["spec", "subsets[]", "trafficPolicy", "portLevelSettings[]"]];

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    // A ServiceEntry may give any name a meaning of its own.
    let entries = parts.manifest.resources.iter().filter(|it| it.is("ServiceEntry", GROUP));
    let entries: Vec<&str> =
        entries.flat_map(|it| each(&it.node, "", &["spec", "hosts[]"])).filter_map(|it| it.1.str()).collect();
    for (index, resource) in parts.all() {
        if resource.is("VirtualService", GROUP) {
            for (path, node) in DESTINATIONS.iter().flat_map(|keys| each(&resource.node, "", keys)) {
                let host = node.get("host").filter(|it| it.str().is_some_and(|it| !entries.contains(&it)));
                out.references
                    .extend(host.and_then(|host| reference((index, resource), &path, node, (format!("{path}.host"), host))));
            }
        } else if resource.is("DestinationRule", GROUP) {
            let host = resource.at(&["spec", "host"]).filter(|it| it.str().is_some_and(|it| !entries.contains(&it)));
            let Some(host) = host else { continue };
            let named = || ("spec.host".to_owned(), host);
            let settings = SETTINGS.iter().flat_map(|keys| each(&resource.node, "", keys));
            let before = out.references.len();
            out.references.extend(settings.filter_map(|(path, node)| reference((index, resource), &path, node, named())));
            if out.references.len() == before {
                out.references.extend(reference((index, resource), "spec", &resource.node, named()));
            }
        }
    }
}

fn reference(of: (usize, &Resource), path: &str, node: &Node, named: (String, &Node)) -> Option<Reference> {
    let (index, resource) = of;
    let host = host(named.1.str()?, &resource.subject.namespace)?;
    // Istio fills up single names only: `web.prod` is a name in the world's DNS.
    if host.service.contains('*') || (named.1.str()?.contains('.') && !host.certain) {
        return None;
    }
    let number = node.at(&["port", "number"]).filter(|it| !it.is_null());
    let (kind, field, port) = match number {
        Some(number) => (EdgeKind::Backend, Field::new(index, format!("{path}.port.number"), number), port_number(number)),
        None => (EdgeKind::Host, Field::new(index, named.0.clone(), named.1), Port::Malformed(Wrong::Missing)),
    };
    let to = Destination::Service {
        name: host.service.to_owned(),
        namespace: host.namespace.to_owned(),
        field: Field::new(index, named.0, named.1),
    };
    Some(Reference { kind, what: "destination", field, port, protocol: None, by_target: false, to })
}
