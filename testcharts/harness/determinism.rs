//! Same input, same bytes.

use std::fs;

use crate::charts::names;
use crate::sandbox::Sandbox;

/// Checks all testcharts; returns both reports.
fn everything(sandbox: &Sandbox, jobs: &str) -> [String; 2] {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json").to_string_lossy().into_owned();
    // A folder of manifests must be named.
    let manifests = names().into_iter().filter(|it| it.starts_with("manifests-")).map(|it| format!("testcharts/{it}"));
    let manifests: Vec<String> = manifests.collect();
    let manifests = manifests.join(" ");
    let text = sandbox.run(&format!("check testcharts {manifests} --jobs {jobs} -v -o text -o json={file}")).ended(1);
    [text, fs::read_to_string(file).unwrap()]
}

#[test]
fn jobs_and_repetition_change_no_byte() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    let sandbox = sandbox.in_project();
    let first = everything(&sandbox, "8");
    for jobs in ["1", "8"] {
        let [text, json] = everything(&sandbox, jobs);
        assert!(text == first[0], "the text of --jobs {jobs} differs");
        assert!(json == first[1], "the JSON of --jobs {jobs} differs");
    }
}

/// Equal renderings are judged once; what is said of them must not depend on which case came first.
#[test]
fn equal_broken_renderings_fail_alike() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    sandbox.write("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    sandbox.write("web/crds/broken.yaml", "a: [1\n");
    sandbox.write("web/templates/x.yaml", "kind: ConfigMap\n");
    let run = |jobs: u32| sandbox.run(&format!("check web --include-crds --no-discover --axis set:b=1,2,3,4 -j {jobs}"));
    let (one, many) = (run(1), run(8));
    assert_eq!(one.to_string(), many.to_string());
    assert!(one.stdout.contains("5 failed"), "{one}");
}

/// Whoever renders, the findings are the same; the built-in renderer needs no helm.
#[test]
fn each_renderer_shows_the_same_findings() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    let (sandbox, alone) = (sandbox.in_project(), Sandbox::new().in_project());
    let charts = names().into_iter().filter(|it| crate::sandbox::testcharts().join(it).join("Chart.yaml").exists());
    for chart in charts {
        let findings = |sandbox: &Sandbox, renderer: &str| {
            let ran = sandbox.run(&format!("check testcharts/{chart} -o json --renderer {renderer}"));
            let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran}"));
            let mut findings = report["findings"].clone();
            for finding in findings.as_array_mut().unwrap() {
                finding["witness"]["renderer"] = "any".into();
            }
            findings
        };
        let auto = findings(&sandbox, "auto");
        assert_eq!(auto, findings(&alone, "builtin"), "{chart} without helm");
        let shape = |findings: &serde_json::Value| -> Vec<String> {
            let one = |it: &serde_json::Value| format!("{} {} {} {}", it["rule"], it["subject"], it["path"], it["severity"]);
            findings.as_array().unwrap().iter().map(one).collect()
        };
        assert_eq!(shape(&auto), shape(&findings(&sandbox, "helm")), "{chart} with helm alone");
    }
}
