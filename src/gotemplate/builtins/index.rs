//! `index`, `slice` and `len`.

use super::first;
use crate::gotemplate::exec::Exec;
use crate::gotemplate::func::Error;
use crate::gotemplate::value::{IntKind, Kind, List, Map, MapType, Value, part};

type Answer = Result<Value, Error>;

/// Returns an element, which keeps its own taint and gets those of the indexes.
pub(super) fn index(exec: &mut Exec<'_>, args: &[Value]) -> Answer {
    let mut item = first(args).clone();
    if item.is_nil() {
        return Err(Error::new("index of untyped nil"));
    }
    for index in args.get(1..).unwrap_or_default() {
        let element = element(&item, index)?;
        let taint = exec.join(element.taint, index.taint);
        item = element.with_taint(taint);
    }
    Ok(item)
}

fn element(item: &Value, index: &Value) -> Answer {
    match &item.kind {
        Kind::Nil => Err(Error::new("index of nil pointer")),
        Kind::Str(text) => byte(text, index, "reflect: string index out of range"),
        Kind::Bytes(bytes) => byte(bytes, index, "reflect: slice index out of range"),
        Kind::List(list) => {
            let at = position(index, list.len())?;
            list.get(at).ok_or_else(|| Error::new("reflect: slice index out of range"))
        }
        Kind::Map(map) => entry(map, index),
        Kind::Object(object) if matches!(object.kind_name(), "map" | "slice") => element(&object.data(), index),
        _ => Err(Error::new(format!("can't index item of type {}", pointed_to(item)))),
    }
}

fn byte(bytes: &[u8], index: &Value, outside: &str) -> Answer {
    let at = position(index, bytes.len())?;
    let byte = bytes.get(at).ok_or_else(|| Error::new(outside))?;
    Ok(Value::new(Kind::Int(IntKind::Uint8, i64::from(*byte))))
}

fn entry(map: &Map, key: &Value) -> Answer {
    match &key.kind {
        Kind::Str(key) => Ok(map.get(key).unwrap_or_else(|| match map.ty() {
            MapType::Str => "".into(),
            _ => Value::NIL,
        })),
        Kind::Nil => Err(Error::new("value is nil; should be of type string")),
        _ => Err(Error::new(format!("value has type {}; should be string", key.type_name()))),
    }
}

/// Checks an index: Go's `indexArg`, which lets pass the one behind the end.
fn position(index: &Value, length: usize) -> Result<usize, Error> {
    match &index.kind {
        Kind::Int(_, number) => {
            let at = usize::try_from(*number).ok().filter(|at| *at <= length);
            at.ok_or_else(|| Error::new(format!("index out of range: {number}")))
        }
        Kind::Nil => Err(Error::new("cannot index slice/array with nil")),
        _ => Err(Error::new(format!("cannot index slice/array with type {}", index.type_name()))),
    }
}

pub(super) fn slice(_: &mut Exec<'_>, args: &[Value]) -> Answer {
    slice_with(args, &[])
}

/// Does what `slice` does: returns a part of a string or list. Our lists have no capacity beyond their length, and the part is a list of
/// its own.
///
/// `interfaces` tells for each argument whether Go's value is an `interface{}` with the index in it: what a field of a map or an element of
/// a `[]interface{}` is until a pipeline, parentheses or a variable unpack it. Such an index is refused, as in Go.
pub fn slice_with(args: &[Value], interfaces: &[bool]) -> Result<Value, Error> {
    let (item, indexes) = (first(args), args.get(1..).unwrap_or_default());
    if item.is_nil() {
        return Err(Error::new("slice of untyped nil"));
    }
    if indexes.len() > 3 {
        return Err(Error::new(format!("too many slice indexes: {}", indexes.len())));
    }
    let data = match &item.kind {
        Kind::Object(object) if object.kind_name() == "slice" => object.data(),
        _ => item.clone(),
    };
    let length = match &data.kind {
        Kind::Str(_) if indexes.len() == 3 => return Err(Error::new("cannot 3-index slice a string")),
        Kind::Str(text) => text.len(),
        Kind::Bytes(bytes) => bytes.len(),
        Kind::List(list) => list.len(),
        _ => return Err(Error::new(format!("can't slice item of type {}", pointed_to(item)))),
    };
    let mut bounds = [0, length, length];
    for ((bound, index), at) in bounds.iter_mut().zip(indexes).zip(1..) {
        if interfaces.get(at) == Some(&true) {
            return Err(Error::new("cannot index slice/array with type interface {}"));
        }
        *bound = position(index, length)?;
    }
    let [start, end, capacity] = bounds;
    if start > end {
        return Err(Error::new(format!("invalid slice index: {start} > {end}")));
    }
    if end > capacity {
        return Err(Error::new(format!("invalid slice index: {end} > {capacity}")));
    }
    Ok(match &data.kind {
        Kind::Str(text) => part(text, start..end).into(),
        Kind::Bytes(bytes) => Value::bytes(&bytes[start..end]),
        Kind::List(list) if !list.is_nil() => List::new(list.ty(), list.items()[start..end].to_vec()).into(),
        _ => data,
    })
}

pub(super) fn len(_: &mut Exec<'_>, args: &[Value]) -> Answer {
    let item = first(args);
    let length = match &item.kind {
        Kind::Nil => return Err(Error::new("len of nil pointer")),
        Kind::Str(text) => text.len(),
        Kind::Bytes(bytes) => bytes.len(),
        Kind::List(list) => list.len(),
        Kind::Map(map) => map.len(),
        Kind::Object(object) => match (object.kind_name(), object.data().kind) {
            ("map" | "slice", Kind::List(list)) => list.len(),
            ("map" | "slice", Kind::Map(map)) => map.len(),
            _ => return Err(Error::new(format!("len of type {}", pointed_to(item)))),
        },
        _ => return Err(Error::new(format!("len of type {}", item.type_name()))),
    };
    Ok(Value::int(i64::try_from(length).unwrap_or(i64::MAX)))
}

/// Returns what `len` says of a nil that stands in no `interface{}` any more: the literal, or one that a pipeline, parentheses or a variable
/// unpacked. The function itself, which can't tell, says what it says of a nil field.
pub fn len_of_unpacked_nil() -> Error {
    Error::new("reflect: call of reflect.Value.Type on zero Value")
}

/// Returns the name of a value's type, of what it points to if it is a pointer.
fn pointed_to(value: &Value) -> &str {
    let name = value.type_name();
    if value.kind_name() == "ptr" { name.strip_prefix('*').unwrap_or(name) } else { name }
}
