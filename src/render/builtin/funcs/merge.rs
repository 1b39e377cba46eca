//! Merging maps: sprig's dict.go over mergo's merge.go, as far as maps with string keys reach it.

use std::collections::BTreeMap;

use super::args::{Walk, any, map};
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param, Reason};
use crate::gotemplate::value::{Kind, Map, MapType, Str, Value};

const MAP: &[Param] = &[Param::Map];

pub(super) const FUNCS: &[Func] = &[
    Func::variadic("merge", MAP, Param::Map, |_, args| forgiving(merged("merge", args, false))),
    Func::variadic("mergeOverwrite", MAP, Param::Map, |_, args| forgiving(merged("mergeOverwrite", args, true))),
    Func::variadic("mustMerge", MAP, Param::Map, must_merge),
    Func::variadic("mustMergeOverwrite", MAP, Param::Map, must_merge_overwrite),
];

fn must_merge(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    merged("mustMerge", args, false).map_err(Failure::error)
}

fn must_merge_overwrite(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    merged("mustMergeOverwrite", args, true).map_err(Failure::error)
}

/// How a merge ends that fails.
enum Failure {
    /// mergo returns an error.
    Returned(Error),
    /// It panics.
    Panicked(Error),
}

impl Failure {
    fn error(self) -> Error {
        match self {
            Self::Returned(error) | Self::Panicked(error) => error,
        }
    }
}

/// An error of mergo is an empty string.
fn forgiving(merged: Result<Value, Failure>) -> Result<Value, Error> {
    match merged {
        Ok(value) => Ok(value),
        Err(Failure::Returned(error)) if error.reason == Reason::Error => Ok("".into()),
        Err(failure) => Err(failure.error()),
    }
}

/// Merges all further maps into the first one, in place.
fn merged(function: &'static str, args: &[Value], overwrite: bool) -> Result<Value, Failure> {
    let mut target = map(args, 0);
    for source in args.iter().skip(1).filter_map(Value::as_map) {
        if target.is_nil() && !source.is_nil() {
            target = Map::new(MapType::Any, BTreeMap::new());
        }
        Merge { overwrite, walk: Walk::new(function) }.maps(&target, source)?;
    }
    Ok(Value::from(target).with_taint(any(args, 0).taint))
}

struct Merge {
    overwrite: bool,
    walk: Walk,
}

/// What mergo's `deepMerge` tells values apart by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Map,
    Struct,
    Pointer,
    Other,
}

fn shape(value: &Value) -> Shape {
    match value.kind_name() {
        "map" => Shape::Map,
        "struct" => Shape::Struct,
        "ptr" => Shape::Pointer,
        _ => Shape::Other,
    }
}

/// mergo's `isEmptyValue`. A struct is never empty.
fn is_empty(value: &Value) -> bool {
    !value.truth()
}

impl Merge {
    fn maps(&mut self, target: &Map, source: &Map) -> Result<(), Failure> {
        // A nil map that is not the target itself can't be set: mergo leaves it, and the caller replaces it.
        if target.is_nil() {
            return Ok(());
        }
        self.walk.enter().map_err(Failure::Returned)?;
        // Maps may hold one another, so none can be borrowed while others change.
        for (key, value) in source.to_vec() {
            self.walk.step().map_err(Failure::Returned)?;
            let old = target.get(&key);
            if value.is_nil() {
                if self.overwrite {
                    target.insert(key, value);
                }
                continue;
            }
            if let Some(old) = &old {
                self.nested(old, &value)?;
            }
            let stays = match old.filter(|it| !is_empty(it)) {
                Some(old) if shape(&value) == Shape::Map && shape(&old) == Shape::Map => true,
                old => old.is_some() && !self.overwrite,
            };
            if !stays {
                insert(target, source, key, value)?;
            }
        }
        self.walk.leave();
        Ok(())
    }

    /// Merges what two maps have at the same key, if that goes deeper.
    fn nested(&mut self, old: &Value, new: &Value) -> Result<(), Failure> {
        match (shape(old), shape(new)) {
            (Shape::Map, Shape::Map) => match (&old.kind, &new.kind) {
                (Kind::Map(old), Kind::Map(new)) => self.maps(old, new),
                _ => Ok(()),
            },
            (Shape::Pointer, Shape::Map | Shape::Struct) if !self.overwrite => {
                Err(Failure::Returned(Error::new("src and dst must be of same type")))
            }
            _ => Ok(()),
        }
    }
}

/// Puts a value into a map, whose type may not allow it.
fn insert(target: &Map, source: &Map, key: Str, value: Value) -> Result<(), Failure> {
    if target.ty() == MapType::Str && source.ty() != MapType::Str {
        let given = if value.kind_name() == "slice" { value.type_name() } else { "interface {}" };
        let what = format!("reflect.Value.SetMapIndex: value of type {given} is not assignable to type string");
        return Err(Failure::Panicked(Error::new(what)));
    }
    target.insert(key, value);
    Ok(())
}
