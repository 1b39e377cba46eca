//! Two values must be moved together.

use super::crossed_values::two_values;
use super::meta::declare_rule;
use super::{Rule, RuleMeta, TargetCx};
use crate::finding::{Finding, Severity};

declare_rule! {
    /// ## What it does
    /// Reports two values that must be moved together while nothing enforces it, where the reference's value is a pure pointer
    /// (it moves nothing else: `service.targetPort`, `livenessProbe.port`), or stands in for a pointer that is empty
    /// (`targetPort: {{ .Values.service.targetPort | default .Values.service.port }}`).
    ///
    /// ## Why is this bad?
    /// Whoever sets one of them has to know of the other.
    ///
    /// ## Example
    /// ```yaml
    /// spec: { ports: [{ targetPort: {{ .Values.service.targetPort }} }] }
    /// ---
    /// containers: [{ ports: [{ containerPort: {{ .Values.containerPort }} }] }]
    /// ```
    ///
    /// ## Use instead
    /// One value, or a guard: `portcullis guard CHART` prints one that fails with a sentence that says what to set.
    META = "coupled-values", Some(Severity::Note), "note", "two values must be moved together and nothing enforces it"
}

pub(super) struct CoupledValues;

impl Rule for CoupledValues {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_target(&self, cx: &TargetCx<'_>, out: &mut Vec<Finding>) {
        out.extend(cx.drifts.iter().filter(|it| it.is_coupling()).filter_map(|it| two_values(it, &META, Severity::Note)));
    }
}
