//! Each testchart: its report, that the report fits its schema, and that Helm 3 and Helm 4 lead to the same findings.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::sandbox::{Sandbox, settings, testcharts};

/// Declares a test for each testchart, and the list of them.
macro_rules! testcharts {
    ($($name:ident),* $(,)?) => {
        /// The names of the folders.
        pub(crate) fn names() -> Vec<String> {
            vec![$(folder(stringify!($name))),*]
        }

        $(#[test]
        fn $name() {
            verify(&folder(stringify!($name)));
        })*
    };
}

testcharts! {
    alb_use_annotation,
    ci_made_up_port,
    ci_values,
    ci_values_refused,
    component_switch,
    coupled_fallback,
    coupled_target_port,
    crossed_ingress_container_port,
    defaults_fail,
    drift_ingress_literal,
    drift_listening_flag,
    drift_monitor_name,
    drift_port_name,
    drift_probe_literal,
    drift_target_literal,
    duplicate_key,
    duplicate_node_port,
    external_service,
    hidden_behind_many,
    hidden_by_another_switch,
    hosts_filled,
    hosts_without_paths,
    hosts_without_port,
    implicit_namespace,
    inert_guard,
    ingress_legacy_fields_in_v1,
    ingress_wrong_name,
    kustomize_args_stay,
    kustomize_both_ends_moved,
    kustomize_env_moved,
    kustomize_generated_config,
    kustomize_merged_port,
    kustomize_prefix_in_text,
    kustomize_shared_ingress,
    kustomize_unused_component,
    list_feeds_both_ends,
    list_feeds_one_end,
    literal_against_literal,
    long_port_name,
    manifests_addresses,
    manifests_monitors,
    manifests_operated,
    manifests_own_pod,
    manifests_right,
    manifests_routes,
    manifests_suspicious,
    manifests_wrong_number,
    matrix_config,
    name_override_ignored,
    names_end_to_end,
    native_sidecar_port,
    needs_values,
    older_cluster,
    overlay_ok,
    overlay_patched_port,
    policy_short_of_a_port,
    port_without_value,
    probe_name_unknown,
    protocol_udp_tcp,
    quoted_port,
    selector_one_label_off,
    service_name_given,
    service_name_suffix,
    service_of_the_user,
    subchart_file_dependency,
    suppressed_by_annotation,
    target_port_name_unknown,
    test_without_service,
    text_by_release,
    text_of_another_release,
    workload_needs_value,
}

fn folder(name: &str) -> String {
    name.replace('_', "-")
}

/// Whether a folder is a kustomization, or holds some.
pub(crate) fn is_kustomization(path: &Path) -> bool {
    [".", "base"].iter().any(|it| path.join(it).join("kustomization.yaml").is_file())
}

fn verify(name: &str) {
    let path = testcharts().join(name);
    let is_chart = path.join("Chart.yaml").is_file();
    let sandbox = if is_chart || is_kustomization(&path) {
        let Some(sandbox) = Sandbox::with_tools() else { return };
        sandbox
    } else {
        Sandbox::new()
    };
    let sandbox = sandbox.in_project();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json").to_string_lossy().into_owned();
    let target = format!("testcharts/{name}");

    let text = sandbox.run(&format!("check {target} --helm helm4 -o text -o json={file}"));
    let mut settings = settings();
    settings.set_snapshot_path("snapshots/charts");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));

    let json: Json = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_fits_schema(&json);
    if is_chart {
        let other = sandbox.run(&format!("check {target} --helm helm3 -o json"));
        assert_eq!(other.code, text.code);
        let other = other.json();
        assert_ne!(other["tool"]["helm"], json["tool"]["helm"]);
        assert_eq!(without_versions(other), without_versions(json));
    }
}

/// Asserts that a report is what the schema says.
pub(crate) fn assert_fits_schema(report: &Json) {
    let validator = jsonschema::draft202012::new(&portcullis::report::json::schema()).unwrap();
    let errors: Vec<_> = validator.iter_errors(report).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// Returns what both Helms must agree on: all but the version and the lines of the rendering, in which blank lines differ.
fn without_versions(mut report: Json) -> String {
    report["tool"]["helm"] = Json::Null;
    for finding in report["findings"].as_array_mut().unwrap() {
        finding["rendered"] = Json::Null;
    }
    // Helm 3 and 4 word a template's failure otherwise.
    for case in report["targets"][0]["cases"].as_array_mut().unwrap() {
        case["message"] = Json::Null;
    }
    serde_json::to_string_pretty(&report).unwrap()
}
