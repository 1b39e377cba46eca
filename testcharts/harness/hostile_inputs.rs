//! Texts that are bombs, giants or no YAML: bounded time and memory, a clear message, the other targets go on.

use std::fs;
use std::process::Stdio;

use crate::hostile_tools::{SERVICE, helm, of_bad, said};
use crate::sandbox::Sandbox;
use crate::watched::Endless;

const OBJECT: &str = "kind: Service\napiVersion: v1\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n";

/// A sandbox with a good chart and a helm that renders it.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.chart("good");
    helm(&sandbox, SERVICE);
    sandbox
}

/// Checks manifests beside a good chart; returns the exit code, the status and what is said.
#[track_caller]
fn manifests(text: impl AsRef<[u8]>) -> (i32, String, String) {
    let sandbox = sandbox();
    sandbox.write("bad.yaml", text);
    let ran = sandbox.watched(&["check", "bad.yaml", "good", "--no-discover", "-o", "json"]);
    let (code, report) = (ran.code, ran.json());
    assert_eq!(said(&report, "good").0, "checked", "{report:#}");
    let (status, message) = said(&report, "bad.yaml");
    (code, status, message)
}

#[track_caller]
fn manifests_fail(text: impl AsRef<[u8]>, message: &str) {
    let (code, status, said) = manifests(text);
    assert!(code == 1 && status == "failed" && said.contains(message), "{code}: {status}: {said}");
}

/// Checks a chart with a file of its own beside a good one.
#[track_caller]
fn chart_fails(file: &str, text: impl AsRef<[u8]>, message: &str) {
    let sandbox = sandbox();
    sandbox.chart("bad").write(&format!("bad/{file}"), text);
    let (status, said) = of_bad(sandbox.watched(&["check", "bad", "good", "-o", "json"]));
    assert!(status == "failed" && said.contains(message), "{file}: {status}: {said}");
}

fn aliases() -> String {
    let level = |(from, to): (char, char)| format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 10].join(","));
    format!("kind: A\na: &a [x,x,x,x,x,x,x,x,x,x]\n{}", ('a'..='h').zip('b'..='i').map(level).collect::<String>())
}

fn deep_block() -> String {
    (0..3000).map(|it| " ".repeat(it) + "a:\n").collect()
}

#[test]
fn alias_bombs_are_refused() {
    manifests_fail(aliases(), "bad.yaml:");
    manifests_fail("kind: A\na: &a [*a]\n", "bad.yaml:2:");
    chart_fails("values.yaml", aliases(), "bad/values.yaml:");
    chart_fails("Chart.yaml", aliases(), "bad/Chart.yaml");
    let merges = (0..500).map(|it| format!("b{it}: {{<<: [*a, *a, *a]}}\n")).collect::<Vec<_>>().concat();
    let keys: Vec<String> = (0..1000).map(|it| format!("k{it}: 1")).collect();
    manifests_fail(format!("kind: A\na: &a {{{}}}\n{merges}", keys.join(", ")), "bad.yaml:");
}

#[test]
fn deep_nesting_is_refused() {
    for text in ["[".repeat(1_000_000), "{a: ".repeat(300_000), "- ".repeat(500_000), "? ".repeat(500_000), deep_block()] {
        manifests_fail(&text, "bad.yaml:");
        chart_fails("values.yaml", format!("a: 1\nb:\n {text}"), "bad/values.yaml:");
        chart_fails("Chart.yaml", &text.as_bytes()[..text.len().min(500_000)], "bad/Chart.yaml");
    }
    let sandbox = sandbox();
    sandbox.write("bad/kustomization.yaml", format!("resources: {}", "[".repeat(500_000)));
    let (status, said) = of_bad(sandbox.watched(&["check", "bad", "good", "-o", "json"]));
    assert!(status != "checked" && said.contains("bad/kustomization.yaml:"), "{status}: {said}");
}

/// Makes a file of that size that takes no place.
fn sparse(sandbox: &Sandbox, name: &str, size: u64) {
    sandbox.write(name, "");
    fs::File::options().write(true).open(sandbox.path(name)).unwrap().set_len(size).unwrap();
}

#[test]
fn gigabytes_are_refused() {
    let cases = [
        ("bad.yaml", "bad.yaml", "`bad.yaml` holds more than 32 MB; "),
        ("bad/a.yaml", "bad", "`bad/a.yaml` holds more than 32 MB; "),
        ("bad/values.yaml", "bad", "`bad/values.yaml` holds more than 32 MB; "),
        ("bad/Chart.yaml", "bad", "`bad/Chart.yaml` holds more than 1 MB; "),
        ("bad/charts/a.tgz", "bad", "holds more than 100 MB; "),
        ("bad/templates/x.yaml", "bad", "`bad/templates/x.yaml` holds more than 32 MB; "),
        ("bad/.helmignore", "bad", "`bad/.helmignore` holds more than 32 MB; "),
        ("bad/kustomization.yaml", "bad", "`bad/kustomization.yaml` holds more than 1 MB; "),
        ("bad.tgz", "bad.tgz", "`bad.tgz` holds more than 100 MB; "),
    ];
    for (file, target, message) in cases {
        let sandbox = sandbox();
        if target == "bad" && !["bad/a.yaml", "bad/kustomization.yaml"].contains(&file) {
            sandbox.chart("bad");
        }
        sparse(&sandbox, file, 1 << 40);
        let report = sandbox.watched(&["check", target, "good", "-o", "json"]).json();
        assert_eq!(said(&report, "good").0, "checked");
        let (status, said) = said(&report, target);
        let next = "leave out what is no part of it, or verify a part of it";
        assert!(status == "failed" && said.contains(message) && said.contains(next), "{file}: {said}");
    }
}

#[test]
fn gigabytes_of_small_files_are_refused() {
    let sandbox = sandbox();
    sandbox.chart("bad");
    (0..8).for_each(|it| sparse(&sandbox, &format!("bad/files/{it}"), 20 << 20));
    (0..8).for_each(|it| sparse(&sandbox, &format!("many/{it}.yaml"), 20 << 20));
    let report = sandbox.watched(&["check", "bad", "good", "many", "-o", "json"]).json();
    assert!(said(&report, "bad").1.contains("`bad` holds more than 100 MB; "), "{report:#}");
    assert!(said(&report, "many").1.contains("`many` holds more than 32 MB; "), "{report:#}");
    assert_eq!(said(&report, "good").0, "checked");
}

#[test]
fn gigabytes_that_are_named_by_flags_are_refused() {
    let sandbox = sandbox();
    sparse(&sandbox, "big.yaml", 1 << 40);
    for args in [&["-f", "big.yaml"][..], &["--config", "big.yaml"], &["--baseline", "big.yaml"]] {
        let ran = sandbox.watched(&[&["check", "good"], args].concat());
        let limit = if args[0] == "--config" { 1 } else { 32 };
        let message = format!("cannot read `big.yaml`: it holds more than {limit} MB; use a smaller file");
        assert!(ran.code == 2 && ran.stderr.contains(&message), "{ran}");
    }
    assert_eq!(sandbox.watched(&["merge", "big.yaml"]).code, 2);
}

#[test]
fn endless_standard_input_is_refused() {
    for text in ["a: 1\n---\n", "x", "[[[[", "\0"] {
        let sandbox = sandbox();
        let (_endless, stdin) = Endless::new(text);
        let ran = sandbox.start(&["check", "-", "good", "-o", "json"], stdin).ended().json();
        let message = "cannot read `standard input`: it holds more than 32 MB; verify a part of it";
        assert_eq!(said(&ran, "-"), ("failed".into(), message.into()));
        assert_eq!(said(&ran, "good").0, "checked");
    }
}

#[test]
fn closed_standard_input_is_empty() {
    let ran = Sandbox::new().start(&["check", "-"], Stdio::null()).ended();
    assert!(ran.code == 0 && ran.stdout.contains("holds no objects"), "{ran}");
}

#[test]
fn many_documents_are_read() {
    let (code, status, said) = manifests("---\na: 1\n".repeat(100_000));
    assert_eq!((code, &*status), (0, "checked"), "{said}");
    let (code, status, said) = manifests("---\n".repeat(500_000));
    assert_eq!((code, &*status), (0, "checked"), "{said}");
    let services: String =
        (0..20_000).map(|it| "---\n".to_owned() + &OBJECT.replace("name: web", &format!("name: web-{it}"))).collect();
    let (code, status, said) = manifests(services);
    assert_eq!((code, &*status), (0, "checked"), "{said}");
    manifests_fail("---\nkind: [\n".repeat(100_000), "bad.yaml:3:1 is no YAML");
}

#[test]
fn many_values_are_refused_where_they_need_too_much_memory() {
    let (code, status, said) = manifests(format!("kind: A\na: [{}]\n", "a,".repeat(1_000_000)));
    assert_eq!((code, &*status), (0, "checked"), "{said}");
    manifests_fail(
        format!("kind: A\na: [{}]\n", "a,".repeat(3_000_000)),
        "it renders more than 2500000 values: verify a part of it",
    );
    let message = "bad/values.yaml:1:1 holds more than 1000000 values; use a smaller file";
    chart_fails("values.yaml", format!("a: [{}]\n", "a,".repeat(2_000_000)), message);
}

#[test]
fn long_lines_keys_and_texts_are_read() {
    let long = "x".repeat(10_000_000);
    for text in
        [format!("{OBJECT}a: {long}\n"), format!("{OBJECT}{long}: a\n"), format!("{OBJECT}a: |\n  {long}\n"), format!("# {long}")]
    {
        let (code, status, said) = manifests(text);
        assert!(said.is_empty() || said.contains("holds no objects") || said.contains("is no YAML"), "{said}");
        assert!(code <= 1 && (status == "checked" || status == "failed"), "{code}: {status}");
    }
}

#[test]
fn encodings_are_read_or_told() {
    let utf16: Vec<u8> = OBJECT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (text, status) in [
        (format!("\u{feff}{OBJECT}").into_bytes(), "checked"),
        (OBJECT.replace('\n', "\r\n").into_bytes(), "checked"),
        (OBJECT.replace('\n', "\r").into_bytes(), "checked"),
        ([b"# caf\xe9 \xff\xfe\n", OBJECT.as_bytes()].concat(), "checked"),
        ([b"\xff\xfe".as_slice(), &utf16].concat(), "failed"),
        (utf16, "failed"),
        (vec![0xff; 5_000_000], "checked"),
        (vec![0; 5_000_000], "failed"),
        (Vec::new(), "checked"),
        (b"# nothing\n\n---\n# at all\n".to_vec(), "checked"),
    ] {
        let (_, found, said) = manifests(&text);
        assert_eq!(found, status, "{:?}: {said}", &text[..text.len().min(20)]);
        assert!(found == "checked" || said.contains("bad.yaml:1:"), "{said}");
    }
    chart_fails("Chart.yaml", [0xff, 0xfe, 0], "bad/Chart.yaml");
    chart_fails("values.yaml", [b'a', b':', b' ', 0], "bad/values.yaml:1:");
}

#[test]
fn numbers_and_names_of_no_sense_are_told() {
    let huge = "9".repeat(100_000);
    for port in ["99999999999999999999999999", "-1", "1e400", "0x7fffffffffffffff", ".nan", &huge, "!!binary aGk=", "{a: b}", "~"]
    {
        let service = OBJECT.replace("port: 80", &format!("port: {port}"));
        let ingress = "kind: Ingress\napiVersion: networking.k8s.io/v1\nmetadata: {name: web}\nspec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n";
        let (code, status, said) =
            manifests(format!("{service}---\n{}", ingress.replace("number: 80", &format!("number: {port}"))));
        assert!(code <= 1, "{port}: {code}: {status}: {said}");
    }
}

#[test]
fn duplicate_keys_are_told_and_not_too_often() {
    let sandbox = sandbox();
    sandbox.write("bad.yaml", format!("{OBJECT}data:\n{}", "  k: 1\n".repeat(100_000)));
    let ran = sandbox.watched(&["check", "bad.yaml", "good", "--no-discover", "-v"]);
    assert!(ran.code == 0 && ran.stdout.contains("has the key `k` twice; the last one wins"), "{ran}");
}

#[test]
fn values_that_are_no_map_are_told() {
    for (text, message) in [
        ("- a\n", "bad/values.yaml:1:1 is no map; write `key: value` lines"),
        ("text", "bad/values.yaml:1:1 is no map; write `key: value` lines"),
        ("a: 1\n---\n- b\n", "bad/values.yaml:3:1 is no map"),
        ("a: b: c\n", "bad/values.yaml:1:"),
        ("{a: [}", "bad/values.yaml:1:"),
    ] {
        chart_fails("values.yaml", text, message);
        let sandbox = sandbox();
        sandbox.write("v.yaml", text);
        let ran = sandbox.watched(&["check", "good", "-f", "v.yaml"]);
        assert!(ran.code == 2 && ran.stderr.starts_with("error: v.yaml:"), "{ran}");
    }
    for text in ["", "# nothing\n", "~\n", "\u{feff}port: 80\r\n", "port: 80\nport: 81\n"] {
        let sandbox = sandbox();
        sandbox.chart("bad").write("bad/values.yaml", text);
        assert_eq!(of_bad(sandbox.watched(&["check", "bad", "good", "-o", "json"])).0, "checked", "{text:?}");
    }
}
