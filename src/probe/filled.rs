//! What a discovered case sets: switches of the chart's own, and what was made up, which is never blamed on the chart.

use serde_json::Value as Json;

use super::reads::Path;
use crate::chart::{Step, helm_path, shown_path};
use crate::finding::{Finding, Related, RenderedPlace};
use crate::matrix::{Input, SetArg};
use crate::pipeline::Linked;
use crate::render::{Part, Provenance};
use crate::target::Target;

/// The rule that speaks of values that are no ports.
pub(super) const MALFORMED: &str = "malformed-port";

/// A value at a path.
pub(super) type Change = (Path, Json);

/// What was made up.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled {
    pub(super) changes: Vec<Change>,
    pub(super) apis: Vec<String>,
}

impl Filled {
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.apis.is_empty()
    }

    /// Adds or replaces a value.
    pub(super) fn set(&mut self, path: Path, value: Json) {
        match self.changes.iter_mut().find(|it| it.0 == path) {
            Some(known) => known.1 = value,
            None => self.changes.push((path, value)),
        }
    }

    /// Returns a label with what was made up.
    pub(super) fn described(&self, label: &str) -> String {
        let mut parts: Vec<String> = Vec::from_iter((!label.is_empty()).then(|| label.to_owned()));
        match &self.changes[..] {
            [] => {}
            [(path, _)] => parts.push(format!("{} filled", shown_path(path))),
            [(path, _), rest @ ..] => parts.push(format!("{} and {} more filled", shown_path(path), rest.len())),
        }
        match &self.apis[..] {
            [] => {}
            [api] => parts.push(format!("with {api}")),
            [api, rest @ ..] => parts.push(format!("with {api} and {} more", rest.len())),
        }
        parts.join(", ")
    }

    /// Adds what was made up to an input.
    pub(super) fn onto(&self, input: &Input) -> Input {
        let mut input = input.with_sets(sets(self.changes.clone()));
        input.api_versions.extend(self.apis.iter().filter(|it| !input.api_versions.contains(it)).cloned().collect::<Vec<_>>());
        input
    }

    /// Whether a finding is about what was made up, and not about the chart: its value was made up, and what it should have
    /// met was not, or not there.
    pub(super) fn is_blamed(&self, finding: &Finding, linked: &Linked, target: &Target) -> bool {
        if self.changes.is_empty() {
            return false;
        }
        let Some(place) = finding.rendered.as_ref().filter(|_| linked.provenance.is_some()) else {
            // A number that fits may be the chart's own as well.
            let is_telling = finding.value.is_string() || finding.rule == MALFORMED;
            return finding.value.is_null() || (is_telling && self.changes.iter().any(|it| holds(&it.1, &finding.value)));
        };
        let Some(own) = self.made(place, &finding.value, linked).next() else {
            return self.is_made_of_nothing(finding, place, linked, target);
        };
        // A list that feeds both ends, which disagree.
        let other =
            |it: &Related| it.rendered.as_ref().is_some_and(|place| self.made(place, &it.value, linked).any(|it| it == own));
        !finding.related.iter().any(other)
    }

    /// Whether a value that is there because of what was made up came from no value: a key or an index of it, or what it lacks.
    fn is_made_of_nothing(&self, finding: &Finding, place: &RenderedPlace, linked: &Linked, target: &Target) -> bool {
        let Some(provenance) = &linked.provenance else { return false };
        // What is missing left no part: what stands before it is of the same element.
        let column = place.column.saturating_sub(u32::from(finding.value.is_null())).max(1);
        let parts = parts_of(linked, &RenderedPlace { column, ..place.clone() });
        let is_literal = !finding.value.is_null() && parts.first().is_some_and(|it| it.is_text);
        let made = |path: &Path| self.changes.iter().any(|it| path.starts_with(&it.0));
        let reads_chart = || finding.value.is_null() && parts.first().is_some_and(|it| reads_chart(it, provenance, target));
        (finding.value.is_null() || finding.rule == MALFORMED)
            && !is_literal
            && !reads_chart()
            && parts.iter().all(|it| provenance.reads(it).next().is_none())
            && parts.iter().any(|it| provenance.control(it).any(made))
    }

    /// Returns what was made up and stands at a place of the rendering, up to the end of a value.
    fn made<'a>(&'a self, place: &RenderedPlace, value: &Json, linked: &'a Linked) -> impl Iterator<Item = &'a Path> + use<'a> {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let parts = parts_up_to(linked, place, Some(&value));
        let read: Vec<&Path> = linked.provenance.iter().flat_map(|it| parts.iter().flat_map(|part| it.reads(part))).collect();
        self.changes.iter().map(|it| &it.0).filter(move |path| read.iter().any(|read| read.starts_with(path)))
    }
}

/// Whether the action behind a part of a template's text reads a value by its whole path, itself or through a variable: what is made
/// up has nothing to do with it.
fn reads_chart(part: &Part, provenance: &Provenance, target: &Target) -> bool {
    let text = provenance.file(part).and_then(|it| target.tree.text(it));
    let Some(text) = text.filter(|_| part.is_text) else { return false };
    let line = text.lines().nth(part.line.saturating_sub(1) as usize).unwrap_or_default();
    let action = line.rsplit("{{").next().filter(|it| it.contains("}}")).unwrap_or_default();
    let is_read = |it: &str| it.contains(".Values.") && !it.contains("range");
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let variables =
        action.split('$').skip(1).map(|it| it.split(|c| !word(c)).next().unwrap_or_default()).filter(|it| !it.is_empty());
    is_read(action) || variables.into_iter().any(|name| text.lines().any(|it| it.contains(&format!("${name} :=")) && is_read(it)))
}

/// Whether a value is another one, or stands somewhere in it.
fn holds(value: &Json, wanted: &Json) -> bool {
    match value {
        Json::Array(items) => items.iter().any(|it| holds(it, wanted)),
        Json::Object(entries) => entries.values().any(|it| holds(it, wanted)),
        value => !value.is_boolean() && value == wanted,
    }
}

/// Returns the values that the rest of a line was made from.
pub(super) fn reads_of<'a>(linked: &'a Linked, place: &RenderedPlace) -> Vec<&'a Path> {
    let parts = parts_of(linked, place);
    linked.provenance.iter().flat_map(|it| parts.iter().flat_map(|part| it.reads(part))).collect()
}

/// Returns the parts of a line from a place on.
pub(super) fn parts_of<'a>(linked: &'a Linked, place: &RenderedPlace) -> &'a [Part] {
    parts_up_to(linked, place, None)
}

/// Returns the parts of a line from a place on, up to the end of a text if that is there.
fn parts_up_to<'a>(linked: &'a Linked, place: &RenderedPlace, text: Option<&str>) -> &'a [Part] {
    let Some(provenance) = &linked.provenance else { return &[] };
    let Some(start) = provenance.offset(&linked.text, place.line, place.column) else { return &[] };
    let end = linked.text[start..].find('\n').map_or(linked.text.len(), |end| start + end);
    let end = text.and_then(|it| Some(start + linked.text[start..end].find(it)? + it.len())).unwrap_or(end);
    provenance.within(start, end.max(start + 1))
}

/// Writes changed values as helm arguments that keep their types: `--set` would make int64 of a number.
pub(super) fn sets(changes: Vec<Change>) -> Vec<SetArg> {
    changes.into_iter().map(|(path, value)| SetArg::typed(&helm_path(&path), &value)).collect()
}

/// Names a list of changes for people.
pub(super) fn label(changes: &[Change]) -> String {
    let one = |(path, value): &Change| match value {
        Json::String(text) => format!("{}={text}", shown_path(path)),
        value => format!("{}={value}", shown_path(path)),
    };
    match changes {
        [a] => one(a),
        [a, b] => format!("{}, {}", one(a), one(b)),
        [a, rest @ ..] => format!("{} and {} more", one(a), rest.len()),
        [] => String::new(),
    }
}

/// Whether templates take a value for true.
pub(super) fn is_true(value: Option<&Json>) -> bool {
    match value {
        None | Some(Json::Null) => false,
        Some(Json::Bool(it)) => *it,
        Some(Json::Number(it)) => it.as_f64() != Some(0.0),
        Some(Json::String(it)) => !it.is_empty(),
        Some(Json::Array(it)) => !it.is_empty(),
        Some(Json::Object(it)) => !it.is_empty(),
    }
}

/// Whether a path says an element of no list in particular.
pub(super) fn is_general(path: &[Step]) -> bool {
    path.iter().any(|it| matches!(it, Step::Index(_)))
}
