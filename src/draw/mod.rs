//! The port graph as a picture: boxes, their rows, and links between rows; written as text, Mermaid, dot, SVG and JSON.
//!
//! A link is broken where a finding speaks of it: what is drawn red is what `check` reports, and nothing else.

mod address;
mod build;
mod dot;
mod focus;
pub mod json;
mod layout;
mod mermaid;
mod place;
mod svg;
#[cfg(feature = "cli")]
mod text;
mod words;

use std::collections::HashMap;

use crate::finding::{Severity, Subject};
use crate::graph::EdgeKind;

pub use build::picture;
pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::svg;
#[cfg(feature = "cli")]
pub use text::text;

/// What is drawn of one rendering.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// What it is of: a target and a case.
    pub title: String,
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
}

/// What an object does in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It asks for ports and has none: an Ingress, a monitor, a policy.
    Referrer,
    Service,
    Workload,
}

/// Whether an object is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Rendered,
    /// Not rendered, and rightly so for all that is known.
    External,
    /// Not rendered, and a finding says so.
    Missing,
}

/// An object.
#[derive(Debug, Clone)]
pub struct Node {
    pub subject: Subject,
    pub role: Role,
    pub presence: Presence,
    pub rows: Vec<Row>,
    /// Findings that no link shows, such as a selector that selects nothing.
    pub troubles: Vec<Trouble>,
}

/// A port, or a place that asks for one.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// `http 80`; `web.example/api` for a referrer.
    pub label: String,
    /// What stands at its end: a Service's target port, a port's container, what a referrer asks for.
    pub tail: String,
    /// Field path of the port, without its last key; of the reference for a referrer.
    pub path: String,
    pub port: Option<PortRow>,
}

/// What a row says of a port.
#[derive(Debug, Clone, Default)]
pub struct PortRow {
    pub name: Option<String>,
    pub number: Option<i64>,
    /// Empty where nobody declares it.
    pub protocol: String,
    /// Empty for a Service.
    pub container: String,
    /// Somebody asks for it, and it is not there.
    pub is_absent: bool,
}

/// One reference, to one of the ports that it means.
#[derive(Debug, Clone)]
pub struct Link {
    pub kind: EdgeKind,
    /// `backend`, `targetPort`, `readinessProbe` …
    pub what: &'static str,
    /// Field path of the reference.
    pub path: String,
    pub from: End,
    /// `None`: what it means is not rendered, and has no name.
    pub to: Option<End>,
    /// The port as it is asked for: `80`, `http`; empty where none is.
    pub wanted: String,
    pub state: State,
}

/// An end of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct End {
    pub node: usize,
    /// `None`: the whole object.
    pub row: Option<usize>,
}

/// How a link does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Sound,
    /// Nothing is known to be wrong; why it is not plainly sound.
    Unsure(String),
    Broken(Trouble),
}

/// An error or a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub severity: Severity,
    pub rule: &'static str,
    /// In a few words, where the ends of the link say the rest.
    pub why: String,
    /// The finding's sentence.
    pub message: String,
}

impl Picture {
    /// Whether a link or an object is broken.
    pub fn is_broken(&self) -> bool {
        self.links.iter().any(|it| it.state.trouble().is_some()) || self.nodes.iter().any(|it| !it.troubles.is_empty())
    }

    /// Returns both ends of all broken links, each with the worst that is said of it.
    fn broken_ends(&self) -> HashMap<End, Severity> {
        let mut ends: HashMap<End, Severity> = HashMap::new();
        for (link, trouble) in self.links.iter().filter_map(|it| Some((it, it.state.trouble()?))) {
            for end in [Some(link.from), link.to].into_iter().flatten() {
                let worst = ends.entry(end).or_insert(trouble.severity);
                *worst = trouble.severity.max(*worst);
            }
        }
        ends
    }
}

impl State {
    /// Returns what is wrong.
    pub fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Broken(it) => Some(it),
            Self::Sound | Self::Unsure(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
