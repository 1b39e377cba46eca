//! Scalars of all styles.

use std::borrow::Cow;

use super::{Scanner, Spanned, Token};
use crate::yaml::{Place, Style, YamlError};

/// White space between two parts of a scalar.
#[derive(Default)]
struct Gap<'a> {
    /// Before the first break.
    blanks: &'a str,
    /// Whether a break was passed, be it an escaped one.
    broken: bool,
    first: &'a str,
    further: String,
}

impl Gap<'_> {
    /// Puts what it means behind a text: one break is a space, and those that follow stay.
    fn fold(&mut self, text: &mut String) {
        if !self.broken {
            text.push_str(self.blanks);
        } else if self.first != "\n" {
            text.push_str(self.first);
        } else if self.further.is_empty() {
            text.push(' ');
        }
        text.push_str(&self.further);
        *self = Self::default();
    }
}

impl<'a> Scanner<'a> {
    pub(super) fn plain(&mut self) -> Result<(), YamlError> {
        self.save_key()?;
        self.key_allowed = false;
        let (offset, start) = (self.cursor.offset(), self.cursor.place());
        let mut end = start;
        let mut text = Cow::Borrowed("");
        let mut gap = Gap::default();
        while !self.cursor.is_marker() && self.cursor.peek(0) != b'#' {
            let part = self.plain_part();
            if !part.is_empty() {
                if gap.broken || matches!(text, Cow::Owned(_)) {
                    gap.fold(text.to_mut());
                    text.to_mut().push_str(part);
                } else {
                    text = Cow::Borrowed(self.cursor.since(offset));
                }
                end = self.cursor.place();
            }
            if !(self.cursor.is_blank() || self.cursor.is_break()) {
                break;
            }
            let indent = self.indent + 1;
            self.gap(&mut gap, Some(indent))?;
            if !self.in_flow() && self.column() < indent {
                break;
            }
        }
        self.key_allowed |= gap.broken;
        self.queue.push_back(Spanned { token: Token::Scalar(text, Style::Plain), start, end });
        Ok(())
    }

    /// Passes the characters of a plain scalar up to white space or what ends it.
    fn plain_part(&mut self) -> &'a str {
        let offset = self.cursor.offset();
        let in_flow = self.in_flow();
        loop {
            self.cursor.skip_until(|it| match it {
                b' ' | b'\t' | b':' => true,
                b',' | b'?' | b'[' | b']' | b'{' | b'}' => in_flow,
                _ => false,
            });
            if self.cursor.peek(0) != b':' || self.cursor.is_blankz(1) {
                return self.cursor.since(offset);
            }
            self.cursor.skip();
        }
    }

    /// Passes white space in a scalar; a plain one has an indentation that no tab may be part of.
    fn gap(&mut self, gap: &mut Gap<'a>, indent: Option<isize>) -> Result<(), YamlError> {
        loop {
            if self.cursor.is_break() {
                let line_break = self.cursor.read_break();
                if gap.broken {
                    gap.further.push_str(line_break);
                } else {
                    (gap.broken, gap.first) = (true, line_break);
                }
            } else if !self.cursor.is_blank() {
                return Ok(());
            } else if !gap.broken {
                gap.blanks = self.cursor.skip_while(|it| matches!(it, b' ' | b'\t'));
            } else {
                self.cursor.skip_while(|it| it == b' ');
                if self.cursor.peek(0) == b'\t' && indent.is_some_and(|indent| self.column() < indent) {
                    return self.error("found a tab character that violates indentation");
                }
                self.cursor.skip_while(|it| matches!(it, b' ' | b'\t'));
            }
        }
    }

    pub(super) fn quoted(&mut self, quote: u8) -> Result<Token<'a>, YamlError> {
        self.save_key()?;
        self.key_allowed = false;
        self.cursor.skip();
        let start = self.cursor.clone();
        let style = if quote == b'"' { Style::DoubleQuoted } else { Style::SingleQuoted };
        let line = self.cursor.skip_until(|it| it == quote || it == b'\\' && quote == b'"');
        if self.cursor.peek(0) == quote && (quote == b'"' || self.cursor.peek(1) != b'\'') {
            self.cursor.skip();
            return Ok(Token::Scalar(Cow::Borrowed(line), style));
        }
        self.cursor = start;
        let mut text = String::new();
        let mut gap = Gap::default();
        loop {
            if self.cursor.is_marker() {
                return self.error("found unexpected document indicator");
            }
            if self.cursor.is_end() {
                return self.error("found unexpected end of stream");
            }
            gap.broken = self.quoted_part(quote, &mut text)?;
            if self.cursor.peek(0) == quote {
                break;
            }
            self.gap(&mut gap, None)?;
            gap.fold(&mut text);
        }
        self.cursor.skip();
        text.shrink_to_fit();
        Ok(Token::Scalar(Cow::Owned(text), style))
    }

    /// Takes characters up to white space or the closing quote; returns whether it ended with an escaped break.
    fn quoted_part(&mut self, quote: u8, text: &mut String) -> Result<bool, YamlError> {
        loop {
            let stops = |it| matches!(it, b' ' | b'\t') || it == quote || it == b'\\' && quote == b'"';
            text.push_str(self.cursor.skip_until(stops));
            match self.cursor.peek(0) {
                b'\'' if quote == b'\'' && self.cursor.peek(1) == b'\'' => {
                    self.cursor.skip();
                    self.cursor.skip();
                    text.push('\'');
                }
                b'\\' if quote == b'"' => {
                    self.cursor.skip();
                    if self.cursor.is_break() {
                        self.cursor.read_break();
                        return Ok(true);
                    }
                    text.push(self.escaped()?);
                }
                _ => return Ok(false),
            }
        }
    }

    /// Takes what follows a backslash.
    fn escaped(&mut self) -> Result<char, YamlError> {
        let symbol = self.cursor.peek(0);
        let length = match symbol {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => {
                let Some(character) = escape(symbol) else { return self.error("found unknown escape character") };
                self.cursor.skip();
                return Ok(character);
            }
        };
        self.cursor.skip();
        let mut code = 0;
        for _ in 0..length {
            let Some(digit) = char::from(self.cursor.peek(0)).to_digit(16) else {
                return self.error("did not find expected hexdecimal number");
            };
            code = code << 4 | digit;
            self.cursor.skip();
        }
        char::from_u32(code).map_or_else(|| self.error("found invalid Unicode character escape code"), Ok)
    }

    pub(super) fn block_scalar(&mut self, indicator: u8) -> Result<(), YamlError> {
        self.remove_key()?;
        self.key_allowed = true;
        let (chomping, increment) = self.block_header()?;
        let mut indent = if increment == 0 { 0 } else { self.indent.max(0) + increment };
        let (mut text, mut line_break, mut further) = (String::new(), "", String::new());
        let mut end = self.block_breaks(&mut indent, &mut further)?;
        let start = self.cursor.place();
        let mut after_blank = false;
        while self.column() == indent && !self.cursor.is_end() {
            let is_blank = self.cursor.is_blank();
            if indicator == b'|' || after_blank || is_blank || line_break != "\n" {
                text.push_str(line_break);
            } else if further.is_empty() {
                text.push(' ');
            }
            text.push_str(&further);
            further.clear();
            after_blank = is_blank;
            text.push_str(self.cursor.skip_until(|_| false));
            line_break = self.cursor.read_break();
            end = self.block_breaks(&mut indent, &mut further)?;
        }
        if chomping != b'-' {
            text.push_str(line_break);
        }
        if chomping == b'+' {
            text.push_str(&further);
        }
        text.shrink_to_fit();
        let style = if indicator == b'|' { Style::Literal } else { Style::Folded };
        self.queue.push_back(Spanned { token: Token::Scalar(Cow::Owned(text), style), start: start.min(end), end });
        Ok(())
    }

    /// Takes the indicators of a block scalar, in any order; returns its chomping and its indentation, 0 for an unknown one.
    fn block_header(&mut self) -> Result<(u8, isize), YamlError> {
        self.cursor.skip();
        let mut chomping = self.chomping();
        let digit = self.cursor.peek(0);
        let mut increment = 0;
        if digit.is_ascii_digit() {
            if digit == b'0' {
                return self.error("found an indentation indicator equal to 0");
            }
            increment = isize::from(digit.cast_signed()) - isize::from(b'0'.cast_signed());
            self.cursor.skip();
            chomping = chomping.or_else(|| self.chomping());
        }
        self.end_line()?;
        Ok((chomping.unwrap_or(0), increment))
    }

    fn chomping(&mut self) -> Option<u8> {
        let indicator = self.cursor.peek(0);
        matches!(indicator, b'+' | b'-').then(|| {
            self.cursor.skip();
            indicator
        })
    }

    /// Passes indentation and empty lines, and finds the indentation when it is 0. Returns where the last break ended.
    fn block_breaks(&mut self, indent: &mut isize, breaks: &mut String) -> Result<Place, YamlError> {
        let mut end = self.cursor.place();
        let mut widest = 0;
        loop {
            while (*indent == 0 || self.column() < *indent) && self.cursor.peek(0) == b' ' {
                self.cursor.skip();
            }
            widest = widest.max(self.column());
            if (*indent == 0 || self.column() < *indent) && self.cursor.peek(0) == b'\t' {
                return self.error("found a tab character where an indentation space is expected");
            }
            if !self.cursor.is_break() {
                break;
            }
            breaks.push_str(self.cursor.read_break());
            end = self.cursor.place();
        }
        if *indent == 0 {
            *indent = widest.max(self.indent + 1).max(1);
        }
        Ok(end)
    }
}

/// Returns what a backslash and a symbol mean.
fn escape(symbol: u8) -> Option<char> {
    Some(match symbol {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' => ' ',
        b'"' => '"',
        b'\'' => '\'',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
