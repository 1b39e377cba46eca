//! What is said where a declared container port and the port that its process is told of part.

use std::collections::BTreeSet;

use super::dangling_port::shown;
use super::{Drift, End, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::EdgeKind;
use crate::kube::Port;

/// Judges a process that is told of one port while its container declares another, if something leads to the declared one.
pub(super) fn finding(drift: &Drift<'_>, meta: &'static RuleMeta) -> Option<Finding> {
    if !is_led_to(drift) || is_shared(drift) || is_told(drift) {
        return None;
    }
    let (cx, value, told_by) = (drift.cx, &drift.moved, &drift.edge.reference.field);
    let (pods, declared) = (cx.subject(drift.declared.field.resource), &drift.declared.field);
    let speaker = if told_by.resource == declared.resource {
        "its own text".to_owned()
    } else {
        format!("`{}`", cx.subject(told_by.resource))
    };
    let told = shown(&drift.edge.reference.port);
    let (message, labels) = match drift.end {
        End::Declaration => (
            format!(
                "`containerPort` of `{pods}` follows `{value}`, but {speaker} tells the process to listen on {told}: it breaks once that is set"
            ),
            (format!("follows `{value}`"), format!("`{value}` does not reach here")),
        ),
        End::Reference => (
            format!(
                "`containerPort` of `{pods}` is always {}, but the port that {speaker} tells the process follows `{value}`: it breaks once that is set",
                declared.text()
            ),
            (format!("`{value}` does not reach here"), format!("follows `{value}`")),
        ),
    };
    let begun = cx.draft(meta, Severity::Warning, declared, message).label(labels.0).fed_by(&drift.declared_fed_by);
    let begun = begun.related_fed("other", told_by, labels.1, &drift.reference_fed_by);
    let mut it = begun.help(format!("let both follow `{value}`")).done();
    it.witness = Some(drift.witness.clone());
    Some(it)
}

/// Whether a Service, a probe or the like leads to the declared port: what nobody asks for is but a declaration.
fn is_led_to(drift: &Drift<'_>) -> bool {
    let mut others = drift.cx.graph.edges.iter().filter(|it| it.reference.kind != EdgeKind::Listen);
    others.any(|it| it.leads_to(&drift.declared.field))
}

/// Whether another text tells the process of the declared port: it may well listen on both.
fn is_told(drift: &Drift<'_>) -> bool {
    let own = drift.edge.reference.container();
    let mut others = drift.cx.graph.edges_of(EdgeKind::Listen).filter(|it| it.reference.container() == own);
    others.any(|it| matches!(it.reference.port, Port::Number(number) if Some(number) == drift.declared.number))
}

/// Whether several workloads are told by the same text: it may mean each of them.
fn is_shared(drift: &Drift<'_>) -> bool {
    let text = drift.edge.reference.field.resource;
    let told = drift.cx.graph.edges_of(EdgeKind::Listen).filter(|it| it.reference.field.resource == text);
    let workloads: BTreeSet<usize> = told.filter_map(|it| it.reference.container().map(|it| it.0)).collect();
    workloads.len() > 1
}
