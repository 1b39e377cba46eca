//! From JSON to values: encoding/json's decode.go, into `interface{}`.

use super::syntax::{Cursor, sentence};
use crate::codec::MAX_DEPTH;
use crate::gotemplate::value::{Kind, List, ListType, Map, MapType, Value};

/// What was read.
#[derive(Debug)]
pub struct Decoded {
    pub value: Value,
    /// The first value that Go has no room for, which is nil: a number beyond `float64`. The rest was read nevertheless.
    pub error: Option<String>,
}

/// Reads a JSON text as `json.Unmarshal` reads it into an `interface{}`: numbers are `float64`.
pub fn from_json(text: &[u8]) -> Result<Value, String> {
    let decoded = decode(text)?;
    decoded.error.map_or(Ok(decoded.value), Err)
}

/// Reads a JSON text as Helm's `fromJson` does, into a map: an error is its entry `Error`, and `null` is a nil map.
pub fn from_json_map(text: &[u8]) -> Value {
    let (mut value, error, is_json) = match decode(text) {
        Ok(Decoded { value, error }) => (value, error, true),
        Err(error) => (Value::NIL, Some(error), false),
    };
    let error = match value.kind {
        Kind::Nil if error.is_none() => return Value::from(Map::nil(MapType::Any)),
        Kind::Nil if is_json => Some(type_error(&Value::float(0.0), "map[string]interface {}")),
        Kind::Map(_) | Kind::Nil => error,
        _ => Some(type_error(&value, "map[string]interface {}")),
    };
    if value.as_map().is_none() {
        value = Value::map::<&str>([]);
    }
    if let (Some(map), Some(error)) = (value.as_map(), error) {
        map.insert("Error", error.into());
    }
    value
}

/// Reads a JSON text as Helm's `fromJsonArray` does: an error is the only item, and `null` is a nil list.
pub fn from_json_list(text: &[u8]) -> Value {
    match decode(text) {
        Ok(Decoded { error: Some(error), .. }) | Err(error) => Value::list(vec![error.into()]),
        Ok(Decoded { value, error: None }) => match value.kind {
            Kind::Nil => Value::from(List::nil(ListType::Any)),
            Kind::List(_) => value,
            _ => Value::list(vec![type_error(&value, "[]interface {}").into()]),
        },
    }
}

/// Reads a JSON text; fails only where it is none.
pub fn decode(text: &[u8]) -> Result<Decoded, String> {
    let mut decoder = Decoder { cursor: Cursor::new(text), depth: 0, error: None };
    let value = decoder.value()?;
    if decoder.cursor.peek().is_some() {
        return Err(decoder.cursor.unexpected("after top-level value"));
    }
    Ok(Decoded { value, error: decoder.error })
}

/// Reads the first value of a text as `json.Decoder` does; with it the number of bytes that it took.
pub fn decode_first(text: &[u8]) -> Result<(Value, usize), String> {
    let mut decoder = Decoder { cursor: Cursor::new(text), depth: 0, error: None };
    let value = decoder.value()?;
    decoder.error.map_or(Ok((value, decoder.cursor.at())), Err)
}

/// Returns Go's sentence for a value that is not of the type that was asked for.
pub(in crate::codec) fn type_error(value: &Value, wanted: &str) -> String {
    let found = match &value.kind {
        Kind::Bool(_) => "bool",
        Kind::Int(..) | Kind::Float(_) => "number",
        Kind::List(_) => "array",
        Kind::Map(_) => "object",
        _ => "string",
    };
    format!("json: cannot unmarshal {found} into Go value of type {wanted}")
}

struct Decoder<'a> {
    cursor: Cursor<'a>,
    depth: usize,
    error: Option<String>,
}

impl Decoder<'_> {
    fn value(&mut self) -> Result<Value, String> {
        match self.cursor.peek() {
            Some(b'{') => self.nested(b'{', Self::object),
            Some(b'[') => self.nested(b'[', Self::array),
            Some(b'"') => Ok(Value::from(self.cursor.string()?)),
            Some(b't') => self.cursor.literal("true").map(|()| true.into()),
            Some(b'f') => self.cursor.literal("false").map(|()| false.into()),
            Some(b'n') => self.cursor.literal("null").map(|()| Value::NIL),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.cursor.unexpected("looking for beginning of value")),
        }
    }

    fn number(&mut self) -> Result<Value, String> {
        let text = self.cursor.number()?;
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::float(number)),
            _ => {
                self.error.get_or_insert_with(|| format!("json: cannot unmarshal number {text} into Go value of type float64"));
                Ok(Value::NIL)
            }
        }
    }

    fn nested(&mut self, bracket: u8, read: fn(&mut Self) -> Result<Value, String>) -> Result<Value, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(sentence(bracket, "exceeded max depth"));
        }
        self.cursor.take();
        let value = read(self)?;
        self.cursor.take();
        self.depth -= 1;
        Ok(value)
    }

    fn array(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        if self.cursor.peek() == Some(b']') {
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value()?);
            match self.cursor.peek() {
                Some(b',') => self.cursor.take(),
                Some(b']') => return Ok(Value::list(items)),
                _ => return Err(self.cursor.unexpected("after array element")),
            }
        }
    }

    fn object(&mut self) -> Result<Value, String> {
        let mut entries = Vec::new();
        if self.cursor.peek() == Some(b'}') {
            return Ok(Value::map(entries));
        }
        loop {
            if self.cursor.peek() != Some(b'"') {
                return Err(self.cursor.unexpected("looking for beginning of object key string"));
            }
            let key = self.cursor.string()?;
            if self.cursor.peek() != Some(b':') {
                return Err(self.cursor.unexpected("after object key"));
            }
            self.cursor.take();
            entries.push((key, self.value()?));
            match self.cursor.peek() {
                Some(b',') => self.cursor.take(),
                Some(b'}') => return Ok(Value::map(entries)),
                _ => return Err(self.cursor.unexpected("after object key:value pair")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::json::to_json;

    #[test]
    fn texts_are_read_as_go_does() {
        let cases = [
            (" null ", "null"),
            (r#"{"b":[1,2.5,-0,1e3],"a":{"":"\ud83d\ude00\u0041\/\ud800x"},"a":true}"#, "{\"a\":true,\"b\":[1,2.5,-0,1000]}"),
            (r#""\ud83d\ude00\u0041\/\ud800x""#, "\"😀A/\u{fffd}x\""),
            ("[]", "[]"),
            ("{ }", "{}"),
        ];
        for (text, expected) in cases {
            let json = to_json(&from_json(text.as_bytes()).expect(text)).expect(text);
            assert_eq!(String::from_utf8_lossy(&json), expected);
        }
    }

    #[test]
    fn errors_are_those_of_go() {
        let cases = [
            ("", "unexpected end of JSON input"),
            ("[1", "unexpected end of JSON input"),
            ("\"a", "unexpected end of JSON input"),
            ("-", "invalid character ' ' in numeric literal"),
            ("tru", "invalid character ' ' in literal true (expecting 'e')"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("{a:1}", "invalid character 'a' looking for beginning of object key string"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 2}", "invalid character '2' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("1 2", "invalid character '2' after top-level value"),
            ("01", "invalid character '1' after top-level value"),
            ("1.x", "invalid character 'x' after decimal point in numeric literal"),
            ("1e+", "invalid character ' ' in exponent of numeric literal"),
            ("\"\\x\"", "invalid character 'x' in string escape code"),
            ("\"\\u12g\"", "invalid character 'g' in \\u hexadecimal character escape"),
            ("\"\n\"", "invalid character '\\n' in string literal"),
            ("'", "invalid character '\\'' looking for beginning of value"),
            ("\u{e9}", "invalid character 'Ã' looking for beginning of value"),
            ("1e999", "json: cannot unmarshal number 1e999 into Go value of type float64"),
        ];
        for (text, expected) in cases {
            assert_eq!(from_json(text.as_bytes()).expect_err(text), expected, "{text}");
        }
        let deep = from_json("[".repeat(100_000).as_bytes()).expect_err("it is too deep");
        assert_eq!(deep, "invalid character '[' exceeded max depth");
    }
}
