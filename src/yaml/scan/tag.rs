//! Directives, anchors and tags.

use std::borrow::Cow;

use super::{Scanner, Token};
use crate::yaml::YamlError;

fn is_alpha(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

impl<'a> Scanner<'a> {
    pub(super) fn directive(&mut self) -> Result<Token<'a>, YamlError> {
        self.leave_blocks()?;
        self.cursor.skip();
        let name = self.cursor.skip_while(is_alpha);
        if name.is_empty() {
            return self.error("could not find expected directive name");
        }
        if !self.cursor.is_blankz(0) {
            return self.error("found unexpected non-alphabetical character");
        }
        self.cursor.skip_blanks();
        let token = match name {
            "YAML" => self.version()?,
            "TAG" => self.tag_directive()?,
            _ => return self.error("found unknown directive name"),
        };
        self.end_line()?;
        Ok(token)
    }

    /// Passes the rest of a line, of which only a comment may be left.
    pub(super) fn end_line(&mut self) -> Result<(), YamlError> {
        self.cursor.skip_blanks();
        self.cursor.skip_comment();
        if !self.cursor.is_breakz() {
            return self.error("did not find expected comment or line break");
        }
        self.cursor.read_break();
        Ok(())
    }

    fn version(&mut self) -> Result<Token<'a>, YamlError> {
        let major = self.version_number()?;
        if self.cursor.peek(0) != b'.' {
            return self.error("did not find expected digit or '.' character");
        }
        self.cursor.skip();
        Ok(Token::Version(major, self.version_number()?))
    }

    fn version_number(&mut self) -> Result<u8, YamlError> {
        let digits = self.cursor.skip_while(|it| it.is_ascii_digit());
        match digits.parse() {
            Ok(number) if digits.len() <= 2 => Ok(number),
            _ => self.error("did not find expected version number"),
        }
    }

    fn tag_directive(&mut self) -> Result<Token<'a>, YamlError> {
        let handle = self.tag_handle()?;
        if handle != "!" && (handle.len() < 2 || !handle.ends_with('!')) {
            return self.error("did not find expected '!'");
        }
        if !self.cursor.is_blank() {
            return self.error("did not find expected whitespace");
        }
        self.cursor.skip_blanks();
        let prefix = self.tag_uri(None)?;
        if !self.cursor.is_blankz(0) {
            return self.error("did not find expected whitespace or line break");
        }
        Ok(Token::TagDirective { handle, prefix })
    }

    /// Takes what a `*` or `&` starts.
    pub(super) fn anchor(&mut self, indicator: u8) -> Result<Token<'a>, YamlError> {
        self.save_key()?;
        self.key_allowed = false;
        self.cursor.skip();
        let name = self.cursor.skip_while(is_alpha);
        let is_ended =
            matches!(self.cursor.peek(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`') || self.cursor.is_blankz(0);
        if name.is_empty() || !is_ended {
            return self.error("did not find expected alphabetic or numeric character");
        }
        Ok(if indicator == b'*' { Token::Alias(name) } else { Token::Anchor(name) })
    }

    /// Takes `!<uri>`, `!suffix`, `!handle!suffix` or `!`, whose handle is empty.
    pub(super) fn tag(&mut self) -> Result<Token<'a>, YamlError> {
        self.save_key()?;
        self.key_allowed = false;
        let (handle, suffix) = if self.cursor.peek(1) == b'<' {
            self.cursor.skip();
            self.cursor.skip();
            let suffix = self.tag_uri(None)?;
            if self.cursor.peek(0) != b'>' {
                return self.error("did not find the expected '>'");
            }
            self.cursor.skip();
            ("", suffix)
        } else {
            let handle = self.tag_handle()?;
            if handle.len() > 1 && handle.ends_with('!') {
                (handle, self.tag_uri(None)?)
            } else {
                let suffix = self.tag_uri(Some(&handle[1..]))?;
                if suffix.is_empty() { ("", Cow::Borrowed("!")) } else { ("!", suffix) }
            }
        };
        if !self.cursor.is_blankz(0) {
            return self.error("did not find expected whitespace or line break");
        }
        Ok(Token::Tag { handle, suffix })
    }

    fn tag_handle(&mut self) -> Result<&'a str, YamlError> {
        let start = self.cursor.offset();
        if self.cursor.peek(0) != b'!' {
            return self.error("did not find expected '!'");
        }
        self.cursor.skip();
        self.cursor.skip_while(is_alpha);
        if self.cursor.peek(0) == b'!' {
            self.cursor.skip();
        }
        Ok(self.cursor.since(start))
    }

    /// Takes a URI whose beginning may have been taken for a handle.
    fn tag_uri(&mut self, head: Option<&'a str>) -> Result<Cow<'a, str>, YamlError> {
        let allowed = |it: u8| is_alpha(it) || b";/?:@&=+$,.!~*'()[]%".contains(&it);
        let rest = self.cursor.skip_while(allowed);
        if rest.is_empty() && head.is_none() {
            return self.error("did not find expected tag URI");
        }
        let head = head.unwrap_or_default();
        if head.is_empty() && !rest.contains('%') {
            return Ok(Cow::Borrowed(rest));
        }
        match unescape(rest) {
            Some(rest) => Ok(Cow::Owned(format!("{head}{rest}"))),
            None => self.error("did not find URI escaped octet"),
        }
    }
}

/// Puts the bytes for their `%XX`.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            if !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}
