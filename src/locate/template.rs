//! Places in templates, found by text: the lines of the template that `# Source:` names, and of what it includes, that could
//! have written a field. Only when one line is left is its place told.

use std::collections::BTreeSet;

use super::Hint;
use super::source::walk;
use crate::kube::{Field, Resource};
use crate::source::SourceTree;

/// A line of a template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) file: String,
    pub(super) line: u32,
    /// Where the value begins.
    pub(super) column: u32,
}

/// A stretch of a template file: lines `from..to`, 0-based.
struct Region {
    file: String,
    lines: Vec<String>,
    offset: usize,
    /// A `define`: its parents are elsewhere.
    part: bool,
}

/// `key: rest` of a line.
#[derive(Debug, Clone, Copy)]
struct Pair<'a> {
    /// Column of the key, 0-based.
    indent: usize,
    /// Column of the first dash before it.
    dash: Option<usize>,
    key: &'a str,
    rest: &'a str,
    rest_at: usize,
}

/// Finds the one line that can have written the field.
pub(super) fn place(tree: &SourceTree, resource: &Resource, field: &Field, hint: Hint) -> Option<At> {
    let file = &resource.source.as_ref()?.file;
    let wanted = Wanted::new(resource, field);
    let mut found: Vec<(bool, At)> = Vec::new();
    for region in regions(tree, file)? {
        found.extend(wanted.candidates(&region));
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    found.dedup_by(|a, b| a.1 == b.1);
    if hint == Hint::Literal {
        found.retain(|(literal, _)| *literal);
    }
    match found.as_slice() {
        [(_, at)] => Some(at.clone()),
        _ => None,
    }
}

/// Returns the template itself and every `define` that it includes, directly or not.
fn regions(tree: &SourceTree, file: &str) -> Option<Vec<Region>> {
    let text = tree.text(file)?;
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let defines = defines(tree);
    let mut queue = included(&lines);
    let mut seen = BTreeSet::new();
    let mut regions = vec![Region { file: file.to_owned(), lines, offset: 0, part: false }];
    while let Some(name) = queue.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        for (defined, file, offset, lines) in &defines {
            if *defined == name {
                queue.extend(included(lines));
                regions.push(Region { file: file.clone(), lines: lines.clone(), offset: *offset, part: true });
            }
        }
    }
    Some(regions)
}

/// Returns the names in `include "x"` and `template "x"`.
fn included(lines: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    for line in lines {
        for word in ["include ", "template "] {
            for part in line.split(word).skip(1) {
                names.extend(part.trim_start().strip_prefix('"').and_then(|it| it.split('"').next()).map(str::to_owned));
            }
        }
    }
    names
}

/// Returns every `define` of the chart and its subcharts: name, file, first line (0-based), lines.
fn defines(tree: &SourceTree) -> Vec<(String, String, usize, Vec<String>)> {
    let mut all = Vec::new();
    for path in tree.paths().filter(|it| it.ends_with(".tpl") || it.ends_with(".yaml") || it.ends_with(".yml")) {
        if !path.split('/').any(|it| it == "templates") {
            continue;
        }
        let text = tree.text(path).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let starts: Vec<(usize, &str)> = lines.iter().enumerate().filter_map(|(i, it)| Some((i, define_name(it)?))).collect();
        for (n, (start, name)) in starts.iter().enumerate() {
            let end = starts.get(n + 1).map_or(lines.len(), |(next, _)| *next);
            let body = lines[*start..end].iter().map(|&it| it.to_owned()).collect();
            all.push(((*name).to_owned(), path.to_owned(), *start, body));
        }
    }
    all
}

fn define_name(line: &str) -> Option<&str> {
    let at = line.find("define \"")?;
    line[..at].trim_end().trim_end_matches('-').ends_with("{{").then(|| line[at + 8..].split('"').next())?
}

/// What a line must look like.
struct Wanted<'a> {
    kind: &'a str,
    /// Keys from the field outwards.
    keys: Vec<&'a str>,
    /// Texts that the line may hold as a literal; `None`: a collection.
    literal: Option<String>,
    /// `name` of the list element that the field is in.
    element: Option<String>,
}

impl<'a> Wanted<'a> {
    fn new(resource: &'a Resource, field: &'a Field) -> Self {
        let keys = field.path.split('.').rev().map(|it| it.split('[').next().unwrap_or(it)).collect();
        let element = field.path.rfind(']').and_then(|end| walk(&resource.node, &field.path[..=end]));
        let element = element.and_then(|it| it.get("name")).and_then(|it| it.str()).map(str::to_owned);
        let literal = (!field.value.is_null()).then(|| field.text());
        Self { kind: &resource.subject.kind, keys, literal, element }
    }

    /// Returns the lines that fit, each with whether it is a literal.
    fn candidates(&self, region: &Region) -> Vec<(bool, At)> {
        let pairs: Vec<Option<Pair<'_>>> = region.lines.iter().map(|it| pair(it)).collect();
        let mut found = Vec::new();
        for (index, it) in pairs.iter().enumerate() {
            let Some(it) = it else { continue };
            if it.key != self.keys[0] || !self.fits(it.rest) || !self.in_kind(&pairs[..index], region.part) {
                continue;
            }
            if self.parents(&pairs[..index], it, region.part) && self.in_element(&pairs, index) {
                let line = u32::try_from(region.offset + index + 1).unwrap_or(u32::MAX);
                let column = u32::try_from(it.rest_at + 1).unwrap_or(u32::MAX);
                found.push((!it.rest.contains("{{"), At { file: region.file.clone(), line, column }));
            }
        }
        found
    }

    fn fits(&self, rest: &str) -> bool {
        if rest.contains("{{") {
            return true;
        }
        let rest = rest.split(" #").next().unwrap_or(rest).trim();
        match &self.literal {
            None => rest.is_empty() || rest.starts_with('#') || rest == "null" || rest == "~",
            Some(text) => rest.trim_matches(['"', '\'']) == text,
        }
    }

    /// The nearest literal `kind:` above, at the top level, must be the object's.
    fn in_kind(&self, above: &[Option<Pair<'_>>], part: bool) -> bool {
        let kind = above.iter().rev().flatten().find(|it| it.key == "kind" && it.indent == 0);
        kind.is_none_or(|it| part || it.rest.contains("{{") || it.rest.trim().trim_matches(['"', '\'']) == self.kind)
    }

    /// The keys above, by indentation, must be the field's parents.
    fn parents(&self, above: &[Option<Pair<'_>>], from: &Pair<'_>, part: bool) -> bool {
        let mut at = *from;
        let mut keys = self.keys.iter().skip(1);
        for it in above.iter().rev().flatten() {
            let deeper = match at.dash {
                Some(dash) => it.indent > dash || (it.indent == dash && it.dash.is_some()),
                None => it.indent >= at.indent,
            };
            if deeper {
                // A sibling that opens the list element that both are in.
                if at.dash.is_none() && it.indent == at.indent && it.dash.is_some() {
                    at.dash = it.dash;
                }
                continue;
            }
            match keys.next() {
                Some(key) if it.key == *key => at = *it,
                Some(_) => return part,
                None => return true,
            }
        }
        true
    }

    /// A literal `name:` beside the line must be that of the element.
    fn in_element(&self, pairs: &[Option<Pair<'_>>], index: usize) -> bool {
        let (Some(element), Some(at)) = (&self.element, pairs[index]) else { return true };
        let above = pairs[..=index].iter().rev().flatten();
        let below = pairs[index + 1..].iter().flatten();
        let same = |it: &&Pair<'_>| it.indent == at.indent;
        let up = {
            let mut ended = false;
            above
                .take_while(|it| it.indent >= at.indent)
                .filter(same)
                .take_while(move |it| !std::mem::replace(&mut ended, it.dash.is_some()))
                .find(|it| it.key == "name")
        };
        let down = below
            .take_while(|it| it.indent > at.indent || (it.indent == at.indent && it.dash.is_none()))
            .filter(same)
            .find(|it| it.key == "name");
        up.or(down).is_none_or(|it| it.rest.contains("{{") || it.rest.trim().trim_matches(['"', '\'']) == element)
    }
}

/// Reads a line as `key: rest`, with dashes before it; a line of only template actions is none.
fn pair(line: &str) -> Option<Pair<'_>> {
    let mut at = line.len() - line.trim_start().len();
    let mut dash = None;
    while line[at..].starts_with("- ") {
        dash = dash.or(Some(at));
        at += 2 + (line[at + 2..].len() - line[at + 2..].trim_start().len());
    }
    let rest = &line[at..];
    if rest.starts_with('#') {
        return None;
    }
    let end = rest.find(':')?;
    let key = rest[..end].trim_matches(['"', '\'']);
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let behind = &rest[end + 1..];
    if key.is_empty() || !key.chars().all(legal) || !(behind.is_empty() || behind.starts_with([' ', '\t'])) {
        return None;
    }
    let space = behind.len() - behind.trim_start().len();
    Some(Pair { indent: at, dash, key, rest: behind.trim(), rest_at: at + end + 1 + space })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::{Manifest, SourceRef, read};
    use crate::yaml::parse;

    const TEMPLATE: &str = "{{- if .Values.ingress.enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
spec:
  rules:
    - http:
        paths:
          - path: /
            backend:
              service:
                name: {{ .Release.Name }}
                port:
                  number: 80
          {{- range .Values.extra }}
          - path: {{ .path }}
            backend:
              service:
                name: other
                port:
                  number: {{ .port }}
          {{- end }}
{{- end }}
";

    fn manifest(text: &str) -> Manifest {
        let source = SourceRef { file: "templates/ingress.yaml".into(), line: 1, line_in_file: None };
        read(parse(text), "default", &|_| Some(source.clone()))
    }

    fn find(path: &str, hint: Hint) -> Option<(u32, u32)> {
        let mut tree = SourceTree::default();
        tree.insert("templates/ingress.yaml", TEMPLATE.as_bytes());
        let rendered = "kind: Ingress\nspec:\n  rules:\n  - http:\n      paths:\n      - path: /\n        backend:\n          service:\n            name: x\n            port:\n              number: 80\n";
        let manifest = manifest(rendered);
        let resource = &manifest.resources[0];
        let field = Field::new(0, path, walk(&resource.node, path).unwrap());
        place(&tree, resource, &field, hint).map(|it| (it.line, it.column))
    }

    #[test]
    fn two_lines_that_fit_are_not_certain_until_one_is_known_to_be_a_literal() {
        let path = "spec.rules[0].http.paths[0].backend.service.port.number";
        assert_eq!(find(path, Hint::None), None);
        assert_eq!(find(path, Hint::Literal), Some((13, 27)));
    }

    #[test]
    fn parents_must_fit() {
        assert!(pair("{{- if .Values.x }}").is_none());
        assert_eq!(pair("  - name: http").map(|it| (it.indent, it.dash, it.key, it.rest)), Some((4, Some(2), "name", "http")));
    }
}
