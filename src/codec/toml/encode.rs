//! From values to TOML: encode.go of BurntSushi/toml.

use crate::codec::json::write_integer;
use crate::codec::{MAX_BYTES, MAX_DEPTH, TOO_DEEP, TOO_LARGE, duration, number};
use crate::gotemplate::value::{IntKind, Kind, List, Map, Str, Value};

/// Why a value has no form in TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// An error of the encoder.
    Error(String),
    /// Go panics: the template fails, whatever function was called.
    Panic(String),
}

/// Returns what the encoder of `BurntSushi/toml` gives: the scalars of a table before its tables, sorted by key, indented by two spaces a level.
pub fn to_toml(value: &Value) -> Result<Vec<u8>, Failure> {
    if value.is_nil() {
        return Err(Failure::Panic("reflect: call of reflect.Value.Type on zero Value".to_owned()));
    }
    let mut encoder = Encoder { out: Vec::new(), key: Vec::new(), depth: 0 };
    encoder.top(&resolved(value)).map_err(Failure::Error)?;
    Ok(encoder.out)
}

/// The TOML types that matter for where a value goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Nil,
    Scalar,
    Array,
    Table,
    Tables,
}

impl Type {
    fn is_table(self) -> bool {
        matches!(self, Self::Table | Self::Tables)
    }
}

struct Encoder {
    out: Vec<u8>,
    key: Vec<Str>,
    depth: usize,
}

/// Returns what stands for an object.
fn resolved(value: &Value) -> Value {
    match &value.kind {
        Kind::Object(object) if !object.type_name().ends_with("time.Time") => object.data(),
        _ => value.clone(),
    }
}

/// Finds the type, and refuses arrays that hold nil: `tomlTypeOfGo`.
fn type_of(value: &Value, depth: usize) -> Result<Type, String> {
    if depth > MAX_DEPTH {
        return Err(TOO_DEEP.to_owned());
    }
    Ok(match &resolved(value).kind {
        Kind::Nil => Type::Nil,
        Kind::Map(map) if map.is_nil() => Type::Nil,
        Kind::List(list) if list.is_nil() => Type::Nil,
        Kind::Map(_) => Type::Table,
        Kind::List(list) => {
            let mut all_tables = !list.is_empty();
            for item in list.items().iter() {
                match type_of(item, depth + 1)? {
                    Type::Nil => return Err("toml: cannot encode array with nil element".to_owned()),
                    found => all_tables &= found == Type::Table,
                }
            }
            if all_tables { Type::Tables } else { Type::Array }
        }
        Kind::Bytes(_) => Type::Array,
        _ => Type::Scalar,
    })
}

impl Encoder {
    fn top(&mut self, value: &Value) -> Result<(), String> {
        match &value.kind {
            Kind::Map(map) => self.entries(map),
            _ if type_of(value, 0)? == Type::Tables => Err("toml: top-level values must be Go maps or structs".to_owned()),
            _ => self.element(value),
        }
    }

    fn entry(&mut self, key: &Str, value: &Value, ty: Type) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(TOO_DEEP.to_owned());
        }
        if self.out.len() > MAX_BYTES {
            return Err(TOO_LARGE.to_owned());
        }
        self.key.push(key.clone());
        match &value.kind {
            Kind::Map(map) => {
                if self.key.len() == 1 {
                    self.line();
                }
                self.header("[", "]");
                self.entries(map)?;
            }
            Kind::List(list) if ty == Type::Tables => {
                for item in list.items().iter() {
                    if let Kind::Map(map) = &resolved(item).kind {
                        self.line();
                        self.header("[[", "]]");
                        self.entries(map)?;
                    }
                }
            }
            _ => {
                self.indent();
                write_key(&mut self.out, key);
                self.out.extend_from_slice(b" = ");
                self.element(value)?;
                self.line();
            }
        }
        self.key.pop();
        self.depth -= 1;
        Ok(())
    }

    /// Writes the entries of a table: first those that are no tables.
    fn entries(&mut self, map: &Map) -> Result<(), String> {
        let entries = typed(map)?;
        for tables in [false, true] {
            for (key, value, ty) in entries.iter().filter(|it| it.2.is_table() == tables && it.2 != Type::Nil) {
                self.entry(key, value, *ty)?;
            }
        }
        Ok(())
    }

    fn element(&mut self, value: &Value) -> Result<(), String> {
        let value = resolved(value);
        match &value.kind {
            Kind::Nil => self.out.extend_from_slice(b"\"\""),
            Kind::Bool(it) => self.out.extend_from_slice(if *it { b"true" } else { b"false" }),
            Kind::Int(IntKind::Duration, nanoseconds) => write_quoted(&mut self.out, duration::text(*nanoseconds).as_bytes()),
            Kind::Int(kind, number) => write_integer(&mut self.out, *kind, *number),
            Kind::Float(number) => write_float(&mut self.out, *number),
            Kind::Str(text) => write_quoted(&mut self.out, text),
            Kind::Bytes(bytes) => {
                let items = bytes.iter().map(|it| Value::int(i64::from(*it))).collect();
                return self.element(&Value::list(items));
            }
            Kind::List(list) => return self.array(list),
            Kind::Map(map) => return self.inline_table(map),
            Kind::Object(object) => {
                if let Some(text) = object.data().as_str() {
                    self.out.extend_from_slice(text);
                }
            }
        }
        Ok(())
    }

    fn array(&mut self, list: &List) -> Result<(), String> {
        if self.out.len() > MAX_BYTES {
            return Err(TOO_LARGE.to_owned());
        }
        self.out.push(b'[');
        for (index, item) in list.items().iter().enumerate() {
            if index > 0 {
                self.out.extend_from_slice(b", ");
            }
            self.element(item)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn inline_table(&mut self, map: &Map) -> Result<(), String> {
        let entries = typed(map)?;
        self.out.push(b'{');
        let (tables, scalars): (Vec<_>, Vec<_>) = entries.iter().partition(|it| it.2.is_table());
        for (group, more) in [(&scalars, !tables.is_empty()), (&tables, false)] {
            for (index, (key, value, ty)) in group.iter().enumerate() {
                // the comma depends on those that are left out as well
                if *ty == Type::Nil {
                    continue;
                }
                write_key(&mut self.out, key);
                self.out.extend_from_slice(b" = ");
                self.element(value)?;
                if more || index + 1 < group.len() {
                    self.out.extend_from_slice(b", ");
                }
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    fn header(&mut self, open: &str, close: &str) {
        self.indent();
        self.out.extend_from_slice(open.as_bytes());
        for (index, key) in self.key.iter().enumerate() {
            if index > 0 {
                self.out.push(b'.');
            }
            write_key(&mut self.out, key);
        }
        self.out.extend_from_slice(close.as_bytes());
        self.line();
    }

    fn indent(&mut self) {
        self.out.resize(self.out.len() + 2 * (self.key.len() - 1), b' ');
    }

    /// Ends a line, or leaves an empty one. There is none at the start.
    fn line(&mut self) {
        if !self.out.is_empty() {
            self.out.push(b'\n');
        }
    }
}

fn typed(map: &Map) -> Result<Vec<(Str, Value, Type)>, String> {
    map.entries().iter().map(|(key, value)| Ok((key.clone(), resolved(value), type_of(value, 0)?))).collect()
}

fn write_key(out: &mut Vec<u8>, key: &[u8]) {
    let is_bare = !key.is_empty() && key.iter().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-'));
    if is_bare { out.extend_from_slice(key) } else { write_quoted(out, key) }
}

fn write_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for &byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            8 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            12 => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0..=0x1f | 0x7f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

fn write_float(out: &mut Vec<u8>, number: f64) {
    if !number.is_finite() {
        if number.is_sign_negative() {
            out.push(b'-');
        }
        out.extend_from_slice(if number.is_nan() { b"nan" } else { b"inf" });
        return;
    }
    let start = out.len();
    number::write_general(out, number);
    if !out[start..].iter().any(|it| matches!(it, b'e' | b'.')) {
        out.extend_from_slice(b".0");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_come_last_and_are_indented() {
        let table =
            Value::map([("x", Value::float(1.0)), ("b", Value::map([("c d", Value::from("e\"\u{7f}"))])), ("a", Value::NIL)]);
        let value = Value::map([
            ("t", table.clone()),
            ("s", Value::list(vec![table.clone(), table])),
            ("z", Value::list(vec![Value::int(1), Value::map([("k", Value::NIL), ("j", true.into())])])),
        ]);
        let expected = "z = [1, {j = true, }]\n\n[[s]]\n  x = 1.0\n  [s.b]\n    \"c d\" = \"e\\\"\\u007f\"\n\n[[s]]\n  x = 1.0\n  [s.b]\n    \"c d\" = \"e\\\"\\u007f\"\n\n[t]\n  x = 1.0\n  [t.b]\n    \"c d\" = \"e\\\"\\u007f\"\n";
        assert_eq!(to_toml(&value).map(|it| String::from_utf8_lossy(&it).into_owned()).as_deref(), Ok(expected));
    }

    #[test]
    fn what_toml_cannot_say_is_an_error() {
        let error = |text: &str| Err(Failure::Error(text.to_owned()));
        assert_eq!(
            to_toml(&Value::map([("a", Value::list(vec![Value::NIL]))])),
            error("toml: cannot encode array with nil element")
        );
        assert_eq!(
            to_toml(&Value::list(vec![Value::map([("a", Value::int(1))])])),
            error("toml: top-level values must be Go maps or structs")
        );
    }
}
