use super::super::{Combine, Expected, Level, OneOrMany, schema};
use super::*;

const EXAMPLE: &str = r#"
version: 1
targets: ["charts/*", "overlays/*"]
matrix:
  axes:
    values: [[], [values-dev.yaml], [values-prod.yaml, region-eu.yaml], values-*.yaml]
    set: [{}, {ingress.enabled: true}]
    kube: ["1.28.0", "1.34.0"]
    api: [[], monitoring.coreos.com/v1]
  combine: pairwise
  exclude: [{values: [], set: {ingress.enabled: true}}]
  include: [{name: bad-port, set: {service.port: 0}, expect: fail}]
rules: {numbered-backend: error, soft-port: "off", hard-coded-name: off, all: note}
ignore:
- {rule: dangling-port, target: charts/web, object: Ingress/legacy, reason: served by another release, expires: 2027-06-30}
"#;

fn error(text: &str) -> String {
    read("portcullis.yaml", text).unwrap_err().to_string()
}

#[test]
fn example_is_read() {
    let config = read("portcullis.yaml", EXAMPLE).unwrap();
    assert!(config.targets[0].matches("charts/web") && !config.targets[0].matches("charts/web/templates"));
    let axes = &config.matrix.axes;
    assert_eq!(axes.values.iter().map(|item| item.as_slice().len()).collect::<Vec<_>>(), [0, 1, 2, 1]);
    assert_eq!(axes.values[3], OneOrMany::One("values-*.yaml".into()));
    assert_eq!(axes.set[1].0, [("ingress.enabled".into(), true.into())]);
    assert_eq!(config.matrix.combine, Some(Combine::Pairwise));
    assert_eq!(config.matrix.include[0].expect, Some(Expected::Fail));
    for (rule, level) in [
        ("numbered-backend", Level::Error),
        ("soft-port", Level::Off),
        ("hard-coded-name", Level::Off),
        ("dangling-port", Level::Note),
    ] {
        assert_eq!(config.level(rule), Some(level), "{rule}");
    }
    assert!(config.ignore[0].matches("dangling-port", "charts/web", "Ingress", "legacy", "spec"));
    assert_eq!(config.ignore[0].expires.unwrap().to_string(), "2027-06-30");
}

#[test]
fn errors_say_where_and_what_to_do() {
    for (text, expected) in [
        ("", "portcullis.yaml: the file is empty; begin it with `version: 1`"),
        ("- a", "portcullis.yaml: the file is no mapping; begin it with `version: 1`"),
        ("targets: []", "portcullis.yaml: `version` is missing; begin the file with `version: 1`"),
        (
            "version: 2\nnew: 1",
            "portcullis.yaml: version 2 is newer than this portcullis; update portcullis, or write `version: 1`",
        ),
        ("version: '1'", "portcullis.yaml: `version` must be the number 1; write `version: 1`"),
        ("version: 1\ntarget: []", "portcullis.yaml:2:1: unknown key `target`; did you mean `targets`?"),
        (
            "version: 1\nmatrix:\n  axes:\n    value: []",
            "portcullis.yaml:4:5: matrix.axes: unknown key `value`; did you mean `values`?",
        ),
        (
            "version: 1\nmatrix:\n  axes:\n    image: []",
            "portcullis.yaml:4:5: matrix.axes: unknown key `image`; use one of `values`, `set`, `kube`, `api`, `release`, `namespace`",
        ),
        (
            "version: 1\nmatrix:\n  axes: {kube: [1.30]}",
            "portcullis.yaml:3:17: matrix.axes.kube[0]: a Kubernetes version without quotes is the number 1.3; put it in quotes, such as \"1.28\"",
        ),
        (
            "version: 1\nmatrix:\n  axes: {kube: ['latest']}",
            "portcullis.yaml:3:17: matrix.axes.kube[0]: `latest` is no Kubernetes version; write it as `1.28` or `1.28.0`",
        ),
        (
            "version: 1\nmatrix:\n  exclude: [{kube: 1.30}]",
            "portcullis.yaml:3:20: matrix.exclude[0].kube: a Kubernetes version without quotes is the number 1.3; put it in quotes, such as \"1.28\"",
        ),
        (
            "version: 1\nmatrix:\n  axes: {values: [1]}",
            "portcullis.yaml:3:19: matrix.axes.values[0]: invalid type: integer `1`, expected a text or a list of texts",
        ),
        (
            "version: 1\nmatrix:\n  axes: {set: [[]]}",
            "portcullis.yaml:3:16: matrix.axes.set[0]: invalid type: sequence, expected a map of Helm paths to values, such as `{service.port: 8080}`",
        ),
        (
            "version: 1\nmatrix:\n  axes: {set: [{'a,b': 1}]}",
            "portcullis.yaml:3:16: matrix.axes.set[0]: `a,b` is no path of a value; put a backslash before each `,` and `=` of a key",
        ),
        (
            "version: 1\nmatrix:\n  combine: pairwize",
            "portcullis.yaml:3:12: matrix.combine: unknown word `pairwize`; did you mean `pairwise`?",
        ),
        (
            "version: 1\nrules:\n  soft-port: warn",
            "portcullis.yaml:3:14: rules.soft-port: `warn` is no level; did you mean `warning`?",
        ),
        (
            "version: 1\nrules:\n  soft-port: fatal",
            "portcullis.yaml:3:14: rules.soft-port: `fatal` is no level; use `error`, `warning`, `note` or `off`",
        ),
        (
            "version: 1\nrules:\n  soft-port: true",
            "portcullis.yaml:3:14: rules.soft-port: `true` is no level; use `error`, `warning`, `note` or `off`",
        ),
        (
            "version: 1\nrules:\n  soft-port: 'off'\n  soft-port: error",
            "portcullis.yaml:4:3: rules: duplicate entry with key \"soft-port\"; keep one of them",
        ),
        ("version: 1\nignore:\n- {rule: soft-port}", "portcullis.yaml:3:3: ignore[0]: `reason` is missing; add it"),
        (
            "version: 1\nignore:\n- {rule: soft-port, reason: x, expires: 2027-02-30}",
            "portcullis.yaml:3:41: ignore[0].expires: `2027-02-30` is no day; write it as `YYYY-MM-DD`",
        ),
        (
            "version: 1\nignore:\n- {rule: soft-port, reason: x, object: legacy}",
            "portcullis.yaml:3:40: ignore[0].object: `legacy` is no object; write it as `Kind/name`",
        ),
        (
            "version: 1\nignore:\n- {rule: soft-port, reason: x, target: 'a[b'}",
            "portcullis.yaml:3:40: ignore[0].target: `a[b` is no glob: unclosed character class; missing ']'; correct it",
        ),
        (
            "version: 1\nrules: {a: b",
            "portcullis.yaml:3:1: did not find expected ',' or '}', while parsing a flow mapping; correct the YAML",
        ),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn schema_knows_every_key() {
    let schema = schema();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["required"], serde_json::json!(["version"]));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let valid = |text: &str| validator.is_valid(&serde_yaml::from_str::<serde_json::Value>(text).unwrap());
    assert!(valid(EXAMPLE));
    for bad in [
        "{}",
        "{version: 2}",
        "{version: 1, rule: {}}",
        "{version: 1, rules: {a: fatal}}",
        "{version: 1, matrix: {axes: {kube: [latest]}}}",
    ] {
        assert!(!valid(bad), "{bad}");
    }
}
