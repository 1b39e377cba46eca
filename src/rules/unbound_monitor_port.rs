//! A monitor scrapes a port that is not there.

use super::dangling_port::{list, shown};
use super::meant::did_you_mean;
use super::meta::declare_rule;
use super::unbound_policy_port::mistaken;
use super::{CaseCx, Draft, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::injected::is_named;
use crate::graph::{Declared, Edge, EdgeKind, Resolution};
use crate::kube::Port;

declare_rule! {
    /// ## What it does
    /// Reports an endpoint of a ServiceMonitor whose `port` is no port's name in the Services that it selects, and one of a
    /// PodMonitor, or with `targetPort`, that no container declares. As a warning: a `prometheus.io/port` that is a Service's
    /// port and not one of the pods.
    ///
    /// ## Why is this bad?
    /// Prometheus drops the target without a word: nothing is scraped, and alerts on missing metrics never fire.
    ///
    /// ## Example
    /// ```yaml
    /// kind: Service
    /// metadata: { labels: { app: web } }
    /// spec: { ports: [{ name: http, port: 80 }] }
    /// ---
    /// kind: ServiceMonitor
    /// spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: metrics }] }
    /// ```
    ///
    /// ## Use instead
    /// The name of the Service's port: `port: http`. Pods must *declare* what a PodMonitor scrapes, by name or by number.
    META = "unbound-monitor-port", Some(Severity::Error), "error, warning", "a monitor's endpoint names a port that is not there"
}

pub(super) struct UnboundMonitorPort;

impl Rule for UnboundMonitorPort {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        for edge in cx.graph.edges_of(EdgeKind::Monitor) {
            if let Resolution::NoPort { at, near, .. } = &edge.to
                && !is_injected(&edge.reference.port)
            {
                out.push(endpoint(cx, edge, at, near));
            }
        }
        for edge in cx.graph.edges_of(EdgeKind::Scrape) {
            if let Resolution::NoPort { at, near, .. } = &edge.to {
                out.extend(annotation(cx, edge, at, near));
            }
        }
    }
}

/// Whether a port is one of a sidecar that the cluster puts into pods, by a name that a Service may have, too.
fn is_injected(port: &Port) -> bool {
    matches!(port, Port::Name(name) if is_named(name))
}

fn endpoint(cx: &CaseCx<'_>, edge: &Edge, at: &[usize], near: &[Declared]) -> Finding {
    let reference = &edge.reference;
    let (subject, wanted) = (cx.subject(reference.field.resource), shown(&reference.port));
    let of = cx.subject(at[0]);
    let more = if at.len() > 1 { format!(" and {} more", at.len() - 1) } else { String::new() };
    let has = match (of.kind.as_str(), more.is_empty()) {
        ("Service", true) => "has",
        ("Service", false) => "have",
        (_, true) => "declares",
        (_, false) => "declare",
    };
    let message = format!("`{subject}` scrapes port {wanted} of `{of}`{more}, which {has} {}", list(near));
    let mut draft = cx.draft(&META, Severity::Error, &reference.field, message).label("no such port");
    for declared in near.iter().take(4) {
        draft = draft.related("target", &declared.field, "this port is there");
    }
    if near.is_empty() {
        draft = draft.related_object("target", at[0]);
    }
    let names: Vec<String> = near.iter().filter_map(|it| Some(it.name.as_ref()?.text())).collect();
    match (names.as_slice(), near) {
        ([only], _) => draft.help(format!("write `port: {only}`")).done(),
        ([], []) => draft.help("declare the port: Prometheus drops what is not declared").done(),
        ([], _) => draft.help("give the port a name, and name it here").done(),
        _ => did_you_mean(near, &reference.port).into_iter().fold(draft, Draft::help).done(),
    }
}

/// A number in the annotation need not be declared: only what was evidently taken from a Service is reported.
fn annotation(cx: &CaseCx<'_>, edge: &Edge, at: &[usize], near: &[Declared]) -> Option<Finding> {
    let reference = &edge.reference;
    let Port::Number(number) = reference.port else { return None };
    let (service, port) = mistaken(cx, at, number)?;
    let (subject, pods) = (cx.subject(reference.field.resource), cx.subject(at[0]));
    let target = shown(&port.target_port());
    let message = format!(
        "`{subject}` has port {number} of `{pods}` scraped, which declares {}; {number} is the port of `{}`, which sends to {target}",
        list(near),
        cx.subject(service)
    );
    let draft = cx.draft(&META, Severity::Warning, &reference.field, message).label("no such port in the pods");
    let draft = draft.related("target", port.target_field(), "the Service sends there");
    Some(draft.help("Prometheus asks the pods: give the number of their port").done())
}

#[cfg(test)]
mod tests;
