//! A reference to a port that is not there: the number or the name of the port that is meant, as it is fed.

use super::Proposal;
use crate::chart::shown_path;
use crate::finding::{Edit, Finding, When};
use crate::fix::Options;
use crate::fix::copy::{Form, guarded, ways};
use crate::fix::ends::{Choice, choice};
use crate::fix::scan::{Kind, Scan};
use crate::fix::site::{Piece, Site, key_before, line_end, line_of, literals, written};
use crate::fix::view::{Source, View, last_key};
use crate::graph::{Declared, Edge, EdgeKind};
use crate::kube::{Field, Port};

/// So many of the ports that may be meant are tried.
const PORTS: usize = 3;

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Takes {
    pub(super) number: bool,
    pub(super) name: bool,
}

/// Proposes for every rule that speaks of an edge to a port.
pub(super) fn propose(view: View<'_>, finding: &Finding, options: Options) -> Vec<Proposal> {
    let mut out = Vec::new();
    for edge in view.edges(finding) {
        if matches!(edge.reference.kind, EdgeKind::Host | EdgeKind::Soft) {
            continue;
        }
        let choice = choice(view, edge, finding);
        for (at, meant) in choice.ports.iter().take(PORTS).enumerate() {
            let is_certain = at == 0 && choice.is_certain;
            let made = of_port(view, finding, edge, &meant.port, options);
            out.extend(made.into_iter().map(|it| Proposal { is_certain: is_certain && it.is_certain, ..it }));
        }
        // What a scraper is told moves nothing.
        if edge.reference.kind != EdgeKind::Scrape {
            out.extend(other_end(view, finding, edge, &choice));
        }
    }
    out
}

/// Tells what the field of a reference takes.
pub(super) fn takes(edge: &Edge) -> Takes {
    let path = edge.reference.field.path.as_str();
    let key = last_key(path);
    let (number, name) = match edge.reference.kind {
        EdgeKind::Target | EdgeKind::Policy => (true, true),
        EdgeKind::Probe => (true, !path.contains(".grpc.")),
        EdgeKind::Scrape | EdgeKind::Soft | EdgeKind::Host | EdgeKind::Listen => (true, false),
        EdgeKind::Monitor => (key != "port", true),
        EdgeKind::Backend if key == "servicePort" || path.contains("backend.service.port") => (true, true),
        EdgeKind::Backend => (true, matches!(edge.reference.port, Port::Name(_))),
    };
    Takes { number, name }
}

/// Proposes to refer to one port.
pub(super) fn of_port(view: View<'_>, finding: &Finding, edge: &Edge, port: &Declared, options: Options) -> Vec<Proposal> {
    let field = &edge.reference.field;
    let takes = takes(edge);
    let by_name = matches!(&edge.reference.port, Port::Name(_)) || options.prefer_names;
    let number = takes.number.then_some((&port.field, true));
    let name = port.name.as_ref().filter(|it| takes.name && !it.text().is_empty()).map(|it| (it, false));
    let order = if by_name { [name, number] } else { [number, name] };
    let mut out = Vec::new();
    for (new, is_number) in order.into_iter().flatten() {
        let title = feed(view, new);
        for edits in rewrites(view, finding, field, new, is_number) {
            let is_certain = !forgets(view, &edits);
            out.push(Proposal { title: title.clone(), edits, is_certain });
        }
    }
    out
}

/// Whether a value is read by no template any more: a literal takes its place.
fn forgets(view: View<'_>, edits: &[Edit]) -> bool {
    edits.iter().any(|it| {
        let old = view.text(&it.file).and_then(|text| text.get(it.start..it.end)).unwrap_or_default();
        let is_literal = !it.text.contains(['.', '$']);
        is_literal && !it.file.ends_with("values.yaml") && value_paths(old).any(|path| !is_read_twice(view, path))
    })
}

/// Returns the paths of values that a text reads: `.Values.service.port`.
fn value_paths(text: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_');
    text.match_indices(".Values.").map(move |(at, _)| {
        let rest = &text[at..];
        &rest[..rest.find(|c: char| !part(c)).unwrap_or(rest.len())]
    })
}

fn is_read_twice(view: View<'_>, path: &str) -> bool {
    let templates = view.target.tree.paths().filter(|it| it.contains("templates/")).filter_map(|it| view.text(it));
    templates.flat_map(value_paths).filter(|it| *it == path).nth(1).is_some()
}

/// Says what is followed from now on.
pub(super) fn feed(view: View<'_>, new: &Field) -> String {
    let subject = &view.linked.manifest.resources[new.resource].subject;
    let paths: Vec<String> = view.reads(new).iter().map(|it| format!("`{}`", shown_path(it).trim_start_matches('.'))).collect();
    match &paths[..] {
        [] => format!("write {} as `{subject}` does", new.text()),
        paths => format!("follow {} as `{subject}` does", paths.join(" and ")),
    }
}

/// Where the declaration is a literal and the reference follows a value: the declaration follows that as well.
fn other_end(view: View<'_>, finding: &Finding, edge: &Edge, choice: &Choice) -> Vec<Proposal> {
    let Some(meant) = choice.ports.first() else { return Vec::new() };
    let reference = &edge.reference.field;
    let new_is_number = matches!(edge.reference.port, Port::Number(_));
    let old = if new_is_number { Some(&meant.port.field) } else { meant.port.name.as_ref() };
    let Some(old) = old.filter(|_| !view.reads(reference).is_empty()) else { return Vec::new() };
    let title = feed(view, reference);
    let edits = rewrites(view, finding, old, reference, new_is_number);
    edits.into_iter().map(|edits| Proposal { title: title.clone(), edits, is_certain: choice.is_certain }).collect()
}

/// Returns the ways to let one field say what another one says.
pub(super) fn rewrites(view: View<'_>, finding: &Finding, old: &Field, new: &Field, is_number: bool) -> Vec<Vec<Edit>> {
    let Some(source) = view.source(old) else { return Vec::new() };
    if !view.is_there(old) {
        return missing(view, old, &source, new, is_number);
    }
    let values = in_values(view, old, new);
    let templates = in_template(view, old, &source, new, is_number);
    let from_values = finding.when == When::Default || matches!(source, Source::Within(_));
    if from_values { values.into_iter().chain(templates).collect() } else { templates.into_iter().chain(values).collect() }
}

/// The field is left out: it is written before its neighbours.
fn missing(view: View<'_>, old: &Field, source: &Source, new: &Field, is_number: bool) -> Vec<Vec<Edit>> {
    let Source::Value(site) = source else { return Vec::new() };
    let Some(text) = view.text(&site.file) else { return Vec::new() };
    let (first, _) = line_of(text, site.start);
    let indent: String = text[first..site.start].chars().map(|_| ' ').collect();
    let end = line_end(text);
    let ways = ways(view, new, site, Form::Value, is_number).into_iter();
    let key = last_key(&old.path);
    ways.map(|it| vec![edit(site, site.start, site.start, format!("{key}: {it}{end}{indent}"))]).collect()
}

/// The value that alone makes the field gets what the other field says, where nobody has made that up for the witness.
fn in_values(view: View<'_>, old: &Field, new: &Field) -> Vec<Vec<Edit>> {
    let [path] = &view.reads(old)[..] else { return Vec::new() };
    let Some(site) = view.value_site(path) else { return Vec::new() };
    let says = |site: &Site, field: &Field| {
        let text = view.text(&site.file).and_then(|text| text.get(site.start..site.end));
        text.is_some_and(|it| it.trim_matches(['"', '\'']) == field.text())
    };
    let is_default = match &view.reads(new)[..] {
        [] => true,
        [path] => view.value_site(path).is_some_and(|it| says(&it, new)),
        _ => false,
    };
    if is_default && says(&site, old) { vec![vec![edit(&site, site.start, site.end, new.text())]] } else { Vec::new() }
}

fn in_template(view: View<'_>, old: &Field, source: &Source, new: &Field, is_number: bool) -> Vec<Vec<Edit>> {
    let site = source.site();
    let Some(text) = view.text(&site.file) else { return Vec::new() };
    let scan = Scan::new(text);
    let mut out = Vec::new();
    if let Source::Value(_) = source
        && let Some(it) = written(&scan, site.start, site.end)
    {
        let variable = it.action().and_then(variable).and_then(|name| scan.definition(name, site.start));
        let says_port = it.action().is_some_and(|it| it.to_ascii_lowercase().contains("port"));
        let mut defined = Vec::new();
        if let Some((_, (start, end))) = variable {
            let at = Site { file: site.file.clone(), start, end };
            defined
                .extend(ways(view, new, &at, Form::Expression, is_number).into_iter().map(|it| vec![edit(&at, start, end, it)]));
        }
        let key = renamed_key(text, site, is_number);
        let kept = guarded(view, new, site).into_iter();
        let here = ways(view, new, site, Form::Value, is_number).into_iter().chain(kept).map(|it| {
            let value = edit(site, site.start, site.end, quoted_as(&it, text, site, is_number, &scan));
            key.iter().cloned().chain([value]).collect::<Vec<_>>()
        });
        if says_port && key.is_none() {
            out.extend(defined.into_iter().chain(here));
        } else {
            out.extend(here.chain(defined));
        }
    }
    if let Some(action) = scan.action_at(site.start).filter(|it| it.kind == Kind::Other) {
        for (start, end) in literals(&scan, action, &old.text()) {
            let at = Site { file: site.file.clone(), start, end };
            for it in ways(view, new, &at, Form::Expression, is_number) {
                let it = if it.contains(' ') && !it.starts_with('"') { format!("({it})") } else { it };
                out.push(vec![edit(&at, start, end, it)]);
            }
        }
    }
    out.retain(|edits| edits.iter().any(|it| text.get(it.start..it.end) != Some(it.text.as_str())));
    out
}

/// What stood in quotes for a reason, as annotations do, stays in quotes.
fn quoted_as(new: &str, text: &str, site: &Site, is_number: bool, scan: &Scan<'_>) -> String {
    let old = &text[site.start..site.end];
    let key = key_before(text, site.start).map(|(a, b)| &text[a..b]).unwrap_or_default();
    let is_text = key.contains('/') || key.contains('"');
    let quote = old.chars().next().filter(|it| matches!(it, '"' | '\''));
    let stringed = written(scan, site.start, site.end)
        .is_some_and(|it| it.pieces.iter().any(|it| matches!(it, Piece::Action(it) if it.ends_with("quote"))));
    match quote {
        Some(quote) if is_text || !is_number => format!("{quote}{}{quote}", new.trim_matches(['"', '\''])),
        None if is_text && stringed => {
            new.strip_suffix(" }}").map_or_else(|| format!("{new:?}"), |it| format!("{it} | quote }}}}"))
        }
        _ => new.to_owned(),
    }
}

/// `number:` becomes `name:`, and the reverse, where only one of them can hold the new value.
fn renamed_key(text: &str, site: &Site, is_number: bool) -> Option<Edit> {
    let (start, end) = key_before(text, site.start)?;
    let new = match (&text[start..end], is_number) {
        ("number", false) => "name",
        ("name", true) => "number",
        _ => return None,
    };
    Some(edit(site, start, end, new.into()))
}

/// Returns the variable that an expression is, perhaps converted: `$port`, `$port | int`.
fn variable(inner: &str) -> Option<&str> {
    let name = inner.split('|').next().unwrap_or_default().trim();
    let is_variable =
        name.strip_prefix('$').is_some_and(|it| !it.is_empty() && it.chars().all(|c| c.is_alphanumeric() || c == '_'));
    is_variable.then_some(name)
}

pub(super) fn edit(site: &Site, start: usize, end: usize, text: String) -> Edit {
    Edit { file: site.file.clone(), start, end, text }
}
