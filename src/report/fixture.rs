//! The run that all reporters are tested with: every kind of finding, target and case, each once.

use std::time::Duration;

use super::{CaseReport, LeftOut, RunReport, Status, TargetReport};
use crate::finding::{
    Edit, Excerpt, Finding, Fix, Location, Precision, Related, RenderedPlace, Safety, Severity, Subject, Suppression, When,
    Witness,
};

/// Errors, a warning, notes, one suppressed finding; a target that is checked, one skipped, one failed.
pub(crate) fn report() -> RunReport {
    RunReport {
        helm: Some("v4.3.1".into()),
        kustomize: None,
        targets: vec![web(), skipped(), failed()],
        findings: vec![dangling_port(), hard_coded(), unbound(), suppressed(), coupled(1), coupled(2)],
    }
}

/// Two charts and nothing wrong.
pub(crate) fn clean() -> RunReport {
    let target = |path: &str| TargetReport {
        path: path.into(),
        repo_path: path.into(),
        message: None,
        left_out: LeftOut::default(),
        ..web()
    };
    let mut report = RunReport { targets: vec![target("charts/api"), target("charts/web")], ..RunReport::default() };
    for case in report.targets.iter_mut().flat_map(|target| &mut target.cases) {
        (case.outcome, case.message) = ("rendered", None);
    }
    report
}

/// Texts that would act on a terminal, in every place that a manifest can fill.
pub(crate) fn hostile() -> RunReport {
    let evil = "\u{1b}[2J\u{9b}31m\u{202e}\u{7}\r\u{0}x";
    let mut report = report();
    report.helm = Some(evil.into());
    for target in &mut report.targets {
        target.path.push_str(evil);
        target.repo_path.push_str(evil);
        target.message = Some(format!("needs {evil}\nvalues: {evil}"));
        target.left_out.why = Some(evil.into());
        for case in &mut target.cases {
            case.label = format!("a={evil}");
            case.message = Some(evil.into());
        }
    }
    for finding in &mut report.findings {
        finding.target.push_str(evil);
        finding.message = format!("Ingress/{evil} asks\nfor {evil}");
        finding.subject.name = evil.into();
        finding.fed_by = vec![evil.into()];
        finding.help = Some(format!("set {evil}\nor {evil}"));
        if let Some(location) = &mut finding.location {
            location.file = format!("charts/{evil}.yaml");
        }
        if let Some(witness) = &mut finding.witness {
            witness.command = format!("helm template {evil}");
        }
        for fix in &mut finding.fixes {
            fix.title = evil.into();
        }
        if let Some(suppression) = &mut finding.suppressed {
            suppression.reason = evil.into();
        }
        for excerpt in &mut finding.excerpts {
            excerpt.origin = format!("charts/{evil}.yaml");
            excerpt.label = evil.into();
            excerpt.lines = excerpt.lines.iter().map(|line| format!("\t{evil}: {line}")).collect();
        }
    }
    report
}

fn case(label: &str, source: &'static str, outcome: &'static str, message: Option<&str>) -> CaseReport {
    let args = if label == "default" { vec![] } else { vec!["--set".into(), label.into()] };
    CaseReport {
        id: format!("id-{label}"),
        label: label.into(),
        source,
        args,
        renderer: "helm",
        outcome,
        message: message.map(Into::into),
        duration: Duration::from_millis(1234),
    }
}

fn web() -> TargetReport {
    let mut cases = vec![
        case("default", "default", "rendered", None),
        case("ci/tls-values.yaml", "ci", "rendered", None),
        case("ingress.enabled=true", "discovered", "rendered", None),
        case("metrics.enabled=true", "discovered", "rendered", None),
        case("everything on", "discovered", "refused", Some("execution error at (web/templates/x.yaml:1:4): set domain\n")),
    ];
    cases[2].renderer = "builtin";
    TargetReport {
        path: "charts/web".into(),
        repo_path: "deploy/charts/web".into(),
        kind: "helm",
        status: Status::Checked,
        message: Some("needs values: domain".into()),
        is_empty: false,
        is_unused: false,
        cases,
        left_out: LeftOut { cases: 40, why: Some("--max-cases 5".into()) },
    }
}

fn skipped() -> TargetReport {
    TargetReport {
        path: "overlays/prod".into(),
        repo_path: "deploy/overlays/prod".into(),
        kind: "kustomize",
        status: Status::Skipped,
        message: Some("kustomize is not installed\ninstall `kustomize` or `kubectl`".into()),
        is_empty: false,
        is_unused: false,
        cases: vec![],
        left_out: LeftOut::default(),
    }
}

fn failed() -> TargetReport {
    TargetReport {
        path: "charts/broken".into(),
        repo_path: "deploy/charts/broken".into(),
        kind: "helm",
        status: Status::Failed,
        message: Some("no case rendered: Chart.yaml is no YAML".into()),
        is_empty: false,
        is_unused: false,
        cases: vec![case("default", "default", "failed", Some("Error: Chart.yaml: bad"))],
        left_out: LeftOut::default(),
    }
}

fn subject(kind: &str) -> Subject {
    let api_version = match kind {
        "Ingress" => "networking.k8s.io/v1",
        "Deployment" => "apps/v1",
        _ => "v1",
    };
    Subject { api_version: api_version.into(), kind: kind.into(), name: "rel-web".into(), namespace: "default".into() }
}

fn location(file: &str, line: u32, column: u32) -> Location {
    Location { file: format!("charts/web/{file}"), line: Some(line), column: Some(column), precision: Precision::Exact }
}

fn dangling_port() -> Finding {
    Finding {
        rule: "dangling-port",
        severity: Severity::Error,
        message: "Ingress/rel-web asks for port 80, which Service/rel-web does not have".into(),
        target: "charts/web".into(),
        subject: subject("Ingress"),
        path: "spec.rules[0].http.paths[0].backend.service.port.number".into(),
        value: 80.into(),
        location: Some(location("templates/ingress.yaml", 23, 25)),
        rendered: Some(RenderedPlace { case: "id-ingress.enabled=true".into(), line: 61, column: 19 }),
        related: vec![Related {
            role: "target",
            subject: subject("Service"),
            path: "spec.ports[0].port".into(),
            value: 8080.into(),
            location: None,
            rendered: Some(RenderedPlace { case: "id-ingress.enabled=true".into(), line: 12, column: 11 }),
            fed_by: vec!["service.port".into()],
        }],
        fed_by: vec![],
        when: When::Set,
        cases: vec!["id-ingress.enabled=true".into()],
        witness: Some(Witness {
            args: vec!["--set-json".into(), "service.port=8080".into()],
            renderer: "helm".into(),
            command: "helm template rel charts/web --set-json service.port=8080".into(),
        }),
        help: Some("write the expression that feeds the Service: `{{ .Values.service.port }}`".into()),
        fixes: vec![Fix {
            title: "use `.Values.service.port`".into(),
            safety: Safety::Safe,
            edits: vec![Edit {
                file: "charts/web/templates/ingress.yaml".into(),
                start: 512,
                end: 514,
                text: "{{ $.Values.service.port }}".into(),
            }],
            diff: "--- a\n+++ b\n".into(),
            proven_on: 4,
        }],
        suppressed: None,
        fingerprint: "6ce0f1a2".into(),
        excerpts: vec![template_excerpt(), service_excerpt()],
    }
}

fn template_excerpt() -> Excerpt {
    Excerpt {
        origin: "charts/web/templates/ingress.yaml".into(),
        first_line: 22,
        lines: vec!["              port:".into(), "                number: 80".into()],
        mark_line: 23,
        mark_columns: Some((25, 27)),
        label: "no such port".into(),
        primary: true,
    }
}

fn service_excerpt() -> Excerpt {
    Excerpt {
        origin: "rendered (ingress.enabled=true)".into(),
        first_line: 10,
        lines: vec!["spec:".into(), "  ports:".into(), "  - port: 8080".into(), "    name: http".into()],
        mark_line: 12,
        mark_columns: Some((11, 15)),
        label: "the only port of Service/rel-web".into(),
        primary: false,
    }
}

/// In all cases that rendered; the mark is a whole line; no column is known.
fn hard_coded() -> Finding {
    Finding {
        rule: "hard-coded-number",
        location: Some(Location { column: None, precision: Precision::Line, ..location("templates/svc.yaml", 7, 1) }),
        message: "Service/rel-web keeps port 8080 when service.port moves".into(),
        subject: subject("Service"),
        cases: ["default", "ci/tls-values.yaml", "ingress.enabled=true", "metrics.enabled=true"]
            .map(|it| format!("id-{it}"))
            .into(),
        witness: None,
        fixes: vec![],
        help: None,
        fed_by: vec!["service.port".into(), "service.name".into()],
        related: vec![],
        excerpts: vec![Excerpt {
            origin: "charts/web/templates/svc.yaml".into(),
            first_line: 7,
            lines: vec!["  {{- include \"web.ports\" . | nindent 2 }}".into()],
            mark_line: 7,
            mark_columns: None,
            label: String::new(),
            primary: true,
        }],
        ..dangling_port()
    }
}

/// No excerpt, only a place in a rendering.
fn unbound() -> Finding {
    Finding {
        rule: "unbound-target-port",
        severity: Severity::Warning,
        message: "Service/rel-web sends to port 9090, which no container of Deployment/rel-web has".into(),
        location: None,
        subject: subject("Service"),
        cases: vec!["id-default".into(), "id-ci/tls-values.yaml".into()],
        witness: None,
        fixes: vec![],
        related: vec![],
        rendered: Some(RenderedPlace { case: "id-default".into(), line: 14, column: 17 }),
        help: Some("declare the port in the container\nor correct targetPort".into()),
        excerpts: vec![],
        ..dangling_port()
    }
}

fn suppressed() -> Finding {
    Finding {
        rule: "dangling-service",
        severity: Severity::Error,
        message: "Ingress/rel-web names Service/legacy, which is not rendered".into(),
        suppressed: Some(Suppression { by: "annotation", reason: "served by another release".into() }),
        ..dangling_port()
    }
}

fn coupled(line: u32) -> Finding {
    Finding {
        rule: "coupled-values",
        severity: Severity::Note,
        message: "service.port and ingress.port must be moved together".into(),
        location: Some(location("values.yaml", line, 3)),
        ..hard_coded()
    }
}

/// Returns a report as JSON.
pub(crate) fn json(report: &RunReport) -> String {
    let mut out = Vec::new();
    super::json::write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
