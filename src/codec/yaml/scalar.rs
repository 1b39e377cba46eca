//! Styles of scalars and how they are written: go-yaml's emitterc.go and encode.go.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::emit::{Dialect, Emitter};
use super::plain::needs_quotes;

/// A text that changes, or fails, on its way through JSON and go-yaml's reader.
#[derive(Debug)]
pub(super) struct Odd;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// Where lines are folded: at the first space behind this column.
const WIDTH: usize = 80;

/// What a string may look like: `yaml_emitter_analyze_scalar`.
#[expect(clippy::struct_excessive_bools, reason = "they are independent")]
pub(super) struct Analysis<'a> {
    pub(super) text: Cow<'a, str>,
    /// Whether the text is base64 of what is no UTF-8.
    pub(super) binary: bool,
    pub(super) multiline: bool,
    /// Whether it has a `\n`.
    has_newline: bool,
    plain: bool,
    single_quoted: bool,
    block: bool,
}

impl<'a> Analysis<'a> {
    /// Takes a string as sigs.k8s.io/yaml does.
    pub(super) fn of_json(bytes: &'a [u8]) -> Result<Self, Odd> {
        let text = std::str::from_utf8(bytes).map_err(|_| Odd)?;
        let (analysis, special) = Self::of_text(Cow::Borrowed(text), false, Dialect::V2);
        // what is odd is not printable
        if special && text.chars().any(is_odd) { Err(Odd) } else { Ok(analysis) }
    }

    /// Takes a string as go-yaml does.
    pub(super) fn new(bytes: &'a [u8], dialect: Dialect) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::of_text(Cow::Borrowed(text), false, dialect).0,
            Err(_) => Self::of_text(Cow::Owned(base64_lines(bytes)), true, dialect).0,
        }
    }

    /// Returns as well whether there are characters that are not printable.
    fn of_text(text: Cow<'a, str>, binary: bool, dialect: Dialect) -> (Self, bool) {
        let facts = Facts::of(text.as_bytes(), dialect);
        let edges = facts.leading_space || facts.leading_break || facts.trailing_space || facts.trailing_break;
        let broken = facts.space_break || facts.special;
        let unquotable = facts.break_space || broken || facts.tab;
        let analysis = Self {
            binary,
            multiline: facts.breaks,
            has_newline: facts.newline,
            plain: !(edges || unquotable || facts.breaks || facts.indicators),
            single_quoted: !unquotable,
            block: !(text.is_empty() || facts.trailing_space || broken),
            text,
        };
        (analysis, facts.special)
    }

    pub(super) fn style(&self, is_key: bool) -> Style {
        let quoted = if self.single_quoted { Style::SingleQuoted } else { Style::DoubleQuoted };
        if self.has_newline {
            return if self.block && !is_key { Style::Literal } else { Style::DoubleQuoted };
        }
        if !self.binary && needs_quotes(&self.text) {
            return Style::DoubleQuoted;
        }
        if self.plain { Style::Plain } else { quoted }
    }

    /// Returns what counts against the limit of simple keys.
    pub(super) fn length(&self) -> usize {
        self.text.len() + if self.binary { "!!binary".len() } else { 0 }
    }
}

/// What go-yaml's reader refuses or takes for a line break.
fn is_odd(character: char) -> bool {
    matches!(character, '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent")]
struct Facts {
    indicators: bool,
    breaks: bool,
    newline: bool,
    special: bool,
    tab: bool,
    leading_space: bool,
    leading_break: bool,
    trailing_space: bool,
    trailing_break: bool,
    break_space: bool,
    space_break: bool,
}

impl Facts {
    fn of(value: &[u8], dialect: Dialect) -> Self {
        let mut facts = Self { indicators: value.starts_with(b"---") || value.starts_with(b"..."), ..Self::default() };
        let is_blank = |at: usize| value.get(at).is_none_or(|it| matches!(it, b' ' | b'\t'));
        let (mut after_blank, mut after_space, mut after_break) = (true, false, false);
        let mut at = 0;
        while let Some(&byte) = value.get(at) {
            if at > 0 && is_inert(byte) {
                at += value[at..].iter().take_while(|it| is_inert(**it)).count();
                (after_blank, after_space, after_break) = (false, false, false);
                continue;
            }
            let width = width(byte);
            facts.indicators |= match byte {
                b'#' => at == 0 || after_blank,
                b':' => is_blank(at + 1),
                b'-' | b'?' => at == 0 && is_blank(1),
                b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' => {
                    at == 0
                }
                _ => false,
            };
            let is_break = is_break(&value[at..]);
            if byte == b'\t' && dialect == Dialect::V3 {
                facts.tab = true;
            } else if !(b' '..=b'~').contains(&byte) && !is_printable(&value[at..]) {
                facts.special = true;
            }
            let is_last = at + width >= value.len();
            if byte == b' ' {
                facts.leading_space |= at == 0;
                facts.trailing_space |= is_last;
                facts.break_space |= after_break;
            } else if is_break {
                facts.breaks = true;
                facts.newline |= byte == b'\n';
                facts.leading_break |= at == 0;
                facts.trailing_break |= is_last;
                facts.space_break |= after_space;
            }
            (after_space, after_break) = (byte == b' ', is_break);
            after_blank = is_break || matches!(byte, b' ' | b'\t' | 0);
            at += width;
        }
        facts
    }
}

/// Whether a character behind the first one means nothing, whatever stands around it.
fn is_inert(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~') && !matches!(byte, b'#' | b':')
}

/// Returns the length of the character that starts with a byte.
fn width(first: u8) -> usize {
    match first {
        0..=0xbf => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    }
}

fn is_printable(rest: &[u8]) -> bool {
    match rest {
        [0xef, 0xbb, 0xbf, ..] | [0xef, 0xbf, 0xbe | 0xbf, ..] => false,
        [b'\n' | b' '..=b'~' | 0xc3..=0xec | 0xee | 0xef, ..] | [0xc2, 0xa0..=0xff, ..] | [0xed, 0..=0x9f, ..] => true,
        _ => false,
    }
}

fn is_break(rest: &[u8]) -> bool {
    matches!(rest, [b'\r' | b'\n', ..] | [0xc2, 0x85, ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..])
}

/// Writes base64 in lines of 70: `encodeBase64` of resolve.go.
fn base64_lines(bytes: &[u8]) -> String {
    const LINE: usize = 70;
    let text = STANDARD.encode(bytes);
    if text.len() < LINE {
        return text;
    }
    let mut lines = String::with_capacity(text.len() + text.len() / LINE + 1);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(LINE.min(rest.len()));
        lines.push_str(line);
        lines.push('\n');
        rest = behind;
    }
    lines
}

impl Emitter {
    /// Copies a character, and returns the index behind it.
    fn copy(&mut self, value: &[u8], at: usize) -> usize {
        let end = (at + width(value[at])).min(value.len());
        self.out.extend_from_slice(&value[at..end]);
        self.column += 1;
        end
    }

    fn copy_break(&mut self, value: &[u8], at: usize) -> usize {
        let end = self.copy(value, at);
        self.column = 0;
        self.indention = true;
        end
    }

    /// Whether a line may end at the space at `at`.
    fn may_fold(&self, value: &[u8], at: usize) -> bool {
        self.dialect == Dialect::V2 && self.column > WIDTH && value.get(at + 1) != Some(&b' ')
    }

    /// Copies a text without breaks if it does not reach the width.
    fn copy_short(&mut self, text: &str) -> bool {
        let fits = self.dialect == Dialect::V3 || self.column + text.len() <= WIDTH || !text.contains(' ');
        if fits {
            self.out.extend_from_slice(text.as_bytes());
            self.column += if text.is_ascii() { text.len() } else { text.chars().count() };
        }
        fits
    }
}

pub(super) fn plain(emitter: &mut Emitter, analysis: &Analysis<'_>, indent: usize, foldable: bool) {
    let text = &*analysis.text;
    if !text.is_empty() || emitter.dialect == Dialect::V2 {
        emitter.space();
        emitter.whitespace = false;
    }
    emitter.indention = false;
    if emitter.copy_short(text) {
        return;
    }
    let value = text.as_bytes();
    let (mut at, mut spaces) = (0, false);
    while at < value.len() {
        if value[at] != b' ' {
            spaces = false;
            emitter.indention = false;
            at = emitter.copy(value, at);
        } else if foldable && !spaces && emitter.may_fold(value, at) {
            emitter.fold(indent);
            spaces = true;
            at += 1;
        } else {
            spaces = true;
            at = emitter.copy(value, at);
        }
    }
    (emitter.whitespace, emitter.indention) = (false, false);
}

pub(super) fn single_quoted(emitter: &mut Emitter, text: &str, indent: usize, foldable: bool) {
    emitter.indicator("'", true);
    let value = text.as_bytes();
    let (mut at, mut spaces, mut breaks) = (0, false, false);
    while at < value.len() {
        if value[at] == b' ' {
            let is_inside = at > 0 && at < value.len() - 1;
            if foldable && !spaces && is_inside && emitter.may_fold(value, at) {
                emitter.fold(indent);
                at += 1;
            } else {
                at = emitter.copy(value, at);
            }
            spaces = true;
        } else if is_break(&value[at..]) {
            if !breaks && value[at] == b'\n' {
                emitter.line_break();
            }
            at = emitter.copy_break(value, at);
            breaks = true;
        } else {
            if breaks {
                emitter.fold(indent);
            }
            if value[at] == b'\'' {
                emitter.write("'");
            }
            at = emitter.copy(value, at);
            emitter.indention = false;
            (spaces, breaks) = (false, false);
        }
    }
    emitter.indicator("'", false);
}

pub(super) fn double_quoted(emitter: &mut Emitter, text: &str, indent: usize, foldable: bool) {
    emitter.indicator("\"", true);
    // go-yaml asks whether the text starts with one, not whether this character is one
    let starts_with_mark = text.starts_with('\u{feff}');
    let value = text.as_bytes();
    let mut spaces = false;
    for (at, character) in text.char_indices() {
        let rest = &value[at..];
        if starts_with_mark || matches!(character, '"' | '\\') || !is_printable(rest) || is_break(rest) {
            escape(emitter, character);
            spaces = false;
        } else if character == ' ' {
            let is_inside = at > 0 && at < value.len() - 1;
            if foldable && !spaces && is_inside && emitter.dialect == Dialect::V2 && emitter.column > WIDTH {
                emitter.fold(indent);
                if rest.get(1) == Some(&b' ') {
                    emitter.write("\\");
                }
            } else {
                emitter.write(" ");
            }
            spaces = true;
        } else {
            emitter.copy(value, at);
            spaces = false;
        }
    }
    emitter.indicator("\"", false);
}

fn escape(emitter: &mut Emitter, character: char) {
    let code = u32::from(character);
    let name = match code {
        0x00 => "\\0",
        0x07 => "\\a",
        0x08 => "\\b",
        0x09 => "\\t",
        0x0a => "\\n",
        0x0b => "\\v",
        0x0c => "\\f",
        0x0d => "\\r",
        0x1b => "\\e",
        0x22 => "\\\"",
        0x5c => "\\\\",
        0x85 => "\\N",
        0xa0 => "\\_",
        0x2028 => "\\L",
        0x2029 => "\\P",
        _ if code <= 0xff => return emitter.write(&format!("\\x{code:02X}")),
        _ if code <= 0xffff => return emitter.write(&format!("\\u{code:04X}")),
        _ => return emitter.write(&format!("\\U{code:08X}")),
    };
    emitter.write(name);
}

pub(super) fn literal(emitter: &mut Emitter, text: &str, indent: usize) {
    emitter.indicator("|", true);
    let value = text.as_bytes();
    if value.first() == Some(&b' ') || is_break(value) {
        emitter.indicator("2", false);
    }
    let is_break = |it: char| matches!(it, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let mut last = text.chars().rev();
    match last.next() {
        Some(it) if is_break(it) => {
            if last.next().is_none_or(is_break) {
                emitter.indicator("+", false);
            }
        }
        _ => emitter.indicator("-", false),
    }
    emitter.line_break();
    (emitter.whitespace, emitter.indention) = (true, true);
    let mut breaks = true;
    for line in text.split_inclusive(is_break) {
        let content = line.strip_suffix(is_break).unwrap_or(line);
        if !content.is_empty() {
            if breaks {
                emitter.fold(indent);
            }
            emitter.out.extend_from_slice(content.as_bytes());
            emitter.column += content.len();
            emitter.indention = false;
        }
        breaks = content.len() < line.len();
        if breaks {
            emitter.out.extend_from_slice(&line.as_bytes()[content.len()..]);
            emitter.column = 0;
            emitter.indention = true;
        }
    }
}
