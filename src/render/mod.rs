//! From a case to text: the renderers.

use crate::matrix::Case;
use crate::target::Target;

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Rendered(Rendering),
    /// The chart's own `fail`, `required`, schema or `kubeVersion` said no.
    Refused(String),
    /// An error: a broken template, a broken file, the time limit.
    Failed(String),
    /// A tool or a dependency is missing.
    Skipped(String),
}

/// The text that a case renders, and where each document came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rendering {
    pub text: String,
    /// The file that made the document which starts at that line (1-based, ascending); a document without an entry is of unknown origin.
    pub origins: Vec<Origin>,
}

/// Where a document came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// First line of the document in the rendering, 1-based.
    pub line: u32,
    /// File relative to the target's tree.
    pub file: String,
    /// The line of `file` where that stands, when the rendering is the source.
    pub line_in_file: Option<u32>,
}

/// Renders cases. Called from many threads at once.
pub trait Renderer: Sync {
    /// Returns the name that reports use: `helm`, `kustomize`, `builtin`, `recorded`, `none` for plain manifests.
    fn name(&self) -> &'static str;

    /// Renders one case. Never fails: what went wrong is an [`Outcome`].
    fn render(&self, target: &Target, case: &Case) -> Outcome;
}
