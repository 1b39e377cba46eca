//! Places in templates, found by text: the lines of the template that `# Source:` names, and of what it includes, that could
//! have written a field. Only when one line is left is its place told.

use std::collections::BTreeSet;

use super::Hint;
use super::line::{Pair, emits, flow, lines, pair};
use super::path::{Step, steps, walk};
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

/// All stretches that can have written a file's documents.
struct Regions(Option<Vec<Region>>);

/// Every `define` of a tree: name, file, first line (0-based), lines.
struct Defines(Vec<(String, String, usize, Vec<String>)>);

/// Finds the one line that can have written the field.
pub(super) fn place(tree: &SourceTree, resource: &Resource, field: &Field, hint: Hint) -> Option<At> {
    let file = &resource.source.as_ref()?.file;
    let wanted = Wanted::new(resource, field)?;
    let mut found: Vec<(bool, At)> = Vec::new();
    let regions = tree.derived(file, || Regions(regions(tree, file)));
    for region in regions.0.as_ref()? {
        let pairs: Vec<Option<Pair<'_>>> = region.lines.iter().map(|it| pair(it)).collect();
        if wanted.opaque(region, &pairs, hint) {
            return None;
        }
        found.extend(wanted.candidates(region, &pairs));
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
    let lines = lines(&text);
    let defines = tree.derived("", || Defines(defines(tree)));
    let mut queue = included(&lines);
    let mut seen = BTreeSet::new();
    let mut regions = documents(file, &lines);
    while let Some(name) = queue.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        for (defined, file, offset, lines) in &defines.0 {
            if *defined == name {
                queue.extend(included(lines));
                regions.push(Region { file: file.clone(), lines: lines.clone(), offset: *offset, part: true });
            }
        }
    }
    Some(regions)
}

/// Splits a template at its `---`.
fn documents(file: &str, lines: &[String]) -> Vec<Region> {
    let mut offset = 0;
    let mut regions = Vec::new();
    for lines in lines.split(|it| it.starts_with("---")) {
        regions.push(Region { file: file.to_owned(), lines: lines.to_vec(), offset, part: false });
        offset += lines.len() + 1;
    }
    regions
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
    for path in tree.paths().filter(|it| matches!(it.rsplit('.').next(), Some("tpl" | "yaml" | "yml"))) {
        if !path.split('/').any(|it| it == "templates") {
            continue;
        }
        let text = tree.text(path).unwrap_or_default();
        let lines = lines(&text);
        let starts: Vec<(usize, &str)> = lines.iter().enumerate().filter_map(|(i, it)| Some((i, define_name(it)?))).collect();
        for (n, (start, name)) in starts.iter().enumerate() {
            let end = starts.get(n + 1).map_or(lines.len(), |(next, _)| *next);
            let body = lines[*start..end].to_vec();
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
    /// The object is an item of a `List`.
    in_list: bool,
    /// Keys from the field outwards.
    keys: Vec<&'a str>,
    /// Texts that the line may hold as a literal; `None`: a collection.
    literal: Option<String>,
    number: bool,
    /// `name` of the list element that the field is in.
    element: Option<String>,
}

impl<'a> Wanted<'a> {
    fn new(resource: &'a Resource, field: &'a Field) -> Option<Self> {
        let steps = steps(&field.path)?;
        let key = |it: &Step<'a>| match it {
            Step::Key(key) => Some(*key),
            Step::Index(_) => None,
        };
        let keys: Vec<&str> = steps.iter().rev().filter_map(key).collect();
        let element = steps.iter().rposition(|it| matches!(it, Step::Index(_)));
        let element = element.and_then(|it| walk(&resource.node, &steps[..=it])?.get("name")?.str());
        let literal = (!field.value.is_null()).then(|| field.text());
        let in_list = !resource.prefix.is_empty();
        // The element itself is no line.
        let ends_in_key = matches!(steps.last(), Some(Step::Key(_)));
        ends_in_key.then(|| Self {
            kind: &resource.subject.kind,
            in_list,
            keys,
            literal,
            number: field.value.is_number(),
            element: element.map(str::to_owned),
        })
    }

    /// Whether something that cannot be seen through may write the field: `ports: [{ port: 80 }]`, `{{ toYaml .Values.ports }}`.
    fn opaque(&self, region: &Region, pairs: &[Option<Pair<'_>>], hint: Hint) -> bool {
        let literal = hint == Hint::Literal;
        (0..pairs.len()).any(|index| {
            let line = &region.lines[index];
            if let Some(it) = &pairs[index] {
                return hides(it.value(), literal) && self.is_above(it, pairs, index, region.part);
            }
            let indent = flow(line).or_else(|| emits(line).filter(|_| !literal));
            indent.is_some_and(|it| self.is_inside(it, pairs, index, region.part))
        })
    }

    /// Whether what stands at an indentation is in something that the field is in.
    fn is_inside(&self, indent: usize, pairs: &[Option<Pair<'_>>], index: usize, part: bool) -> bool {
        let holds = |it: &Pair<'_>| it.indent < indent || (it.indent == indent && it.dash.is_none() && it.value().is_empty());
        let parent = (0..index).rev().find_map(|above| pairs[above].filter(holds).map(|it| (above, it)));
        parent.map_or(!part, |(above, it)| self.is_above(&it, pairs, above, part))
    }

    /// Whether a line's key is one that the field is below.
    fn is_above(&self, it: &Pair<'_>, pairs: &[Option<Pair<'_>>], index: usize, part: bool) -> bool {
        let mut levels = (1..self.keys.len()).filter(|level| self.keys[*level] == it.key);
        levels.any(|level| self.parents(&pairs[..index], it, level, part)) && self.in_kind(pairs, index, part)
    }

    /// Returns the lines that fit, each with whether it is a literal.
    fn candidates(&self, region: &Region, pairs: &[Option<Pair<'_>>]) -> Vec<(bool, At)> {
        let mut found = Vec::new();
        for (index, it) in pairs.iter().enumerate() {
            let Some(it) = it else { continue };
            if it.key != self.keys[0] || !self.fits(it) || !self.in_kind(pairs, index, region.part) {
                continue;
            }
            if self.parents(&pairs[..index], it, 0, region.part) && self.in_element(pairs, index) {
                let line = u32::try_from(region.offset + index + 1).unwrap_or(u32::MAX);
                let column = u32::try_from(it.rest_at + 1).unwrap_or(u32::MAX);
                found.push((!it.rest.contains("{{"), At { file: region.file.clone(), line, column }));
            }
        }
        found
    }

    fn fits(&self, it: &Pair<'_>) -> bool {
        if it.rest.contains("{{") {
            return true;
        }
        let value = it.value();
        match &self.literal {
            None => matches!(value, "" | "null" | "~"),
            Some(_) if self.number && value.starts_with(['"', '\'']) => false,
            Some(text) => value.trim_matches(['"', '\'']) == text,
        }
    }

    /// The nearest literal `kind:` at the top level, above or else below in the same document, must be the object's.
    fn in_kind(&self, pairs: &[Option<Pair<'_>>], index: usize, part: bool) -> bool {
        let is_kind = |it: &&Pair<'_>| it.key == "kind" && (it.indent == 0 || self.in_list);
        let kind = pairs[..index].iter().rev().flatten().find(is_kind).or_else(|| pairs[index..].iter().flatten().find(is_kind));
        kind.is_none_or(|it| part || it.rest.contains("{{") || it.value().trim_matches(['"', '\'']) == self.kind)
    }

    /// The keys above a line that stands for `keys[level]` must be the field's, by indentation, up to the object.
    fn parents(&self, above: &[Option<Pair<'_>>], from: &Pair<'_>, level: usize, part: bool) -> bool {
        let mut at = *from;
        let mut keys = self.keys.iter().skip(level + 1);
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
                Some(_) => return false,
                None => return part || self.in_list,
            }
        }
        part || keys.next().is_none()
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
        up.or(down).is_none_or(|it| it.rest.contains("{{") || it.value().trim_matches(['"', '\'']) == element)
    }
}

/// Whether a key's value may hold more keys that are not to be seen.
fn hides(value: &str, literal: bool) -> bool {
    if value.starts_with("{{") {
        return !literal && emits(value).is_some();
    }
    value.starts_with(['{', '[', '*']) && !matches!(value, "{}" | "[]")
}

#[cfg(test)]
mod tests;
