//! A targetPort is no port of the pods.

use std::collections::{HashMap, HashSet};

use super::dangling_port::{list, shown};
use super::meant::did_you_mean;
use super::meta::declare_rule;
use super::{CaseCx, Draft, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::{Declared, Edge, EdgeKind, Resolution};
use crate::kube::{Port, ServicePort};

declare_rule! {
    /// ## What it does
    /// Reports a Service whose `targetPort` is no port of the pods that it selects: an error when it is a name, a warning when
    /// it is a number that the pods do not declare although they declare others.
    ///
    /// ## Why is this bad?
    /// A name that no pod declares gives the Service no endpoints. Traffic to a number that nothing listens on is refused.
    ///
    /// ## Example
    /// ```yaml
    /// kind: Service
    /// spec: { ports: [{ port: 80, targetPort: http }] }
    /// ---
    /// kind: Deployment
    /// spec: { template: { spec: { containers: [{ ports: [{ name: web, containerPort: 8080 }] }] } } }
    /// ```
    ///
    /// ## Use instead
    /// The container port's name: `targetPort: web`.
    ///
    /// ## Known problems
    /// Declaring a container port is informational: a number is not reported where a container of the pods declares nothing, or
    /// where a container of the same image declares it in other pods; nor in a node's own network; and is a note where their command,
    /// args, env or mounted configuration mention it, unless a container port has the name of the Service's. Ports of injected
    /// sidecars are known.
    META = "unbound-target-port", Some(Severity::Error), "error (name), warning (number)",
        "a targetPort is no port of the pods that its Service selects"
}

pub(super) struct UnboundTargetPort;

impl Rule for UnboundTargetPort {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        let mut twins = None;
        for edge in cx.graph.edges_of(EdgeKind::Target) {
            let Resolution::NoPort { at, near, mentioned } = &edge.to else { continue };
            let severity = match severity(&edge.reference.port, near, *mentioned) {
                // A container port that is called as the Service's was most likely meant, whatever listens on the number.
                None if has_namesake(cx, edge, near) && !is_told(cx, at, &edge.reference.port) => Severity::Warning,
                None if !near.is_empty() && is_said(cx, at, &edge.reference.port) => Severity::Note,
                None => continue,
                Some(severity) => severity,
            };
            let is_served = match edge.reference.port {
                Port::Number(number) => twins.get_or_insert_with(|| Twins::new(cx)).serve(number, at),
                _ => false,
            };
            if !is_served {
                out.push(finding(cx, edge, at, near, severity));
            }
        }
    }
}

/// Where undeclared numbers are likely served. Components of one program most often have the same ports.
struct Twins<'a> {
    /// Workloads in their node's network, where any process may listen.
    on_host: HashSet<usize>,
    images: HashMap<usize, Vec<&'a str>>,
    ports: HashMap<&'a str, HashSet<i64>>,
}

impl<'a> Twins<'a> {
    fn new(cx: &CaseCx<'a>) -> Self {
        let mut twins = Self { on_host: HashSet::new(), images: HashMap::new(), ports: HashMap::new() };
        for workload in &cx.graph.workloads {
            if workload.host_network {
                twins.on_host.insert(workload.resource);
            }
            for container in workload.containers.iter().filter(|it| !it.image.is_empty()) {
                twins.images.entry(workload.resource).or_default().push(&container.image);
                let numbers = container.ports.iter().filter_map(|it| it.field.value.as_i64());
                twins.ports.entry(&container.image).or_default().extend(numbers);
            }
        }
        twins
    }

    /// Whether a number that pods do not declare is likely served.
    fn serve(&self, number: i64, pods: &[usize]) -> bool {
        if pods.iter().any(|it| self.on_host.contains(it)) {
            return true;
        }
        let mut images = pods.iter().filter_map(|it| self.images.get(it)).flatten();
        images.any(|it| self.ports.get(it).is_some_and(|it| it.contains(&number)))
    }
}

/// Whether the pods declare a port with the name of the Service's own, or with the end of it: `metrics` for `web-metrics`.
fn has_namesake(cx: &CaseCx<'_>, edge: &Edge, near: &[Declared]) -> bool {
    let field = &edge.reference.field;
    let of_field = |it: &&ServicePort| field.path.strip_prefix(it.path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let service = cx.graph.services.iter().find(|it| it.resource == field.resource);
    let Some(name) = service.and_then(|it| it.ports.iter().find(of_field)).and_then(|it| it.name.as_ref()) else { return false };
    let name = name.text();
    near.iter().filter_map(|it| it.name.as_ref()).any(|it| {
        let own = it.text();
        name.strip_suffix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('-'))
    })
}

/// Whether a container's own arguments say that it listens on a number.
fn is_told(cx: &CaseCx<'_>, pods: &[usize], port: &Port) -> bool {
    let Port::Number(number) = port else { return false };
    let mut workloads = cx.graph.workloads.iter().filter(|it| pods.contains(&it.resource));
    workloads.any(|it| it.containers.iter().any(|it| it.told.contains(number)))
}

/// Whether a container that declares ports mentions a number, so that most likely a process listens on it.
pub(super) fn is_said(cx: &CaseCx<'_>, pods: &[usize], port: &Port) -> bool {
    let Port::Number(number) = port else { return false };
    let workloads = cx.graph.workloads.iter().filter(|it| pods.contains(&it.resource));
    let mut containers = workloads.flat_map(|it| &it.containers).filter(|it| !it.ports.is_empty());
    containers.any(|it| it.mentions.contains(number))
}

/// Returns how bad an undeclared port is: a name is never bound; a number may be served without being declared.
pub(super) fn severity(port: &Port, near: &[Declared], mentioned: bool) -> Option<Severity> {
    match port {
        Port::Name(_) => Some(Severity::Error),
        Port::Number(_) if near.is_empty() || mentioned => None,
        Port::Number(_) => Some(Severity::Warning),
        Port::Malformed(_) => None,
    }
}

fn finding(cx: &CaseCx<'_>, edge: &Edge, at: &[usize], near: &[Declared], severity: Severity) -> Finding {
    let reference = &edge.reference;
    let subject = cx.subject(reference.field.resource);
    let wanted = shown(&reference.port);
    let implied = !reference.field.path.ends_with("targetPort");
    let sends = if implied { "has no targetPort, so it sends" } else { "sends" };
    let pods = cx.subject(at[0]);
    let message = format!("`{subject}` {sends} traffic to port {wanted} of `{pods}`, which declares {}", list(near));
    let label = if implied { "without targetPort this is the port of the pods, too" } else { "no such port in the pods" };
    let mut draft = cx.draft(&META, severity, &reference.field, message).label(label);
    for declared in near.iter().take(4) {
        draft = draft.related("target", &declared.field, "declared here");
    }
    if near.is_empty() {
        draft = at.iter().take(1).fold(draft, |draft, it| draft.related_object("target", *it));
    }
    match near {
        [only] => {
            let words = only.name.as_ref().map_or_else(|| only.field.text(), crate::kube::Field::text);
            draft = draft.help(format!("write `targetPort: {words}`"));
        }
        _ => draft = did_you_mean(near, &reference.port).into_iter().fold(draft, Draft::help),
    }
    draft.done()
}

#[cfg(test)]
mod tests;
