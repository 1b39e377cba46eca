//! `matrix:` as written.

use schemars::JsonSchema;

use super::{KubeText, OneOrMany, SetMap};

mod read;

/// Which inputs each target is rendered with.
#[derive(Debug, Clone, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MatrixConfig {
    /// What varies.
    #[schemars(default)]
    pub axes: Axes,
    /// How axes are combined; `product` when it is not said.
    pub combine: Option<Combine>,
    /// Points of the axes that are left out: those that match all keys of an entry.
    #[schemars(default)]
    pub exclude: Vec<Selection>,
    /// More cases.
    #[schemars(default)]
    pub include: Vec<Include>,
}

/// What varies: each key is an axis, each item of its list a point of it.
#[derive(Debug, Clone, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Axes {
    /// Values files: a list is a stack, of which later files win; a text is a file or a glob whose matches are an item each.
    #[schemars(default)]
    pub values: Vec<OneOrMany<String>>,
    /// Values by Helm path, such as `service.port: 8080`.
    #[schemars(default)]
    pub set: Vec<SetMap>,
    /// Kubernetes versions.
    #[schemars(default)]
    pub kube: Vec<KubeText>,
    /// API versions that the cluster has besides Helm's own: one, or a list of them.
    #[schemars(default)]
    pub api: Vec<OneOrMany<String>>,
    /// Release names.
    #[schemars(default)]
    pub release: Vec<String>,
    /// Namespaces.
    #[schemars(default)]
    pub namespace: Vec<String>,
}

/// How axes are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Combine {
    /// Every item with every other.
    #[default]
    Product,
    /// Every pair of items of two axes stands in some case.
    Pairwise,
    /// One axis at a time is varied, the others stay at their first item.
    Each,
}

impl Combine {
    /// All names, as messages and flags use them.
    pub const NAMES: [&'static str; 3] = ["product", "pairwise", "each"];

    /// Returns the way of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "product" => Some(Self::Product),
            "pairwise" => Some(Self::Pairwise),
            "each" => Some(Self::Each),
            _ => None,
        }
    }
}

/// An entry of `exclude:`; what is not given matches anything.
#[derive(Debug, Clone, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Selection {
    /// The stack of values files, whole.
    pub values: Option<OneOrMany<String>>,
    /// Values that are all set; the empty map is a case without any.
    pub set: Option<SetMap>,
    /// Kubernetes versions, any of which matches.
    pub kube: Option<OneOrMany<KubeText>>,
    /// The API versions, whole.
    pub api: Option<OneOrMany<String>>,
    /// Release names, any of which matches.
    pub release: Option<OneOrMany<String>>,
    /// Namespaces, any of which matches.
    pub namespace: Option<OneOrMany<String>>,
}

/// An entry of `include:`, a case on top of the base input.
#[derive(Debug, Clone, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Include {
    /// The case's label; without it, what it sets.
    pub name: Option<String>,
    /// A stack of values files.
    pub values: Option<OneOrMany<String>>,
    /// Values by Helm path.
    pub set: Option<SetMap>,
    /// Kubernetes version.
    pub kube: Option<KubeText>,
    /// API versions.
    pub api: Option<OneOrMany<String>>,
    /// Release name.
    pub release: Option<String>,
    /// Namespace.
    pub namespace: Option<String>,
    /// Whether the case is meant to render.
    pub expect: Option<Expected>,
}

/// Whether a case is meant to render.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Expected {
    Render,
    Fail,
}

impl Expected {
    /// All names, as messages use them.
    pub const NAMES: [&'static str; 2] = ["render", "fail"];

    /// Returns the expectation of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "render" => Some(Self::Render),
            "fail" => Some(Self::Fail),
            _ => None,
        }
    }
}
