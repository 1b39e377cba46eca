//! The configuration, `portcullis.yaml`: typed, and strict about what it does not know.
//!
//! It is handed in as text. It knows no inputs and no rules: which rules there are is handed in too, and file names stay as written,
//! relative to the configuration. `matrix` makes axes of it.

mod check;
mod date;
mod ignore;
mod kube;
mod matrix;
mod problem;
mod read;
mod scalar;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub use date::Date;
pub use ignore::{Ignore, ObjectPattern, Pattern};
pub use kube::{KubeText, canonical_kube_version};
pub use matrix::{Axes, Combine, Expected, Include, MatrixConfig, Selection};
pub use problem::Problem;
pub(crate) use problem::nearest;
pub use scalar::{OneOrMany, SetMap};

/// The file that is looked for.
pub const FILE_NAME: &str = "portcullis.yaml";

/// The version that this portcullis reads.
pub const VERSION: u64 = 1;

/// What a `portcullis.yaml` says.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Version of the configuration's format: 1.
    #[schemars(extend("const" = 1))]
    pub version: u64,
    /// Globs of what to verify when no path is given, relative to this file.
    #[serde(default)]
    pub targets: Vec<Pattern>,
    /// Which inputs each target is rendered with.
    #[serde(default)]
    pub matrix: MatrixConfig,
    /// Level of each rule by its id; `all` stands for every rule that is not named.
    #[serde(default)]
    pub rules: BTreeMap<String, Level>,
    /// Findings that do not count.
    #[serde(default)]
    pub ignore: Vec<Ignore>,
    #[serde(skip)]
    source: Source,
}

/// Where a configuration was read from; kept to say where a problem is.
#[derive(Debug, Clone, Default, PartialEq)]
struct Source {
    file: String,
    text: String,
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
    /// Reads a configuration; `file` is its name as shown.
    pub fn read(file: &str, text: &str) -> Result<Self, Problem> {
        read::read(file, text)
    }

    /// Returns what is wrong in a configuration that could be read: unknown rules, and entries that say nothing or too much.
    pub fn validate(&self, rule_ids: &[&str]) -> Vec<Problem> {
        check::problems(self, rule_ids)
    }

    /// Returns the level that a rule is switched to: its own entry, or that of `all`.
    pub fn level(&self, rule: &str) -> Option<Level> {
        self.rules.get(rule).or_else(|| self.rules.get("all")).copied()
    }

    /// Returns a problem with the entry that says this text, with its place where it can be found.
    pub fn problem_at(&self, text: &str, message: String, help: &str) -> Problem {
        let root = crate::yaml::parse(self.text()).into_iter().find_map(|it| it.root);
        let place = root.as_ref().and_then(|it| check::place_of(it, text));
        let (line, column) = (place.map(|it| it.line), place.map(|it| it.column));
        Problem { file: self.file().to_owned(), line, column, message, help: Some(help.to_owned()) }
    }

    /// Returns the file's name, as shown.
    pub fn file(&self) -> &str {
        &self.source.file
    }

    /// Returns the text that it was read from, for excerpts.
    pub fn text(&self) -> &str {
        &self.source.text
    }
}

/// Returns the JSON schema of the configuration.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Config).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), FILE_NAME.into());
    }
    schema
}
