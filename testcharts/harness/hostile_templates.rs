//! Templates that loop, recur, build gigabytes or hold themselves, for the built-in renderer: refused with file and line, in bounded time
//! and memory.

use std::fmt::Write as _;

use crate::sandbox::Sandbox;

/// Renders a chart of one template and of values.
#[track_caller]
fn rendered(template: impl AsRef<[u8]>, values: impl AsRef<[u8]>) -> (Option<i32>, String, String) {
    let sandbox = Sandbox::new();
    sandbox
        .write("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
        .write("web/values.yaml", values)
        .write("web/templates/x.yaml", template);
    let ran = sandbox.watched(&["render", "web", "--renderer", "builtin", "--timeout", "3"]);
    (Some(ran.code), ran.stdout, ran.stderr)
}

/// Checks that a template is refused, at that line of it, with these words.
#[track_caller]
fn refused(template: &str, line: u32, words: &str) {
    let (code, stdout, stderr) = rendered(template, "a: 1\n");
    assert!(code == Some(1) && stdout.is_empty(), "{code:?}: {stderr}");
    assert!(stderr.contains(words) && stderr.contains(&format!("x.yaml:{line}")), "{stderr}");
    assert!(stderr.len() < 2000, "{} bytes are no clear error", stderr.len());
}

#[test]
fn loops_without_end_are_stopped() {
    refused("a:\n{{ range until 1000 }}{{ $_ := until 1000000 }}{{ end }}", 2, "made more than 512 MB");
    refused("a:\n{{ range until 10000000000 }}x{{ end }}", 2, "1000000 items");
    // Too many steps, or too much time: whichever comes first.
    refused("a:\n{{ range $i := 10000000000 }}{{ end }}", 2, "took ");
    let twice = r#"{{ define "a" }}{{ if gt . 0 }}{{ include "a" (sub . 1) }}{{ include "a" (sub . 1) }}{{ end }}{{ end }}"#;
    refused(&format!("{twice}\n{{{{ include \"a\" 60 }}}}"), 1, "took longer than 3 s");
    refused("{{ range until 1000 }}{{ $_ := genPrivateKey \"rsa\" }}{{ end }}", 1, "took longer than 3 s");
}

#[test]
fn recursion_without_end_is_stopped() {
    let deep = "templates include each other without end";
    refused("a:\n{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}", 2, deep);
    refused("a:\n{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}", 2, "nested reference name: a");
    let tpl = "a:\n{{ define \"a\" }}{{ tpl \"{{ include \\\"a\\\" . }}\" . }}{{ end }}{{ include \"a\" . }}";
    refused(tpl, 2, deep);
    refused(&format!("\n{{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000)), 2, "nest deeper than 300");
    refused(&format!("{}x{}", "{{ if true }}".repeat(5000), "{{ end }}".repeat(5000)), 1, "nest deeper than 300");
}

#[test]
fn gigabytes_are_not_built() {
    refused("a:\n{{ repeat 10000000000 \"x\" }}", 2, "more than 32 MB");
    refused("a:\n{{ $x := repeat 1000 \"x\" }}{{ range until 99 }}{{ $x = print $x $x }}{{ end }}", 2, "print");
    refused("a: {{ range until 1000000 }}{{ repeat 1000 \"x\" }}{{ end }}", 1, "wrote more than 64 MB");
    refused(
        "a:\n{{ $x := \"\" }}{{ range until 99999 }}{{ $x = printf \"%s%s\" $x \"abc\" }}{{ end }}",
        2,
        "made more than 512 MB",
    );
    refused(&"{{.}}\n".repeat(2_000_000), 100_001, "more than 200000 texts and actions");
}

#[test]
fn values_that_hold_themselves_end() {
    let set = "{{ $m := dict \"a\" 1 }}{{ $_ := set $m \"self\" $m }}";
    // Go's encoders see the cycle, and Helm makes nothing of it.
    for function in ["toYaml", "toJson", "toYamlPretty"] {
        let (code, stdout, stderr) = rendered(format!("{set}a: [{{{{ {function} $m }}}}]"), "");
        assert!(code == Some(0) && stdout.ends_with("a: []\n"), "{function}: {stdout}{stderr}");
    }
    for function in ["deepCopy $m", "deepEqual $m (deepCopy $m)", "toToml $m"] {
        refused(&format!("a:\n{set}{{{{ {function} }}}}"), 2, function.split(' ').next().unwrap());
    }
    for function in ["print $m", "printf \"%v %q %#v\" $m $m $m", "quote $m", "list $m | join \",\"", "hasKey $m \"self\""] {
        let (code, _, stderr) = rendered(format!("{set}a: {{{{ len ({function} | toString) }}}}"), "");
        assert!(code == Some(0), "{function}: {stderr}");
    }
}

#[test]
fn values_that_are_too_deep_are_refused() {
    let deep = "a:\n{{ $x := dict }}{{ range until 1500 }}{{ $x = dict \"a\" $x }}{{ end }}";
    for function in ["toYaml", "toJson", "toPrettyJson", "toToml"] {
        refused(&format!("{deep}{{{{ {function} $x }}}}"), 2, "maps and lists nest deeper than 1000");
    }
}

#[test]
fn huge_values_are_read() {
    let values = (0..20_000).fold(String::new(), |mut text, it| {
        _ = writeln!(text, "k{it}: {{x: [1, 2, {it}]}}");
        text
    });
    let (code, stdout, stderr) = rendered("a: {{ len .Values }}\nb: {{ .Values.k7.x }}\n", values);
    assert!(code == Some(0) && stdout.contains("a: 20000\nb: [1 2 7]"), "{stdout}{stderr}");
}

#[test]
fn expressions_take_linear_time() {
    let (code, stdout, stderr) = rendered("a: {{ regexMatch \"^(a+)+$\" (print (repeat 40000 \"a\") \"b\") | quote }}", "");
    assert!(code == Some(0) && stdout.contains("a: \"false\""), "{stdout}{stderr}");
    refused("a:\n{{ regexFind \"(x{1,1000}){1,1000}\" \"x\" }}", 2, "invalid repeat count");
}

#[test]
fn bytes_that_are_no_text_are_told() {
    let (code, _, stderr) = rendered(b"a: \xff\xfe {{ .Values.a }}\n", "a: 1\n");
    assert!(code == Some(1) && stderr.contains("YAML parse error on web/templates/x.yaml"), "{stderr}");
    let (code, _, stderr) = rendered("a: 1\n", b"a: 1\nb: \xff\n");
    assert!(code != Some(0) && stderr.contains("values.yaml"), "{stderr}");
}

#[test]
fn schemas_elsewhere_are_never_fetched() {
    let sandbox = Sandbox::new();
    let schema = "{\"properties\": {\"a\": {\"$ref\": \"http://127.0.0.1:9/x.json\"}}}";
    sandbox.chart("web").write("web/values.schema.json", schema);
    let ran = sandbox.watched(&["render", "web", "--renderer", "builtin"]);
    assert!(ran.code == 1 && ran.stderr.contains("http://127.0.0.1:9/x.json"), "{}", ran.stderr);
}

#[test]
fn where_a_rendering_stops_is_drawn() {
    let template =
        "kind: Service\nmetadata:\n  name: {{ include \"name\" . }}\n{{ define \"name\" }}\n{{ .Values.a.b.c }}\n{{ end }}\n";
    let (code, _, stderr) = rendered(template, "x: 1\n");
    assert_eq!(code, Some(1));
    snapshot!(stderr);
}
