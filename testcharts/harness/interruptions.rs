//! Ctrl-C, SIGTERM, a reader that goes, a deadline: in the middle of a matrix, and nothing stays behind.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;

use crate::hostile_tools::{SERVICE, helm, said};
use crate::sandbox::Sandbox;

/// More cases than are rendered at once.
const MATRIX: [&str; 5] =
    ["check", "web", "--no-discover", "--axis", "set:port=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20"];

/// A chart, and a helm that hangs from its third case on, with children.
fn hanging() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.chart("web").write("out/report.json", "old");
    let hang = "trap '' TERM INT HUP; setsid sleep 300 & sleep 300 & touch begun; wait; sleep 300";
    helm(&sandbox, &format!("case \"$*\" in *port=1\\ *|*port=2\\ *) {SERVICE}\nexit;; esac\n{hang}"));
    sandbox
}

/// Asserts that a report which was not written is as it was, and nothing is beside it.
#[track_caller]
fn assert_untouched(sandbox: &Sandbox) {
    let names: Vec<_> = fs::read_dir(sandbox.path("out")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["report.json"]);
    assert_eq!(fs::read_to_string(sandbox.path("out/report.json")).unwrap(), "old");
}

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    MATRIX.iter().chain(more).copied().collect()
}

#[test]
fn signal_ends_a_matrix() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let sandbox = hanging();
        let running =
            sandbox.start(&with(&["-o", "json=out/report.json", "-o", "text", "-o", "sarif=out/new.sarif"]), Stdio::null());
        running.wait_for("begun");
        running.signal(signal);
        let ran = running.ended();
        assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (130, "", ""), "{ran}");
        assert_untouched(&sandbox);
    }
}

#[test]
fn two_signals_end_a_matrix() {
    let sandbox = hanging();
    let running = sandbox.start(&with(&["-o", "json=out/report.json"]), Stdio::null());
    running.wait_for("begun");
    running.signal(Signal::INT);
    running.signal(Signal::TERM);
    let ran = running.ended();
    assert_eq!((ran.code, &*ran.stdout), (130, ""), "{ran}");
    assert_untouched(&sandbox);
}

#[test]
fn signal_ends_the_wait_for_standard_input() {
    let sandbox = Sandbox::new();
    sandbox.write("begun", "");
    let running = sandbox.start(&["check", "-"], Stdio::piped());
    std::thread::sleep(Duration::from_millis(300));
    running.signal(Signal::INT);
    assert_eq!(running.ended().code, 130);
}

#[test]
fn reader_that_goes_ends_a_matrix_quietly() {
    let sandbox = hanging();
    let mut running = sandbox.start_with(&with(&[]), Stdio::null(), Stdio::piped(), Stdio::piped());
    running.wait_for("begun");
    running.close_stdout();
    let ran = running.ended();
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{ran}");
}

#[test]
fn reader_that_never_was_ends_a_matrix_quietly() {
    let sandbox = hanging();
    let mut running = sandbox.start_with(&with(&[]), Stdio::null(), Stdio::piped(), Stdio::piped());
    running.close_stdout();
    let ran = running.ended();
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{ran}");
}

#[test]
fn reader_that_goes_does_not_stop_what_is_for_a_file() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").write("out/report.json", "old");
    helm(&sandbox, &format!("touch begun; sleep 0.3\n{SERVICE}"));
    let args = ["check", "web", "--no-discover", "-o", "text", "-o", "json=out/report.json"];
    let mut running = sandbox.start_with(&args, Stdio::null(), Stdio::piped(), Stdio::piped());
    running.wait_for("begun");
    running.close_stdout();
    let ran = running.ended();
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{ran}");
    let report = serde_json::from_str(&fs::read_to_string(sandbox.path("out/report.json")).unwrap()).unwrap();
    assert_eq!(said(&report, "web").0, "checked");
}

#[test]
fn closed_standard_error_is_no_panic() {
    let sandbox = Sandbox::new();
    let full = || Stdio::from(fs::File::options().write(true).open("/dev/full").unwrap());
    for args in [&["check", "missing", "-o", "nonsense"][..], &["matrix", "missing"], &["check", "--rule", "x"]] {
        let expected = sandbox.watched(args).code;
        assert_eq!(sandbox.start_with(args, Stdio::null(), Stdio::null(), full()).ended().code, expected, "{args:?}");
    }
}

#[test]
fn deadline_leaves_out_what_comes_too_late() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").write("alone.yaml", "kind: Service\nmetadata: {name: web}\n");
    let hang = "setsid sleep 300 & sleep 300";
    helm(&sandbox, &format!("case \"$*\" in *port=1?\\ *) {hang};; esac\n{SERVICE}"));
    let args = with(&["alone.yaml", "--deadline", "2", "--jobs", "1", "-o", "json"]);
    let ran = sandbox.watched(&args);
    let message = "the deadline of 2 s had passed: raise `--deadline`, or check a part of it";
    assert_eq!((ran.code, &*ran.stderr), (3, &*format!("warning: {message}\n")), "{ran}");
    let report = ran.json();
    let outcomes = report["targets"][1]["cases"].as_array().unwrap();
    let skipped: Vec<_> = outcomes.iter().filter(|it| it["outcome"] == "skipped").collect();
    assert!(skipped.len() == 19 && skipped.iter().all(|it| it["message"] == message), "{report:#}");
    assert_eq!(said(&report, "alone.yaml").0, "checked");
}

#[test]
fn deadline_bounds_the_version_and_standard_input_and_keeps_findings() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").copy("manifests-wrong-number");
    sandbox.fake("helm", "sleep 300");
    let ran = sandbox.watched(&["check", "web", "manifests-wrong-number", "--deadline", "1"]);
    assert!(ran.code == 1 && ran.stdout.contains("[dangling-port]") && ran.stdout.contains("the deadline of 1 s"), "{ran}");
    let ran = sandbox.start(&["check", "-", "--deadline", "1"], Stdio::piped()).ended();
    assert!(ran.code == 3 && ran.stdout.contains("cannot read `standard input`: the deadline of 1 s"), "{ran}");
    for command in ["guard", "baseline"] {
        let ran = sandbox.watched(&[command, "web", "--deadline", "1"]);
        assert!(ran.code == 3 && ran.stderr.contains("the deadline of 1 s"), "{ran}");
    }
}

#[test]
fn deadline_that_is_kept_changes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.chart("web");
    helm(&sandbox, SERVICE);
    let ran = sandbox.watched(&["check", "web", "--deadline", "60"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{ran}");
}
