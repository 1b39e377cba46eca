//! The graph as a picture that stands alone: no script, no font and no file from elsewhere; light and dark as its reader has it.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::layout::{Layout, layout, widths};
use super::place::{HEAD, PAD, ROW, Sizes, kind, marked, middle, short};
use super::{End, Link, Node, Picture, Presence, Role, State};
use crate::finding::Severity;
use crate::graph::EdgeKind;

const MARGIN: i32 = 24;
/// The title's line, and that of the legend.
const TITLE: i32 = 34;
const LEGEND: i32 = 34;

const STYLE: &str = "
    svg { background: #ffffff }
    .ground { fill: #ffffff }
    text { font: 11px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328 }
    .title { font-size: 14px; font-weight: bold }
    .name { font-size: 13px; font-weight: bold }
    .dim { fill: #59636e }
    .box { fill: #f6f8fa; stroke: #d1d9e0 }
    .bar { fill: #8c959f }
    .referrer { fill: #0969da }
    .service { fill: #1a7f37 }
    .workload { fill: #8250df }
    .line { fill: none; stroke: #6e7781; stroke-width: 1.3 }
    .head { fill: #6e7781 }
    .soft { stroke-dasharray: 5 4; stroke-width: 1 }
    .unsure { stroke-dasharray: 2 4 }
    .broken { stroke: #cf222e; stroke-width: 2; stroke-dasharray: 7 4 }
    .warned { stroke: #9a6700; stroke-width: 2; stroke-dasharray: 7 4 }
    .brokenhead, text.error { fill: #cf222e }
    .warnedhead, text.warning { fill: #9a6700 }
    .away { stroke-dasharray: 3 3 }
    .missing { stroke: #cf222e; stroke-width: 2; stroke-dasharray: 7 4 }
    @media (prefers-color-scheme: dark) {
      svg { background: #0d1117 }
      .ground { fill: #0d1117 }
      text { fill: #e6edf3 }
      .dim { fill: #9198a1 }
      .box { fill: #161b22; stroke: #3d444d }
      .referrer { fill: #4493f8 }
      .service { fill: #3fb950 }
      .workload { fill: #ab7df8 }
      .line { stroke: #8b949e }
      .head { fill: #8b949e }
      .broken, .missing { stroke: #ff7b72 }
      .warned { stroke: #d29922 }
      .brokenhead, text.error { fill: #ff7b72 }
      .warnedhead, text.warning { fill: #d29922 }
    }
";

/// Writes the picture.
pub fn svg(picture: &Picture) -> String {
    let sizes = Sizes::new(picture);
    let at = layout(picture, &sizes, MARGIN + TITLE);
    let title = cut(&picture.title);
    let title_width = i32::try_from(title.chars().count()).unwrap_or(0) * 9;
    let (width, height) = ((at.width - TITLE).max(title_width + 2 * MARGIN).max(520), at.height + LEGEND);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n"
    );
    _ = writeln!(out, "  <title>Port graph of {}</title>\n  <style>{STYLE}  </style>", xml(&picture.title));
    out += &defs();
    _ = writeln!(out, "  <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>");
    _ = writeln!(out, "  <text class=\"title\" x=\"{MARGIN}\" y=\"{}\">{}</text>", MARGIN + 10, xml(&title));
    let drawer = Drawer { picture, sizes: &sizes, at: &at, widths: widths(&at.columns, &sizes), broken: picture.broken_ends() };
    // What is broken lies above the rest.
    let mut links: Vec<&Link> = picture.links.iter().collect();
    links.sort_by_key(|it| it.state.trouble().map(|it| it.severity));
    for link in links {
        out += &drawer.link(link);
    }
    for (index, node) in picture.nodes.iter().enumerate() {
        out += &drawer.node(index, node);
    }
    out += &legend(height - LEGEND / 2);
    out + "</svg>\n"
}

/// Cuts the beginning of a long title off: it is the folders above.
fn cut(title: &str) -> String {
    const WIDEST: usize = 90;
    match title.chars().count().checked_sub(WIDEST) {
        Some(more) if more > 0 => ['…'].into_iter().chain(title.chars().skip(more)).collect(),
        _ => title.to_owned(),
    }
}

fn defs() -> String {
    let mut out = "  <defs>\n".to_owned();
    for class in ["head", "brokenhead", "warnedhead"] {
        _ = writeln!(
            out,
            "    <marker id=\"{class}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"{class}\" d=\"M0 0L8 4L0 8z\"/></marker>"
        );
    }
    out + "  </defs>\n"
}

struct Drawer<'a> {
    picture: &'a Picture,
    sizes: &'a Sizes,
    at: &'a Layout,
    widths: [i32; 4],
    broken: HashMap<End, Severity>,
}

impl Drawer<'_> {
    fn left(&self, node: usize) -> i32 {
        self.at.x[node] - TITLE
    }

    fn width(&self, node: usize) -> i32 {
        self.widths[self.at.columns[node]]
    }

    fn link(&self, link: &Link) -> String {
        let from = link.from;
        let Some(to) = link.to else { return self.stub(link) };
        if to.node == from.node {
            return String::new();
        }
        let y = |end: End| self.at.y[end.node] + middle(end.row);
        let right = |end: End| self.left(end.node) + self.width(end.node);
        let (x1, x2, bend) = match self.at.columns[from.node].cmp(&self.at.columns[to.node]) {
            std::cmp::Ordering::Less => (right(from), self.left(to.node), 1),
            std::cmp::Ordering::Greater => (self.left(from.node), right(to), -1),
            std::cmp::Ordering::Equal => (right(from), right(to), 0),
        };
        let (y1, y2) = (y(from), y(to));
        let reach = if bend == 0 { 70 } else { ((x2 - x1).abs() / 2).clamp(30, 110) };
        let (c1, c2) = (x1 + if bend == 0 { reach } else { reach * bend }, x2 + if bend == 0 { reach } else { -reach * bend });
        let (class, head) = classes(link);
        let why = match &link.state {
            State::Sound => String::new(),
            State::Unsure(why) => format!(": {why}"),
            State::Broken(it) => format!(": {} ({})", it.message, it.rule),
        };
        let subject = |end: End| &self.picture.nodes[end.node].subject;
        let title = xml(&format!("{} of {} → {} {}{why}", link.what, subject(from), subject(to), link.wanted));
        format!(
            "  <path class=\"{class}\" marker-end=\"url(#{head})\" d=\"M{x1} {y1}C{c1} {y1} {c2} {y2} {x2} {y2}\"><title>{title}</title></path>\n"
        )
    }

    /// Draws a link that leads nowhere that could be drawn.
    fn stub(&self, link: &Link) -> String {
        let from = link.from;
        let (x, y) = (self.left(from.node) + self.width(from.node), self.at.y[from.node] + middle(from.row));
        let (class, _) = classes(link);
        let why = match &link.state {
            State::Sound => String::new(),
            State::Unsure(why) => why.clone(),
            State::Broken(it) => it.message.clone(),
        };
        format!("  <path class=\"{class}\" d=\"M{x} {y}h26\"><title>{}</title></path>\n", xml(&why))
    }

    fn node(&self, index: usize, node: &Node) -> String {
        let (x, y) = (self.left(index), self.at.y[index]);
        let (width, height) = (self.width(index), self.sizes.height(index));
        let role = match node.role {
            Role::Referrer => "referrer",
            Role::Service => "service",
            Role::Workload => "workload",
        };
        let edge = match (node.presence, node.troubles.is_empty()) {
            (Presence::Missing, _) | (_, false) => " missing",
            (Presence::External, _) => " away",
            (Presence::Rendered, true) => "",
        };
        let mut out = format!("  <g><title>{}</title>\n", xml(&format!("{} in {}", node.subject, node.subject.namespace)));
        _ = writeln!(out, "    <rect class=\"box{edge}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>");
        _ = writeln!(out, "    <rect class=\"bar {role}\" x=\"{x}\" y=\"{y}\" width=\"4\" height=\"{height}\" rx=\"2\"/>");
        let left = x + PAD;
        _ = writeln!(out, "    <text class=\"dim\" x=\"{left}\" y=\"{}\">{}</text>", y + 15, xml(&kind(node)));
        _ = writeln!(out, "    <text class=\"name\" x=\"{left}\" y=\"{}\">{}</text>", y + 31, xml(&short(&node.subject.name)));
        for (number, row) in node.rows.iter().enumerate() {
            let broken = self.broken.get(&End { node: index, row: Some(number) });
            let class = match (broken, &row.port) {
                (Some(Severity::Error), _) => "error",
                (Some(_), _) => "warning",
                (None, Some(port)) if port.is_absent => "dim",
                (None, _) => "row",
            };
            let line = y + HEAD + i32::try_from(number).unwrap_or(0) * ROW + 14;
            let label = xml(&marked(&short(&row.label), broken.is_some()));
            _ = writeln!(out, "    <text class=\"{class}\" x=\"{left}\" y=\"{line}\">{label}</text>");
            if !row.tail.is_empty() {
                let tail = xml(&short(&row.tail));
                let class = if broken.is_some() { class } else { "dim" };
                let end = x + width - PAD;
                _ = writeln!(out, "    <text class=\"{class}\" text-anchor=\"end\" x=\"{end}\" y=\"{line}\">{tail}</text>");
            }
        }
        for (number, it) in node.troubles.iter().enumerate() {
            let line = y + HEAD + i32::try_from(node.rows.len() + number).unwrap_or(0) * ROW + 14;
            let words = marked(it.rule, true);
            _ = writeln!(
                out,
                "    <text class=\"error\" x=\"{left}\" y=\"{line}\">{words}<title>{}</title></text>",
                xml(&it.message)
            );
        }
        out + "  </g>\n"
    }
}

fn classes(link: &Link) -> (&'static str, &'static str) {
    match (&link.state, link.kind) {
        (State::Broken(it), _) if it.severity == Severity::Error => ("line broken", "brokenhead"),
        (State::Broken(_), _) => ("line warned", "warnedhead"),
        (State::Unsure(_), _) => ("line unsure", "head"),
        (State::Sound, EdgeKind::Soft) => ("line soft", "head"),
        (State::Sound, _) => ("line", "head"),
    }
}

fn legend(y: i32) -> String {
    let mut out = String::new();
    let mut x = MARGIN;
    let samples = [
        ("line", "reference"),
        ("line soft", "in a text"),
        ("line unsure", "not seen here"),
        ("line broken", "error"),
        ("line warned", "warning"),
    ];
    for (class, words) in samples {
        _ = writeln!(
            out,
            "  <path class=\"{class}\" d=\"M{x} {y}h28\"/><text class=\"dim\" x=\"{}\" y=\"{}\">{words}</text>",
            x + 34,
            y + 4
        );
        x += 34 + i32::try_from(words.len()).unwrap_or(0) * 7 + 22;
    }
    out
}

/// Escapes a text for XML, which has no place for most control characters.
pub(super) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            it if it.is_control()
                || matches!(it, '\u{fffe}' | '\u{ffff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                out.push('\u{fffd}');
            }
            it => out.push(it),
        }
    }
    out
}
