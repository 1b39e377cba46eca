//! Schemas as they are checked.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value as Json;

use super::format::Format;

/// A place in the table of nodes.
pub(super) type Id = usize;

/// All schemas of a document; the first is the whole.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    pub(super) nodes: Vec<Node>,
}

/// A set of JSON's types, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Types(pub(super) u8);

/// In the order in which they are named.
pub(super) const TYPES: [&str; 7] = ["null", "boolean", "number", "integer", "string", "array", "object"];

impl Types {
    pub(super) fn of(name: &str) -> Self {
        Self(TYPES.iter().position(|it| *it == name).map_or(0, |at| 1 << at))
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn names(self) -> String {
        let names: Vec<&str> = TYPES.iter().copied().filter(|it| self.has(Self::of(it))).collect();
        names.join(" or ")
    }
}

/// What `additionalProperties` and `additionalItems` say.
#[derive(Debug, Clone, Copy)]
pub(super) enum Additional {
    Bool(bool),
    Schema(Id),
}

#[derive(Debug)]
pub(super) enum Dependency {
    Names(Vec<String>),
    Schema(Id),
}

/// What `items` says before 2020.
#[derive(Debug)]
pub(super) enum Items {
    All(Id),
    Each(Vec<Id>),
}

#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) is: Option<bool>,
    /// 4, 6, 7, 2019, 2020
    pub(super) draft: u16,
    pub(super) types: Types,
    pub(super) constant: Option<Json>,
    pub(super) choices: Option<Vec<Json>>,
    pub(super) format: Option<Format>,
    pub(super) reference: Option<Id>,
    /// `$recursiveRef` and `$dynamicRef`, as if they were plain ones.
    pub(super) more_references: Vec<Id>,
    pub(super) min_properties: Option<u64>,
    pub(super) max_properties: Option<u64>,
    pub(super) required: Vec<String>,
    pub(super) dependencies: BTreeMap<String, Dependency>,
    pub(super) properties: BTreeMap<String, Id>,
    pub(super) pattern_properties: Vec<(Regex, Id)>,
    pub(super) additional_properties: Option<Additional>,
    pub(super) property_names: Option<Id>,
    pub(super) dependent_schemas: BTreeMap<String, Id>,
    pub(super) dependent_required: BTreeMap<String, Vec<String>>,
    pub(super) unevaluated_properties: Option<Id>,
    pub(super) min_items: Option<u64>,
    pub(super) max_items: Option<u64>,
    pub(super) unique_items: bool,
    pub(super) items: Option<Items>,
    pub(super) additional_items: Option<Additional>,
    pub(super) prefix_items: Vec<Id>,
    pub(super) rest_items: Option<Id>,
    pub(super) contains: Option<Id>,
    pub(super) min_contains: Option<u64>,
    pub(super) max_contains: Option<u64>,
    pub(super) unevaluated_items: Option<Id>,
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    /// The pattern, and as written.
    pub(super) pattern: Option<(Regex, String)>,
    pub(super) minimum: Option<Json>,
    pub(super) maximum: Option<Json>,
    pub(super) exclusive_minimum: Option<Json>,
    pub(super) exclusive_maximum: Option<Json>,
    pub(super) multiple_of: Option<Json>,
    pub(super) not: Option<Id>,
    pub(super) all_of: Vec<Id>,
    pub(super) any_of: Vec<Id>,
    pub(super) one_of: Vec<Id>,
    pub(super) condition: Option<Id>,
    pub(super) then: Option<Id>,
    pub(super) otherwise: Option<Id>,
}
