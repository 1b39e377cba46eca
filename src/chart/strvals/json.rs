//! JSON as Go's `encoding/json` decodes it into `interface{}`.

use crate::gotemplate::value::{Map, MapType, Str, Value};

/// Deepest nesting, so that recursion ends.
const DEEPEST: usize = 1000;

/// Reads the first value of a text, and returns how many bytes it took.
pub(super) fn decode(text: &str) -> Result<(Value, usize), String> {
    let mut json = Json { bytes: text.as_bytes(), at: 0, depth: 0 };
    let value = json.value()?;
    Ok((value, json.at))
}

/// Reads a text that is one object.
pub fn parse_object(text: &str) -> Option<Map> {
    let (value, length) = decode(text).ok()?;
    let rest = text.get(length..)?;
    rest.trim_start_matches([' ', '\t', '\r', '\n']).is_empty().then(|| value.as_map().cloned()).flatten()
}

struct Json<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl Json<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn error<T>(&self) -> Result<T, String> {
        match self.peek() {
            None => Err("unexpected EOF".into()),
            Some(byte) => Err(format!("invalid character {:?} looking for beginning of value", char::from(byte))),
        }
    }

    fn value(&mut self) -> Result<Value, String> {
        self.space();
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(Value::from),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", true.into()),
            Some(b'f') => self.word("false", false.into()),
            Some(b'n') => self.word("null", Value::NIL),
            _ => self.error(),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, String> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return self.error();
        }
        self.at += word.len();
        Ok(value)
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, String>) -> Result<Value, String> {
        if self.depth == DEEPEST {
            return Err("exceeded max depth".into());
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, String> {
        let map = Map::new(MapType::Any, std::collections::BTreeMap::new());
        self.space();
        if self.take(b'}') {
            return Ok(map.into());
        }
        loop {
            self.space();
            let key = self.string()?;
            self.space();
            if !self.take(b':') {
                return self.error();
            }
            map.insert(Str::from(key), self.value()?);
            self.space();
            if self.take(b'}') {
                return Ok(map.into());
            }
            if !self.take(b',') {
                return self.error();
            }
        }
    }

    fn array(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value()?);
            self.space();
            if self.take(b']') {
                return Ok(Value::list(items));
            }
            if !self.take(b',') {
                return self.error();
            }
        }
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') && self.digits() == 0 {
            return self.error();
        }
        if self.take(b'.') && self.digits() == 0 {
            return self.error();
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            if self.digits() == 0 {
                return self.error();
            }
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]).unwrap_or_default();
        let number: f64 = text.parse().unwrap_or(f64::NAN);
        if number.is_finite() { Ok(Value::float(number)) } else { Err(format!("number {text} is out of range")) }
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<String, String> {
        if !self.take(b'"') {
            return self.error();
        }
        let mut out = Vec::new();
        loop {
            match self.peek() {
                None | Some(0..0x20) => return self.error(),
                Some(b'"') => break,
                Some(b'\\') => {
                    let c = self.escape()?;
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Some(byte) => {
                    out.push(byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        String::from_utf8(out).map_err(|_| "invalid UTF-8".into())
    }

    fn escape(&mut self) -> Result<char, String> {
        self.at += 1;
        let c = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.error(),
        };
        self.at += 1;
        Ok(c)
    }

    /// Reads `uXXXX`, and the second half of a pair; a lone half is U+FFFD.
    fn unicode(&mut self) -> Result<char, String> {
        let Some(unit) = self.unit(self.at + 1) else { return self.error() };
        self.at += 5;
        if let Some(c) = char::from_u32(unit) {
            return Ok(c);
        }
        if unit < 0xdc00
            && self.bytes.get(self.at..self.at + 2) == Some(br"\u")
            && let Some(low @ 0xdc00..0xe000) = self.unit(self.at + 2)
        {
            self.at += 6;
            return Ok(char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)).unwrap_or('\u{fffd}'));
        }
        Ok('\u{fffd}')
    }

    fn unit(&self, at: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + 4)?;
        digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
    }
}
