//! Tools that are missing, too old, broken, slow, or talk too much.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::sandbox::Sandbox;

/// A helm that renders what `script` writes.
fn helm(sandbox: &Sandbox, script: &str) {
    sandbox.fake("helm", &format!("[ \"$1\" = version ] && echo v4.0.0 && exit\n{script}"));
}

#[test]
fn missing_tools_are_told() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").write("overlay/kustomization.yaml", "resources: []\n");
    let ran = sandbox.transcript(&[
        "check web --renderer helm",
        "check overlay",
        "check web --strict --renderer helm",
        "check web --helm /no/such/helm",
        "check overlay --kustomize no-such-kustomize",
    ]);
    snapshot!(ran);
}

#[test]
fn missing_helm_does_not_stop_the_others() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").copy("manifests-wrong-number");
    let out = sandbox.run("check web manifests-wrong-number -q --renderer helm").ended(1);
    assert!(out.contains("[dangling-port]") && out.contains("web: skipped: no helm found"), "{out}");
}

#[test]
fn old_helm_is_told() {
    let sandbox = Sandbox::new();
    let old = sandbox.fake("helm", "echo v3.13.0");
    let sandbox = sandbox.env("HELM_BIN", old);
    sandbox.chart("web");
    snapshot!(sandbox.run("check web"));
}

#[test]
fn broken_helm_is_told() {
    let sandbox = Sandbox::new();
    sandbox.fake("silent", "exit 0");
    sandbox.fake("broken", "echo 'cannot load shared libraries' >&2; exit 127");
    sandbox.chart("web").write("helm.txt", "x");
    snapshot!(sandbox.transcript(&["check web --helm silent", "check web --helm broken", "check web --helm ./helm.txt"]));
}

#[test]
fn helm_that_fails_is_told() {
    let sandbox = Sandbox::new();
    sandbox.chart("web");
    helm(&sandbox, "exit 3");
    let silent = sandbox.run("check web");
    helm(&sandbox, "echo 'Error: cannot reach the moon' >&2; exit 1");
    let loud = sandbox.run("check web");
    helm(&sandbox, "kill -9 $$");
    let killed = sandbox.run("check web");
    snapshot!(format!("{silent}\n{loud}\n{killed}"));
}

#[test]
fn rendering_that_is_no_yaml_is_told() {
    let sandbox = Sandbox::new();
    sandbox.chart("web");
    helm(&sandbox, "printf '%s\\n' --- '# Source: web/templates/service.yaml' 'kind: [Service' 'metadata: {}'");
    snapshot!(sandbox.run("check web"));
}

#[test]
fn empty_rendering_is_told() {
    let sandbox = Sandbox::new();
    sandbox.chart("web");
    helm(&sandbox, "echo");
    snapshot!(sandbox.transcript(&["check web", "check web --strict"]));
}

#[test]
fn hanging_helm_is_killed_with_its_children() {
    let sandbox = Sandbox::new();
    sandbox.chart("web");
    helm(&sandbox, "trap '' TERM INT; sleep 300 & echo $$ $! >>pids; wait; sleep 300");
    let start = Instant::now();
    let ran = sandbox.run("check web --timeout 1");
    assert!(start.elapsed() < Duration::from_secs(30));
    let pids = fs::read_to_string(sandbox.path("pids")).unwrap();
    assert!(pids.split_whitespace().count() >= 2, "{pids}");
    pids.split_whitespace().for_each(assert_gone);
    snapshot!(ran);
}

#[test]
fn interruption_ends_the_run_and_its_tools() {
    let sandbox = Sandbox::new();
    sandbox.chart("web");
    helm(&sandbox, "sleep 300 & echo $$ $! >>pids; kill -INT $PPID; wait; sleep 300");
    let ran = sandbox.run("check web");
    assert_eq!((ran.code, &*ran.stdout), (130, ""), "{ran}");
    fs::read_to_string(sandbox.path("pids")).unwrap().split_whitespace().for_each(assert_gone);
}

/// Fails when a process is there after a moment; a killed one may need its moment to vanish.
fn assert_gone(pid: &str) {
    let start = Instant::now();
    while Path::new("/proc").join(pid).join("exe").read_link().is_ok() {
        assert!(start.elapsed() < Duration::from_secs(5), "process {pid} is still there");
        std::thread::sleep(Duration::from_millis(10));
    }
}
