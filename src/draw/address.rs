//! What of an object a reference stands for: the host and path of a route, the direction of a policy, the name of a webhook.

use crate::kube::Resource;
use crate::yaml::Node;

/// Names the part of an object that a field path leads to; the reference's own noun where nothing better is known.
pub(super) fn address(resource: &Resource, path: &str, what: &str) -> String {
    let at = |keys: &str| along(&resource.node, keys);
    let said = |node: Option<&Node>| node.and_then(Node::str).filter(|it| !it.is_empty()).map(str::to_owned);
    let up_to = |key: &str| prefix(path, key);
    let found = match resource.subject.kind.as_str() {
        "Ingress" => Some(ingress(resource, path)),
        "Route" => Some(said(at("spec.host")).unwrap_or_else(|| "*".into()) + &said(at("spec.path")).unwrap_or_default()),
        "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute" | "UDPRoute" => gateway(resource, path),
        "IngressRoute" | "IngressRouteTCP" => up_to("routes").and_then(|it| said(at(&format!("{it}.match")))),
        "HTTPProxy" => Some(contour(resource, path)),
        "VirtualService" => istio(resource, path),
        "NetworkPolicy" | "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy" => {
            Some(if path.contains("egress") { "egress" } else { "ingress" }.to_owned())
        }
        "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => {
            up_to("webhooks").and_then(|it| said(at(&format!("{it}.name"))))
        }
        "ServiceMonitor" | "PodMonitor" | "VMServiceScrape" | "VMPodScrape" => {
            let endpoint = up_to("endpoints").or_else(|| up_to("podMetricsEndpoints"));
            endpoint.map(|it| said(at(&format!("{it}.path"))).unwrap_or_else(|| "/metrics".into()))
        }
        "ConfigMap" => path.strip_prefix("data").map(|it| it.trim_matches(['.', '[', ']', '"']).to_owned()),
        _ => None,
    };
    match found {
        Some(found) if what == "mirror" => format!("{found} (mirror)"),
        Some(found) => found,
        None => what.to_owned(),
    }
}

fn ingress(resource: &Resource, path: &str) -> String {
    let Some(rule) = prefix(path, "rules") else { return "default backend".into() };
    let host = along(&resource.node, &format!("{rule}.host")).and_then(Node::str).filter(|it| !it.is_empty());
    let below = prefix(path, "paths").and_then(|it| along(&resource.node, &format!("{it}.path")).and_then(Node::str));
    format!("{}{}", host.unwrap_or("*"), below.unwrap_or("/"))
}

fn gateway(resource: &Resource, path: &str) -> Option<String> {
    let host = along(&resource.node, "spec.hostnames[0]").and_then(Node::str).unwrap_or("*");
    let rule = prefix(path, "rules")?;
    let of = |keys: &str| along(&resource.node, &format!("{rule}.matches[0].{keys}")).and_then(Node::str);
    let below = of("path.value").or_else(|| of("method.service")).unwrap_or_default();
    Some(format!("{host}{below}"))
}

fn contour(resource: &Resource, path: &str) -> String {
    let host = along(&resource.node, "spec.virtualhost.fqdn").and_then(Node::str).unwrap_or("*");
    let below = prefix(path, "routes").and_then(|it| along(&resource.node, &format!("{it}.conditions[0].prefix")));
    format!("{host}{}", below.and_then(Node::str).unwrap_or_default())
}

fn istio(resource: &Resource, path: &str) -> Option<String> {
    let host = along(&resource.node, "spec.hosts[0]").and_then(Node::str)?;
    let below = prefix(path, "http").and_then(|it| along(&resource.node, &format!("{it}.match[0].uri")));
    let below = below.and_then(|it| it.entries().first()?.value.str());
    Some(format!("{host}{}", below.unwrap_or_default()))
}

/// Cuts a path behind the index of a list: `spec.rules[0].http` by `rules` is `spec.rules[0]`.
fn prefix<'a>(path: &'a str, list: &str) -> Option<&'a str> {
    let at = path.find(&format!("{list}["))?;
    let end = at + path[at..].find(']')?;
    Some(&path[..=end])
}

/// Follows a path without quoted keys.
fn along<'a>(root: &'a Node, path: &str) -> Option<&'a Node> {
    path.split('.').try_fold(root, |node, step| {
        let (key, index) = step.split_once('[').unwrap_or((step, ""));
        let node = node.get(key)?;
        if index.is_empty() { Some(node) } else { node.items().get(index.trim_end_matches(']').parse::<usize>().ok()?) }
    })
}
