//! A literal stays behind when the value that feeds the other end moves.

use super::dangling_port::{is_implied, shown};
use super::meta::declare_rule;
use super::{Drift, End, Rule, RuleMeta, TargetCx};
use crate::finding::{Finding, Severity};
use crate::graph::EdgeKind;

declare_rule! {
    /// ## What it does
    /// Moves every port value of the chart and reports a port literal that stays behind: an error when a declaration (a Service
    /// port, a container port) moved and the literal refers to it, a warning if the literal stands in a text; a note when only a `targetPort` value moved, away from a
    /// literal container port.
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
        out.extend(cx.drifts.iter().filter(|it| !it.is_allowed_anyway()).filter_map(finding));
    }
}

fn finding(drift: &Drift<'_>) -> Option<Finding> {
    match (drift.end, drift.reference_fed_by.is_empty(), drift.declared_fed_by.is_empty()) {
        (End::Declaration, true, _) => Some(literal_reference(drift)),
        // A text that follows a value may well mean a Service of somebody else's.
        (End::Reference, ..) if drift.edge.reference.kind == EdgeKind::Soft => None,
        (End::Reference, _, true) if !drift.pointer => Some(literal_declaration(drift, Severity::Error)),
        (End::Reference, _, true) if drift.edge.reference.kind == EdgeKind::Target => Some(literal_declaration(drift, Severity::Note)),
        _ => None,
    }
}

fn literal_reference(drift: &Drift<'_>) -> Finding {
    let (reference, value) = (&drift.edge.reference, &drift.moved);
    let literal = shown(&reference.port);
    let other = if drift.declared.field.resource == reference.field.resource {
        format!("its own `{}`", drift.declared.field.path.rsplit('.').next().unwrap_or_default())
    } else {
        format!("`{}`", drift.cx.subject(drift.declared.field.resource))
    };
    let message = format!(
        "the {} of `{}` is always {literal}, but {other} follows `{value}`: it breaks once that is set",
        reference.what,
        drift.cx.subject(reference.field.resource),
    );
    let severity = if matches!(reference.kind, EdgeKind::Soft | EdgeKind::Scrape) { Severity::Warning } else { Severity::Error };
    let found = drift.cx.draft(&META, severity, &reference.field, message).literal().label(format!("`{value}` does not reach here"));
    let found = found.related_fed("target", &drift.declared.field, format!("follows `{value}`"), &drift.declared_fed_by);
    let mut it = found.help(help(drift)).done();
    it.witness = Some(drift.witness.clone());
    it
}

fn help(drift: &Drift<'_>) -> String {
    if is_implied(&drift.edge.reference) {
        return format!("say the port: `port: {{{{ .Values.{} }}}}`", drift.moved);
    }
    let name = drift.declared.name.as_ref().map(crate::kube::Field::text);
    let by_name = name.map(|it| format!(", or refer to the port by its name, `{it}`")).unwrap_or_default();
    format!("write `{{{{ .Values.{} }}}}` in place of the literal (`$.Values…` inside `range` or `with`){by_name}", drift.moved)
}

fn literal_declaration(drift: &Drift<'_>, severity: Severity) -> Finding {
    let (reference, value) = (&drift.edge.reference, &drift.moved);
    let declared = &drift.declared.field;
    let message = format!(
        "`{}` of `{}` is always {}, but the {} of `{}` follows `{value}`: it breaks once that is set",
        declared.path.rsplit('.').next().unwrap_or_default(),
        drift.cx.subject(declared.resource),
        declared.text(),
        reference.what,
        drift.cx.subject(reference.field.resource),
    );
    let found = drift.cx.draft(&META, severity, &reference.field, message).label(format!("follows `{value}`"));
    let found = found.fed_by(&drift.reference_fed_by).related("target", declared, format!("`{value}` does not reach here"));
    let mut it = found.help(format!("let both ends follow `{value}`")).done();
    it.location = it.related.first().and_then(|it| it.location.clone()).or(it.location);
    it.witness = Some(drift.witness.clone());
    it
}
