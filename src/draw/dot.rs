//! The graph for Graphviz: <https://graphviz.org/doc/info/lang.html>, with a cell for each port.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::svg::xml;
use super::{End, Link, Node, Picture, Presence, Role, State};
use crate::finding::Severity;
use crate::graph::EdgeKind;

/// Writes the graph. Probes of a container's own ports are left out, but for those that are broken.
pub fn dot(picture: &Picture) -> String {
    let mut out = String::from("digraph ports {\n  rankdir=LR; ranksep=1.2; nodesep=0.25;\n");
    _ = writeln!(out, "  label={}; labelloc=t; fontname=\"Helvetica\";", quoted(&picture.title));
    out += "  node [shape=plaintext, fontname=\"Helvetica\", fontsize=10];\n";
    out += "  edge [fontname=\"Helvetica\", fontsize=9, color=\"#57606a\"];\n";
    let broken = picture.broken_ends();
    for (index, node) in picture.nodes.iter().enumerate() {
        _ = writeln!(out, "  n{index} [label=<{}>];", table(&broken, index, node));
    }
    for link in &picture.links {
        let Some(to) = link.to else { continue };
        if to.node == link.from.node && link.state.trouble().is_none() {
            continue;
        }
        _ = writeln!(out, "  {} -> {}{};", end(link.from, "e"), end(to, "w"), attributes(link));
    }
    out + "}\n"
}

fn end(end: End, side: &str) -> String {
    match end.row {
        Some(row) => format!("n{}:r{row}:{side}", end.node),
        None => format!("n{}:h:{side}", end.node),
    }
}

fn attributes(link: &Link) -> String {
    let mut all = Vec::new();
    match &link.state {
        State::Broken(it) => {
            all.push("color=\"#cf222e\", fontcolor=\"#cf222e\", style=dashed, penwidth=2".to_owned());
            all.push(format!("label={}, tooltip={}", quoted(&it.why), quoted(&it.message)));
        }
        State::Unsure(why) => all.push(format!("style=dotted, tooltip={}", quoted(why))),
        State::Sound if link.kind == EdgeKind::Soft => all.push("style=dashed".to_owned()),
        State::Sound => {}
    }
    if all.is_empty() { String::new() } else { format!(" [{}]", all.join(", ")) }
}

fn table(broken: &HashMap<End, Severity>, index: usize, node: &Node) -> String {
    let fill = match node.role {
        Role::Referrer => "#ddf4ff",
        Role::Service => "#dafbe1",
        Role::Workload => "#fbefff",
    };
    let line = match (node.presence, node.troubles.is_empty()) {
        (Presence::Missing, _) | (_, false) => " COLOR=\"#cf222e\" STYLE=\"dashed\"",
        (Presence::External, _) => " COLOR=\"#8c959f\" STYLE=\"dotted\"",
        (Presence::Rendered, true) => "",
    };
    let absent = if node.presence == Presence::Rendered { "" } else { " (not rendered)" };
    let mut text = format!("<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"4\"{line}>");
    let name = xml(&format!("{}{absent}", node.subject));
    _ = write!(text, "<TR><TD PORT=\"h\" BGCOLOR=\"{fill}\"><B>{name}</B></TD></TR>");
    for (number, row) in node.rows.iter().enumerate() {
        let words = xml(format!("{} {}", row.label, row.tail).trim_end());
        let is_broken = broken.contains_key(&End { node: index, row: Some(number) });
        let words = if is_broken { format!("<FONT COLOR=\"#cf222e\">✗ {words}</FONT>") } else { words };
        _ = write!(text, "<TR><TD PORT=\"r{number}\" ALIGN=\"LEFT\">{words}</TD></TR>");
    }
    for it in &node.troubles {
        _ = write!(text, "<TR><TD ALIGN=\"LEFT\"><FONT COLOR=\"#cf222e\">✗ {}</FONT></TD></TR>", it.rule);
    }
    text + "</TABLE>"
}

fn quoted(text: &str) -> String {
    let clean: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    format!("\"{}\"", clean.replace('\\', "\\\\").replace('"', "\\\""))
}
