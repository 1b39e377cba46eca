use super::*;

fn file(name: &str, text: &str) -> RenderedFile {
    RenderedFile { name: name.to_owned(), text: text.into(), marks: Vec::new() }
}

#[track_caller]
fn check(files: &[RenderedFile], options: &Options, expected: &str) {
    let output = assemble(files, options, &Heads::default()).expect("all are YAML");
    assert_eq!(String::from_utf8_lossy(&output.text), expected);
    for piece in &output.pieces {
        let part = &output.text[piece.start..piece.start + piece.len];
        let source = files.get(piece.file).map_or_else(|| &*options.crds[piece.file - files.len()].1, |it| &*it.text);
        assert_eq!(part, &source[piece.offset..piece.offset + piece.len]);
    }
}

fn hook(kind: &str, events: &str) -> String {
    format!("kind: {kind}\nmetadata:\n  annotations:\n    helm.sh/hook: {events}\n")
}

#[test]
fn documents_are_sorted_by_kind_and_hooks_come_last() {
    let files = [
        file("c/templates/b.yaml", "kind: Service\n---\nkind: Zebra\n---\nkind: Aardvark\n\n"),
        file("c/templates/a.yaml", "\n---\nkind: Deployment\nx: |\n  y\n\n---\nkind: Service\n"),
        file("c/templates/hook.yaml", &format!("{}---\n{}", hook("Pod", "Test , pre-install"), hook("Job", "nonsense"))),
        file("c/templates/NOTES.txt", "a: b: c"),
        file("c/templates/_helpers.tpl", "a: b: c"),
        file("c/templates/empty.yaml", "\n  \n"),
    ];
    let plain = "---\n# Source: c/templates/a.yaml\nkind: Service\n\n---\n# Source: c/templates/b.yaml\nkind: Service\n\n---\n# Source: c/templates/a.yaml\nkind: Deployment\nx: |\n  y\n\n\n---\n# Source: c/templates/b.yaml\nkind: Aardvark\n\n\n---\n# Source: c/templates/b.yaml\nkind: Zebra\n";
    let hooks = format!("---\n# Source: c/templates/hook.yaml\n{}\n", hook("Pod", "Test , pre-install"));
    check(&files, &Options::default(), &format!("{plain}{hooks}"));
    check(&files, &Options { skip_tests: true, ..Options::default() }, plain);
    let tight = plain.replace("\n\n\n---", "\n---").replace("\n\n---", "\n---");
    check(&files, &Options { helm: HelmVersion::V3, skip_tests: true, ..Options::default() }, &tight);
}

#[test]
fn crds_come_first() {
    let files = [file("c/templates/a.yaml", "kind: Service\n")];
    let crds = vec![("c/crds/x.yaml".to_owned(), b"kind: CustomResourceDefinition\n".to_vec())];
    let options = Options { include_crds: true, crds, ..Options::default() };
    let expected =
        "---\n# Source: c/crds/x.yaml\nkind: CustomResourceDefinition\n\n---\n# Source: c/templates/a.yaml\nkind: Service\n";
    check(&files, &options, expected);
}

#[test]
fn one_file_may_be_shown() {
    let files = [file("c/templates/a.yaml", "kind: Service\n---\nkind: Pod\n"), file("c/templates/b.yaml", "kind: Secret\n")];
    let show =
        |patterns: &[&str]| Options { show_only: patterns.iter().map(|it| (*it).to_owned()).collect(), ..Options::default() };
    let a = "---\n# Source: c/templates/a.yaml\nkind: Service\n\n\n---\n# Source: c/templates/a.yaml\nkind: Pod\n\n";
    check(&files, &show(&["templates/a.yaml"]), a);
    let error = assemble(&files, &show(&["templates/a.yaml", "a.yaml"]), &Heads::default()).expect_err("there is none");
    assert_eq!(error.message, "could not find template a.yaml in chart");
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let cases = [
        (
            "a: b: c",
            HelmVersion::V4,
            "error converting YAML to JSON: yaml: mapping values are not allowed in this context",
            Some(1),
        ),
        (
            "kind: A\n---\nkind: B\n a: 1",
            HelmVersion::V4,
            "error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context",
            Some(4),
        ),
        (
            "text",
            HelmVersion::V4,
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type util.SimpleHead",
            Some(1),
        ),
        (
            "text",
            HelmVersion::V3,
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type releaseutil.SimpleHead",
            Some(1),
        ),
        (
            "kind: []",
            HelmVersion::V4,
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field SimpleHead.kind of type string",
            Some(1),
        ),
    ];
    for (text, helm, message, line) in cases {
        let error = assemble(&[file("c/templates/a.yaml", text)], &Options { helm, ..Options::default() }, &Heads::default())
            .expect_err(text);
        assert_eq!(error.message, format!("YAML parse error on c/templates/a.yaml: {message}"));
        assert_eq!(error.place, Some((0, line)));
    }
}
