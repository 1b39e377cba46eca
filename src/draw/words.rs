//! Words for ports, short enough for a row.

use crate::graph::{Declared, EdgeKind};
use crate::kube::{ContainerPort, Field, Port, ServicePort};

/// Writes a port as it is asked for; empty where none can be read.
pub(super) fn wanted(port: &Port) -> String {
    match port {
        Port::Number(number) => number.to_string(),
        Port::Name(name) => name.clone(),
        Port::Malformed(_) => String::new(),
    }
}

/// Writes `http 80`, `dns 53/UDP`, `80`.
pub(super) fn declared(name: Option<&str>, number: Option<i64>, protocol: &str) -> String {
    let number = number.map_or_else(|| "?".to_owned(), |it| it.to_string());
    let protocol = if protocol == "TCP" || protocol.is_empty() { String::new() } else { format!("/{protocol}") };
    match name {
        Some(name) => format!("{name} {number}{protocol}"),
        None => format!("{number}{protocol}"),
    }
}

pub(super) fn service_port(port: &ServicePort) -> String {
    declared(port.named(), number(&port.number), &port.protocol)
}

pub(super) fn container_port(port: &ContainerPort) -> String {
    declared(port.named(), number(&port.number), &port.protocol)
}

pub(super) fn number(port: &Port) -> Option<i64> {
    match port {
        Port::Number(number) => Some(*number),
        _ => None,
    }
}

/// Writes what is there instead: ``there is `http` 80, 443``.
pub(super) fn instead(near: &[Declared]) -> String {
    const SHOWN: usize = 4;
    let word = |it: &Declared| declared(it.name.as_ref().map(Field::text).as_deref(), it.number, &it.protocol);
    let mut words: Vec<String> = near.iter().map(word).collect();
    words.dedup();
    let more = words.len().saturating_sub(SHOWN);
    words.truncate(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    if words.is_empty() { "there is none".into() } else { format!("there is {}{more}", words.join(", ")) }
}

/// Names a kind of references in reports.
pub(super) fn kind(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Backend => "backend",
        EdgeKind::Target => "target",
        EdgeKind::Probe => "probe",
        EdgeKind::Host => "host",
        EdgeKind::Policy => "policy",
        EdgeKind::Monitor => "monitor",
        EdgeKind::Scrape => "scrape",
        EdgeKind::Soft => "soft",
        EdgeKind::Listen => "listen",
    }
}
