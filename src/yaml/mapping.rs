//! A mapping in the making.

use std::collections::HashMap;

use super::{Duplicate, Entry, Node, NodeKind, Place, YamlError};

/// From so many entries on, keys are looked up by hash.
const HASHED_FROM: usize = 16;

/// Entries by unique keys.
///
/// In order, as go-yaml v2 does: an explicit key wins over a merge before it, and loses to one behind it.
#[derive(Default)]
pub(super) struct Mapping {
    entries: Vec<Entry>,
    /// For each entry, whether it came by a merge.
    merged: Vec<bool>,
    indices: HashMap<String, usize>,
    pending: Option<Key>,
}

/// A key whose value is awaited.
pub(super) enum Key {
    Named { key: String, start: Place },
    Merge,
}

impl Mapping {
    pub(super) fn awaits_key(&self) -> bool {
        self.pending.is_none()
    }

    pub(super) fn key(&mut self, key: Key) {
        self.pending = Some(key);
    }

    /// Takes the value of the pending key.
    pub(super) fn value(&mut self, value: Node, by_alias: bool, duplicates: &mut Vec<Duplicate>) -> Result<(), YamlError> {
        match self.pending.take().expect("a key comes before its value") {
            Key::Named { key, start } => self.insert(Entry { key, key_start: start, value }, false, duplicates),
            Key::Merge => {
                let place = value.start;
                for entry in merge_sources(value, by_alias).ok_or_else(|| not_a_mapping(place))? {
                    self.insert(entry, true, duplicates);
                }
            }
        }
        Ok(())
    }

    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    fn insert(&mut self, entry: Entry, merged: bool, duplicates: &mut Vec<Duplicate>) {
        let Some(index) = self.find(&entry.key) else {
            if self.entries.len() >= HASHED_FROM {
                self.indices.insert(entry.key.clone(), self.entries.len());
            }
            self.entries.push(entry);
            self.merged.push(merged);
            return;
        };
        if !merged && !self.merged[index] {
            let (lost, kept) = (self.entries[index].key_start, entry.key_start);
            duplicates.push(Duplicate { key: entry.key.clone(), lost, kept });
        }
        self.merged[index] = merged;
        self.entries[index] = entry;
    }

    fn find(&self, key: &str) -> Option<usize> {
        let first = self.entries.iter().take(HASHED_FROM).position(|entry| entry.key == key);
        first.or_else(|| self.indices.get(key).copied())
    }
}

/// Returns the entries that `<<` brings, the strongest last; none when there is something else than mappings.
fn merge_sources(value: Node, by_alias: bool) -> Option<Vec<Entry>> {
    match value.kind {
        NodeKind::Mapping(entries) => Some(entries),
        NodeKind::Sequence(items) if !by_alias => {
            let mut merged = Vec::new();
            for item in items.into_iter().rev() {
                let NodeKind::Mapping(entries) = item.kind else { return None };
                merged.extend(entries);
            }
            Some(merged)
        }
        _ => None,
    }
}

fn not_a_mapping(place: Place) -> YamlError {
    YamlError { place, message: "map merge requires map or sequence of maps as the value".to_owned() }
}
