//! What was found is remembered: the next run says the same, byte for byte, and renders only what has changed.

use std::fs;
use std::path::{Path, PathBuf};

use portcullis::os::files::write_whole;

use crate::charts::names;
use crate::hostile_tools::{SERVICE, helm};
use crate::sandbox::{Ran, Sandbox, testcharts};

const FORMATS: [&str; 5] = ["text", "json", "sarif", "junit", "github"];

/// A chart, and a helm that notes each rendering.
fn counting() -> Sandbox {
    let sandbox = Sandbox::new().cached();
    sandbox.chart("web").write("my.yaml", "a: 1\n");
    helm(&sandbox, &format!("echo x >>calls\n{SERVICE}"));
    sandbox
}

/// Runs with the helm that notes each rendering; returns how many there were.
#[track_caller]
fn renderings(sandbox: &Sandbox, more: &str) -> usize {
    let calls = || fs::read_to_string(sandbox.path("calls")).unwrap_or_default().lines().count();
    let before = calls();
    let ran = sandbox.run(&format!("check web --renderer helm --no-discover {more}"));
    assert!(ran.code == 0 || ran.code == 1, "{ran}");
    calls() - before
}

fn entries(sandbox: &Sandbox) -> Vec<PathBuf> {
    let folder = fs::read_dir(sandbox.cache().join("targets"));
    folder.map(|it| it.map(|it| it.unwrap().path()).collect()).unwrap_or_default()
}

/// Checks testcharts in all formats; `extra` goes with the arguments.
fn everything(sandbox: &Sandbox, charts: &[String], extra: &str) -> (Ran, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let file = |format: &str| folder.path().join(format).display().to_string();
    let outputs: Vec<String> = FORMATS.iter().map(|it| format!("-o {it}={}", file(it))).collect();
    let ran = sandbox.run(&format!("check {} {extra} -v {}", charts.join(" "), outputs.join(" ")));
    let reports = FORMATS.iter().map(|it| fs::read_to_string(file(it)).unwrap()).collect();
    (ran, reports)
}

/// With the times in the `JUnit` report it shows that nothing was rendered again.
#[test]
fn a_warm_run_says_the_same_in_each_format() {
    let sandbox = Sandbox::new().cached().in_project();
    let is_overlay = |it: &String| it.starts_with("kustomize-") || testcharts().join(it).join("kustomization.yaml").exists();
    let charts: Vec<String> = names().into_iter().filter(|it| !is_overlay(it)).map(|it| format!("testcharts/{it}")).collect();
    let (cold, reports) = everything(&sandbox, &charts, "--renderer builtin -j 8");
    assert_eq!(entries(&sandbox).len(), charts.len());
    for jobs in ["-j 1", "-j 8"] {
        let (warm, again) = everything(&sandbox, &charts, &format!("--renderer builtin {jobs}"));
        assert_eq!(warm.to_string(), cold.to_string());
        for (format, (one, other)) in FORMATS.iter().zip(reports.iter().zip(&again)) {
            assert!(one == other, "{format} differs");
        }
    }
}

#[test]
fn a_warm_run_with_tools_says_the_same() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    let sandbox = sandbox.cached().in_project();
    let run = || sandbox.run("check testcharts -v -o json").ended(1);
    assert!(run() == run());
}

#[test]
fn what_has_changed_is_rendered_again() {
    let sandbox = counting();
    let with_file = "-f my.yaml --set-file text=note.txt";
    let write = |file: &str, text: &str| _ = sandbox.write(file, text);
    write("note.txt", "one");
    assert_eq!(renderings(&sandbox, with_file), 1);
    assert_eq!(renderings(&sandbox, with_file), 0);
    let config = "version: 1\n";
    for (file, old, new) in [
        ("web/values.yaml", "port: 80\n", "port: 81\n"),
        (
            "web/charts/sub/Chart.yaml",
            "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
            "apiVersion: v2\nname: sub\nversion: 1.0.1\n",
        ),
        ("my.yaml", "a: 1\n", "a: 2\n"),
        ("note.txt", "one", "two"),
        ("portcullis.yaml", config, "version: 1\nrules: {all: warning}\n"),
    ] {
        write(file, old);
        renderings(&sandbox, with_file);
        write(file, new);
        assert_eq!(renderings(&sandbox, with_file), 1, "{file}");
        write(file, old);
        assert_eq!(renderings(&sandbox, with_file), 0, "{file}");
    }
    for more in ["--set port=81", "-n other", "--kube-version 1.30", "--rule all=note", "--axis set:port=81"] {
        assert!(renderings(&sandbox, more) > 0, "{more}");
        assert_eq!(renderings(&sandbox, more), 0, "{more}");
    }
    helm(&sandbox, &format!("echo x >>calls\n# another build\n{SERVICE}"));
    assert_eq!(renderings(&sandbox, with_file), 1);
    assert_eq!(renderings(&sandbox, &format!("{with_file} --no-cache")), 1);
}

#[test]
fn what_is_not_known_by_content_is_not_kept() {
    let sandbox = counting();
    for more in ["-- --debug", "--dependency-update"] {
        renderings(&sandbox, more);
        assert_eq!(entries(&sandbox), Vec::<PathBuf>::new(), "{more}");
    }
    std::os::unix::fs::symlink("../../my.yaml", sandbox.path("web/templates/link.yaml")).unwrap();
    renderings(&sandbox, "");
    fs::remove_file(sandbox.path("web/templates/link.yaml")).unwrap();
    let stdin = sandbox.run_with(&["check", "-"], "kind: Service\n");
    assert_eq!(entries(&sandbox), Vec::<PathBuf>::new(), "{stdin}");
}

#[test]
fn what_failed_or_took_too_long_is_tried_again() {
    for script in ["echo x >>calls; echo Error: no luck >&2; exit 1", "echo x >>calls; sleep 300", "echo x >>calls; kill -9 $$"] {
        let sandbox = counting();
        helm(&sandbox, script);
        for _ in 0..2 {
            assert_eq!(renderings(&sandbox, "--timeout 1"), 1, "{script}");
        }
        assert_eq!(entries(&sandbox), Vec::<PathBuf>::new());
    }
}

#[test]
fn spoilt_and_foreign_entries_are_replaced() {
    let sandbox = counting();
    assert_eq!(renderings(&sandbox, ""), 1);
    let entry = entries(&sandbox).pop().unwrap();
    let whole = fs::read(&entry).unwrap();
    for bytes in [&whole[..whole.len() / 2], b"", b"{\"of\": \"another program\"}"] {
        write_whole(&entry, bytes).unwrap();
        assert_eq!(renderings(&sandbox, ""), 1);
        assert_eq!(renderings(&sandbox, ""), 0);
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_none() {
    let sandbox = Sandbox::new().cached().env("PORTCULLIS_CACHE_DIR", "/dev/null/cache");
    sandbox.chart("web");
    let ran = sandbox.run("check web");
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{ran}");
}

#[test]
fn no_cache_means_none() {
    let sandbox = Sandbox::new().cached();
    sandbox.chart("web");
    for args in ["check web --no-cache", "baseline web --no-cache", "fix web", "graph web"] {
        sandbox.run(args).ended(0);
        assert!(!sandbox.cache().exists(), "{args}");
    }
    let home = Sandbox::new().env("PORTCULLIS_NO_CACHE", "false");
    home.chart("web").run("check web").ended(0);
    assert!(home.path("../home/.cache/portcullis/targets").is_dir() || cfg!(target_os = "macos"));
}

#[test]
fn runs_side_by_side_share_it() {
    let cache = tempfile::tempdir().unwrap();
    let args = "check testcharts/ci-values testcharts/quoted-port --renderer builtin -o json";
    let run = || Sandbox::new().cached().env("PORTCULLIS_CACHE_DIR", cache.path()).in_project().run(args).stdout;
    let alone = Sandbox::new().in_project().run(args).stdout;
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        for it in all {
            assert_eq!(it.join().unwrap(), alone);
        }
    });
}

/// The warnings of a run are said again by the next one.
#[test]
fn idle_entries_of_the_configuration_are_told_again() {
    let sandbox = Sandbox::new().cached();
    sandbox.chart("web").write(
        "portcullis.yaml",
        "version: 1\n\
         matrix:\n  axes: {kube: ['1.30.0', '1.31.0']}\n  exclude: [{kube: '1.30.0'}, {kube: '1.32.0'}]\n\
         ignore:\n- {rule: dangling-port, object: Pod/none, reason: idle}\n- {rule: dangling-port, reason: over, expires: 2020-01-31}\n",
    );
    let (cold, warm) = (sandbox.run("check -v"), sandbox.run("check -v"));
    assert!(cold.stderr.contains("portcullis.yaml:"), "{cold}");
    assert_eq!(cold.to_string(), warm.to_string());
}

#[test]
fn no_secret_gets_into_it() {
    let sandbox = Sandbox::new().cached();
    let deployment = "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    \
        metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - name: web\n        env:\n        - name: DB_PASSWORD\n          \
        value: {{ .Values.db.password }}\n        ports: [{containerPort: 8080, name: http}]\n        readinessProbe: {httpGet: {port: htp}}\n";
    let secret = "kind: Secret\napiVersion: v1\nmetadata: {name: web}\nstringData:\n  password: {{ .Values.db.password }}\n";
    sandbox.chart("web").write("web/templates/deployment.yaml", deployment).write("web/templates/secret.yaml", secret);
    sandbox.write("web/values.yaml", "port: 80\ndb: {password: in-values-hunter2}\n");
    sandbox.run("check web -o json").ended(1);
    sandbox.run("check web --set db.password=in-flags-hunter2 -v").ended(1);
    assert_eq!(entries(&sandbox).len(), 2);
    for entry in entries(&sandbox) {
        assert!(!fs::read_to_string(&entry).unwrap().contains("hunter2"), "{}", entry.display());
    }
    assert_is_private(&sandbox.cache());
}

/// A diff shows the lines around a change, too.
#[test]
fn corrections_beside_a_secret_are_not_kept() {
    let sandbox = Sandbox::new().cached();
    sandbox.copy("drift-ingress-literal");
    sandbox.run("check drift-ingress-literal -o json").ended(1);
    assert_eq!(entries(&sandbox).len(), 1);
    let file = "drift-ingress-literal/templates/ingress.yaml";
    let text = fs::read_to_string(sandbox.path(file)).unwrap();
    sandbox.write(file, text.replace("{{- end }}", "x:\n  password: hunter2\n{{- end }}"));
    sandbox.run("check drift-ingress-literal -o json").ended(1);
    assert!(entries(&sandbox).iter().all(|it| !fs::read_to_string(it).unwrap().contains("hunter2")));
}

#[track_caller]
fn assert_is_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o077, 0);
}
