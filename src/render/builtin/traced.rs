//! From marks of rendered files to the provenance of the whole rendering.

use std::collections::HashMap;

use super::assemble::{Assembled, RenderedFile};
use crate::chart::{Step, Template};
use crate::gotemplate::value::Taint;
use crate::gotemplate::{PathStep, Trace};
use crate::render::Provenance;
use crate::render::provenance::Builder;

/// Maps what each part of the rendered files came from onto the text that was made of them.
pub(super) fn provenance(
    assembled: &Assembled,
    rendered: &[RenderedFile],
    trace: &Trace,
    templates: &[(usize, Template)],
) -> Provenance {
    let paths: HashMap<&str, &str> = templates.iter().map(|(_, it)| (&*it.name, it.file.path.as_str())).collect();
    let mut builder = Builder::default();
    let mut sets: HashMap<Taint, u32> = HashMap::new();
    let mut end = 0;
    for piece in &assembled.pieces {
        if piece.start > end {
            builder.push(end, None, 0, 0);
        }
        end = piece.start + piece.len;
        let Some(file) = rendered.get(piece.file) else { continue };
        let from = file.marks.partition_point(|it| it.start as usize <= piece.offset).saturating_sub(1);
        for mark in file.marks[from..].iter().take_while(|it| (it.start as usize) < piece.offset + piece.len) {
            let Some(origin) = trace.origin(mark.origin) else { continue };
            let mut set = |taint: Taint| *sets.entry(taint).or_insert_with(|| builder.set(value_paths(trace, taint)));
            let (reads, control) = (set(origin.taint), set(origin.control));
            // The first mark may begin before the piece: its text is cut.
            let cut = piece.offset.saturating_sub(mark.start as usize);
            let start = piece.start + (mark.start as usize + cut - piece.offset);
            let place = trace.place(origin).and_then(|(name, line, column)| {
                let moved = if origin.is_text { u32::try_from(cut).unwrap_or_default() } else { 0 };
                Some((*paths.get(name)?, line, column + 1 + moved, origin.is_text))
            });
            builder.push(start, place, reads, control);
        }
    }
    if assembled.text.len() > end {
        builder.push(end, None, 0, 0);
    }
    builder.finish(&assembled.text)
}

/// Returns the paths of a set, the more exact ones only: not `image` beside `image.tag`.
fn value_paths(trace: &Trace, taint: Taint) -> Vec<Vec<Step>> {
    let step = |it: PathStep| match it {
        PathStep::Key(key) => Step::Key(key.text().into_owned()),
        PathStep::Index(index) => Step::Index(index),
    };
    let all: Vec<Vec<Step>> = trace.paths(taint).into_iter().map(|path| path.into_iter().map(step).collect()).collect();
    let is_above = |a: &[Step], b: &[Step]| a.len() < b.len() && b.starts_with(a);
    all.iter().filter(|path| !all.iter().any(|it| is_above(path, it))).cloned().collect()
}
