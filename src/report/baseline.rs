//! Baselines: findings that were there before, and do not count.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{RunReport, Status};
use crate::finding::Suppression;

/// The version of the format that [`Baseline::to_json`] writes.
pub const BASELINE_VERSION: u32 = 1;

/// Findings that are known. A finding is known by its fingerprint alone; the rest is for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    findings: Vec<Known>,
}

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// From the repository's root.
    pub target: String,
    pub rule: String,
    /// Such as `Ingress/web`.
    pub object: String,
    pub message: String,
    pub fingerprint: String,
}

/// Why a text is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    #[error("is no baseline, which `portcullis baseline` writes: {0}")]
    Json(#[from] serde_json::Error),
    #[error("is no baseline, which `portcullis baseline` writes: it has no version")]
    Foreign,
    #[error("is a baseline of version {0}, and this portcullis reads version {BASELINE_VERSION}")]
    Version(u64),
}

impl Baseline {
    /// Takes down what counts in a run.
    pub fn new(report: &RunReport) -> Self {
        let counted = report.findings.iter().filter(|it| it.suppressed.is_none());
        let known = counted.map(|it| Known {
            target: report.repo_path(&it.target).to_owned(),
            rule: it.rule.to_owned(),
            object: it.subject.to_string(),
            message: it.message.clone(),
            fingerprint: it.fingerprint.clone(),
        });
        let findings: BTreeSet<Known> = known.collect();
        Self { version: BASELINE_VERSION, findings: findings.into_iter().collect() }
    }

    /// Reads what [`Baseline::to_json`] wrote.
    pub fn read(text: &str) -> Result<Self, BaselineError> {
        let json: Json = serde_json::from_str(text)?;
        match json.get("version").and_then(Json::as_u64) {
            Some(version) if version == u64::from(BASELINE_VERSION) => Ok(serde_json::from_value(json)?),
            Some(version) => Err(BaselineError::Version(version)),
            None => Err(BaselineError::Foreign),
        }
    }

    /// Writes it, indented, with a final newline.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// How many findings it knows.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Suppresses what is known. `file` is what the baseline is called.
    pub fn apply(&self, report: &mut RunReport, file: &str) {
        let known: BTreeSet<&str> = self.findings.iter().map(|it| it.fingerprint.as_str()).collect();
        let new = report.findings.iter_mut().filter(|it| it.suppressed.is_none() && known.contains(it.fingerprint.as_str()));
        new.for_each(|it| it.suppressed = Some(Suppression { by: "baseline", reason: format!("in {file}") }));
    }

    /// Returns what the targets of a run no longer show, of those that were checked.
    pub fn gone<'a>(&'a self, report: &RunReport) -> Vec<&'a Known> {
        let found: BTreeSet<&str> = report.findings.iter().map(|it| it.fingerprint.as_str()).collect();
        let checked: BTreeSet<&str> =
            report.targets.iter().filter(|it| it.status == Status::Checked).map(|it| it.repo_path.as_str()).collect();
        let gone = |it: &&Known| checked.contains(it.target.as_str()) && !found.contains(it.fingerprint.as_str());
        self.findings.iter().filter(gone).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn baseline_is_sorted_and_read_again() {
        let baseline = Baseline::new(&fixture::report());
        let text = baseline.to_json().unwrap();
        insta::assert_snapshot!(text);
        assert_eq!(Baseline::read(&text).unwrap(), baseline);
    }

    #[test]
    fn only_what_is_new_counts() {
        let mut report = fixture::report();
        let baseline = Baseline::new(&report);
        report.findings[1].fingerprint = "new".into();
        baseline.apply(&mut report, "known.json");
        let counted: Vec<_> = report.findings.iter().filter(|it| it.suppressed.is_none()).map(|it| &it.fingerprint).collect();
        assert_eq!(counted, ["new"]);
        let by: Vec<_> = report.findings.iter().filter_map(|it| it.suppressed.as_ref()).map(|it| it.by).collect();
        assert_eq!(by.iter().filter(|it| **it == "annotation").count(), 1);
        assert_eq!(report.findings[0].suppressed.as_ref().unwrap().reason, "in known.json");
    }

    #[test]
    fn what_is_gone_is_told_of_checked_targets() {
        let mut report = fixture::report();
        let baseline = Baseline::new(&report);
        assert_eq!(baseline.gone(&report), Vec::<&Known>::new());
        report.findings.clear();
        assert_eq!(baseline.gone(&report).len(), baseline.len());
        report.targets.remove(0);
        assert_eq!(baseline.gone(&report), Vec::<&Known>::new());
    }

    #[test]
    fn other_files_are_refused() {
        for text in ["[]", "{}", "{\"version\": \"1\"}"] {
            assert!(matches!(Baseline::read(text), Err(BaselineError::Foreign)), "{text}");
        }
        for text in ["", "{", "{\"version\": 1}", "{\"version\": 1, \"findings\": [{}]}"] {
            assert!(matches!(Baseline::read(text), Err(BaselineError::Json(_))), "{text}");
        }
        let error = Baseline::read("{\"version\": 2}").unwrap_err().to_string();
        assert_eq!(error, "is a baseline of version 2, and this portcullis reads version 1");
    }
}
