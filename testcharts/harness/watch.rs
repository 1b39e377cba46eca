//! `check --watch`: what a saved file touches is checked again, until Ctrl-C.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;

use crate::sandbox::{Ran, Sandbox};
use crate::watched::Running;

const READY: &str = "watching for changes";

/// Two charts in a sandbox, checked without tools; one of them with an error.
fn charts() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.copy("drift-ingress-literal").chart("other");
    sandbox
}

/// Starts to watch, and waits for the first report.
#[track_caller]
fn watch<'a>(sandbox: &'a Sandbox, args: &[&str]) -> Running<'a> {
    let args = [&["check", "--watch"], args].concat();
    let running = sandbox.start(&args, Stdio::null()).time_limit(Duration::from_secs(100));
    running.wait_to_warn(READY);
    running
}

/// Ends it; returns what was reported after the first report, one text a change.
#[track_caller]
fn ended(running: Running<'_>) -> (Vec<String>, Ran) {
    running.signal(Signal::INT);
    let ran = running.ended();
    assert_eq!(ran.code, 130, "{ran}");
    (ran.stdout.split("\n--- changed: ").skip(1).map(str::to_owned).collect(), ran)
}

#[test]
fn a_saved_file_brings_up_its_target_alone() {
    let sandbox = charts();
    let running = watch(&sandbox, &[]);
    let file = "drift-ingress-literal/templates/ingress.yaml";
    let text = fs::read_to_string(sandbox.path(file)).unwrap();
    sandbox.write(file, text.replace("number: 80", "number: {{ .Values.service.port }}"));
    running.wait_to_say("no findings: 1 chart");
    sandbox.write(file, &text);
    running.wait_to_say("--- changed: drift-ingress-literal/templates/ingress.yaml\n\ndrift-ingress-literal (helm)");
    sandbox.write("other/values.yaml", "port: 81\n");
    running.wait_to_say("--- changed: other/values.yaml\n\nno findings: 1 chart");
    let (reports, ran) = ended(running);
    assert_eq!(reports.len(), 3, "{ran}");
    assert!(ran.stdout.starts_with("drift-ingress-literal (helm)") && ran.stdout.contains("1 error in 1 of 2 charts"), "{ran}");
    assert!(reports[1].contains("error[hard-coded-number]") && !reports[2].contains("hard-coded"), "{ran}");
}

#[test]
fn inputs_and_the_configuration_count_too() {
    let sandbox = charts();
    sandbox.write("inputs/my.yaml", "port: 80\n");
    let running = watch(&sandbox, &["other", "drift-ingress-literal", "-f", "inputs/my.yaml"]);
    sandbox.write("inputs/my.yaml", "port: 82\n");
    running.wait_to_say("--- changed: inputs/my.yaml\n\ndrift-ingress-literal (helm)");
    sandbox.write("portcullis.yaml", "version: 1\nrules: {hard-coded-number: 'off'}\n");
    running.wait_to_say("--- changed: portcullis.yaml\n\nno findings: 2 charts");
    sandbox.write("portcullis.yaml", "version: 1\nrule: {}\n");
    running.wait_to_warn("error: unknown key `rule`");
    sandbox.write("inputs/my.yaml", "port: [\n");
    running.wait_to_warn("inputs/my.yaml:");
    sandbox.write("inputs/my.yaml", "port: 82\n").write("portcullis.yaml", "version: 1\n");
    running.wait_to_say("error[hard-coded-number]");
    _ = ended(running);
}

#[test]
fn targets_come_and_go() {
    let sandbox = charts();
    let running = watch(&sandbox, &[]);
    sandbox.chart("new/chart");
    running.wait_to_say("--- changed: new");
    running.wait_to_say("no findings: 1 chart");
    fs::remove_dir_all(sandbox.path("other")).unwrap();
    running.wait_to_say("other is gone");
    sandbox.write("new/chart/values.yaml", "port: 81\n");
    running.wait_to_say("--- changed: new/chart/values.yaml");
    _ = ended(running);
}

#[test]
fn what_is_broken_while_one_types_is_told_and_watched_on() {
    let sandbox = charts();
    let running = watch(&sandbox, &["other"]);
    for (file, text) in [("other/values.yaml", "port: [\n"), ("other/templates/service.yaml", "{{ if }}\n")] {
        let whole = fs::read_to_string(sandbox.path(file)).unwrap();
        sandbox.write(file, text);
        running.wait_to_say(&format!("--- changed: {file}\n\n"));
        running.wait_to_say("not checked");
        sandbox.write(file, whole);
        running.wait_to_say("no findings: 1 chart");
    }
    _ = ended(running);
}

#[test]
fn what_editors_leave_and_what_changes_nothing_is_not_reported() {
    let sandbox = charts();
    let running = watch(&sandbox, &["other"]);
    for name in ["other/values.yaml~", "other/.values.yaml.swp", "other/4913", "beside.yaml", "other/.git/index"] {
        sandbox.write(name, "x");
    }
    let values = fs::read(sandbox.path("other/values.yaml")).unwrap();
    sandbox.write("other/values.yaml", values);
    sandbox.write("other/values.yaml", "port: 90\n");
    running.wait_to_say("--- changed: other/values.yaml");
    let (reports, ran) = ended(running);
    assert_eq!(reports.len(), 1, "{ran}");
}

#[test]
fn a_base_brings_up_its_overlay() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    let service = "kind: Service\napiVersion: v1\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n";
    sandbox.write("base/kustomization.yaml", "resources: [service.yaml]\n").write("base/service.yaml", service);
    sandbox.write("prod/kustomization.yaml", "resources: [../base]\n").chart("web");
    let running = watch(&sandbox, &["prod", "web"]);
    sandbox.write("base/service.yaml", service.replace("80", "81"));
    running.wait_to_say("--- changed: base/service.yaml\n\nno findings: 1 kustomization");
    _ = ended(running);
}

#[test]
fn a_broken_configuration_is_waited_for() {
    let sandbox = charts();
    sandbox.write("portcullis.yaml", "version: 1\nrule: {}\n");
    let running = watch(&sandbox, &["other"]);
    sandbox.write("portcullis.yaml", "version: 1\n");
    running.wait_to_say("no findings: 1 chart");
    let (_, ran) = ended(running);
    assert!(ran.stderr.contains("error: unknown key `rule`"), "{ran}");
}

#[test]
fn a_reader_that_goes_ends_it() {
    let sandbox = charts();
    let mut running = sandbox
        .start_with(&["check", "--watch", "other"], Stdio::null(), Stdio::piped(), Stdio::piped())
        .time_limit(Duration::from_secs(100));
    running.wait_to_warn(READY);
    running.close_stdout();
    assert_eq!(running.ended().code, 0);
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let sandbox = charts();
    for args in
        [&["check", "other", "--watch", "-o", "json"][..], &["check", "-", "--watch"], &["check", "--watch", "--deadline", "9"]]
    {
        let ran = sandbox.run_with(args, "");
        assert!(ran.code == 2 && ran.stdout.is_empty() && ran.stderr.contains("watch"), "{ran}");
    }
}
