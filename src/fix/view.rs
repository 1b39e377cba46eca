//! A finding's witness, rendered: which text wrote a field, and which values it was made from.

use super::scan::Scan;
use super::site::{Site, line_of, offset, offset_in_bytes, value_end};
use crate::chart::Step;
use crate::finding::{Finding, Precision};
use crate::graph::Edge;
use crate::kube::{Field, Resource, Subject};
use crate::locate::{Hint, Rendered, locate, steps, walk};
use crate::pipeline::Linked;
use crate::target::{Target, TargetKind};
use crate::yaml::{NodeKind, parse};

/// What writes a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// These bytes, and nothing else.
    Value(Site),
    /// The output of the action that begins there holds it, among other things.
    Within(Site),
}

impl Source {
    pub(super) fn site(&self) -> &Site {
        match self {
            Self::Value(site) | Self::Within(site) => site,
        }
    }
}

/// A rendered case.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) target: &'a Target,
    /// All that was found of the target.
    pub(super) findings: &'a [Finding],
    pub(super) linked: &'a Linked,
}

impl<'a> View<'a> {
    /// Returns a file's text, where it is text.
    pub(super) fn text(&self, file: &str) -> Option<&'a str> {
        std::str::from_utf8(self.target.tree.bytes(file)?).ok()
    }

    /// Returns the edges that a finding is about.
    pub(super) fn edges(&self, finding: &Finding) -> Vec<&'a Edge> {
        let manifest = &self.linked.manifest;
        let same = |it: &&Edge| {
            let subject = it.subject(manifest);
            (&subject.kind, &subject.name) == (&finding.subject.kind, &finding.subject.name)
                && it.reference.field.path == finding.path
        };
        self.linked.graph.edges.iter().filter(same).collect()
    }

    /// Returns the field that a finding is about.
    pub(super) fn field(&self, finding: &Finding) -> Option<Field> {
        let resources = self.linked.manifest.resources.iter().enumerate();
        let same = |subject: &Subject| (&subject.kind, &subject.name) == (&finding.subject.kind, &finding.subject.name);
        let place = finding.rendered.as_ref();
        let found = |(index, resource): (usize, &Resource)| {
            let node = walk(&resource.node, &steps(&finding.path)?)?;
            let field = Field::new(index, finding.path.clone(), node);
            Some(field).filter(|it| place.is_none_or(|place| (it.start.line, it.start.column) == (place.line, place.column)))
        };
        resources.filter(|(_, it)| same(&it.subject)).find_map(found)
    }

    /// Returns what writes a field; `None` where that is not known exactly.
    pub(super) fn source(&self, field: &Field) -> Option<Source> {
        let Linked { text, provenance, manifest, .. } = self.linked;
        let rendered = Rendered { text, provenance: provenance.as_deref() };
        let resource = manifest.resources.get(field.resource)?;
        let place = locate(self.target, rendered, resource, field, Hint::None)?;
        if place.precision != Precision::Exact {
            return None;
        }
        let file = self.target.file_shown_as(&place.file)?.to_owned();
        let source = self.text(&file)?;
        let start = match provenance {
            Some(_) => offset_in_bytes(source, place.line?, place.column?)?,
            None => offset(source, crate::yaml::Place { line: place.line?, column: place.column? })?,
        };
        // A null ends where its key does.
        let start = start + (source[start..].len() - source[start..].trim_start_matches([' ', '\t']).len());
        let start = if self.is_there(field) { behind_key(source, start, last_key(&field.path)) } else { start };
        let end = value_end(&Scan::new(source), start);
        let site = Site { file, start, end };
        Some(if self.is_within(field) { Source::Within(site) } else { Source::Value(site) })
    }

    /// Returns the bytes of a field in the rendering.
    pub(super) fn rendered_at(&self, field: &Field) -> Option<(usize, usize)> {
        let text = &self.linked.text;
        Some((offset(text, field.start)?, offset(text, field.end)?)).filter(|(start, end)| start <= end)
    }

    /// Returns the bytes of a template that wrote some of the rendering, letter by letter.
    pub(super) fn text_site(&self, start: usize, end: usize) -> Option<Site> {
        let Some(provenance) = &self.linked.provenance else { return self.plain_site(start, end) };
        let part = provenance.at(if start == end { start.checked_sub(1)? } else { start })?;
        let file = provenance.file(part)?.to_owned();
        let text = self.text(&file)?;
        let from = offset_in_bytes(text, part.line, part.column)? + start.checked_sub(part.start as usize)?;
        let to = from + (end - start);
        (part.is_text && text.get(from..to)? == &self.linked.text[start..end]).then_some(Site { file, start: from, end: to })
    }

    /// Does so where the rendering is the source.
    fn plain_site(&self, start: usize, end: usize) -> Option<Site> {
        let before = &self.linked.text[..start];
        let line = u32::try_from(before.matches('\n').count() + 1).ok()?;
        let resources = self.linked.manifest.resources.iter();
        let source = resources.filter_map(|it| it.source.as_ref()).filter(|it| it.line <= line).max_by_key(|it| it.line)?;
        let text = self.text(&source.file)?;
        let column = before.len() - before.rfind('\n').map_or(0, |it| it + 1);
        let line = source.line_in_file? + (line - source.line);
        let from = offset_in_bytes(text, line, u32::try_from(column).ok()? + 1)?;
        let to = from + (end - start);
        (text.get(from..to)? == &self.linked.text[start..end]).then(|| Site { file: source.file.clone(), start: from, end: to })
    }

    /// Whether an action's output began before the field.
    fn is_within(&self, field: &Field) -> bool {
        let Some(provenance) = &self.linked.provenance else { return false };
        let Some(start) = provenance.offset(&self.linked.text, field.start.line, field.start.column) else { return true };
        let Some(part) = provenance.at(start) else { return true };
        // A quoted scalar begins with text.
        !part.is_text && (part.start as usize) < start && !self.linked.text[part.start as usize..start].trim().is_empty()
    }

    /// Returns the values that a field was made from, each once: `service`, `port`. Other roots begin with a dot: `.Release`, `Name`.
    pub(super) fn reads(&self, field: &Field) -> Vec<Vec<Step>> {
        let mut out: Vec<Vec<Step>> = Vec::new();
        let Some(provenance) = &self.linked.provenance else { return out };
        let at = |it: crate::yaml::Place| provenance.offset(&self.linked.text, it.line, it.column);
        let (Some(start), Some(end)) = (at(field.start), at(field.end)) else { return out };
        for part in provenance.within(start, end.max(start + 1)) {
            for path in provenance.reads(part) {
                if !out.contains(path) {
                    out.push(path.clone());
                }
            }
        }
        out
    }

    /// Whether a field of the rendering stands under its own key: one that is left out is told at its mapping.
    pub(super) fn is_there(&self, field: &Field) -> bool {
        let key = last_key(&field.path);
        let line = self.linked.text.lines().nth(field.start.line.saturating_sub(1) as usize).unwrap_or_default();
        let before: String = line.chars().take(field.start.column.saturating_sub(1) as usize).collect();
        let before = before.trim_end();
        let quoted = [format!("{key}:"), format!("\"{key}\":"), format!("'{key}':")];
        quoted.iter().any(|it| before.ends_with(it.as_str()))
    }

    /// Returns where a value stands in the values of the chart or of a subchart.
    pub(super) fn value_site(&self, path: &[Step]) -> Option<Site> {
        if self.target.kind != TargetKind::Helm {
            return None;
        }
        let mut folder = String::new();
        let mut found = None;
        for (at, step) in path.iter().enumerate() {
            let file = format!("{folder}values.yaml");
            if let Some((start, end)) = self.text(&file).and_then(|text| scalar(text, &path[at..])) {
                found = found.or(Some(Site { file, start, end }));
            }
            let Step::Key(key) = step else { break };
            folder = format!("{folder}charts/{key}/");
        }
        found
    }
}

/// Returns where the value of a key begins on the line of a byte, near which it should: what passed through `indent` is told
/// some columns too far.
fn behind_key(text: &str, at: usize, key: &str) -> usize {
    let (first, last) = line_of(text, at);
    let is_behind = |at: usize| {
        text[first..at].trim_end().strip_suffix(':').is_some_and(|it| it.trim_end_matches(['"', '\'']).ends_with(key))
    };
    if is_behind(at) {
        return at;
    }
    let values = text[first..last].match_indices(':').map(|(colon, _)| {
        let rest = &text[first + colon + 1..last];
        first + colon + 1 + (rest.len() - rest.trim_start().len())
    });
    values.filter(|it| is_behind(*it)).min_by_key(|it| it.abs_diff(at)).unwrap_or(at)
}

/// Returns the last key of a field's path: `number` of `port.number`.
pub(super) fn last_key(path: &str) -> &str {
    let path = path.strip_suffix("\"]").map_or(path, |it| it.rsplit("[\"").next().unwrap_or(it));
    if path.contains('/') { path } else { path.rsplit('.').next().unwrap_or(path) }
}

/// Returns the bytes of the scalar at a path.
fn scalar(text: &str, path: &[Step]) -> Option<(usize, usize)> {
    let documents = parse(text);
    let root = documents.first()?.root.as_ref()?;
    let node = path.iter().try_fold(root, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Index(index) => node.items().get(*index),
    })?;
    matches!(node.kind, NodeKind::Scalar { .. }).then_some(())?;
    Some((offset(text, node.start)?, offset(text, node.end)?)).filter(|(start, end)| start < end)
}
