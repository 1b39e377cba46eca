//! From values to YAML: `yaml.Marshal` of sigs.k8s.io/yaml, and go-yaml v3's encoder.

use super::decode::value_of;
use super::emit::{Dialect, Emitter, Place};
use super::order;
use super::scalar::Odd;
use crate::codec::depth::depth_error;
use crate::codec::json::{to_json, write_integer};
use crate::codec::{MAX_BYTES, MAX_DEPTH, TOO_LARGE, duration, number};
use crate::gotemplate::value::{IntKind, Kind, List, Map, Object, Str, Taint, Value};
use crate::yaml;

/// From which offsets on text was made by values of which taint.
pub type Taints = Vec<(u32, Taint)>;

/// Longest key that stays one for go-yaml's reader, however much of it JSON escapes.
const SURE_KEY: usize = 1022 / 6;

/// Why a value was not written.
enum Stop {
    /// A text needs the way through JSON.
    Odd,
    /// It is deeper than we write: what Go says if it holds itself.
    Deep(String),
    Failed(String),
}

impl From<Odd> for Stop {
    fn from(_: Odd) -> Self {
        Self::Odd
    }
}

/// Returns what `yaml.Marshal` of sigs.k8s.io/yaml gives, with the line break at its end.
///
/// Fails, as Go does, for infinities, for values that hold themselves, and for control characters that YAML forbids.
pub fn to_yaml(value: &Value) -> Result<Vec<u8>, String> {
    marshal(value, false).map(|emitter| emitter.out)
}

/// Returns the same, and from which offsets on text was made by values of which taint. A line with a key is made by the mapping up to
/// its scalar.
pub fn to_yaml_traced(value: &Value) -> Result<(Vec<u8>, Taints), String> {
    marshal(value, true).map(|emitter| (emitter.out, emitter.marks.unwrap_or_default()))
}

/// Returns what go-yaml v3 gives with an indent of 2, with the line break at its end. Fails for values that hold themselves.
pub fn to_yaml_pretty(value: &Value) -> Result<Vec<u8>, String> {
    match write(value, Dialect::V3, false) {
        Ok(emitter) => Ok(emitter.out),
        Err(Stop::Failed(message)) => Err(message),
        Err(Stop::Deep(message)) => Err(depth_error(value, message)),
        Err(Stop::Odd) => Err("yaml: invalid text".to_owned()),
    }
}

fn marshal(value: &Value, traced: bool) -> Result<Emitter, String> {
    let prefix = |message: String| format!("error marshaling into JSON: {message}");
    match write(value, Dialect::V2, traced) {
        Ok(emitter) => Ok(emitter),
        Err(Stop::Failed(message)) => Err(prefix(message)),
        Err(Stop::Deep(message)) => Err(prefix(depth_error(value, message))),
        Err(Stop::Odd) => marshal_by_json(&to_json(value).map_err(prefix)?, value, traced),
    }
}

/// Goes the whole way of sigs.k8s.io/yaml.
fn marshal_by_json(json: &[u8], value: &Value, traced: bool) -> Result<Emitter, String> {
    let json = String::from_utf8_lossy(json);
    let document = yaml::parse(&json).into_iter().next();
    let (root, error) = document.map_or((None, None), |it| (it.root, it.error));
    if let Some(error) = error {
        return Err(super::error::sentence(&json, &error));
    }
    let value = root.map(|root| value_of(root, Some(value))).unwrap_or_default();
    let mut writer = Writer { emitter: Emitter::new(Dialect::V2, traced), depth: 0, is_checked: true };
    match writer.document(&value) {
        Ok(()) => Ok(writer.emitter),
        Err(Stop::Failed(message) | Stop::Deep(message)) => Err(message),
        Err(Stop::Odd) => Err("yaml: invalid text".to_owned()),
    }
}

fn write(value: &Value, dialect: Dialect, traced: bool) -> Result<Emitter, Stop> {
    let mut writer = Writer { emitter: Emitter::new(dialect, traced), depth: 0, is_checked: dialect == Dialect::V3 };
    writer.document(value)?;
    Ok(writer.emitter)
}

struct Writer {
    emitter: Emitter,
    depth: usize,
    /// Whether its texts may be what they are: they went through JSON, or need not.
    is_checked: bool,
}

impl Writer {
    fn document(&mut self, value: &Value) -> Result<(), Stop> {
        self.node(value, None, Place::Root)?;
        self.emitter.finish();
        Ok(())
    }

    fn node(&mut self, value: &Value, parent: Option<usize>, place: Place) -> Result<(), Stop> {
        let taint = value.taint;
        match &value.kind {
            Kind::Str(text) => self.text(text, parent, taint)?,
            Kind::Map(map) => return self.map(map, parent, taint),
            Kind::List(list) => return self.list(list, parent, place, taint),
            Kind::Nil => self.word(taint, "null"),
            Kind::Bool(it) => self.word(taint, if *it { "true" } else { "false" }),
            Kind::Int(IntKind::Duration, nanoseconds) if self.is_v3() => {
                self.text(duration::text(*nanoseconds).as_bytes(), parent, taint)?;
            }
            Kind::Int(kind, number) => self.emitter.word(taint, |out| write_integer(out, *kind, *number)),
            Kind::Float(number) => return self.float(*number, taint),
            Kind::Bytes(bytes) if self.is_v3() => {
                let items = bytes.iter().map(|it| Value::int(i64::from(*it)).with_taint(taint)).collect();
                return self.node(&Value::list(items).with_taint(taint), parent, place);
            }
            Kind::Bytes(bytes) => {
                use base64::Engine as _;
                let text = base64::engine::general_purpose::STANDARD.encode(bytes);
                self.text(text.as_bytes(), parent, taint)?;
            }
            Kind::Object(object) => return self.object(&**object, parent, place, taint),
        }
        Ok(())
    }

    fn is_v3(&self) -> bool {
        self.emitter.dialect == Dialect::V3
    }

    fn word(&mut self, taint: Taint, word: &str) {
        self.emitter.word(taint, |out| out.extend_from_slice(word.as_bytes()));
    }

    fn text(&mut self, text: &[u8], parent: Option<usize>, taint: Taint) -> Result<(), Stop> {
        Ok(self.emitter.text(text, self.is_checked, parent, taint)?)
    }

    fn object(&mut self, object: &dyn Object, parent: Option<usize>, place: Place, taint: Taint) -> Result<(), Stop> {
        let data = object.data().with_taint(taint);
        match &data.kind {
            Kind::Str(text) if self.is_v3() && object.type_name().ends_with("time.Time") => {
                self.emitter.word(taint, |out| out.extend_from_slice(text));
                Ok(())
            }
            _ => self.node(&data, parent, place),
        }
    }

    fn float(&mut self, number: f64, taint: Taint) -> Result<(), Stop> {
        if self.is_v3() {
            match number::infinite(number) {
                _ if number.is_finite() => self.emitter.word(taint, |out| number::write_general(out, number)),
                "NaN" => self.word(taint, ".nan"),
                "+Inf" => self.word(taint, ".inf"),
                _ => self.word(taint, "-.inf"),
            }
        } else if number.is_finite() {
            self.emitter.word(taint, |out| write_float(out, number));
        } else {
            return Err(Stop::Failed(format!("json: unsupported value: {}", number::infinite(number))));
        }
        Ok(())
    }

    fn map(&mut self, map: &Map, parent: Option<usize>, taint: Taint) -> Result<(), Stop> {
        if map.is_empty() {
            self.word(taint, if map.is_nil() && !self.is_v3() { "null" } else { "{}" });
            return Ok(());
        }
        self.enter(map.ty().name())?;
        let indent = Emitter::mapping_indent(parent);
        let entries = map.entries();
        let mut sorted: Vec<(&Str, &Value)> = entries.iter().collect();
        let dialect = self.emitter.dialect;
        order::sort(&mut sorted, &|a, b| order::less(a.0, b.0, dialect));
        for (key, value) in sorted {
            if !self.is_checked && key.len() > SURE_KEY {
                return Err(Stop::Odd);
            }
            self.emitter.key(key, self.is_checked, indent, taint)?;
            self.node(value, Some(indent), Place::Value)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn list(&mut self, list: &List, parent: Option<usize>, place: Place, taint: Taint) -> Result<(), Stop> {
        if list.is_empty() {
            self.word(taint, if list.is_nil() && !self.is_v3() { "null" } else { "[]" });
            return Ok(());
        }
        self.enter(list.ty().name())?;
        let indent = self.emitter.sequence_indent(parent, place);
        for item in list.items().iter() {
            self.emitter.item(indent, taint);
            self.node(item, Some(indent), Place::Item)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn enter(&mut self, ty: &str) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Stop::Deep(format!("json: unsupported value: encountered a cycle via {ty}")));
        }
        if self.emitter.out.len() > MAX_BYTES {
            return Err(Stop::Failed(TOO_LARGE.to_owned()));
        }
        Ok(())
    }
}

/// Writes a float that went through JSON and go-yaml's reader: whole numbers of 64 bits are integers then.
fn write_float(out: &mut Vec<u8>, number: f64) {
    let start = out.len();
    number::write_json(out, number);
    let text = std::str::from_utf8(&out[start..]).unwrap_or_default();
    if text == "-0" {
        out.remove(start);
    } else if text.parse::<i64>().is_err() && text.parse::<u64>().is_err() {
        out.truncate(start);
        number::write_general(out, number);
    }
}

#[cfg(test)]
#[path = "marshal_tests.rs"]
mod tests;
