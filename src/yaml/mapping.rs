//! A mapping in the making.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::{Duplicate, Entry, Node, NodeKind, Place, YamlError, resolve};

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
    indices: Option<Box<Indices>>,
}

/// Indices of entries by the hashes of their keys, which take less room than the keys.
#[derive(Default)]
struct Indices {
    hasher: RandomState,
    by_hash: HashMap<u64, usize>,
}

impl Mapping {
    /// Takes an entry, whose key may be any scalar, as in sigs.k8s.io/yaml.
    pub(super) fn insert(&mut self, key: Node, value: Node, duplicates: &mut Vec<Duplicate>) -> Result<(), YamlError> {
        let start = key.start;
        let error = |message: &str| YamlError { place: start, message: message.to_owned() };
        let key = match key.kind {
            NodeKind::Scalar { value, .. } => resolve::key(value).map_err(error)?,
            NodeKind::Sequence(_) => return Err(error("invalid map key: a sequence")),
            NodeKind::Mapping(_) => return Err(error("invalid map key: a mapping")),
        };
        let lost = self.put(Entry { key, key_start: start, value }, false);
        duplicates.extend(lost);
        Ok(())
    }

    /// Takes the value of a `<<`.
    pub(super) fn merge(&mut self, value: Node, by_alias: bool) -> Result<(), YamlError> {
        let place = value.start;
        for entry in merge_sources(value, by_alias).ok_or_else(|| not_a_mapping(place))? {
            self.put(entry, true);
        }
        Ok(())
    }

    pub(super) fn into_entries(mut self) -> Vec<Entry> {
        self.entries.shrink_to_fit();
        self.entries
    }

    /// Puts an entry in; returns the explicit one that an explicit one replaces.
    fn put(&mut self, entry: Entry, merged: bool) -> Option<Duplicate> {
        let count = self.entries.len();
        let index = if count < HASHED_FROM {
            self.entries.iter().position(|it| it.key == entry.key).unwrap_or(count)
        } else {
            self.hashed(&entry.key)
        };
        if index == count {
            self.entries.push(entry);
            self.merged.push(merged);
            return None;
        }
        let (old, kept) = (&mut self.entries[index], entry.key_start);
        let lost = Duplicate { key: entry.key.clone(), lost: old.key_start, kept };
        let was_merged = std::mem::replace(&mut self.merged[index], merged);
        *old = entry;
        (!merged && !was_merged).then_some(lost)
    }

    /// Returns the index of a key, which is the next one for a new key.
    fn hashed(&mut self, key: &str) -> usize {
        let entries = &self.entries;
        let indices = self.indices.get_or_insert_with(|| {
            let mut indices = Box::<Indices>::default();
            for (index, entry) in entries.iter().enumerate() {
                let hash = indices.hasher.hash_one(&*entry.key);
                indices.by_hash.entry(hash).or_insert(index);
            }
            indices
        });
        let hash = indices.hasher.hash_one(key);
        let index = *indices.by_hash.entry(hash).or_insert(entries.len());
        match entries.get(index) {
            Some(entry) if entry.key != key => entries.iter().position(|it| it.key == key).unwrap_or(entries.len()),
            _ => index,
        }
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
