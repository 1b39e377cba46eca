//! From values to JSON: encoding/json's encode.go and indent.go.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::codec::depth::depth_error;
use crate::codec::{MAX_BYTES, MAX_DEPTH, TOO_LARGE, number};
use crate::gotemplate::value::{IntKind, Kind, List, Map, Value};

/// Returns what `json.Marshal` gives. Fails for NaN and infinities, and for a value that holds itself.
pub fn to_json(value: &Value) -> Result<Vec<u8>, String> {
    encode(value, Style { html: true, indented: false })
}

/// Returns what `json.MarshalIndent(value, "", "  ")` gives.
pub fn to_pretty_json(value: &Value) -> Result<Vec<u8>, String> {
    encode(value, Style { html: true, indented: true })
}

/// Returns JSON in which `<`, `>` and `&` stay as they are.
pub fn to_raw_json(value: &Value) -> Result<Vec<u8>, String> {
    encode(value, Style { html: false, indented: false })
}

#[derive(Clone, Copy)]
struct Style {
    /// Whether what HTML knows is escaped.
    html: bool,
    indented: bool,
}

fn encode(value: &Value, style: Style) -> Result<Vec<u8>, String> {
    let mut encoder = Encoder { out: Vec::new(), style, depth: 0 };
    match encoder.value(value) {
        Ok(()) => Ok(encoder.out),
        Err(message) if encoder.depth > MAX_DEPTH => Err(depth_error(value, message)),
        Err(message) => Err(message),
    }
}

struct Encoder {
    out: Vec<u8>,
    style: Style,
    depth: usize,
}

impl Encoder {
    fn value(&mut self, value: &Value) -> Result<(), String> {
        match &value.kind {
            Kind::Nil => self.out.extend_from_slice(b"null"),
            Kind::Bool(true) => self.out.extend_from_slice(b"true"),
            Kind::Bool(false) => self.out.extend_from_slice(b"false"),
            Kind::Int(kind, number) => write_integer(&mut self.out, *kind, *number),
            Kind::Float(number) if number.is_finite() => number::write_json(&mut self.out, *number),
            Kind::Float(number) => return Err(format!("json: unsupported value: {}", number::infinite(*number))),
            Kind::Str(text) => write_string(&mut self.out, text, self.style.html),
            Kind::Bytes(bytes) => {
                self.out.push(b'"');
                self.out.extend_from_slice(STANDARD.encode(bytes).as_bytes());
                self.out.push(b'"');
            }
            Kind::List(list) => return self.list(list),
            Kind::Map(map) => return self.map(map),
            Kind::Object(object) => return self.value(&object.data()),
        }
        Ok(())
    }

    fn list(&mut self, list: &List) -> Result<(), String> {
        if list.is_nil() {
            self.out.extend_from_slice(b"null");
            return Ok(());
        }
        self.enter(b'[', list.ty().name())?;
        for (index, item) in list.items().iter().enumerate() {
            self.separate(index);
            self.value(item)?;
        }
        self.leave(b']', list.is_empty());
        Ok(())
    }

    fn map(&mut self, map: &Map) -> Result<(), String> {
        if map.is_nil() {
            self.out.extend_from_slice(b"null");
            return Ok(());
        }
        self.enter(b'{', map.ty().name())?;
        for (index, (key, value)) in map.entries().iter().enumerate() {
            self.separate(index);
            write_string(&mut self.out, key, self.style.html);
            self.out.extend_from_slice(if self.style.indented { b": " } else { b":" });
            self.value(value)?;
        }
        self.leave(b'}', map.is_empty());
        Ok(())
    }

    fn enter(&mut self, bracket: u8, ty: &str) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("json: unsupported value: encountered a cycle via {ty}"));
        }
        if self.out.len() > MAX_BYTES {
            return Err(TOO_LARGE.to_owned());
        }
        self.out.push(bracket);
        Ok(())
    }

    fn leave(&mut self, bracket: u8, is_empty: bool) {
        self.depth -= 1;
        if !is_empty {
            self.line();
        }
        self.out.push(bracket);
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.out.push(b',');
        }
        self.line();
    }

    fn line(&mut self) {
        if self.style.indented {
            self.out.push(b'\n');
            self.out.resize(self.out.len() + 2 * self.depth, b' ');
        }
    }
}

/// Writes an integer; unsigned ones keep their bits.
pub(in crate::codec) fn write_integer(out: &mut Vec<u8>, kind: IntKind, number: i64) {
    if kind.is_unsigned() {
        number::write_uint(out, number.cast_unsigned());
    } else {
        number::write_int(out, number);
    }
}

/// Writes a string in its quotes. What is no UTF-8 becomes `\ufffd`, byte by byte.
fn write_string(out: &mut Vec<u8>, text: &[u8], html: bool) {
    out.push(b'"');
    for chunk in text.utf8_chunks() {
        write_valid(out, chunk.valid().as_bytes(), html);
        for _ in chunk.invalid() {
            out.extend_from_slice(b"\\ufffd");
        }
    }
    out.push(b'"');
}

fn write_valid(out: &mut Vec<u8>, text: &[u8], html: bool) {
    let mut start = 0;
    for (at, &byte) in text.iter().enumerate() {
        let (escape, width): (&[u8], usize) = match byte {
            b'"' => (b"\\\"", 1),
            b'\\' => (b"\\\\", 1),
            b'\n' => (b"\\n", 1),
            b'\r' => (b"\\r", 1),
            b'\t' => (b"\\t", 1),
            8 => (b"\\b", 1),
            12 => (b"\\f", 1),
            0..=0x1f => (b"", 1),
            b'<' | b'>' | b'&' if html => (b"", 1),
            0xe2 if text[at..].starts_with(b"\xe2\x80\xa8") => (b"\\u2028", 3),
            0xe2 if text[at..].starts_with(b"\xe2\x80\xa9") => (b"\\u2029", 3),
            _ => continue,
        };
        out.extend_from_slice(&text[start..at]);
        start = at + width;
        if escape.is_empty() {
            let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
        } else {
            out.extend_from_slice(escape);
        }
    }
    out.extend_from_slice(&text[start..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &Value, compact: &str, pretty: &str) {
        assert_eq!(to_json(value).map(|it| String::from_utf8_lossy(&it).into_owned()).as_deref(), Ok(compact));
        assert_eq!(to_pretty_json(value).map(|it| String::from_utf8_lossy(&it).into_owned()).as_deref(), Ok(pretty));
    }

    #[test]
    fn values_are_written_as_go_does() {
        let value = Value::map([
            ("b", Value::list(vec![Value::NIL, true.into(), Value::float(1e6), Value::int(-3)])),
            ("a", Value::map::<&str>([])),
            ("<&>", "\u{1}\u{8}\u{7f}\u{2028}é\"\\".into()),
            ("x", Value::str(b"a\xffb")),
        ]);
        check(
            &value,
            r#"{"\u003c\u0026\u003e":"\u0001\b\u007f\u2028é\"\\","a":{},"b":[null,true,1000000,-3],"x":"a\ufffdb"}"#
                .replace("\\u007f", "\u{7f}")
                .as_str(),
            "{\n  \"\\u003c\\u0026\\u003e\": \"\\u0001\\b\u{7f}\\u2028é\\\"\\\\\",\n  \"a\": {},\n  \"b\": [\n    null,\n    true,\n    1000000,\n    -3\n  ],\n  \"x\": \"a\\ufffdb\"\n}",
        );
    }

    #[test]
    fn what_json_has_no_form_for_is_an_error() {
        assert_eq!(to_json(&Value::float(f64::NAN)), Err("json: unsupported value: NaN".to_owned()));
        assert_eq!(to_json(&Value::float(f64::NEG_INFINITY)), Err("json: unsupported value: -Inf".to_owned()));
        let own = Value::map([("a", Value::NIL)]);
        own.as_map().expect("it is a map").insert("a", own.clone());
        assert_eq!(to_json(&own), Err("json: unsupported value: encountered a cycle via map[string]interface {}".to_owned()));
        own.as_map().expect("it is a map").remove("a");
    }
}
