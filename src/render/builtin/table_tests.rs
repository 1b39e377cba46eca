//! The templates of `src/render/builtin/table`, against Helm's own engine, and laws.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

use super::*;
use crate::codec::json::from_json;
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
fn render(template: &str, values: &Json, helm: HelmVersion) -> Result<String, String> {
    let mut tree = SourceTree::default();
    tree.insert("Chart.yaml", &b"{apiVersion: v2, name: web, version: 1.2.3, appVersion: 4.5.6}"[..]);
    tree.insert("templates/t.yaml", template.as_bytes());
    let engine = Engine::new(&tree, helm).map_err(|it| it.message)?;
    let job = Job { release: "rel", namespace: "space", ..Job::new(from_json(&serde_json::to_vec(values).unwrap()).unwrap()) };
    // Go's JSON has a mark for each byte that is no UTF-8.
    let shown = |chunk: std::str::Utf8Chunk<'_>| chunk.valid().to_owned() + &"\u{fffd}".repeat(chunk.invalid().len());
    let text = |done: Done<'_>| Ok(done.files[0].text.utf8_chunks().map(shown).collect());
    let plain = engine.execute(&job, &Settings::default(), text).map_err(|it| it.message);
    let traced = engine.execute(&job, &Settings { traced: true, ..Settings::default() }, text).map_err(|it| it.message);
    assert_eq!(plain, traced, "provenance changes nothing: {template}");
    plain
}

/// Renders templates, each with its values, with Helm's own engine.
fn oracle(rows: &[(String, Json)]) -> Option<Vec<Json>> {
    if std::env::var_os("PORTCULLIS_REAL_TOOLS").is_none() {
        eprintln!("left out: PORTCULLIS_REAL_TOOLS is not set");
        return None;
    }
    #[expect(clippy::disallowed_methods, reason = "it talks to a program line by line")]
    let child = Command::new("helmengine").arg("table").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.expect("helmengine is on PATH: `cargo xtask tools`");
    let mut input = String::new();
    for (template, values) in rows {
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
    let values = std::fs::read(folder().join("values.yaml")).unwrap();
    let json: Json = serde_json::from_slice(&crate::codec::json::to_json(&from_yaml(&values).unwrap()).unwrap()).unwrap();
    let rows: Vec<_> = table(name).into_iter().map(|it| (it, json.clone())).collect();
    let wrong = differences(&rows);
    assert!(wrong.is_empty(), "{wrong}");
}

/// Says which rows Helm's own engines render otherwise than ours.
fn differences(rows: &[(String, Json)]) -> String {
    let mut wrong = String::new();
    let Some(expected) = oracle(rows) else { return wrong };
    assert_eq!(expected.len(), rows.len());
    for ((template, values), expected) in rows.iter().zip(&expected) {
        for (helm, version) in [(HelmVersion::V4, "v4"), (HelmVersion::V3, "v3")] {
            let expected = &expected[version];
            let theirs = match expected["error"].as_str() {
                None | Some("") => Ok(expected["text"].as_str().unwrap_or_default().to_owned()),
                Some(error) => Err(error.to_owned()),
            };
            let ours = render(template, values, helm);
            if ours != theirs {
                _ = writeln!(wrong, "{version} {template}\n  helm: {theirs:?}\n  ours: {ours:?}");
            }
        }
    }
    wrong
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

/// What is done with values, of which `$x` and `$y` are made up.
const USES: &[&str] = &[
    "{{ $x }} {{ print $x $y }} {{ quote $x }} {{ squote $x $y }} {{ cat $x $y }}",
    r#"{{ printf "%v|%s|%d|%q|%t|%T|%5v|%x|%.2f|%+v|%#v" $x $x $x $x $x $x $x $x $x $x $x }}"#,
    "{{ toYaml $x }}",
    "a:{{ toYaml $ | nindent 2 }}",
    r#"{{ dict "a" $x "b" (list $y $x) | toYaml | indent 3 }}"#,
    r#"{{ dict "a" $x "b" (list $y $x) | toYamlPretty }}"#,
    "{{ toJson $x }} {{ toRawJson $x }} {{ toPrettyJson $x }}",
    r#"{{ dict "a" $x | toToml }}"#,
    r#"{{ dict "a" $x | toYaml | fromYaml | toJson }}"#,
    "{{ toJson $x | fromJson | toYaml }}|{{ toYaml $x | fromYamlArray | toJson }}",
    "{{ eq $x $y }}",
    "{{ ne $x $y }} {{ deepEqual $x $y }}",
    "{{ lt $x $y }}",
    "{{ and $x $y }} {{ or $x $y }} {{ not $x }} {{ empty $x }} {{ coalesce $x $y }} {{ default $x $y }} {{ ternary 1 2 (empty $x) }}",
    "{{ int $x }} {{ int64 $x }} {{ float64 $x }} {{ toString $x }} {{ toDecimal $x }} {{ atoi (toString $x) }}",
    "{{ add $x $y }} {{ sub $x $y }} {{ mul $x 3 }} {{ max $x $y }} {{ floor $x }} {{ round $x 2 }} {{ addf $x $y }}",
    "{{ kindOf $x }} {{ typeOf $x }} {{ kindIs \"map\" $x }} {{ len $x }}",
    "{{ range $k, $v := $x }}{{ $k }}={{ $v }};{{ else }}none{{ end }}",
    "{{ range $v := $x }}{{ if $v }}{{ break }}{{ end }}{{ $v }}{{ end }}{{ with $y }}{{ . }}{{ else }}no{{ end }}",
    "{{ index $x 0 }}",
    "{{ index $x \"a\" }}",
    "{{ $x.a }}",
    "{{ first $x }} {{ last $x }} {{ rest $x }} {{ reverse $x }} {{ uniq $x }} {{ compact $x }} {{ has $y $x }} {{ append $x $y }}",
    "{{ sortAlpha $x }} {{ join \",\" $x }} {{ toStrings $x }}",
    "{{ keys $x | sortAlpha }} {{ values $x | len }} {{ hasKey $x \"a\" }} {{ pick $x \"a\" }} {{ omit $x \"a\" }} {{ get $x \"a\" }}",
    "{{ merge (dict \"k\" $x) (dict \"k\" $y) | toJson }} {{ mergeOverwrite (dict \"k\" $x) (dict \"k\" $y) | toJson }}",
    "{{ upper $x }} {{ trim $x }} {{ trunc 3 $x }} {{ trunc -2 $x }} {{ b64enc $x }} {{ title $x }} {{ snakecase $x }} {{ initials $x }}",
    "{{ abbrev 5 $x }} {{ replace \"a\" \"-\" $x }} {{ regexReplaceAll \"[a-z]+\" $x \"<$0>\" }} {{ contains \"a\" $x }} {{ splitList \"a\" $x }}",
    "{{ indent 2 $x }}{{ nindent 1 $x }} {{ wrap 3 $x }} {{ html $x }} {{ js $x }} {{ urlquery $x }} {{ nospace $x }} {{ substr 1 2 $x }}",
    "{{ tpl (print \"{{ .Values.x }}\" $y) . }}",
    "{{ required \"x is needed\" $x }} {{ slice $x 1 }}",
];

/// Texts that YAML reads as something else, or has to quote.
const ODD: &[&str] = &[
    "",
    "~",
    "null",
    "yes",
    "0x1f",
    "1e3",
    "1_000",
    "012",
    "- a",
    "a: b",
    "#x",
    "a #b",
    " a ",
    "a\nb\n",
    "\ta",
    "'",
    "\"",
    "é",
    "{{ 1 }}",
    "=",
    "<<",
    "2024-01-02",
    "1:30",
    "%",
    "a\\b",
];

/// Makes values as charts have them, odd ones more often than in charts.
fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-20_i64..20).prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1e3..1e3).prop_map(Json::from),
        any::<f64>().prop_filter("JSON has it", |it| it.is_finite()).prop_map(Json::from),
        proptest::sample::select(ODD).prop_map(Json::from),
        "[ -~]{0,12}".prop_map(Json::from),
        "[a-c\n\t :#'\"-]{0,40}".prop_map(Json::from),
        "\\PC{0,6}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            proptest::collection::btree_map("[a-d]|[ -~]{0,6}", inner, 0..4)
                .prop_map(|it| Json::Object(it.into_iter().collect())),
        ]
    })
}

/// Runs so many cases as `PROPTEST_CASES` says, always the same ones.
#[test]
fn made_up_values_are_as_helm_renders_them() {
    let mut runner = TestRunner::deterministic();
    let row = (proptest::sample::select(USES), any_json(), any_json());
    let made = (0..runner.config().cases * 4).map(|_| row.new_tree(&mut runner).expect("a row").current());
    let rows: Vec<_> = made
        .map(|(uses, x, y)| (format!("{{{{ $x := .Values.x }}}}{{{{ $y := .Values.y }}}}{uses}"), json!({"x": x, "y": y})))
        .collect();
    let wrong = differences(&rows);
    assert!(wrong.is_empty(), "{wrong}");
}
