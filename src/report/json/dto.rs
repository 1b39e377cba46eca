//! What the JSON report holds. Keys come in the order of the fields; none is ever left out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A report of portcullis, version 1.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "portcullis report, version 1")]
pub struct Report {
    /// The version of this format.
    #[schemars(extend("const" = super::SCHEMA_VERSION))]
    pub schema_version: u32,
    pub tool: Tool,
    /// Sorted by path.
    pub targets: Vec<Target>,
    /// Sorted: target, then severity (errors first), then rule, subject and path, then the first case.
    pub findings: Vec<Finding>,
    pub summary: Summary,
}

/// The programs that made the report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    pub name: String,
    pub version: String,
    /// Version of helm; null when it was not used.
    pub helm: Option<String>,
    /// Version of kustomize; null when it was not used.
    pub kustomize: Option<String>,
}

/// A chart, a kustomization, or plain manifests.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// Relative to where the tool ran.
    pub path: String,
    /// From the repository's root; equal to `path` outside of a repository.
    pub repo_path: String,
    /// `helm`, `kustomize`, `manifests`; empty when it is none.
    pub kind: String,
    pub status: Status,
    /// Why it was skipped or failed, or a note on it.
    pub message: Option<String>,
    pub cases: Vec<Case>,
    pub left_out: LeftOut,
}

/// What became of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// At least one case rendered and was judged.
    Checked,
    /// A tool or a dependency is missing.
    Skipped,
    /// It is not there, cannot be read, or no case rendered.
    Failed,
}

/// One complete input for a target.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// Made of the input alone.
    pub id: String,
    /// What differs from the default case.
    pub label: String,
    #[schemars(extend("enum" = ["default", "ci", "flags", "configuration", "discovered", "sentinels"]))]
    pub source: String,
    /// Helm's arguments behind the release's name and the chart.
    pub args: Vec<String>,
    /// `helm`, `kustomize`, `builtin`, `recorded`, `none`.
    pub renderer: String,
    #[schemars(extend("enum" = ["rendered", "refused", "failed", "skipped"]))]
    pub outcome: String,
    /// Why it did not render.
    pub message: Option<String>,
}

/// Cases that a budget left out.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    pub cases: usize,
    pub why: Option<String>,
}

/// What is wrong, where, in which cases, how to see it, how to fix it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    pub rule: String,
    pub severity: Severity,
    pub message: String,
    /// Path of the target.
    pub target: String,
    /// The object that refers; of kind `Chart` when it is about a template or a case.
    pub subject: Subject,
    /// Field path in the subject; empty when it is about a template or a case.
    pub path: String,
    /// What stands there, with its type.
    pub value: Json,
    /// The text to change.
    pub location: Option<Location>,
    /// Where the subject's field is rendered.
    pub rendered: Option<Rendered>,
    pub related: Vec<Related>,
    /// `.Values` paths that the value was seen to follow.
    pub fed_by: Vec<String>,
    pub when: When,
    /// Ids of the cases that show it.
    pub cases: Vec<String>,
    /// The smallest arguments that show it.
    pub witness: Option<Witness>,
    /// What to do.
    pub help: Option<String>,
    pub fixes: Vec<Fix>,
    /// Why it does not count; null when it does.
    pub suppressed: Option<Suppressed>,
    /// The same for the same fault, wherever its line moves.
    pub fingerprint: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Note,
}

/// A Kubernetes object, or (kind `Chart`) a whole target.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    pub api_version: String,
    pub kind: String,
    pub name: String,
    pub namespace: String,
}

/// A place in a file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// Relative to where the tool ran.
    pub file: String,
    /// From 1; null with precision `file`.
    pub line: Option<u32>,
    /// From 1; null with precision `file` or `line`.
    pub column: Option<u32>,
    pub precision: Precision,
}

/// How exactly a place is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    Exact,
    Line,
    File,
}

/// A place in the rendering of a case.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Rendered {
    /// Id of the case.
    pub case: String,
    pub line: u32,
    pub column: u32,
}

/// Another object that a finding is about.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Related {
    /// `target`: what the subject refers to; `near`: what it may have meant; `other`: the other of two equals; `before`: what
    /// one of the ends said until a patch of the kustomization changed it.
    #[schemars(extend("enum" = ["target", "near", "other", "before"]))]
    pub role: String,
    pub subject: Subject,
    pub path: String,
    pub value: Json,
    pub location: Option<Location>,
    pub fed_by: Vec<String>,
}

/// Whether a finding shows with default values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum When {
    Default,
    /// Only when something is set.
    Set,
}

/// The smallest arguments that show a finding; confirmed by rendering.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Witness {
    /// Helm's arguments behind the release's name and the chart.
    pub args: Vec<String>,
    pub renderer: String,
}

/// A correction.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Fix {
    pub title: String,
    pub safety: Safety,
    pub edits: Vec<Edit>,
    /// Unified diff.
    pub diff: String,
    /// How many cases it was proven on.
    pub proven_on: usize,
}

/// How far a fix may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    Safe,
    Unsafe,
    /// Shown only, never applied.
    Display,
}

/// A change of one file: bytes `start..end` become `text`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Edit {
    pub file: String,
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// Why a finding does not count.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Suppressed {
    /// `annotation`, `configuration`, `baseline`.
    pub by: String,
    pub reason: String,
}

/// Counts over a run. A suppressed finding counts as nothing else.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    pub targets: usize,
    pub cases: usize,
    pub rendered: usize,
    pub refused: usize,
    pub failed: usize,
    pub skipped: usize,
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
    pub suppressed: usize,
}
