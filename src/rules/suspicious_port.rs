//! A port that is there, and likely the wrong one.

use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::{Declared, Destination, Edge, EdgeKind, Resolution};
use crate::kube::{Port, Resource, Service, ServicePort};

declare_rule! {
    /// ## What it does
    /// Reports a backend of an Ingress or of another route which resolves, and most likely to the wrong port:
    ///
    /// - one that is called metrics, health, debug or the like, while the Service has one that is called http or web;
    /// - the only one of a route, if its Service backs another component (by the label `app.kubernetes.io/component`) than that
    ///   which the route says it is of, while that component has a Service of its own;
    /// - the only one of a route that has the name of another Service, with the same port, which nothing refers to.
    ///
    /// ## Why is this bad?
    /// Everything is accepted and healthy, and users get metrics in the place of pages, or the wrong application.
    ///
    /// ## Example
    /// ```yaml
    /// kind: Service
    /// spec: { ports: [{ name: metrics, port: 9090 }, { name: http, port: 80 }] }
    /// ---
    /// kind: Ingress
    /// spec: { defaultBackend: { service: { name: web, port: { name: metrics } } } }
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// spec: { defaultBackend: { service: { name: web, port: { name: http } } } }
    /// ```
    ///
    /// ## Known problems
    /// A route whose name, host or path speaks of the port's purpose, such as `/metrics`, is left alone, and so is one that
    /// leads to the other port as well.
    META = "suspicious-port", Some(Severity::Warning), "warning", "the port exists and is likely the wrong one"
}

/// What ports for machines are called.
const ASIDE: [&str; 17] = [
    "metrics", "metric", "prometheus", "exporter", "monitoring", "stats", "health", "healthz", "healthcheck", "probe", "liveness",
    "readiness", "debug", "pprof", "jmx", "gossip", "admin",
];
/// What ports for people are called.
const MAIN: [&str; 6] = ["http", "https", "web", "ui", "http2", "www"];

pub(super) struct SuspiciousPort;

impl Rule for SuspiciousPort {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        out.extend(cx.graph.edges_of(EdgeKind::Backend).filter_map(|it| namesake(cx, it)));
        for edge in cx.graph.edges_of(EdgeKind::Backend).filter(|it| it.reference.what == "backend" || it.reference.what == "targetPort") {
            let Resolution::Found(ports) = &edge.to else { continue };
            if let [port] = ports.as_slice()
                && let Some(service) = cx.graph.service(port.field.resource)
            {
                out.extend(aside(cx, edge, service, port).or_else(|| other_component(cx, edge, service)));
            }
        }
    }
}

/// A port for machines, beside one for people.
fn aside(cx: &CaseCx<'_>, edge: &Edge, service: &Service, port: &Declared) -> Option<Finding> {
    let name = port.name.as_ref()?.text();
    let word = words(&name).find(|it| ASIDE.contains(it))?;
    let main = service.ports.iter().find(|it| is_main(it))?;
    let resource = cx.resource(&edge.reference.field);
    if speaks_of(resource, word) || leads_to(cx, edge, main) {
        return None;
    }
    let (subject, of) = (&resource.subject, cx.subject(service.resource));
    let meant = main.named().unwrap_or_default();
    let message = format!("`{subject}` sends traffic to port `{name}` of `{of}`, which also has `{meant}`");
    let draft = cx.draft(&META, Severity::Warning, &edge.reference.field, message).label(format!("`{name}` is seldom meant for users"));
    let draft = draft.related("near", &main.port, "this is likely meant");
    Some(draft.help(format!("did you mean `{meant}` ({})?", main.port.text())).done())
}

fn is_main(port: &ServicePort) -> bool {
    let name = port.named().unwrap_or_default();
    words(name).any(|it| MAIN.contains(&it)) && !words(name).any(|it| ASIDE.contains(&it)) && matches!(port.number, Port::Number(_))
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split('-')
}

/// Whether a route's name, host or path says what the port is for.
fn speaks_of(resource: &Resource, word: &str) -> bool {
    let stem = word.trim_end_matches(['s', 'z']);
    let mut texts = Vec::new();
    resource.at(&["spec"]).into_iter().for_each(|it| strings(it, &mut texts));
    // The very field that names the port is no evidence.
    let told = texts.iter().filter(|it| !it.eq_ignore_ascii_case(word));
    told.copied().chain([resource.subject.name.as_str()]).any(|it| it.contains(stem) && (it.contains(['/', '.']) || it == resource.subject.name))
}

fn strings<'a>(node: &'a crate::yaml::Node, out: &mut Vec<&'a str>) {
    out.extend(node.str());
    node.items().iter().for_each(|it| strings(it, out));
    node.entries().iter().for_each(|it| strings(&it.value, out));
}

/// Whether the same object, or another of its kind, leads to the port for people as well.
fn leads_to(cx: &CaseCx<'_>, edge: &Edge, main: &ServicePort) -> bool {
    let kind = &cx.resource(&edge.reference.field).subject.kind;
    let mut others = cx.graph.edges_of(EdgeKind::Backend).filter(|it| cx.resource(&it.reference.field).subject.kind == *kind);
    others.any(|it| it.leads_to(&main.port))
}

const COMPONENT: &str = "app.kubernetes.io/component";

/// A Service of another component than the route's own, which has a Service that the route does not lead to.
fn other_component(cx: &CaseCx<'_>, edge: &Edge, service: &Service) -> Option<Finding> {
    let resource = cx.resource(&edge.reference.field);
    let labels = resource.labels();
    let own = labels.get(COMPONENT)?;
    let theirs = service.labels.get(COMPONENT).filter(|it| *it != own)?;
    let same = |it: &&Service, key: &str| it.labels.get(key) == labels.get(key);
    let keys = [COMPONENT, "app.kubernetes.io/name", "app.kubernetes.io/instance"];
    let mut candidates = cx.graph.services.iter().filter(|it| !it.headless && !it.ports.is_empty() && it.namespace == service.namespace);
    let meant = candidates.find(|it| keys.iter().all(|key| same(it, key)))?;
    // A gateway's route leads to many components.
    let mut siblings = cx.graph.edges_of(EdgeKind::Backend).filter(|it| it.reference.field.resource == edge.reference.field.resource);
    let elsewhere = |it: &Edge| !matches!(&it.reference.to, Destination::Service { name, .. } if *name == service.name);
    if siblings.any(elsewhere) {
        return None;
    }
    let Destination::Service { field, .. } = &edge.reference.to else { return None };
    let (subject, of) = (&resource.subject, cx.subject(service.resource));
    let message = format!("`{subject}` is of component `{own}` and sends traffic to `{of}`, which is of component `{theirs}`");
    let draft = cx.draft(&META, Severity::Warning, field, message).label("another component's Service");
    let draft = draft.related_object("near", meant.resource);
    Some(draft.help(format!("did you mean `{}`?", meant.name)).done())
}

/// A route that passes by the Service of its own name, which has what it asks for.
fn namesake(cx: &CaseCx<'_>, edge: &Edge) -> Option<Finding> {
    let Resolution::Found(ports) = &edge.to else { return None };
    let service = cx.graph.service(ports.first()?.field.resource)?;
    let resource = cx.resource(&edge.reference.field);
    let own = &resource.subject.name;
    let named = |it: &&Service| it.name == *own && it.namespace == service.namespace && it.selector != service.selector;
    let meant = cx.graph.services.iter().find(named)?;
    // `web-proxy` stands before `web`, and `web` before `web-api`.
    let is_part = |a: &str, b: &str| a.starts_with(b) || b.starts_with(a);
    let has_port = meant.ports.iter().any(|it| match &edge.reference.port {
        Port::Name(name) => it.named() == Some(name),
        number => it.number == *number,
    });
    if meant.headless || meant.selector.is_empty() || !has_port || is_part(&meant.name, &service.name) {
        return None;
    }
    let leads = |it: &Edge, to: &Service| matches!(&it.reference.to, Destination::Service { name, namespace, .. } if *name == to.name && *namespace == to.namespace);
    let mut siblings = cx.graph.edges_of(EdgeKind::Backend).filter(|it| it.reference.field.resource == edge.reference.field.resource);
    if cx.graph.edges.iter().any(|it| leads(it, meant)) || !siblings.all(|it| leads(it, service)) {
        return None;
    }
    let Destination::Service { field, .. } = &edge.reference.to else { return None };
    let (subject, of) = (&resource.subject, cx.subject(service.resource));
    let message = format!("`{subject}` sends traffic to `{of}`, while nothing refers to `{}`, which has its name and that port", cx.subject(meant.resource));
    let draft = cx.draft(&META, Severity::Warning, field, message).label("not the Service of its name");
    let draft = draft.related_object("near", meant.resource);
    Some(draft.help(format!("did you mean `{own}`?")).done())
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{check, check_all};

    const RULE: &str = "suspicious-port";

    fn service(ports: &str) -> String {
        format!("kind: Service\nmetadata: {{ name: web }}\nspec: {{ ports: [{ports}] }}\n---\n")
    }

    fn ingress(path: &str, port: &str) -> String {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{ name: web }}\nspec:\n  rules:\n  - http:\n      paths:\n      - path: {path}\n        backend: {{ service: {{ name: web, port: {{ {port} }} }} }}\n"
        )
    }

    const TWO: &str = "{ name: metrics, port: 9090 }, { name: http, port: 80 }";

    #[test]
    fn a_port_for_machines_is_seldom_meant_where_there_is_one_for_people() {
        let mark = "#                                                        ^^^^ `metrics` is seldom meant for users\n";
        let found = check(RULE, &(service(TWO) + &ingress("/", "number: 9090") + mark));
        assert_eq!(found[0].message, "`Ingress/web` sends traffic to port `metrics` of `Service/web`, which also has `http`");
        assert_eq!(found[0].help.as_deref(), Some("did you mean `http` (80)?"));
        let mark = "#                                                      ^^^^^^^ `metrics` is seldom meant for users\n";
        assert_eq!(check_all(&(service(TWO) + &ingress("/", "name: metrics") + mark)), [RULE]);
    }

    #[test]
    fn what_is_said_on_purpose_is_left_alone() {
        check(RULE, &(service(TWO) + &ingress("/metrics", "name: metrics")));
        check(RULE, &(service(TWO) + &ingress("/", "name: http")));
        check(RULE, &(service("{ name: metrics, port: 9090 }, { name: grpc, port: 80 }") + &ingress("/", "name: metrics")));
        check(RULE, &(service("{ name: metrics, port: 9090 }") + &ingress("/", "name: metrics")));
        let both = service(TWO) + &ingress("/", "name: http") + "---\n" + &ingress("/x", "name: metrics");
        check(RULE, &both);
    }

    fn component(kind: &str, name: &str, component: &str, spec: &str) -> String {
        let api = if kind == "Ingress" { "networking.k8s.io/v1" } else { "v1" };
        format!(
            "---\napiVersion: {api}\nkind: {kind}\nmetadata: {{ name: {name}, labels: {{ app.kubernetes.io/component: {component} }} }}\nspec: {spec}\n"
        )
    }

    #[test]
    fn a_route_leads_to_its_own_component() {
        let port = "{ ports: [{ port: 80 }] }";
        let services = component("Service", "server", "server", port) + &component("Service", "worker", "worker", port);
        let to = |service: &str| format!("{{ defaultBackend: {{ service: {{ name: {service}, port: {{ number: 80 }} }} }} }}");
        let mark = "#                                          ^^^^^^ another component's Service\n";
        let found = check(RULE, &(services.clone() + &component("Ingress", "web", "server", &to("worker")) + mark));
        assert_eq!(found[0].help.as_deref(), Some("did you mean `server`?"));
        check(RULE, &(services.clone() + &component("Ingress", "web", "server", &to("server"))));
        check(RULE, &(services + &component("Ingress", "web", "proxy", &to("worker"))));
    }
}
