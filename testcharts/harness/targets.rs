//! What is a target, and what is not.

use std::collections::BTreeSet;

use crate::sandbox::Sandbox;

/// Returns the targets that are listed.
fn targets(sandbox: &Sandbox, args: &str) -> Vec<String> {
    let listing = sandbox.run(&format!("matrix {args} --format json")).json();
    let paths: BTreeSet<_> = listing.as_array().unwrap().iter().map(|it| it["target"].as_str().unwrap().to_owned()).collect();
    paths.into_iter().collect()
}

/// A folder of targets of all kinds.
fn mixed() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.chart("all/charts/web").chart("all/charts/web/charts/sub").chart("all/charts/web/charts/sub/charts/deep");
    sandbox.write("all/charts/common/Chart.yaml", "apiVersion: v2\nname: common\nversion: 0.1.0\ntype: library\n");
    for (path, text) in [
        ("base", "resources: [service.yaml]\n"),
        ("overlays/dev", "resources: [../../base]\ncomponents: [../../part]\n"),
        ("overlays/prod", "resources: [../../base]\n"),
        ("part", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"),
    ] {
        sandbox.write(&format!("all/{path}/kustomization.yaml"), text);
    }
    sandbox.write("all/base/service.yaml", "kind: Service\napiVersion: v1\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n");
    sandbox
}

#[test]
fn libraries_subcharts_bases_and_components_are_no_targets() {
    assert_eq!(targets(&mixed(), "all"), ["all/charts/web", "all/overlays/dev", "all/overlays/prod"]);
}

#[test]
fn what_is_named_is_a_target() {
    let sandbox = mixed();
    for path in ["all/charts/common", "all/charts/web/charts/sub", "all/base", "all/part"] {
        assert_eq!(targets(&sandbox, path), [path]);
    }
    assert_eq!(targets(&sandbox, "all/charts/web/Chart.yaml"), ["all/charts/web"]);
    assert_eq!(targets(&sandbox, "./all/base/kustomization.yaml"), ["all/base"]);
    assert_eq!(targets(&sandbox, "all/charts/web all/charts/web/ ./all"), targets(&sandbox, "all"));
}

#[test]
fn ignored_folders_are_searched_when_they_are_named() {
    let sandbox = Sandbox::new();
    sandbox.chart("charts/web").chart("vendor/web").write(".gitignore", "vendor/\n");
    assert_eq!(targets(&sandbox, "."), ["charts/web"]);
    assert_eq!(targets(&sandbox, "vendor/web"), ["vendor/web"]);
}

#[test]
fn named_library_is_told_what_to_do() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    sandbox.write("common/Chart.yaml", "apiVersion: v2\nname: common\nversion: 0.1.0\ntype: library\n");
    snapshot!(sandbox.run("check common"));
}

#[test]
fn archive_is_a_chart() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    sandbox.copy("drift-ingress-literal");
    let helm = assert_cmd::Command::new("helm").args(["package", "drift-ingress-literal"]).current_dir(sandbox.path(".")).ok();
    helm.unwrap();
    let ran = sandbox.run("check web-0.1.0.tgz");
    assert!(ran.stdout.contains("--> web-0.1.0.tgz/templates/ingress.yaml:17:27"), "{ran}");
    snapshot!(ran);
}

#[test]
fn other_targets_go_on() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    sandbox.copy("drift-ingress-literal").copy("names-end-to-end").copy("overlay-patched-port");
    sandbox.chart("no-chart-yaml-in-order").write("no-chart-yaml-in-order/Chart.yaml", "name: [web\n");
    sandbox.chart("no-values-in-order").write("no-values-in-order/values.yaml", "port: 80\n  host: x\n");
    sandbox.chart("template-error").write("template-error/templates/x.yaml", "{{ .Values.a.b.c }}\n");
    sandbox.write("broken-overlay/kustomization.yaml", "resources: [missing.yaml]\n");
    let ran = sandbox.run("check . missing");
    assert!(ran.stdout.contains("drift-ingress-literal/templates/ingress.yaml:17:27"), "{ran}");
    snapshot!(ran);
}

/// A base with a component that fits it, and one that fits nothing.
fn with_components(sandbox: &Sandbox) {
    let component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: patch.yaml}]\n";
    let patch = |name: &str| format!("apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{type: NodePort}}\n");
    for (path, text) in [
        ("base/kustomization.yaml", "resources: [service.yaml]\n"),
        ("base/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"),
        ("overlays/prod/kustomization.yaml", "resources: [../../base]\n"),
        ("components/fits/kustomization.yaml", component),
        ("components/fits/patch.yaml", &patch("web")),
        ("components/lost/kustomization.yaml", component),
        ("components/lost/patch.yaml", &patch("api")),
    ] {
        sandbox.write(&format!("all/{path}"), text);
    }
}

#[test]
fn unused_components_are_targets_where_they_fit() {
    let sandbox = Sandbox::new();
    with_components(&sandbox);
    assert_eq!(targets(&sandbox, "all"), ["all/components/fits", "all/overlays/prod"]);
    let listing = sandbox.run("matrix all/components/fits --format json").json();
    assert_eq!(listing[0]["label"], "on all/overlays/prod");
    let ran = sandbox.run("matrix all");
    assert!(ran.code == 0 && ran.stderr.contains("note: all/components/lost: not built"), "{ran}");
    sandbox.write("all/overlays/prod/kustomization.yaml", "resources: [../../base]\ncomponents: [../../components/fits]\n");
    assert_eq!(targets(&sandbox, "all"), ["all/overlays/prod"]);
}

#[test]
fn components_that_fit_nowhere_are_listed_and_fail_nothing() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    with_components(&sandbox);
    let ran = sandbox.run("check all --strict -o json");
    assert_eq!(ran.code, 0, "{ran}");
    let report = ran.json();
    let lost = report["targets"].as_array().unwrap().iter().find(|it| it["path"] == "all/components/lost").unwrap();
    assert_eq!(lost["status"], "skipped");
}
