//! From marks of rendered files to the provenance of the whole rendering.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::assemble::{Piece, RenderedFile};
use crate::chart::{Prepared, Step, Template};
use crate::gotemplate::value::{Mark, Taint};
use crate::gotemplate::{PathStep, PathTables, Trace};
use crate::render::Provenance;
use crate::render::provenance::{Builder, Parts, Place};

/// What a rendering leaves behind for those who ask where its parts came from.
struct Traced {
    pieces: Vec<Piece>,
    /// Of each rendered file.
    marks: Vec<Vec<Mark>>,
    trace: Trace,
    templates: Vec<(usize, Template)>,
    /// The keys that lead to the values of each subchart.
    subcharts: Vec<Vec<String>>,
}

/// Maps what each part of the rendered files came from onto the text that was made of them, once somebody asks.
pub(super) fn provenance(
    pieces: Vec<Piece>,
    rendered: Vec<RenderedFile>,
    trace: Trace,
    templates: Vec<(usize, Template)>,
    prepared: &Prepared<'_>,
) -> Provenance {
    let marks = rendered.into_iter().map(|it| it.marks).collect();
    let subcharts = prepared.scopes.iter().filter(|it| !it.is_root).map(|it| it.keys.clone()).collect();
    let traced = Traced { pieces, marks, trace, templates, subcharts };
    Provenance::new(move || traced.parts())
}

impl Traced {
    fn parts(&self) -> Parts {
        let files = self.templates.iter().map(|(_, it)| (&*it.name, it.file.path.as_str())).collect();
        let mut maker = Maker {
            traced: self,
            files,
            tables: PathTables::new(self.trace.paths()),
            sets: HashMap::default(),
            builder: Builder::default(),
        };
        let mut end = 0;
        for piece in &self.pieces {
            if piece.start > end {
                maker.builder.push(end, None, 0, 0);
            }
            end = piece.start + piece.len;
            if let Some(marks) = self.marks.get(piece.file) {
                maker.piece(marks, piece);
            }
        }
        maker.builder.push(end, None, 0, 0);
        maker.builder.finish()
    }
}

struct Maker<'a> {
    traced: &'a Traced,
    /// Files by the names of their templates.
    files: HashMap<&'a str, &'a str, RandomState>,
    tables: PathTables<'a>,
    sets: HashMap<Taint, u32, RandomState>,
    builder: Builder,
}

impl Maker<'_> {
    fn piece(&mut self, marks: &[Mark], piece: &Piece) {
        let end = piece.offset + piece.len;
        let from = marks.partition_point(|it| it.start as usize <= piece.offset).saturating_sub(1);
        for (at, mark) in marks.iter().enumerate().skip(from).take_while(|(_, it)| (it.start as usize) < end) {
            // The first mark may begin before the piece: its text is cut.
            let start = (mark.start as usize).max(piece.offset);
            let mark = mark.cut(start - mark.start as usize, start);
            let behind = marks.get(at + 1).map_or(end, |it| (it.start as usize).min(end));
            self.mark(mark, piece.start + (start - piece.offset), behind.saturating_sub(start));
        }
    }

    /// Adds the parts of a mark whose text begins at `start` of the rendering: one for each line of a template's text.
    fn mark(&mut self, mark: Mark, start: usize, length: usize) {
        let Some(origin) = self.traced.trace.origin(mark) else { return self.builder.push(start, None, 0, 0) };
        let (reads, control) = (self.set(mark.taint()), self.set(origin.control));
        let mut place = self.place(mark);
        self.builder.push(start, place, reads, control);
        let text = self.traced.trace.text(mark);
        let text = text.get(..length).unwrap_or(text);
        for at in memchr::memchr_iter(b'\n', text).map(|it| it + 1).filter(|it| *it < length) {
            place = place.map(|it| Place { line: it.line + 1, column: 1, ..it });
            self.builder.push(start + at, place, reads, control);
        }
    }

    fn place(&mut self, mark: Mark) -> Option<Place> {
        let (name, line, column) = self.traced.trace.place(mark)?;
        let file = self.builder.file(self.files.get(name)?);
        Some(Place { file, line, column: column + 1, is_text: mark.is_text() })
    }

    fn set(&mut self, taint: Taint) -> u32 {
        if let Some(known) = self.sets.get(&taint) {
            return *known;
        }
        let all = self.traced.trace.set(&taint).iter().map(|it| self.tables.path(*it));
        let mut paths: Vec<Vec<PathStep>> = all.map(|path| self.traced.of_root(path)).collect();
        // Values come before what has a root of its own: `.Release.Name`.
        let is_value = |path: &[PathStep]| !matches!(path, [PathStep::Key(root), ..] if root.starts_with(b"."));
        paths.sort_unstable_by(|a, b| is_value(b).cmp(&is_value(a)).then_with(|| a.cmp(b)));
        paths.dedup();
        // The more exact ones only: not `image` beside `image.tag`, which is right behind it.
        let below = paths.iter().skip(1).map(Some).chain([None]);
        let exact = paths.iter().zip(below).filter(|(it, next)| next.is_none_or(|next| !next.starts_with(it)));
        let numbers = exact.map(|(path, _)| self.builder.path(path.iter().map(shown).collect())).collect();
        let set = self.builder.set(numbers);
        self.sets.insert(taint, set);
        set
    }
}

impl Traced {
    /// Returns the path of what is global, whatever chart reads it, as that of the root.
    fn of_root(&self, path: Vec<PathStep>) -> Vec<PathStep> {
        let is_key = |step: &PathStep, key: &str| matches!(step, PathStep::Key(it) if **it == *key.as_bytes());
        let leads = |keys: &&Vec<String>| {
            let rest = path.get(keys.len()).is_some_and(|it| is_key(it, "global"));
            rest && path.iter().zip(keys.iter()).all(|(step, key)| is_key(step, key))
        };
        let found = self.subcharts.iter().find(leads).map_or(0, Vec::len);
        path.into_iter().skip(found).collect()
    }
}

fn shown(step: &PathStep) -> Step {
    match step {
        PathStep::Key(key) => Step::Key(String::from_utf8_lossy(key).into_owned()),
        PathStep::Index(index) => Step::Index(*index),
    }
}
