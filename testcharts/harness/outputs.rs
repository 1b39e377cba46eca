//! Reports: formats, files, how much they say. Standard output holds the report alone.

use std::fs;

use crate::charts::assert_fits_schema;
use crate::sandbox::Sandbox;

const TARGET: &str = "testcharts/manifests-wrong-number";

#[test]
fn quiet_report_is_a_line_a_finding() {
    let out = Sandbox::new().in_project().run(&format!("check {TARGET} -q")).ended(1);
    assert_eq!(out.lines().count(), 1, "{out}");
    assert!(out.starts_with(&format!("{TARGET}/ingress.yaml:16:27: error[dangling-port]: ")), "{out}");
}

#[test]
fn quiet_and_clean_says_nothing() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    let ran = sandbox.in_project().run("check testcharts/names-end-to-end -q");
    assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (0, "", ""), "{ran}");
}

#[test]
fn verbose_report_shows_cases_and_what_is_suppressed() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    snapshot!(sandbox.in_project().run("check testcharts/suppressed-by-annotation -v"));
}

#[test]
fn report_goes_to_standard_output_and_to_files() {
    let sandbox = Sandbox::new();
    sandbox.copy("manifests-wrong-number");
    let ran = sandbox.run("check manifests-wrong-number -o text -o json=report.json -o text=report.txt");
    assert_eq!((ran.code, &*ran.stderr), (1, ""), "{ran}");
    assert_eq!(fs::read_to_string(sandbox.path("report.txt")).unwrap(), ran.stdout);
    let file = fs::read_to_string(sandbox.path("report.json")).unwrap();
    assert_fits_schema(&serde_json::from_str(&file).unwrap());
    assert_eq!(file, sandbox.run("check manifests-wrong-number -o json").ended(1));
    assert_eq!(file, sandbox.run("check manifests-wrong-number -o json=-").ended(1));
}

#[test]
fn json_report_is_written_when_nothing_could_be_checked() {
    let sandbox = Sandbox::new();
    let report = sandbox.run("check missing -o json");
    assert_eq!(report.code, 3, "{report}");
    let report = report.json();
    assert_fits_schema(&report);
    assert_eq!(report["targets"][0]["status"], "failed");
}

#[test]
fn json_report_has_all_that_is_known() {
    snapshot!(Sandbox::new().in_project().run(&format!("check {TARGET} -o json")));
}

#[test]
fn colour_is_only_where_it_is_asked_for() {
    let sandbox = Sandbox::new().in_project();
    let check = |color: &str| sandbox.run(&format!("check {TARGET} {color}")).ended(1);
    assert!(!check("").contains('\u{1b}'));
    assert_eq!(check("--color never"), check(""));
    let coloured = check("--color always");
    assert!(coloured.contains("\u{1b}["), "{coloured}");
}

#[test]
fn standard_input_is_manifests() {
    let manifests = "kind: Service
apiVersion: v1
metadata: {name: web}
spec: {ports: [{port: 8080}]}
---
kind: Ingress
apiVersion: networking.k8s.io/v1
metadata: {name: web}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
";
    snapshot!(Sandbox::new().run_with(&["check", "-"], manifests));
}

#[test]
fn empty_standard_input_is_told() {
    snapshot!(Sandbox::new().run_with(&["check", "-"], ""));
}
