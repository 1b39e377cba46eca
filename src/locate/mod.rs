//! From a field of a rendering back to the text that a person edits. Never more exact than is certain.

mod line;
mod path;
mod source;
mod template;

use crate::finding::{Location, Precision};
use crate::kube::{Field, Resource};
use crate::target::{Target, TargetKind};

/// What else is known of a field whose place is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hint {
    #[default]
    None,
    /// It was seen to stay behind when every value moved: a template's expression cannot be its source.
    Literal,
}

/// Returns where a field is written; `None` when not even the file is known.
pub fn locate(target: &Target, resource: &Resource, field: &Field, hint: Hint) -> Option<Location> {
    let source = resource.source.as_ref()?;
    if let Some(line_in_file) = source.line_in_file {
        let line = line_in_file + field.start.line.saturating_sub(source.line);
        return Some(exact(target, &source.file, line, field.start.column));
    }
    let text = target.tree.text(&source.file);
    let place = match target.kind {
        TargetKind::Helm => template::place(&target.tree, resource, field, hint).map(|it| (it.file, it.line, it.column)),
        _ => text.and_then(|text| source::place(&text, resource, field)).map(|at| (source.file.clone(), at.line, at.column)),
    };
    Some(match place {
        Some((file, line, column)) => exact(target, &file, line, column),
        None => Location { file: target.shown(&source.file), line: None, column: None, precision: Precision::File },
    })
}

fn exact(target: &Target, file: &str, line: u32, column: u32) -> Location {
    Location { file: target.shown(file), line: Some(line), column: Some(column), precision: Precision::Exact }
}
