//! Disks that are full and folders that cannot be written: a clear message, and reports are whole or not there.
#![expect(clippy::disallowed_methods, reason = "mounts what is to be full")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::hostile_tools::{SERVICE, helm, said};
use crate::sandbox::Sandbox;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.chart("good").copy("manifests-wrong-number");
    helm(&sandbox, SERVICE);
    sandbox
}

fn full() -> Stdio {
    fs::File::options().write(true).open("/dev/full").unwrap().into()
}

#[test]
fn full_standard_output_is_told() {
    let sandbox = sandbox();
    for format in ["text", "json", "sarif", "junit", "github"] {
        let args = ["check", "good", "manifests-wrong-number", "-o", format];
        let ran = sandbox.start_with(&args, Stdio::null(), full(), Stdio::piped()).ended();
        let message = "error: cannot write the report: No space left on device (os error 28)\n";
        assert_eq!((ran.code, &*ran.stderr), (2, message), "{ran}");
    }
    for args in [&["matrix", "good"][..], &["rules"], &["explain", "dangling-port"], &["baseline", "good", "--write", "-"]] {
        let ran = sandbox.start_with(args, Stdio::null(), full(), Stdio::piped()).ended();
        assert!(ran.code == 2 && ran.stderr.contains("No space left on device"), "{ran}");
    }
}

#[test]
fn full_device_for_a_report_is_told() {
    let sandbox = sandbox();
    let ran = sandbox.watched(&["check", "good", "-o", "text", "-o", "json=/dev/full"]);
    let message = "error: cannot write `/dev/full`: No space left on device (os error 28)\n";
    assert_eq!((ran.code, &*ran.stderr), (2, message), "{ran}");
}

/// A small disk in the sandbox, gone on drop.
struct Disk(PathBuf);

impl Disk {
    /// `None` for whoever may not mount.
    fn new(sandbox: &Sandbox, name: &str) -> Option<Self> {
        let path = sandbox.path(name);
        fs::create_dir(&path).unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&path).output();
        if !mount.is_ok_and(|it| it.status.success()) {
            eprintln!("left out: whoever runs this may not mount");
            return None;
        }
        Some(Self(path))
    }

    fn fill(&self) {
        let file = fs::File::create(self.0.join("filler")).unwrap();
        while std::io::Write::write_all(&mut &file, &[0; 512]).is_ok() {}
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn report_on_a_full_disk_stays_as_it_was() {
    let sandbox = sandbox();
    let Some(disk) = Disk::new(&sandbox, "disk") else { return };
    sandbox.write("disk/report.json", "old");
    disk.fill();
    let ran = sandbox.watched(&["check", "manifests-wrong-number", "-o", "json=disk/report.json", "-o", "sarif=disk/new.sarif"]);
    assert!(ran.code == 2 && ran.stderr.contains("cannot write `disk/report.json`: No space left on device"), "{ran}");
    assert_eq!(fs::read_to_string(sandbox.path("disk/report.json")).unwrap(), "old");
    let mut names: Vec<_> = fs::read_dir(&disk.0).unwrap().map(|it| it.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["filler", "report.json"]);
}

#[test]
fn full_disk_for_temporary_files_is_told() {
    let sandbox = sandbox();
    let Some(disk) = Disk::new(&sandbox, "disk") else { return };
    sandbox.chart("library").chart("dependent").write(
        "dependent/Chart.yaml",
        "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies: [{name: web, version: 0.1.0, repository: 'file://../library'}]\n",
    );
    sandbox.write("overlay/kustomization.yaml", "resources: []\n");
    sandbox.fake("kustomize", &format!("[ \"$1\" = version ] && echo v5.0.0 && exit\n{SERVICE}"));
    let sandbox = sandbox.env("TMPDIR", disk.0.clone());
    fs::write(disk.0.join("filler"), vec![0; 50 << 10]).unwrap();
    sandbox.write("dependent/templates/big.yaml", vec![b'#'; 30 << 10]);
    let report = sandbox.watched(&["check", "dependent", "overlay", "good", "-o", "json"]).json();
    let (status, why) = said(&report, "dependent");
    assert!(status == "failed" && why.contains("cannot copy the chart to add its local dependencies: No space left"), "{why}");
    for target in ["good", "overlay"] {
        assert_eq!(said(&report, target).0, "checked");
    }
    assert_eq!(fs::read_dir(&disk.0).unwrap().count(), 1);
}

#[test]
fn folder_for_temporary_files_that_cannot_be_used_is_told() {
    for folder in ["/proc", "/nowhere", "/dev/null"] {
        let sandbox = sandbox().env("TMPDIR", folder);
        let ran = sandbox.watched(&["check", "good"]);
        let message = format!("error: cannot make a temporary folder in `{folder}`; let `TMPDIR` name one that can be written: ");
        assert!(ran.code == 2 && ran.stderr.starts_with(&message), "{ran}");
    }
}

#[test]
fn folder_that_cannot_be_written_is_told_before_the_work() {
    let sandbox = sandbox();
    helm(&sandbox, "touch begun");
    for args in [
        &["check", "good", "-o", "json=/proc/report.json"][..],
        &["check", "good", "-o", "json=/sys/kernel/report.json"],
        &["check", "good", "-o", "json=good"],
        &["check", "good", "-o", "json=good/Chart.yaml/x"],
        &["baseline", "good", "--write", "/proc/baseline.json"],
    ] {
        let ran = sandbox.watched(args);
        assert!(ran.code == 2 && ran.stderr.contains("cannot write `") && !sandbox.path("begun").exists(), "{ran}");
    }
}

#[test]
fn charts_in_a_folder_that_cannot_be_written_are_checked() {
    let sandbox = sandbox();
    let closed = |mode| {
        for path in ["good/templates", "good", "."] {
            fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    closed(0o555);
    let binds = fs::write(sandbox.path("x"), "").is_err();
    let ran = sandbox.watched(&["check", "good"]);
    let report = sandbox.watched(&["check", "good", "-o", "json=report.json"]);
    closed(0o755);
    assert_eq!(ran.code, 0, "{ran}");
    if binds {
        assert!(report.code == 2 && report.stderr.contains("cannot write `report.json`: Permission denied"), "{report}");
    } else {
        eprintln!("left out: whoever runs this may write everywhere");
    }
    assert!(Path::new("/dev/full").exists());
}
