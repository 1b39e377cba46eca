//! Paths below the root of all values, by number.
//!
//! A chart's own values are numbered as they are thawed, all at once, and which path a number means is found out when somebody asks.

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::gotemplate::value::{Frozen, Kind, Taint, Value};

/// A step of a path below the root of all values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathStep {
    Key(Arc<[u8]>),
    Index(usize),
}

impl From<&str> for PathStep {
    fn from(key: &str) -> Self {
        Self::Key(key.as_bytes().into())
    }
}

/// The paths of a rendering. Several numbers may mean the same one.
#[derive(Debug, Default)]
pub struct Paths {
    blocks: Vec<Block>,
    /// The first number that no block has.
    next: u32,
    /// Each path by the one above it and its last step; path n of them has the number `STEP | n`.
    steps: Vec<(u32, PathStep)>,
    /// Those that may be asked for once more, by the hash of the two.
    known: HashMap<u64, u32, RandomState>,
    hasher: RandomState,
}

/// The numbers of a value and all that is in it.
#[derive(Debug)]
struct Block {
    first: u32,
    /// Where the value stands.
    at: Vec<PathStep>,
    values: Arc<Frozen>,
}

const STEP: u32 = 1 << 30;
/// No path has that bit in its number.
pub(super) const SET: u32 = 1 << 31;
/// What stands above the first step of a path.
const ROOT: u32 = STEP - 1;

impl Paths {
    /// Makes a value that stands at a path, with taints.
    pub fn thaw(&mut self, values: &Arc<Frozen>, at: Vec<PathStep>) -> Value {
        let first = self.next.max(1);
        self.next = first;
        let value = values.thaw_numbered(&mut self.next);
        if self.next >= ROOT {
            // more than a rendering can hold: the rest says nothing
            self.next = first;
            return values.thaw();
        }
        self.blocks.push(Block { first, at, values: Arc::clone(values) });
        value
    }

    /// Marks a value, and all in it, as standing at a path.
    pub fn taint_all(&mut self, value: &mut Value, at: &[PathStep]) {
        let id = self.of(at);
        self.taint_below(value, id.0);
    }

    /// Returns the taint of a path.
    pub fn of(&mut self, path: &[PathStep]) -> Taint {
        Taint(path.iter().fold(ROOT, |parent, step| self.add(parent, step.clone())))
    }

    fn taint_below(&mut self, value: &mut Value, path: u32) {
        value.taint = Taint(path);
        match &value.kind {
            Kind::Map(map) => {
                for (key, value) in map.entries_mut().iter_mut() {
                    let path = self.add(path, PathStep::Key(key.to_shared()));
                    self.taint_below(value, path);
                }
            }
            Kind::List(list) => {
                for (index, value) in list.items_mut().iter_mut().enumerate() {
                    let path = self.add(path, PathStep::Index(index));
                    self.taint_below(value, path);
                }
            }
            _ => {}
        }
    }

    /// Returns the number of a key below a path, the same each time.
    pub(super) fn key(&mut self, parent: u32, key: &[u8]) -> u32 {
        let mut hash = self.hasher.hash_one((parent, key));
        while let Some(known) = self.known.get(&hash) {
            let found = self.steps.get((known & !STEP) as usize);
            if matches!(found, Some((it, PathStep::Key(there))) if *it == parent && **there == *key) {
                return *known;
            }
            hash = hash.wrapping_add(1);
        }
        let path = self.add(parent, PathStep::Key(key.into()));
        self.known.insert(hash, path);
        path
    }

    fn add(&mut self, parent: u32, step: PathStep) -> u32 {
        let number = u32::try_from(self.steps.len()).unwrap_or(u32::MAX).min(STEP - 1);
        self.steps.push((parent, step));
        STEP | number
    }
}

/// Says which paths numbers mean.
#[derive(Debug)]
pub struct PathTables<'a> {
    paths: &'a Paths,
    /// For each block that was asked for, what each number in it is below which other one.
    blocks: HashMap<usize, Vec<(u32, PathStep)>, RandomState>,
}

impl<'a> PathTables<'a> {
    pub fn new(paths: &'a Paths) -> Self {
        Self { paths, blocks: HashMap::default() }
    }

    /// Returns a path by its number.
    pub fn path(&mut self, number: u32) -> Vec<PathStep> {
        let mut path = Vec::new();
        let mut number = number;
        while number & STEP != 0 {
            let Some((parent, step)) = self.paths.steps.get((number & !STEP) as usize) else { break };
            path.push(step.clone());
            number = *parent;
        }
        if number != 0 && number < ROOT {
            self.in_block(number, &mut path);
        }
        path.reverse();
        path
    }

    /// Adds the steps of a path in a block, the last first.
    fn in_block(&mut self, number: u32, path: &mut Vec<PathStep>) {
        let index = self.paths.blocks.partition_point(|it| it.first <= number);
        let Some((index, block)) = index.checked_sub(1).and_then(|it| Some((it, self.paths.blocks.get(it)?))) else { return };
        let table = self.blocks.entry(index).or_insert_with(|| {
            let mut table = Vec::new();
            list(&block.values, 0, PathStep::Index(0), &mut table);
            table
        });
        let mut at = number - block.first;
        while at != 0 {
            let Some((parent, step)) = table.get(at as usize) else { break };
            path.push(step.clone());
            at = *parent;
        }
        path.extend(block.at.iter().rev().cloned());
    }
}

/// Lists a value and what is in it, in the order of [`Frozen::thaw_numbered`].
fn list(value: &Frozen, parent: u32, step: PathStep, table: &mut Vec<(u32, PathStep)>) {
    let own = u32::try_from(table.len()).unwrap_or(u32::MAX);
    table.push((parent, step));
    match value {
        Frozen::List(items) => {
            for (index, item) in items.iter().enumerate() {
                list(item, own, PathStep::Index(index), table);
            }
        }
        Frozen::Map(entries) => {
            for (key, value) in entries {
                list(value, own, PathStep::Key(Arc::clone(key)), table);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(steps: &[&str]) -> Vec<PathStep> {
        steps.iter().map(|it| PathStep::from(*it)).collect()
    }

    #[test]
    fn numbers_mean_where_a_value_stands() {
        let inner = Value::map([("x", Value::list(vec!["a".into(), "b".into()])), ("y", Value::int(1))]);
        let values = Arc::new(Frozen::from(&Value::map([("a", inner), ("b", Value::NIL)])));
        let mut paths = Paths::default();
        paths.thaw(&values, Vec::new());
        let thawed = paths.thaw(&values, path(&["sub"]));
        let a = thawed.as_map().and_then(|it| it.get("a")).unwrap();
        let x = a.as_map().and_then(|it| it.get("x")).unwrap();
        let second = x.as_list().and_then(|it| it.get(1)).unwrap();
        let missing = paths.key(a.taint.0, b"z");
        assert_eq!(missing, paths.key(a.taint.0, b"z"));
        let mut set = Value::map([("k", Value::list(vec![Value::NIL]))]);
        paths.taint_all(&mut set, &path(&["top"]));
        let k = set.as_map().and_then(|it| it.get("k")).unwrap();
        let mut tables = PathTables::new(&paths);
        assert_eq!(tables.path(thawed.taint.0), path(&["sub"]));
        assert_eq!(tables.path(second.taint.0), [path(&["sub", "a", "x"]), vec![PathStep::Index(1)]].concat());
        assert_eq!(tables.path(missing), path(&["sub", "a", "z"]));
        assert_eq!(
            tables.path(k.as_list().and_then(|it| it.get(0)).unwrap().taint.0),
            [path(&["top", "k"]), vec![PathStep::Index(0)]].concat()
        );
    }
}
