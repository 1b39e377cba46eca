//! Why a chart does not render, before its templates are looked at.

use std::fmt;

/// An error of a chart or of its values, as Helm words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartError {
    pub kind: ChartErrorKind,
    /// Helm's sentence.
    pub message: String,
    /// The file of the tree and the line, where that is known.
    pub place: Option<(String, u32)>,
}

/// What an error means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChartErrorKind {
    /// The chart says no to its input: its schema, its `kubeVersion`.
    Refused,
    /// Dependencies that `charts/` lacks.
    Missing(Vec<String>),
    /// A library chart, or one of another type that cannot be installed.
    Library,
    /// A schema that would have to be fetched.
    Remote,
    /// The chart or its values are broken.
    Broken,
}

impl ChartError {
    pub(super) fn new(kind: ChartErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), place: None }
    }

    pub(super) fn broken(message: impl Into<String>) -> Self {
        Self::new(ChartErrorKind::Broken, message)
    }

    /// Puts words before the sentence.
    #[must_use]
    pub(super) fn within(mut self, words: impl fmt::Display) -> Self {
        self.message = format!("{words}: {}", self.message);
        self
    }

    #[must_use]
    pub(super) fn at(mut self, file: &str, line: Option<u32>) -> Self {
        self.place = line.map(|line| (file.to_owned(), line));
        self
    }
}

impl fmt::Display for ChartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ChartError {}
