//! A literal stays behind when the value that feeds the other end moves.

use super::literal::{literal_declaration, literal_reference};
use super::meta::declare_rule;
use super::{Drift, End, Rule, RuleMeta, TargetCx, stray, listening};
use crate::finding::{Finding, Severity};
use crate::graph::{Destination, EdgeKind};

declare_rule! {
    /// ## What it does
    /// Moves every port value of the chart and reports a port literal that stays behind: an error when a declaration (a Service
    /// port, a container port) moved and the literal refers to it; a warning if the literal stands in a text, or is the `targetPort`
    /// of pods whose process is not told of the number that moved; a note when only a `targetPort` value moved, away from a literal
    /// container port. In a kustomization: a warning when it differs from what it is built on in a container's port, and the text
    /// that tells the process where to listen stays as it was; or the reverse.
    ///
    /// ## Why is this bad?
    /// The chart is right with its default values and breaks as soon as somebody sets the value that it offers.
    ///
    /// ## Example
    /// ```yaml
    /// # values.yaml: service: { port: 80 }
    /// kind: Service
    /// spec: { ports: [{ port: {{ .Values.service.port }} }] }
    /// ---
    /// kind: Ingress
    /// spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
    /// ```
    ///
    /// ## Use instead
    /// The same value on both sides, or the port's name:
    /// ```yaml
    /// port: { number: {{ .Values.service.port }} }
    /// ```
    ///
    /// ## Known problems
    /// A value that the chart computes (`add`, `printf`) is moved, but its literal twin may go unseen.
    META = "hard-coded-number", Some(Severity::Error), "error, warning, note",
        "a port literal stays behind when the value that feeds the other end moves"
}

pub(super) struct HardCodedNumber;

impl Rule for HardCodedNumber {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_target(&self, cx: &TargetCx<'_>, out: &mut Vec<Finding>) {
        out.extend(cx.drifts.iter().filter(|it| !it.by_name() && !it.is_allowed_anyway()).filter_map(finding));
        out.extend(cx.strays.iter().filter(|it| !it.by_name).map(|it| stray::finding(it, &META)));
    }
}

fn finding(drift: &Drift<'_>) -> Option<Finding> {
    let is_one_sided = drift.reference_fed_by.is_empty() || drift.declared_fed_by.is_empty();
    if drift.edge.reference.kind == EdgeKind::Listen {
        return listening::finding(drift, &META).filter(|_| is_one_sided);
    }
    match (drift.end, drift.reference_fed_by.is_empty(), drift.declared_fed_by.is_empty()) {
        (End::Declaration, true, _) => {
            let mut it = literal_reference(drift, &META);
            if !is_heard(drift) {
                it.severity = it.severity.min(Severity::Warning);
            }
            Some(it)
        }
        // A text that follows a value may well mean a Service of somebody else's, unless it names one of this release's.
        (End::Reference, _, true) if drift.edge.reference.kind == EdgeKind::Soft => {
            names_release(drift).then(|| literal_declaration(drift, &META, Severity::Warning))
        }
        (End::Reference, ..) if drift.edge.reference.kind == EdgeKind::Soft => None,
        (End::Reference, _, true) if !drift.pointer => Some(literal_declaration(drift, &META, Severity::Error)),
        (End::Reference, _, true) if drift.edge.reference.kind == EdgeKind::Target => Some(literal_declaration(drift, &META, Severity::Note)),
        _ => None,
    }
}

/// Whether the process behind a Service's literal targetPort is told of the number that moved. If not, it may well go on listening
/// where it did: what a container declares is informational.
fn is_heard(drift: &Drift<'_>) -> bool {
    let pods = drift.cx.graph.workloads.iter().filter(|it| it.resource == drift.declared.field.resource);
    let mut mentions = pods.flat_map(|it| &it.containers).flat_map(|it| &it.mentions);
    drift.edge.reference.kind != EdgeKind::Target || mentions.any(|it| Some(*it) == drift.declared.number)
}

/// Whether the Service that is meant is named after the release.
fn names_release(drift: &Drift<'_>) -> bool {
    matches!(&drift.edge.reference.to, Destination::Service { name, .. } if name.contains(&drift.cx.case.input.release))
}
