//! The report for GitHub Actions: a workflow command for each finding, which becomes an annotation, and a step summary.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use std::io;

mod summary;

pub use summary::summary;

use super::{RunReport, Status, TargetReport, visible};
use crate::finding::{Finding, Severity};

/// Writes the commands.
pub fn write(report: &RunReport, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in report.findings.iter().filter(|it| it.suppressed.is_none()) {
        writeln!(out, "{}", of_finding(finding, report))?;
    }
    report.targets.iter().filter_map(of_target).try_for_each(|it| writeln!(out, "{it}"))
}

fn of_finding(finding: &Finding, report: &RunReport) -> String {
    let place = place(finding, report.targets.iter().find(|it| it.path == finding.target));
    let help = finding.help.as_ref().map(|it| format!("\n{it}")).unwrap_or_default();
    let mut properties = Vec::new();
    if let Some((file, line, column)) = place {
        properties.push(("file", file));
        properties.extend(line.map(|it| ("line", it.to_string())));
        properties.extend(column.map(|it| ("col", it.to_string())));
    }
    properties.push(("title", finding.rule.to_owned()));
    command(name(finding.severity), &properties, &format!("{}{help}", finding.message))
}

/// Returns where to put the annotation: the place to change, or the file that makes the target one.
fn place(finding: &Finding, target: Option<&TargetReport>) -> Option<(String, Option<u32>, Option<u32>)> {
    match (&finding.location, target) {
        (Some(at), Some(target)) => Some((target.file_in_repo(&at.file), at.line, at.column)),
        (Some(at), None) => Some((at.file.clone(), at.line, at.column)),
        (None, target) => Some((target?.own_file()?, None, None)),
    }
}

fn of_target(target: &TargetReport) -> Option<String> {
    let (severity, title) = match target.status {
        Status::Checked => return None,
        Status::Skipped if target.is_unused => (Severity::Note, "component not built"),
        Status::Skipped => (Severity::Warning, "target skipped"),
        Status::Failed => (Severity::Error, "target failed"),
    };
    let why = target.message.as_deref().unwrap_or("no reason is known");
    Some(command(name(severity), &[("title", title.to_owned())], &format!("{}: {why}", target.path)))
}

fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

fn command(name: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<String> = properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    format!("::{name} {}::{}", properties.join(","), data(&visible::lines(message)))
}

/// Escapes as the runner's own toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&visible::line(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::fixture;

    fn written(report: &RunReport) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn commands_follow_the_format() {
        insta::assert_snapshot!(written(&fixture::report()));
    }

    #[test]
    fn clean_run_says_nothing() {
        assert_eq!(written(&fixture::clean()), "");
    }

    #[test]
    fn nobody_smuggles_a_command_in() {
        let report = fixture::hostile();
        let mut evil = report.clone();
        evil.findings[0].message = "x\n::error::y".into();
        evil.findings[0].location.as_mut().unwrap().file = "a,line=1::b".into();
        for report in [report, evil] {
            let text = written(&report);
            assert_eq!(text.lines().count(), 7, "{text}");
            assert!(text.lines().all(|it| it.starts_with("::") && it.matches("::").count() >= 2), "{text}");
        }
    }

    proptest! {
        #[test]
        fn commands_are_one_line(file in any::<String>(), message in any::<String>()) {
            let text = command("error", &[("file", file.clone())], &message);
            prop_assert!(!text.contains(['\n', '\r']));
            let (head, tail) = text.strip_prefix("::error file=").unwrap().split_once("::").unwrap();
            prop_assert!(!head.contains([',', ':']));
            let read = |it: &str| it.replace("%0A", "\n").replace("%0D", "\r").replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
            prop_assert_eq!(read(head), visible::line(&file).into_owned());
            prop_assert_eq!(read(tail), visible::lines(&message));
        }
    }
}
