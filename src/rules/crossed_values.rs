//! The two ends follow different values, and the reference follows one that belongs to another declaration.

use super::meta::declare_rule;
use super::{Drift, End, Rule, RuleMeta, TargetCx};
use crate::finding::{Finding, Severity};
use crate::graph::{Destination, EdgeKind};

declare_rule! {
    /// ## What it does
    /// Moves every port value of the chart and reports a reference that follows one value while what it refers to follows
    /// another, where the reference's value feeds a declaration of its own.
    ///
    /// ## Why is this bad?
    /// The chart works only while the two values happen to be equal.
    ///
    /// ## Example
    /// ```yaml
    /// kind: Service
    /// spec: { ports: [{ port: {{ .Values.service.port }}, targetPort: {{ .Values.containerPort }} }] }
    /// ---
    /// kind: Ingress
    /// spec: { defaultBackend: { service: { name: web, port: { number: {{ .Values.containerPort }} } } } }
    /// ```
    ///
    /// ## Use instead
    /// The value that feeds the other end: `number: {{ .Values.service.port }}`.
    META = "crossed-values", Some(Severity::Error), "error, warning, note", "a reference follows a value that belongs to another port"
}

pub(super) struct CrossedValues;

impl Rule for CrossedValues {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_target(&self, cx: &TargetCx<'_>, out: &mut Vec<Finding>) {
        let crossed = cx.drifts.iter().filter(|it| !it.is_coupling() && !matches!(it.edge.reference.kind, EdgeKind::Soft | EdgeKind::Listen));
        out.extend(crossed.filter_map(|it| two_values(it, &META, severity(it))));
    }
}

/// Whether a scrape annotation means the port of the pods is up to the scrape job; of pods it nearly always does.
/// Returns how bad a drift is: what a scrape annotation says is taken by some Prometheus and not by others.
pub(super) fn severity(drift: &Drift<'_>) -> Severity {
    let reference = &drift.edge.reference;
    match (reference.kind, &reference.to) {
        (EdgeKind::Scrape, Destination::Workload(_)) => Severity::Warning,
        (EdgeKind::Scrape, _) => Severity::Note,
        _ => Severity::Error,
    }
}

/// Makes the finding of two ends that follow different values, once for both moves.
pub(super) fn two_values(drift: &Drift<'_>, meta: &'static RuleMeta, severity: Severity) -> Option<Finding> {
    if drift.is_allowed_anyway() || drift.end != End::Declaration || drift.reference_fed_by.is_empty() || drift.declared_fed_by.is_empty() {
        return None;
    }
    let reference = &drift.edge.reference;
    let (own, other) = (drift.reference_fed_by.join("`, `"), drift.declared_fed_by.join("`, `"));
    let message = format!(
        "the {} of `{}` follows `{own}`, but `{}` follows `{other}`: they must be set together",
        reference.what,
        drift.cx.subject(reference.field.resource),
        drift.cx.subject(drift.declared.field.resource),
    );
    let found = drift.cx.draft(meta, severity, &reference.field, message).label(format!("follows `{own}`"));
    let found = found.fed_by(&drift.reference_fed_by);
    let found = found.related_fed("target", &drift.declared.field, format!("follows `{other}`"), &drift.declared_fed_by);
    let mut it = found.help(format!("let both ends follow `{other}`")).done();
    it.witness = Some(drift.witness.clone());
    Some(it)
}
