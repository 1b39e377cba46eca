use proptest::prelude::*;
use serde_json::Value as Json;

use super::super::{Combine, Expected, Level, OneOrMany, schema};
use super::*;
use crate::config::Mark;
use crate::yaml::NodeKind;

const RULES: [&str; 3] = ["dangling-port", "hard-coded-number", "soft-port"];

const EXAMPLE: &str = r#"
version: 1
targets: ["charts/*", "overlays/*"]
matrix:
  axes:
    values: [[], [values-dev.yaml], [values-prod.yaml, region-eu.yaml], values-*.yaml]
    set: [{}, {ingress.enabled: true, weight: 1.5, list: [a, {b: ~}]}]
    kube: ["1.28.0", "1.34.0"]
    api: [[], monitoring.coreos.com/v1]
  combine: pairwise
  exclude: [{values: [], set: {ingress.enabled: true}}]
  include: [{name: bad-port, set: {service.port: 0}, expect: fail}]
rules: {dangling-port: error, soft-port: "off", hard-coded-number: off, all: note}
ignore:
- {rule: dangling-port, target: charts/web, object: Ingress/legacy, reason: served by another release, expires: 2027-06-30}
"#;

fn error(text: &str) -> String {
    read("portcullis.yaml", text, &RULES).map_or_else(|problems| problems.to_string(), |_| String::new())
}

fn schema_of_rules() -> Json {
    schema(&RULES.map(|it| (it, "what is wrong")))
}

fn json(node: &Node) -> Json {
    match &node.kind {
        NodeKind::Mapping(entries) => entries.iter().map(|it| (it.key.clone(), json(&it.value))).collect(),
        NodeKind::Sequence(items) => items.iter().map(json).collect(),
        NodeKind::Scalar { value, .. } => match value {
            Value::Null => Json::Null,
            Value::Bool(it) => (*it).into(),
            Value::Int(it) => (*it).into(),
            Value::Float(it) => (*it).into(),
            Value::Str(it) => it.as_str().into(),
        },
    }
}

/// What an editor sees.
fn instance(text: &str) -> Json {
    parse(text).into_iter().find_map(|it| it.root).as_ref().map_or(Json::Null, json)
}

#[test]
fn example_is_read() {
    let config = read("portcullis.yaml", EXAMPLE, &RULES).unwrap();
    assert!(config.targets[0].matches("charts/web") && !config.targets[0].matches("charts/web/templates"));
    let axes = &config.matrix.axes;
    assert_eq!(axes.values.iter().map(|item| item.as_slice().len()).collect::<Vec<_>>(), [0, 1, 2, 1]);
    assert_eq!(axes.values[3], OneOrMany::One("values-*.yaml".into()));
    let set = serde_json::json!({ "ingress.enabled": true, "weight": 1.5, "list": ["a", { "b": null }] });
    assert_eq!(axes.set[1].0.iter().cloned().collect::<Json>(), set);
    assert_eq!(config.matrix.combine, Some(Combine::Pairwise));
    assert_eq!(config.matrix.include[0].expect, Some(Expected::Fail));
    for (rule, level) in [
        ("dangling-port", Level::Error),
        ("soft-port", Level::Off),
        ("hard-coded-number", Level::Off),
        ("unbound-target-port", Level::Note),
    ] {
        assert_eq!(config.level(rule), Some(level), "{rule}");
    }
    assert!(config.ignore[0].matches("dangling-port", "charts/web", "Ingress", "legacy", "spec"));
    assert_eq!(config.ignore[0].expires.unwrap().to_string(), "2027-06-30");
}

#[test]
fn sections_may_be_empty() {
    let text = "version: 1\ntargets:\nmatrix: {axes: , include: }\nrules:\nignore:\n";
    assert_eq!(error(text), "");
    assert_eq!(error("\u{feff}# nothing but the version\n---\nversion: 1\n"), "");
}

/// Texts with what is wrong, and whether the schema sees it, too.
const WRONG: &[(&str, &str, bool)] = &[
    ("", ": the file is empty; begin the file with `version: 1`", true),
    ("- a", ":1:1: expected a mapping, found a list; begin the file with `version: 1`", true),
    ("targets: []", ":1:1: `version` is missing; begin the file with `version: 1`", true),
    ("version:", ":1:1: `version` has no value; write one, or remove the key", true),
    ("version: 2\nnew: 1", ":1:10: version 2 is newer than this portcullis; update portcullis, or write `version: 1`", true),
    ("version: '1'", ":1:10: expected the number 1, found a text; write `version: 1`", true),
    ("version: 1\n---\na: 1", ":3:1: a second document begins here; remove it, or the `---` before it", false),
    ("version: 1\nrules: {a: b", ":2:13: did not find expected ',' or '}'; correct the YAML", true),
    (
        "version: 1\ntargets: [*/web]",
        ":2:12: did not find expected alphabetic or numeric character; put a text that begins with `*` in quotes",
        true,
    ),
    ("version: 1\ntarget: []", ":2:1: unknown key `target`; did you mean `targets`?", true),
    ("version: 1\n'a\\b': []", ":2:1: unknown key `a\\b`; use one of `version`, `targets`, `matrix`, `rules`, `ignore`", true),
    ("version: 1\ntargets: charts/*", ":2:10: expected a list, found a text; write it as a list: `[\"charts/*\"]`", true),
    ("version: 1\ntargets: {a: b}", ":2:10: expected a list, found a mapping; write a list, each item a glob", true),
    (
        "version: 1\ntargets: ['a[b']",
        ":2:11: `a[b` is no glob: unclosed character class; missing ']'; correct it; a backslash before a special \
         character takes it literally",
        false,
    ),
    ("version: 1\ntargets: [1.10]", ":2:11: expected a glob, found the number `1.10`; put it in quotes: `\"1.10\"`", true),
    ("version: 1\nmatrix: []", ":2:9: expected a mapping, found a list; write `axes:`, `exclude:` or `include:` below it", true),
    ("version: 1\nmatrix:\n  axes:\n    value: []", ":4:5: unknown axis `value`; did you mean `values`?", true),
    (
        "version: 1\nmatrix:\n  axes:\n    image: []",
        ":4:5: unknown axis `image`; use one of `values`, `set`, `kube`, `api`, `release`, `namespace`",
        true,
    ),
    (
        "version: 1\nmatrix:\n  axes: {kube: [1.30]}",
        ":3:17: expected a Kubernetes version, found the number `1.30`; put it in quotes: `\"1.30\"`",
        true,
    ),
    (
        "version: 1\nmatrix:\n  axes: {kube: ['latest']}",
        ":3:17: `latest` is no Kubernetes version; write it as `\"1.28\"` or `1.28.0`",
        true,
    ),
    (
        "version: 1\nmatrix:\n  axes: {values: [1]}",
        ":3:19: expected a text, found the number `1`; put it in quotes: `\"1\"`",
        true,
    ),
    (
        "version: 1\nmatrix:\n  axes: {values: [{}, ~]}",
        ":3:19: expected a text or a list, found a mapping; write a single text\n\
         :3:23: expected a text or a list, found nothing; write a single text",
        true,
    ),
    (
        "version: 1\nmatrix:\n  axes: {values: ['', 'a[b']}",
        ":3:19: the file has no name; write `[]` for no values file\n\
      :3:23: `a[b` is no glob: unclosed character class; missing ']'; correct it; a backslash before a special character \
      takes it literally",
        false,
    ),
    (
        "version: 1\nmatrix:\n  axes: {set: [[]]}",
        ":3:16: expected a map of Helm paths to values, found a list; write it as `{service.port: 8080}`, or as `{}` to \
         set nothing",
        true,
    ),
    (
        "version: 1\nmatrix:\n  axes: {set: [{'a,b': 1}]}",
        ":3:17: `a,b` is no path of a value; put a backslash before each `,` and `=` of a key",
        false,
    ),
    ("version: 1\nmatrix:\n  axes: {set: [{a: [.inf]}]}", ":3:21: JSON has no infinite numbers; correct the YAML", true),
    (
        "version: 1\nmatrix:\n  axes: {release: [on]}",
        ":3:20: expected a text, found the truth value `on`; put it in quotes: `\"on\"`",
        true,
    ),
    ("version: 1\nmatrix:\n  combine: pairwize", ":3:12: `pairwize` is no way to combine axes; did you mean `pairwise`?", true),
    (
        "version: 1\nmatrix:\n  combine: all",
        ":3:12: `all` is no way to combine axes; use one of `product`, `pairwise`, `each`",
        true,
    ),
    ("version: 1\nmatrix:\n  combine:", ":3:3: `combine` has no value; write one, or remove the key", true),
    ("version: 1\nmatrix:\n  exclude: [{}]", ":3:13: the entry matches every case; name what it leaves out, or remove it", false),
    (
        "version: 1\nmatrix:\n  axes: {set: [{}]}\n  exclude: [{set: {}, kube: '1.28'}]",
        ":4:23: the matrix has no axis `kube`; add it to `axes`, or remove it here",
        false,
    ),
    (
        "version: 1\nmatrix:\n  axes: {set: [{}]}\n  exclude: [{set: }]",
        ":4:14: `set` has no value; write one, or remove the key",
        true,
    ),
    (
        "version: 1\nmatrix:\n  include: [{}, a]",
        ":3:13: the entry is empty; say what the case sets, or remove it\n\
         :3:17: expected a mapping, found a text; write it as `{name: …, set: {…}}`, with what the case sets",
        true,
    ),
    (
        "version: 1\nmatrix:\n  include: [{name: default}, {name: a}, {name: a}]",
        ":3:20: a case cannot be named `default`; give it another name\n:3:48: two cases are named `a`; give it another name",
        false,
    ),
    (
        "version: 1\nmatrix:\n  include: [{name: a, expect: failure}]",
        ":3:31: `failure` is no outcome of a case; use one of `render`, `fail`",
        true,
    ),
    (
        "version: 1\nrules: error",
        ":2:8: expected a mapping of rules to levels, found a text; write `RULE: LEVEL` lines below it, such as `dangling-port: warning`",
        true,
    ),
    ("version: 1\nrules:\n  soft-prot: note", ":3:3: unknown rule `soft-prot`; did you mean `soft-port`?", true),
    ("version: 1\nrules:\n  image-tag: note", ":3:3: unknown rule `image-tag`; `portcullis rules` lists them", true),
    ("version: 1\nrules:\n  soft-port: warn", ":3:14: `warn` is no level; did you mean `warning`?", true),
    ("version: 1\nrules:\n  soft-port: fatal", ":3:14: `fatal` is no level; use one of `error`, `warning`, `note`, `off`", true),
    ("version: 1\nrules:\n  soft-port: on", ":3:14: `on` is no level; use one of `error`, `warning`, `note`, `off`", true),
    (
        "version: 1\nrules:\n  soft-port:",
        ":3:13: expected a level, found nothing; write `error`, `warning`, `note` or `off`",
        true,
    ),
    (
        "version: 1\nrules:\n  soft-port: 'off'\n  'soft-port': error",
        ":4:3: the key `soft-port` stands twice; keep one of them",
        false,
    ),
    ("version: 1\nignore:\n- {rule: soft-port}", ":3:3: `reason` is missing; say why the finding does not count", true),
    (
        "version: 1\nignore:\n- {rule: soft-port, reason: ' '}",
        ":3:29: the reason is empty; say why the finding does not count",
        false,
    ),
    ("version: 1\nignore:\n- reason: x", ":3:3: `rule` is missing; name the rule", true),
    ("version: 1\nignore:\n- {rule: soft, reason: x}", ":3:10: unknown rule `soft`; did you mean `soft-port`?", true),
    (
        "version: 1\nignore:\n- {rule: soft-port, reason: x, object: }",
        ":3:32: `object` has no value; write one, or remove the key",
        true,
    ),
    (
        "version: 1\nignore:\n- {rule: soft-port, reason: x, expires: 2027-02-30}",
        ":3:41: `2027-02-30` is no day; write it as `YYYY-MM-DD`",
        true,
    ),
    (
        "version: 1\nignore:\n- {rule: soft-port, reason: x, object: legacy}",
        ":3:40: `legacy` is no object; write it as `Kind/name`",
        true,
    ),
];

#[test]
fn problems_say_where_and_what_to_do() {
    for (text, expected, _) in WRONG {
        assert_eq!(error(text).replace("portcullis.yaml", ""), *expected, "{text}");
    }
}

#[test]
fn all_problems_are_said_at_once() {
    let all: Vec<&str> = WRONG.iter().filter(|(text, ..)| text.starts_with("version: 1\nignore:\n-")).map(|it| it.0).collect();
    let text: String = all.iter().map(|it| it.strip_prefix("version: 1\nignore:\n").unwrap().to_owned() + "\n").collect();
    let problems = read("portcullis.yaml", &format!("version: 1\nignore:\n{text}"), &RULES).unwrap_err();
    assert_eq!(problems.list.len(), all.len());
    let lines: Vec<_> = problems.list.iter().map(|it| it.mark.unwrap().start.line as usize).collect();
    assert_eq!(lines, (3..3 + all.len()).collect::<Vec<_>>());
}

#[test]
fn marks_cover_what_is_meant() {
    let text = "version: 1\n\"ta\\tget\": 1 # why\nmatrix:\n  include:\n  - name: default  \n    set:\n     - 1\n";
    let problems = read("portcullis.yaml", text, &RULES).unwrap_err().list;
    let marked = |problem: &Problem| {
        let Mark { start, end } = problem.mark.unwrap();
        let line = text.lines().nth(start.line as usize - 1).unwrap();
        line[start.column as usize - 1..end.column as usize - 1].to_owned()
    };
    assert_eq!(problems.iter().map(marked).collect::<Vec<_>>(), ["\"ta\\tget\"", "default", "- 1"]);
}

#[test]
fn schema_sees_what_it_can() {
    let schema = schema_of_rules();
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for text in [EXAMPLE, "version: 1\ntargets:\nmatrix: {axes: , include: }\nrules:\nignore:\n"] {
        let errors: Vec<_> = validator.iter_errors(&instance(text)).map(|it| it.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let wrong: Vec<_> = WRONG.iter().filter(|(text, _, seen)| validator.is_valid(&instance(text)) == *seen).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Pieces of configurations, right and wrong, put together at random.
fn yaml() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "1",
        "1.30",
        "'1.28'",
        "off",
        "error",
        "pairwise",
        "'*'",
        "a[b",
        "x.yaml",
        "~",
        "''",
        "default",
        "fail",
        "soft-port",
        "Ingress/web",
        "2027-06-30",
        "\"\\e[2J\"",
        ".inf",
        "ünï",
        "&a b",
        "*a",
        "!!int x",
        "{}",
        "[]",
    ]);
    let key = prop::sample::select(vec![
        "version",
        "targets",
        "matrix",
        "rules",
        "ignore",
        "axes",
        "values",
        "set",
        "kube",
        "api",
        "release",
        "namespace",
        "combine",
        "exclude",
        "include",
        "name",
        "expect",
        "rule",
        "reason",
        "object",
        "expires",
        "soft-port",
        "all",
        "<<",
        "x",
    ]);
    let leaf = word.prop_map(str::to_owned);
    let value = leaf.prop_recursive(4, 24, 4, move |inner| {
        let entry = (key.clone(), inner.clone()).prop_map(|(key, value)| format!("{key}: {value}"));
        prop_oneof![
            prop::collection::vec(entry, 0..4).prop_map(|it| format!("{{{}}}", it.join(", "))),
            prop::collection::vec(inner, 0..4).prop_map(|it| format!("[{}]", it.join(", "))),
        ]
    });
    let sections = prop::collection::vec((0..5_usize, value), 0..4).prop_map(|sections| {
        let keys = ["targets", "matrix", "rules", "ignore", "matrix: {axes"];
        let line = |(key, value): (usize, String)| format!("{}: {value}{}\n", keys[key], if key == 4 { "}" } else { "" });
        sections.into_iter().map(line).collect::<String>()
    });
    sections.prop_map(|it| format!("version: 1\n{it}"))
}

/// Reads a text; what is wrong has a place in the text.
fn law(text: &str) {
    let Err(problems) = read("portcullis.yaml", text, &RULES) else {
        let schema = schema_of_rules();
        assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&instance(text)), "{text}");
        return;
    };
    assert!(!problems.list.is_empty(), "{text}");
    let lines = u32::try_from(problems.text.lines().count().max(1)).unwrap();
    for Mark { start, end } in problems.list.iter().filter_map(|it| it.mark) {
        assert!(start.line == end.line && start.column < end.column && (1..=lines).contains(&start.line), "{text}");
    }
}

proptest! {
    #[test]
    fn anything_is_read_or_refused(text in yaml()) {
        law(&text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(version: 1\n)?[ -~\t\né\u{1b}]{0,60}") {
        law(&text);
    }

    #[test]
    fn a_damaged_example_is_read_or_refused(at in 0..EXAMPLE.len(), length in 0..20_usize, other in "[ -~\n]{0,3}") {
        let end = (at + length).min(EXAMPLE.len());
        law(&format!("{}{other}{}", &EXAMPLE[..at], &EXAMPLE[end..]));
    }
}
