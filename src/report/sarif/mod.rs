//! The report for code scanning: SARIF 2.1.0.
//!
//! Made only of what the JSON report holds, so that merged reports say the same. Every location has a file, as GitHub refuses
//! the whole report for one that has none: a rendering, or a target as a whole, stands at the file that makes the target.

use std::collections::BTreeMap;
use std::io;

use serde_json::Value as Json;

mod model;
mod place;

use self::model::{
    Base, Configuration, Driver, Help, Invocation, Log, Message, Notification, Rule, Run, RunResult, Suppression, Tags, Tool,
};
use self::place::Places;
use super::{RunReport, Status, TargetReport, family, visible};
use crate::finding::{Finding, Severity, When};
use crate::rules::{RULES, RuleMeta};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Stands for the repository's root.
const ROOT: &str = "%SRCROOT%";

/// Writes the report, indented, with a final newline.
pub fn write(report: &RunReport, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &log(report))?;
    out.write_all(b"\n")
}

fn log(report: &RunReport) -> Log {
    let root = Base { description: message("the root of the repository") };
    let run = Run {
        tool: Tool { driver: driver(report) },
        invocations: [invocation(report)],
        original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
        column_kind: "unicodeCodePoints",
        results: report.findings.iter().map(|it| result(it, report)).collect(),
    };
    Log { schema: SCHEMA, version: "2.1.0", runs: [run] }
}

fn message(text: &str) -> Message {
    Message { text: visible::lines(text) }
}

fn driver(report: &RunReport) -> Driver {
    let tools = [("helm", &report.helm), ("kustomize", &report.kustomize)];
    Driver {
        name: env!("CARGO_PKG_NAME"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: RULES.iter().map(|it| rule(it.meta())).collect(),
        properties: tools.into_iter().filter_map(|(name, version)| Some((name, version.clone()?))).collect(),
    }
}

fn rule(meta: &RuleMeta) -> Rule {
    let text = meta.text();
    Rule {
        id: meta.id,
        short_description: message(meta.summary),
        full_description: message(&what_it_does(meta, &text)),
        help: Help { text: text.clone(), markdown: text },
        default_configuration: Configuration {
            enabled: meta.severity.is_some(),
            level: meta.severity.unwrap_or(Severity::Warning).name(),
        },
        properties: Tags { tags: ["kubernetes", family(meta.id)] },
    }
}

/// Returns the first paragraph below the first heading.
fn what_it_does(meta: &RuleMeta, text: &str) -> String {
    let lines = text.lines().skip_while(|it| it.starts_with('#') || it.is_empty());
    let paragraph: Vec<&str> = lines.take_while(|it| !it.is_empty()).collect();
    if paragraph.is_empty() { meta.summary.to_owned() } else { paragraph.join(" ") }
}

fn invocation(report: &RunReport) -> Invocation {
    Invocation {
        execution_successful: report.targets.iter().all(|it| it.status != Status::Failed),
        tool_execution_notifications: report.targets.iter().filter_map(notification).collect(),
    }
}

/// Tells of a target that was not checked, or in part.
fn notification(target: &TargetReport) -> Option<Notification> {
    let why = target.message.as_deref().unwrap_or("no reason is known");
    let (level, what) = match target.status {
        Status::Failed => ("error", format!("failed: {why}")),
        Status::Skipped if target.is_unused => ("note", why.to_owned()),
        Status::Skipped => ("warning", format!("skipped: {why}")),
        Status::Checked => ("note", target.message.clone()?),
    };
    let places = Places::new(Some(target));
    let text = message(&format!("{}: {what}", target.path));
    Some(Notification { level, message: text, locations: places.own_file().into_iter().collect() })
}

fn result(finding: &Finding, report: &RunReport) -> RunResult {
    let target = report.targets.iter().find(|it| it.path == finding.target);
    let places = Places::new(target);
    let help = finding.help.as_ref().map(|it| format!("\n{it}")).unwrap_or_default();
    RunResult {
        rule_id: finding.rule,
        rule_index: RULES.iter().position(|it| it.meta().id == finding.rule),
        level: finding.severity.name(),
        message: message(&format!("{}{help}", finding.message)),
        locations: vec![places.primary(finding)],
        related_locations: places.related(finding),
        partial_fingerprints: BTreeMap::from([("portcullis/v1", finding.fingerprint.clone())]),
        suppressions: finding.suppressed.iter().map(suppression).collect(),
        fixes: finding.fixes.iter().filter_map(|it| places.fix(it)).collect(),
        properties: properties(finding, target),
    }
}

fn suppression(it: &crate::finding::Suppression) -> Suppression {
    let kind = if it.by == "annotation" { "inSource" } else { "external" };
    Suppression { kind, status: "accepted", justification: visible::lines(&it.reason) }
}

/// What has no place in the standard.
fn properties(finding: &Finding, target: Option<&TargetReport>) -> BTreeMap<&'static str, Json> {
    let cases = target.map(|it| it.cases.as_slice()).unwrap_or_default();
    let label = |id: &String| cases.iter().find(|it| it.id == *id).map_or(id, |it| &it.label).clone();
    let when = match finding.when {
        When::Default => "default",
        When::Set => "set",
    };
    let labels: Vec<String> = finding.cases.iter().map(label).collect();
    let mut all = BTreeMap::from([("cases", labels.into()), ("target", finding.target.clone().into()), ("when", when.into())]);
    if !finding.fed_by.is_empty() {
        all.insert("fedBy", finding.fed_by.clone().into());
    }
    if let Some(witness) = &finding.witness {
        all.insert("witness", witness.args.clone().into());
    }
    all
}

#[cfg(test)]
mod tests;
