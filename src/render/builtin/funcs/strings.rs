//! Looking into strings, replacing, trimming and splitting: sprig's strings.go over Go's strings package.

#![expect(clippy::unnecessary_wraps, reason = "the signature of natives")]

use std::ops::Range;

use bstr::ByteSlice as _;

use super::args::{MAX_ITEMS, any, bytes, check_text, int, limit, text};
use super::unicode::{is_space, rune, runes};
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::{List, ListType, Map, MapType, Parts, Str, Value, part};

const TWO: &[Param] = &[Param::Str, Param::Str];

pub(super) const FUNCS: &[Func] = &[
    Func::new("hello", &[], |_, _| Ok("Hello!".into())),
    Func::new("contains", TWO, |_, args| Ok(bytes(args, 1).contains_str(bytes(args, 0)).into())),
    Func::new("hasPrefix", TWO, |_, args| Ok(bytes(args, 1).starts_with(bytes(args, 0)).into())),
    Func::new("hasSuffix", TWO, |_, args| Ok(bytes(args, 1).ends_with(bytes(args, 0)).into())),
    Func::new("replace", &[Param::Str, Param::Str, Param::Str], replace),
    Func::new("repeat", &[Param::Int, Param::Str], repeat),
    Func::new("trim", &[Param::Str], trim),
    Func::new("trimall", TWO, trim_all),
    Func::new("trimAll", TWO, trim_all),
    Func::new("trimPrefix", TWO, trim_prefix),
    Func::new("trimSuffix", TWO, trim_suffix),
    Func::new("trunc", &[Param::Int, Param::Str], trunc),
    Func::new("substr", &[Param::Int, Param::Int, Param::Str], substr),
    Func::new("plural", &[Param::Str, Param::Str, Param::Int], plural).own_flow(),
    Func::new("split", TWO, split),
    Func::new("splitn", &[Param::Str, Param::Int, Param::Str], splitn),
    Func::new("splitList", TWO, split_list),
];

fn replace(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (old, new, text) = (bytes(args, 0), bytes(args, 1), text(args, 2));
    let places: Vec<usize> = if old.is_empty() {
        runes(&text).map(|(start, ..)| start).chain([text.len()]).collect()
    } else {
        text.find_iter(old).collect()
    };
    if places.is_empty() || old == new {
        return Ok(text.into());
    }
    let grown = new.len().checked_mul(places.len()).and_then(|it| it.checked_add(text.len()));
    let length = check_text("replace", grown.map(|it| it - old.len() * places.len()))?;
    let mut parts = Parts::with_capacity(length);
    let mut start = 0;
    for place in places {
        parts.push(&text, start..place);
        parts.mark(&text, place);
        parts.add(new);
        start = place + old.len();
    }
    parts.push(&text, start..text.len());
    Ok(parts.finish().into())
}

/// Repeats a text as `strings.Repeat` does.
pub(super) fn repeated(function: &str, text: &[u8], count: i64) -> Result<Vec<u8>, Error> {
    let Ok(count) = usize::try_from(count) else {
        return Err(Error::new("strings: negative Repeat count"));
    };
    check_text(function, text.len().checked_mul(count))?;
    Ok(text.repeat(count))
}

fn repeat(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok(repeated("repeat", bytes(args, 1), int(args, 0))?.into())
}

/// Returns where a text begins and ends without the runes at its ends that a test takes.
fn trimmed(text: &[u8], drop: impl Fn(char) -> bool) -> Range<usize> {
    let mut kept = runes(text).filter(|&(_, _, it)| !drop(it));
    let Some((start, ..)) = kept.next() else { return 0..0 };
    let mut end = text.len();
    while end > start {
        // Go's DecodeLastRune: the longest rune that ends here.
        let from = (end.saturating_sub(4)..end).find(|&it| rune(&text[it..end]).1 == end - it).unwrap_or(end - 1);
        if !drop(rune(&text[from..end]).0) {
            break;
        }
        end = from;
    }
    start..end
}

fn trim(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let text = text(args, 0);
    Ok(part(&text, trimmed(&text, is_space)).into())
}

fn trim_all(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (set, text) = (bytes(args, 0), text(args, 1));
    let set: Vec<char> = runes(set).map(|(.., it)| it).collect();
    Ok(part(&text, trimmed(&text, |it| set.contains(&it))).into())
}

fn trim_prefix(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (prefix, text) = (bytes(args, 0), text(args, 1));
    let start = if text.starts_with(prefix) { prefix.len() } else { 0 };
    Ok(part(&text, start..text.len()).into())
}

fn trim_suffix(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (suffix, text) = (bytes(args, 0), text(args, 1));
    let end = if text.ends_with(suffix) { text.len() - suffix.len() } else { text.len() };
    Ok(part(&text, 0..end).into())
}

fn trunc(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (count, text) = (int(args, 0), text(args, 1));
    let size = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let range = match text.len().checked_sub(size) {
        Some(start) if count < 0 && start > 0 => start..text.len(),
        Some(_) if count >= 0 => 0..size,
        _ => 0..text.len(),
    };
    Ok(part(&text, range).into())
}

fn substr(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (start, end, text) = (int(args, 0), int(args, 1), text(args, 2));
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    let out = |range: &str, more: &str| Err(Error::new(format!("runtime error: slice bounds out of range [{range}]{more}")));
    let (from, to) = match (start, end) {
        (..0, ..0) => return out(&format!(":{end}"), ""),
        (..0, _) if end > length => return out(&format!(":{end}"), &format!(" with length {length}")),
        (..0, _) => (0, end),
        _ if end < 0 || end > length => (start, length),
        _ => (start, end),
    };
    if from > to {
        return out(&format!("{from}:{to}"), "");
    }
    Ok(part(&text, usize::try_from(from).unwrap_or(0)..usize::try_from(to).unwrap_or(0)).into())
}

fn plural(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let chosen = any(args, usize::from(int(args, 2) != 1)).clone();
    let taint = exec.join(chosen.taint, any(args, 2).taint);
    Ok(chosen.with_taint(taint))
}

/// Splits a text into at most `count` parts; a negative number is no bound.
fn parts(function: &str, separator: &[u8], count: i64, text: &Str) -> Result<Vec<Str>, Error> {
    let count = usize::try_from(count).unwrap_or(MAX_ITEMS + 1).min(MAX_ITEMS + 1);
    if count == 0 {
        return Ok(Vec::new());
    }
    let cuts: Vec<Range<usize>> = if separator.is_empty() {
        runes(text).skip(1).map(|(start, ..)| start..start).take(count - 1).collect()
    } else {
        text.find_iter(separator).map(|start| start..start + separator.len()).take(count - 1).collect()
    };
    if separator.is_empty() && text.is_empty() {
        return Ok(Vec::new());
    }
    if cuts.len() >= MAX_ITEMS {
        return Err(limit(format!("{function}: the result would have more than {MAX_ITEMS} items")));
    }
    let starts = std::iter::once(0).chain(cuts.iter().map(|it| it.end));
    let ends = cuts.iter().map(|it| it.start).chain([text.len()]);
    Ok(starts.zip(ends).map(|(start, end)| part(text, start..end)).collect())
}

fn numbered(parts: Vec<Str>) -> Value {
    let entries = parts.into_iter().enumerate().map(|(index, it)| (Str::from(format!("_{index}")), Value::from(it)));
    Map::new(MapType::Str, entries.collect()).into()
}

fn split(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok(numbered(parts("split", bytes(args, 0), -1, &text(args, 1))?))
}

fn splitn(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok(numbered(parts("splitn", bytes(args, 0), int(args, 1), &text(args, 2))?))
}

fn split_list(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let items = parts("splitList", bytes(args, 0), -1, &text(args, 1))?.into_iter().map(Value::from).collect();
    Ok(List::new(ListType::Str, items).into())
}
