//! The graph as JSON, version 1. Keys come in the order of the fields; none is ever left out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Link, Node, Picture, Presence, Role, State, words};
use crate::finding::Severity;

const SCHEMA_VERSION: u32 = 1;

/// What a graph is of.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// The target's path, and its kind.
    pub target: (&'a str, &'a str),
    /// The case's id and label.
    pub case: (&'a str, &'a str),
    pub focus: Option<&'a str>,
}

/// The port graph of one rendering, version 1.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "portcullis port graph, version 1")]
struct PortGraph {
    /// The version of this format.
    #[schemars(extend("const" = SCHEMA_VERSION))]
    schema_version: u32,
    /// The target, relative to where the tool ran.
    target: String,
    #[schemars(extend("enum" = ["helm", "kustomize", "manifests"]))]
    kind: String,
    case: GraphCase,
    /// What `--focus` named.
    focus: Option<String>,
    nodes: Vec<GraphNode>,
    edges: Vec<GraphEdge>,
}

/// The case that was rendered.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct GraphCase {
    id: String,
    label: String,
}

/// An object.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct GraphNode {
    /// Its place in `nodes`, from 0.
    id: usize,
    api_version: String,
    kind: String,
    name: String,
    namespace: String,
    /// What it does: a referrer asks for ports and has none.
    #[schemars(extend("enum" = ["referrer", "service", "workload"]))]
    role: String,
    /// `external`: not rendered, and rightly so for all that is known; `missing`: not rendered, and a finding says so.
    #[schemars(extend("enum" = ["rendered", "external", "missing"]))]
    presence: String,
    /// Empty for a referrer.
    ports: Vec<GraphPort>,
    /// Findings that no edge shows.
    findings: Vec<GraphFinding>,
}

/// A port of an object.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct GraphPort {
    /// Its place in the object's `ports`, from 0.
    id: usize,
    name: Option<String>,
    number: Option<i64>,
    /// Null where the object does not declare it.
    protocol: Option<String>,
    /// The container that declares it; null for a Service.
    container: Option<String>,
    /// Whether the object has it; else something asks for it in vain.
    declared: bool,
    /// Field path, such as `spec.ports[0]`; empty where it is not declared.
    path: String,
}

/// A reference to one port: one for each of the ports that it means.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct GraphEdge {
    #[schemars(extend("enum" = ["backend", "target", "probe", "host", "policy", "monitor", "scrape", "soft"]))]
    kind: String,
    /// Noun: `backend`, `targetPort`, `readinessProbe` …
    what: String,
    /// Field path of the reference in the object that refers.
    path: String,
    /// Host and path, or what else the reference stands for; null where nothing is known.
    address: Option<String>,
    from: GraphEnd,
    /// Null where what is meant is not rendered and has no name.
    to: Option<GraphEnd>,
    /// The port as it is asked for: `80`, `http`; null where none is.
    wanted: Option<String>,
    /// `unsure`: nothing is known to be wrong, and the other end is not seen.
    #[schemars(extend("enum" = ["sound", "unsure", "broken"]))]
    state: String,
    /// Why it is not sound.
    reason: Option<String>,
    /// The finding of a broken edge.
    finding: Option<GraphFinding>,
}

/// An end of an edge.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct GraphEnd {
    /// The id of a node.
    node: usize,
    /// The id of a port of it; null for the whole object.
    port: Option<usize>,
}

/// What is wrong.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct GraphFinding {
    rule: String,
    #[schemars(extend("enum" = ["error", "warning"]))]
    severity: String,
    message: String,
}

/// Returns the JSON Schema of the format.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(PortGraph).into()
}

/// Writes the graph.
pub fn json(picture: &Picture, of: Of<'_>) -> String {
    let graph = PortGraph {
        schema_version: SCHEMA_VERSION,
        target: of.target.0.to_owned(),
        kind: of.target.1.to_owned(),
        case: GraphCase { id: of.case.0.to_owned(), label: of.case.1.to_owned() },
        focus: of.focus.map(str::to_owned),
        nodes: picture.nodes.iter().enumerate().map(|(id, it)| node(id, it)).collect(),
        edges: picture.links.iter().map(|it| edge(picture, it)).collect(),
    };
    // Texts, numbers and maps of them can always be written.
    serde_json::to_string_pretty(&graph).unwrap_or_default() + "\n"
}

fn node(id: usize, node: &Node) -> GraphNode {
    let subject = node.subject.clone();
    let ports = node.rows.iter().enumerate().filter_map(|(id, row)| {
        let port = row.port.as_ref()?;
        let said = |it: &String| (!it.is_empty()).then(|| it.clone());
        Some(GraphPort {
            id,
            name: port.name.clone(),
            number: port.number,
            protocol: said(&port.protocol),
            container: said(&port.container),
            declared: !port.is_absent,
            path: row.path.clone(),
        })
    });
    GraphNode {
        id,
        api_version: subject.api_version,
        kind: subject.kind,
        name: subject.name,
        namespace: subject.namespace,
        role: match node.role {
            Role::Referrer => "referrer",
            Role::Service => "service",
            Role::Workload => "workload",
        }
        .into(),
        presence: match node.presence {
            Presence::Rendered => "rendered",
            Presence::External => "external",
            Presence::Missing => "missing",
        }
        .into(),
        ports: ports.collect(),
        findings: node.troubles.iter().map(|it| finding(it.rule, it.severity, &it.message)).collect(),
    }
}

fn edge(picture: &Picture, link: &Link) -> GraphEdge {
    let port_of = |end: super::End| GraphEnd {
        node: end.node,
        port: end.row.filter(|it| picture.nodes[end.node].rows[*it].port.is_some()),
    };
    let from = &picture.nodes[link.from.node];
    let address = link.from.row.map(|it| &from.rows[it]).filter(|it| it.port.is_none()).map(|it| it.label.clone());
    let (state, reason) = match &link.state {
        State::Sound => ("sound", None),
        State::Unsure(why) => ("unsure", Some(why.clone())),
        State::Broken(it) => ("broken", Some(it.why.clone())),
    };
    GraphEdge {
        kind: words::kind(link.kind).into(),
        what: link.what.into(),
        path: link.path.clone(),
        address,
        from: port_of(link.from),
        to: link.to.map(port_of),
        wanted: (!link.wanted.is_empty()).then(|| link.wanted.clone()),
        state: state.into(),
        reason,
        finding: link.state.trouble().map(|it| finding(it.rule, it.severity, &it.message)),
    }
}

fn finding(rule: &str, severity: Severity, message: &str) -> GraphFinding {
    GraphFinding { rule: rule.into(), severity: severity.name().into(), message: message.into() }
}
