//! Lists: sprig's list.go. All but `concat` and `sortAlpha` come with a `must…` twin, which differs in nothing that a template sees.

#![expect(clippy::unnecessary_wraps, reason = "the signature of natives")]

use super::args::{MAX_ITEMS, NIL_POINTER, Walk, any, elements, int, limit, list_of, nil_list, taint_within};
use super::cast::to_int;
use super::equal::deep_equal;
use super::printed::{strings, strval};
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::{Kind, List, ListType, Taint, Value};

const ONE: &[Param] = &[Param::Any];
const TWO: &[Param] = &[Param::Any, Param::Any];
const CHUNK: &[Param] = &[Param::Int, Param::Any];

pub(super) const FUNCS: &[Func] = &[
    Func::variadic("list", &[], Param::Any, list).own_flow(),
    Func::variadic("tuple", &[], Param::Any, list).own_flow(),
    Func::new("append", TWO, append).own_flow(),
    Func::new("mustAppend", TWO, append).own_flow(),
    Func::new("push", TWO, append).own_flow(),
    Func::new("mustPush", TWO, append).own_flow(),
    Func::new("prepend", TWO, prepend).own_flow(),
    Func::new("mustPrepend", TWO, prepend).own_flow(),
    Func::new("first", ONE, first).own_flow(),
    Func::new("mustFirst", ONE, first).own_flow(),
    Func::new("last", ONE, last).own_flow(),
    Func::new("mustLast", ONE, last).own_flow(),
    Func::new("rest", ONE, rest).own_flow(),
    Func::new("mustRest", ONE, rest).own_flow(),
    Func::new("initial", ONE, initial).own_flow(),
    Func::new("mustInitial", ONE, initial).own_flow(),
    Func::new("reverse", ONE, reverse).own_flow(),
    Func::new("mustReverse", ONE, reverse).own_flow(),
    Func::new("compact", ONE, compact).own_flow(),
    Func::new("mustCompact", ONE, compact).own_flow(),
    Func::new("uniq", ONE, uniq).own_flow(),
    Func::new("mustUniq", ONE, uniq).own_flow(),
    Func::variadic("without", ONE, Param::Any, without),
    Func::variadic("mustWithout", ONE, Param::Any, without),
    Func::new("has", TWO, has),
    Func::new("mustHas", TWO, has),
    Func::variadic("slice", ONE, Param::Any, slice).own_flow(),
    Func::variadic("mustSlice", ONE, Param::Any, slice).own_flow(),
    Func::variadic("concat", &[], Param::Any, concat).own_flow(),
    Func::new("chunk", CHUNK, chunk).own_flow(),
    Func::new("mustChunk", CHUNK, chunk).own_flow(),
    Func::new("sortAlpha", ONE, sort_alpha).own_flow(),
];

/// Returns the elements of a list, or the error of a function that was given something else.
fn items_or(list: &Value, complaint: &str) -> Result<Vec<Value>, Error> {
    match elements(list) {
        Some(items) => Ok(items),
        None if list.is_nil() => Err(Error::new(NIL_POINTER)),
        None => Err(Error::new(format!("{complaint} {}", list.kind_name()))),
    }
}

fn list(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok(Value::list(args.to_vec()))
}

fn append(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let mut items = items_or(any(args, 0), "Cannot push on type")?;
    items.push(any(args, 1).clone());
    Ok(list_of(items, any(args, 0)))
}

fn prepend(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let mut items = items_or(any(args, 0), "Cannot prepend on type")?;
    items.insert(0, any(args, 1).clone());
    Ok(list_of(items, any(args, 0)))
}

fn first(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    if let Kind::List(list) = &any(args, 0).kind {
        return Ok(list.get(0).unwrap_or_default());
    }
    Ok(items_or(any(args, 0), "Cannot find first on type")?.into_iter().next().unwrap_or_default())
}

fn last(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    if let Kind::List(list) = &any(args, 0).kind {
        return Ok(list.items().last().cloned().unwrap_or_default());
    }
    Ok(items_or(any(args, 0), "Cannot find last on type")?.pop().unwrap_or_default())
}

fn rest(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let mut items = items_or(any(args, 0), "Cannot find rest on type")?;
    if items.is_empty() {
        return Ok(nil_list());
    }
    items.remove(0);
    Ok(list_of(items, any(args, 0)))
}

fn initial(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let mut items = items_or(any(args, 0), "Cannot find initial on type")?;
    if items.pop().is_none() {
        return Ok(nil_list());
    }
    Ok(list_of(items, any(args, 0)))
}

fn reverse(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let mut items = items_or(any(args, 0), "Cannot find reverse on type")?;
    items.reverse();
    Ok(list_of(items, any(args, 0)))
}

fn compact(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let mut items = items_or(any(args, 0), "Cannot compact on type")?;
    items.retain(Value::truth);
    Ok(list_of(items, any(args, 0)))
}

fn uniq(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (mut kept, mut walk) = (Vec::new(), Walk::new("uniq"));
    for item in items_or(any(args, 0), "Cannot find uniq on type")? {
        if !holds(&mut walk, &kept, &item)? {
            kept.push(item);
        }
    }
    Ok(list_of(kept, any(args, 0)))
}

/// sprig's `inList`.
fn holds(walk: &mut Walk, items: &[Value], wanted: &Value) -> Result<bool, Error> {
    for item in items {
        if deep_equal(walk, wanted, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn without(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (mut kept, mut walk) = (Vec::new(), Walk::new("without"));
    for item in items_or(any(args, 0), "Cannot find without on type")? {
        if !holds(&mut walk, &args[1..], &item)? {
            kept.push(item);
        }
    }
    Ok(Value::list(kept))
}

fn has(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    if any(args, 1).is_nil() {
        return Ok(false.into());
    }
    let items = items_or(any(args, 1), "Cannot find has on type")?;
    let found = holds(&mut Walk::new("has"), &items, any(args, 0))?;
    Ok(Value::from(found).with_taint(taint_within(exec, args)))
}

fn slice(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let list = any(args, 0);
    let items = items_or(list, "list should be type of slice or array but")?;
    if items.is_empty() {
        return Ok(Value::NIL);
    }
    let start = args.get(1).map_or(Ok(0), |it| usize::try_from(to_int(it)));
    let end = args.get(2).map_or(Ok(items.len()), |it| usize::try_from(to_int(it)));
    let (Ok(start), Ok(end)) = (start, end) else { return Err(out_of_bounds()) };
    let items = items.get(start..end).ok_or_else(out_of_bounds)?.to_vec();
    let kind = match &list.kind {
        Kind::Bytes(bytes) => Kind::Bytes(bytes[start..end].into()),
        Kind::List(list) => Kind::List(List::new(list.ty(), items)),
        _ => Kind::List(List::new(ListType::Str, items)),
    };
    Ok(Value { kind, taint: list.taint })
}

fn out_of_bounds() -> Error {
    Error::new("reflect.Value.Slice: slice index out of bounds")
}

fn concat(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let mut items = Vec::new();
    for list in args {
        match elements(list) {
            Some(more) => items.extend(more),
            None if list.is_nil() => return Err(Error::new(NIL_POINTER)),
            None => return Err(Error::new(format!("Cannot concat type {} as list", list.kind_name()))),
        }
    }
    // Doubling a list time and again must end before the memory does.
    if items.len() > 4 * MAX_ITEMS {
        return Err(limit(format!("concat: the result would have more than {} items", 4 * MAX_ITEMS)));
    }
    let origin = args.iter().find(|it| it.taint != Taint::NONE).unwrap_or(&Value::NIL);
    if items.is_empty() { Ok(nil_list()) } else { Ok(list_of(items, origin)) }
}

fn chunk(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (size, list) = (int(args, 0), any(args, 1));
    let items = items_or(list, "Cannot chunk type")?;
    let (count, magnitude) = (items.len(), usize::try_from(size.unsigned_abs()).unwrap_or(usize::MAX));
    // Sprig counts the chunks in floating point, which for a size below 1 gives one, none, or a panic.
    let size = match count {
        _ if size > 0 => magnitude,
        1 if magnitude > 1 => 1,
        2.. if count - 1 <= magnitude => return Ok(chunks(&[], 1, list)),
        _ => return Err(Error::new("runtime error: makeslice: len out of range")),
    };
    Ok(chunks(&items, size, list))
}

fn chunks(items: &[Value], size: usize, list: &Value) -> Value {
    let chunks = items.chunks(size).map(|it| Value::list(it.to_vec())).collect();
    Value::from(List::new(ListType::Named("[][]interface {}"), chunks)).with_taint(list.taint)
}

/// A `[]string` is sorted in place.
fn sort_alpha(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let list = any(args, 0);
    if elements(list).is_none() {
        return Ok(Value::strings([strval(list)]).with_taint(list.taint));
    }
    let sorted = strings(list);
    sorted.items_mut().sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Ok(Value::from(sorted).with_taint(list.taint))
}
