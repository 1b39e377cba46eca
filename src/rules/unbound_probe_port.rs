//! A probe or hook asks for a port that its container lacks.

use super::dangling_port::{list, shown};
use super::meta::declare_rule;
use super::unbound_target_port::severity;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::{Destination, EdgeKind, Resolution};
use crate::kube::Field;

declare_rule! {
    /// ## What it does
    /// Reports a probe or lifecycle hook that asks for a port which its container does not declare: an error when it is a
    /// name, a warning when it is a number and the container declares others.
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
    META = "unbound-probe-port", Some(Severity::Error), "error (name), warning (number)",
        "a probe or hook asks for a port that its container lacks"
}

pub(super) struct UnboundProbePort;

impl Rule for UnboundProbePort {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        for edge in cx.graph.edges_of(EdgeKind::Probe) {
            let Resolution::NoPort { near, mentioned, .. } = &edge.to else { continue };
            let reference = &edge.reference;
            let Some(severity) = severity(&reference.port, near, *mentioned) else { continue };
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
            if let [only] = near.as_slice() {
                let words = only.name.as_ref().map_or_else(|| only.field.text(), Field::text);
                draft = draft.help(format!("write `port: {words}`, or declare the port in the container"));
            }
            out.push(draft.done());
        }
    }
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
