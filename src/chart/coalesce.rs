//! How values are laid over each other: Helm's coalesce.go, with what Helm 3 does otherwise.
//!
//! Maps are shared as in Go, so that what aliases what is the same as there. Warnings are dropped.

use std::collections::BTreeSet;

use super::HelmVersion;
use super::tree::{Id, Tree};
use crate::gotemplate::print::sprintf;
use crate::gotemplate::value::{Kind, List, Map, MapType, Str, Value};

const GLOBAL: &str = "global";

pub(super) fn empty() -> Map {
    Map::new(MapType::Any, std::collections::BTreeMap::new())
}

/// Copies maps and lists, all the way down.
pub(super) fn copy(map: &Map) -> Map {
    let entries = map.entries().iter().map(|(key, value)| (key.clone(), copy_value(value))).collect();
    Map::new(MapType::Any, entries)
}

fn copy_value(value: &Value) -> Value {
    let kind = match &value.kind {
        Kind::Map(map) if map.ty() == MapType::Any && !map.is_nil() => Kind::Map(copy(map)),
        Kind::List(list) if !list.is_nil() => Kind::List(List::new(list.ty(), list.items().iter().map(copy_value).collect())),
        other => other.clone(),
    };
    Value { kind, taint: value.taint }
}

/// `istable`
pub(super) fn table(value: &Value) -> Option<&Map> {
    value.as_map().filter(|map| map.ty() == MapType::Any)
}

/// `Values.Table`: the table at a path with dots.
pub(super) fn table_at(values: &Map, path: &str) -> Option<Map> {
    path.split('.').try_fold(values.clone(), |map, key| {
        let value = map.get(key)?;
        value.as_map().filter(|map| map.ty() != MapType::Str).cloned()
    })
}

/// `Values.PathValue`: what stands at a path with dots and is no table.
pub(super) fn value_at(values: &Map, path: &str) -> Option<Value> {
    let (map, key) = match path.rsplit_once('.') {
        Some((before, key)) => (table_at(values, before)?, key),
        None => (values.clone(), path),
    };
    map.get(key).filter(|value| table(value).is_none())
}

impl Tree<'_> {
    /// `CoalesceValues`, or `MergeValues`, which keeps nulls: values of a chart and its subcharts, those given foremost.
    pub(super) fn coalesce_values(&self, chart: Id, given: &Map, merge: bool) -> Result<Map, String> {
        let values = copy(given);
        self.coalesce(chart, &values, merge)?;
        Ok(values)
    }

    fn coalesce(&self, chart: Id, dest: &Map, merge: bool) -> Result<(), String> {
        self.coalesce_own(chart, dest, merge);
        for &sub in self.children(chart) {
            let name = self.name(sub);
            let values = match dest.get(name) {
                None => {
                    let map = empty();
                    dest.insert(name, map.clone().into());
                    map
                }
                Some(value) => match table(&value) {
                    Some(map) => map.clone(),
                    None => {
                        return Err(format!("type mismatch on {name}: {}", String::from_utf8_lossy(&sprintf(b"%t", &[value]))));
                    }
                },
            };
            coalesce_globals(&values, dest);
            self.coalesce(sub, &values, merge)?;
        }
        Ok(())
    }

    /// `coalesceValues`: lays given values over those of `values.yaml`.
    fn coalesce_own(&self, chart: Id, given: &Map, merge: bool) {
        let cleans = self.helm == HelmVersion::V4;
        for (key, default) in self.own_values(chart) {
            let Some(value) = given.get(&key) else {
                if !merge && cleans {
                    if default.is_nil() {
                        continue;
                    }
                    if let Some(map) = table(&default) {
                        clean_nulls(map);
                    }
                }
                given.insert(key, default);
                continue;
            };
            if value.is_nil() && !merge {
                given.remove(&key);
            } else if let (Some(dest), Some(source)) = (table(&value), table(&default)) {
                let merge = merge || self.children(chart).iter().any(|sub| self.name(*sub).as_bytes() == &*key);
                if !merge && cleans {
                    clean_nulls(source);
                }
                coalesce_tables(dest, source, merge);
            }
        }
    }
}

/// `coalesceGlobals`: hands the globals of a chart down to a subchart.
fn coalesce_globals(dest: &Map, source: &Map) {
    let globals = |map: &Map| match map.get(GLOBAL) {
        None => Some(empty()),
        Some(value) => table(&value).cloned(),
    };
    let (Some(own), Some(handed)) = (globals(dest), globals(source)) else { return };
    for (key, value) in handed.to_vec() {
        let there = own.get(&key);
        match (table(&value), &there) {
            (Some(map), None) => _ = own.insert(key, Value::from(shallow(map)).with_taint(value.taint)),
            (Some(map), Some(there)) => {
                if let Some(there) = table(there) {
                    let map = shallow(map);
                    coalesce_tables(&map, there, true);
                    own.insert(key, Value::from(map).with_taint(value.taint));
                }
            }
            (None, Some(there)) if table(there).is_some() => {}
            (None, _) => _ = own.insert(key, value),
        }
    }
    dest.insert(GLOBAL, own.into());
}

fn shallow(map: &Map) -> Map {
    Map::new(MapType::Any, map.entries().clone())
}

/// `coalesceTablesFullKey`: lays one table over another, whose values it takes where it has none. Changes both.
pub(super) fn coalesce_tables(dest: &Map, source: &Map, merge: bool) {
    let set: BTreeSet<Str> = source.entries().iter().filter(|(_, it)| !it.is_nil()).map(|(key, _)| key.clone()).collect();
    for (key, value) in dest.to_vec() {
        if value.is_nil() {
            source.insert(key, Value::NIL);
        }
    }
    for (key, value) in source.to_vec() {
        match dest.get(&key) {
            None => _ = dest.insert(key, value),
            Some(there) if !merge && there.is_nil() && set.contains(&key) => _ = dest.remove(&key),
            Some(there) => {
                if let (Some(there), Some(value)) = (table(&there), table(&value)) {
                    coalesce_tables(there, value, merge);
                }
            }
        }
    }
}

/// `cleanNilValues`
fn clean_nulls(map: &Map) {
    map.entries_mut().retain(|_, value| !value.is_nil());
    for value in map.to_vec() {
        if let Some(map) = table(&value.1) {
            clean_nulls(map);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gotemplate::value::Frozen;

    fn map(entries: &[(&str, Value)]) -> Map {
        Map::new(MapType::Any, entries.iter().map(|(key, value)| (Str::from(*key), value.clone())).collect())
    }

    #[test]
    fn a_null_removes_what_is_below_it_unless_merged() {
        for (merge, expected) in
            [(false, map(&[("b", 2.into_value())])), (true, map(&[("a", Value::NIL), ("b", 2.into_value())]))]
        {
            let dest = map(&[("a", Value::NIL)]);
            coalesce_tables(&dest, &map(&[("a", 1.into_value()), ("b", 2.into_value())]), merge);
            assert_eq!(Frozen::from(&Value::from(dest)), Frozen::from(&Value::from(expected)));
        }
    }

    trait IntoValue {
        fn into_value(self) -> Value;
    }

    impl IntoValue for i64 {
        fn into_value(self) -> Value {
            Value::int64(self)
        }
    }
}
