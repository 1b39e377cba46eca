//! Values that may be written in more than one way.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value as Json;

use super::Level;
use super::reader::{FromNode, Read, Reader, quoted};
use crate::yaml::{Node, NodeKind, Value};

impl FromNode for String {
    fn expected() -> String {
        "a text".into()
    }

    fn help(found: &Node, written: &str) -> String {
        match found.scalar() {
            Some(value) if *value != Value::Null => format!("put it in quotes: `{}`", Json::from(written)),
            _ => "write a single text".into(),
        }
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        reader.text(node, |text| Ok(text.to_owned()))
    }
}

impl<T: FromNode> FromNode for Vec<T> {
    fn expected() -> String {
        "a list".into()
    }

    fn help(found: &Node, written: &str) -> String {
        match &found.kind {
            NodeKind::Scalar { value: Value::Str(_), .. } => format!("write it as a list: `[{}]`", Json::from(written)),
            _ => format!("write a list, each item {}", T::expected()),
        }
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        let NodeKind::Sequence(items) = &node.kind else {
            return Err(reader.unexpected::<Self>(node));
        };
        // not collected into a result at once: that would stop at the first
        let read: Vec<Read<T>> = items.iter().map(|item| T::from_node(item, reader)).collect();
        read.into_iter().collect()
    }
}

/// One thing, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged, inline)]
pub enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// Returns what it holds as a list.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl<T: FromNode> FromNode for OneOrMany<T> {
    fn expected() -> String {
        format!("{} or a list", T::expected())
    }

    fn help(found: &Node, written: &str) -> String {
        T::help(found, written)
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        match &node.kind {
            NodeKind::Sequence(_) => Vec::from_node(node, reader).map(Self::Many),
            NodeKind::Mapping(_) | NodeKind::Scalar { value: Value::Null, .. } => Err(reader.unexpected::<Self>(node)),
            NodeKind::Scalar { .. } => T::from_node(node, reader).map(Self::One),
        }
    }
}

/// Values by Helm path, in the order in which they are written; each keeps its type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SetMap(pub Vec<(String, Json)>);

impl JsonSchema for SetMap {
    fn schema_name() -> Cow<'static, str> {
        "SetMap".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "description": "Values by Helm path, such as `service.port: 8080`; each keeps its type." })
    }
}

impl FromNode for SetMap {
    fn expected() -> String {
        "a map of Helm paths to values".into()
    }

    fn help(_: &Node, _: &str) -> String {
        "write it as `{service.port: 8080}`, or as `{}` to set nothing".into()
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        if !node.is_mapping() {
            return Err(reader.unexpected::<Self>(node));
        }
        let mut entries = Vec::new();
        for entry in node.entries() {
            if entry.key.is_empty() || has_bare(&entry.key, &[',', '=']) {
                let message = format!("`{}` is no path of a value", quoted(&entry.key));
                reader.say(reader.key(entry), message, "put a backslash before each `,` and `=` of a key");
            }
            match json(&entry.value) {
                Ok(value) => entries.push((entry.key.clone(), value)),
                Err(node) => {
                    let written = reader.written(node);
                    let message = format!("`{written}` is a number that Helm cannot be given");
                    reader.say(reader.mark(node), message, String::help(node, &written));
                }
            }
        }
        Ok(Self(entries))
    }
}

/// Returns a value as JSON, or the number that JSON has not.
fn json(node: &Node) -> Result<Json, &Node> {
    Ok(match &node.kind {
        NodeKind::Mapping(entries) => {
            Json::Object(entries.iter().map(|it| Ok((it.key.clone(), json(&it.value)?))).collect::<Result<_, _>>()?)
        }
        NodeKind::Sequence(items) => Json::Array(items.iter().map(json).collect::<Result<_, _>>()?),
        NodeKind::Scalar { value, .. } => match value {
            Value::Null => Json::Null,
            Value::Bool(it) => (*it).into(),
            Value::Int(it) => (*it).into(),
            Value::Float(it) => serde_json::Number::from_f64(*it).map(Json::Number).ok_or(node)?,
            Value::Str(it) => it.as_str().into(),
        },
    })
}

/// Whether one of the characters stands in a text without a backslash before it.
fn has_bare(text: &str, wanted: &[char]) -> bool {
    let mut escaped = false;
    text.chars().any(|c| {
        let bare = !escaped && wanted.contains(&c);
        escaped = c == '\\' && !escaped;
        bare
    })
}

impl JsonSchema for Level {
    fn schema_name() -> Cow<'static, str> {
        "Level".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": ["error", "warning", "note", "off", false] })
    }
}

impl FromNode for Level {
    fn expected() -> String {
        "a level".into()
    }

    fn help(_: &Node, _: &str) -> String {
        "write `error`, `warning`, `note` or `off`".into()
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        // YAML 1.1 reads a plain `off` as false
        if node.scalar() == Some(&Value::Bool(false)) {
            return Ok(Self::Off);
        }
        reader.word(node, "level", &Self::NAMES, Self::parse)
    }
}
