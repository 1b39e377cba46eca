//! Cuts a template into items: text/template/parse/lex.go.

use super::item::{Is, Item};
use crate::gotemplate::print::{decode_rune, is_digit, is_letter, is_print, quote, sprintf};
use crate::gotemplate::value::{IntKind, Kind, Value};

const LEFT: &[u8] = b"{{";
const RIGHT: &[u8] = b"}}";
/// A minus and a space.
const TRIM: usize = 2;

/// Go's lexer, whose states are methods. A state that emits no item names the next one.
#[expect(clippy::struct_excessive_bools, reason = "Go's state, as it is")]
pub(super) struct Lexer<'a> {
    input: &'a [u8],
    pos: usize,
    start: usize,
    at_eof: bool,
    paren_depth: u32,
    line: u32,
    start_line: u32,
    inside_action: bool,
    /// The sentence of an [`Is::Error`] item.
    pub(super) error: String,
    pub(super) break_ok: bool,
    pub(super) continue_ok: bool,
}

enum State {
    Text,
    LeftDelim,
    Comment,
    InsideAction,
    RightDelim,
    Emit(Item),
}

impl<'a> Lexer<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self {
            input,
            pos: 0,
            start: 0,
            at_eof: false,
            paren_depth: 0,
            line: 1,
            start_line: 1,
            inside_action: false,
            error: String::new(),
            break_ok: true,
            continue_ok: true,
        }
    }

    /// Returns the next item. Behind an error come only errors or the end.
    pub(super) fn next_item(&mut self) -> Item {
        let mut state = if self.inside_action { State::InsideAction } else { State::Text };
        loop {
            state = match state {
                State::Text => self.text(),
                State::LeftDelim => self.left_delim(),
                State::Comment => self.comment(),
                State::InsideAction => self.action(),
                State::RightDelim => self.right_delim(),
                State::Emit(item) => return item,
            };
        }
    }

    fn rest(&self) -> &'a [u8] {
        &self.input[self.pos..]
    }

    fn next(&mut self) -> Option<char> {
        if self.pos >= self.input.len() {
            self.at_eof = true;
            return None;
        }
        let (c, size) = decode_rune(self.rest());
        self.pos += size;
        self.line += u32::from(c == '\n');
        Some(c)
    }

    fn peek(&mut self) -> Option<char> {
        let c = self.next();
        self.backup();
        c
    }

    fn backup(&mut self) {
        if !self.at_eof && self.pos > 0 {
            let (c, size) = bstr::decode_last_utf8(&self.input[..self.pos]);
            self.pos -= if c.is_some() { size } else { 1 };
            self.line -= u32::from(c == Some('\n'));
        }
    }

    fn item(&mut self, is: Is) -> Item {
        let item = Item { is, start: self.start, end: self.pos, line: self.start_line };
        self.start = self.pos;
        self.start_line = self.line;
        item
    }

    fn emit(&mut self, is: Is) -> State {
        State::Emit(self.item(is))
    }

    fn count_lines(&mut self) {
        let lines = bstr::ByteSlice::find_iter(&self.input[self.start..self.pos], b"\n").count();
        self.line += u32::try_from(lines).unwrap_or(0);
    }

    /// Skips what was not passed by `next`.
    fn ignore(&mut self) {
        self.count_lines();
        self.start = self.pos;
        self.start_line = self.line;
    }

    fn accept(&mut self, valid: &str) -> bool {
        let accepted = self.next().is_some_and(|c| valid.contains(c));
        if !accepted {
            self.backup();
        }
        accepted
    }

    fn accept_run(&mut self, valid: &str) {
        while self.next().is_some_and(|c| valid.contains(c)) {}
        self.backup();
    }

    fn fail(&mut self, message: impl Into<String>) -> State {
        self.error = message.into();
        let item = Item { is: Is::Error, start: self.start, end: self.start, line: self.start_line };
        self.start = 0;
        self.pos = 0;
        self.input = &[];
        State::Emit(item)
    }

    fn fail_at(&mut self, message: &str, c: Option<char>) -> State {
        let code = Value::new(Kind::Int(IntKind::Int32, c.map_or(-1, |c| i64::from(u32::from(c)))));
        let character = sprintf(b"%#U", &[code]);
        self.fail(format!("{message} {}", String::from_utf8_lossy(&character)))
    }

    fn text(&mut self) -> State {
        let Some(at) = find(self.rest(), LEFT) else {
            self.pos = self.input.len();
            if self.pos == self.start {
                return self.emit(Is::Eof);
            }
            self.count_lines();
            return self.emit(Is::Text);
        };
        if at > 0 {
            self.pos += at;
            let text = &self.input[self.start..self.pos];
            let spaces = text.iter().rev().take_while(|byte| is_space_byte(**byte)).count();
            let trim = if left_trim(&self.input[self.pos + LEFT.len()..]) { spaces } else { 0 };
            self.pos -= trim;
            self.count_lines();
            let item = self.item(Is::Text);
            self.pos += trim;
            self.ignore();
            if item.end > item.start {
                return State::Emit(item);
            }
        }
        State::LeftDelim
    }

    /// Whether a right delimiter is next, and whether it trims.
    fn at_right_delim(&self) -> Option<bool> {
        let rest = self.rest();
        if right_trim(rest) && rest[TRIM..].starts_with(RIGHT) {
            return Some(true);
        }
        rest.starts_with(RIGHT).then_some(false)
    }

    fn left_delim(&mut self) -> State {
        self.pos += LEFT.len();
        let marker = if left_trim(self.rest()) { TRIM } else { 0 };
        if self.rest()[marker..].starts_with(b"/*") {
            self.pos += marker;
            self.ignore();
            return State::Comment;
        }
        let item = self.item(Is::LeftDelim);
        self.inside_action = true;
        self.pos += marker;
        self.ignore();
        self.paren_depth = 0;
        State::Emit(item)
    }

    fn comment(&mut self) -> State {
        self.pos += 2;
        let Some(at) = find(self.rest(), b"*/") else { return self.fail("unclosed comment") };
        self.pos += at + 2;
        let Some(trims) = self.at_right_delim() else { return self.fail("comment ends before closing delimiter") };
        self.pos += RIGHT.len() + if trims { TRIM } else { 0 };
        if trims {
            self.pos += leading_spaces(self.rest());
        }
        self.ignore();
        State::Text
    }

    fn right_delim(&mut self) -> State {
        let trims = self.at_right_delim() == Some(true);
        if trims {
            self.pos += TRIM;
            self.ignore();
        }
        self.pos += RIGHT.len();
        let item = self.item(Is::RightDelim);
        if trims {
            self.pos += leading_spaces(self.rest());
            self.ignore();
        }
        self.inside_action = false;
        State::Emit(item)
    }

    fn action(&mut self) -> State {
        if self.at_right_delim().is_some() {
            return if self.paren_depth == 0 { State::RightDelim } else { self.fail("unclosed left paren") };
        }
        let Some(c) = self.next() else { return self.fail("unclosed action") };
        match c {
            c if is_space(c) => {
                self.backup();
                self.space()
            }
            '=' => self.emit(Is::Assign),
            ':' if self.next() == Some('=') => self.emit(Is::Declare),
            ':' => self.fail("expected :="),
            '|' => self.emit(Is::Pipe),
            '"' => self.quoted('"', Is::String, "unterminated quoted string"),
            '\'' => self.quoted('\'', Is::CharConstant, "unterminated character constant"),
            '`' => self.raw(),
            '$' => self.field_or_variable(Is::Variable),
            '.' if self.rest().first().is_some_and(|byte| !byte.is_ascii_digit()) => self.field_or_variable(Is::Field),
            '.' | '+' | '-' | '0'..='9' => {
                self.backup();
                self.number()
            }
            c if is_alphanumeric(c) => {
                self.backup();
                self.identifier()
            }
            '(' => {
                self.paren_depth += 1;
                self.emit(Is::LeftParen)
            }
            ')' if self.paren_depth == 0 => self.fail("unexpected right paren"),
            ')' => {
                self.paren_depth -= 1;
                self.emit(Is::RightParen)
            }
            c if c.is_ascii() && is_print(c) => self.emit(Is::Char),
            c => self.fail_at("unrecognized character in action:", Some(c)),
        }
    }

    fn space(&mut self) -> State {
        let mut count = 0_usize;
        while self.peek().is_some_and(is_space) {
            self.next();
            count += 1;
        }
        // the last space may belong to a delimiter that trims
        let last = &self.input[self.pos.saturating_sub(1)..];
        if right_trim(last) && last[TRIM..].starts_with(RIGHT) {
            self.backup();
            if count == 1 {
                return State::RightDelim;
            }
        }
        self.emit(Is::Space)
    }

    fn identifier(&mut self) -> State {
        let mut c = self.next();
        while c.is_some_and(is_alphanumeric) {
            c = self.next();
        }
        self.backup();
        let word = &self.input[self.start..self.pos];
        if !self.at_terminator() {
            return self.fail_at("bad character", c);
        }
        let is = match Is::keyword(word) {
            Some(Is::Break) if !self.break_ok => Is::Identifier,
            Some(Is::Continue) if !self.continue_ok => Is::Identifier,
            Some(keyword) => keyword,
            None if matches!(word, b"true" | b"false") => Is::Bool,
            None => Is::Identifier,
        };
        self.emit(is)
    }

    /// The `.` or `$` is past.
    fn field_or_variable(&mut self, is: Is) -> State {
        if self.at_terminator() {
            return self.emit(if is == Is::Variable { is } else { Is::Dot });
        }
        let mut c = self.next();
        while c.is_some_and(is_alphanumeric) {
            c = self.next();
        }
        self.backup();
        if self.at_terminator() { self.emit(is) } else { self.fail_at("bad character", c) }
    }

    /// Whether what is next may stand behind an identifier.
    fn at_terminator(&mut self) -> bool {
        match self.peek() {
            None | Some('.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(c) => is_space(c) || self.rest().starts_with(RIGHT),
        }
    }

    /// The first quote is past. What it means is for the parser to see.
    fn quoted(&mut self, quote: char, is: Is, unterminated: &str) -> State {
        loop {
            match self.next() {
                Some('\\') if self.next().is_some_and(|c| c != '\n') => {}
                None | Some('\\' | '\n') => return self.fail(unterminated),
                Some(c) if c == quote => return self.emit(is),
                Some(_) => {}
            }
        }
    }

    fn raw(&mut self) -> State {
        loop {
            match self.next() {
                None => return self.fail("unterminated raw quoted string"),
                Some('`') => return self.emit(Is::RawString),
                Some(_) => {}
            }
        }
    }

    fn number(&mut self) -> State {
        if !self.scan_number() {
            return self.bad_number();
        }
        if matches!(self.peek(), Some('+' | '-')) {
            if !self.scan_number() || self.input[self.pos - 1] != b'i' {
                return self.bad_number();
            }
            return self.emit(Is::Complex);
        }
        self.emit(Is::Number)
    }

    fn bad_number(&mut self) -> State {
        let text = quote(&self.input[self.start..self.pos]);
        self.fail(format!("bad number syntax: {text}"))
    }

    /// Takes more than is a number: `089`, `0x0.2`. The parser will see.
    fn scan_number(&mut self) -> bool {
        const DECIMAL: &str = "0123456789_";
        const HEX: &str = "0123456789abcdefABCDEF_";
        self.accept("+-");
        let mut digits = DECIMAL;
        if self.accept("0") {
            if self.accept("xX") {
                digits = HEX;
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        if digits == DECIMAL && self.accept("eE") || digits == HEX && self.accept("pP") {
            self.accept("+-");
            self.accept_run(DECIMAL);
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            return false;
        }
        true
    }
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    bstr::ByteSlice::find(text, needle)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_space_byte(byte: u8) -> bool {
    is_space(byte.into())
}

fn leading_spaces(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_space_byte(**byte)).count()
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || is_letter(c) || is_digit(c)
}

fn left_trim(text: &[u8]) -> bool {
    matches!(text, [b'-', space, ..] if is_space_byte(*space))
}

fn right_trim(text: &[u8]) -> bool {
    matches!(text, [space, b'-', ..] if is_space_byte(*space))
}
