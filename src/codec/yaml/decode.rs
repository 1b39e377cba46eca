//! From YAML to values: `yaml.Unmarshal` of sigs.k8s.io/yaml into `interface{}`, in which every number is a `float64`.

use std::collections::BTreeMap;

use super::error::parse_error;
use crate::codec::json::type_error;
use crate::gotemplate::value::{Frozen, Kind, Map, MapType, Str, Value};
use crate::yaml::{self, Node, NodeKind};

/// Reads the first document of a text; nil where there is none. Errors are Go's: `error converting YAML to JSON: yaml: line 2: …`.
pub fn from_yaml(text: &[u8]) -> Result<Value, String> {
    Ok(root(text)?.map(|root| json_value(&root)).unwrap_or_default())
}

/// Reads a text that must be a mapping; nil is an empty one.
pub fn from_yaml_map(text: &[u8]) -> Result<Value, String> {
    let value = from_yaml(text)?;
    match value.kind {
        Kind::Nil => Ok(Value::from(Map::new(MapType::Any, BTreeMap::new()))),
        Kind::Map(_) => Ok(value),
        _ => Err(wrong_type(&value, "map[string]interface {}")),
    }
}

/// Reads a text that must be a sequence; nil is an empty one.
pub fn from_yaml_list(text: &[u8]) -> Result<Value, String> {
    let value = from_yaml(text)?;
    match value.kind {
        Kind::Nil => Ok(Value::list(Vec::new())),
        Kind::List(_) => Ok(value),
        _ => Err(wrong_type(&value, "[]interface {}")),
    }
}

/// Reads the first document of a text as [`from_yaml`] does.
pub fn from_yaml_frozen(text: &[u8]) -> Result<Frozen, String> {
    Ok(root(text)?.map(json_frozen).unwrap_or_default())
}

/// Reads a text that must be a mapping; nil where it is empty.
pub fn from_yaml_map_frozen(text: &[u8]) -> Result<Frozen, String> {
    match from_yaml_frozen(text)? {
        it @ (Frozen::Nil | Frozen::Map(_)) => Ok(it),
        other => Err(wrong_type(&other.thaw(), "map[string]interface {}")),
    }
}

fn wrong_type(value: &Value, wanted: &str) -> String {
    format!("error unmarshaling JSON: while decoding JSON: {}", type_error(value, wanted))
}

fn root(text: &[u8]) -> Result<Option<Node>, String> {
    let text = utf8(text)?;
    let Some(document) = yaml::parse(text).into_iter().next() else { return Ok(None) };
    parse_error(text, &document).map_or(Ok(document.root), Err)
}

/// Returns a text that is UTF-8, or what sigs.k8s.io/yaml says of it.
pub(crate) fn utf8(text: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(text).map_err(|error| invalid_utf8(&text[error.valid_up_to()..]))
}

/// Words the error of go-yaml's reader.
fn invalid_utf8(rest: &[u8]) -> String {
    let message = match rest {
        [0x80..=0xbf | 0xf8..=0xff, ..] => "invalid leading UTF-8 octet",
        [0xc0..=0xf7] | [0xe0..=0xf7, _] | [0xf0..=0xf7, _, _] => "incomplete UTF-8 octet sequence",
        [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] | [0xf4..=0xf7, 0x80..=0xbf, 0x80..=0xbf, 0x80..=0xbf, ..] => {
            "invalid Unicode character"
        }
        [0xc0 | 0xc1, 0x80..=0xbf, ..]
        | [0xe0, 0x80..=0x9f, 0x80..=0xbf, ..]
        | [0xf0, 0x80..=0x8f, 0x80..=0xbf, 0x80..=0xbf, ..] => "invalid length of a UTF-8 sequence",
        _ => "invalid trailing UTF-8 octet",
    };
    format!("error converting YAML to JSON: yaml: {message}")
}

#[expect(clippy::cast_precision_loss, reason = "JSON's numbers become floats in Go")]
fn json_scalar(value: &yaml::Value) -> Frozen {
    match value {
        yaml::Value::Null => Frozen::Nil,
        yaml::Value::Bool(it) => Frozen::Bool(*it),
        yaml::Value::Int(number) => Frozen::Float(*number as f64),
        yaml::Value::Float(number) => Frozen::Float(*number),
        yaml::Value::Str(text) => Frozen::Str(text.as_bytes().into()),
    }
}

fn json_value(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Scalar { value: yaml::Value::Str(text), .. } => Value::str(text),
        NodeKind::Scalar { value, .. } => json_scalar(value).thaw(),
        NodeKind::Sequence(items) => Value::list(items.iter().map(json_value).collect()),
        NodeKind::Mapping(entries) => Value::map(entries.iter().map(|it| (&it.key, json_value(&it.value)))),
    }
}

fn json_frozen(node: Node) -> Frozen {
    match node.kind {
        NodeKind::Scalar { value, .. } => json_scalar(&value),
        NodeKind::Sequence(items) => Frozen::List(items.into_iter().map(json_frozen).collect()),
        NodeKind::Mapping(entries) => {
            let entries = entries.into_iter().map(|it| (it.key.into_bytes().into(), json_frozen(it.value)));
            Frozen::Map(entries.collect())
        }
    }
}

/// Makes a value of what go-yaml read, with integers as such, and the taints of the value that it was written from.
pub(super) fn value_of(node: Node, original: Option<&Value>) -> Value {
    let taint = original.map(|it| it.taint).unwrap_or_default();
    let value = match node.kind {
        NodeKind::Scalar { value: yaml::Value::Int(number), .. } => Value::int(number),
        NodeKind::Scalar { value, .. } => json_scalar(&value).thaw(),
        NodeKind::Sequence(items) => {
            let originals = original.and_then(Value::as_list).map(crate::gotemplate::value::List::to_vec).unwrap_or_default();
            let items = items.into_iter().enumerate().map(|(index, item)| value_of(item, originals.get(index)));
            Value::list(items.collect())
        }
        NodeKind::Mapping(entries) => {
            let map = original.and_then(Value::as_map);
            let entries = entries.into_iter().map(|it| {
                let original = map.and_then(|map| map.get(&it.key));
                (Str::from(it.key), value_of(it.value, original.as_ref()))
            });
            Value::from(Map::new(MapType::Any, entries.collect()))
        }
    };
    value.with_taint(taint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::json::to_json;

    #[test]
    fn texts_are_read_by_way_of_json() {
        let cases = [
            ("", "null"),
            ("# nothing", "null"),
            ("a: 1\nb: [x, yes, 0777, ~]\n", r#"{"a":1,"b":["x",true,511,null]}"#),
            ("1: a\ntrue: b\n1.5: c\n", r#"{"1":"a","1.5":"c","true":"b"}"#),
            ("a: 9223372036854775807", r#"{"a":9223372036854776000}"#),
            ("a: 1\n---\nb: 2", r#"{"a":1}"#),
        ];
        for (text, expected) in cases {
            let json = to_json(&from_yaml(text.as_bytes()).expect(text)).expect(text);
            assert_eq!(String::from_utf8_lossy(&json), expected);
        }
    }

    #[test]
    fn errors_are_those_of_go() {
        let cases = [
            ("a: b: c", "error converting YAML to JSON: yaml: mapping values are not allowed in this context"),
            ("a: 1\n b: 2", "error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context"),
            ("a: [1\nb: 2", "error converting YAML to JSON: yaml: line 1: did not find expected ',' or ']'"),
            (
                "- a",
                "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(from_yaml_map(text.as_bytes()).expect_err(text), expected);
        }
    }
}
