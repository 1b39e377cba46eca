//! What is said of a drift of which one end is a literal.

use super::crossed_values::severity;
use super::dangling_port::{is_implied, shown};
use super::{Drift, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::EdgeKind;

/// A reference that is a literal; the declaration follows a value.
pub(super) fn literal_reference(drift: &Drift<'_>, meta: &'static RuleMeta) -> Finding {
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
    let severity = if reference.kind == EdgeKind::Soft { Severity::Warning } else { severity(drift) };
    let found =
        drift.cx.draft(meta, severity, &reference.field, message).literal().label(format!("`{value}` does not reach here"));
    let declared = drift.declared.name.as_ref().filter(|_| drift.by_name()).unwrap_or(&drift.declared.field);
    let found = found.related_fed("target", declared, format!("follows `{value}`"), &drift.declared_fed_by);
    let mut it = found.help(help(drift)).done();
    it.witness = Some(drift.witness.clone());
    it
}

fn help(drift: &Drift<'_>) -> String {
    if is_implied(&drift.edge.reference) {
        return format!("say the port: `port: {{{{ .Values.{} }}}}`", drift.moved);
    }
    let name = drift.declared.name.as_ref().filter(|_| !drift.by_name()).map(crate::kube::Field::text);
    let by_name = name.map(|it| format!(", or refer to the port by its name, `{it}`")).unwrap_or_default();
    format!("write `{{{{ .Values.{} }}}}` in place of the literal (`$.Values…` inside `range` or `with`){by_name}", drift.moved)
}

/// A declaration that is a literal; the reference follows a value.
pub(super) fn literal_declaration(drift: &Drift<'_>, meta: &'static RuleMeta, severity: Severity) -> Finding {
    let (reference, value) = (&drift.edge.reference, &drift.moved);
    let declared = drift.declared.name.as_ref().filter(|_| drift.by_name()).unwrap_or(&drift.declared.field);
    let message = format!(
        "`{}` of `{}` is always {}, but the {} of `{}` follows `{value}`: it breaks once that is set",
        declared.path.rsplit('.').next().unwrap_or_default(),
        drift.cx.subject(declared.resource),
        declared.text(),
        reference.what,
        drift.cx.subject(reference.field.resource),
    );
    let severity = severity.min(self::severity(drift));
    let found = drift.cx.draft(meta, severity, &reference.field, message).label(format!("follows `{value}`"));
    let found = found.fed_by(&drift.reference_fed_by).related("target", declared, format!("`{value}` does not reach here"));
    let mut it = found.help(format!("let both ends follow `{value}`")).done();
    it.location = it.related.first().and_then(|it| it.location.clone()).or(it.location);
    it.witness = Some(drift.witness.clone());
    it
}
