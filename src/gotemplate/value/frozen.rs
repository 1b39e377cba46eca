//! Values that threads can share: what a chart holds between renderings.

use std::collections::BTreeMap;

use super::{IntKind, Kind, List, ListType, Map, MapType, Str, Value};

/// A plain value without sharing.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Frozen {
    #[default]
    Nil,
    Bool(bool),
    Int(IntKind, i64),
    Float(f64),
    Str(Box<[u8]>),
    List(Vec<Self>),
    Map(BTreeMap<Box<[u8]>, Self>),
}

impl Frozen {
    /// Makes a value of it that one rendering owns.
    pub fn thaw(&self) -> Value {
        Value::new(match self {
            Self::Nil => Kind::Nil,
            Self::Bool(value) => Kind::Bool(*value),
            Self::Int(kind, value) => Kind::Int(*kind, *value),
            Self::Float(value) => Kind::Float(*value),
            Self::Str(bytes) => Kind::Str(Str::from(&**bytes)),
            Self::List(items) => Kind::List(List::new(ListType::Any, items.iter().map(Self::thaw).collect())),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (Str::from(&**key), value.thaw())).collect();
                Kind::Map(Map::new(MapType::Any, entries))
            }
        })
    }
}

impl From<&Value> for Frozen {
    fn from(value: &Value) -> Self {
        match &value.kind {
            Kind::Nil => Self::Nil,
            Kind::Bool(value) => Self::Bool(*value),
            Kind::Int(kind, value) => Self::Int(*kind, *value),
            Kind::Float(value) => Self::Float(*value),
            Kind::Str(bytes) => Self::Str((**bytes).into()),
            Kind::Bytes(bytes) => Self::Str((**bytes).into()),
            Kind::List(list) => Self::List(list.items().iter().map(Self::from).collect()),
            Kind::Map(map) => Self::Map(map.entries().iter().map(|(key, value)| ((**key).into(), value.into())).collect()),
            Kind::Object(object) => Self::from(&object.data()),
        }
    }
}
