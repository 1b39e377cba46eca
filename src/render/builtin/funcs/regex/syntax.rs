//! The language of patterns: `Parse` of Go's regexp/syntax with its errors. The result is what Rust's engine compiles.

use std::fmt;

use regex_syntax::hir::{Capture, Class, ClassUnicode, Hir, Look, Repetition};

use super::class::range_class;
use super::unicode;

/// Why a pattern is none. Go's `ErrorCode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    InvalidCharRange,
    InvalidEscape,
    InvalidNamedCapture,
    InvalidPerlOp,
    InvalidRepeatOp,
    InvalidRepeatSize,
    InvalidUtf8,
    MissingBracket,
    MissingParen,
    MissingRepeatArgument,
    TrailingBackslash,
    UnexpectedParen,
    NestingDepth,
    Large,
}

/// Go's `Error`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    code: Code,
    text: String,
}

impl Fault {
    pub(super) fn new(code: Code, text: &[u8]) -> Self {
        Self { code, text: String::from_utf8_lossy(text).into_owned() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match self.code {
            Code::InvalidCharRange => "invalid character class range",
            Code::InvalidEscape => "invalid escape sequence",
            Code::InvalidNamedCapture => "invalid named capture",
            Code::InvalidPerlOp => "invalid or unsupported Perl syntax",
            Code::InvalidRepeatOp => "invalid nested repetition operator",
            Code::InvalidRepeatSize => "invalid repeat count",
            Code::InvalidUtf8 => "invalid UTF-8",
            Code::MissingBracket => "missing closing ]",
            Code::MissingParen => "missing closing )",
            Code::MissingRepeatArgument => "missing argument to repetition operator",
            Code::TrailingBackslash => "trailing backslash at end of expression",
            Code::UnexpectedParen => "unexpected )",
            Code::NestingDepth => "expression nests too deeply",
            Code::Large => "expression too large",
        };
        write!(f, "error parsing regexp: {code}: `{}`", self.text)
    }
}

/// The error for a pattern whose program would be too big.
pub(super) fn too_large(pattern: &[u8]) -> Fault {
    Fault::new(Code::Large, pattern)
}

/// A parsed pattern.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) hir: Hir,
    /// Names of groups by number, the whole match first.
    pub(super) names: Vec<String>,
}

/// Flags that `(?…)` changes.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a pattern, each on its own")]
pub(super) struct Flags {
    pub(super) ignores_case: bool,
    /// `^` and `$` match at lines.
    multiline: bool,
    dot_matches_newline: bool,
    swaps_greed: bool,
}

/// How deep Go lets expressions nest.
const MAX_HEIGHT: usize = 1000;

/// An expression, and what is checked of it.
struct Item {
    hir: Hir,
    height: usize,
    /// How often its innermost part is repeated, by numbers in braces.
    repeats: u64,
}

impl Item {
    fn new(hir: Hir) -> Self {
        Self { hir, height: 1, repeats: 1 }
    }
}

/// An open group.
struct Frame {
    /// The number of a group that captures, and its name.
    capture: Option<(u32, Option<Box<str>>)>,
    /// Flags to go back to.
    flags: Flags,
    alternatives: Vec<Item>,
    items: Vec<Item>,
}

pub(super) struct Parser<'p> {
    pattern: &'p [u8],
    pub(super) flags: Flags,
    frames: Vec<Frame>,
    names: Vec<String>,
}

/// Parses a pattern.
pub(super) fn parse(pattern: &[u8]) -> Result<Parsed, Fault> {
    let mut parser = Parser { pattern, flags: Flags::default(), frames: Vec::new(), names: vec![String::new()] };
    parser.open(None);
    let mut rest = pattern;
    // the repetition that was just parsed: Perl does not let them stack
    let mut last_repeat: Option<&[u8]> = None;
    while !rest.is_empty() {
        let before = rest;
        let is_repeat;
        (rest, is_repeat) = parser.step(rest, last_repeat)?;
        last_repeat = is_repeat.then_some(before);
    }
    match parser.frames.pop() {
        Some(frame) if parser.frames.is_empty() => {
            let item = parser.close(frame)?;
            Ok(Parsed { hir: item.hir, names: parser.names })
        }
        _ => Err(Fault::new(Code::MissingParen, pattern)),
    }
}

impl<'p> Parser<'p> {
    fn open(&mut self, capture: Option<(u32, Option<Box<str>>)>) {
        self.frames.push(Frame { capture, flags: self.flags, alternatives: Vec::new(), items: Vec::new() });
    }

    fn open_capture(&mut self, name: Option<&str>) {
        let index = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.unwrap_or_default().to_owned());
        // names may repeat in Go, and stay out of the program, where they may not
        self.open(Some((index, None)));
    }

    fn push(&mut self, item: Item) {
        if let Some(frame) = self.frames.last_mut() {
            frame.items.push(item);
        }
    }

    fn push_hir(&mut self, hir: Hir) {
        self.push(Item::new(hir));
    }

    fn push_class(&mut self, class: ClassUnicode) {
        self.push_hir(Hir::class(Class::Unicode(class)));
    }

    fn literal(&mut self, rune: u32) {
        let class = self.folded(range_class(rune, rune));
        self.push_class(class);
    }

    /// Parses what comes first. Returns what follows, and whether it was a repetition.
    fn step(&mut self, text: &'p [u8], last_repeat: Option<&'p [u8]>) -> Result<(&'p [u8], bool), Fault> {
        let rest = &text[1..];
        match text[0] {
            b'(' if rest.first() == Some(&b'?') => return Ok((self.perl_group(text)?, false)),
            b'(' => self.open_capture(None),
            b'|' => self.bar()?,
            b')' => self.right_paren()?,
            b'^' => self.push_hir(Hir::look(if self.flags.multiline { Look::StartLF } else { Look::Start })),
            b'$' => self.push_hir(Hir::look(if self.flags.multiline { Look::EndLF } else { Look::End })),
            b'.' => {
                let mut class = unicode::all();
                if !self.flags.dot_matches_newline {
                    class.difference(&range_class(10, 10));
                }
                self.push_class(class);
            }
            b'[' => {
                let (class, rest) = self.class(text)?;
                self.push_class(class);
                return Ok((rest, false));
            }
            b'*' => return Ok((self.repeat(0, None, text, rest, last_repeat)?, true)),
            b'+' => return Ok((self.repeat(1, None, text, rest, last_repeat)?, true)),
            b'?' => return Ok((self.repeat(0, Some(1), text, rest, last_repeat)?, true)),
            b'{' => match braces(text) {
                None => self.literal(u32::from('{')),
                Some((bounds, behind)) => {
                    let limit = |count: &u32| *count > 1000;
                    let (min, max) = bounds.ok_or_else(|| Fault::new(Code::InvalidRepeatSize, before(text, behind)))?;
                    if limit(&min) || max.as_ref().is_some_and(|max| limit(max) || min > *max) {
                        return Err(Fault::new(Code::InvalidRepeatSize, before(text, behind)));
                    }
                    let rest = self.repeat(min, max, text, behind, last_repeat)?;
                    self.check_repeats(min, max, before(text, rest))?;
                    return Ok((rest, true));
                }
            },
            b'\\' => return Ok((self.backslash(text)?, false)),
            _ => {
                let (rune, rest) = next_rune(text)?;
                self.literal(rune);
                return Ok((rest, false));
            }
        }
        Ok((rest, false))
    }

    fn backslash(&mut self, text: &'p [u8]) -> Result<&'p [u8], Fault> {
        let rest = text.get(2..).unwrap_or_default();
        match text.get(1) {
            Some(b'A') => self.push_hir(Hir::look(Look::Start)),
            Some(b'z') => self.push_hir(Hir::look(Look::End)),
            Some(b'b') => self.push_hir(Hir::look(Look::WordAscii)),
            Some(b'B') => self.push_hir(Hir::look(Look::WordAsciiNegate)),
            Some(b'C') => return Err(Fault::new(Code::InvalidEscape, &text[..2])),
            Some(b'Q') => {
                let end = rest.windows(2).position(|pair| pair == br"\E");
                let mut literal = &rest[..end.unwrap_or(rest.len())];
                while !literal.is_empty() {
                    let (rune, behind) = next_rune(literal)?;
                    self.literal(rune);
                    literal = behind;
                }
                return Ok(end.map_or(&[], |end| &rest[end + 2..]));
            }
            _ => {
                if let Some((class, rest)) = self.escaped_class(text)? {
                    self.push_class(class);
                    return Ok(rest);
                }
                let (rune, rest) = escape(text)?;
                self.literal(rune);
                return Ok(rest);
            }
        }
        Ok(rest)
    }

    /// Repeats the last expression.
    fn repeat(
        &mut self,
        min: u32,
        max: Option<u32>,
        whole: &'p [u8],
        mut rest: &'p [u8],
        last_repeat: Option<&'p [u8]>,
    ) -> Result<&'p [u8], Fault> {
        let mut is_greedy = !self.flags.swaps_greed;
        if let Some(behind) = rest.strip_prefix(b"?") {
            (rest, is_greedy) = (behind, !is_greedy);
        }
        if let Some(last) = last_repeat {
            return Err(Fault::new(Code::InvalidRepeatOp, before(last, rest)));
        }
        let Some(item) = self.frames.last_mut().and_then(|frame| frame.items.pop()) else {
            return Err(Fault::new(Code::MissingRepeatArgument, before(whole, rest)));
        };
        let hir = Hir::repetition(Repetition { min, max, greedy: is_greedy, sub: Box::new(item.hir) });
        self.push(Item { hir, height: item.height + 1, repeats: item.repeats });
        self.check_height(item.height + 1)?;
        Ok(rest)
    }

    /// Go's `repeatIsValid`: numbers in braces, one in the other, multiply to at most 1000.
    fn check_repeats(&mut self, min: u32, max: Option<u32>, whole: &[u8]) -> Result<(), Fault> {
        let Some(item) = self.frames.last_mut().and_then(|frame| frame.items.last_mut()) else { return Ok(()) };
        if max == Some(0) {
            item.repeats = 1;
            return Ok(());
        }
        let count = u64::from(max.unwrap_or(min)).max(1);
        item.repeats = item.repeats.saturating_mul(count);
        if count >= 2 && item.repeats > 1000 {
            return Err(Fault::new(Code::InvalidRepeatSize, whole));
        }
        Ok(())
    }

    fn check_height(&self, height: usize) -> Result<(), Fault> {
        if height > MAX_HEIGHT { Err(Fault::new(Code::NestingDepth, self.pattern)) } else { Ok(()) }
    }

    fn join(&self, items: Vec<Item>, join: fn(Vec<Hir>) -> Hir) -> Result<Item, Fault> {
        let height = items.iter().map(|item| item.height).max().unwrap_or_default() + usize::from(items.len() != 1);
        let repeats = items.iter().map(|item| item.repeats).max().unwrap_or(1);
        self.check_height(height)?;
        Ok(Item { hir: join(items.into_iter().map(|item| item.hir).collect()), height, repeats })
    }

    fn bar(&mut self) -> Result<(), Fault> {
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let items = std::mem::take(&mut frame.items);
        let item = self.join(items, Hir::concat)?;
        if let Some(frame) = self.frames.last_mut() {
            frame.alternatives.push(item);
        }
        Ok(())
    }

    /// Makes an expression of a group.
    fn close(&self, mut frame: Frame) -> Result<Item, Fault> {
        frame.alternatives.push(self.join(frame.items, Hir::concat)?);
        let item = self.join(frame.alternatives, Hir::alternation)?;
        let Some((index, name)) = frame.capture else { return Ok(item) };
        self.check_height(item.height + 1)?;
        let hir = Hir::capture(Capture { index, name, sub: Box::new(item.hir) });
        Ok(Item { hir, height: item.height + 1, repeats: item.repeats })
    }

    fn right_paren(&mut self) -> Result<(), Fault> {
        if self.frames.len() < 2 {
            return Err(Fault::new(Code::UnexpectedParen, self.pattern));
        }
        if let Some(frame) = self.frames.pop() {
            self.flags = frame.flags;
            let item = self.close(frame)?;
            self.push(item);
        }
        Ok(())
    }

    /// Parses `(?P<name>`, `(?i)` and `(?i:`.
    fn perl_group(&mut self, text: &'p [u8]) -> Result<&'p [u8], Fault> {
        let with_p = text.len() > 4 && text.starts_with(b"(?P<");
        if with_p || (text.len() > 3 && text.starts_with(b"(?<")) {
            let Some(end) = text.iter().position(|byte| *byte == b'>') else {
                check_utf8(text)?;
                return Err(Fault::new(Code::InvalidNamedCapture, text));
            };
            let name = &text[if with_p { 4 } else { 3 }..end];
            check_utf8(name)?;
            let is_valid = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            let Some(name) = std::str::from_utf8(name).ok().filter(|_| is_valid) else {
                return Err(Fault::new(Code::InvalidNamedCapture, &text[..=end]));
            };
            self.open_capture(Some(name));
            return Ok(&text[end + 1..]);
        }
        self.perl_flags(text)
    }

    fn perl_flags(&mut self, text: &'p [u8]) -> Result<&'p [u8], Fault> {
        let (mut flags, mut is_set, mut has_flag) = (self.flags, true, false);
        let mut rest = &text[2..];
        while !rest.is_empty() {
            let (rune, behind) = next_rune(rest)?;
            rest = behind;
            match char::from_u32(rune) {
                Some('i') => (flags.ignores_case, has_flag) = (is_set, true),
                Some('m') => (flags.multiline, has_flag) = (is_set, true),
                Some('s') => (flags.dot_matches_newline, has_flag) = (is_set, true),
                Some('U') => (flags.swaps_greed, has_flag) = (is_set, true),
                Some('-') if is_set => (is_set, has_flag) = (false, false),
                Some(end @ (':' | ')')) if is_set || has_flag => {
                    if end == ':' {
                        self.open(None);
                    }
                    self.flags = flags;
                    return Ok(rest);
                }
                _ => break,
            }
        }
        Err(Fault::new(Code::InvalidPerlOp, before(text, rest)))
    }
}

/// Returns what of a text stands before its end `rest`.
fn before<'p>(text: &'p [u8], rest: &[u8]) -> &'p [u8] {
    &text[..text.len().saturating_sub(rest.len())]
}

pub(super) fn next_rune(text: &[u8]) -> Result<(u32, &[u8]), Fault> {
    let length = text.len().min(4);
    let valid = text[..length].utf8_chunks().next().map_or("", |chunk| chunk.valid());
    match valid.chars().next() {
        Some(c) => Ok((u32::from(c), &text[c.len_utf8()..])),
        // Go decodes nothing at the end
        None if text.is_empty() => Ok((0xfffd, text)),
        None => Err(Fault::new(Code::InvalidUtf8, text)),
    }
}

pub(super) fn check_utf8(text: &[u8]) -> Result<(), Fault> {
    match std::str::from_utf8(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(Fault::new(Code::InvalidUtf8, &text[error.valid_up_to()..])),
    }
}

/// Bounds of a repetition: the least and, if there is one, the most.
type Bounds = (u32, Option<u32>);

/// Parses `{2}`, `{2,}` and `{2,3}`: `parseRepeat`. The bounds are `None` where a number is far too big.
fn braces(text: &[u8]) -> Option<(Option<Bounds>, &[u8])> {
    let (min, mut rest) = number(text.strip_prefix(b"{")?)?;
    let mut max = Some(min);
    if let Some(behind) = rest.strip_prefix(b",") {
        rest = behind;
        max = None;
        if *rest.first()? != b'}' {
            let (number, behind) = number(rest)?;
            (max, rest) = (Some(number), behind);
        }
    }
    let rest = rest.strip_prefix(b"}")?;
    let bounds = match (min, max) {
        (Some(min), None) => Some((min, None)),
        (Some(min), Some(Some(max))) => Some((min, Some(max))),
        _ => None,
    };
    Some((bounds, rest))
}

/// Parses a decimal number without leading zeros. `None` inside for one that is far too big.
fn number(text: &[u8]) -> Option<(Option<u32>, &[u8])> {
    let end = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = std::str::from_utf8(&text[..end]).ok()?;
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    Some((digits.parse().ok().filter(|number| *number < 1_000_000_000), &text[end..]))
}

/// Parses an escaped character: `parseEscape`.
pub(super) fn escape(text: &[u8]) -> Result<(u32, &[u8]), Fault> {
    let Some(rest) = text.get(1..).filter(|rest| !rest.is_empty()) else {
        return Err(Fault::new(Code::TrailingBackslash, b""));
    };
    let (rune, rest) = next_rune(rest)?;
    let invalid = |rest: &[u8]| Err(Fault::new(Code::InvalidEscape, before(text, rest)));
    match char::from_u32(rune).unwrap_or('\0') {
        c @ '0'..='7' => {
            let is_octal = |byte: Option<&u8>| byte.is_some_and(|byte| (b'0'..=b'7').contains(byte));
            if c != '0' && !is_octal(rest.first()) {
                return invalid(rest);
            }
            let more = (0..2).take_while(|index| (0..=*index).all(|index| is_octal(rest.get(index)))).count();
            let value = rest[..more].iter().fold(rune - 48, |value, byte| value * 8 + u32::from(byte - b'0'));
            Ok((value, &rest[more..]))
        }
        'x' => match hexadecimal(rest)? {
            (Some(value), rest) => Ok((value, rest)),
            (None, rest) => invalid(rest),
        },
        'a' => Ok((7, rest)),
        'f' => Ok((12, rest)),
        'n' => Ok((10, rest)),
        'r' => Ok((13, rest)),
        't' => Ok((9, rest)),
        'v' => Ok((11, rest)),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok((rune, rest)),
        _ => invalid(rest),
    }
}

/// Parses what follows `\x`. No number where there is none, with what is left of the text.
fn hexadecimal(text: &[u8]) -> Result<(Option<u32>, &[u8]), Fault> {
    let digit = |rune: u32| char::from_u32(rune).and_then(|c| c.to_digit(16));
    if text.is_empty() {
        return Ok((None, text));
    }
    let (first, mut rest) = next_rune(text)?;
    if first != u32::from('{') {
        let (second, rest) = next_rune(rest)?;
        return Ok((digit(first).zip(digit(second)).map(|(high, low)| high * 16 + low), rest));
    }
    let mut value = None;
    while !rest.is_empty() {
        let (rune, behind) = next_rune(rest)?;
        rest = behind;
        if rune == u32::from('}') {
            return Ok((value, rest));
        }
        value = digit(rune).map(|digit| value.unwrap_or(0) * 16 + digit).filter(|value| *value <= 0x10_ffff);
        if value.is_none() {
            break;
        }
    }
    Ok((None, rest))
}
