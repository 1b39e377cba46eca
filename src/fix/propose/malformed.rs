//! A port of the wrong type or form: quotes dropped, the other key used, the name cut, the value that is meant where it is null.

use super::Proposal;
use super::port::{edit, feed, rewrites};
use crate::finding::{Edit, Finding};
use crate::fix::Options;
use crate::fix::scan::{Kind, Scan};
use crate::fix::site::{Piece, Site, Written, key_before, line_end, line_of, written};
use crate::fix::view::{Source, View, last_key};
use crate::kube::{Field, ServicePort};

/// Port names have so many characters.
const LONGEST: usize = 15;

/// Proposes for `malformed-port`.
pub(super) fn propose(view: View<'_>, finding: &Finding, _: Options) -> Vec<Proposal> {
    if finding.rule != "malformed-port" {
        return Vec::new();
    }
    let Some(field) = view.field(finding) else { return Vec::new() };
    let mut out = Vec::new();
    if let Some(source) = view.source(&field) {
        let site = source.site();
        if let Some(text) = view.text(&site.file) {
            let scan = Scan::new(text);
            out.extend(written_wrong(view, &field, &source, &scan));
            out.extend(too_long(view, &field));
        }
    }
    if field.value.is_null() {
        out.extend(null(view, finding, &field));
    }
    out
}

fn proposal(title: &str, edits: Vec<Edit>) -> Proposal {
    Proposal { title: title.into(), edits, is_certain: true }
}

/// What is there, written otherwise.
fn written_wrong(view: View<'_>, field: &Field, source: &Source, scan: &Scan<'_>) -> Vec<Proposal> {
    let site = source.site();
    let text = field.text();
    let is_number = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let key = key_before(scan.text, site.start);
    let mut out = Vec::new();
    if is_number && key.is_some_and(|(a, b)| &scan.text[a..b] == "name") && field.path.contains("service.port") {
        out.extend(as_number(site, scan));
    } else if !is_number && key.is_some_and(|(a, b)| &scan.text[a..b] == "number") && field.value.is_string() {
        let (start, end) = key.unwrap_or_default();
        out.push(proposal("use the field for names", vec![edit(site, start, end, "name".into())]));
    }
    if is_number && field.path.ends_with(".service.port") && matches!(source, Source::Value(_)) {
        let (first, _) = line_of(scan.text, site.start);
        let indent = scan.text[first..].len() - scan.text[first..].trim_start_matches([' ', '-']).len();
        let number = format!("{}{}number: ", line_end(scan.text), " ".repeat(indent + 2));
        let space = scan.text[..site.start].len() - scan.text[..site.start].trim_end().len();
        out.push(proposal("give the number as `port.number`", vec![edit(site, site.start - space, site.start, number)]));
    }
    if is_number && field.value.is_string() {
        let values = view.reads(field).iter().filter_map(|path| view.value_site(path)).collect::<Vec<_>>();
        let quoted = |it: &Site| view.text(&it.file).is_some_and(|text| text[it.start..it.end].starts_with(['"', '\'']));
        if let [value] = &values[..]
            && quoted(value)
        {
            out.push(proposal("drop the quotes", vec![edit(value, value.start, value.end, text.clone())]));
        }
        if let (Source::Value(_), Some(it)) = (source, written(scan, site.start, site.end)) {
            let numbers = numbers(&it).into_iter();
            out.extend(numbers.map(|new| proposal("drop the quotes", vec![edit(site, site.start, site.end, new)])));
        }
    }
    out
}

/// Returns the ways to write a value as a number.
fn numbers(it: &Written<'_>) -> Vec<String> {
    let Some(inner) = it.action() else {
        return match it.pieces[..] {
            [Piece::Text(text)] => vec![text.to_owned()],
            _ => Vec::new(),
        };
    };
    let bare = inner.trim_end().strip_suffix("quote").map_or(inner, |it| it.trim_end().trim_end_matches('|').trim_end());
    let mut out = vec![format!("{{{{ {bare} }}}}")];
    if bare.contains(['|', ' ']) && !bare.contains('|') {
        out.push(format!("{{{{ ({bare}) | int }}}}"));
    } else {
        out.push(format!("{{{{ {bare} | int }}}}"));
    }
    out
}

/// A number as a name: the other key; where a condition on the type chooses between the two, that.
fn as_number(site: &Site, scan: &Scan<'_>) -> Vec<Proposal> {
    let mut out = Vec::new();
    let blocks = scan.blocks(site.start);
    if let Some(block) = blocks.last().filter(|it| it.branch > 0)
        && let Some((start, end)) = scan.actions.get(block.opener).filter(|it| it.kind == Kind::If).map(|it| it.inner)
        && let Some(tested) = tested_kind(&scan.text[start..end])
    {
        let same = &scan.text[start..end];
        let all = scan.actions.iter().filter(|it| &scan.text[it.inner.0..it.inner.1] == same);
        let new = format!("if not (kindIs \"string\" {tested})");
        let edits: Vec<Edit> = all.map(|it| edit(site, it.inner.0, it.inner.1, new.clone())).collect();
        out.push(proposal("take every number for one, of whichever type", edits));
    }
    if let Some((start, end)) = key_before(scan.text, site.start) {
        out.push(proposal("use the field for numbers", vec![edit(site, start, end, "number".into())]));
        if let Some(it) = written(scan, site.start, site.end) {
            for new in numbers(&it) {
                let edits = vec![edit(site, start, end, "number".into()), edit(site, site.start, site.end, new)];
                out.push(proposal("use the field for numbers", edits));
            }
        }
    }
    out
}

/// Returns what `if kindIs "int" X` tests: X.
fn tested_kind(inner: &str) -> Option<&str> {
    let rest = inner.strip_prefix("if ")?.trim_start();
    let rest = rest.strip_prefix("kindIs ").or_else(|| rest.strip_prefix("typeIs "))?.trim_start();
    let (kind, rest) = rest.strip_prefix('"')?.split_once('"')?;
    let is_number = kind.starts_with("int") || kind.starts_with("float");
    (is_number && !rest.trim().is_empty() && !rest.contains('|')).then_some(rest.trim())
}

/// A name that is too long is cut wherever it is written.
fn too_long(view: View<'_>, field: &Field) -> Vec<Proposal> {
    let Some(name) = field.value.as_str().filter(|it| it.chars().count() > LONGEST) else { return Vec::new() };
    let graph = &view.linked.graph;
    let mut fields: Vec<&Field> = vec![field];
    let containers = graph.workloads.iter().flat_map(|it| &it.containers);
    fields.extend(containers.flat_map(|it| &it.ports).filter_map(|it| it.name.as_ref()).map(|it| &it.0));
    fields.extend(graph.edges.iter().map(|it| &it.reference.field));
    let mut edits: Vec<Edit> = Vec::new();
    for it in fields.into_iter().filter(|it| it.value.as_str() == Some(name)) {
        let Some(Source::Value(site)) = view.source(it) else { return Vec::new() };
        let Some(scan) = view.text(&site.file).map(Scan::new) else { return Vec::new() };
        let Some(new) = written(&scan, site.start, site.end).and_then(|it| cut(&it)) else {
            return Vec::new();
        };
        let made = edit(&site, site.start, site.end, new);
        if !edits.contains(&made) {
            edits.push(made);
        }
    }
    vec![proposal("cut the name to the 15 characters that it may have", edits)]
}

fn cut(it: &Written<'_>) -> Option<String> {
    if let [Piece::Text(text)] = it.pieces[..] {
        let short: String = text.chars().take(LONGEST).collect();
        return Some(short.trim_end_matches('-').to_owned());
    }
    Some(format!("{{{{ {} | trunc {LONGEST} | trimSuffix \"-\" }}}}", it.in_place()?))
}

/// Nothing where a port belongs: what the ports of that name, or those that lead there, are fed by.
fn null(view: View<'_>, finding: &Finding, field: &Field) -> Vec<Proposal> {
    let mut out = Vec::new();
    let graph = &view.linked.graph;
    for service in &graph.services {
        for port in service.ports.iter().filter(|it| is_meant(view, field, it)) {
            for new in [port.target.as_ref().map(|it| &it.0), Some(&port.port)].into_iter().flatten() {
                if new.value.as_i64().is_some() && new != field {
                    let title = feed(view, new);
                    let edits = rewrites(view, finding, field, new, true);
                    out.extend(edits.into_iter().map(|edits| Proposal { title: title.clone(), edits, is_certain: true }));
                }
            }
        }
    }
    let containers = graph.workloads.iter().flat_map(|it| &it.containers).flat_map(|it| &it.ports);
    let name = own_name(view, field);
    for port in containers.filter(|it| it.field != *field && name.is_some() && it.named() == name.as_deref()) {
        let title = feed(view, &port.field);
        let edits = rewrites(view, finding, field, &port.field, true);
        out.extend(edits.into_iter().map(|edits| Proposal { title: title.clone(), edits, is_certain: true }));
    }
    out
}

/// Returns the name of the port that a field is the number of.
fn own_name(view: View<'_>, field: &Field) -> Option<String> {
    let graph = &view.linked.graph;
    let services = graph.services.iter().flat_map(|it| &it.ports).filter(|it| it.port.resource == field.resource);
    let of_service = services.into_iter().find(|it| field.path.starts_with(&it.path)).and_then(|it| it.named());
    let containers = graph.workloads.iter().flat_map(|it| &it.containers).flat_map(|it| &it.ports);
    let of_container = containers.into_iter().find(|it| it.field == *field).and_then(|it| it.named());
    of_service.or(of_container).map(str::to_owned)
}

/// Whether a Service port is another one of the same name, or leads to the container port that has no number.
fn is_meant(view: View<'_>, field: &Field, port: &ServicePort) -> bool {
    let name = own_name(view, field);
    let same_name = name.is_some() && port.named() == name.as_deref() && port.port != *field;
    let leads_there = port.target.as_ref().is_some_and(|(it, _)| it.value.as_str().is_some_and(|it| Some(it) == name.as_deref()));
    let graph = &view.linked.graph;
    let alone = last_key(&field.path) == "containerPort"
        && graph.services.iter().zip(&graph.selected).any(|(service, pods)| {
            service.resource == port.port.resource
                && service.ports.len() == 1
                && pods.iter().any(|it| graph.workloads.get(*it).is_some_and(|it| it.resource == field.resource))
        });
    same_name || leads_there || alone
}
