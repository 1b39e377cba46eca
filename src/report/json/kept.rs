//! What was found of one target, written down so that a later run reports it byte for byte alike in each format: what a JSON
//! report holds of it, and what that lacks.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{dto, read as parts};
use crate::finding::{self, Finding};
use crate::report::TargetReport;

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    target: dto::Target,
    is_empty: bool,
    /// Of each case.
    durations: Vec<Duration>,
    findings: Vec<KeptFinding>,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptFinding {
    finding: dto::Finding,
    /// Of the witness.
    command: Option<String>,
    /// Of each related object.
    rendered: Vec<Option<dto::Rendered>>,
    excerpts: Vec<Excerpt>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Excerpt {
    origin: String,
    first_line: u32,
    lines: Vec<String>,
    mark_line: u32,
    mark_columns: Option<(u32, u32)>,
    label: String,
    primary: bool,
}

/// Writes down what was found of a target.
pub(crate) fn write(report: &TargetReport, findings: &[Finding]) -> Option<Vec<u8>> {
    let kept = Kept {
        target: report.into(),
        is_empty: report.is_empty,
        durations: report.cases.iter().map(|it| it.duration).collect(),
        findings: findings.iter().map(KeptFinding::from).collect(),
    };
    serde_json::to_vec(&kept).ok()
}

/// Reads what [`write()`] wrote; `None` where it is something else.
pub(crate) fn read(bytes: &[u8]) -> Option<(TargetReport, Vec<Finding>)> {
    let kept: Kept = serde_json::from_slice(bytes).ok()?;
    let mut report = parts::target(kept.target).ok()?;
    report.is_empty = kept.is_empty;
    for (case, duration) in report.cases.iter_mut().zip(kept.durations) {
        case.duration = duration;
    }
    let findings = kept.findings.into_iter().map(KeptFinding::read).collect::<Option<_>>()?;
    Some((report, findings))
}

impl From<&Finding> for KeptFinding {
    fn from(it: &Finding) -> Self {
        Self {
            finding: it.into(),
            command: it.witness.as_ref().map(|it| it.command.clone()),
            rendered: it.related.iter().map(|it| it.rendered.as_ref().map(Into::into)).collect(),
            excerpts: it.excerpts.iter().cloned().map(Into::into).collect(),
        }
    }
}

impl KeptFinding {
    fn read(self) -> Option<Finding> {
        let mut finding = parts::finding(self.finding).ok()?;
        if let (Some(witness), Some(command)) = (&mut finding.witness, self.command) {
            witness.command = command;
        }
        for (related, rendered) in finding.related.iter_mut().zip(self.rendered) {
            related.rendered = rendered.map(parts::rendered);
        }
        finding.excerpts = self.excerpts.into_iter().map(Into::into).collect();
        Some(finding)
    }
}

impl From<finding::Excerpt> for Excerpt {
    fn from(it: finding::Excerpt) -> Self {
        let finding::Excerpt { origin, first_line, lines, mark_line, mark_columns, label, primary } = it;
        Self { origin, first_line, lines, mark_line, mark_columns, label, primary }
    }
}

impl From<Excerpt> for finding::Excerpt {
    fn from(it: Excerpt) -> Self {
        let Excerpt { origin, first_line, lines, mark_line, mark_columns, label, primary } = it;
        Self { origin, first_line, lines, mark_line, mark_columns, label, primary }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn nothing_is_lost() {
        for run in [fixture::report(), fixture::clean(), fixture::hostile()] {
            for target in &run.targets {
                let findings: Vec<Finding> = run.findings.iter().filter(|it| it.target == target.path).cloned().collect();
                let (report, again) = read(&write(target, &findings).unwrap()).unwrap();
                assert_eq!(format!("{report:?}"), format!("{target:?}"));
                assert_eq!(again, findings);
            }
        }
    }

    #[test]
    fn other_things_are_not_read() {
        let report = fixture::report();
        let text = String::from_utf8(write(&report.targets[0], &report.findings).unwrap()).unwrap();
        assert!(read(text.as_bytes()).is_some());
        for changed in [text.replace("dangling-port", "dangling-prot"), text.replace("\"is_empty\"", "\"empty\""), "[]".into()] {
            assert!(read(changed.as_bytes()).is_none());
        }
    }
}
