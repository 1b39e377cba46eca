//! From a case to text: the renderers.
//!
//! They know how to call a tool and how to read what it says; what is in the text is for those above.

#[cfg(feature = "cli")]
mod annotations;
pub mod builtin;
#[cfg(feature = "cli")]
mod complaint;
#[cfg(feature = "cli")]
mod helm;
#[cfg(feature = "cli")]
mod kustomize;
pub mod origin;
mod plain;
pub mod provenance;

pub use builtin::{BuiltinRenderer, Host};
#[cfg(feature = "cli")]
pub use helm::HelmRenderer;
#[cfg(feature = "cli")]
pub use kustomize::{KustomizeOptions, KustomizeRenderer};
pub use plain::PlainRenderer;
pub use provenance::{Part, Provenance};

use std::sync::Arc;

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
    /// What was written, where that is no UTF-8.
    pub raw: Option<Vec<u8>>,
    /// Where each part of the text came from, if the renderer knows.
    pub provenance: Option<Arc<Provenance>>,
}

impl Rendering {
    /// Makes a rendering of what a tool wrote.
    pub fn new(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self { text, ..Self::default() },
            Err(error) => {
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                Self { text, raw: Some(error.into_bytes()), ..Self::default() }
            }
        }
    }
}

/// Where a document came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// First line of the document in the rendering, 1-based.
    pub line: u32,
    /// File relative to the target's tree.
    pub file: String,
    /// The line of `file`, 1-based, where the document's first line stands: known where the rendering is the source.
    pub line_in_file: Option<u32>,
    /// Files that changed the document later on, in order: kustomizations with a patch, a prefix or the like that touched it.
    pub touched_by: Vec<String>,
}

impl Origin {
    /// Makes the origin of a document that is known by its file alone.
    pub fn new(line: u32, file: impl Into<String>) -> Self {
        Self { line, file: file.into(), line_in_file: None, touched_by: Vec::new() }
    }
}

/// Renders cases. Called from many threads at once.
pub trait Renderer: Sync {
    /// Returns the name that reports use: `helm`, `kustomize`, `builtin`, `recorded`, `none` for plain manifests.
    fn name(&self) -> &'static str;

    /// Renders one case. Never fails: what went wrong is an [`Outcome`].
    fn render(&self, target: &Target, case: &Case) -> Outcome;
}
