//! What a field says, written for another place.

use super::expr::{Root, ranged, roots};
use super::scan::Scan;
use super::site::{Site, written};
use super::view::{Source, View};
use crate::chart::Step;
use crate::kube::Field;

/// As what a text is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `{{ .Values.port }}`, or a literal.
    Value,
    /// `.Values.port`, where an expression stands.
    Expression,
}

/// So many ways of writing the same are tried.
const WAYS: usize = 6;

/// Returns the ways to write at a site what a field says, the likeliest first: its own text, or the value it was made from.
pub(super) fn ways(view: View<'_>, field: &Field, at: &Site, form: Form, is_number: bool) -> Vec<String> {
    let Some(text) = view.text(&at.file) else { return Vec::new() };
    let scan = Scan::new(text);
    let roots = if scan.actions.is_empty() && form == Form::Value { vec![Root(String::new())] } else { roots(&scan, at.start) };
    // What stood without quotes goes on so.
    let quotes = !is_number && (at.start == at.end || text[at.start..at.end].starts_with(['"', '\'']));
    let range = ranged(&scan, at.start);
    let mut out: Vec<String> = Vec::new();
    let mut push = |it: Option<String>| {
        let it = it.map(|it| if is_number { unquoted(&it) } else { it });
        if let Some(it) = it.filter(|it| !out.contains(it)) {
            out.push(it);
        }
    };
    if let Some(Source::Value(site)) = view.source(field)
        && let Some(source) = view.text(&site.file)
    {
        let scan = Scan::new(source);
        if let Some(it) = written(&scan, site.start, site.end)
            && (it.is_literal() || chart_of(&site.file) == chart_of(&at.file))
        {
            // Of the same element of the same list.
            let same_element = range.is_some() && ranged(&scan, site.start) == range;
            push(same_element.then(|| source[site.start..site.end].to_owned()).filter(|_| form == Form::Value));
            for root in &roots {
                push(match form {
                    Form::Value => it.value(&scan, site.start, root, quotes),
                    Form::Expression => it.expression(&scan, site.start, root),
                });
            }
        }
    }
    if let [path] = &view.reads(field)[..]
        && !is_element(path, chart_of(&at.file).len(), range.as_deref())
    {
        for root in &roots {
            let expression = path_expression(path, chart_of(&at.file).len(), root);
            push(expression.map(|it| if form == Form::Value { format!("{{{{ {it} }}}}") } else { it }));
        }
    }
    out.truncate(WAYS);
    out
}

/// Whether a value is an element of the list that a text is written for each element of: one of them is nothing for all.
fn is_element(path: &[Step], depth: usize, range: Option<&str>) -> bool {
    let list = path.iter().position(|it| matches!(it, Step::Index(_)));
    let list = list.and_then(|at| path_expression(&path[..at], depth, &Root(String::new())));
    range.is_some() && list.as_deref() == range
}

/// Returns the ways to write at a site what a field says where the value that feeds it is set, and what stands there else.
pub(super) fn guarded(view: View<'_>, field: &Field, at: &Site) -> Vec<String> {
    let Some(text) = view.text(&at.file) else { return Vec::new() };
    let scan = Scan::new(text);
    let old = &text[at.start..at.end];
    let [path] = &view.reads(field)[..] else { return Vec::new() };
    let depth = chart_of(&at.file).len();
    if old.is_empty() || old.contains("{{") || is_element(path, depth, ranged(&scan, at.start).as_deref()) {
        return Vec::new();
    }
    // An element is there when its list is.
    let list = path.iter().position(|it| matches!(it, Step::Index(_))).unwrap_or(path.len());
    let one = |root: &Root| {
        let (is_set, new) = (path_expression(&path[..list], depth, root)?, path_expression(path, depth, root)?);
        Some(format!("{{{{ if {is_set} }}}}{{{{ {new} }}}}{{{{ else }}}}{old}{{{{ end }}}}"))
    };
    roots(&scan, at.start).iter().filter_map(one).take(2).collect()
}

/// A quoted number is a string.
fn unquoted(text: &str) -> String {
    text.replace(" | quote }}", " }}").trim_end_matches(" | quote").to_owned()
}

/// Returns the charts that a file belongs to, below the target's own.
fn chart_of(file: &str) -> Vec<&str> {
    let parts: Vec<&str> = file.split('/').collect();
    let mut charts = Vec::new();
    for pair in parts.chunks(2) {
        match pair {
            ["charts", name] => charts.push(*name),
            _ => break,
        }
    }
    charts
}

/// Writes the path of a value, for a chart that is so deep below the root.
pub(super) fn path_expression(path: &[Step], depth: usize, root: &Root) -> Option<String> {
    let is_global = |path: &[Step]| matches!(path.first(), Some(Step::Key(key)) if key == "global");
    let own = match path {
        [Step::Key(first), ..] if first.starts_with('.') => {
            let keys = path.iter().map(|it| if let Step::Key(key) = it { Some(key.as_str()) } else { None });
            return Some(format!("{}{}", root.0, keys.collect::<Option<Vec<_>>>()?.join(".")));
        }
        path if is_global(path) => path,
        path => path.get(depth..).filter(|it| !it.is_empty())?,
    };
    let mut text = format!("{}.Values", root.0);
    for step in own {
        match step {
            Step::Key(key) if is_identifier(key) => {
                text.push('.');
                text.push_str(key);
            }
            Step::Key(key) => text = format!("(index {text} {key:?})"),
            Step::Index(index) => text = format!("(index {text} {index})"),
        }
    }
    Some(text)
}

fn is_identifier(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<Step> {
        text.split('.').map(|it| it.parse().map_or_else(|_| Step::Key(it.into()), Step::Index)).collect()
    }

    #[test]
    fn paths_become_expressions() {
        for (steps, depth, root, want) in [
            ("service.port", 0, "$", Some("$.Values.service.port")),
            ("sub.service.port", 1, "", Some(".Values.service.port")),
            ("global.port", 1, "", Some(".Values.global.port")),
            ("a-b.ports.0.port", 0, "", Some("(index (index .Values \"a-b\").ports 0).port")),
            ("sub", 1, "", None),
        ] {
            assert_eq!(path_expression(&path(steps), depth, &Root(root.into())).as_deref(), want, "{steps}");
        }
    }

    #[test]
    fn files_know_their_chart() {
        assert_eq!(chart_of("charts/a/charts/b/templates/x.yaml"), ["a", "b"]);
        assert!(chart_of("templates/charts/x.yaml").is_empty());
    }
}
