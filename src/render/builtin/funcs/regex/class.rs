//! Classes of characters: `parseClass`, `parseNamedClass` and `parsePerlClassEscape` of Go's regexp/syntax.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::syntax::{Code, Fault, Parser, next_rune};
use super::unicode;

impl<'p> Parser<'p> {
    /// Parses a class that starts with `[`. Returns it and what follows.
    pub(super) fn class(&self, text: &'p [u8]) -> Result<(ClassUnicode, &'p [u8]), Fault> {
        let mut rest = &text[1..];
        let is_negated = rest.first() == Some(&b'^');
        if is_negated {
            rest = &rest[1..];
        }
        let mut class = ClassUnicode::empty();
        let mut is_first = true;
        while is_first || rest.first() != Some(&b']') {
            is_first = false;
            if let Some((part, behind)) = self.named_class(rest)? {
                (class, rest) = (union(class, &part), behind);
                continue;
            }
            if let Some((part, behind)) = self.escaped_class(rest)? {
                (class, rest) = (union(class, &part), behind);
                continue;
            }
            let (part, behind) = self.range(rest, text)?;
            (class, rest) = (union(class, &part), behind);
        }
        if is_negated {
            class.negate();
        }
        Ok((class, &rest[1..]))
    }

    /// Parses one character or `a-z`.
    fn range(&self, text: &'p [u8], whole: &'p [u8]) -> Result<(ClassUnicode, &'p [u8]), Fault> {
        let (low, mut rest) = class_char(text, whole)?;
        let mut high = low;
        if rest.len() >= 2 && rest[0] == b'-' && rest[1] != b']' {
            (high, rest) = class_char(&rest[1..], whole)?;
            if high < low {
                return Err(Fault::new(Code::InvalidCharRange, &text[..text.len() - rest.len()]));
            }
        }
        Ok((self.folded(range_class(low, high)), rest))
    }

    /// Adds the other cases of letters if case is ignored.
    pub(super) fn folded(&self, mut class: ClassUnicode) -> ClassUnicode {
        if self.flags.ignores_case {
            // it fails only without the tables, which are built in
            let _ = class.try_case_fold_simple();
        }
        class
    }

    /// Parses `[:alpha:]` and the like.
    fn named_class(&self, text: &'p [u8]) -> Result<Option<(ClassUnicode, &'p [u8])>, Fault> {
        if text.len() <= 2 || !text.starts_with(b"[:") {
            return Ok(None);
        }
        let Some(end) = text[2..].windows(2).position(|pair| pair == b":]") else { return Ok(None) };
        let (name, rest) = text.split_at(end + 4);
        let inner = &name[2..name.len() - 2];
        let (inner, is_negated) = inner.strip_prefix(b"^").map_or((inner, false), |inner| (inner, true));
        match posix(inner) {
            Some(ranges) => Ok(Some((self.group(ranges, is_negated), rest))),
            None => Err(Fault::new(Code::InvalidCharRange, name)),
        }
    }

    /// Parses `\d`, `\pL` and the like.
    pub(super) fn escaped_class(&self, text: &'p [u8]) -> Result<Option<(ClassUnicode, &'p [u8])>, Fault> {
        let [b'\\', letter, rest @ ..] = text else { return Ok(None) };
        let ranges = match letter.to_ascii_lowercase() {
            b'd' => "09",
            b's' => "\t\n\x0c\r  ",
            b'w' => "09AZ__az",
            b'p' => return self.unicode_class(text).map(Some),
            _ => return Ok(None),
        };
        Ok(Some((self.group(ranges, letter.is_ascii_uppercase()), rest)))
    }

    fn group(&self, ranges: &str, is_negated: bool) -> ClassUnicode {
        let bounds: Vec<char> = ranges.chars().collect();
        let ranges = bounds.chunks_exact(2).map(|pair| ClassUnicodeRange::new(pair[0], pair[1]));
        let mut class = self.folded(ClassUnicode::new(ranges));
        if is_negated {
            class.negate();
        }
        class
    }

    /// Parses `\pL`, `\p{Greek}`, `\P{^Greek}`.
    fn unicode_class(&self, text: &'p [u8]) -> Result<(ClassUnicode, &'p [u8]), Fault> {
        let mut is_negated = text[1] == b'P';
        let (first, behind) = next_rune(&text[2..])?;
        let (whole, name) = if first == u32::from('{') {
            let Some(end) = text.iter().position(|byte| *byte == b'}') else {
                super::syntax::check_utf8(text)?;
                return Err(Fault::new(Code::InvalidCharRange, text));
            };
            super::syntax::check_utf8(&text[3..end])?;
            (&text[..=end], &text[3..end])
        } else {
            let whole = &text[..text.len() - behind.len()];
            (whole, &whole[2..])
        };
        let positive = name.strip_prefix(b"^");
        is_negated ^= positive.is_some();
        let class = std::str::from_utf8(positive.unwrap_or(name)).ok().and_then(unicode::class);
        let Some(class) = class else { return Err(Fault::new(Code::InvalidCharRange, whole)) };
        let mut class = self.folded(class);
        if is_negated {
            class.negate();
        }
        Ok((class, &text[whole.len()..]))
    }
}

fn union(mut class: ClassUnicode, other: &ClassUnicode) -> ClassUnicode {
    class.union(other);
    class
}

/// Makes a class of code points, without surrogates, which no text holds.
pub(super) fn range_class(low: u32, high: u32) -> ClassUnicode {
    let low = (low..=0xe000).find_map(char::from_u32).or(char::from_u32(low));
    let high = if (0xd800..0xe000).contains(&high) { Some('\u{d7ff}') } else { char::from_u32(high) };
    match (low, high) {
        (Some(low), Some(high)) if low <= high => ClassUnicode::new([ClassUnicodeRange::new(low, high)]),
        _ => ClassUnicode::empty(),
    }
}

fn class_char<'p>(text: &'p [u8], whole: &'p [u8]) -> Result<(u32, &'p [u8]), Fault> {
    match text.first() {
        None => Err(Fault::new(Code::MissingBracket, whole)),
        Some(b'\\') => super::syntax::escape(text),
        Some(_) => next_rune(text),
    }
}

/// Returns the ranges of a POSIX class, as pairs of bounds.
fn posix(name: &[u8]) -> Option<&'static str> {
    Some(match name {
        b"alnum" => "09AZaz",
        b"alpha" => "AZaz",
        b"ascii" => "\0\x7f",
        b"blank" => "\t\t  ",
        b"cntrl" => "\0\x1f\x7f\x7f",
        b"digit" => "09",
        b"graph" => "!~",
        b"lower" => "az",
        b"print" => " ~",
        b"punct" => "!/:@[`{~",
        b"space" => "\t\r  ",
        b"upper" => "AZ",
        b"word" => "09AZ__az",
        b"xdigit" => "09AFaf",
        _ => return None,
    })
}
