//! Corrections: what is written instead, that it is proven, and that files are changed as a whole or not at all.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::charts;
use crate::sandbox::{Sandbox, testcharts};

const CHART: &str = "drift-ingress-literal";
const TEMPLATE: &str = "drift-ingress-literal/templates/ingress.yaml";
const LITERAL: &str = "number: 80\n";
const FED: &str = "number: {{ .Values.service.port }}\n";

/// The testcharts that the built-in renderer can check: all but the kustomizations.
fn targets() -> Vec<String> {
    charts::names().into_iter().filter(|it| !charts::is_kustomization(&testcharts().join(it))).collect()
}

/// Manifests with bare numbers, of which the Ingress has the wrong one.
fn bare_numbers(sandbox: &Sandbox) -> &Sandbox {
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: shop\nspec:\n  selector:\n    app: shop\n  ports:\n    - port: 8080\n      targetPort: 3000\n";
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  selector:\n    matchLabels:\n      app: shop\n  template:\n    metadata:\n      labels:\n        app: shop\n    spec:\n      containers:\n        - name: shop\n          image: shop:1\n          ports:\n            - containerPort: 3000\n";
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: shop\nspec:\n  rules:\n    - host: shop.example\n      http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n              service:\n                name: shop\n                port:\n                  number: 80 # for now\n";
    sandbox.write("shop/service.yaml", service).write("shop/deployment.yaml", deployment).write("shop/ingress.yaml", ingress)
}

#[test]
fn each_testchart_has_its_diff() {
    let sandbox = Sandbox::new().in_project();
    let commands: Vec<String> = targets().iter().map(|it| format!("fix testcharts/{it} --unsafe")).collect();
    let shown: Vec<&str> = commands.iter().map(String::as_str).filter(|it| !sandbox.run(it).stdout.is_empty()).collect();
    assert!(shown.len() > 10, "{shown:?}");
    snapshot!(sandbox.transcript(&shown));
}

#[test]
fn a_second_run_changes_nothing() {
    for name in targets() {
        let sandbox = Sandbox::new();
        sandbox.copy(&name);
        let wrote = sandbox.run(&format!("fix {name} --write --unsafe --fail-on note"));
        let again = sandbox.run(&format!("fix {name} --write --unsafe --fail-on note"));
        assert_eq!((again.code, &*again.stdout), (wrote.code, ""), "{name}: {wrote}\n{again}");
    }
}

#[test]
fn what_is_safe_leaves_the_defaults_alone() {
    for name in targets() {
        let sandbox = Sandbox::new();
        sandbox.copy(&name);
        let report = sandbox.run(&format!("check {name} -o json")).json();
        let findings = report["findings"].as_array().unwrap();
        let only_set = findings.iter().filter(|it| it["severity"] != "note").all(|it| it["when"] == "set");
        let is_chart = sandbox.path(&name).join("Chart.yaml").is_file();
        if !only_set || !is_chart {
            continue;
        }
        let before = sandbox.run(&format!("render {name}"));
        let _ = sandbox.run(&format!("fix {name} --write"));
        let after = sandbox.run(&format!("render {name}"));
        assert_eq!(after.stdout, before.stdout, "{name}");
    }
}

#[test]
fn ports_are_named_from_end_to_end() {
    let sandbox = Sandbox::new();
    snapshot!(bare_numbers(&sandbox).run("fix shop --prefer names"));
    let _ = sandbox.run("fix shop --prefer names --write").ended(0);
    let _ = sandbox.run("check shop --strict").ended(0);
}

#[test]
fn what_is_mended_is_written_and_found_no_more() {
    let sandbox = Sandbox::new();
    sandbox.copy(CHART);
    let ran = sandbox.run(&format!("fix {CHART} --write"));
    assert_eq!(ran.stderr, format!("wrote {TEMPLATE}\n"));
    assert!(ran.ended(0).contains(&format!("+                  {FED}")));
    assert_eq!(sandbox.run(&format!("check {CHART} -q")).ended(0), "");
    let text = fs::read_to_string(sandbox.path(TEMPLATE)).unwrap();
    let old = fs::read_to_string(testcharts().join(TEMPLATE)).unwrap();
    assert_eq!(text, old.replace(LITERAL, FED));
}

#[test]
fn without_write_nothing_is_written() {
    let sandbox = Sandbox::new();
    sandbox.copy(CHART);
    let _ = sandbox.run(&format!("fix {CHART}")).ended(1);
    assert_eq!(fs::read(sandbox.path(TEMPLATE)).unwrap(), fs::read(testcharts().join(TEMPLATE)).unwrap());
}

#[test]
fn line_ends_tabs_and_comments_stay() {
    let sandbox = Sandbox::new();
    sandbox.copy(CHART);
    let old = fs::read_to_string(sandbox.path(TEMPLATE)).unwrap();
    let old = old.replace(LITERAL, "number: 80\t# always\n").replace('\n', "\r\n");
    sandbox.write(TEMPLATE, &old);
    let _ = sandbox.run(&format!("fix {CHART} --write")).ended(0);
    let new = fs::read_to_string(sandbox.path(TEMPLATE)).unwrap();
    assert_eq!(new, old.replace("number: 80\t# always", "number: {{ .Values.service.port }}\t# always"));
}

#[test]
fn a_read_only_file_is_told_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    bare_numbers(&sandbox);
    let file = sandbox.path("shop/ingress.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    let ran = sandbox.run("fix shop --prefer names --write");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("`shop/ingress.yaml` is read-only: nothing is written"), "{ran}");
    assert!(!fs::read_to_string(sandbox.path("shop/service.yaml")).unwrap().contains("name: http"));
    assert_eq!(fs::read_dir(sandbox.path("shop")).unwrap().count(), 3);
}

#[test]
fn a_symbolic_link_stays_one() {
    let sandbox = Sandbox::new();
    sandbox.copy(CHART);
    let real = sandbox.path(&format!("{CHART}/real.yaml"));
    fs::rename(sandbox.path(TEMPLATE), &real).unwrap();
    std::os::unix::fs::symlink("../real.yaml", sandbox.path(TEMPLATE)).unwrap();
    let _ = sandbox.run(&format!("fix {CHART} --write")).ended(0);
    assert!(sandbox.path(TEMPLATE).symlink_metadata().unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains(FED));
}

#[test]
fn of_standard_input_there_is_only_a_diff() {
    let sandbox = Sandbox::new();
    bare_numbers(&sandbox);
    let parts =
        ["service", "deployment", "ingress"].map(|it| fs::read_to_string(sandbox.path(&format!("shop/{it}.yaml"))).unwrap());
    let ran = sandbox.run_with(&["fix", "-", "--write"], &parts.join("---\n"));
    assert!(ran.stderr.contains("not written: standard input cannot be written: take the diff"), "{ran}");
    assert!(ran.ended(1).contains("+                  number: 8080 # for now\n"));
}

#[test]
fn of_an_archive_there_is_only_a_diff() {
    let sandbox = Sandbox::new();
    sandbox.copy(CHART);
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    archive.append_dir_all(CHART, sandbox.path(CHART)).unwrap();
    let bytes = archive.into_inner().unwrap().finish().unwrap();
    sandbox.write("web.tgz", &bytes);
    let ran = sandbox.run("fix web.tgz --write");
    assert!(ran.stderr.contains("not written: `web.tgz` is an archive: take the diff to where it is made"), "{ran}");
    assert!(ran.ended(1).contains("--- a/web.tgz/templates/ingress.yaml\n"));
    assert_eq!(fs::read(sandbox.path("web.tgz")).unwrap(), bytes);
}

#[test]
fn what_is_not_safe_is_left_out_and_said() {
    let sandbox = Sandbox::new();
    bare_numbers(&sandbox);
    let two = "apiVersion: v1\nkind: Service\nmetadata:\n  name: shop\nspec:\n  selector:\n    app: shop\n  ports:\n    - name: alpha\n      port: 8081\n      targetPort: 3000\n    - name: beta\n      port: 8082\n      targetPort: 3000\n";
    sandbox.write("shop/service.yaml", two);
    snapshot!(sandbox.transcript(&["fix shop", "fix shop --unsafe", "fix shop --unsafe --write -q", "check shop -q"]));
}

#[test]
fn reports_carry_the_edits() {
    let sandbox = Sandbox::new().in_project();
    let report = sandbox.run(&format!("fix testcharts/{CHART} -o json")).json();
    charts::assert_fits_schema(&report);
    let fix = &report["findings"][0]["fixes"][0];
    assert_eq!(fix["safety"], "safe");
    let edit = &fix["edits"][0];
    let text = fs::read_to_string(testcharts().join(TEMPLATE)).unwrap();
    let at = |key: &str| usize::try_from(edit[key].as_u64().unwrap()).unwrap();
    assert_eq!(&text[at("start")..at("end")], "80");
    assert_eq!(edit["text"], "{{ .Values.service.port }}");
    assert!(fix["diff"].as_str().unwrap().contains(FED.trim_end()));
    let sarif = sandbox.run(&format!("fix testcharts/{CHART} -o sarif")).json();
    let changes = &sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(changes["insertedContent"]["text"], "{{ .Values.service.port }}");
    assert_eq!(report, sandbox.run(&format!("check testcharts/{CHART} -o json")).json());
}

#[test]
fn reports_of_other_formats_have_no_edits() {
    let ran = Sandbox::new().in_project().run(&format!("fix testcharts/{CHART} -o junit"));
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("the format is one of json, sarif"), "{ran}");
}

#[test]
fn what_was_tried_is_told() {
    let ran = Sandbox::new().in_project().run("fix testcharts/ci-values -v");
    assert!(ran.stderr.contains("tried for error[dangling-port] spec.rules[0]"), "{ran}");
}

#[test]
fn helm_agrees_with_what_is_mended() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    for name in [CHART, "name-override-ignored", "ingress-legacy-fields-in-v1"] {
        sandbox.copy(name);
        let built_in = sandbox.run(&format!("fix {name} --renderer builtin"));
        let helm = sandbox.run(&format!("fix {name}"));
        assert!(!helm.stdout.is_empty(), "{helm}");
        assert_eq!(helm.stdout, built_in.stdout);
    }
}

#[test]
fn kustomizations_are_mended_at_their_sources() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    bare_numbers(&sandbox).write("shop/kustomization.yaml", "resources: [service.yaml, deployment.yaml, ingress.yaml]\n");
    sandbox.write("prod/kustomization.yaml", "namePrefix: prod-\nresources: [../shop]\n");
    let ran = sandbox.run("fix prod --write");
    assert!(ran.ended(0).contains("--- a/shop/ingress.yaml\n"));
    assert!(fs::read_to_string(sandbox.path("shop/ingress.yaml")).unwrap().contains("number: 8080 # for now"));
    let _ = sandbox.run("check prod").ended(0);
}

#[test]
fn overlays_are_mended_by_patches_of_their_own() {
    for name in ["kustomize-shared-ingress", "kustomize-args-stay", "kustomize-env-moved", "kustomize-prefix-in-text"] {
        let Some(sandbox) = Sandbox::with_tools() else { return };
        sandbox.copy(name);
        let ran = sandbox.run(&format!("fix {name} --write --fail-on warning"));
        assert_eq!((ran.code, &*ran.stderr), (0, &*format!("wrote {name}/kustomization.yaml\n")), "{ran}");
        assert!(ran.stdout.contains("+  patch: |-") || ran.stdout.contains("+    patch: |-"), "{ran}");
        let _ = sandbox.run(&format!("check {name} --strict")).ended(0);
    }
}
