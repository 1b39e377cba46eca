//! Tools that hang, fork, talk without end, or die: each is ended, told, and does not stop the others.

use serde_json::Value as Json;

use crate::sandbox::{Ran, Sandbox};

/// What a tool renders that behaves.
pub(crate) const SERVICE: &str = "cat <<'END'
---
# Source: web/templates/service.yaml
kind: Service
apiVersion: v1
metadata: {name: web}
spec: {ports: [{port: 80}]}
END";

/// Makes a helm that behaves for `good`, and does what a script says for anything else.
pub(crate) fn helm(sandbox: &Sandbox, script: &str) {
    let good = format!("case \"$3\" in *good*) {SERVICE}\nexit;; esac");
    sandbox.fake("helm", &format!("[ \"$1\" = version ] && echo v4.0.0 && exit\n{good}\n{script}"));
}

/// Returns the status of a target and all that is said of it and its cases.
#[track_caller]
pub(crate) fn said(report: &Json, target: &str) -> (String, String) {
    let targets = report["targets"].as_array().unwrap();
    let target = targets.iter().find(|it| it["path"] == target).unwrap_or_else(|| panic!("no {target} in {report:#}"));
    let cases = target["cases"].as_array().unwrap();
    let messages = cases.iter().chain([target]).filter_map(|it| it["message"].as_str());
    (target["status"].as_str().unwrap().to_owned(), messages.collect::<Vec<_>>().join("\n"))
}

/// Asserts that the good target was checked, and returns what is said of the bad one.
#[track_caller]
pub(crate) fn of_bad(ran: Ran) -> (String, String) {
    let report = ran.json();
    assert_eq!(said(&report, "good").0, "checked", "{report:#}");
    said(&report, "bad")
}

/// Lets a helm do what a script says; returns what is said of it.
#[track_caller]
fn hostile_helm(script: &str) -> (String, String) {
    let sandbox = Sandbox::new();
    sandbox.chart("bad").chart("good");
    helm(&sandbox, script);
    of_bad(sandbox.watched(&["check", "bad", "good", "--timeout", "2", "-o", "json"]))
}

#[track_caller]
fn fails(script: &str, message: &str) {
    let (status, said) = hostile_helm(script);
    assert!(status == "failed" && said.contains(message), "{script}: {status}: {said}");
}

const SLOW: &str = "helm took longer than 2 s: raise `--timeout`";
const BIG: &str = "helm wrote more than 32 MB: render a part of it";

#[test]
fn helm_that_hangs_is_killed() {
    fails("sleep 300", SLOW);
    fails("kill -STOP $$", SLOW);
}

#[test]
fn helm_that_ignores_signals_is_killed() {
    fails("trap '' TERM INT HUP QUIT PIPE; while :; do sleep 300; done", SLOW);
}

#[test]
fn helm_that_forks_leaves_nothing_running() {
    fails("sleep 300 & sleep 300 & wait", SLOW);
    fails("(sleep 300 & (sleep 300 & sleep 300)) & exit 0", SLOW);
    let (status, said) = hostile_helm(&format!("sleep 300 >/dev/null 2>&1 &\n{SERVICE}"));
    assert_eq!((&*status, &*said), ("checked", ""));
}

#[test]
fn helm_that_forks_into_sessions_of_their_own_leaves_nothing_running() {
    fails("setsid sleep 300 & sleep 300", SLOW);
    fails("setsid sh -c 'setsid sleep 300 & sleep 300' & exit 0", SLOW);
    let (status, said) = hostile_helm(&format!("setsid sh -c 'sleep 300 & wait' >/dev/null 2>&1 &\n{SERVICE}"));
    assert_eq!((&*status, &*said), ("checked", ""));
}

#[test]
fn helm_that_prints_too_much_is_killed() {
    fails("head -c 200000000 /dev/zero | tr '\\0' a", BIG);
    fails("yes", BIG);
    fails("yes -- '- [[{a: *b' | tr -d '\\n'", BIG);
}

#[test]
fn helm_that_logs_without_end_is_killed() {
    fails("yes >&2", SLOW);
    fails("yes | tr -d '\\n' >&2", SLOW);
}

#[test]
fn helm_that_prints_garbage_is_told() {
    fails("head -c 3000000 /dev/urandom", "is no YAML: ");
    fails("head -c 3000000 /dev/zero", "is no YAML: control characters are not allowed");
    fails("head -c 3000000 /dev/zero | tr '\\0' '\\377'; printf ': :'", "is no YAML: ");
    fails("yes '[' | tr -d '\\n' | head -c 2000000", "is no YAML: ");
}

#[test]
fn helm_that_renders_too_many_values_is_told() {
    let many = "it renders more than 2500000 values: verify a part of it";
    fails("printf 'kind: A\\na: ['; yes a, | tr -d '\\n' | head -c 30000000; printf 'b]\\n'", many);
    fails("yes -- --- | head -n 8000000", many);
}

#[test]
fn helm_that_closes_its_pipes_is_told() {
    fails("exec >&- 2>&-; sleep 300", SLOW);
    fails("exec >&- 2>&-; exit 3", "helm failed and said nothing");
    let (status, said) = hostile_helm("exec >&- 2>&-; exit 0");
    assert!(status == "checked" && said.contains("renders no objects"), "{status}: {said}");
}

#[test]
fn helm_that_dies_by_a_signal_is_told() {
    fails("kill -SEGV $$", "helm was killed by signal 11");
    fails("kill -KILL $$", "helm was killed by signal 9");
    fails(&format!("{SERVICE}\nkill -ABRT $$"), "helm was killed by signal 6");
}

#[test]
fn helm_that_hangs_at_its_version_is_told() {
    let sandbox = Sandbox::new();
    sandbox.chart("bad").write("good.yaml", "kind: Service\nmetadata: {name: web}\n");
    for (script, message) in [
        ("sleep 300 & sleep 300", "does not tell its version: it took longer than 2 s; pass `--helm PATH`"),
        ("yes", "does not tell its version: it printed too much; pass `--helm PATH`"),
        ("printf '\\033[2Jv4\\n.0.0'; exit 0", ""),
    ] {
        sandbox.fake("helm", script);
        let report = sandbox.watched(&["check", "bad", "good.yaml", "--timeout", "2", "-o", "json"]).json();
        assert_eq!(said(&report, "good.yaml").0, "checked");
        assert!(said(&report, "bad").1.contains(message), "{report:#}");
        _ = sandbox.watched(&["check", "bad", "--timeout", "2", "-v"]);
    }
}

#[test]
fn kustomize_that_misbehaves_is_told() {
    let slow = "kustomize took longer than 2 s: raise `--timeout`";
    for (script, message) in [
        ("trap '' TERM; sleep 300 & setsid sleep 300 & wait; sleep 300", slow),
        ("exec >&- 2>&-; sleep 300", slow),
        ("yes >&2", slow),
        ("yes", "kustomize wrote more than 32 MB: render a part of it"),
        ("head -c 1000000 /dev/urandom", "is no YAML: "),
        ("kill -SEGV $$", "kustomize was killed by signal 11"),
        ("exit 7", "kustomize failed and said nothing"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("bad/kustomization.yaml", "resources: []\n").chart("good");
        helm(&sandbox, "");
        sandbox.fake("kustomize", &format!("[ \"$1\" = version ] && echo v5.0.0 && exit\n{script}"));
        let (status, said) = of_bad(sandbox.watched(&["check", "bad", "good", "--timeout", "2", "-o", "json"]));
        assert!(status == "failed" && said.contains(message), "{script}: {status}: {said}");
    }
}
