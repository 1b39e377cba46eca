//! The report for test views of CI systems: `JUnit` XML. A suite is a target; a test case is a case and a family of rules.
//!
//! The only report with times: it is not the same twice.

use std::io;
use std::time::Duration;

use super::family::FAMILIES;
use super::{CaseReport, RunReport, Status, TargetReport, family, visible};
use crate::finding::{Finding, Severity};

/// A test case.
struct Test {
    name: String,
    time: Duration,
    outcome: Outcome,
    /// What was found below the level that fails.
    output: String,
}

enum Outcome {
    Passed,
    /// What is wrong: in one line, and at length.
    Failed(String, String),
    Skipped(String),
    /// The target could not be checked.
    Error(String),
}

/// Writes the report; findings at or above `fail_on` fail their test case, others are its output.
pub fn write(report: &RunReport, fail_on: Severity, out: &mut dyn io::Write) -> io::Result<()> {
    let suites: Vec<(&TargetReport, Vec<Test>)> =
        report.targets.iter().map(|it| (it, tests(it, &report.findings, fail_on))).collect();
    let all = || suites.iter().flat_map(|(_, tests)| tests);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"portcullis\" {}>", counts(&all().collect::<Vec<_>>()))?;
    for (target, tests) in &suites {
        let name = attribute(&target.path);
        writeln!(out, "  <testsuite name=\"{name}\" {}>", counts(&tests.iter().collect::<Vec<_>>()))?;
        tests.iter().try_for_each(|it| write_test(it, &name, out))?;
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn counts(tests: &[&Test]) -> String {
    let count = |is: fn(&Outcome) -> bool| tests.iter().filter(|it| is(&it.outcome)).count();
    let (failures, errors) = (count(|it| matches!(it, Outcome::Failed(..))), count(|it| matches!(it, Outcome::Error(_))));
    let skipped = count(|it| matches!(it, Outcome::Skipped(_)));
    let time = seconds(tests.iter().map(|it| it.time).sum());
    format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{time}\"", tests.len())
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

fn write_test(test: &Test, suite: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let head = format!("<testcase name=\"{}\" classname=\"{suite}\" time=\"{}\"", attribute(&test.name), seconds(test.time));
    if matches!(test.outcome, Outcome::Passed) && test.output.is_empty() {
        return writeln!(out, "    {head}/>");
    }
    writeln!(out, "    {head}>")?;
    match &test.outcome {
        Outcome::Passed => {}
        Outcome::Failed(message, all) => {
            writeln!(out, "      <failure message=\"{}\" type=\"finding\">{}</failure>", attribute(message), text(all))?;
        }
        Outcome::Skipped(why) => writeln!(out, "      <skipped message=\"{}\"/>", attribute(why))?,
        Outcome::Error(why) => {
            writeln!(
                out,
                "      <error message=\"{}\" type=\"target\">{}</error>",
                attribute(&visible::first_line(why)),
                text(why)
            )?;
        }
    }
    if !test.output.is_empty() {
        writeln!(out, "      <system-out>{}</system-out>", text(&test.output))?;
    }
    writeln!(out, "    </testcase>")
}

/// Makes the test cases of a target. Only what rendered is judged by more than one family.
fn tests(target: &TargetReport, findings: &[Finding], fail_on: Severity) -> Vec<Test> {
    let counted: Vec<&Finding> = findings.iter().filter(|it| it.target == target.path && it.suppressed.is_none()).collect();
    let mut tests: Vec<Test> = whole(target).into_iter().collect();
    for case in &target.cases {
        let twice = target.cases.iter().filter(|it| it.label == case.label).count() > 1;
        let label = if twice { format!("{} ({})", case.label, case.id) } else { case.label.clone() };
        for (family, of_family) in families(case, &counted) {
            let time = if family == FAMILIES[0] { case.duration } else { Duration::ZERO };
            let (outcome, output) = judge(case, &of_family, fail_on);
            tests.push(Test { name: format!("{label}: {family}"), time, outcome, output });
        }
    }
    tests
}

/// What there is to say of a target that was not checked.
fn whole(target: &TargetReport) -> Option<Test> {
    let why = target.message.clone().unwrap_or_else(|| "no reason is known".into());
    let outcome = match target.status {
        Status::Checked => return None,
        Status::Skipped => Outcome::Skipped(why),
        Status::Failed => Outcome::Error(why),
    };
    Some(Test { name: "target".into(), time: Duration::ZERO, outcome, output: String::new() })
}

fn families<'a>(case: &CaseReport, findings: &[&'a Finding]) -> Vec<(&'static str, Vec<&'a Finding>)> {
    let of = |family_of: &str| {
        let shown = findings.iter().filter(|it| it.cases.contains(&case.id) && family(it.rule) == family_of);
        shown.copied().collect::<Vec<_>>()
    };
    let all = FAMILIES.iter().map(|it| (*it, of(it)));
    all.filter(|(family, found)| case.outcome == "rendered" || *family == FAMILIES[0] || !found.is_empty()).collect()
}

fn judge(case: &CaseReport, findings: &[&Finding], fail_on: Severity) -> (Outcome, String) {
    let (failing, rest): (Vec<&Finding>, Vec<&Finding>) = findings.iter().partition(|it| it.severity >= fail_on);
    let lines = |them: &[&Finding]| them.iter().map(|it| line(it)).collect::<Vec<_>>().join("\n");
    let outcome = match failing.as_slice() {
        [] if case.outcome == "rendered" => Outcome::Passed,
        [] => Outcome::Skipped(format!("{}: {}", case.outcome, case.message.as_deref().unwrap_or("no reason is known"))),
        [one] => Outcome::Failed(one.message.clone(), lines(&failing)),
        [first, ..] => Outcome::Failed(format!("{} findings, first: {}", failing.len(), first.message), lines(&failing)),
    };
    (outcome, lines(&rest))
}

fn line(it: &Finding) -> String {
    let place = it.location.as_ref().map_or_else(
        || it.target.clone(),
        |at| {
            let number = |it: Option<u32>| it.map(|it| format!(":{it}")).unwrap_or_default();
            format!("{}{}{}", at.file, number(at.line), number(at.column))
        },
    );
    let help = it.help.as_ref().map(|it| format!("\n  {}", it.replace('\n', "\n  "))).unwrap_or_default();
    format!("{place}: {}[{}]: {}{help}", it.severity, it.rule, it.message)
}

/// Makes a text fit for an attribute.
fn attribute(text: &str) -> String {
    escaped(&visible::joined(text))
}

/// Makes a text fit for an element; its lines stay lines.
fn text(text: &str) -> String {
    visible::lines(text).lines().map(escaped).collect::<Vec<_>>().join("\n")
}

/// Escapes what is markup; what XML 1.0 cannot hold in any form is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\t' => out += "&#9;",
            '\n' => out += "&#10;",
            '\r' => out += "&#13;",
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            it => out.push(it),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::fixture;

    fn written(report: &RunReport, fail_on: Severity) -> String {
        let mut out = Vec::new();
        write(report, fail_on, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn report_follows_the_format() {
        insta::assert_snapshot!(written(&fixture::report(), Severity::Error));
    }

    #[test]
    fn level_decides_what_fails() {
        let failures = |fail_on| written(&fixture::report(), fail_on).matches("<failure ").count();
        assert_eq!([Severity::Error, Severity::Warning, Severity::Note].map(failures), [5, 7, 7]);
        assert_eq!(written(&fixture::clean(), Severity::Note).matches("<failure ").count(), 0);
    }

    #[test]
    fn times_add_up() {
        let mut report = fixture::report();
        report.targets.truncate(1);
        assert!(
            written(&report, Severity::Error).contains(
                "<testsuite name=\"charts/web\" tests=\"21\" failures=\"5\" errors=\"0\" skipped=\"1\" time=\"6.170\">"
            )
        );
    }

    #[test]
    fn same_labels_are_told_apart() {
        let mut report = fixture::report();
        report.targets[0].cases[1].label = "default".into();
        let text = written(&report, Severity::Error);
        assert!(text.contains("\"default (id-default): ports\"") && text.contains("\"default (id-ci/tls-values.yaml): ports\""));
    }

    #[test]
    fn hostile_texts_stay_texts() {
        let mut report = fixture::hostile();
        report.targets[0].cases[0].label = "\"/><x a='\u{ffff}]]>".into();
        let text = written(&report, Severity::Note);
        let legal = |it: char| it == '\n' || (it >= ' ' && !matches!(it, '\u{fffe}' | '\u{ffff}'));
        assert_eq!(text.chars().find(|it| !legal(*it)), None);
        assert_eq!(text.matches("<x ").count(), 0);
    }

    proptest! {
        #[test]
        fn escaping_is_undone_by_reading(text in any::<String>()) {
            let escaped = escaped(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\n', '\r', '\t']));
            let read = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#9;", "\t"), ("&#10;", "\n"), ("&#13;", "\r"), ("&amp;", "&")];
            let read = read.iter().fold(escaped, |text, (from, to)| text.replace(from, to));
            let illegal = |it: char| (it < ' ' && !matches!(it, '\t' | '\n' | '\r')) || matches!(it, '\u{fffe}' | '\u{ffff}');
            prop_assert_eq!(read, text.replace(illegal, "\u{fffd}"));
        }
    }
}
