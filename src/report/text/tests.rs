use super::*;
use crate::report::{Status, fixture};

const PLAIN: TextOptions = TextOptions { color: false, width: 100, verbose: false, quiet: false, fail_on: Severity::Error };

fn text(report: &RunReport, options: TextOptions) -> String {
    let mut out = Vec::new();
    write(report, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn last_line(report: &RunReport) -> String {
    text(report, PLAIN).lines().last().unwrap().to_owned()
}

#[test]
fn everything_that_counts_is_shown() {
    insta::assert_snapshot!(text(&fixture::report(), PLAIN));
}

#[test]
fn verbose_shows_the_rest() {
    insta::assert_snapshot!(text(&fixture::report(), TextOptions { verbose: true, ..PLAIN }));
}

#[test]
fn colour_adds_only_escapes() {
    let colored = text(&fixture::report(), TextOptions { color: true, ..PLAIN });
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), text(&fixture::report(), PLAIN));
    insta::assert_snapshot!(colored.replace('\u{1b}', "ESC"));
}

#[test]
fn quiet_is_one_line_each() {
    insta::assert_snapshot!(text(&fixture::report(), TextOptions { quiet: true, ..PLAIN }), @r"
    charts/web/templates/ingress.yaml:23:25: error[dangling-port]: Ingress/rel-web asks for port 80, which Service/rel-web does not have
    charts/web/templates/svc.yaml:7: error[hard-coded-number]: Service/rel-web keeps port 8080 when service.port moves
    overlays/prod: skipped: kustomize is not installed …
    charts/broken: failed: no case rendered: Chart.yaml is no YAML
    ");
    let warnings = text(&fixture::report(), TextOptions { quiet: true, fail_on: Severity::Warning, ..PLAIN });
    assert_eq!(warnings.matches(": warning[").count(), 1);
    assert_eq!(text(&fixture::clean(), TextOptions { quiet: true, ..PLAIN }), "");
}

#[test]
fn clean_run_is_one_line() {
    assert_eq!(text(&fixture::clean(), PLAIN), "no findings: 2 charts, 10 cases\n");
    assert_eq!(text(&RunReport::default(), PLAIN), "no findings: 0 targets, 0 cases\n");
}

#[test]
fn hidden_characters_are_shown() {
    for verbose in [false, true] {
        for quiet in [false, true] {
            let text = text(&fixture::hostile(), TextOptions { verbose, quiet, ..PLAIN });
            let hidden = |it: &char| it.is_control() && *it != '\n' || ('\u{202a}'..='\u{202e}').contains(it);
            assert_eq!(text.chars().find(hidden), None, "{text:?}");
        }
    }
    insta::assert_snapshot!(text(&fixture::hostile(), PLAIN));
}

#[test]
fn numbers_agree_with_their_nouns() {
    let mut report = fixture::report();
    assert_eq!(
        last_line(&report),
        "2 errors, 1 warning, 2 notes in 1 of 3 targets (6 cases: 4 rendered, 1 refused, 1 failed); 1 suppressed; 2 targets not checked"
    );
    report.targets.retain(|it| it.status == Status::Checked);
    report.findings.truncate(1);
    assert_eq!(last_line(&report), "1 error in 1 chart (5 cases: 4 rendered, 1 refused)");
    report.targets[0].cases.truncate(1);
    assert_eq!(last_line(&report), "1 error in 1 chart (1 case)");
    report.findings.clear();
    assert_eq!(last_line(&report), "no findings: 1 chart, 1 case");
}

#[test]
fn suppressed_findings_are_only_counted() {
    let mut report = fixture::report();
    report.targets.truncate(1);
    report.targets[0].message = None;
    report.targets[0].left_out.cases = 0;
    report.findings.retain(|it| it.suppressed.is_some());
    assert_eq!(text(&report, PLAIN), "no findings: 1 chart, 5 cases (4 rendered, 1 refused); 1 suppressed\n");
}

#[test]
fn many_notes_are_cut() {
    let mut report = fixture::report();
    let note = report.findings.pop().unwrap();
    report.findings = vec![note; 9];
    let text = text(&report, PLAIN);
    assert_eq!(text.matches("note[coupled-values]").count(), 5);
    assert!(text.contains("4 more notes (`-v` shows all)\n"), "{text}");
}

#[test]
fn many_cases_are_cut() {
    let mut report = fixture::report();
    report.findings.truncate(1);
    let finding = &mut report.findings[0];
    finding.cases = ["default", "a", "b", "c", "d", "everything on"].map(|it| format!("id-{it}")).into();
    report.targets[0].cases = finding.cases[..5]
        .iter()
        .chain(&["x".to_owned(), "y".to_owned()])
        .map(|id| {
            let mut case = report.targets[0].cases[0].clone();
            (case.id, case.label) = (id.clone(), id.trim_start_matches("id-").to_owned());
            case
        })
        .collect();
    finding.cases.pop();
    assert!(text(&report, PLAIN).contains("= in 5 of 7 cases: default; a; b; and 2 more\n"));
}

#[test]
fn excerpts_that_touch_are_one() {
    let mut report = fixture::report();
    report.findings.truncate(1);
    let finding = &mut report.findings[0];
    let mut above = finding.excerpts[0].clone();
    above.first_line = 20;
    above.lines = vec!["            service:".into(), "              name: rel-web".into(), String::new()];
    above.lines[2] = finding.excerpts[0].lines[0].clone();
    (above.mark_line, above.mark_columns, above.primary) = (21, Some((21, 28)), false);
    above.label = "of this Service".into();
    finding.excerpts.push(above);
    insta::assert_snapshot!(text(&report, PLAIN).lines().skip(2).take(9).collect::<Vec<_>>().join("\n"), @r"
    error[dangling-port]: Ingress/rel-web asks for port 80, which Service/rel-web does not have
      --> charts/web/templates/ingress.yaml:23:25
       |
    20 |             service:
    21 |               name: rel-web
       |                     ------- of this Service
    22 |               port:
    23 |                 number: 80
       |                         ^^ no such port
    ");
}

#[test]
fn marks_outside_of_the_text_do_no_harm() {
    let mut report = fixture::report();
    for (line, columns) in [(0, None), (99, Some((1, 2))), (23, Some((900, 950))), (23, Some((0, 0))), (23, Some((31, 29)))] {
        let excerpt = &mut report.findings[0].excerpts[0];
        (excerpt.mark_line, excerpt.mark_columns) = (line, columns);
        text(&report, PLAIN);
        for width in [0, 10, usize::MAX] {
            text(&report, TextOptions { width, ..PLAIN });
        }
    }
    report.findings[0].excerpts[0].lines[1] = "x".repeat(100_000);
    assert!(text(&report, PLAIN).lines().all(|line| line.chars().count() < 300));
    report.findings[0].excerpts[0].lines.clear();
    text(&report, PLAIN);
}
