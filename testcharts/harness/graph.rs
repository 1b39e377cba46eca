//! `portcullis graph`: the pictures of a target, and what is said where there is none.

use crate::sandbox::Sandbox;

#[test]
fn graph_is_drawn_as_text() {
    snapshot!(Sandbox::new().in_project().transcript(&[
        "graph testcharts/manifests-monitors",
        "graph testcharts/manifests-monitors --focus PodMonitor/web",
        "graph testcharts/drift-ingress-literal --set ingress.enabled=true --set service.port=81",
    ]));
}

#[test]
fn every_format_is_printed_whatever_is_broken() {
    let sandbox = Sandbox::new().in_project();
    let print = |format: &str| sandbox.run(&format!("graph testcharts/manifests-routes --format {format}")).ended(0);
    assert!(print("mermaid").starts_with("flowchart LR\n"));
    assert!(print("dot").starts_with("digraph ports {\n"));
    assert!(print("svg").starts_with("<svg ") && print("svg").ends_with("</svg>\n"));
    let json: serde_json::Value = serde_json::from_str(&print("json")).unwrap();
    let broken = json["edges"].as_array().unwrap().iter().filter(|it| it["state"] == "broken").count();
    assert_eq!(broken, 8);
    let validator = jsonschema::draft202012::new(&portcullis::draw::json::schema()).unwrap();
    assert!(validator.is_valid(&json));
}

#[test]
fn rules_that_are_off_break_nothing() {
    let sandbox = Sandbox::new();
    sandbox.copy("manifests-monitors");
    sandbox.write("manifests-monitors/portcullis.yaml", "version: 1\nrules: {all: \"off\"}\n");
    let json = sandbox.run("graph manifests-monitors --format json").json();
    assert!(json["edges"].as_array().unwrap().iter().all(|it| it["state"] != "broken"), "{json:#}");
}

#[test]
fn one_case_is_drawn_by_its_id() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").write("web/ci/other-values.yaml", "port: 8080\n");
    let cases = sandbox.run("matrix web --format json").json();
    let id = cases.as_array().unwrap().iter().find(|it| it["source"] == "ci").unwrap()["id"].as_str().unwrap().to_owned();
    let json = sandbox.run(&format!("graph web --format json --case {id}")).json();
    assert_eq!(json["case"]["id"], id.as_str());
    assert_eq!(json["nodes"][0]["ports"][0]["number"], 8080);
}

#[test]
fn what_cannot_be_drawn_is_told() {
    let sandbox = Sandbox::new();
    sandbox.copy("manifests-monitors").chart("web").chart("many/a").chart("many/b").chart("refusing");
    sandbox.write("refusing/templates/no.yaml", "{{ fail \"set a host\" }}\n");
    sandbox
        .write("broken/Chart.yaml", "apiVersion: v2\nname: broken\nversion: 1.0.0\n")
        .write("broken/templates/x.yaml", "{{ .Values.x\n");
    sandbox.write("empty/Chart.yaml", "apiVersion: v2\nname: empty\nversion: 1.0.0\n");
    snapshot!(sandbox.transcript(&[
        "graph manifests-monitors --focus PodMonitr/web",
        "graph manifests-monitors --focus wbe",
        "graph manifests-monitors --focus something-else",
        "graph web --case nosuchcase",
        "graph many",
        "graph missing",
        "graph refusing",
        "graph broken",
        "graph empty",
        "graph empty --focus x",
        "graph web --format png",
    ]));
}
