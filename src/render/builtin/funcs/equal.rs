//! `reflect.DeepEqual`.

use super::args::Walk;
use crate::gotemplate::func::Error;
use crate::gotemplate::value::{Kind, List, Map, Value};

/// Whether two values are deeply equal: of the same types all through.
pub(super) fn deep_equal(walk: &mut Walk, a: &Value, b: &Value) -> Result<bool, Error> {
    walk.step()?;
    Ok(match (&a.kind, &b.kind) {
        (Kind::Nil, Kind::Nil) => true,
        (Kind::Bool(a), Kind::Bool(b)) => a == b,
        (Kind::Int(kind, a), Kind::Int(other, b)) => kind == other && a == b,
        #[expect(clippy::float_cmp, reason = "Go's equality")]
        (Kind::Float(a), Kind::Float(b)) => a == b,
        (Kind::Str(a), Kind::Str(b)) => a == b,
        (Kind::Bytes(a), Kind::Bytes(b)) => a == b,
        (Kind::List(a), Kind::List(b)) => lists(walk, a, b)?,
        (Kind::Map(a), Kind::Map(b)) => maps(walk, a, b)?,
        (Kind::Object(a), Kind::Object(b)) => {
            a.type_name() == b.type_name() && a.string() == b.string() && deep_equal(walk, &a.data(), &b.data())?
        }
        _ => false,
    })
}

fn lists(walk: &mut Walk, a: &List, b: &List) -> Result<bool, Error> {
    if a.ty() != b.ty() || a.is_nil() != b.is_nil() || a.len() != b.len() {
        return Ok(false);
    }
    if a.is(b) {
        return Ok(true);
    }
    walk.enter()?;
    for (a, b) in a.items().iter().zip(b.items().iter()) {
        if !deep_equal(walk, a, b)? {
            walk.leave();
            return Ok(false);
        }
    }
    walk.leave();
    Ok(true)
}

fn maps(walk: &mut Walk, a: &Map, b: &Map) -> Result<bool, Error> {
    if a.ty() != b.ty() || a.is_nil() != b.is_nil() || a.len() != b.len() {
        return Ok(false);
    }
    if a.is(b) {
        return Ok(true);
    }
    walk.enter()?;
    for ((key, a), (other, b)) in a.entries().iter().zip(b.entries().iter()) {
        if key != other || !deep_equal(walk, a, b)? {
            walk.leave();
            return Ok(false);
        }
    }
    walk.leave();
    Ok(true)
}
