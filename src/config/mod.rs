//! The configuration, `portcullis.yaml`: typed, and strict about what it does not know.
//!
//! It is handed in as text. It knows no inputs and no rules: which rules there are is handed in too, and file names stay as written,
//! relative to the configuration. `matrix` makes axes of it.

mod date;
mod ignore;
mod kube;
mod matrix;
mod problem;
mod read;
mod reader;
mod scalar;
mod schema;
mod warnings;

use std::collections::BTreeMap;

use schemars::JsonSchema;

pub use date::Date;
pub use ignore::{Ignore, ObjectPattern, Pattern};
pub use kube::{KubeText, canonical_kube_version};
pub use matrix::{Axes, Combine, Expected, Include, MatrixConfig, Selection};
pub(crate) use problem::nearest;
pub use problem::{Mark, Problem, Problems};
pub use scalar::{OneOrMany, SetMap};
pub use schema::{SCHEMA_URL, schema};
pub use warnings::Idle;

use crate::yaml::Node;

/// The file that is looked for.
pub const FILE_NAME: &str = "portcullis.yaml";

/// The version that this portcullis reads.
pub const VERSION: u32 = 1;

/// What a `portcullis.yaml` says.
#[derive(Debug, Clone, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Config {
    /// Version of the configuration's format: 1.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// Globs of what to verify when no path is given, relative to this file.
    #[schemars(default)]
    pub targets: Vec<Pattern>,
    /// Which inputs each target is rendered with.
    #[schemars(default)]
    pub matrix: MatrixConfig,
    /// Level of each rule by its id; `all` stands for every rule that is not named.
    #[schemars(default)]
    pub rules: BTreeMap<String, Level>,
    /// Findings that do not count.
    #[schemars(default)]
    pub ignore: Vec<Ignore>,
    #[schemars(skip)]
    source: Source,
}

/// Where a configuration was read from; kept to say where a problem is.
#[derive(Debug, Clone, Default, PartialEq)]
struct Source {
    file: String,
    text: String,
    root: Option<Node>,
}

/// How a rule is switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Off,
    Note,
    Warning,
    Error,
}

impl Level {
    /// All levels, worst first, as messages name them.
    pub const NAMES: [&'static str; 4] = ["error", "warning", "note", "off"];

    /// Returns the level of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "error" => Some(Self::Error),
            "warning" => Some(Self::Warning),
            "note" => Some(Self::Note),
            "off" => Some(Self::Off),
            _ => None,
        }
    }

    /// Returns the name that flags and the configuration use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Off => "off",
        }
    }
}

impl Config {
    /// Reads a configuration; `file` is its name as shown, `rules` are the ids of all rules. Of a wrong one, it returns all problems.
    pub fn read(file: &str, text: &str, rules: &[&str]) -> Result<Self, Problems> {
        read::read(file, text, rules)
    }

    /// Returns the level that a rule is switched to: its own entry, or that of `all`.
    pub fn level(&self, rule: &str) -> Option<Level> {
        self.rules.get(rule).or_else(|| self.rules.get("all")).copied()
    }

    /// Returns the whole text.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// Returns the file's name, as shown.
    pub fn file(&self) -> &str {
        &self.source.file
    }
}
