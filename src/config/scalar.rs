//! Values that may be written in more than one way.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use super::{Level, nearest};

/// Reads a text with a function of its own; an error then has the place of the text, not of the map around it.
pub(super) fn read_text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(TextVisitor(expected, parse))
}

struct TextVisitor<F>(&'static str, F);

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for TextVisitor<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.1)(text).map_err(E::custom)
    }
}

/// One thing, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
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

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor(PhantomData))
    }
}

struct OneOrManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
    type Value = OneOrMany<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(text.into_deserializer()).map(OneOrMany::One)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        T::deserialize(value.into_deserializer()).map(OneOrMany::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(items)).map(OneOrMany::Many)
    }
}

/// Values by Helm path, in the order in which they are written; each keeps its type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SetMap(pub Vec<(String, Json)>);

impl<'de> Deserialize<'de> for SetMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SetMapVisitor)
    }
}

impl JsonSchema for SetMap {
    fn schema_name() -> Cow<'static, str> {
        "SetMap".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object" })
    }
}

struct SetMapVisitor;

impl<'de> Visitor<'de> for SetMapVisitor {
    type Value = SetMap;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of Helm paths to values, such as `{service.port: 8080}`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SetMap, A::Error> {
        let mut entries = Vec::new();
        while let Some((path, value)) = map.next_entry::<String, Json>()? {
            if path.is_empty() || has_bare(&path, &[',', '=']) {
                let why = "is no path of a value; put a backslash before each `,` and `=` of a key";
                return Err(A::Error::custom(format_args!("`{path}` {why}")));
            }
            entries.push((path, value));
        }
        Ok(SetMap(entries))
    }
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

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LevelVisitor)
    }
}

impl JsonSchema for Level {
    fn schema_name() -> Cow<'static, str> {
        "Level".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": ["error", "warning", "note", "off", false] })
    }
}

struct LevelVisitor;

impl Visitor<'_> for LevelVisitor {
    type Value = Level;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a level: `error`, `warning`, `note` or `off`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Level, E> {
        Level::parse(text).ok_or_else(|| match nearest(text, Level::NAMES) {
            Some(near) => E::custom(format_args!("`{text}` is no level; did you mean `{near}`?")),
            None => E::custom(format_args!("`{text}` is no level; use `error`, `warning`, `note` or `off`")),
        })
    }

    // YAML 1.1 reads a plain `off` as false
    fn visit_bool<E: Error>(self, value: bool) -> Result<Level, E> {
        if value { Err(E::custom("`true` is no level; use `error`, `warning`, `note` or `off`")) } else { Ok(Level::Off) }
    }
}
