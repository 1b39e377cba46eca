//! Values as Go templates see them: Go's dynamic types, as far as a chart can make them.
//!
//! Maps and lists are shared, not copied: a template that changes a map with `set` changes it for all who hold it, as in Go.

mod frozen;
mod list;
mod map;
mod object;
mod parts;
mod str;

use std::cell::Cell;
use std::rc::Rc;

pub use frozen::Frozen;
pub use list::{List, ListType};
pub use map::{Map, MapType};
pub use object::Object;
pub use parts::{Parts, part};
pub use str::{Mark, Marked, Str};

/// Which `.Values` paths a value was made from: an index into a table of the rendering; 0 is none, and all there is without provenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Taint(pub u32);

impl Taint {
    pub const NONE: Self = Self(0);
}

/// A Go value, and what it was made from.
#[derive(Debug, Clone, Default)]
pub struct Value {
    pub kind: Kind,
    pub taint: Taint,
}

/// What a value is.
#[derive(Debug, Clone, Default)]
pub enum Kind {
    /// A nil interface.
    #[default]
    Nil,
    Bool(bool),
    /// Any of Go's integers; unsigned ones keep their bits.
    Int(IntKind, i64),
    /// `float64`: what every number of a values file is.
    Float(f64),
    /// A string of bytes, UTF-8 by custom only.
    Str(Str),
    /// `[]byte`.
    Bytes(Rc<[u8]>),
    List(List),
    Map(Map),
    /// A struct, or what else has methods.
    Object(Rc<dyn Object>),
}

/// Go's integer types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntKind {
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    /// `time.Duration`, in nanoseconds.
    Duration,
    /// `time.Month`.
    Month,
    /// `time.Weekday`.
    Weekday,
}

impl IntKind {
    /// Returns Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint => "uint",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Duration => "time.Duration",
            Self::Month => "time.Month",
            Self::Weekday => "time.Weekday",
        }
    }

    /// Returns the name of its `reflect.Kind`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Duration => "int64",
            Self::Month | Self::Weekday => "int",
            other => other.name(),
        }
    }

    pub fn is_unsigned(self) -> bool {
        matches!(self, Self::Uint | Self::Uint8 | Self::Uint16 | Self::Uint32 | Self::Uint64)
    }
}

thread_local! {
    /// How many lists and maps are being dropped inside each other.
    static DROPPING: Cell<u32> = const { Cell::new(0) };
}

/// Drops what a list or a map holds: by recursion as far as the stack bears it, then by a loop.
fn bury<T: Default>(items: &mut T, into_values: impl FnOnce(&mut T) -> Vec<Value>) {
    const DEEPEST: u32 = 100;
    let depth = DROPPING.get();
    if depth < DEEPEST {
        DROPPING.set(depth + 1);
        *items = T::default();
        DROPPING.set(depth);
        return;
    }
    let mut rest = into_values(items);
    while let Some(value) = rest.pop() {
        match value.kind {
            Kind::List(list) => rest.extend(list.into_items()),
            Kind::Map(map) => rest.extend(map.into_items()),
            _ => {}
        }
    }
}

impl Value {
    pub const NIL: Self = Self { kind: Kind::Nil, taint: Taint::NONE };

    pub fn new(kind: Kind) -> Self {
        Self { kind, taint: Taint::NONE }
    }

    /// Makes an `int`.
    pub fn int(value: i64) -> Self {
        Self::new(Kind::Int(IntKind::Int, value))
    }

    /// Makes an `int64`.
    pub fn int64(value: i64) -> Self {
        Self::new(Kind::Int(IntKind::Int64, value))
    }

    pub fn float(value: f64) -> Self {
        Self::new(Kind::Float(value))
    }

    pub fn str(bytes: impl AsRef<[u8]>) -> Self {
        Self::new(Kind::Str(Str::from(bytes.as_ref())))
    }

    pub fn bytes(bytes: &[u8]) -> Self {
        Self::new(Kind::Bytes(bytes.into()))
    }

    /// Makes a `[]interface{}`.
    pub fn list(items: Vec<Self>) -> Self {
        Self::new(Kind::List(List::new(ListType::Any, items)))
    }

    /// Makes a `[]string`.
    pub fn strings<S: AsRef<[u8]>>(items: impl IntoIterator<Item = S>) -> Self {
        Self::new(Kind::List(List::new(ListType::Str, items.into_iter().map(Self::str).collect())))
    }

    /// Makes a `map[string]interface{}`.
    pub fn map<K: AsRef<[u8]>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (Str::from(key.as_ref()), value)).collect();
        Self::new(Kind::Map(Map::new(MapType::Any, entries)))
    }

    #[must_use]
    pub fn with_taint(mut self, taint: Taint) -> Self {
        self.taint = taint;
        self
    }

    pub fn is_nil(&self) -> bool {
        matches!(self.kind, Kind::Nil)
    }

    pub fn as_str(&self) -> Option<&Str> {
        if let Kind::Str(text) = &self.kind { Some(text) } else { None }
    }

    pub fn as_map(&self) -> Option<&Map> {
        if let Kind::Map(map) = &self.kind { Some(map) } else { None }
    }

    pub fn as_list(&self) -> Option<&List> {
        if let Kind::List(list) = &self.kind { Some(list) } else { None }
    }

    pub fn as_bool(&self) -> Option<bool> {
        if let Kind::Bool(value) = self.kind { Some(value) } else { None }
    }

    /// Returns what `%T` prints; `<nil>` for nil.
    pub fn type_name(&self) -> &str {
        match &self.kind {
            Kind::Nil => "<nil>",
            Kind::Bool(_) => "bool",
            Kind::Int(kind, _) => kind.name(),
            Kind::Float(_) => "float64",
            Kind::Str(_) => "string",
            Kind::Bytes(_) => "[]uint8",
            Kind::List(list) => list.ty().name(),
            Kind::Map(map) => map.ty().name(),
            Kind::Object(object) => object.type_name(),
        }
    }

    /// Returns the name of its `reflect.Kind`; `invalid` for nil.
    pub fn kind_name(&self) -> &'static str {
        match &self.kind {
            Kind::Nil => "invalid",
            Kind::Bool(_) => "bool",
            Kind::Int(kind, _) => kind.kind(),
            Kind::Float(_) => "float64",
            Kind::Str(_) => "string",
            Kind::Bytes(_) | Kind::List(_) => "slice",
            Kind::Map(_) => "map",
            Kind::Object(object) => object.kind_name(),
        }
    }

    /// Whether `if` takes it for true: text/template's `IsTrue`.
    pub fn truth(&self) -> bool {
        match &self.kind {
            Kind::Nil => false,
            Kind::Bool(value) => *value,
            Kind::Int(_, value) => *value != 0,
            Kind::Float(value) => *value != 0.0,
            Kind::Str(text) => !text.is_empty(),
            Kind::Bytes(bytes) => !bytes.is_empty(),
            Kind::List(list) => !list.is_empty(),
            Kind::Map(map) => !map.is_empty(),
            Kind::Object(object) => object.truth(),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::new(Kind::Bool(value))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::str(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::str(text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(text: Vec<u8>) -> Self {
        Self::str(text)
    }
}

impl From<Str> for Value {
    fn from(text: Str) -> Self {
        Self::new(Kind::Str(text))
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::new(Kind::Map(map))
    }
}

impl From<List> for Value {
    fn from(list: List) -> Self {
        Self::new(Kind::List(list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_deep_can_be_dropped() {
        for make in [|it| Value::list(vec![it]), |it| Value::map([("a", it)])] {
            let mut value = Value::NIL;
            for _ in 0..200_000 {
                value = make(value);
            }
            drop(value);
        }
    }
}
