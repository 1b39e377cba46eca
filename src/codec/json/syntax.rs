//! JSON's tokens, with the sentences of encoding/json's scanner.go.

/// Reads a text byte by byte.
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// Returns how many bytes were taken.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Returns the next byte that is no white space, which stays.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    /// Takes what was peeked at.
    pub(super) fn take(&mut self) {
        self.at += 1;
    }

    /// Makes the error of the next byte, where white space would be right.
    pub(super) fn unexpected(&self, context: &str) -> String {
        match self.text.get(self.at) {
            Some(byte) => sentence(*byte, context),
            None => "unexpected end of JSON input".to_owned(),
        }
    }

    /// Makes the error of the next byte, where white space would be wrong too: Go sees one at the end.
    fn broken<T>(&self, context: &str) -> Result<T, String> {
        Err(sentence(self.text.get(self.at).copied().unwrap_or(b' '), context))
    }

    /// Takes the rest of `true`, `false` or `null`.
    pub(super) fn literal(&mut self, word: &str) -> Result<(), String> {
        for expected in word.bytes() {
            if self.text.get(self.at) != Some(&expected) {
                return self.broken(&format!("in literal {word} (expecting '{}')", char::from(expected)));
            }
            self.at += 1;
        }
        Ok(())
    }

    /// Takes a number, and returns its text.
    pub(super) fn number(&mut self) -> Result<&'a str, String> {
        let start = self.at;
        self.skip(|it| it == b'-');
        match self.text.get(self.at) {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits("in numeric literal")?,
            _ => return self.broken("in numeric literal"),
        }
        if self.skip(|it| it == b'.') {
            self.digits("after decimal point in numeric literal")?;
        }
        if self.skip(|it| matches!(it, b'e' | b'E')) {
            self.skip(|it| matches!(it, b'+' | b'-'));
            self.digits("in exponent of numeric literal")?;
        }
        Ok(std::str::from_utf8(&self.text[start..self.at]).unwrap_or_default())
    }

    fn digits(&mut self, context: &str) -> Result<(), String> {
        if !self.skip(|it| it.is_ascii_digit()) {
            return self.broken(context);
        }
        while self.skip(|it| it.is_ascii_digit()) {}
        Ok(())
    }

    fn skip(&mut self, what: fn(u8) -> bool) -> bool {
        let found = self.text.get(self.at).is_some_and(|it| what(*it));
        self.at += usize::from(found);
        found
    }

    /// Takes a string, and returns what it means. What is no UTF-8, and halves of surrogate pairs, become U+FFFD.
    pub(super) fn string(&mut self) -> Result<Vec<u8>, String> {
        self.at += 1;
        let start = self.at;
        let mut is_plain = true;
        loop {
            match self.text.get(self.at) {
                None => return Err(self.unexpected("")),
                Some(b'"') => break,
                Some(b'\\') => {
                    is_plain = false;
                    self.at += 1;
                    self.escape()?;
                }
                Some(0..=0x1f) => return self.broken("in string literal"),
                Some(byte) => {
                    is_plain &= byte.is_ascii();
                    self.at += 1;
                }
            }
        }
        let raw = &self.text[start..self.at];
        self.at += 1;
        Ok(if is_plain { raw.to_vec() } else { unquote(raw) })
    }

    fn escape(&mut self) -> Result<(), String> {
        match self.text.get(self.at) {
            Some(b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.skip(|it| it.is_ascii_hexdigit()) {
                        return self.broken("in \\u hexadecimal character escape");
                    }
                }
            }
            _ => return self.broken("in string escape code"),
        }
        Ok(())
    }
}

/// Resolves the escapes of a string, which are right.
fn unquote(raw: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let [first, behind @ ..] = rest {
        if *first == b'\\' {
            rest = unescape(behind, &mut text);
            continue;
        }
        let end = rest.iter().position(|it| *it == b'\\').unwrap_or(rest.len());
        for chunk in rest[..end].utf8_chunks() {
            text.extend_from_slice(chunk.valid().as_bytes());
            for _ in chunk.invalid() {
                text.extend_from_slice("\u{fffd}".as_bytes());
            }
        }
        rest = &rest[end..];
    }
    text
}

/// Resolves one escape behind its backslash; returns what follows.
fn unescape<'a>(behind: &'a [u8], text: &mut Vec<u8>) -> &'a [u8] {
    let Some((&letter, rest)) = behind.split_first() else { return behind };
    let byte = match letter {
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => {
            let (character, rest) = unescape_unicode(rest);
            text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            return rest;
        }
        other => other,
    };
    text.push(byte);
    rest
}

fn unescape_unicode(rest: &[u8]) -> (char, &[u8]) {
    let Some((high, rest)) = hexadecimal(rest) else { return (char::REPLACEMENT_CHARACTER, rest) };
    let low = rest.strip_prefix(b"\\u").and_then(hexadecimal);
    if let (0xd800..0xdc00, Some((low @ 0xdc00..0xe000, behind))) = (high, low) {
        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), behind);
    }
    (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), rest)
}

fn hexadecimal(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_at_checked(4)?;
    Some((u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?, rest))
}

/// Names a byte as Go quotes the character of that number.
pub(super) fn sentence(byte: u8, context: &str) -> String {
    let name = match byte {
        b'\'' => "\\'".to_owned(),
        b'\\' => "\\\\".to_owned(),
        7 => "\\a".to_owned(),
        8 => "\\b".to_owned(),
        9 => "\\t".to_owned(),
        10 => "\\n".to_owned(),
        11 => "\\v".to_owned(),
        12 => "\\f".to_owned(),
        13 => "\\r".to_owned(),
        0..=0x1f | 0x7f => format!("\\x{byte:02x}"),
        0x80..=0xa0 | 0xad => format!("\\u{byte:04x}"),
        other => char::from(other).to_string(),
    };
    format!("invalid character '{name}' {context}")
}
