//! A place in a text that moves forward.

use crate::yaml::Place;

/// Where the scanner is. Behind the last character it sees NUL, which is in no text that is scanned.
///
/// Lines end as in YAML 1.1; places count the lines that editors count.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    lines_before: u32,
    offset: usize,
    /// In characters, as those below.
    index: usize,
    line_start: usize,
    /// Line feeds so far, and where the last one ended.
    line: u32,
    shown_line_start: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, lines_before: u32) -> Self {
        Self { text, lines_before, offset: 0, index: 0, line_start: 0, line: 0, shown_line_start: 0 }
    }

    pub(super) fn index(&self) -> usize {
        self.index
    }

    pub(super) fn line_start(&self) -> usize {
        self.line_start
    }

    pub(super) fn column(&self) -> usize {
        self.index - self.line_start
    }

    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    pub(super) fn place(&self) -> Place {
        let column = u32::try_from(self.index - self.shown_line_start).unwrap_or(u32::MAX);
        Place { line: self.lines_before.saturating_add(self.line).saturating_add(1), column: column.saturating_add(1) }
    }

    /// Returns the byte so many bytes ahead.
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.offset + ahead).copied().unwrap_or(0)
    }

    pub(super) fn since(&self, offset: usize) -> &'a str {
        &self.text[offset..self.offset]
    }

    fn break_width(&self, ahead: usize) -> usize {
        match self.peek(ahead) {
            b'\n' => 1,
            b'\r' => 1 + usize::from(self.peek(ahead + 1) == b'\n'),
            0xc2 if self.peek(ahead + 1) == 0x85 => 2,
            0xe2 if self.peek(ahead + 1) == 0x80 && matches!(self.peek(ahead + 2), 0xa8 | 0xa9) => 3,
            _ => 0,
        }
    }

    pub(super) fn is_break(&self) -> bool {
        self.break_width(0) > 0
    }

    pub(super) fn is_end(&self) -> bool {
        self.peek(0) == 0
    }

    pub(super) fn is_blank(&self) -> bool {
        matches!(self.peek(0), b' ' | b'\t')
    }

    /// Whether a break or the end is here.
    pub(super) fn is_breakz(&self) -> bool {
        self.is_end() || self.is_break()
    }

    /// Whether white space, a break or the end is so many bytes ahead.
    pub(super) fn is_blankz(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), b' ' | b'\t' | 0) || self.break_width(ahead) > 0
    }

    /// Whether `---` or `...` stands here.
    pub(super) fn is_marker(&self) -> bool {
        let here = &self.text.as_bytes()[self.offset..];
        self.column() == 0 && (here.starts_with(b"---") || here.starts_with(b"...")) && self.is_blankz(3)
    }

    /// Passes one character that is no break.
    pub(super) fn skip(&mut self) {
        self.offset += match self.peek(0) {
            0..0x80 => 1,
            0x80..0xe0 => 2,
            0xe0..0xf0 => 3,
            _ => 4,
        };
        self.index += 1;
    }

    pub(super) fn skip_while(&mut self, accepted: impl Fn(u8) -> bool) -> &'a str {
        self.skip_until(|byte| !accepted(byte))
    }

    /// Passes characters up to a byte that stops it, a break, or the end; returns them.
    pub(super) fn skip_until(&mut self, stops: impl Fn(u8) -> bool) -> &'a str {
        let start = self.offset;
        let mut characters = 0;
        for (ahead, byte) in self.text.as_bytes()[start..].iter().enumerate() {
            let may_break = matches!(byte, b'\n' | b'\r' | 0xc2 | 0xe2);
            if stops(*byte) || may_break && self.break_width(ahead) > 0 {
                self.offset = start + ahead;
                self.index += characters;
                return self.since(start);
            }
            characters += usize::from(!matches!(byte, 0x80..0xc0));
        }
        self.offset = self.text.len();
        self.index += characters;
        self.since(start)
    }

    pub(super) fn skip_blanks(&mut self) {
        self.skip_while(|it| matches!(it, b' ' | b'\t'));
    }

    pub(super) fn skip_comment(&mut self) {
        if self.peek(0) == b'#' {
            self.skip_until(|_| false);
        }
    }

    /// Ends the last line, if it has no break, so that no key on it is possible any more.
    pub(super) fn end(&mut self) {
        self.line_start = self.index;
    }

    /// Passes a break, and returns what it means in a scalar; nothing where there is none.
    pub(super) fn read_break(&mut self) -> &'a str {
        let width = self.break_width(0);
        let start = self.offset;
        self.offset += width;
        let raw = self.since(start);
        self.index += raw.chars().count();
        self.line_start = self.index;
        if raw.ends_with('\n') {
            self.line += 1;
            self.shown_line_start = self.index;
        }
        if matches!(raw, "\r\n" | "\r" | "\u{85}") { "\n" } else { raw }
    }
}
