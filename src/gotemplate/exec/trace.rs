//! Provenance: which template text and which values made each part of what is written.
//!
//! All of it is kept in tables of one rendering; values and marks hold indexes into them, so that a rendering without provenance
//! carries zeros about and little else.

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::paths::{Paths, SET};
use crate::gotemplate::ast::{Pos, Text, Tree};
use crate::gotemplate::value::{Mark, Taint};

/// Where a part of a text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The template, an index into the texts of the trace.
    tree: u32,
    pos: Pos,
    /// The values that decided whether it was written, or how often.
    pub control: Taint,
}

/// The tables of a rendering.
#[derive(Debug, Default)]
pub struct Trace {
    paths: Paths,
    /// Sets of several paths, in order. The [`Taint`] of set n is `SET | n`, that of a single path its number.
    sets: Vec<Range<usize>>,
    /// The paths of all sets.
    members: Vec<u32>,
    /// Sets by the hash of their paths.
    set_ids: HashMap<u64, Taint, RandomState>,
    hasher: RandomState,
    joined: HashMap<(Taint, Taint), Taint, RandomState>,
    /// Some of them, each at a place that follows from the pair: most joins are those of a moment ago.
    recent: Vec<((Taint, Taint), Taint)>,
    origins: Vec<Origin>,
    /// The texts that origins stand in.
    texts: Vec<(Arc<str>, Arc<Text>)>,
    /// Their indexes, by where they are in memory.
    text_ids: HashMap<usize, u32, RandomState>,
    here: Here,
}

const RECENT: usize = 256;
/// How many paths a set may have before it gets no more.
const MOST: usize = 1000;
/// For how many joins, sets and origins there is room at first.
const ROOM: usize = 200;

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
    /// Starts with paths that values have already.
    pub fn new(paths: Paths) -> Self {
        Self {
            paths,
            set_ids: HashMap::with_capacity_and_hasher(ROOM, RandomState::default()),
            joined: HashMap::with_capacity_and_hasher(ROOM, RandomState::default()),
            origins: Vec::with_capacity(ROOM),
            ..Self::default()
        }
    }

    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// Returns the numbers of the paths of a set.
    pub fn set<'a>(&'a self, taint: &'a Taint) -> &'a [u32] {
        match taint.0 {
            0 => &[],
            set if set & SET != 0 => {
                let range = self.sets.get((set & !SET) as usize).cloned().unwrap_or_default();
                self.members.get(range).unwrap_or_default()
            }
            _ => std::slice::from_ref(&taint.0),
        }
    }

    /// Returns the origin of what a mark stands for.
    pub fn origin(&self, mark: Mark) -> Option<&Origin> {
        self.origins.get(mark.origin()? as usize)
    }

    /// Returns the template that a part stands in, by its name, and where: line (1-based) and column (0-based, in bytes).
    pub fn place(&self, mark: Mark) -> Option<(&str, u32, u32)> {
        let origin = self.origin(mark)?;
        let (name, text) = self.texts.get(origin.tree as usize)?;
        // Go's place of an action is behind its delimiter.
        let before = text.bytes.get(..origin.pos as usize).filter(|_| !mark.is_text());
        let open = before.and_then(|it| memchr::memmem::rfind(it, b"{{")).and_then(|it| Pos::try_from(it).ok());
        let (line, column) = text.place(open.unwrap_or(origin.pos.saturating_add(mark.behind())));
        Some((name, line, column))
    }

    /// Returns what stands in the template from the start of a part on, if that is text.
    pub fn text(&self, mark: Mark) -> &[u8] {
        let text = || {
            let origin = self.origin(mark).filter(|_| mark.is_text())?;
            self.texts.get(origin.tree as usize)?.1.bytes.get(origin.pos.checked_add(mark.behind())? as usize..)
        };
        text().unwrap_or_default()
    }

    /// Returns the taint of a key that a map lacks.
    pub(super) fn missing(&mut self, map: Taint, key: &[u8]) -> Taint {
        match map.0 {
            0 => map,
            set if set & SET != 0 => map,
            path => Taint(self.paths.key(path, key)),
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
        let slot = (pair.0.0.wrapping_mul(31) ^ pair.1.0) as usize % RECENT;
        if let Some((known, joined)) = self.recent.get(slot)
            && *known == pair
        {
            return *joined;
        }
        let joined = self.join_pair(pair);
        if self.recent.is_empty() {
            self.recent = vec![((Taint::NONE, Taint::NONE), Taint::NONE); RECENT];
        }
        if let Some(recent) = self.recent.get_mut(slot) {
            *recent = (pair, joined);
        }
        joined
    }

    fn join_pair(&mut self, pair: (Taint, Taint)) -> Taint {
        if let Some(known) = self.joined.get(&pair) {
            return *known;
        }
        // What is made of that much is made of nearly all: more would take memory and tell nobody anything.
        if let Some(full) = [pair.0, pair.1].into_iter().find(|it| self.set(it).len() >= MOST) {
            return full;
        }
        let start = self.members.len();
        self.merge(pair);
        // What adds nothing makes no new set.
        let length = self.members.len() - start;
        let joined = match [pair.0, pair.1].into_iter().find(|it| self.set(it).len() == length) {
            Some(known) => {
                self.members.truncate(start);
                known
            }
            None => self.set_id(start),
        };
        self.joined.insert(pair, joined);
        joined
    }

    /// Marks what is made from `taint` where the execution stands.
    pub(super) fn mark_here(&mut self, start: usize, taint: Taint) -> Mark {
        let pos = self.here.pos;
        self.mark_value(start, pos, taint)
    }

    /// Marks what an action writes.
    pub(super) fn mark_value(&mut self, start: usize, pos: Pos, taint: Taint) -> Mark {
        let here = self.here;
        let (tree, pos, taint) = match here.site {
            None => (here.tree, pos, taint),
            Some((tree, pos, text)) => (tree, pos, self.join(taint, text)),
        };
        Mark::value(start, self.number(Origin { tree, pos, control: here.control }), taint)
    }

    /// Marks the text of a template.
    pub(super) fn mark_text(&mut self, start: usize, pos: Pos) -> Mark {
        let Here { tree, control, site, .. } = self.here;
        match site {
            None => Mark::text(start, self.number(Origin { tree, pos, control })),
            Some((tree, pos, taint)) => Mark::value(start, self.number(Origin { tree, pos, control }), taint),
        }
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

    /// Puts the paths of two sets behind all others, in order.
    fn merge(&mut self, pair: (Taint, Taint)) {
        let (mut a, mut b) = (0, 0);
        loop {
            let next = match (self.set(&pair.0).get(a).copied(), self.set(&pair.1).get(b).copied()) {
                (None, None) => return,
                (Some(it), None) => (it, 1, 0),
                (None, Some(it)) => (it, 0, 1),
                (Some(it), Some(other)) => (it.min(other), usize::from(it <= other), usize::from(other <= it)),
            };
            self.members.push(next.0);
            (a, b) = (a + next.1, b + next.2);
        }
    }

    /// Returns the set of the paths from `start` on, which are the last ones.
    fn set_id(&mut self, start: usize) -> Taint {
        let paths = self.members.get(start..).unwrap_or_default();
        let mut hash = self.hasher.hash_one(paths);
        while let Some(known) = self.set_ids.get(&hash) {
            if self.set(known) == paths {
                let known = *known;
                self.members.truncate(start);
                return known;
            }
            hash = hash.wrapping_add(1);
        }
        let next = Taint(SET | u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        self.sets.push(start..self.members.len());
        self.set_ids.insert(hash, next);
        next
    }
}
