//! Paths and files that cannot be used: one clear message each, with the place and the next step.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::sandbox::Sandbox;

#[test]
fn what_is_not_there_is_told() {
    let sandbox = Sandbox::new();
    sandbox.write("notes.txt", "x").write("empty/.keep", "").write("texts/a.txt", "x");
    let ran = sandbox.transcript(&[
        "check missing",
        "check charts/missing/deep",
        "check bitnami/nginx",
        "check oci://registry.example/web",
        "check notes.txt",
        "check empty",
        "check texts",
        "matrix missing",
    ]);
    snapshot!(ran);
}

#[test]
fn empty_folder_is_told() {
    let sandbox = Sandbox::new();
    snapshot!(sandbox.transcript(&["check", "matrix"]));
}

#[test]
fn broken_chart_yaml_is_told() {
    let sandbox = Sandbox::new();
    let charts = [
        ("broken", "apiVersion: v2\nname: [web\n"),
        ("tabs", "apiVersion: v2\n\tname: web\n"),
        ("empty", ""),
        ("list", "- name: web\n"),
        ("no-name", "apiVersion: v2\nversion: 0.1.0\n"),
        ("name-is-a-list", "apiVersion: v2\nname: [web]\nversion: 0.1.0\n"),
    ];
    for (name, text) in charts {
        sandbox.chart(name).write(&format!("{name}/Chart.yaml"), text);
    }
    let commands: Vec<String> = charts.iter().map(|it| format!("check {}", it.0)).collect();
    snapshot!(sandbox.transcript(&commands.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn broken_values_are_told() {
    let sandbox = Sandbox::new();
    let charts = [
        ("broken", "port: 80\nhosts: [a\n"),
        ("indented", "port: 80\n  host: x\n"),
        ("list", "- port: 80\n"),
        ("text", "port\n"),
    ];
    for (name, text) in charts {
        sandbox.chart(name).write(&format!("{name}/values.yaml"), text);
    }
    let commands: Vec<String> = charts.iter().map(|it| format!("check {}", it.0)).collect();
    snapshot!(sandbox.transcript(&commands.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn broken_manifests_are_told() {
    let sandbox = Sandbox::new();
    let service = "kind: Service\napiVersion: v1\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n";
    sandbox.write("manifests/good.yaml", service).write("manifests/broken.yaml", format!("{service}---\nkind: [Service\n"));
    sandbox
        .write("alone.yaml", "kind: Service\nmetadata: {name: web\n")
        .write("comments.yaml", "# nothing\n")
        .write("text.yaml", "x\n");
    snapshot!(sandbox.transcript(&["check manifests", "check alone.yaml", "check comments.yaml", "check text.yaml"]));
}

#[test]
fn broken_archive_is_told() {
    let sandbox = Sandbox::new();
    sandbox.write("text.tgz", "no archive").write("empty.tgz", "");
    snapshot!(sandbox.transcript(&["check text.tgz", "check empty.tgz"]));
}

#[test]
fn unreadable_files_are_told() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").chart("config").write("config/portcullis.yaml", "version: 1\n").write("a.yaml", "a: 1\n");
    sandbox.chart("all/web").chart("all/closed").chart("good");
    for name in ["web/values.yaml", "config/portcullis.yaml", "a.yaml", "all/closed"] {
        fs::set_permissions(sandbox.path(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    if fs::read(sandbox.path("a.yaml")).is_ok() {
        eprintln!("left out: whoever runs this may read everything");
        return;
    }
    let said = |args: &str, code: i32, message: &str| {
        let ran = sandbox.run(args);
        let text = format!("cannot read `{message}`: Permission denied (os error 13)");
        assert!(ran.code == code && (ran.stdout.contains(&text) || ran.stderr.contains(&text)), "{ran}");
    };
    said("check web", 3, "web/values.yaml");
    said("check config", 3, "config/portcullis.yaml");
    said("check good --config config/portcullis.yaml", 2, "config/portcullis.yaml");
    said("check a.yaml", 3, "a.yaml");
    said("matrix good -f a.yaml", 2, "a.yaml");
    said("check all/closed", 3, "all/closed");
    said("check all", 3, "all/closed");
    fs::set_permissions(sandbox.path("all/closed"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn what_is_no_file_is_told() {
    let sandbox = Sandbox::new();
    sandbox.chart("folder").chart("dangling").chart("template").write("overlay/kustomization.yaml/x", "");
    for name in ["folder/values.yaml", "dangling/Chart.yaml"] {
        fs::remove_file(sandbox.path(name)).unwrap();
    }
    sandbox.write("folder/values.yaml/x", "");
    for name in ["dangling/Chart.yaml", "template/templates/x.yaml"] {
        std::os::unix::fs::symlink("nowhere", sandbox.path(name)).unwrap();
    }
    snapshot!(sandbox.transcript(&["check folder", "check dangling", "check template", "check overlay"]));
}

#[test]
fn text_that_is_no_utf8_is_told() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").write("web/portcullis.yaml", b"version: 1 # \xff\n").write("latin.yaml", b"a: \xe9\n");
    snapshot!(sandbox.transcript(&["check web", "matrix web --config none.yaml -f latin.yaml", "check latin.yaml"]));
}

#[test]
fn links_in_a_circle_are_told() {
    let sandbox = Sandbox::new();
    sandbox.chart("web");
    std::os::unix::fs::symlink("circle", sandbox.path("circle")).unwrap();
    std::os::unix::fs::symlink("values.yaml", sandbox.path("web/values.yaml.link")).unwrap();
    std::os::unix::fs::symlink("..", sandbox.path("web/templates/up")).unwrap();
    snapshot!(sandbox.transcript(&["check circle", "matrix web"]));
}
