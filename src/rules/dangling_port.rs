//! A backend asks for a port that its Service lacks.

use super::meant::meant;
use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::{Declared, Edge, EdgeKind, Reference, Resolution};
use crate::kube::{Port, ServicePort};

declare_rule! {
    /// ## What it does
    /// Reports a reference, such as an Ingress backend, that names or numbers a port which its Service does not have.
    ///
    /// ## Why is this bad?
    /// The cluster accepts the object, and requests to that path answer 502 or 503 under live traffic.
    ///
    /// ## Example
    /// ```yaml
    /// kind: Service
    /// spec: { ports: [{ name: http, port: 8080 }] }
    /// ---
    /// kind: Ingress
    /// spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
    /// ```
    ///
    /// ## Use instead
    /// The Service port's number, or better its name, which stays right when the number moves:
    /// ```yaml
    /// spec: { defaultBackend: { service: { name: web, port: { name: http } } } }
    /// ```
    ///
    /// ## Known problems
    /// ingress-nginx alone also accepts a number that is the Service's `targetPort`; other controllers do not.
    META = "dangling-port", Some(Severity::Error), "error", "a reference names or numbers a port that its Service lacks"
}

pub(super) struct DanglingPort;

impl Rule for DanglingPort {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        for edge in cx.graph.edges_of(EdgeKind::Backend) {
            if let Resolution::NoPort { at, near, .. } = &edge.to {
                out.push(finding(cx, edge, at[0], near));
            }
        }
    }
}

fn finding(cx: &CaseCx<'_>, edge: &Edge, service: usize, near: &[Declared]) -> Finding {
    let reference = &edge.reference;
    let mut wanted = shown(&reference.port);
    if is_implied(reference) {
        wanted = format!("{wanted} (it names none)");
    }
    let mut message = format!(
        "`{}` asks for port {wanted} of `{}`, which has {}",
        cx.subject(reference.field.resource),
        cx.subject(service),
        list(near)
    );
    let target_of = target_of(cx, service, &reference.port);
    if target_of.is_some() && cx.subject(reference.field.resource).kind == "Ingress" {
        message = format!("{message}; {wanted} is its targetPort, which ingress-nginx alone accepts");
    }
    let mut draft = cx.draft(&META, Severity::Error, &reference.field, message).label("no such port").means(shown(&reference.port));
    for declared in near {
        draft = draft.related("target", &declared.field, "the Service has this port");
    }
    let meant_by_target = target_of.and_then(|it| near.iter().find(|near| near.field.path == it.port.path));
    if let Some(near) = meant_by_target.or_else(|| best(near, &reference.port)) {
        draft = draft.help(format!("refer to port {}", port_words(near)));
    }
    draft.done()
}

/// Whether no port is said where a number is meant all the same.
pub(super) fn is_implied(reference: &Reference) -> bool {
    reference.field.value.is_null() && matches!(reference.port, Port::Number(_))
}

/// Returns the Service's port that sends traffic to a number.
fn target_of<'a>(cx: &CaseCx<'a>, service: usize, port: &Port) -> Option<&'a ServicePort> {
    let service = cx.graph.service(service)?;
    service.ports.iter().find(|it| matches!(port, Port::Number(_)) && it.target_port() == *port)
}

/// Chooses the port that was most likely meant: one with a name that resembles the wanted one, else one that says http.
fn best<'a>(near: &'a [Declared], wanted: &Port) -> Option<&'a Declared> {
    let name = |it: &Declared| it.name.as_ref().map(crate::kube::Field::text);
    // A webhook without a port means 443.
    let webhook = |it: &&Declared| *wanted == Port::Number(443) && name(it).is_some_and(|it| it.contains("https") || it.contains("webhook"));
    let http = |it: &&Declared| name(it).is_some_and(|it| it.starts_with("http"));
    near.iter().find(webhook).or_else(|| meant(near, wanted)).or_else(|| near.iter().find(http)).or(near.first())
}

/// Writes a port as people do: `80`, `` `http` ``.
pub(super) fn shown(port: &Port) -> String {
    match port {
        Port::Number(number) => number.to_string(),
        Port::Name(name) => format!("`{name}`"),
        Port::Malformed(_) => "?".into(),
    }
}

/// Writes a declared port: `8080`, or `8080 (http)`.
pub(super) fn port_words(port: &Declared) -> String {
    let number = port.number.map_or_else(|| "?".into(), |it| it.to_string());
    match &port.name {
        Some(name) => format!("`{}` ({number})", name.text()),
        None => number,
    }
}

/// Writes declared ports: `80 and `https` (443)`, or `no port`.
pub(super) fn list(ports: &[Declared]) -> String {
    let words: Vec<String> = ports.iter().map(port_words).collect();
    match words.split_last() {
        None => "no port".into(),
        Some((last, [])) => format!("only {last}"),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests;
