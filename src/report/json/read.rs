//! From what a JSON report holds back to what a run found.
//!
//! Excerpts, times and the command of a witness are in no JSON report: what is read back has none.

use std::time::Duration;

use serde_json::Value as Json;

use super::dto;
use crate::finding::{self, Finding, Safety, Severity, When};
use crate::report::{CaseReport, LeftOut, RunReport, Status, TargetReport, is_unused, nothing};
use crate::rules;

/// The names of sources, in the order of [`crate::matrix::CaseSource`].
pub(crate) const SOURCES: [&str; 6] = ["default", "ci", "flags", "configuration", "discovered", "sentinels"];
const KINDS: [&str; 4] = ["helm", "kustomize", "manifests", ""];
const RENDERERS: [&str; 5] = ["helm", "kustomize", "builtin", "recorded", "none"];
const OUTCOMES: [&str; 4] = ["rendered", "refused", "failed", "skipped"];
const ROLES: [&str; 4] = ["target", "near", "other", "before"];
const SUPPRESSORS: [&str; 3] = ["annotation", "configuration", "baseline"];

/// Why a text is no report that can be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("is no JSON report of portcullis: {0}")]
    Json(#[from] serde_json::Error),
    #[error("is no JSON report of portcullis: it has no `schema_version`")]
    Foreign,
    #[error("is of format version {0}, and this portcullis reads version {version}", version = super::SCHEMA_VERSION)]
    Format(u64),
    #[error("was made by portcullis {0}, and this is {version}: use the same for both", version = env!("CARGO_PKG_VERSION"))]
    Version(String),
    #[error("has an unknown {what} `{word}`")]
    Word { what: &'static str, word: String },
}

/// Reads a report that this version of portcullis wrote.
pub fn read(text: &str) -> Result<RunReport, ReadError> {
    let json: Json = serde_json::from_str(text)?;
    match json.get("schema_version").and_then(Json::as_u64) {
        Some(version) if version == u64::from(super::SCHEMA_VERSION) => {}
        Some(version) => return Err(ReadError::Format(version)),
        None => return Err(ReadError::Foreign),
    }
    let report: dto::Report = serde_json::from_str(text)?;
    if report.tool.version != env!("CARGO_PKG_VERSION") {
        return Err(ReadError::Version(report.tool.version));
    }
    Ok(RunReport {
        helm: report.tool.helm,
        kustomize: report.tool.kustomize,
        targets: all(report.targets, target)?,
        findings: all(report.findings, finding)?,
    })
}

fn all<T, U>(items: Vec<T>, convert: fn(T) -> Result<U, ReadError>) -> Result<Vec<U>, ReadError> {
    items.into_iter().map(convert).collect()
}

/// Returns the word as one of those that are known.
fn word(what: &'static str, word: String, known: &[&'static str]) -> Result<&'static str, ReadError> {
    known.iter().copied().find(|it| *it == word).ok_or(ReadError::Word { what, word })
}

pub(super) fn target(it: dto::Target) -> Result<TargetReport, ReadError> {
    let status = match it.status {
        dto::Status::Checked => Status::Checked,
        dto::Status::Skipped => Status::Skipped,
        dto::Status::Failed => Status::Failed,
    };
    let kind = word("kind of target", it.kind, &KINDS)?;
    Ok(TargetReport {
        path: it.path,
        repo_path: it.repo_path,
        kind,
        status,
        is_empty: status == Status::Checked && it.message.as_deref() == Some(nothing(kind)),
        is_unused: status == Status::Skipped && it.message.as_deref().is_some_and(is_unused),
        message: it.message,
        cases: all(it.cases, case)?,
        left_out: LeftOut { cases: it.left_out.cases, why: it.left_out.why },
    })
}

fn case(it: dto::Case) -> Result<CaseReport, ReadError> {
    Ok(CaseReport {
        id: it.id,
        label: it.label,
        source: word("source", it.source, &SOURCES)?,
        args: it.args,
        renderer: word("renderer", it.renderer, &RENDERERS)?,
        outcome: word("outcome", it.outcome, &OUTCOMES)?,
        message: it.message,
        duration: Duration::ZERO,
    })
}

pub(super) fn finding(it: dto::Finding) -> Result<Finding, ReadError> {
    Ok(Finding {
        rule: word("rule", it.rule, &rules::ids())?,
        severity: match it.severity {
            dto::Severity::Error => Severity::Error,
            dto::Severity::Warning => Severity::Warning,
            dto::Severity::Note => Severity::Note,
        },
        message: it.message,
        target: it.target,
        subject: subject(it.subject),
        path: it.path,
        value: it.value,
        location: it.location.map(location),
        rendered: it.rendered.map(rendered),
        related: all(it.related, related)?,
        fed_by: it.fed_by,
        when: match it.when {
            dto::When::Default => When::Default,
            dto::When::Set => When::Set,
        },
        cases: it.cases,
        witness: it.witness.map(|it| finding::Witness { args: it.args, renderer: it.renderer, command: String::new() }),
        help: it.help,
        fixes: it.fixes.into_iter().map(fix).collect(),
        suppressed: it.suppressed.map(suppression).transpose()?,
        fingerprint: it.fingerprint,
        excerpts: Vec::new(),
    })
}

fn subject(it: dto::Subject) -> finding::Subject {
    finding::Subject { api_version: it.api_version, kind: it.kind, name: it.name, namespace: it.namespace }
}

fn location(it: dto::Location) -> finding::Location {
    let precision = match it.precision {
        dto::Precision::Exact => finding::Precision::Exact,
        dto::Precision::Line => finding::Precision::Line,
        dto::Precision::File => finding::Precision::File,
    };
    finding::Location { file: it.file, line: it.line, column: it.column, precision }
}

pub(super) fn rendered(it: dto::Rendered) -> finding::RenderedPlace {
    finding::RenderedPlace { case: it.case, line: it.line, column: it.column }
}

fn related(it: dto::Related) -> Result<finding::Related, ReadError> {
    Ok(finding::Related {
        role: word("role", it.role, &ROLES)?,
        subject: subject(it.subject),
        path: it.path,
        value: it.value,
        location: it.location.map(location),
        rendered: None,
        fed_by: it.fed_by,
    })
}

fn fix(it: dto::Fix) -> finding::Fix {
    let edit = |it: dto::Edit| finding::Edit { file: it.file, start: it.start, end: it.end, text: it.text };
    finding::Fix {
        title: it.title,
        safety: match it.safety {
            dto::Safety::Safe => Safety::Safe,
            dto::Safety::Unsafe => Safety::Unsafe,
            dto::Safety::Display => Safety::Display,
        },
        edits: it.edits.into_iter().map(edit).collect(),
        diff: it.diff,
        proven_on: it.proven_on,
    }
}

fn suppression(it: dto::Suppressed) -> Result<finding::Suppression, ReadError> {
    Ok(finding::Suppression { by: word("kind of suppression", it.by, &SUPPRESSORS)?, reason: it.reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::CaseSource;
    use crate::report::fixture;

    #[test]
    fn what_is_read_is_written_again() {
        for report in [fixture::report(), fixture::clean(), fixture::hostile(), RunReport::default()] {
            let text = fixture::json(&report);
            assert_eq!(fixture::json(&read(&text).unwrap()), text);
        }
    }

    #[test]
    fn other_versions_and_words_are_told() {
        let text = fixture::json(&fixture::report());
        let changed = |from: &str, to: &str| read(&text.replacen(from, to, 1)).unwrap_err().to_string();
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(changed("_version\": 1", "_version\": 2"), "is of format version 2, and this portcullis reads version 1");
        assert_eq!(
            changed(&format!("\"version\": \"{version}\""), "\"version\": \"9.9.9\""),
            format!("was made by portcullis 9.9.9, and this is {version}: use the same for both")
        );
        assert_eq!(changed("dangling-port", "dangling-prot"), "has an unknown rule `dangling-prot`");
        assert!(read("[]").unwrap_err().to_string().starts_with("is no JSON report of portcullis: "));
    }

    #[test]
    fn sources_are_in_their_order() {
        use CaseSource::{Ci, Configuration, Default, Discovered, Flags, Sentinels};
        assert_eq!([Default, Ci, Flags, Configuration, Discovered, Sentinels].map(CaseSource::name), SOURCES);
    }
}
