//! Multi-document YAML with a place for every key and scalar, read as Kubernetes reads it (sigs.k8s.io/yaml, that is go-yaml v2).
//!
//! A document that cannot be read is data: it has an error and no root.

mod anchors;
mod compose;
mod mapping;
mod resolve;
mod scan;
mod split;
mod text;

use std::fmt;

pub use compose::parse;
pub(crate) use resolve::{means_string, text_of};

/// A place in a text: line and column, both 1-based, counted in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// What a scalar means to Kubernetes.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub start: Place,
    /// Behind the last character (of a scalar; of a collection: of its last event).
    pub end: Place,
    pub kind: NodeKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    Scalar { value: Value, style: Style },
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>),
}

/// A key of a mapping with its value. Keys are unique: of equal ones the last wins, and the others are [`Document::duplicates`].
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub key: String,
    pub key_start: Place,
    pub value: Node,
}

/// An error of the YAML itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    pub place: Place,
    pub message: String,
}

/// A key that stands twice in one mapping: the first place loses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    pub key: String,
    pub lost: Place,
    pub kept: Place,
}

/// One document of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// First line of the document in the whole text, 1-based: the line behind its `---`, or 1.
    pub line: u32,
    /// `None` when it is empty, only comments, or broken.
    pub root: Option<Node>,
    pub error: Option<YamlError>,
    pub duplicates: Vec<Duplicate>,
}

impl Node {
    /// Returns the value of a mapping's key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Returns a mapping's entry.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// Returns the value below a chain of keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Returns the entries of a mapping; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            NodeKind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the items of a sequence; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            NodeKind::Sequence(items) => items,
            _ => &[],
        }
    }

    /// Returns a scalar's meaning.
    pub fn scalar(&self) -> Option<&Value> {
        match &self.kind {
            NodeKind::Scalar { value, .. } => Some(value),
            _ => None,
        }
    }

    /// Returns a string scalar.
    pub fn str(&self) -> Option<&str> {
        match self.scalar() {
            Some(Value::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns an integer scalar.
    pub fn int(&self) -> Option<i64> {
        match self.scalar() {
            Some(Value::Int(number)) => Some(*number),
            _ => None,
        }
    }

    /// Whether it is a mapping.
    pub fn is_mapping(&self) -> bool {
        matches!(self.kind, NodeKind::Mapping(_))
    }

    /// Whether it is a null scalar.
    pub fn is_null(&self) -> bool {
        matches!(self.scalar(), Some(Value::Null))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(it) => it.fmt(f),
            Self::Int(it) => it.fmt(f),
            Self::Float(it) => it.fmt(f),
            Self::Str(it) => it.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests;
