//! From what a run found to what the JSON report holds.

use super::dto::{
    Case, Edit, Finding, Fix, LeftOut, Location, Precision, Related, Rendered, Report, Safety, Severity, Status, Subject,
    Summary, Suppressed, Target, Tool, When, Witness,
};
use crate::{finding, report};

/// Converts each element.
fn all<'a, T, U: From<&'a T>>(items: &'a [T]) -> Vec<U> {
    items.iter().map(U::from).collect()
}

impl From<&report::RunReport> for Report {
    fn from(it: &report::RunReport) -> Self {
        Self {
            schema_version: super::SCHEMA_VERSION,
            tool: Tool {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                helm: it.helm.clone(),
                kustomize: it.kustomize.clone(),
            },
            targets: all(&it.targets),
            findings: all(&it.findings),
            summary: it.summary().into(),
        }
    }
}

impl From<&report::TargetReport> for Target {
    fn from(it: &report::TargetReport) -> Self {
        Self {
            path: it.path.clone(),
            repo_path: it.repo_path.clone(),
            kind: it.kind.to_owned(),
            status: match it.status {
                report::Status::Checked => Status::Checked,
                report::Status::Skipped => Status::Skipped,
                report::Status::Failed => Status::Failed,
            },
            message: it.message.clone(),
            cases: all(&it.cases),
            left_out: LeftOut { cases: it.left_out.cases, why: it.left_out.why.clone() },
        }
    }
}

impl From<&report::CaseReport> for Case {
    fn from(it: &report::CaseReport) -> Self {
        Self {
            id: it.id.clone(),
            label: it.label.clone(),
            source: it.source.to_owned(),
            args: it.args.clone(),
            renderer: it.renderer.to_owned(),
            outcome: it.outcome.to_owned(),
            message: it.message.clone(),
        }
    }
}

impl From<&finding::Finding> for Finding {
    fn from(it: &finding::Finding) -> Self {
        Self {
            rule: it.rule.to_owned(),
            severity: match it.severity {
                finding::Severity::Error => Severity::Error,
                finding::Severity::Warning => Severity::Warning,
                finding::Severity::Note => Severity::Note,
            },
            message: it.message.clone(),
            target: it.target.clone(),
            subject: (&it.subject).into(),
            path: it.path.clone(),
            value: it.value.clone(),
            location: it.location.as_ref().map(Into::into),
            rendered: it.rendered.as_ref().map(Into::into),
            related: all(&it.related),
            fed_by: it.fed_by.clone(),
            when: match it.when {
                finding::When::Default => When::Default,
                finding::When::Set => When::Set,
            },
            cases: it.cases.clone(),
            witness: it.witness.as_ref().map(|it| Witness { args: it.args.clone(), renderer: it.renderer.clone() }),
            help: it.help.clone(),
            fixes: all(&it.fixes),
            suppressed: it.suppressed.as_ref().map(|it| Suppressed { by: it.by.to_owned(), reason: it.reason.clone() }),
            fingerprint: it.fingerprint.clone(),
        }
    }
}

impl From<&finding::Subject> for Subject {
    fn from(it: &finding::Subject) -> Self {
        Self {
            api_version: it.api_version.clone(),
            kind: it.kind.clone(),
            name: it.name.clone(),
            namespace: it.namespace.clone(),
        }
    }
}

impl From<&finding::Location> for Location {
    fn from(it: &finding::Location) -> Self {
        Self {
            file: it.file.clone(),
            line: it.line,
            column: it.column,
            precision: match it.precision {
                finding::Precision::Exact => Precision::Exact,
                finding::Precision::Line => Precision::Line,
                finding::Precision::File => Precision::File,
            },
        }
    }
}

impl From<&finding::RenderedPlace> for Rendered {
    fn from(it: &finding::RenderedPlace) -> Self {
        Self { case: it.case.clone(), line: it.line, column: it.column }
    }
}

impl From<&finding::Related> for Related {
    fn from(it: &finding::Related) -> Self {
        Self {
            role: it.role.to_owned(),
            subject: (&it.subject).into(),
            path: it.path.clone(),
            value: it.value.clone(),
            location: it.location.as_ref().map(Into::into),
            fed_by: it.fed_by.clone(),
        }
    }
}

impl From<&finding::Fix> for Fix {
    fn from(it: &finding::Fix) -> Self {
        Self {
            title: it.title.clone(),
            safety: match it.safety {
                finding::Safety::Safe => Safety::Safe,
                finding::Safety::Unsafe => Safety::Unsafe,
                finding::Safety::Display => Safety::Display,
            },
            edits: all(&it.edits),
            diff: it.diff.clone(),
            proven_on: it.proven_on,
        }
    }
}

impl From<&finding::Edit> for Edit {
    fn from(it: &finding::Edit) -> Self {
        Self { file: it.file.clone(), start: it.start, end: it.end, text: it.text.clone() }
    }
}

impl From<report::Summary> for Summary {
    fn from(it: report::Summary) -> Self {
        Self {
            targets: it.targets,
            cases: it.cases,
            rendered: it.rendered,
            refused: it.refused,
            failed: it.failed,
            skipped: it.skipped,
            errors: it.errors,
            warnings: it.warnings,
            notes: it.notes,
            suppressed: it.suppressed,
        }
    }
}
