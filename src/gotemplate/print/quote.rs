//! Go's strconv/quote.go: string literals, written and read.

use super::push;
use super::unicode::is_print;

/// Decodes the first character as Go does: what is no UTF-8 is U+FFFD, one byte long. At the end: U+FFFD of no length.
pub fn decode_rune(bytes: &[u8]) -> (char, usize) {
    match bstr::decode_utf8(bytes) {
        (Some(c), size) => (c, size),
        (None, size) => (char::REPLACEMENT_CHARACTER, size.min(1)),
    }
}

/// Goes through characters and their bytes, as [`decode_rune`] tells them.
pub(super) fn runes(mut bytes: &[u8]) -> impl Iterator<Item = (char, &[u8])> {
    std::iter::from_fn(move || {
        let (c, size) = decode_rune(bytes);
        let (rune, rest) = bytes.split_at(size);
        bytes = rest;
        (size > 0).then_some((c, rune))
    })
}

/// Counts characters as Go's `utf8.RuneCount` does.
pub fn rune_count(bytes: &[u8]) -> usize {
    if bytes.is_ascii() { bytes.len() } else { runes(bytes).count() }
}

/// Returns a double-quoted Go literal of a string: `strconv.Quote`.
pub fn quote(text: &[u8]) -> String {
    quote_with(text, false)
}

/// Like [`quote`], with escapes for all that is not ASCII: `strconv.QuoteToASCII`.
pub fn quote_to_ascii(text: &[u8]) -> String {
    quote_with(text, true)
}

/// Returns a single-quoted Go literal of a character: `strconv.QuoteRune`.
pub fn quote_rune(c: char, ascii: bool) -> String {
    let mut out = String::from("'");
    escape(&mut out, c, '\'', ascii);
    out.push('\'');
    out
}

fn quote_with(text: &[u8], ascii: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for (c, bytes) in runes(text) {
        match bytes {
            [byte] if !byte.is_ascii() => push(&mut out, format_args!("\\x{byte:02x}")),
            _ => escape(&mut out, c, '"', ascii),
        }
    }
    out.push('"');
    out
}

fn escape(out: &mut String, c: char, quote: char, ascii: bool) {
    if c == quote || c == '\\' {
        out.push('\\');
        out.push(c);
    } else if is_print(c) && (c.is_ascii() || !ascii) {
        out.push(c);
    } else {
        match c {
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            '\0'..' ' | '\x7f' => push(out, format_args!("\\x{:02x}", u32::from(c))),
            '\0'..='\u{ffff}' => push(out, format_args!("\\u{:04x}", u32::from(c))),
            _ => push(out, format_args!("\\U{:08x}", u32::from(c))),
        }
    }
}

/// Whether a string can stand between backquotes on one line: `strconv.CanBackquote`.
pub fn can_backquote(text: &[u8]) -> bool {
    runes(text).all(|(c, bytes)| match bytes {
        [byte] => (byte.is_ascii() && *byte >= b' ' && *byte != b'`' && *byte != 0x7f) || *byte == b'\t',
        _ => c != '\u{feff}',
    })
}

/// Reads a literal in double or single quotes or backquotes: `strconv.Unquote`. `None` is its `invalid syntax`.
pub fn unquote(literal: &[u8]) -> Option<Vec<u8>> {
    let (quote, body) = literal.split_first()?;
    match quote {
        b'`' => {
            let (end, body) = body.split_last()?;
            let raw = *end == b'`' && !body.contains(&b'`');
            raw.then(|| body.iter().copied().filter(|byte| *byte != b'\r').collect())
        }
        b'"' | b'\'' => unquote_escaped(body, *quote),
        _ => None,
    }
}

fn unquote_escaped(mut rest: &[u8], quote: u8) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(rest.len());
    while *rest.first()? != quote {
        if rest.starts_with(b"\n") {
            return None;
        }
        let (unit, tail) = unquote_char(rest, quote)?;
        rest = tail;
        match unit {
            Unit::Byte(byte) => out.push(byte),
            Unit::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        if quote == b'\'' {
            break;
        }
    }
    (rest == [quote]).then_some(out)
}

/// What one character of a literal stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::gotemplate) enum Unit {
    Byte(u8),
    Char(char),
}

impl Unit {
    pub(in crate::gotemplate) fn code(self) -> u32 {
        match self {
            Self::Byte(byte) => byte.into(),
            Self::Char(c) => c.into(),
        }
    }
}

/// Reads the first character or escape of a literal's body, and returns what is behind it: `strconv.UnquoteChar`.
pub(in crate::gotemplate) fn unquote_char(text: &[u8], quote: u8) -> Option<(Unit, &[u8])> {
    let (first, rest) = text.split_first()?;
    match *first {
        b'\\' => unescape(rest, quote),
        byte if byte == quote => None,
        byte if byte.is_ascii() => Some((Unit::Byte(byte), rest)),
        _ => {
            let (c, size) = decode_rune(text);
            Some((Unit::Char(c), &text[size..]))
        }
    }
}

fn unescape(text: &[u8], quote: u8) -> Option<(Unit, &[u8])> {
    let (first, rest) = text.split_first()?;
    let byte = match *first {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' => b'\\',
        byte @ (b'\'' | b'"') if byte == quote => byte,
        b'x' => return digits(rest, 2, 16).and_then(|(code, rest)| Some((Unit::Byte(code.try_into().ok()?), rest))),
        b'u' => return digits(rest, 4, 16).and_then(|(code, rest)| Some((Unit::Char(char::from_u32(code)?), rest))),
        b'U' => return digits(rest, 8, 16).and_then(|(code, rest)| Some((Unit::Char(char::from_u32(code)?), rest))),
        b'0'..=b'7' => return digits(text, 3, 8).and_then(|(code, rest)| Some((Unit::Byte(code.try_into().ok()?), rest))),
        _ => return None,
    };
    Some((Unit::Byte(byte), rest))
}

fn digits(text: &[u8], count: usize, radix: u32) -> Option<(u32, &[u8])> {
    let (number, rest) = text.split_at_checked(count)?;
    let digits = number.iter().map(|digit| char::from(*digit).to_digit(radix));
    let code =
        digits.collect::<Option<Vec<_>>>()?.iter().fold(0_u32, |code, digit| code.wrapping_mul(radix).wrapping_add(*digit));
    Some((code, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_like_go() {
        for (text, plain, ascii) in [
            (&b"a\"b\\c'"[..], r#""a\"b\\c'""#, r#""a\"b\\c'""#),
            (b"\x00\x07\x1f\x7f\n\t", r#""\x00\a\x1f\x7f\n\t""#, r#""\x00\a\x1f\x7f\n\t""#),
            (b"\xff\xc3", r#""\xff\xc3""#, r#""\xff\xc3""#),
            ("é\u{200b}😀\u{fffd}".as_bytes(), r#""é\u200b😀�""#, r#""\u00e9\u200b\U0001f600\ufffd""#),
        ] {
            assert_eq!((quote(text).as_str(), quote_to_ascii(text).as_str()), (plain, ascii));
        }
    }

    #[test]
    fn reads_literals_like_go() {
        for (literal, text) in [
            (&br#""a\tb\x41\101\u00e9\"""#[..], Some(&b"a\tbAA\xc3\xa9\""[..])),
            (b"`a\r\n\\`", Some(b"a\n\\")),
            (b"\"\xff\"", Some(b"\xef\xbf\xbd")),
            (br#""\xff""#, Some(b"\xff")),
            (br#""\'""#, None),
            (br#""\400""#, None),
            (br#""\ud800""#, None),
            (br#""\q""#, None),
            (b"\"", None),
            (b"'ab'", None),
            (b"'a'", Some(b"a")),
        ] {
            assert_eq!(unquote(literal).as_deref(), text, "{}", String::from_utf8_lossy(literal));
        }
    }
}
