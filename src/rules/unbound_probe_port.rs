//! A probe or hook asks for a port that its container lacks.

use super::dangling_port::{list, shown};
use super::meant::did_you_mean;
use super::meta::declare_rule;
use super::unbound_target_port::{is_said, severity};
use super::{CaseCx, Draft, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::{Destination, Edge, EdgeKind, Resolution};
use crate::kube::{Field, Port};

declare_rule! {
    /// ## What it does
    /// Reports a probe or lifecycle hook that asks for a port which its container does not declare: an error when it is a
    /// name; when it is a number and the container declares others, a warning where another probe of the container asks for a
    /// declared port or a Service has that number, else a note: it may well be a health port that nobody declared.
    ///
    /// ## Why is this bad?
    /// The kubelet cannot resolve the name, the probe fails, and the pod is restarted or never gets ready.
    ///
    /// ## Example
    /// ```yaml
    /// ports: [{ name: http, containerPort: 8080 }]
    /// readinessProbe: { httpGet: { port: web } }
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// readinessProbe: { httpGet: { port: http } }
    /// ```
    ///
    /// ## Known problems
    /// A number is not reported where the container declares nothing, where another container of the pod declares it, or where
    /// its command, args or env mention it.
    META = "unbound-probe-port", Some(Severity::Error), "error (name), warning or note (number)",
        "a probe or hook asks for a port that its container lacks"
}

pub(super) struct UnboundProbePort;

impl Rule for UnboundProbePort {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        for edge in cx.graph.edges_of(EdgeKind::Probe) {
            let Resolution::NoPort { at, near, mentioned } = &edge.to else { continue };
            let reference = &edge.reference;
            let said = || !near.is_empty() && is_said(cx, at, &reference.port);
            let severity = severity(&reference.port, near, *mentioned).or_else(|| said().then_some(Severity::Note));
            let Some(severity) = severity else { continue };
            if is_on_host(cx, edge) {
                continue;
            }
            let severity = if on_purpose(cx, edge) { Severity::Note } else { severity };
            let subject = cx.subject(reference.field.resource);
            let wanted = shown(&reference.port);
            let message = format!(
                "the {} of {}`{subject}` asks for port {wanted}; the container declares {}",
                reference.what,
                container(cx, &reference.to),
                list(near)
            );
            let mut draft = cx.draft(&META, severity, &reference.field, message).label("no such port in the container");
            for declared in near.iter().take(4) {
                draft = draft.related("target", &declared.field, "declared here");
            }
            match near.as_slice() {
                [only] => {
                    let words = only.name.as_ref().map_or_else(|| only.field.text(), Field::text);
                    draft = draft.help(format!("write `port: {words}`, or declare the port in the container"));
                }
                _ => draft = did_you_mean(near, &reference.port).into_iter().fold(draft, Draft::help),
            }
            out.push(draft.done());
        }
    }
}

/// Whether a number is asked for in a node's own network, where any process may listen.
fn is_on_host(cx: &CaseCx<'_>, edge: &Edge) -> bool {
    let Destination::Container(workload, _) = &edge.reference.to else { return false };
    matches!(edge.reference.port, Port::Number(_)) && cx.graph.workloads[*workload].host_network
}

/// Whether a number looks like a health port that nobody declared, as controllers have them: no other probe of the container
/// asks for a declared port, and no Service has that number.
fn on_purpose(cx: &CaseCx<'_>, edge: &Edge) -> bool {
    let Port::Number(number) = &edge.reference.port else { return false };
    let Destination::Container(workload, container) = &edge.reference.to else { return false };
    let mut probes = cx.graph.edges_of(EdgeKind::Probe);
    let same = |it: &Edge| matches!(&it.reference.to, Destination::Container(w, c) if w == workload && c == container);
    let selecting = cx.graph.services.iter().zip(&cx.graph.selected).filter(|(_, pods)| pods.contains(workload));
    let mut served = selecting.flat_map(|(service, _)| &service.ports);
    !probes.any(|it| same(it) && matches!(it.to, Resolution::Found(_))) && !served.any(|it| it.number == Port::Number(*number))
}

/// Names the container where it has a name and is not alone.
fn container(cx: &CaseCx<'_>, to: &Destination) -> String {
    let Destination::Container(workload, container) = to else { return String::new() };
    match cx.graph.workloads[*workload].containers.as_slice() {
        containers if containers.len() > 1 && !containers[*container].name.is_empty() => {
            format!("container `{}` of ", containers[*container].name)
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
