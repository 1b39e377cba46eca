//! Provenance: which template text and which values made each part of what is written.
//!
//! All of it is kept in tables of one rendering; values and marks hold indexes into them, so that a rendering without provenance
//! carries zeros about and little else.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::gotemplate::ast::{Pos, Text, Tree};
use crate::gotemplate::value::{Kind, Str, Taint, Value};

/// A step of a path below the root of all values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PathStep {
    Key(Str),
    Index(usize),
}

/// Where a part of a text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The template, an index into [`Trace::trees`].
    pub tree: u32,
    pub pos: Pos,
    /// The values that it was made from.
    pub taint: Taint,
    /// The values that decided whether it was written, or how often.
    pub control: Taint,
    /// Whether it is the template's own text, letter by letter, and not the result of an action.
    pub is_text: bool,
    /// Whether that text is unchanged and may have several lines.
    pub is_whole: bool,
}

/// The tables of a rendering.
#[derive(Debug)]
pub struct Trace {
    /// Each path by its parent and last step, the path with number n at n - 1. The root has number 1.
    paths: Vec<(u32, PathStep)>,
    /// Paths that may be asked for once more.
    path_ids: HashMap<(u32, PathStep), u32, RandomState>,
    /// Sets of several paths, in order. The [`Taint`] of set n is `SET | n`, that of a single path its number.
    sets: Vec<Box<[u32]>>,
    set_ids: HashMap<Box<[u32]>, Taint, RandomState>,
    joined: HashMap<(Taint, Taint), Taint, RandomState>,
    origins: Vec<Origin>,
    /// The texts that origins stand in.
    texts: Vec<(Arc<str>, Arc<Text>)>,
    /// Their indexes, by where they are in memory.
    text_ids: HashMap<usize, u32, RandomState>,
    here: Here,
}

const ROOT: u32 = 1;
const SET: u32 = 1 << 31;

impl Default for Trace {
    fn default() -> Self {
        Self {
            paths: vec![(0, PathStep::Index(0))],
            path_ids: HashMap::default(),
            sets: Vec::new(),
            set_ids: HashMap::default(),
            joined: HashMap::default(),
            origins: Vec::new(),
            texts: Vec::new(),
            text_ids: HashMap::default(),
            here: Here::default(),
        }
    }
}

/// Where an execution stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Here {
    tree: u32,
    pub(super) pos: Pos,
    pub(super) control: Taint,
    /// Inside of a `tpl`: where it was called, as its text stands in no file, and what the text was made from.
    site: Option<(u32, Pos, Taint)>,
}

impl Trace {
    /// Returns the numbers of the paths of a set, in ascending order.
    pub fn paths<'a>(&'a self, taint: &'a Taint) -> &'a [u32] {
        match taint.0 {
            0 => &[],
            set if set & SET != 0 => self.sets.get((set & !SET) as usize).map_or(&[], |it| it),
            _ => std::slice::from_ref(&taint.0),
        }
    }

    /// Returns the number of the path above another, and the last step of that.
    pub fn step(&self, path: u32) -> Option<(u32, &PathStep)> {
        let (parent, step) = self.paths.get((path as usize).checked_sub(1)?)?;
        (*parent != 0).then_some((*parent, step))
    }

    /// Returns an origin by its number in a mark.
    pub fn origin(&self, number: u32) -> Option<&Origin> {
        self.origins.get(number as usize)
    }

    /// Returns the template that an origin stands in, by its name, and where: line (1-based) and column (0-based, in bytes).
    pub fn place(&self, origin: &Origin) -> Option<(&str, u32, u32)> {
        let (name, text) = self.texts.get(origin.tree as usize)?;
        // Go's place of an action is behind its delimiter.
        let before = text.bytes.get(..origin.pos as usize).filter(|_| !origin.is_text);
        let open = before.and_then(|it| memchr::memmem::rfind(it, b"{{")).and_then(|it| Pos::try_from(it).ok());
        let (line, column) = text.place(open.unwrap_or(origin.pos));
        Some((name, line, column))
    }

    /// Marks a value, and all in it, as standing at a path where nothing was marked before.
    pub fn taint_all(&mut self, value: &mut Value, path: &[PathStep]) {
        let id = path.iter().fold(ROOT, |parent, step| self.path_id(parent, step.clone()));
        self.taint_below(value, id, Self::new_path);
    }

    /// Marks a value, and all in it, as standing at a path where others were marked as well.
    pub fn taint_again(&mut self, value: &mut Value, path: &[PathStep]) {
        let id = path.iter().fold(ROOT, |parent, step| self.path_id(parent, step.clone()));
        self.taint_below(value, id, Self::path_id);
    }

    fn taint_below(&mut self, value: &mut Value, path: u32, number: fn(&mut Self, u32, PathStep) -> u32) {
        value.taint = Taint(path);
        match &value.kind {
            Kind::Map(map) => {
                for (key, value) in map.entries_mut().iter_mut() {
                    let path = number(self, path, PathStep::Key(key.clone()));
                    self.taint_below(value, path, number);
                }
            }
            Kind::List(list) => {
                for (index, value) in list.items_mut().iter_mut().enumerate() {
                    let path = number(self, path, PathStep::Index(index));
                    self.taint_below(value, path, number);
                }
            }
            _ => {}
        }
    }

    /// Returns the taint of a key that a map lacks.
    pub(super) fn missing(&mut self, map: Taint, key: &[u8]) -> Taint {
        match *self.paths(&map) {
            [path] => Taint(self.path_id(path, PathStep::Key(Str::from(key)))),
            _ => map,
        }
    }

    /// Joins two sets.
    pub fn join(&mut self, a: Taint, b: Taint) -> Taint {
        if a == b || b == Taint::NONE {
            return a;
        }
        if a == Taint::NONE {
            return b;
        }
        let pair = (a.min(b), a.max(b));
        if let Some(known) = self.joined.get(&pair) {
            return *known;
        }
        let mut paths = [self.paths(&a), self.paths(&b)].concat();
        paths.sort_unstable();
        paths.dedup();
        let joined = self.set_id(paths.into());
        self.joined.insert(pair, joined);
        joined
    }

    /// Returns the number of an origin at the place where the execution stands.
    pub(super) fn origin_here(&mut self, taint: Taint) -> u32 {
        let here = self.here;
        self.origin_at(here.pos, taint, false)
    }

    pub(super) fn origin_at(&mut self, pos: Pos, taint: Taint, is_text: bool) -> u32 {
        let here = self.here;
        let origin = match here.site {
            None => Origin { tree: here.tree, pos, taint, control: here.control, is_text, is_whole: false },
            Some((tree, pos, text)) => {
                let taint = self.join(taint, text);
                Origin { tree, pos, taint, control: here.control, is_text: false, is_whole: false }
            }
        };
        self.number(origin)
    }

    /// Returns the number of an origin for a text of the template that goes into a file as it is.
    pub(super) fn origin_of_text(&mut self, pos: Pos) -> u32 {
        let Here { tree, control, .. } = self.here;
        self.number(Origin { tree, pos, taint: Taint::NONE, control, is_text: true, is_whole: true })
    }

    fn number(&mut self, origin: Origin) -> u32 {
        if self.origins.last() != Some(&origin) {
            self.origins.push(origin);
        }
        u32::try_from(self.origins.len() - 1).unwrap_or(u32::MAX)
    }

    /// Goes into a template; returns where the execution stood.
    pub(super) fn enter(&mut self, tree: &Arc<Tree>) -> Here {
        let before = self.here;
        if self.here.site.is_none() {
            let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
            // the table of texts holds on to each, so that no other one takes its place in memory
            self.here.tree = *self.text_ids.entry(Arc::as_ptr(&tree.text).addr()).or_insert_with(|| {
                self.texts.push((Arc::clone(&tree.parse_name), Arc::clone(&tree.text)));
                next
            });
        }
        before
    }

    /// Goes back to where the execution stood.
    pub(super) fn leave(&mut self, before: Here) {
        self.here = before;
    }

    /// Goes into a text that `tpl` was given.
    pub(super) fn enter_tpl(&mut self, text: Taint) -> Here {
        let before = self.here;
        let (tree, pos, taint) = before.site.unwrap_or((before.tree, before.pos, Taint::NONE));
        let taint = self.join(taint, text);
        self.here.site = Some((tree, pos, taint));
        before
    }

    pub(super) fn leave_tpl(&mut self, before: Here) {
        self.here = before;
    }

    /// Notes where the execution stands.
    pub(super) fn stand(&mut self, pos: Pos) {
        self.here.pos = pos;
    }

    /// Adds to what decides about the text that follows; returns what did before.
    pub(super) fn control(&mut self, taint: Taint) -> Taint {
        let before = self.here.control;
        self.here.control = self.join(before, taint);
        before
    }

    pub(super) fn set_control(&mut self, taint: Taint) {
        self.here.control = taint;
    }

    fn set_id(&mut self, paths: Box<[u32]>) -> Taint {
        if let [path] = *paths {
            return Taint(path);
        }
        let next = Taint(SET | u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        *self.set_ids.entry(paths).or_insert_with_key(|paths| {
            self.sets.push(paths.clone());
            next
        })
    }

    fn path_id(&mut self, parent: u32, step: PathStep) -> u32 {
        let key = (parent, step);
        if let Some(known) = self.path_ids.get(&key) {
            return *known;
        }
        let path = self.new_path(parent, key.1.clone());
        self.path_ids.insert(key, path);
        path
    }

    fn new_path(&mut self, parent: u32, step: PathStep) -> u32 {
        self.paths.push((parent, step));
        u32::try_from(self.paths.len()).unwrap_or(u32::MAX) & !SET
    }
}
