//! From a field of a rendering back to the text that a person edits. Never more exact than is certain.

mod layers;
mod line;
mod path;
pub(crate) use path::{Step, steps, walk};
mod template;

use serde_json::Value as Json;

use self::layers::Written;
use crate::finding::{Location, Precision};
use crate::kube::{Field, Resource};
use crate::render::Provenance;
use crate::target::{Target, TargetKind};

/// What else is known of a field whose place is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hint {
    #[default]
    None,
    /// It was seen to stay behind when every value moved: a template's expression cannot be its source.
    Literal,
}

/// A rendering, and where its parts came from, if that is known.
#[derive(Debug, Clone, Copy)]
pub struct Rendered<'a> {
    pub text: &'a str,
    pub provenance: Option<&'a Provenance>,
}

/// Returns where a field is written; `None` when not even the file is known.
pub fn locate(target: &Target, rendered: Rendered<'_>, resource: &Resource, field: &Field, hint: Hint) -> Option<Location> {
    if let Some(location) = rendered.provenance.and_then(|it| traced(target, rendered.text, it, field)) {
        return Some(location);
    }
    let source = resource.source.as_ref()?;
    if let Some(line_in_file) = source.line_in_file {
        let line = line_in_file + field.start.line.saturating_sub(source.line);
        return Some(exact(target, &source.file, line, field.start.column));
    }
    let place = match target.kind {
        TargetKind::Helm => template::place(&target.tree, resource, field, hint).map(|it| (it.file, it.line, it.column)),
        _ => layers(target, resource, field).map(|(_, last)| (last.file, last.place.line, last.place.column)),
    };
    Some(match place {
        Some((file, line, column)) => exact(target, &file, line, column),
        None => Location { file: target.shown(&source.file), line: None, column: None, precision: Precision::File },
    })
}

/// Returns where a kustomization's field got its value, and what was written before that wins no more.
fn layers(target: &Target, resource: &Resource, field: &Field) -> Option<(Vec<Written>, Written)> {
    let mut all = layers::written(&target.tree, resource, field);
    all.truncate(all.iter().rposition(|it| it.value == field.value)? + 1);
    all.pop().map(|last| (all, last))
}

/// What a field was before a kustomization's patch or generator changed it, and where that is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Former {
    pub value: Json,
    pub location: Location,
    /// Path in the target's tree of the file that changed it.
    pub changed_in: String,
}

/// Returns what a field was before it was changed, if it was.
pub fn former(target: &Target, resource: &Resource, field: &Field) -> Option<Former> {
    let (before, last) = layers(target, resource, field)?;
    let it = before.into_iter().rfind(|it| it.value != last.value)?;
    let location = exact(target, &it.file, it.place.line, it.place.column);
    Some(Former { value: it.value, location, changed_in: last.file })
}

/// Returns the template's text or action that wrote a field.
///
/// What is written by several, as a name is by a helper, is told where the template calls them: behind the text before it.
fn traced(target: &Target, text: &str, provenance: &Provenance, field: &Field) -> Option<Location> {
    let start = provenance.offset(text, field.start.line, field.start.column)?;
    let end = provenance.offset(text, field.end.line, field.end.column).unwrap_or(start).max(start + 1);
    let is_literal = matches!(provenance.within(start, end), [part] if part.is_text);
    let before = start.checked_sub(1).and_then(|it| provenance.at(it));
    let before = before.filter(|it| it.is_text && !is_literal && !text[it.start as usize..start].contains('\n'));
    let part = before.or_else(|| provenance.at(start))?;
    let moved = if part.is_text { u32::try_from(start - part.start as usize).unwrap_or_default() } else { 0 };
    Some(exact(target, provenance.file(part)?, part.line, part.column + moved))
}

fn exact(target: &Target, file: &str, line: u32, column: u32) -> Location {
    Location { file: target.shown(file), line: Some(line), column: Some(column), precision: Precision::Exact }
}
