//! Where each part of a rendering came from: the template, the values that it was made from, and those that decided about it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, OnceLock};

use crate::chart::Step;

/// A path below the root of all values.
pub type ValuePath = Vec<Step>;

/// Where the parts of a rendering came from: worked out when somebody asks.
pub struct Provenance {
    parts: LazyLock<Parts, Make>,
    /// The first byte of each line of the rendering.
    lines: OnceLock<Vec<u32>>,
}

type Make = Box<dyn FnOnce() -> Parts + Send>;

/// All parts of a rendering.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Parts {
    /// Template files, relative to the target's tree.
    files: Vec<String>,
    paths: Vec<ValuePath>,
    /// Sets of paths.
    sets: Vec<Vec<u32>>,
    /// In ascending order of `start`; a part reaches to the start of the next one.
    list: Vec<Part>,
}

/// A part of a rendering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its first byte in the rendering.
    pub start: u32,
    /// The file that it came from; `None` where Helm wrote it itself.
    file: Option<u32>,
    /// Line and column (bytes) of the template text or of the action, both 1-based.
    pub line: u32,
    pub column: u32,
    /// Whether it is the template's own text, letter by letter.
    pub is_text: bool,
    reads: u32,
    control: u32,
}

/// Where a part of a rendering came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The number of the file.
    pub(super) file: u32,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) is_text: bool,
}

/// Gathers parts, each file, path and set once.
#[derive(Debug, Default)]
pub(super) struct Builder {
    out: Parts,
    files: HashMap<String, u32>,
    paths: HashMap<ValuePath, u32>,
    sets: HashMap<Vec<u32>, u32>,
}

impl Provenance {
    /// Makes one of what finds out the parts.
    pub(super) fn new(parts: impl FnOnce() -> Parts + Send + 'static) -> Self {
        Self { parts: LazyLock::new(Box::new(parts)), lines: OnceLock::new() }
    }

    /// Returns the byte of the rendering, which is `text`, at a line and column (1-based, in characters).
    pub fn offset(&self, text: &str, line: u32, column: u32) -> Option<usize> {
        let lines = self.lines.get_or_init(|| {
            std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| number(at + 1))).collect()
        });
        let start = *lines.get((line as usize).checked_sub(1)?)? as usize;
        let rest = text.get(start..)?;
        let before = rest.char_indices().nth((column as usize).saturating_sub(1));
        Some(start + before.map_or(rest.len(), |(at, _)| at))
    }

    /// Returns the part that the byte at `offset` is in.
    pub fn at(&self, offset: usize) -> Option<&Part> {
        let behind = self.parts.list.partition_point(|it| it.start as usize <= offset);
        self.parts.list.get(behind.checked_sub(1)?)
    }

    /// Returns the parts that overlap `start..end` (bytes).
    pub fn within(&self, start: usize, end: usize) -> &[Part] {
        let first = self.parts.list.partition_point(|it| it.start as usize <= start).saturating_sub(1);
        let behind = self.parts.list.partition_point(|it| (it.start as usize) < end);
        self.parts.list.get(first..behind).unwrap_or(&[])
    }

    /// Returns all parts, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts.list
    }

    /// Returns a part's file, relative to the target's tree.
    pub fn file(&self, part: &Part) -> Option<&str> {
        self.parts.files.get(part.file? as usize).map(String::as_str)
    }

    /// Returns the values that a part was made from.
    pub fn reads(&self, part: &Part) -> impl Iterator<Item = &ValuePath> {
        self.set(part.reads)
    }

    /// Returns the values that decided whether a part is there, or how often.
    pub fn control(&self, part: &Part) -> impl Iterator<Item = &ValuePath> {
        self.set(part.control)
    }

    fn set(&self, set: u32) -> impl Iterator<Item = &ValuePath> {
        let set = self.parts.sets.get(set as usize).map_or(&[][..], |it| it);
        set.iter().filter_map(|path| self.parts.paths.get(*path as usize))
    }
}

impl Default for Provenance {
    fn default() -> Self {
        Self::new(Parts::default)
    }
}

impl PartialEq for Provenance {
    fn eq(&self, other: &Self) -> bool {
        *self.parts == *other.parts
    }
}

impl Eq for Provenance {}

impl fmt::Debug for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provenance").field("parts", &*self.parts).finish_non_exhaustive()
    }
}

impl Builder {
    /// Adds the next part.
    pub(super) fn push(&mut self, start: usize, place: Option<Place>, reads: u32, control: u32) {
        let file = place.map(|it| it.file);
        let (line, column, is_text) = place.map_or((0, 0, false), |it| (it.line, it.column, it.is_text));
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        // An empty part says nothing.
        if self.out.list.last().is_some_and(|it| it.start == start) {
            self.out.list.pop();
        }
        self.out.list.push(Part { start, file, line, column, is_text, reads, control });
    }

    /// Returns the number of a set of paths, which are given by their numbers.
    pub(super) fn set(&mut self, set: Vec<u32>) -> u32 {
        let next = number(self.out.sets.len());
        *self.sets.entry(set).or_insert_with_key(|set| {
            self.out.sets.push(set.clone());
            next
        })
    }

    pub(super) fn finish(self) -> Parts {
        self.out
    }

    /// Returns the number of a path.
    pub(super) fn path(&mut self, path: ValuePath) -> u32 {
        let next = number(self.out.paths.len());
        *self.paths.entry(path).or_insert_with_key(|path| {
            self.out.paths.push(path.clone());
            next
        })
    }

    /// Returns the number of a file.
    pub(super) fn file(&mut self, file: &str) -> u32 {
        if let Some(known) = self.files.get(file) {
            return *known;
        }
        self.out.files.push(file.to_owned());
        let number = number(self.out.files.len() - 1);
        self.files.insert(file.to_owned(), number);
        number
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
