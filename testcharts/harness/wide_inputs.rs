//! Charts that are big, many or wide, and not meant ill.

use std::process::Stdio;
use std::time::Duration;

use crate::hostile_tools::{SERVICE, helm, said};
use crate::sandbox::Sandbox;

#[test]
fn chart_of_5000_templates_is_checked() {
    let sandbox = Sandbox::new();
    sandbox.chart("wide");
    let mut rendered = String::new();
    for it in 0..5000 {
        let (file, text) = (format!("templates/{it}.yaml"), format!("kind: ConfigMap\nmetadata: {{name: x-{it}}}\n"));
        sandbox.write(&format!("wide/{file}"), &text);
        rendered.extend(["---\n# Source: web/", &file, "\n", &text]);
    }
    sandbox.write("rendered.yaml", rendered);
    helm(&sandbox, "cat rendered.yaml");
    let report = sandbox.watched(&["check", "wide", "-o", "json", "--jobs", "2"]).json();
    assert_eq!(said(&report, "wide").0, "checked");
}

#[test]
fn values_of_20_megabytes_are_read() {
    let sandbox = Sandbox::new();
    let certificates = (0..200).map(|it| format!("cert{it}: {}\n", "x".repeat(100_000))).collect::<Vec<_>>().concat();
    sandbox.chart("good").write("good/values.yaml", format!("port: 80\nservice: {{enabled: false}}\n{certificates}"));
    helm(&sandbox, SERVICE);
    let report = sandbox.watched(&["check", "good", "-o", "json"]).json();
    assert_eq!(said(&report, "good").0, "checked");
}

#[test]
fn switches_beyond_the_budget_are_left_out() {
    let sandbox = Sandbox::new();
    let switches = (0..2000).map(|it| format!("x{it}: {{enabled: false, port: {}}}\n", 1000 + it)).collect::<Vec<_>>().concat();
    sandbox.chart("good").write("good/values.yaml", switches);
    helm(&sandbox, SERVICE);
    let report = sandbox.watched(&["check", "good", "-o", "json"]).json();
    assert_eq!(said(&report, "good").0, "checked");
    let cases = report["targets"][0]["cases"].as_array().unwrap().len();
    assert!(cases <= 13, "{cases} cases");
}

#[test]
fn ports_beyond_the_budget_are_left_out() {
    let sandbox = Sandbox::new();
    let ports = (0..100_000).map(|it| format!("port{it}: {}\n", 1 + it % 60_000)).collect::<Vec<_>>().concat();
    sandbox.chart("good").write("good/values.yaml", ports);
    helm(&sandbox, SERVICE);
    let report = sandbox.watched(&["check", "good", "-o", "json"]).json();
    assert_eq!(said(&report, "good").0, "checked");
}

#[test]
fn thousand_findings_in_one_line_are_told() {
    let paths: Vec<String> = (0..1000)
        .map(|it| {
            format!("{{\"path\": \"/{it}\", \"backend\": {{\"service\": {{\"name\": \"web\", \"port\": {{\"number\": 81}}}}}}}}")
        })
        .collect();
    let service = "{\"kind\": \"Service\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"web\"}, \"spec\": {\"ports\": [{\"port\": 80}]}}";
    let ingress =
        "{\"kind\": \"Ingress\", \"apiVersion\": \"networking.k8s.io/v1\", \"metadata\": {\"name\": \"web\"}, \"spec\": ";
    let text = format!("{service}\n---\n{ingress}{{\"rules\": [{{\"http\": {{\"paths\": [{}]}}}}]}}}}\n", paths.join(", "));
    let sandbox = Sandbox::new();
    sandbox.write("line.yaml", text);
    for format in ["text", "json", "sarif", "junit", "github"] {
        assert_eq!(sandbox.watched(&["check", "line.yaml", "-v", "-o", format]).code, 1);
    }
}

#[test]
fn axes_beyond_all_measure_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.chart("good");
    helm(&sandbox, SERVICE);
    let items: Vec<String> = (0..60).map(|it| it.to_string()).collect();
    let axes: Vec<String> = (0..6).map(|it| format!("set:a{it}={}", items.join(","))).collect();
    let mut args = vec!["check", "good", "--combine", "product"];
    args.extend(axes.iter().flat_map(|it| ["--axis", it]));
    let ran = sandbox.watched(&args);
    assert_eq!(ran.code, 2, "{ran}");
}

#[test]
fn thousand_charts_are_checked() {
    let sandbox = Sandbox::new();
    (0..1000).for_each(|it| _ = sandbox.chart(&format!("charts/good-{it}")));
    helm(&sandbox, SERVICE);
    let running = sandbox.start(&["check", "charts", "--no-discover", "-q"], Stdio::null());
    let ran = running.time_limit(Duration::from_secs(60)).ended();
    assert_eq!((ran.code, &*ran.stdout), (0, ""), "{ran}");
}
