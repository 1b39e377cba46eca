use super::*;
use crate::kube::{SourceRef, read};

const RENDERED: &str = "\
kind: Service
metadata: {name: x-web}
spec:
  ports:
  - {name: metrics, port: 9090}
  - {name: http, port: 8080}
";

/// Returns file, line, column and value of all that is written of a field of the first object, which came from `base/web.yaml`.
fn seen(files: &[(&str, &str)], rendered: &str, path: &str) -> Vec<(String, u32, u32, String)> {
    let mut tree = SourceTree::default();
    for (file, text) in files {
        tree.insert(*file, text.as_bytes());
    }
    let file = if rendered.contains("ConfigMap") { "base/kustomization.yaml" } else { "base/web.yaml" };
    let source = |line| Some(SourceRef { file: file.into(), line, line_in_file: None });
    let manifest = read(parse(rendered), "default", &source);
    let resource = &manifest.resources[0];
    let node = walk(&resource.node, &steps(path).unwrap()).unwrap();
    let found = written(&tree, resource, &Field::new(0, path, node));
    found.into_iter().map(|it| (it.file, it.place.line, it.place.column, it.value.to_string())).collect()
}

fn place(file: &str, line: u32, column: u32, value: &str) -> (String, u32, u32, String) {
    (file.into(), line, column, value.into())
}

#[test]
fn patches_come_behind_what_they_change() {
    let base = "kind: Service\nmetadata: {name: web}\nspec:\n  ports:\n  - {name: http, port: 80}\n";
    let merge = "kind: Service\nmetadata: {name: web}\nspec:\n  ports:\n  - $patch: replace\n  - {name: http, port: 8000}\n";
    let own = "\
resources: [base]
patches:
- path: merge.yaml
- target: {kind: Service}
  patch: |-
    - op: replace
      path: /spec/ports/1/port
      value: 8080
- target: {kind: Service, name: other}
  patch: '[{op: replace, path: /spec/ports/1/port, value: 1}]'
";
    let files = [
        ("base/kustomization.yaml", "resources: [web.yaml]"),
        ("base/web.yaml", base),
        ("kustomization.yaml", own),
        ("merge.yaml", merge),
    ];
    let expected =
        [place("base/web.yaml", 5, 24, "80"), place("merge.yaml", 6, 24, "8000"), place("kustomization.yaml", 8, 14, "8080")];
    assert_eq!(seen(&files, RENDERED, "spec.ports[1].port"), expected);
}

#[test]
fn generators_tell_literals_files_and_environments() {
    let rendered = "\
kind: ConfigMap
metadata: {name: x-conf-abc}
data:
  URL: http://web:80
  LEVEL: debug
  web.conf: |
    listen 80;
";
    let files = [
        (
            "base/kustomization.yaml",
            "configMapGenerator:\n- name: conf\n  literals: ['URL=http://web:80']\n  files: [web.conf]\n  envs: [conf.env]\n",
        ),
        ("base/web.conf", "listen 80;\n"),
        ("base/conf.env", "A=1\nLEVEL=debug\n"),
    ];
    assert_eq!(seen(&files, rendered, "data.URL"), [place("base/kustomization.yaml", 3, 19, "\"http://web:80\"")]);
    assert_eq!(seen(&files, rendered, "data.LEVEL"), [place("base/conf.env", 2, 7, "\"debug\"")]);
    assert_eq!(seen(&files, rendered, "data[\"web.conf\"]"), [place("base/web.conf", 1, 1, "\"listen 80;\\n\"")]);
}

#[test]
fn what_a_merge_put_beside_the_other_is_told_apart() {
    let object =
        |port: &str| format!("kind: Service\nmetadata: {{name: web}}\nspec:\n  ports:\n  - {{name: http, port: {port}}}\n");
    let (rendered, base) = (object("8080}\n  - {name: http, port: 80"), object("80"));
    let patch = object("8080");
    let files = [
        ("base/web.yaml", base.as_str()),
        ("kustomization.yaml", "resources: [base/web.yaml]\npatches: [{path: patch.yaml}]\n"),
        ("patch.yaml", &patch),
    ];
    assert_eq!(seen(&files, &rendered, "spec.ports[0].name"), [place("patch.yaml", 5, 12, "\"http\"")]);
    assert_eq!(seen(&files, &rendered, "spec.ports[1].name"), [place("base/web.yaml", 5, 12, "\"http\"")]);
}

#[test]
fn what_cannot_be_told_apart_is_left_out() {
    let twice = "kind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n---\nkind: Service\nmetadata: {name: we}\n";
    let files = [("base/web.yaml", twice)];
    assert_eq!(seen(&files, RENDERED, "spec.ports[1].port"), []);
    let longer = "kind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}, {port: 8080}, {port: 9090}]}\n";
    assert_eq!(seen(&[("base/web.yaml", longer)], RENDERED, "spec.ports[1].port"), []);
}
