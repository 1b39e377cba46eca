//! Lines: indenting, wrapping and shortening. Sprig's strings.go over goutils' wordutils.go and stringutils.go.

use bstr::ByteSlice as _;

use super::args::{bytes, check_text, int, text};
use super::marks::{Parts, part};
use super::strings::repeated;
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::{Str, Value};

const INT_STR: &[Param] = &[Param::Int, Param::Str];

pub(super) const FUNCS: &[Func] = &[
    Func::new("indent", INT_STR, |_, args| indented("indent", args, b"")),
    Func::new("nindent", INT_STR, |_, args| indented("nindent", args, b"\n")),
    Func::new("wrap", INT_STR, wrap),
    Func::new("wrapWith", &[Param::Int, Param::Str, Param::Str], wrap_with),
    Func::new("abbrev", INT_STR, abbrev),
    Func::new("abbrevboth", &[Param::Int, Param::Int, Param::Str], abbrev_both),
    Func::new("initials", &[Param::Str], initials),
    Func::new("nospace", &[Param::Str], no_space),
];

fn indented(function: &str, args: &[Value], before: &[u8]) -> Result<Value, Error> {
    let text = text(args, 1);
    let pad = repeated(function, b" ", int(args, 0))?;
    let lines = text.find_iter(b"\n").count() + 1;
    let length = pad.len().checked_mul(lines).and_then(|it| it.checked_add(text.len() + before.len()));
    let mut parts = Parts::with_capacity(check_text(function, length)?);
    parts.add(before);
    let mut start = 0;
    loop {
        parts.mark(&text, start);
        parts.add(&pad);
        let end = text[start..].find_byte(b'\n').map_or(text.len(), |it| start + it + 1);
        parts.push(&text, start..end);
        if end == text.len() && !text[start..].ends_with(b"\n") {
            return Ok(parts.finish().into());
        }
        start = end;
    }
}

fn wrap(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok(wrapped("wrap", bytes(args, 1), int(args, 0), b"", false)?.into())
}

fn wrap_with(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok(wrapped("wrapWith", bytes(args, 2), int(args, 0), bytes(args, 1), true)?.into())
}

/// goutils' `WrapCustom`: it counts bytes.
fn wrapped(function: &str, text: &[u8], width: i64, line_end: &[u8], cut_words: bool) -> Result<Vec<u8>, Error> {
    let line_end = if line_end.is_empty() { b"\n" } else { line_end };
    let width = usize::try_from(width.max(1)).unwrap_or(usize::MAX);
    let mut out = Vec::new();
    let mut at = 0;
    while text.len() - at > width {
        if text[at] == b' ' {
            at += 1;
            continue;
        }
        let end = at + width;
        let (stop, next) = match text[at..=end].rfind_byte(b' ') {
            Some(space) => (at + space, at + space + 1),
            None if cut_words => (end, end),
            None => match text[end..].find_byte(b' ') {
                Some(space) => (end + space, end + space + 1),
                None => {
                    out.extend_from_slice(&text[at..]);
                    return Ok(out);
                }
            },
        };
        out.extend_from_slice(&text[at..stop]);
        out.extend_from_slice(line_end);
        check_text(function, Some(out.len()))?;
        at = next;
    }
    out.extend_from_slice(&text[at..]);
    Ok(out)
}

fn abbrev(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (width, text) = (int(args, 0), text(args, 1));
    Ok(if width < 4 { text } else { abbreviated(&text, 0, width) }.into())
}

fn abbrev_both(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (left, right, text) = (int(args, 0), int(args, 1), text(args, 2));
    Ok(if right < 4 || left > 0 && right < 7 { text } else { abbreviated(&text, left, right) }.into())
}

/// goutils' `AbbreviateFull`, which gives an empty text where it fails.
fn abbreviated(text: &Str, offset: i64, width: i64) -> Str {
    const DOTS: &[u8] = b"...";
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    let slice =
        |from: i64, to: i64| text.get(usize::try_from(from).unwrap_or(0)..usize::try_from(to).unwrap_or(0)).unwrap_or_default();
    if text.is_empty() || width < 4 {
        return Str::from("");
    }
    if length <= width {
        return text.clone();
    }
    let mut offset = offset.min(length);
    if length.saturating_sub(offset) < width - 3 {
        offset = length - (width - 3);
    }
    if offset <= 4 {
        return Str::from([slice(0, width - 3), DOTS].concat());
    }
    if width < 7 {
        return Str::from("");
    }
    if offset + width - 3 < length {
        let rest = abbreviated(&part(text, text.len() - slice(offset, length).len()..text.len()), 0, width - 3);
        return Str::from([DOTS, &rest].concat());
    }
    Str::from([DOTS, slice(length - (width - 3), length)].concat())
}

/// Whether goutils, which takes bytes for runes, sees white space.
fn is_space_byte(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xa0)
}

fn initials(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let text = bytes(args, 0);
    let before = std::iter::once(b' ').chain(text.iter().copied());
    let first = text.iter().zip(before).filter(|&(it, before)| is_space_byte(before) && !is_space_byte(*it));
    Ok(first.map(|(it, _)| char::from(*it)).collect::<String>().into())
}

fn no_space(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let text = bytes(args, 0);
    if !text.iter().copied().any(is_space_byte) {
        return Ok(Value::str(text));
    }
    Ok(text.iter().filter(|it| !is_space_byte(**it)).map(|it| char::from(*it)).collect::<String>().into())
}
