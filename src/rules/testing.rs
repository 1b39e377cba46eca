//! Tests of rules: a fixture in YAML, with the findings that are expected as comments below the lines that they are about.
//!
//! ```yaml
//! kind: Ingress
//! spec: { defaultBackend: { service: { name: web, port: { number: 8080 } } } }
//! #                                                               ^^^^ no such port
//! ```

use std::fmt::Write as _;

use crate::finding::Finding;
use crate::graph::Graph;
use crate::kube::{SourceRef, read};
use crate::matrix::{Case, CaseSource, Input};
use crate::source::{Lines, SourceTree};
use crate::target::{Target, TargetKind};
use crate::yaml::parse;

use super::{CaseCx, RULES};

const FILE: &str = "objects.yaml";

/// Checks what a rule says of plain manifests. Returns its findings.
#[track_caller]
pub(super) fn check(rule: &str, fixture: &str) -> Vec<Finding> {
    compare(fixture, run(TargetKind::Manifests, "release-name", fixture).into_iter().filter(|it| it.rule == rule).collect())
}

/// Checks what a rule says of a chart's rendering. Returns its findings.
#[track_caller]
pub(super) fn check_helm(rule: &str, release: &str, fixture: &str) -> Vec<Finding> {
    compare(fixture, run(TargetKind::Helm, release, fixture).into_iter().filter(|it| it.rule == rule).collect())
}

/// Checks what all rules say of plain manifests: for one fault there is to be one finding. Returns the rules that spoke.
#[track_caller]
pub(super) fn check_all(fixture: &str) -> Vec<&'static str> {
    let found = run(TargetKind::Manifests, "release-name", fixture);
    compare(fixture, found).iter().map(|it| it.rule).collect()
}

fn run(kind: TargetKind, release: &str, fixture: &str) -> Vec<Finding> {
    let text = dedent(fixture);
    let mut tree = SourceTree::default();
    tree.insert(FILE, text.as_bytes());
    let target = Target { path: ".".into(), repo_path: "app".into(), kind, root: ".".into(), tree };
    let input = Input { release: release.into(), ..Input::default() };
    let case = Case::new("default", CaseSource::Default, input);
    let own = kind != TargetKind::Helm;
    let source = |line: u32| Some(SourceRef { file: FILE.into(), line, line_in_file: own.then_some(line) });
    let manifest = read(parse(&text), &case.input.namespace, &source);
    assert!(manifest.errors.is_empty(), "the fixture is no YAML: {:?}", manifest.errors);
    let graph = Graph::link(&manifest);
    let lines = Lines::new(&text);
    let cx =
        CaseCx { target: &target, case: &case, text: &text, lines: &lines, provenance: None, manifest: &manifest, graph: &graph };
    let mut found = Vec::new();
    for rule in RULES {
        rule.check_case(&cx, &mut found);
    }
    found
}

#[track_caller]
fn compare(fixture: &str, found: Vec<Finding>) -> Vec<Finding> {
    let text = dedent(fixture);
    let mut actual: Vec<Mark> = found.iter().map(|it| mark(it, &text)).collect();
    actual.sort();
    let expected = annotations(&text);
    assert!(actual == expected, "expected:\n{}\nfound:\n{}\n", drawn(&text, &expected), drawn(&text, &actual));
    found
}

/// Line, first column, column behind the last, label.
type Mark = (u32, u32, u32, String);

fn mark(finding: &Finding, text: &str) -> Mark {
    let rendered = finding.rendered.as_ref().expect("a finding on a case has a place");
    let excerpt = finding.excerpts.iter().find(|it| it.primary).expect("a finding has an excerpt");
    let line = text.lines().nth(rendered.line as usize - 1).unwrap_or_default();
    let end = excerpt.mark_columns.map_or_else(|| width(line.trim_end()), |(_, end)| end);
    (rendered.line, rendered.column, end, excerpt.label.clone())
}

fn width(line: &str) -> u32 {
    u32::try_from(line.chars().count() + 1).unwrap_or(u32::MAX)
}

fn annotation(line: &str) -> Option<(u32, u32, String)> {
    let rest = line.trim_start().strip_prefix('#')?.trim_start();
    let label = rest.trim_start_matches('^');
    let start = width(&line[..line.len() - rest.len()]);
    let end = width(&line[..line.len() - label.len()]);
    (start < end).then(|| (start, end, label.trim().to_owned()))
}

fn annotations(text: &str) -> Vec<Mark> {
    let mut above = 0;
    let mut marks = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        match annotation(line) {
            Some((start, end, label)) => marks.push((above, start, end, label)),
            None => above = number,
        }
    }
    marks.sort();
    marks
}

/// Writes a fixture with other annotations.
fn drawn(text: &str, marks: &[Mark]) -> String {
    let mut out = String::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| annotation(line).is_none()) {
        _ = writeln!(out, "    {line}");
        for (_, start, end, label) in marks.iter().filter(|it| it.0 == number) {
            let (space, carets) = (start.saturating_sub(2) as usize, (end - start) as usize);
            _ = writeln!(out, "    #{}{} {label}", " ".repeat(space), "^".repeat(carets));
        }
    }
    out
}

/// Takes away the indentation that all lines share, and the empty line at the start.
fn dedent(fixture: &str) -> String {
    let lines: Vec<&str> = fixture.trim_start_matches('\n').trim_end().lines().collect();
    let indent = lines.iter().filter(|it| !it.trim().is_empty()).map(|it| it.len() - it.trim_start().len()).min();
    let cut = |it: &&str| it.get(indent.unwrap_or_default()..).unwrap_or_default().to_owned();
    lines.iter().map(cut).map(|it| it + "\n").collect()
}
