//! Port fields that Kubernetes refuses.

use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::EdgeKind;
use crate::kube::{Container, Field, Port, Service, Wrong};
use serde_json::Value as Json;

declare_rule! {
    /// ## What it does
    /// Reports a port field of the wrong type or form: null, a quoted number, out of range, an illegal or over-long name, a
    /// number as a name, both a number and a name, or neither.
    ///
    /// ## Why is this bad?
    /// The API server refuses the object, or drops the field and uses something else.
    ///
    /// ## Example
    /// ```yaml
    /// backend: { service: { name: web, port: { number: "80" } } }
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// backend: { service: { name: web, port: { number: 80 } } }
    /// ```
    META = "malformed-port", Some(Severity::Error), "error", "a port has the wrong type or form"
}

pub(super) struct MalformedPort;

impl Rule for MalformedPort {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        let mut wrong: Vec<(Field, Wrong)> = Vec::new();
        cx.graph.services.iter().for_each(|it| service(it, &mut wrong));
        cx.graph.workloads.iter().flat_map(|it| &it.containers).for_each(|it| container(it, &mut wrong));
        let judged = [EdgeKind::Backend, EdgeKind::Policy, EdgeKind::Monitor];
        for edge in cx.graph.edges.iter().filter(|it| judged.contains(&it.reference.kind)) {
            note(&edge.reference.field, &edge.reference.port, &mut wrong);
        }
        for (field, reason) in wrong {
            out.push(finding(cx, &field, reason));
        }
    }
}

fn finding(cx: &CaseCx<'_>, field: &Field, wrong: Wrong) -> Finding {
    let mut keys = field.path.rsplitn(3, '.');
    let last = keys.next().unwrap_or_default();
    let key = keys.next().map(|it| format!("{it}.{last}")).unwrap_or_default();
    let value = if field.value.is_null() { String::new() } else { format!(": {}", field.value) };
    let message = format!("`{key}{value}` of `{}` {}", cx.subject(field.resource), wrong.reason());
    let label = if wrong == Wrong::Missing { format!("`{last}` is missing") } else { wrong.reason().to_owned() };
    cx.draft(&META, Severity::Error, field, message).label(label).help(help(wrong)).done()
}

fn service(it: &Service, out: &mut Vec<(Field, Wrong)>) {
    for port in &it.ports {
        // ExternalName Services forward nothing; Kubernetes still checks their ports.
        note(&port.port, &port.number, out);
        port.target.iter().for_each(|(field, port)| note(field, port, out));
        port.node_port.iter().for_each(|(field, port)| note(field, port, out));
        if let Some(name) = &port.name {
            out.extend(service_port_name(name).map(|it| (name.clone(), it)));
        }
    }
}

/// Service port names are DNS labels: k8s.io/kubernetes, `pkg/apis/core/validation`, `validateServicePort`.
fn service_port_name(name: &Field) -> Option<Wrong> {
    let text = match &name.value {
        Json::String(text) => text,
        Json::Number(_) => return Some(Wrong::NumberNotName),
        _ => return Some(Wrong::WrongType),
    };
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fine = text.is_empty() || text.len() <= 63 && text.chars().all(legal) && !text.starts_with('-') && !text.ends_with('-');
    (!fine).then_some(Wrong::IllegalLabel)
}

fn container(it: &Container, out: &mut Vec<(Field, Wrong)>) {
    for port in &it.ports {
        note(&port.field, &port.number, out);
        port.name.iter().for_each(|(field, port)| note(field, port, out));
        port.host_port.iter().for_each(|(field, port)| note(field, port, out));
    }
    it.probes.iter().for_each(|probe| note(&probe.field, &probe.port, out));
}

fn note(field: &Field, port: &Port, out: &mut Vec<(Field, Wrong)>) {
    if let Port::Malformed(wrong) = port {
        out.push((field.clone(), *wrong));
    }
}

fn help(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Null | Wrong::Neither | Wrong::Missing => "see which value the template reads here: it is empty or does not exist",
        Wrong::QuotedNumber | Wrong::NumberAsName => "drop the quotes, or the `quote` in the template",
        Wrong::NotANumber => "use the field for names where there is one, or give the number",
        Wrong::LongName => "shorten the name, or cut it with `trunc 15 | trimSuffix \"-\"`",
        Wrong::IllegalName | Wrong::IllegalLabel => "use lower case letters, digits and single dashes",
        Wrong::NumberNotName => "use the field for numbers where there is one, or give the name",
        Wrong::Range => "use a port from 1 to 65535",
        Wrong::WrongType => "give a number or a name",
        Wrong::Both => "keep one of them, best the name",
    }
}

#[cfg(test)]
mod tests;
