//! The graph for a terminal: a chain a line, from who asks to the container; broken ones marked, with why.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::{End, Link, Picture, Presence, Role, State, Trouble};
use crate::finding::Severity;
use crate::graph::EdgeKind;
use crate::report::visible;

/// Labels are padded to at most so many columns.
const WIDEST: usize = 52;
/// So many ends of one reference are named.
const ENDS: usize = 3;

/// Writes the graph; with `colored`, as escapes for a terminal.
pub fn text(picture: &Picture, colored: bool) -> String {
    let mut writer = Writer { picture, colored, out: String::new(), targets: targets(picture), shown: HashSet::new() };
    let title = visible::line(&picture.title).into_owned();
    writer.out = format!("{}\n", writer.paint(Paint::Bold, &title));
    writer.groups();
    if picture.nodes.is_empty() {
        writer.out += "\nno Service, no container port, and nothing that asks for one\n";
    }
    writer.out
}

/// For each node the links from its rows to pods.
fn targets(picture: &Picture) -> Vec<Vec<&Link>> {
    let mut all = vec![Vec::new(); picture.nodes.len()];
    for link in picture.links.iter().filter(|it| it.kind == EdgeKind::Target) {
        all[link.from.node].push(link);
    }
    all
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paint {
    Bold,
    Dim,
    Error,
    Warning,
}

/// A line of a group: what asks, what becomes of it, and how bad that is.
struct Line {
    label: String,
    rest: String,
    worst: Option<Severity>,
}

struct Writer<'a> {
    picture: &'a Picture,
    colored: bool,
    out: String,
    targets: Vec<Vec<&'a Link>>,
    /// Rows of Services that a chain has gone through.
    shown: HashSet<End>,
}

impl<'a> Writer<'a> {
    fn groups(&mut self) {
        let called = |it: &Link| matches!(it.what, "webhook" | "conversion webhook" | "service");
        let api = move |it: &Link| it.kind == EdgeKind::Backend && called(it);
        let routes = move |it: &Link| it.kind == EdgeKind::Backend && !called(it);
        self.group("Routes", &routes);
        self.group("Called by the API server", &api);
        let monitors = |it: &Link| matches!(it.kind, EdgeKind::Monitor | EdgeKind::Scrape);
        let monitors = self.lines(&monitors);
        self.services();
        self.write("Monitors", monitors);
        self.group("Policies", &|it| it.kind == EdgeKind::Policy);
        self.group("Probes and hooks", &|it| it.kind == EdgeKind::Probe);
        self.group("Texts", &|it| it.kind == EdgeKind::Soft);
        self.group("Names", &|it| it.kind == EdgeKind::Host);
        self.troubles();
    }

    fn group(&mut self, title: &str, of: &dyn Fn(&Link) -> bool) {
        let lines = self.lines(of);
        self.write(title, lines);
    }

    /// Returns the lines of each object that has such links.
    fn lines(&mut self, of: &dyn Fn(&Link) -> bool) -> Vec<(usize, Vec<Line>)> {
        let mut objects: Vec<(usize, Vec<&'a Link>)> = Vec::new();
        for link in self.picture.links.iter().filter(|it| of(it)) {
            match objects.iter_mut().rev().find(|it| it.0 == link.from.node) {
                Some(known) => known.1.push(link),
                None => objects.push((link.from.node, vec![link])),
            }
        }
        objects.into_iter().map(|(node, links)| (node, self.lines_of(&links))).collect()
    }

    fn lines_of(&mut self, links: &[&'a Link]) -> Vec<Line> {
        let mut asked: Vec<Vec<&Link>> = Vec::new();
        for link in links {
            let same =
                |it: &&mut Vec<&'a Link>| it[0].path == link.path && it[0].wanted == link.wanted && it[0].from == link.from;
            match asked.iter_mut().rev().find(same) {
                Some(known) => known.push(link),
                None => asked.push(vec![link]),
            }
        }
        let mut all: Vec<Line> = Vec::new();
        for links in asked {
            let (rest, worst) = self.chain(&links);
            let label = self.label(links[0]);
            match all.iter_mut().find(|it| it.rest == rest && links[0].kind == EdgeKind::Probe) {
                Some(known) => known.label = format!("{}, {label}", known.label),
                None => all.push(Line { label, rest, worst }),
            }
        }
        all
    }

    /// Names what asks within its object.
    fn label(&self, link: &Link) -> String {
        let node = &self.picture.nodes[link.from.node];
        match (link.from.row, link.kind) {
            (Some(row), _) => node.rows[row].label.clone(),
            (None, EdgeKind::Soft) => {
                let at = link.path.find("ontainers[").map_or(0, |it| link.path[..it].rfind('.').map_or(0, |dot| dot + 1));
                link.path[at..].to_owned()
            }
            (None, _) => link.what.to_owned(),
        }
    }

    /// Writes what becomes of one reference.
    fn chain(&mut self, links: &[&'a Link]) -> (String, Option<Severity>) {
        let first = links[0];
        let mut worst = first.state.trouble().map(|it| it.severity);
        let ends: Vec<End> = links.iter().filter_map(|it| it.to).collect();
        let is_service = |it: &End| self.picture.nodes[it.node].role == Role::Service;
        let mut text = if ends.is_empty() {
            let port = if first.wanted.is_empty() { String::new() } else { format!("port {}", first.wanted) };
            format!("→ {port}")
        } else {
            let text = self.ends(&ends, &first.wanted);
            // A probe asks its own object.
            let own = self.picture.nodes[first.from.node].subject.to_string() + ":";
            if first.kind == EdgeKind::Probe { text.replace(&*visible::line(&own), "") } else { text }
        };
        match &first.state {
            State::Broken(it) => text = format!("{text} — {}", self.trouble(it)),
            State::Unsure(why) => text = format!("{text} {}", self.paint(Paint::Dim, &format!("({why})"))),
            State::Sound => {}
        }
        if let ([end], None) = (ends.as_slice(), first.state.trouble())
            && first.kind != EdgeKind::Soft
            && is_service(end)
            && end.row.is_some()
            && self.picture.nodes[end.node].presence == Presence::Rendered
        {
            let (rest, then) = self.target(*end);
            text += &rest;
            worst = worst.max(then);
        }
        (text.trim_end().to_owned(), worst)
    }

    /// Goes on from a Service's port to the pods.
    fn target(&mut self, service: End) -> (String, Option<Severity>) {
        self.shown.insert(service);
        let links: Vec<&Link> = self.targets[service.node].iter().filter(|it| it.from == service).copied().collect();
        let Some(first) = links.first() else { return (String::new(), None) };
        let tail = service.row.map_or("", |it| &self.picture.nodes[service.node].rows[it].tail);
        let target = tail.strip_prefix("→ ").map(|it| format!(" → targetPort {}", visible::line(it))).unwrap_or_default();
        let ends: Vec<End> = links.iter().filter_map(|it| it.to).collect();
        let words = if ends.is_empty() { String::new() } else { format!(" {}", self.ends(&ends, &first.wanted)) };
        let why = match &first.state {
            State::Broken(it) => format!(" — {}", self.trouble(it)),
            State::Unsure(why) => format!(" {}", self.paint(Paint::Dim, &format!("({why})"))),
            State::Sound => String::new(),
        };
        (format!("{target}{words}{why}"), first.state.trouble().map(|it| it.severity))
    }

    fn ends(&self, ends: &[End], wanted: &str) -> String {
        let words: Vec<String> = ends.iter().take(ENDS).map(|it| self.end(*it, wanted)).collect();
        let more = ends.len().saturating_sub(ENDS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("→ {}{more}", words.join(", "))
    }

    fn end(&self, end: End, wanted: &str) -> String {
        let node = &self.picture.nodes[end.node];
        let object = visible::line(&node.subject.to_string()).into_owned();
        let Some(row) = end.row.map(|it| &node.rows[it]) else {
            return if wanted.is_empty() { object } else { format!("{object}:{}", visible::line(wanted)) };
        };
        let Some(port) = &row.port else { return object };
        let text = match (port.number, &port.name) {
            (Some(number), Some(name)) => format!("{object}:{number} ({})", visible::line(name)),
            (Some(number), None) => format!("{object}:{number}"),
            (None, Some(name)) => format!("{object}:{}", visible::line(name)),
            (None, None) => object,
        };
        let protocol = if matches!(port.protocol.as_str(), "" | "TCP") { String::new() } else { format!("/{}", port.protocol) };
        let within =
            if row.tail.is_empty() || port.container.is_empty() { String::new() } else { format!(" in {}", port.container) };
        format!("{text}{protocol}{}", visible::line(&within))
    }

    /// Writes the ports of Services that no chain has gone through.
    fn services(&mut self) {
        let mut all = Vec::new();
        for (index, node) in self.picture.nodes.iter().enumerate() {
            if node.role != Role::Service || node.presence != Presence::Rendered {
                continue;
            }
            let rows = node.rows.iter().enumerate().filter(|(_, it)| it.port.as_ref().is_some_and(|it| !it.is_absent));
            let ends: Vec<End> =
                rows.map(|(row, _)| End { node: index, row: Some(row) }).filter(|it| !self.shown.contains(it)).collect();
            let mut lines = Vec::new();
            for end in ends {
                let label = end.row.map(|it| node.rows[it].label.clone()).unwrap_or_default();
                let (rest, worst) = self.target(end);
                lines.push(Line { label, rest: rest.trim_start().to_owned(), worst });
            }
            if !lines.is_empty() || node.rows.is_empty() {
                all.push((index, lines));
            }
        }
        let title = if self.shown.is_empty() { "Services" } else { "Service ports that nothing above leads to" };
        self.write(title, all);
    }

    fn troubles(&mut self) {
        let nodes = self.picture.nodes.iter().filter(|it| !it.troubles.is_empty());
        let mut lines = String::new();
        for trouble in nodes.flat_map(|it| &it.troubles) {
            let mark = self.mark(Some(trouble.severity));
            _ = writeln!(
                lines,
                "  {mark} {} {}",
                visible::line(&trouble.message),
                self.paint(Paint::Dim, &format!("[{}]", trouble.rule))
            );
        }
        if !lines.is_empty() {
            _ = write!(self.out, "\n{}\n{lines}", self.paint(Paint::Bold, "Other findings"));
        }
    }

    fn write(&mut self, title: &str, objects: Vec<(usize, Vec<Line>)>) {
        if objects.is_empty() {
            return;
        }
        _ = writeln!(self.out, "\n{}", self.paint(Paint::Bold, title));
        let widest = objects.iter().flat_map(|it| &it.1).map(|it| it.label.chars().count()).filter(|it| *it <= WIDEST).max();
        let widest = widest.unwrap_or(0);
        for (node, lines) in objects {
            let node = &self.picture.nodes[node].subject;
            let name = visible::line(&node.to_string()).into_owned();
            _ = writeln!(self.out, "  {name}");
            for line in lines {
                let mark = self.mark(line.worst);
                let label = format!("{:widest$}", visible::line(&line.label));
                let text = format!("  {mark} {label}  {}", line.rest);
                _ = writeln!(self.out, "{}", text.trim_end());
            }
        }
    }

    fn mark(&self, worst: Option<Severity>) -> String {
        match worst {
            Some(Severity::Error) => self.paint(Paint::Error, "✗"),
            Some(Severity::Warning) => self.paint(Paint::Warning, "!"),
            _ => " ".to_owned(),
        }
    }

    fn trouble(&self, it: &Trouble) -> String {
        let paint = if it.severity == Severity::Error { Paint::Error } else { Paint::Warning };
        format!("{} {}", self.paint(paint, &visible::line(&it.why)), self.paint(Paint::Dim, &format!("[{}]", it.rule)))
    }

    fn paint(&self, paint: Paint, text: &str) -> String {
        let code = match paint {
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Error => "1;31",
            Paint::Warning => "33",
        };
        if self.colored { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
