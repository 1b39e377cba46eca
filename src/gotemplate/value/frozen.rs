//! Values that threads can share: what a chart holds between renderings.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{IntKind, Kind, List, ListType, Map, MapType, Str, Taint, Value};

/// A plain value without sharing.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Frozen {
    #[default]
    Nil,
    Bool(bool),
    Int(IntKind, i64),
    Float(f64),
    Str(Arc<[u8]>),
    List(Vec<Self>),
    Map(BTreeMap<Arc<[u8]>, Self>),
}

impl Frozen {
    /// Makes a value of it that one rendering owns.
    pub fn thaw(&self) -> Value {
        self.thaw_with(&mut || Taint::NONE)
    }

    /// Makes the same, in which it and all that is in it have taints of their own, from `next` on: each before what is in it, in order.
    pub fn thaw_numbered(&self, next: &mut u32) -> Value {
        self.thaw_with(&mut || {
            *next = next.saturating_add(1);
            Taint(*next - 1)
        })
    }

    fn thaw_with(&self, taint: &mut impl FnMut() -> Taint) -> Value {
        let own = taint();
        let kind = match self {
            Self::Nil => Kind::Nil,
            Self::Bool(value) => Kind::Bool(*value),
            Self::Int(kind, value) => Kind::Int(*kind, *value),
            Self::Float(value) => Kind::Float(*value),
            Self::Str(bytes) => Kind::Str(Str::from(Arc::clone(bytes))),
            Self::List(items) => Kind::List(List::new(ListType::Any, items.iter().map(|it| it.thaw_with(taint)).collect())),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (Str::from(Arc::clone(key)), value.thaw_with(taint)));
                Kind::Map(Map::new(MapType::Any, entries.collect()))
            }
        };
        Value { kind, taint: own }
    }
}

impl From<&Value> for Frozen {
    fn from(value: &Value) -> Self {
        match &value.kind {
            Kind::Nil => Self::Nil,
            Kind::Bool(value) => Self::Bool(*value),
            Kind::Int(kind, value) => Self::Int(*kind, *value),
            Kind::Float(value) => Self::Float(*value),
            Kind::Str(bytes) => Self::Str(bytes.to_shared()),
            Kind::Bytes(bytes) => Self::Str((**bytes).into()),
            Kind::List(list) => Self::List(list.items().iter().map(Self::from).collect()),
            Kind::Map(map) => Self::Map(map.entries().iter().map(|(key, value)| (key.to_shared(), value.into())).collect()),
            Kind::Object(object) => Self::from(&object.data()),
        }
    }
}
