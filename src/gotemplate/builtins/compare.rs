//! `eq`, `ne`, `lt`, `le`, `gt`, `ge`.

use std::cmp::Ordering;
use std::rc::Rc;

use super::first;
use crate::gotemplate::exec::Exec;
use crate::gotemplate::func::Error;
use crate::gotemplate::print::sprintf;
use crate::gotemplate::value::{Frozen, Kind, Value};

type Answer = Result<Value, Error>;

/// What can be compared by its value; Go's `basicKind`.
#[derive(Clone, Copy)]
enum Basic<'a> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str(&'a [u8]),
}

impl<'a> Basic<'a> {
    fn of(value: &'a Value) -> Option<Self> {
        match &value.kind {
            Kind::Bool(truth) => Some(Self::Bool(*truth)),
            Kind::Int(kind, number) if kind.is_unsigned() => Some(Self::Uint(number.cast_unsigned())),
            Kind::Int(_, number) => Some(Self::Int(*number)),
            Kind::Float(number) => Some(Self::Float(*number)),
            Kind::Str(text) => Some(Self::Str(text)),
            _ => None,
        }
    }
}

pub(super) fn eq(_: &mut Exec<'_>, args: &[Value]) -> Answer {
    let (value, others) = (first(args), args.get(1..).unwrap_or_default());
    if others.is_empty() {
        return Err(Error::new("missing argument for comparison"));
    }
    for other in others {
        if equal(value, other)? {
            return Ok(true.into());
        }
    }
    Ok(false.into())
}

pub(super) fn ne(_: &mut Exec<'_>, args: &[Value]) -> Answer {
    Ok((!equal(first(args), second(args))?).into())
}

pub(super) fn lt(_: &mut Exec<'_>, args: &[Value]) -> Answer {
    Ok(less(first(args), second(args))?.into())
}

pub(super) fn le(_: &mut Exec<'_>, args: &[Value]) -> Answer {
    Ok(less_or_equal(first(args), second(args))?.into())
}

pub(super) fn gt(_: &mut Exec<'_>, args: &[Value]) -> Answer {
    Ok((!less_or_equal(first(args), second(args))?).into())
}

pub(super) fn ge(_: &mut Exec<'_>, args: &[Value]) -> Answer {
    Ok((!less(first(args), second(args))?).into())
}

fn second(args: &[Value]) -> &Value {
    args.get(1).unwrap_or(&Value::NIL)
}

fn incompatible(a: &Value, b: &Value) -> Error {
    Error::new(format!("incompatible types for comparison: {} and {}", a.type_name(), b.type_name()))
}

#[expect(clippy::float_cmp, reason = "as Go compares")]
fn equal(a: &Value, b: &Value) -> Result<bool, Error> {
    Ok(match (Basic::of(a), Basic::of(b)) {
        (Some(Basic::Bool(a)), Some(Basic::Bool(b))) => a == b,
        (Some(Basic::Int(a)), Some(Basic::Int(b))) => a == b,
        (Some(Basic::Uint(a)), Some(Basic::Uint(b))) => a == b,
        (Some(Basic::Int(a)), Some(Basic::Uint(b))) | (Some(Basic::Uint(b)), Some(Basic::Int(a))) => u64::try_from(a) == Ok(b),
        (Some(Basic::Float(a)), Some(Basic::Float(b))) => a == b,
        (Some(Basic::Str(a)), Some(Basic::Str(b))) => a == b,
        (None, None) => same(a, b)?,
        _ if a.is_nil() || b.is_nil() => false,
        _ => return Err(incompatible(a, b)),
    })
}

/// Compares what has no basic kind.
fn same(a: &Value, b: &Value) -> Result<bool, Error> {
    if a.kind_name() != b.kind_name() && !a.is_nil() && !b.is_nil() {
        let args = [a.clone(), a.type_name().into(), b.type_name().into(), b.clone()];
        return Err(sentence("non-comparable types %s: %v, %s: %v", &args));
    }
    let nils = (is_nil(a), is_nil(b));
    if nils.0 || nils.1 {
        return Ok(nils == (true, true));
    }
    match (&a.kind, &b.kind) {
        (Kind::Object(a), Kind::Object(b)) if a.kind_name() == "ptr" => Ok(Rc::ptr_eq(a, b)),
        (Kind::Object(x), Kind::Object(y)) if x.kind_name() == "struct" => {
            Ok(x.type_name() == y.type_name() && Frozen::from(a) == Frozen::from(b))
        }
        _ => Err(sentence("non-comparable type %s: %v", &[b.clone(), b.type_name().into()])),
    }
}

fn sentence(format: &str, args: &[Value]) -> Error {
    Error::new(String::from_utf8_lossy(&sprintf(format.as_bytes(), args)))
}

fn is_nil(value: &Value) -> bool {
    match &value.kind {
        Kind::Nil => true,
        Kind::List(list) => list.is_nil(),
        Kind::Map(map) => map.is_nil(),
        _ => false,
    }
}

fn less(a: &Value, b: &Value) -> Result<bool, Error> {
    let invalid = || Error::new("invalid type for comparison");
    Ok(match (Basic::of(a).ok_or_else(invalid)?, Basic::of(b).ok_or_else(invalid)?) {
        (Basic::Bool(_), Basic::Bool(_)) => return Err(invalid()),
        (Basic::Int(a), Basic::Int(b)) => a < b,
        (Basic::Uint(a), Basic::Uint(b)) => a < b,
        (Basic::Int(a), Basic::Uint(b)) => i128::from(a) < i128::from(b),
        (Basic::Uint(a), Basic::Int(b)) => i128::from(a) < i128::from(b),
        (Basic::Float(a), Basic::Float(b)) => a.partial_cmp(&b) == Some(Ordering::Less),
        (Basic::Str(a), Basic::Str(b)) => a < b,
        _ => return Err(incompatible(a, b)),
    })
}

fn less_or_equal(a: &Value, b: &Value) -> Result<bool, Error> {
    Ok(less(a, b)? || equal(a, b)?)
}
