//! A network policy allows a port that its pods lack.

use std::collections::{BTreeMap, HashMap};

use super::dangling_port::{list, shown};
use super::meant::did_you_mean;
use super::meta::declare_rule;
use super::{CaseCx, Draft, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::{Declared, Destination, Edge, EdgeKind, Resolution};
use crate::kube::{Port, Service, ServicePort};

declare_rule! {
    /// ## What it does
    /// Reports a port of a NetworkPolicy or CiliumNetworkPolicy that no pod declares which the policy means: those that it
    /// selects for `ingress`, those that `to` selects for `egress`. A number that is not a Service's port, next to others that
    /// are right, is a note.
    ///
    /// ## Why is this bad?
    /// Policies see the ports of pods. One that is written with the Service's port allows nothing, and the traffic that it
    /// was made for is dropped.
    ///
    /// ## Example
    /// ```yaml
    /// kind: Service
    /// spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
    /// ---
    /// kind: NetworkPolicy
    /// spec: { podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: 80 }] }] }
    /// ```
    ///
    /// ## Use instead
    /// The port of the pods, best by its name: `port: http`.
    ///
    /// ## Known problems
    /// Declaring a container port is informational: a number is not reported where a container of the pods declares nothing,
    /// or where their command, args or env mention it, or where a Service sends traffic to it.
    META = "unbound-policy-port", Some(Severity::Warning), "warning, note", "a policy allows a port that its pods lack"
}

pub(super) struct UnboundPolicyPort;

impl Rule for UnboundPolicyPort {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        let mut selectors = None;
        for edge in cx.graph.edges_of(EdgeKind::Policy) {
            if matches!(edge.to, Resolution::Unknown) {
                out.extend(without_pods(cx, edge, selectors.get_or_insert_with(|| Selectors::new(cx))));
            }
            if let Resolution::NoPort { at, near, mentioned } = &edge.to
                && let Some(severity) = severity(cx, edge, at, near, *mentioned)
            {
                out.push(finding(cx, edge, (at, near), severity));
            }
        }
    }
}

fn severity(cx: &CaseCx<'_>, edge: &Edge, at: &[usize], near: &[Declared], mentioned: bool) -> Option<Severity> {
    let Port::Number(number) = edge.reference.port else { return Some(Severity::Warning) };
    let policy = edge.reference.field.resource;
    let others = || cx.graph.edges_of(EdgeKind::Policy).filter(|it| it.reference.field.resource == policy);
    if let Some((_, port)) = mistaken(cx, at, number) {
        // Many list the port of the Service besides that of the pods, which does no harm.
        let allowed = others().any(|it| allows(it, &port.target_port()));
        return (!allowed).then_some(Severity::Warning);
    }
    if mentioned || near.is_empty() || is_served(cx, at, number) {
        return None;
    }
    let fine = others().any(|it| matches!(it.to, Resolution::Found(_)));
    Some(if fine { Severity::Note } else { Severity::Warning })
}

/// Services by their selectors.
struct Selectors<'a>(HashMap<(&'a str, &'a BTreeMap<String, String>), Vec<&'a Service>>);

impl<'a> Selectors<'a> {
    fn new(cx: &CaseCx<'a>) -> Self {
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for it in cx.graph.services.iter().filter(|it| !it.headless && !it.selector.is_empty()) {
            found.entry((it.namespace.as_str(), &it.selector)).or_default().push(it);
        }
        Self(found)
    }
}

/// Judges a policy whose pods are made elsewhere by a Service that selects the same.
fn without_pods(cx: &CaseCx<'_>, edge: &Edge, selectors: &Selectors<'_>) -> Option<Finding> {
    let reference = &edge.reference;
    let (Port::Number(number), Destination::Selected(selections)) = (&reference.port, &reference.to) else { return None };
    let [selection] = selections[..] else { return None };
    let selection = &cx.graph.selections[selection];
    if !selection.found.is_empty() || !selection.selector.is_plain() {
        return None;
    }
    let namespace = cx.subject(reference.field.resource).namespace.as_str();
    let services = selectors.0.get(&(namespace, &selection.selector.labels))?;
    let ports = || services.iter().flat_map(|service| service.ports.iter().map(move |port| (*service, port)));
    let is_served = ports().any(|(_, port)| port.target_port() == reference.port);
    let (service, port) = ports().find(|(_, port)| port.number == reference.port).filter(|_| !is_served)?;
    let target = port.target_port();
    // What a name stands for in pods that are made elsewhere is not known.
    if matches!(target, Port::Name(_)) {
        return None;
    }
    let mut others = cx.graph.edges_of(EdgeKind::Policy).filter(|it| it.reference.field.resource == reference.field.resource);
    if others.any(|it| it.reference.port == target) {
        return None;
    }
    let (subject, of) = (cx.subject(reference.field.resource), cx.subject(service.resource));
    let target = shown(&target);
    let message = format!("`{subject}` allows port {number}, the port of `{of}`, which selects the same pods and sends to {target}");
    let draft = cx.draft(&META, Severity::Warning, &reference.field, message).label("a port of the Service, not of the pods");
    let draft = draft.related("target", port.target_field(), "the Service sends there");
    Some(draft.help(format!("policies see the ports of pods: write `port: {}`", target.trim_matches('`'))).done())
}

/// Whether an edge allows what a Service sends traffic to.
fn allows(edge: &Edge, target: &Port) -> bool {
    let Resolution::Found(ports) = &edge.to else { return false };
    ports.iter().any(|it| match target {
        Port::Number(number) => it.number == Some(*number),
        Port::Name(name) => it.name.as_ref().is_some_and(|it| it.text() == *name),
        Port::Malformed(_) => false,
    })
}

fn finding(cx: &CaseCx<'_>, edge: &Edge, (at, near): (&[usize], &[Declared]), severity: Severity) -> Finding {
    let reference = &edge.reference;
    let (subject, pods) = (cx.subject(reference.field.resource), cx.subject(at[0]));
    let wanted = shown(&reference.port);
    let mut message = format!("`{subject}` allows port {wanted} of `{pods}`, which declares {}", list(near));
    let service = match reference.port {
        Port::Number(number) => mistaken(cx, at, number),
        _ => None,
    };
    if let Some((service, port)) = service {
        let target = shown(&port.target_port());
        message = format!("{message}; {wanted} is the port of `{}`, which sends to {target}", cx.subject(service));
    }
    let mut draft = cx.draft(&META, severity, &reference.field, message).label("no such port in the pods");
    for declared in near.iter().take(4) {
        draft = draft.related("target", &declared.field, "declared here");
    }
    if near.is_empty() {
        draft = draft.related_object("target", at[0]);
    }
    match (service, near) {
        (Some((_, port)), _) => {
            let target = shown(&port.target_port());
            draft.help(format!("policies see the ports of pods: write `port: {}`", target.trim_matches('`'))).done()
        }
        (None, [only]) => {
            let words = only.name.as_ref().map_or_else(|| only.field.text(), crate::kube::Field::text);
            draft.help(format!("write `port: {words}`")).done()
        }
        _ => did_you_mean(near, &reference.port).into_iter().fold(draft, Draft::help).done(),
    }
}

/// Returns the Service, by its resource, and the port that a number was taken from by mistake: one that selects the pods and
/// sends that port's traffic elsewhere, while no Service sends anything to the number and no container speaks of it.
pub(super) fn mistaken<'a>(cx: &CaseCx<'a>, at: &[usize], number: i64) -> Option<(usize, &'a ServicePort)> {
    let wanted = Port::Number(number);
    let pods = || cx.graph.workloads.iter().filter(|it| at.contains(&it.resource));
    if is_served(cx, at, number) || pods().flat_map(|it| &it.containers).any(|it| it.mentions.contains(&number)) {
        return None;
    }
    ports_to(cx, at).find(|(_, port)| port.number == wanted && port.target_port() != wanted)
}

/// Whether a Service sends traffic to that number of the pods.
pub(super) fn is_served(cx: &CaseCx<'_>, at: &[usize], number: i64) -> bool {
    ports_to(cx, at).any(|(_, port)| port.target_port() == Port::Number(number))
}

/// Returns the ports of all Services that select any of the pods, with the Services' resources.
fn ports_to<'a>(cx: &CaseCx<'a>, at: &[usize]) -> impl Iterator<Item = (usize, &'a ServicePort)> {
    let graph = cx.graph;
    let services = graph.services.iter().zip(&graph.selected).filter(|(it, _)| !it.headless);
    let selecting = services.filter(|(_, pods)| pods.iter().any(|it| at.contains(&graph.workloads[*it].resource)));
    selecting.flat_map(|(service, _)| service.ports.iter().map(|port| (service.resource, port)))
}

#[cfg(test)]
mod tests;
