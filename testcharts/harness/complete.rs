//! Nothing is forgotten: no testchart without a test, a report and a line in the README; no module; no rule without a testchart.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::charts;
use crate::sandbox::{root, testcharts};

fn entries(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
}

fn folders() -> BTreeSet<String> {
    let mut folders: BTreeSet<String> = entries(&testcharts()).into_iter().filter(|it| testcharts().join(it).is_dir()).collect();
    folders.remove("harness");
    folders
}

#[test]
fn each_testchart_has_a_test() {
    assert_eq!(charts::names().into_iter().collect::<BTreeSet<_>>(), folders());
}

#[test]
fn each_testchart_has_a_report_and_each_report_a_testchart() {
    let reports = entries(&testcharts().join("harness/snapshots/charts"));
    let reports: BTreeSet<String> =
        reports.iter().map(|it| it.trim_end_matches(".new").trim_end_matches(".snap").into()).collect();
    assert_eq!(reports, folders());
}

#[test]
fn each_testchart_has_a_line_in_the_readme() {
    let readme = fs::read_to_string(testcharts().join("README.md")).unwrap();
    let lines = readme.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let lines: Vec<(&str, &str)> = lines.collect();
    assert!(lines.iter().all(|(_, text)| text.len() > 5), "{lines:?}");
    assert!(lines.is_sorted(), "{lines:?}");
    assert_eq!(lines.iter().map(|it| it.0.to_owned()).collect::<BTreeSet<_>>(), folders());
}

#[test]
fn each_module_is_declared() {
    let folder = testcharts().join("harness");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    for file in entries(&folder) {
        if let Some(module) = file.strip_suffix(".rs").filter(|it| *it != "main") {
            assert!(main.contains(&format!("mod {module};")), "main.rs does not declare `{module}`");
        }
    }
}

#[test]
fn each_snapshot_belongs_to_a_test() {
    let folder = testcharts().join("harness");
    for file in entries(&folder.join("snapshots")) {
        let Some(name) = file.strip_suffix(".snap") else { continue };
        let (module, test) = name.strip_prefix("charts__").unwrap().split_once("__").unwrap();
        let source = fs::read_to_string(folder.join(module).with_extension("rs")).unwrap_or_default();
        let test = test.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
        assert!(source.contains(&format!("fn {test}(")), "no test makes `{file}`");
    }
}

#[test]
fn each_rule_is_fired_by_a_testchart() {
    let folder = testcharts().join("harness/snapshots/charts");
    let reports: String = entries(&folder).iter().map(|it| fs::read_to_string(folder.join(it)).unwrap()).collect();
    let silent: Vec<_> = portcullis::rules::ids().into_iter().filter(|id| !reports.contains(&format!("[{id}]"))).collect();
    assert_eq!(silent, [""; 0], "write a testchart for each");
}

#[test]
fn all_charts_are_found_below_testcharts() {
    let found = portcullis::app::discover(&[testcharts().to_string_lossy().into_owned()]);
    // A folder may hold several.
    let name = |it: &Path| it.strip_prefix(testcharts()).unwrap().iter().next().unwrap().to_string_lossy().into_owned();
    let found: BTreeSet<_> = found.iter().map(|it| name(&it.root)).collect();
    let plain = |it: &String| it.starts_with("manifests-");
    assert_eq!(found, folders().into_iter().filter(|it| !plain(it)).collect());
    assert!(root().join("Cargo.toml").is_file());
}
