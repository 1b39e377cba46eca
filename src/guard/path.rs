//! Paths of values as a guard reads them.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::chart::{Step, Values, shown_path};

/// The way to a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValuePath(Vec<ValueStep>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum ValueStep {
    Key(String),
    Index(usize),
    /// The element with that `name`: it stays the same when others are put before it.
    Named(String),
}

impl ValuePath {
    /// Finds the path of a leaf by how it is shown.
    pub fn find(shown: &str, values: &Values) -> Option<Self> {
        let leaf = values.leaves.iter().find(|it| shown_path(&it.path) == shown)?;
        Some(Self::new(&leaf.path, values))
    }

    /// Makes the path of a leaf.
    pub fn new(path: &[Step], values: &Values) -> Self {
        let step = |(at, step): (usize, &Step)| match step {
            Step::Key(key) => ValueStep::Key(key.clone()),
            Step::Index(index) => match name(&path[..at], *index, values) {
                Some(name) => ValueStep::Named(name),
                None => ValueStep::Index(*index),
            },
        };
        Self(path.iter().enumerate().map(step).collect())
    }

    /// Returns the path for people: `ports[name=http].containerPort`.
    pub fn shown(&self) -> String {
        let mut out = String::new();
        for step in &self.0 {
            match step {
                ValueStep::Index(index) => _ = write!(out, "[{index}]"),
                ValueStep::Named(name) => _ = write!(out, "[name={name}]"),
                ValueStep::Key(key) if key.contains(['.', '/', ' ']) => _ = write!(out, "[\"{key}\"]"),
                ValueStep::Key(key) if out.is_empty() => out.push_str(key),
                ValueStep::Key(key) => _ = write!(out, ".{key}"),
            }
        }
        out
    }

    /// Returns the values and the steps as arguments of a template function: `.Values "ports" 0`.
    pub(super) fn arguments(&self) -> String {
        let mut out = ".Values".to_owned();
        for step in &self.0 {
            match step {
                ValueStep::Key(key) => _ = write!(out, " {}", literal(key)),
                ValueStep::Index(index) => _ = write!(out, " {index}"),
                ValueStep::Named(name) => _ = write!(out, " (dict \"name\" {})", literal(name)),
            }
        }
        out
    }

    /// Returns the keys; `None` where a list is on the way.
    pub(super) fn keys(&self) -> Option<Vec<&str>> {
        self.0.iter().map(|it| if let ValueStep::Key(key) = it { Some(key.as_str()) } else { None }).collect()
    }

    /// Whether an element of a list is found by its place.
    pub(super) fn has_index(&self) -> bool {
        self.0.iter().any(|it| matches!(it, ValueStep::Index(_)))
    }

    /// Whether an element of a list is found by its name.
    pub(super) fn has_name(&self) -> bool {
        self.0.iter().any(|it| matches!(it, ValueStep::Named(_)))
    }
}

/// Returns the name of a list's element if it has one that no other has.
fn name(list: &[Step], index: usize, values: &Values) -> Option<String> {
    let items = values.get(list)?.as_array()?;
    let name = |it: &Json| it.get("name").and_then(Json::as_str).filter(|it| !it.is_empty()).map(str::to_owned);
    let own = name(items.get(index)?)?;
    (items.iter().filter(|it| name(it).as_ref() == Some(&own)).count() == 1).then_some(own)
}

/// Writes a text as a literal of Go's templates, which know JSON's escapes.
pub(super) fn literal(text: &str) -> String {
    Json::from(text).to_string()
}
