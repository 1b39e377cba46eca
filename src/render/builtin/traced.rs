//! From marks of rendered files to the provenance of the whole rendering.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::assemble::{Assembled, Piece, RenderedFile};
use crate::chart::{Step, Template};
use crate::gotemplate::value::Taint;
use crate::gotemplate::{Origin, PathStep, Trace};
use crate::render::Provenance;
use crate::render::provenance::{Builder, Place};

/// Maps what each part of the rendered files came from onto the text that was made of them.
pub(super) fn provenance(
    assembled: &Assembled,
    rendered: &[RenderedFile],
    trace: &Trace,
    templates: &[(usize, Template)],
) -> Provenance {
    let files = templates.iter().map(|(_, it)| (&*it.name, it.file.path.as_str())).collect();
    let mut maker = Maker { trace, files, sets: HashMap::default(), paths: HashMap::default(), builder: Builder::default() };
    let mut end = 0;
    for piece in &assembled.pieces {
        if piece.start > end {
            maker.builder.push(end, None, 0, 0);
        }
        end = piece.start + piece.len;
        if let Some(file) = rendered.get(piece.file) {
            maker.piece(file, piece);
        }
    }
    if assembled.text.len() > end {
        maker.builder.push(end, None, 0, 0);
    }
    maker.builder.finish(&assembled.text)
}

struct Maker<'a> {
    trace: &'a Trace,
    /// Files by the names of their templates.
    files: HashMap<&'a str, &'a str, RandomState>,
    sets: HashMap<Taint, u32, RandomState>,
    /// The numbers of paths here, by those of the trace.
    paths: HashMap<u32, u32, RandomState>,
    builder: Builder,
}

impl Maker<'_> {
    fn piece(&mut self, file: &RenderedFile, piece: &Piece) {
        let end = piece.offset + piece.len;
        let from = file.marks.partition_point(|it| it.start as usize <= piece.offset).saturating_sub(1);
        for (at, mark) in file.marks.iter().enumerate().skip(from).take_while(|(_, it)| (it.start as usize) < end) {
            let Some(origin) = self.trace.origin(mark.origin) else { continue };
            let (reads, control) = (self.set(origin.taint), self.set(origin.control));
            let mark_start = mark.start as usize;
            // The first mark may begin before the piece: its text is cut.
            let cut = piece.offset.saturating_sub(mark_start);
            let mut start = mark_start + cut;
            let mut place = self.place(origin, if origin.is_text { cut } else { 0 });
            let shown = |start: usize| piece.start + (start - piece.offset);
            self.builder.push(shown(start), place, reads, control);
            if !origin.is_whole {
                continue;
            }
            let behind = file.marks.get(at + 1).map_or(end, |it| (it.start as usize).min(end));
            while let Some(next) = file.text.get(start..behind).and_then(|it| memchr::memchr(b'\n', it)) {
                start += next + 1;
                if start < behind {
                    place = place.map(|it| Place { line: it.line + 1, column: 1, ..it });
                    self.builder.push(shown(start), place, reads, control);
                }
            }
        }
    }

    /// Returns where an origin stands, `cut` bytes behind its start.
    fn place(&mut self, origin: &Origin, cut: usize) -> Option<Place> {
        let cut = u32::try_from(cut).unwrap_or_default();
        // A cut in a text of several lines may be in a later one.
        let (behind, moved) = if origin.is_whole { (cut, 0) } else { (0, cut) };
        let (name, line, column) = self.trace.place(&Origin { pos: origin.pos + behind, ..*origin })?;
        let file = self.builder.file(self.files.get(name)?);
        Some(Place { file, line, column: column + 1 + moved, is_text: origin.is_text })
    }

    fn set(&mut self, taint: Taint) -> u32 {
        if let Some(known) = self.sets.get(&taint) {
            return *known;
        }
        let paths = self.exact_paths(taint);
        let set = self.builder.set(paths);
        self.sets.insert(taint, set);
        set
    }

    /// Returns the paths of a set, the more exact ones only: not `image` beside `image.tag`.
    fn exact_paths(&mut self, taint: Taint) -> Vec<u32> {
        let all = self.trace.paths(&taint);
        let mut above: Vec<u32> = Vec::new();
        if all.len() > 1 {
            for path in all {
                above
                    .extend(std::iter::successors(self.trace.step(*path), |(parent, _)| self.trace.step(*parent)).map(|it| it.0));
            }
            above.sort_unstable();
        }
        let exact: Vec<u32> = all.iter().copied().filter(|path| above.binary_search(path).is_err()).collect();
        exact.into_iter().map(|path| self.path(path)).collect()
    }

    fn path(&mut self, path: u32) -> u32 {
        if let Some(known) = self.paths.get(&path) {
            return *known;
        }
        let steps = std::iter::successors(self.trace.step(path), |(parent, _)| self.trace.step(*parent));
        let mut steps: Vec<Step> = steps.map(|(_, step)| shown(step)).collect();
        steps.reverse();
        let number = self.builder.path(steps);
        self.paths.insert(path, number);
        number
    }
}

fn shown(step: &PathStep) -> Step {
    match step {
        PathStep::Key(key) => Step::Key(key.text().into_owned()),
        PathStep::Index(index) => Step::Index(*index),
    }
}
