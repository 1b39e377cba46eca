use std::path::Path;

use super::*;

fn sh(script: &str) -> Program {
    Program::new("/bin/sh").args(["-c", script]).env([("PATH", "/usr/bin:/bin")]).time_limit(Duration::from_secs(20))
}

/// Fails when a process that the script named in `file` is there after a moment; a killed one may need its moment to vanish.
fn assert_gone(file: &Path) {
    let pid = std::fs::read_to_string(file).unwrap();
    let there = || Path::new("/proc").join(pid.trim()).join("exe").read_link().is_ok();
    let start = Instant::now();
    while there() {
        assert!(start.elapsed() < Duration::from_secs(5), "process {pid} is still there");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn both_streams_and_the_code_come_back() {
    let ended = sh("echo out; echo err >&2; exit 3").run().unwrap();
    assert_eq!((ended.end, ended.stdout.as_slice(), ended.stderr.as_str()), (End::Exit(3), b"out\n".as_slice(), "err\n"));
}

#[test]
fn environment_input_and_folder_are_ours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    let ended = sh("cat; env | grep -c HOME; pwd").stdin("in\n").cwd(&path).run().unwrap();
    assert_eq!(String::from_utf8(ended.stdout).unwrap(), format!("in\n0\n{}\n", path.display()));
}

#[test]
fn missing_program_is_named() {
    let error = Program::new("/nowhere/helm").run().unwrap_err();
    assert_eq!(error.to_string(), "cannot run `/nowhere/helm`");
}

#[test]
fn hanging_program_is_killed_with_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let ended = sh("sleep 300 & echo $! >pid; trap '' TERM; echo begun; wait")
        .cwd(folder.path())
        .time_limit(Duration::from_millis(300))
        .run()
        .unwrap();
    assert_eq!((ended.end, ended.stdout.as_slice()), (End::TimedOut, b"begun\n".as_slice()));
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_gone(&folder.path().join("pid"));
}

#[test]
fn program_that_closes_its_streams_and_hangs_is_killed() {
    let start = Instant::now();
    let ended = sh("exec >/dev/null 2>&1; sleep 300").time_limit(Duration::from_millis(300)).run().unwrap();
    assert_eq!(ended.end, End::TimedOut);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_a_program_leaves_running_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let ended = sh("sleep 300 >/dev/null 2>&1 & echo $! >pid").cwd(folder.path()).run().unwrap();
    assert_eq!(ended.end, End::Exit(0));
    assert_gone(&folder.path().join("pid"));
}

#[test]
fn grandchild_that_holds_the_streams_ends_with_the_time_limit() {
    let folder = tempfile::tempdir().unwrap();
    let ended = sh("sleep 300 & echo $! >pid").cwd(folder.path()).time_limit(Duration::from_millis(300)).run().unwrap();
    assert_eq!(ended.end, End::TimedOut);
    assert_gone(&folder.path().join("pid"));
}

#[test]
fn output_is_bounded() {
    let ended = sh("yes").stdout_limit(1 << 20).run().unwrap();
    assert_eq!((ended.end, ended.stdout.len()), (End::TooBig, 1 << 20));
}

#[test]
fn the_end_of_long_errors_is_kept() {
    let ended = sh("head -c 5000000 /dev/zero | tr '\\0' x >&2; echo last >&2; exit 1").run().unwrap();
    assert_eq!((ended.end, ended.stderr.len()), (End::Exit(1), STDERR_LIMIT));
    assert!(ended.stderr.ends_with("last\n"));
}

#[test]
fn foreign_signal_is_told() {
    assert_eq!(sh("kill -SEGV $$").run().unwrap().end, End::Signal(11));
}

#[test]
fn many_run_at_once() {
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(sh("head -c 300000 /dev/zero").run().unwrap().stdout.len(), 300_000));
        }
    });
}
