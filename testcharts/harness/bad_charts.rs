//! Charts and kustomizations that the tools refuse, fail on or render nothing of.

use crate::sandbox::Sandbox;

#[test]
fn template_errors_are_told() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    let charts = [
        ("no-such-value", "a: 1\nb: {{ .Values.a.b.c }}\n"),
        ("no-such-function", "a: 1\nb: {{ portOf .Values }}\n"),
        ("not-closed", "a: 1\n{{ if .Values.port }}\nb: 2\n"),
        ("no-yaml", "kind: Service\napiVersion: v1\nmetadata:\n name: x\n  labels: {}\n"),
        ("no-such-define", "a: {{ include \"web.name\" . }}\n"),
        ("fails", "{{ fail \"set port\" }}\n"),
    ];
    for (name, text) in charts {
        sandbox.chart(name).write(&format!("{name}/templates/x.yaml"), text);
    }
    let commands: Vec<String> = charts.iter().map(|it| format!("check {}", it.0)).collect();
    snapshot!(sandbox.transcript(&commands.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn schema_and_kube_version_are_told() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    sandbox.chart("schema").write("schema/values.schema.json", "{\"required\": [\"host\"]}\n");
    sandbox.chart("kube").write("kube/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\nkubeVersion: '<1.20'\n");
    snapshot!(sandbox.transcript(&["check schema", "check kube", "check schema --set host=x"]));
}

#[test]
fn missing_dependency_is_told() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    let dependency = |repository: &str| {
        format!(
            "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies: [{{name: db, version: 1.0.0, repository: '{repository}'}}]\n"
        )
    };
    sandbox.chart("remote").write("remote/Chart.yaml", dependency("https://charts.example"));
    sandbox.chart("local").write("local/Chart.yaml", dependency("file://../db"));
    snapshot!(sandbox.transcript(&["check remote", "check local", "check remote --strict", "check remote -q"]));
}

#[test]
fn empty_rendering_is_told() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    sandbox.chart("off").write("off/templates/service.yaml", "{{- if .Values.on }}\nkind: Service\n{{- end }}\n");
    sandbox.chart("bare").write("bare/templates/service.yaml", "");
    snapshot!(sandbox.transcript(&["check off", "check bare --strict"]));
}

#[test]
fn kustomizations_that_do_not_build_are_told() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    let overlays = [
        ("missing-file", "resources: [missing.yaml]\n"),
        ("broken", "resources: [a\n"),
        ("unknown-key", "resorces: [a.yaml]\n"),
        ("remote", "resources: ['https://example.com/org/repo//base?ref=v1']\n"),
        ("charts", "helmCharts: [{name: web, repo: 'https://charts.example'}]\n"),
        ("nothing", "resources: []\n"),
    ];
    for (name, text) in overlays {
        sandbox.write(&format!("{name}/kustomization.yaml"), text);
    }
    let commands: Vec<String> = overlays.iter().map(|it| format!("check {}", it.0)).collect();
    snapshot!(sandbox.transcript(&commands.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn failing_case_does_not_hide_the_findings_of_others() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    sandbox.copy("ingress-wrong-name");
    let ran = sandbox.run("check ingress-wrong-name -q --axis set:ingress=,no-map");
    assert!(ran.stdout.contains("[dangling-port]") && ran.stdout.contains("[unexpected-failure]"), "{ran}");
    assert_eq!(ran.code, 1, "{ran}");
}

#[test]
fn user_folder_is_never_written() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    sandbox.copy("subchart-file-dependency").copy("overlay-patched-port");
    let files = || walk(&sandbox.path("."));
    let before = files();
    _ = sandbox.run("check .").ended(1);
    assert_eq!(files(), before);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}
