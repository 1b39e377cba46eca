//! Values as texts: what sprig's `strval` and fmt's `%v` make of them, and the functions that are little more.

#![expect(clippy::unnecessary_wraps, reason = "the signature of natives")]

use super::args::{any, bytes, check_text, taint_within};
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::print;
use crate::gotemplate::value::{Kind, List, ListType, Parts, Str, Value};

pub(super) const FUNCS: &[Func] = &[
    Func::variadic("quote", &[], Param::Any, quote),
    Func::variadic("squote", &[], Param::Any, squote),
    Func::variadic("cat", &[], Param::Any, cat),
    Func::new("toString", &[Param::Any], to_string),
    Func::new("toStrings", &[Param::Any], to_strings),
    Func::new("join", &[Param::Str, Param::Any], join),
];

/// Returns what `%v` prints.
pub(super) fn printed(value: &Value) -> Str {
    if let Kind::Str(text) = &value.kind {
        return text.clone();
    }
    let mut out = Vec::new();
    print::print_value(&mut out, value);
    out.into()
}

/// Returns a value as a string, as sprig has it: bytes as text, `error` and `String` methods first.
pub(super) fn strval(value: &Value) -> Str {
    match &value.kind {
        Kind::Bytes(bytes) => Str::from(&**bytes),
        Kind::Object(object) => object.string().map_or_else(|| printed(value), Str::from),
        _ => printed(value),
    }
}

/// Returns the strings that a value is or holds: sprig's `strslice`. A `[]string` is handed on.
pub(super) fn strings(value: &Value) -> List {
    if let Kind::List(list) = &value.kind
        && list.ty() == ListType::Str
    {
        return list.clone();
    }
    let items = match super::args::elements(value) {
        Some(items) => items,
        None if value.is_nil() => Vec::new(),
        None => vec![value.clone()],
    };
    let items = items.iter().filter(|it| !it.is_nil()).map(|it| Value::from(strval(it)).with_taint(it.taint)).collect();
    List::new(ListType::Str, items)
}

fn to_string(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok(Value::from(strval(any(args, 0))).with_taint(taint_within(exec, args)))
}

fn to_strings(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok(strings(any(args, 0)).into())
}

fn join(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (separator, list) = (bytes(args, 0), strings(any(args, 1)));
    let items = list.items();
    let texts: Vec<_> = items.iter().filter_map(Value::as_str).collect();
    Ok(Value::from(joined("join", separator, &texts)?).with_taint(taint_within(exec, args)))
}

/// Joins texts, which keep their marks.
fn joined(function: &str, separator: &[u8], texts: &[&Str]) -> Result<Str, Error> {
    let length = texts.iter().map(|it| it.len()).sum::<usize>() + separator.len().saturating_mul(texts.len());
    let mut parts = Parts::with_capacity(check_text(function, Some(length))?);
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            parts.add(separator);
        }
        parts.push(text, 0..text.len());
    }
    Ok(parts.finish())
}

fn joined_by_space(exec: &mut Exec<'_>, function: &str, args: &[Value], each: impl Fn(&Value) -> Str) -> Result<Value, Error> {
    let texts: Vec<_> = args.iter().filter(|it| !it.is_nil()).map(each).collect();
    let text = joined(function, b" ", &texts.iter().collect::<Vec<_>>())?;
    Ok(Value::from(text).with_taint(taint_within(exec, args)))
}

fn quote(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    joined_by_space(exec, "quote", args, |it| quoted(&strval(it)))
}

fn squote(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    joined_by_space(exec, "squote", args, |it| {
        let text = printed(it);
        let mut parts = Parts::with_capacity(text.len() + 2);
        parts.add(b"'");
        parts.push(&text, 0..text.len());
        parts.add(b"'");
        parts.finish()
    })
}

fn cat(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    joined_by_space(exec, "cat", args, printed)
}

/// Quotes a text as `%q` does, with its marks.
fn quoted(text: &Str) -> Str {
    let whole = print::quote(text);
    if text.marks().is_empty() {
        return whole.into();
    }
    let mut parts = Parts::with_capacity(whole.len());
    let ends = text.marks().iter().skip(1).map(|it| it.start as usize).chain([text.len()]);
    parts.add(b"\"");
    for (mark, end) in text.marks().iter().zip(ends) {
        let mut start = mark.start as usize;
        // Escapes move what is behind them, so that each line of a template's text is marked anew.
        for line in text.get(start..end).unwrap_or_default().split_inclusive(|it| *it == b'\n' && mark.is_text()) {
            let part = print::quote(line);
            parts.mark(text, start);
            parts.add(part.get(1..part.len().saturating_sub(1)).unwrap_or_default().as_bytes());
            start += line.len();
        }
    }
    parts.add(b"\"");
    let made = parts.finish();
    // A mark inside a character would change how it is quoted.
    if *made == *whole.as_bytes() { made } else { whole.into() }
}
