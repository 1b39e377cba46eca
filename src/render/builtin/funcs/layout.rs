//! Lines: indenting, wrapping and shortening. Sprig's strings.go over goutils' wordutils.go and stringutils.go.

#![expect(clippy::unnecessary_wraps, reason = "the signature of natives")]

use bstr::ByteSlice as _;

use super::args::{bytes, check_text, int, text};
use super::strings::repeated;
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::{Parts, Str, Value, part};

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
    for end in text.find_iter(b"\n").map(|it| it + 1).chain([text.len()]) {
        parts.pad(&text, start, &pad);
        parts.push(&text, start..end);
        start = end;
    }
    Ok(parts.finish().into())
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
                None => break,
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

#[cfg(test)]
mod tests {
    use super::super::strings;
    use super::*;
    use crate::gotemplate::value::{Mark, Taint};
    use crate::gotemplate::{Options, Templates, TplCache};

    fn marks(funcs: &[Func], name: &str, args: &[Value]) -> (String, Vec<(u32, u32)>) {
        let (options, templates, cache) =
            (Options::default(), Templates::default(), TplCache::new(std::sync::Arc::new(|_| None)));
        let func = funcs.iter().find(|it| it.name == name).expect("a function");
        let made = (func.call)(&mut Exec::new(&options, &templates, &cache), args).expect("a text");
        let text = made.as_str().expect("a text");
        (text.text().into_owned(), text.marks().iter().map(|it| (it.start, it.origin().unwrap_or(0))).collect())
    }

    #[test]
    fn what_moves_text_keeps_its_marks() {
        let mark = |start, origin| Mark::value(start, origin, Taint::NONE);
        let text = Str::marked("a: 1\nb: \"x\"\n".into(), vec![mark(0, 7), mark(5, 8)]);
        let text = || Value::from(text.clone());
        for (made, expected) in [
            (marks(FUNCS, "indent", &[Value::int(2), text()]), ("  a: 1\n  b: \"x\"\n  ", vec![(0, 7), (7, 8)])),
            (marks(FUNCS, "nindent", &[Value::int(1), text()]), ("\n a: 1\n b: \"x\"\n ", vec![(0, 7), (7, 8)])),
            (marks(strings::FUNCS, "trim", &[text()]), ("a: 1\nb: \"x\"", vec![(0, 7), (5, 8)])),
            (marks(strings::FUNCS, "trimPrefix", &["a: 1\n".into(), text()]), ("b: \"x\"\n", vec![(0, 8)])),
            (marks(strings::FUNCS, "trunc", &[Value::int(3), text()]), ("a: ", vec![(0, 7)])),
            (marks(strings::FUNCS, "replace", &["\n".into(), "; ".into(), text()]), ("a: 1; b: \"x\"; ", vec![(0, 7), (6, 8)])),
            (marks(super::super::printed::FUNCS, "quote", &[text()]), (r#""a: 1\nb: \"x\"\n""#, vec![(0, 7), (7, 8)])),
            (marks(super::super::printed::FUNCS, "squote", &[text()]), ("'a: 1\nb: \"x\"\n'", vec![(0, 7), (6, 8)])),
            (
                marks(super::super::printed::FUNCS, "join", &["-".into(), Value::list(vec!["x".into(), text()])]),
                ("x-a: 1\nb: \"x\"\n", vec![(0, 7), (7, 8)]),
            ),
        ] {
            assert_eq!(made, (expected.0.to_owned(), expected.1));
        }
    }
}
