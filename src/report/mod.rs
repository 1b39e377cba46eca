//! Reports: what a run found, one file a format. Reporters print; they decide nothing.

#[cfg(feature = "cli")]
mod annotated;
pub mod baseline;
#[cfg(feature = "cli")]
mod family;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(feature = "cli")]
pub mod github;
pub mod json;
#[cfg(feature = "cli")]
pub mod junit;
pub mod merge;
mod paths;
#[cfg(feature = "cli")]
pub mod sarif;
#[cfg(feature = "cli")]
pub mod text;
mod verdict;
#[cfg(feature = "cli")]
pub(crate) mod visible;

use std::time::Duration;

use crate::finding::{Finding, Severity};

#[cfg(feature = "cli")]
pub use annotated::{AnnotatedLine, annotated};
#[cfg(feature = "cli")]
use family::family;
use verdict::is_unused;
pub use verdict::{nothing, unused, verdict};

/// What a run found.
#[derive(Debug, Clone, Default)]
pub struct RunReport {
    pub helm: Option<String>,
    pub kustomize: Option<String>,
    /// Sorted by path.
    pub targets: Vec<TargetReport>,
    /// Sorted: target, then severity (errors first), then rule, subject and path, then the first case.
    pub findings: Vec<Finding>,
}

/// What became of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// At least one case rendered and was judged.
    Checked,
    /// A tool or a dependency is missing.
    Skipped,
    /// It is not there, cannot be read, or no case rendered.
    Failed,
}

/// One target of a run.
#[derive(Debug, Clone)]
pub struct TargetReport {
    /// As shown: relative to where the tool ran.
    pub path: String,
    /// From the repository's root; equal to `path` outside of a repository.
    pub repo_path: String,
    /// `helm`, `kustomize`, `manifests`; empty when it is none.
    pub kind: &'static str,
    pub status: Status,
    /// Why it was skipped or failed, with the next step; or a note, such as "needs values: domain".
    pub message: Option<String>,
    /// Whether its first rendering holds no objects.
    pub is_empty: bool,
    /// Whether it is a component that nothing uses and that fits nowhere: that it is not built fails nothing.
    pub is_unused: bool,
    /// The user's, sorted by source, label and id; then those of probing, in the order in which they were tried.
    pub cases: Vec<CaseReport>,
    pub left_out: LeftOut,
}

/// Cases that a budget left out.
#[derive(Debug, Clone, Default)]
pub struct LeftOut {
    pub cases: usize,
    pub why: Option<String>,
}

/// One case of a target.
#[derive(Debug, Clone)]
pub struct CaseReport {
    pub id: String,
    pub label: String,
    /// `default`, `ci`, `flags`, `configuration`, `discovered`, `sentinels`.
    pub source: &'static str,
    pub args: Vec<String>,
    /// `helm`, `kustomize`, `none`.
    pub renderer: &'static str,
    /// `rendered`, `refused`, `failed`, `skipped`.
    pub outcome: &'static str,
    pub message: Option<String>,
    /// How long its rendering took; zero where that is not known.
    pub duration: Duration,
}

/// Counts over a run. Suppressed findings count as nothing else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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

impl RunReport {
    /// Counts.
    pub fn summary(&self) -> Summary {
        let mut it = Summary { targets: self.targets.len(), ..Summary::default() };
        for case in self.targets.iter().flat_map(|target| &target.cases) {
            it.cases += 1;
            match case.outcome {
                "rendered" => it.rendered += 1,
                "refused" => it.refused += 1,
                "failed" => it.failed += 1,
                _ => it.skipped += 1,
            }
        }
        for finding in &self.findings {
            match (&finding.suppressed, finding.severity) {
                (Some(_), _) => it.suppressed += 1,
                (None, Severity::Error) => it.errors += 1,
                (None, Severity::Warning) => it.warnings += 1,
                (None, Severity::Note) => it.notes += 1,
            }
        }
        it
    }
}
