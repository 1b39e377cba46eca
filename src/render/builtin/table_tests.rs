//! The templates of `src/render/builtin/table`, against Helm's own engine, and laws.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use super::*;
use crate::codec::yaml::from_yaml;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/render/builtin/table")
}

/// Returns the templates of a file, which lines of `====` set apart.
fn table(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    text.split("====\n").map(|it| it.strip_suffix('\n').unwrap_or(it).to_owned()).collect()
}

/// Renders a chart with one template, `templates/t.yaml`, and returns its text or the error.
fn render(template: &str, values: &[u8], helm: HelmVersion) -> Result<String, String> {
    let mut tree = SourceTree::default();
    tree.insert("Chart.yaml", &b"{apiVersion: v2, name: web, version: 1.2.3, appVersion: 4.5.6}"[..]);
    tree.insert("templates/t.yaml", template.as_bytes());
    let engine = Engine::new(&tree, helm).map_err(|it| it.message)?;
    let job = Job { release: "rel", namespace: "space", ..Job::new(from_yaml(values).unwrap()) };
    let text = |done: Done<'_>| Ok(String::from_utf8_lossy(&done.files[0].text).into_owned());
    let plain = engine.execute(&job, &Settings::default(), text).map_err(|it| it.message);
    let traced = engine.execute(&job, &Settings { traced: true, ..Settings::default() }, text).map_err(|it| it.message);
    assert_eq!(plain, traced, "provenance changes nothing: {template}");
    plain
}

/// Renders templates with Helm's own engine.
fn oracle(templates: &[String], values: &Json) -> Option<Vec<Json>> {
    std::env::var_os("PORTCULLIS_REAL_TOOLS")?;
    #[expect(clippy::disallowed_methods, reason = "it talks to a program line by line")]
    let child = Command::new("helmengine").arg("table").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.expect("helmengine is on PATH: `cargo xtask tools`");
    let mut input = String::new();
    for template in templates {
        _ = writeln!(input, "{}", json!({"template": template, "values": values}));
    }
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(lines.lines().map(|it| serde_json::from_str(it).unwrap()).collect())
}

fn compare(name: &str) {
    let templates = table(name);
    let values = std::fs::read(folder().join("values.yaml")).unwrap();
    let json: Json = serde_json::from_slice(&crate::codec::json::to_json(&from_yaml(&values).unwrap()).unwrap()).unwrap();
    let Some(expected) = oracle(&templates, &json) else { return };
    let mut wrong = String::new();
    for (template, expected) in templates.iter().zip(&expected) {
        for (helm, version) in [(HelmVersion::V4, "v4"), (HelmVersion::V3, "v3")] {
            let expected = &expected[version];
            let theirs = match expected["error"].as_str() {
                None | Some("") => Ok(expected["text"].as_str().unwrap_or_default().to_owned()),
                Some(error) => Err(error.to_owned()),
            };
            let ours = render(template, &values, helm);
            if ours != theirs {
                _ = writeln!(wrong, "{version} {template}\n  helm: {theirs:?}\n  ours: {ours:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn white_space_is_as_helm_has_it() {
    compare("whitespace.tpl");
}

#[test]
fn values_are_as_helm_sees_them() {
    compare("values.tpl");
}

#[test]
fn control_and_functions_are_as_helm_has_them() {
    compare("control.tpl");
}
