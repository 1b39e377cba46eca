//! Maps: sprig's dict.go.

#![expect(clippy::unnecessary_wraps, reason = "the signature of natives")]

use super::args::{Walk, any, bytes, map, text};
use super::printed::strval;
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::{Kind, List, ListType, Map, MapType, Str, Value};

const MAP_STR: &[Param] = &[Param::Map, Param::Str];

pub(super) const FUNCS: &[Func] = &[
    Func::variadic("dict", &[], Param::Any, dict).own_flow(),
    Func::new("get", MAP_STR, get).own_flow(),
    Func::new("set", &[Param::Map, Param::Str, Param::Any], set).own_flow(),
    Func::new("unset", MAP_STR, unset).own_flow(),
    Func::new("hasKey", MAP_STR, |_, args| Ok(map(args, 0).contains(bytes(args, 1)).into())),
    Func::variadic("pluck", &[Param::Str], Param::Map, pluck).own_flow(),
    Func::variadic("keys", &[], Param::Map, keys),
    Func::new("values", &[Param::Map], values).own_flow(),
    Func::variadic("pick", &[Param::Map], Param::Str, pick).own_flow(),
    Func::variadic("omit", &[Param::Map], Param::Str, omit).own_flow(),
    Func::variadic("dig", &[], Param::Any, dig).own_flow(),
    Func::new("deepCopy", &[Param::Any], |_, args| deep_copied(args)).own_flow(),
    Func::new("mustDeepCopy", &[Param::Any], |_, args| deep_copied(args)).own_flow(),
];

/// A key without a value has an empty string.
fn dict(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let entries = args.chunks(2).map(|it| (strval(&it[0]), it.get(1).cloned().unwrap_or_else(|| "".into())));
    Ok(Map::new(MapType::Any, entries.collect()).into())
}

fn get(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok(map(args, 0).get(bytes(args, 1)).unwrap_or_else(|| Value::from("").with_taint(any(args, 0).taint)))
}

fn set(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let map = map(args, 0);
    if map.is_nil() {
        return Err(Error::new("assignment to entry in nil map"));
    }
    map.insert(text(args, 1), any(args, 2).clone());
    Ok(Value::from(map).with_taint(any(args, 0).taint))
}

fn unset(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let map = map(args, 0);
    map.remove(bytes(args, 1));
    Ok(Value::from(map).with_taint(any(args, 0).taint))
}

fn pluck(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let key = bytes(args, 0);
    Ok(Value::list(args.iter().filter_map(Value::as_map).filter_map(|it| it.get(key)).collect()))
}

/// Go's order is random; ours is that of the keys.
fn keys(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let keys = args.iter().filter_map(Value::as_map).flat_map(|it| it.entries().keys().cloned().collect::<Vec<_>>());
    Ok(List::new(ListType::Str, keys.map(Value::from).collect()).into())
}

fn values(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok(Value::list(map(args, 0).entries().values().cloned().collect()).with_taint(any(args, 0).taint))
}

fn pick(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let map = map(args, 0);
    let picked = args[1..].iter().filter_map(Value::as_str).filter_map(|key| Some((key.clone(), map.get(key)?)));
    Ok(Value::from(Map::new(MapType::Any, picked.collect())).with_taint(any(args, 0).taint))
}

fn omit(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let mut entries = map(args, 0).entries().clone();
    for key in args[1..].iter().filter_map(Value::as_str) {
        entries.remove(key);
    }
    Ok(Value::from(Map::new(MapType::Any, entries)).with_taint(any(args, 0).taint))
}

/// The error of a Go type assertion.
fn assertion(value: &Value, wanted: &str) -> Error {
    let found = if value.is_nil() { "nil" } else { value.type_name() };
    Error::new(format!("interface conversion: interface {{}} is {found}, not {wanted}"))
}

/// A map whose type is `map[string]interface{}` itself, and not one under a name.
fn plain_map(value: &Value) -> Result<Map, Error> {
    match value.as_map() {
        Some(map) if map.ty() == MapType::Any => Ok(map.clone()),
        _ => Err(assertion(value, MapType::Any.name())),
    }
}

/// Keys, what to return where there is none, and a map.
fn dig(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let [keys @ .., default, map] = args else { return Err(Error::new("dig needs at least three arguments")) };
    if keys.is_empty() {
        return Err(Error::new("dig needs at least three arguments"));
    }
    let mut at = plain_map(map)?;
    let keys = keys.iter().map(|it| it.as_str().ok_or_else(|| assertion(it, "string"))).collect::<Result<Vec<&Str>, _>>()?;
    for (index, key) in keys.iter().enumerate() {
        let Some(step) = at.get(key) else { return Ok(default.clone()) };
        if index + 1 == keys.len() {
            return Ok(step);
        }
        at = plain_map(&step)?;
    }
    Ok(default.clone())
}

fn deep_copied(args: &[Value]) -> Result<Value, Error> {
    let value = any(args, 0);
    if value.is_nil() {
        return Err(Error::new("reflect: call of reflect.Value.Type on zero Value"));
    }
    copied(&mut Walk::new("deepCopy"), value)
}

fn copied(walk: &mut Walk, value: &Value) -> Result<Value, Error> {
    walk.step()?;
    let kind = match &value.kind {
        Kind::List(list) if !list.is_nil() => {
            walk.enter()?;
            let items = list.items().iter().map(|it| copied(walk, it)).collect::<Result<_, _>>()?;
            walk.leave();
            Kind::List(List::new(list.ty(), items))
        }
        Kind::Map(map) if !map.is_nil() => {
            walk.enter()?;
            let entries =
                map.entries().iter().map(|(key, it)| Ok((key.clone(), copied(walk, it)?))).collect::<Result<_, Error>>()?;
            walk.leave();
            Kind::Map(Map::new(map.ty(), entries))
        }
        kind => kind.clone(),
    };
    Ok(Value { kind, taint: value.taint })
}
