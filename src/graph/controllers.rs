//! Backends in the objects of ingress controllers, which differ in little but the keys: Traefik, Contour, Kong, APISIX, NGINX.
//!
//! - <https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/>
//! - <https://projectcontour.io/docs/main/config/api/>
//! - <https://docs.konghq.com/kubernetes-ingress-controller/latest/reference/custom-resources/>
//! - <https://apisix.apache.org/docs/ingress-controller/concepts/apisix_route/>
//! - <https://docs.nginx.com/nginx-ingress-controller/configuration/virtualserver-and-virtualserverroute-resources/>

use super::walk::{Form, Named, each};
use super::{Found, Parts};
use crate::yaml::Node;

/// Where objects of a kind name Services.
struct Shape {
    groups: &'static [&'static str],
    kinds: &'static [&'static str],
    places: &'static [&'static [&'static str]],
    keys: (&'static str, &'static str),
    form: Form,
}

const TRAEFIK: &[&str] = &["traefik.io", "traefik.containo.us"];

const SHAPES: [Shape; 7] = [
    Shape {
        groups: TRAEFIK,
        kinds: &["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"],
        places: &[&["spec", "routes[]", "services[]"]],
        keys: ("name", "port"),
        form: Form::NumberOrName,
    },
    Shape {
        groups: TRAEFIK,
        kinds: &["TraefikService"],
        places: &[&["spec", "weighted", "services[]"], &["spec", "mirroring"], &["spec", "mirroring", "mirrors[]"]],
        keys: ("name", "port"),
        form: Form::NumberOrName,
    },
    Shape {
        groups: TRAEFIK,
        kinds: &["Middleware"],
        places: &[&["spec", "errors", "service"]],
        keys: ("name", "port"),
        form: Form::NumberOrName,
    },
    Shape {
        groups: &["projectcontour.io"],
        kinds: &["HTTPProxy"],
        places: &[&["spec", "routes[]", "services[]"], &["spec", "tcpproxy", "services[]"]],
        keys: ("name", "port"),
        form: Form::Number,
    },
    Shape {
        groups: &["configuration.konghq.com"],
        kinds: &["TCPIngress", "UDPIngress"],
        places: &[&["spec", "rules[]", "backend"]],
        keys: ("serviceName", "servicePort"),
        form: Form::Number,
    },
    Shape {
        groups: &["apisix.apache.org"],
        kinds: &["ApisixRoute"],
        places: &[&["spec", "http[]", "backends[]"], &["spec", "stream[]", "backend"]],
        keys: ("serviceName", "servicePort"),
        form: Form::NumberOrName,
    },
    Shape {
        groups: &["k8s.nginx.org"],
        kinds: &["VirtualServer", "VirtualServerRoute", "TransportServer"],
        places: &[&["spec", "upstreams[]"]],
        keys: ("service", "port"),
        form: Form::Number,
    },
];

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    for (index, resource) in parts.all() {
        let of_kind = |it: &&Shape| {
            it.kinds.contains(&resource.subject.kind.as_str())
                && it.groups.iter().any(|group| resource.is(&resource.subject.kind, group))
        };
        for shape in SHAPES.iter().filter(of_kind) {
            for (path, node) in shape.places.iter().flat_map(|keys| each(&resource.node, "", keys)) {
                if is_service(node, shape.keys.0) {
                    let named = Named { index, resource, what: "backend", path, node, keys: shape.keys, form: shape.form };
                    out.references.push(named.reference());
                }
            }
        }
    }
}

/// Whether a Service of the cluster is meant: not a controller's own, such as `api@internal`.
fn is_service(node: &Node, key: &str) -> bool {
    let kind = node.get("kind").and_then(Node::str).unwrap_or("Service");
    let name = node.get(key).and_then(Node::str);
    node.is_mapping() && (kind == "Service" || kind.is_empty()) && name.is_some_and(|it| !it.contains(['@', '/']))
}
