//! What a value of a template may be, as far as that can be told without running it.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value as Json;

use super::{Path, Want};
use crate::chart::Step;

/// What an expression stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// What a template is given by Helm: `.Values`, `.Release` …
    Root,
    /// A part of the values.
    Values(Path),
    /// A `dict` with literal keys.
    Dict(Rc<BTreeMap<String, Self>>),
    /// What a helper may print, each with what that wants.
    Printed(Rc<Vec<(Vec<Want>, Self)>>),
    Str(String),
    /// A number or a boolean, as written.
    Other(String),
    Unknown,
}

impl Scope {
    /// Returns a field, of a chart whose values stand at `prefix`.
    pub(super) fn field(&self, name: &str, prefix: &[Step]) -> Self {
        match self {
            Self::Root if name == "Values" => Self::Values(prefix.to_vec()),
            Self::Values(path) => Self::Values(below(path, Step::Key(name.to_owned()), prefix)),
            Self::Dict(map) => map.get(name).cloned().unwrap_or(Self::Unknown),
            _ => Self::Unknown,
        }
    }

    /// Returns any of its elements.
    pub(super) fn element(&self) -> Self {
        match self {
            Self::Values(path) => {
                let mut path = path.clone();
                path.push(Step::Index(0));
                Self::Values(path)
            }
            _ => Self::Unknown,
        }
    }

    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Values(path) => Some(path),
            _ => None,
        }
    }

    /// Returns a literal's value.
    pub(super) fn literal(&self) -> Option<Json> {
        match self {
            Self::Str(text) => Some(text.clone().into()),
            Self::Other(text) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }
}

/// Globals stand at the root, whichever chart reads them.
fn below(path: &[Step], step: Step, prefix: &[Step]) -> Path {
    let is_global = path == prefix && matches!(&step, Step::Key(key) if key == "global");
    let mut path = if is_global { Path::new() } else { path.to_vec() };
    path.push(step);
    path
}
