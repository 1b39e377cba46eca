//! What a rule says: a finding, with everything that a reporter shows of it.

use std::fmt;

use serde_json::Value as Json;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Note,
    Warning,
    Error,
}

impl Severity {
    /// Returns the name that reports and flags use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

pub use crate::kube::Subject;
pub use crate::words::{REDACTED, is_secret};

/// How exactly a place in a source file is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// Only the file: line and column are `None`.
    File,
    /// The line: column is `None`.
    Line,
    /// Line and column.
    Exact,
}

/// A place in a file of a target, as shown: relative to where the tool runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    pub file: String,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub precision: Precision,
}

/// A place in the rendering of a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RenderedPlace {
    pub case: String,
    pub line: u32,
    pub column: u32,
}

/// Another object that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// `target`: what the subject refers to; `near`: what it may have meant; `other`: the other of two equals; `before`: what
    /// one of the ends said until a patch of the kustomization changed it.
    pub role: &'static str,
    pub subject: Subject,
    /// Field path, such as `spec.ports[0].port`.
    pub path: String,
    pub value: Json,
    pub location: Option<Location>,
    pub rendered: Option<RenderedPlace>,
    /// `.Values` paths (`service.port`) that its value was seen to follow.
    pub fed_by: Vec<String>,
}

/// A few lines of a text with one marked stretch, to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// What the text is: a file as shown, or `rendered (default)`.
    pub origin: String,
    /// Number of the first of the lines, 1-based.
    pub first_line: u32,
    pub lines: Vec<String>,
    /// The marked line, 1-based in the whole text.
    pub mark_line: u32,
    /// The marked columns, 1-based, the second behind the last marked character; `None`: the whole line.
    pub mark_columns: Option<(u32, u32)>,
    pub label: String,
    /// Whether this is where the fault is, or something that explains it.
    pub primary: bool,
}

/// Whether a finding shows with default values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    Default,
    /// Only when something is set.
    Set,
}

/// The smallest list of helm arguments that shows a finding; confirmed by rendering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Helm arguments behind the release's name and the chart.
    pub args: Vec<String>,
    pub renderer: String,
    /// The whole command, to be pasted.
    pub command: String,
}

/// How far a fix may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    Display,
    Unsafe,
    Safe,
}

/// A change of one file: bytes `start..end` become `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub file: String,
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// A correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    pub safety: Safety,
    pub edits: Vec<Edit>,
    /// Unified diff.
    pub diff: String,
    /// How many cases it was proven on.
    pub proven_on: usize,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// `annotation`, `configuration`, `baseline`.
    pub by: &'static str,
    pub reason: String,
}

/// What is wrong, where, in which cases, how to see it, how to fix it.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub rule: &'static str,
    pub severity: Severity,
    /// One sentence, lower case, without a final dot.
    pub message: String,
    /// Path of the target, as shown.
    pub target: String,
    /// The object that refers.
    pub subject: Subject,
    /// Field path in the subject, such as `spec.rules[0].http.paths[0].backend.service.port.number`.
    pub path: String,
    pub value: Json,
    /// The text to change.
    pub location: Option<Location>,
    pub rendered: Option<RenderedPlace>,
    pub related: Vec<Related>,
    /// `.Values` paths that the subject's value was seen to follow.
    pub fed_by: Vec<String>,
    pub when: When,
    /// Ids of the cases that show it, in the target's order of cases.
    pub cases: Vec<String>,
    pub witness: Option<Witness>,
    /// What to do, imperative, in one or two sentences.
    pub help: Option<String>,
    pub fixes: Vec<Fix>,
    pub suppressed: Option<Suppression>,
    pub fingerprint: String,
    pub excerpts: Vec<Excerpt>,
}

/// What an excerpt of a rendering is called until its case's label is known.
pub(crate) const RENDERED: &str = "rendered";
