//! The graph as a Mermaid flowchart, for Markdown: <https://mermaid.js.org/syntax/flowchart.html>.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::{Link, Node, Picture, Presence, Role, State};
use crate::graph::EdgeKind;

/// Writes the graph. Probes of a container's own ports are left out, but for those that are broken.
pub fn mermaid(picture: &Picture) -> String {
    let mut out = String::from("flowchart LR\n");
    _ = writeln!(out, "  %% {}", picture.title.replace(|it: char| it.is_control(), " "));
    for (index, node) in picture.nodes.iter().enumerate() {
        let (open, close) = match node.role {
            Role::Referrer => ("([", "])"),
            Role::Service => ("[", "]"),
            Role::Workload => ("[[", "]]"),
        };
        _ = writeln!(out, "  n{index}{open}\"{}\"{close}", label(node));
    }
    let mut broken = Vec::new();
    let mut drawn: HashSet<(usize, usize, String)> = HashSet::new();
    for link in &picture.links {
        let Some(to) = link.to else { continue };
        if to.node == link.from.node && link.state.trouble().is_none() {
            continue;
        }
        let text = text(picture, link);
        if !drawn.insert((link.from.node, to.node, text.clone())) {
            continue;
        }
        let arrow = if link.state.trouble().is_some() || link.kind == EdgeKind::Soft { "-.->" } else { "-->" };
        let words = if text.is_empty() { String::new() } else { format!("|\"{text}\"|") };
        _ = writeln!(out, "  n{} {arrow}{words} n{}", link.from.node, to.node);
        if link.state.trouble().is_some() {
            broken.push((drawn.len() - 1).to_string());
        }
    }
    if !broken.is_empty() {
        _ = writeln!(out, "  linkStyle {} stroke:#cf222e,stroke-width:2px,color:#cf222e", broken.join(","));
    }
    class(&mut out, picture, "missing", |it| it.presence == Presence::Missing || !it.troubles.is_empty());
    class(&mut out, picture, "external", |it| it.presence == Presence::External);
    out += "  classDef missing stroke:#cf222e,stroke-width:2px,stroke-dasharray:4 3\n";
    out += "  classDef external stroke-dasharray:2 3,opacity:0.7\n";
    out
}

fn class(out: &mut String, picture: &Picture, name: &str, of: impl Fn(&Node) -> bool) {
    let nodes = picture.nodes.iter().enumerate().filter(|(_, it)| of(it)).map(|(index, _)| format!("n{index}"));
    let nodes: Vec<String> = nodes.collect();
    if !nodes.is_empty() {
        _ = writeln!(out, "  class {} {name}", nodes.join(","));
    }
}

fn label(node: &Node) -> String {
    let mut text = format!("<b>{}</b>", escaped(&node.subject.to_string()));
    if node.presence != Presence::Rendered {
        text += "<br/>not rendered";
    }
    if node.role != Role::Referrer {
        for row in node.rows.iter().filter(|it| it.port.as_ref().is_some_and(|it| !it.is_absent)) {
            let row = format!("{} {}", row.label, row.tail);
            _ = write!(text, "<br/>{}", escaped(row.trim_end()));
        }
    }
    for it in &node.troubles {
        _ = write!(text, "<br/>✗ {}", it.rule);
    }
    text
}

fn text(picture: &Picture, link: &Link) -> String {
    let row = link.from.row.map(|it| &picture.nodes[link.from.node].rows[it]);
    let who = match picture.nodes[link.from.node].role {
        Role::Referrer => row.map_or("", |it| &it.label),
        _ => "",
    };
    let mark = if link.state.trouble().is_some() { "✗ " } else { "" };
    let why = match &link.state {
        State::Broken(it) => format!(": {}", it.why),
        _ => String::new(),
    };
    let asked = if link.wanted.is_empty() || who.is_empty() { link.wanted.clone() } else { format!(" → {}", link.wanted) };
    escaped(&format!("{mark}{who}{asked}{why}"))
}

/// Mermaid knows entities by number and name, without `&`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            it if it.is_alphanumeric() || matches!(it, ' ' | '/' | '.' | '-' | ':' | ',' | '→' | '✗' | '_' | '?' | '(' | ')') =>
            {
                out.push(it);
            }
            it => _ = write!(out, "#{};", u32::from(it)),
        }
    }
    out
}
