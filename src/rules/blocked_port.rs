//! A Service sends traffic to a port of pods that their network policies keep shut.

use std::collections::HashMap;

use super::dangling_port::shown;
use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::{EdgeKind, Resolution, Selection};
use crate::kube::{Field, Port, Service, ServicePort, Workload, port_or_name};
use crate::yaml::Node;

declare_rule! {
    /// ## What it does
    /// Reports a Service's port behind which no pod may be reached: network policies of the same chart select the pods, allow other ports
    /// of theirs, and this one from nobody. It is a warning where a route or a monitor asks for the port, else a note.
    ///
    /// ## Why is this bad?
    /// Pods that a policy selects take what is allowed and nothing else: the connection times out, where policies are enforced.
    ///
    /// ## Example
    /// ```yaml
    /// kind: Service
    /// spec: { selector: { app: web }, ports: [{ name: http, port: 80 }, { name: grpc, port: 9000 }] }
    /// ---
    /// kind: NetworkPolicy
    /// spec: { podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: 80 }] }] }
    /// ```
    ///
    /// ## Use instead
    /// One more entry: `ports: [{ port: 80 }, { port: 9000 }]`.
    ///
    /// ## Known problems
    /// Policies that allow nothing at all, headless Services, and policies of Cilium and others are passed over.
    META = "blocked-port", Some(Severity::Warning), "warning, note", "network policies keep a Service's port shut"
}

pub(super) struct BlockedPort;

impl Rule for BlockedPort {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        let open = open(cx);
        if open.is_empty() {
            return;
        }
        for (service, pods) in cx.graph.services.iter().zip(&cx.graph.selected).filter(|(it, _)| !it.headless) {
            for port in &service.ports {
                let pods = || pods.iter().filter(|it| !cx.graph.workloads[**it].finite);
                let policies: Vec<usize> = pods().filter_map(|it| shut(&open, *it, port, &cx.graph.workloads[*it])).collect();
                if let [policy, ..] = policies[..]
                    && policies.len() == pods().count()
                {
                    out.extend(finding(cx, service, port, policy));
                }
            }
        }
    }
}

fn finding(cx: &CaseCx<'_>, service: &Service, port: &ServicePort, policy: usize) -> Option<Finding> {
    let (subject, target) = (cx.subject(policy), shown(&port.target_port()));
    let message = format!(
        "`{subject}` allows other ports of the pods behind `{}`, which sends traffic to {target}: nobody reaches that",
        cx.subject(service.resource)
    );
    // A port that the pods lack is another rule's.
    let mut own = cx.graph.edges_of(EdgeKind::Policy).filter(|it| it.reference.field.resource == policy);
    if own.any(|it| matches!(it.to, Resolution::NoPort { .. })) {
        return None;
    }
    let spec = cx.manifest.resources[policy].at(&["spec"])?;
    let rule = spec.get("ingress").and_then(|it| it.items().iter().find_map(|it| it.get("ports")));
    let (path, node) = rule.map_or(("spec", spec), |it| ("spec.ingress[0].ports", it));
    let severity = if is_wanted(cx, port) { Severity::Warning } else { Severity::Note };
    let draft = cx.draft(&META, severity, &Field::new(policy, path, node), message).label("all that is allowed");
    let draft = draft.related("target", port.target_field(), "this is kept shut");
    Some(draft.help(format!("allow port {target}, too")).done())
}

/// Whether a route or a monitor of this chart asks for the port.
fn is_wanted(cx: &CaseCx<'_>, port: &ServicePort) -> bool {
    let mut asking = cx.graph.edges.iter().filter(|it| matches!(it.reference.kind, EdgeKind::Backend | EdgeKind::Monitor));
    asking.any(|it| it.leads_to(&port.port))
}

/// What the policies of a workload's pods allow.
struct Open<'a> {
    /// Index of the last policy.
    policy: usize,
    ports: Vec<Allowed<'a>>,
}

enum Allowed<'a> {
    All,
    /// `port` and `endPort`.
    Port(Port, Option<i64>, &'a Node),
}

/// Returns what is allowed by workload, for those that policies select and allow some port of.
fn open<'a>(cx: &CaseCx<'a>) -> HashMap<usize, Open<'a>> {
    let mut open: HashMap<usize, Open<'a>> = HashMap::new();
    let policies = cx.manifest.resources.iter().enumerate().filter(|(_, it)| it.is("NetworkPolicy", "networking.k8s.io"));
    for (policy, spec) in policies.filter_map(|(index, it)| Some((index, it.at(&["spec"])?))) {
        let types = spec.get("policyTypes").map(Node::items).unwrap_or_default();
        if !types.is_empty() && !types.iter().any(|it| it.str() == Some("Ingress")) {
            continue;
        }
        for workload in meant(cx, policy) {
            let all = open.entry(workload).or_insert_with(|| Open { policy, ports: Vec::new() });
            all.policy = policy;
            for rule in spec.get("ingress").map(Node::items).unwrap_or_default() {
                let ports = rule.get("ports").map(Node::items).unwrap_or_default();
                if ports.is_empty() {
                    all.ports.push(Allowed::All);
                }
                all.ports.extend(ports.iter().map(allowed));
            }
        }
    }
    open.retain(|_, it| !it.ports.is_empty());
    open
}

/// Returns the workloads that a policy selects. An empty selector selects all.
fn meant(cx: &CaseCx<'_>, policy: usize) -> Vec<usize> {
    let own = |it: &&Selection| it.field.resource == policy && it.field.path == "spec.podSelector";
    if let Some(selection) = cx.graph.selections.iter().find(own) {
        return selection.found.clone();
    }
    let namespace = &cx.subject(policy).namespace;
    let all = cx.graph.workloads.iter().enumerate().filter(|(_, it)| it.namespace == *namespace);
    all.map(|it| it.0).collect()
}

fn allowed(node: &Node) -> Allowed<'_> {
    match node.get("port").filter(|it| !it.is_null()) {
        Some(port) => Allowed::Port(port_or_name(port), node.get("endPort").and_then(Node::int), node),
        None => Allowed::All,
    }
}

/// Returns the policy that keeps a port of pods shut.
fn shut(open: &HashMap<usize, Open<'_>>, workload: usize, port: &ServicePort, pods: &Workload) -> Option<usize> {
    let open = open.get(&workload)?;
    let numbers = numbers(&port.target_port(), pods);
    let protocol = |node: &Node| node.get("protocol").and_then(Node::str).unwrap_or("TCP").to_owned();
    let lets = |it: &Allowed<'_>| match it {
        Allowed::All => true,
        Allowed::Port(Port::Number(from), to, node) => {
            protocol(node) == port.protocol && numbers.iter().any(|it| (*from..=to.unwrap_or(*from)).contains(it))
        }
        Allowed::Port(named, _, node) => {
            protocol(node) == port.protocol && self::numbers(named, pods).iter().any(|it| numbers.contains(it))
        }
    };
    // What has no number here is another rule's.
    (!numbers.is_empty() && !open.ports.iter().any(lets)).then_some(open.policy)
}

/// Returns the numbers that a port of pods means.
fn numbers(port: &Port, pods: &Workload) -> Vec<i64> {
    let name = match port {
        Port::Number(number) => return vec![*number],
        Port::Name(name) => name,
        Port::Malformed(_) => return Vec::new(),
    };
    let named = pods.containers.iter().flat_map(|it| &it.ports).filter(|it| it.named() == Some(name));
    let number = |it: &Port| if let Port::Number(number) = it { Some(*number) } else { None };
    named.filter_map(|it| number(&it.number)).collect()
}

#[cfg(test)]
mod tests {
    use crate::finding::Severity;
    use crate::rules::testing::{check, check_all};

    const RULE: &str = "blocked-port";

    fn chart(others: &str, ports: &str, ingress: &str) -> String {
        format!(
            "{others}kind: Deployment
metadata: {{ name: web }}
spec:
  template:
    metadata: {{ labels: {{ app: web }} }}
    spec: {{ containers: [{{ ports: [{{ name: http, containerPort: 8080 }}, {{ name: grpc, containerPort: 9000 }}] }}] }}
---
kind: Service
metadata: {{ name: web }}
spec: {{ selector: {{ app: web }}, ports: [{ports}] }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{ name: web }}
spec: {{ podSelector: {{ matchLabels: {{ app: web }} }}, ingress: [{ingress}] }}
"
        )
    }

    #[test]
    fn a_port_that_no_policy_allows() {
        let both = "{ name: a, port: 80, targetPort: http }, { name: b, port: 81, targetPort: grpc }";
        let mark = "#                                                                      ^^^^^^^^^^^^^^^^ all that is allowed\n";
        let with = |others: &str| check(RULE, &(chart(others, both, "{ ports: [{ port: 8080 }] }") + mark));
        let message = "`NetworkPolicy/web` allows other ports of the pods behind `Service/web`, which sends traffic to `grpc`: nobody reaches that";
        let found = with("");
        assert_eq!((&*found[0].message, found[0].severity), (message, Severity::Note));
        let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec: { defaultBackend: { service: { name: web, port: { name: b } } } }\n---\n";
        assert_eq!(with(ingress)[0].severity, Severity::Warning);
    }

    #[test]
    fn ports_that_are_allowed_one_way_or_another() {
        let port = "{ port: 81, targetPort: grpc }";
        for ingress in ["{}", "", "{ ports: [{ port: grpc }] }", "{ ports: [{ port: 8000, endPort: 9100 }] }", "{ ports: [{ port: 9000 }] }", "{ ports: [{ protocol: TCP }] }"] {
            check_all(&chart("", port, ingress));
        }
    }
}
