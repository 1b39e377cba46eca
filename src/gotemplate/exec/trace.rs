//! Provenance: which template text and which values made each part of what is written.
//!
//! All of it is kept in tables of one rendering; values and marks hold indexes into them, so that a rendering without provenance
//! carries zeros about and little else.

use std::collections::HashMap;
use std::sync::Arc;

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
}

/// The tables of a rendering.
#[derive(Debug, Default)]
pub struct Trace {
    /// Each path by its parent and last step; the root has number 0.
    paths: Vec<(u32, PathStep)>,
    path_ids: HashMap<(u32, PathStep), u32>,
    /// Sets of paths, in order; the set of [`Taint`] n is `sets[n - 1]`.
    sets: Vec<Box<[u32]>>,
    set_ids: HashMap<Box<[u32]>, Taint>,
    joined: HashMap<(Taint, Taint), Taint>,
    origins: Vec<Origin>,
    /// The texts that origins stand in.
    texts: Vec<(Arc<str>, Arc<Text>)>,
    here: Here,
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
    /// Returns the paths of a set, each as its steps from the root of all values.
    pub fn paths(&self, taint: Taint) -> Vec<Vec<PathStep>> {
        self.set(taint).iter().map(|path| self.steps(*path)).collect()
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

    /// Marks a value, and all in it, as standing at a path.
    pub fn taint_all(&mut self, value: &mut Value, path: &[PathStep]) {
        let id = path.iter().fold(0, |parent, step| self.path_id(parent, step.clone()));
        self.taint_below(value, id);
    }

    fn taint_below(&mut self, value: &mut Value, path: u32) {
        value.taint = self.single(path);
        match &value.kind {
            Kind::Map(map) => {
                for (key, value) in map.entries_mut().iter_mut() {
                    let path = self.path_id(path, PathStep::Key(key.clone()));
                    self.taint_below(value, path);
                }
            }
            Kind::List(list) => {
                for (index, value) in list.items_mut().iter_mut().enumerate() {
                    let path = self.path_id(path, PathStep::Index(index));
                    self.taint_below(value, path);
                }
            }
            _ => {}
        }
    }

    /// Returns the taint of a key that a map lacks.
    pub(super) fn missing(&mut self, map: Taint, key: &[u8]) -> Taint {
        match *self.set(map) {
            [path] => {
                let id = self.path_id(path, PathStep::Key(Str::from(key)));
                self.single(id)
            }
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
        let mut paths = [self.set(a), self.set(b)].concat();
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
            None => Origin { tree: here.tree, pos, taint, control: here.control, is_text },
            Some((tree, pos, text)) => {
                let taint = self.join(taint, text);
                Origin { tree, pos, taint, control: here.control, is_text: false }
            }
        };
        if self.origins.last() != Some(&origin) {
            self.origins.push(origin);
        }
        u32::try_from(self.origins.len() - 1).unwrap_or(u32::MAX)
    }

    /// Goes into a template; returns where the execution stood.
    pub(super) fn enter(&mut self, tree: &Arc<Tree>) -> Here {
        let before = self.here;
        if self.here.site.is_none() {
            let known = self.texts.iter().rposition(|(_, text)| Arc::ptr_eq(text, &tree.text));
            let known = known.unwrap_or_else(|| {
                self.texts.push((Arc::clone(&tree.parse_name), Arc::clone(&tree.text)));
                self.texts.len() - 1
            });
            self.here.tree = u32::try_from(known).unwrap_or(u32::MAX);
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

    fn set(&self, taint: Taint) -> &[u32] {
        (taint.0 as usize).checked_sub(1).and_then(|at| self.sets.get(at)).map_or(&[], |it| it)
    }

    fn single(&mut self, path: u32) -> Taint {
        self.set_id([path].into())
    }

    fn set_id(&mut self, paths: Box<[u32]>) -> Taint {
        if let Some(known) = self.set_ids.get(&paths) {
            return *known;
        }
        self.sets.push(paths.clone());
        let taint = Taint(u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        self.set_ids.insert(paths, taint);
        taint
    }

    fn path_id(&mut self, parent: u32, step: PathStep) -> u32 {
        let next = u32::try_from(self.paths.len() + 1).unwrap_or(u32::MAX);
        let key = (parent, step);
        if let Some(known) = self.path_ids.get(&key) {
            return *known;
        }
        self.paths.push(key.clone());
        self.path_ids.insert(key, next);
        next
    }

    fn steps(&self, mut path: u32) -> Vec<PathStep> {
        let mut steps = Vec::new();
        while let Some((parent, step)) = (path as usize).checked_sub(1).and_then(|at| self.paths.get(at)) {
            steps.push(step.clone());
            path = *parent;
        }
        steps.reverse();
        steps
    }
}
