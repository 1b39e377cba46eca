//! Pipes, devices, links, archives and names: nothing waits, nothing leads out of a chart, nothing is printed raw.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::hostile_tools::{SERVICE, helm, of_bad, said};
use crate::sandbox::Sandbox;
use crate::watched::assert_harmless;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.chart("good").chart("bad");
    helm(&sandbox, SERVICE);
    sandbox
}

/// Puts a pipe that nobody writes to in the place of a file.
fn pipe(sandbox: &Sandbox, path: &str) {
    _ = fs::remove_file(sandbox.path(path));
    mknodat(CWD, sandbox.path(path), FileType::Fifo, Mode::RWXU, 0).unwrap();
}

#[test]
fn pipes_in_targets_are_passed_over() {
    for (file, status) in [
        ("bad/templates/x.yaml", "checked"),
        ("bad/values.yaml", "checked"),
        ("bad/.helmignore", "checked"),
        ("bad/portcullis.yaml", "checked"),
        ("bad/ci/a-values.yaml", "checked"),
        ("bad/charts/a.tgz", "checked"),
        ("bad/Chart.yaml", "failed"),
    ] {
        let sandbox = sandbox();
        sandbox.write("bad/ci/b-values.yaml", "").write("bad/charts/README", "");
        pipe(&sandbox, file);
        let (found, said) = of_bad(sandbox.watched(&["check", "bad", "good", "-o", "json"]));
        assert_eq!(found, status, "{file}: {said}");
    }
}

#[test]
fn pipes_are_passed_over_where_targets_are_looked_for() {
    let sandbox = sandbox();
    sandbox.write("o/kustomization.yaml", "").write("m/a.yaml", "kind: Service\nmetadata: {name: web}\n");
    for file in ["bad/Chart.yaml", "o/kustomization.yaml", "portcullis.yaml", "m/b.yaml"] {
        pipe(&sandbox, file);
    }
    let report = sandbox.watched(&["check", ".", "-o", "json"]).json();
    assert_eq!(said(&report, "good").0, "checked");
    let report = sandbox.watched(&["check", "m", "good", "-o", "json"]).json();
    assert_eq!(said(&report, "m").0, "checked");
    assert_eq!(sandbox.watched(&["init", "--stdout"]).code, 0);
    assert_eq!(sandbox.watched(&["matrix", "."]).code, 3);
}

#[test]
fn lists_of_what_is_ignored_that_never_end_are_told() {
    let sandbox = sandbox();
    sandbox.write("a/x", "").write("b/x", "");
    pipe(&sandbox, "a/.gitignore");
    symlink("/dev/zero", sandbox.path("b/.ignore")).unwrap();
    let report = sandbox.watched(&["check", ".", "-o", "json"]).json();
    assert_eq!(said(&report, "good").0, "checked");
    for folder in ["a", "b"] {
        let (status, said) = said(&report, folder);
        assert!(status == "failed" && said.ends_with("ignore` is no regular file of less than 1 MB; remove it"), "{said}");
        let ran = sandbox.watched(&["check", folder]);
        assert!(ran.code == 3 && ran.stdout.contains("is no regular file"), "{ran}");
    }
}

#[test]
fn pipes_and_devices_that_are_named_are_refused() {
    let sandbox = sandbox();
    pipe(&sandbox, "pipe.yaml");
    for file in ["pipe.yaml", "/dev/zero"] {
        let report = sandbox.watched(&["check", file, "good", "-o", "json"]).json();
        let message = format!("`{file}` is neither a file nor a folder; name a file or a folder");
        assert_eq!(said(&report, file), ("failed".into(), message));
        assert_eq!(said(&report, "good").0, "checked");
        for args in [&["-f", file][..], &["--config", file], &["--baseline", file]] {
            let ran = sandbox.watched(&[&["check", "good"], args].concat());
            let message = format!("{file}`: it is no regular file; save what it holds as one");
            assert!(ran.code == 2 && ran.stderr.contains(&message), "{ran}");
        }
        assert_eq!(sandbox.watched(&["merge", file]).code, 2);
    }
}

#[test]
fn pipes_and_devices_that_a_kustomization_names_are_passed_over() {
    let sandbox = sandbox();
    sandbox.write("bad/kustomization.yaml", "resources: [pipe.yaml, /dev/zero, ../bad, '../../../../../../../..']\n");
    fs::remove_file(sandbox.path("bad/Chart.yaml")).unwrap();
    pipe(&sandbox, "bad/pipe.yaml");
    sandbox.fake("kustomize", "[ \"$1\" = version ] && echo v5.0.0 && exit\necho 'Error: no' >&2; exit 1");
    let (status, said) = of_bad(sandbox.watched(&["check", "bad", "good", "-o", "json"]));
    assert_eq!((&*status, &*said), ("failed", "no\nno"));
}

#[test]
fn links_out_of_a_chart_are_passed_over() {
    let sandbox = sandbox();
    sandbox.write("secret.yaml", "password: hunter2\n  : [");
    for (link, to) in [
        ("bad/values.schema.json", "/dev/zero"),
        ("bad/templates/out.yaml", "../../secret.yaml"),
        ("bad/templates/up", "../.."),
        ("bad/templates/self", "."),
        ("bad/templates/root", "/"),
        ("bad/templates/processes", "/proc/self"),
        ("bad/templates/circle", "circle"),
        ("bad/charts", "/proc"),
    ] {
        symlink(to, sandbox.path(link)).unwrap();
    }
    fs::remove_file(sandbox.path("bad/values.yaml")).unwrap();
    symlink("../secret.yaml", sandbox.path("bad/values.yaml")).unwrap();
    let ran = sandbox.watched(&["check", "bad", "good", "-v", "-o", "json"]);
    assert!(!ran.stdout.contains("hunter2"), "{ran}");
    assert_eq!(of_bad(ran).0, "checked");
}

/// Makes an archive of entries; their names are written as they are.
fn archive(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, kind, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// Checks an archive beside a good chart.
#[track_caller]
fn of_archive(bytes: &[u8]) -> (String, String) {
    let sandbox = sandbox();
    sandbox.write("bad.tgz", bytes);
    let report = sandbox.watched(&["check", "bad.tgz", "good", "-o", "json"]).json();
    assert_eq!(said(&report, "good").0, "checked");
    assert!(!Path::new("/evil").exists() && !sandbox.path("evil").exists() && !sandbox.path("../evil").exists());
    said(&report, "bad.tgz")
}

const CHART: (&str, tar::EntryType, &[u8]) =
    ("web/Chart.yaml", tar::EntryType::Regular, b"apiVersion: v2\nname: web\nversion: 0.1.0\n");

#[test]
fn archives_that_lead_out_are_refused() {
    for name in ["web/../../evil", "../evil", "/evil", "web//evil", "C:/evil", "web\\..\\..\\evil", "evil\u{1b}[31m\n"] {
        let (status, said) = of_archive(&archive(&[CHART, (name, tar::EntryType::Regular, b"x")]));
        assert!(status == "failed" && said.starts_with("`bad.tgz` is no sound chart archive: "), "{name}: {said}");
        assert!(said.ends_with("; make it with `helm package`"), "{name}: {said}");
    }
}

#[test]
fn links_and_devices_in_archives_are_passed_over() {
    use tar::EntryType::{Block, Char, Fifo, Link, Symlink};
    let entries: Vec<_> = [Symlink, Link, Char, Block, Fifo].into_iter().map(|it| ("web/values.yaml", it, &b""[..])).collect();
    let (status, said) = of_archive(&archive(&[&[CHART], &entries[..]].concat()));
    assert_eq!((&*status, &*said), ("checked", ""));
}

#[test]
fn archives_that_are_bombs_are_refused() {
    let zeros = vec![0; 20 << 20];
    let many: Vec<_> = (0..8).map(|_| ("web/files/x", tar::EntryType::Regular, &zeros[..])).collect();
    let (status, said) = of_archive(&archive(&[&[CHART], &many[..]].concat()));
    assert!(status == "failed" && said.contains("`bad.tgz` holds more than 100 MB; "), "{said}");
    let mut nested = archive(&[CHART]);
    for _ in 0..20 {
        nested = archive(&[CHART, ("web/charts/a.tgz", tar::EntryType::Regular, &nested)]);
    }
    let (status, said) = of_archive(&nested);
    assert!(status == "failed" && said.contains("too many archives inside each other"), "{said}");
    let mut endless = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    (0..300).for_each(|_| endless.write_all(&zeros[..1 << 20]).unwrap());
    let (status, _) = of_archive(&endless.finish().unwrap());
    assert_eq!(status, "failed");
}

#[test]
fn archives_that_are_broken_are_refused() {
    let good = archive(&[CHART, ("web/values.yaml", tar::EntryType::Regular, &vec![b'#'; 50_000])]);
    for bytes in [&good[..good.len() / 2], &good[..20], b"", b"\x1f\x8b", &[0; 1000], b"\x1f\x8b\x08\0\0\0\0\0\0\xff\xff\xff\xff"]
    {
        let (status, said) = of_archive(bytes);
        assert!(status == "failed" && said.contains("bad.tgz"), "{said}");
    }
    let mut huge = tar::Header::new_gnu();
    huge.set_path("web/values.yaml").unwrap();
    huge.set_size(u64::MAX >> 1);
    huge.set_cksum();
    let mut lying = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    lying.write_all(huge.as_bytes()).unwrap();
    let (status, said) = of_archive(&lying.finish().unwrap());
    assert!(status == "failed" && said.contains("holds more than"), "{said}");
}

/// What acts on a terminal, or hides in it.
const EVIL: &str = "e\u{1b}[31m\u{9b}2J\u{202e}v\u{7f}i\r\nl\u{7}";

#[test]
fn names_are_never_printed_raw() {
    let sandbox = Sandbox::new();
    let target = EVIL.to_owned() + "/web";
    let quoted = serde_json::to_string(EVIL).unwrap().replace('\u{9b}', "\\u009b").replace('\u{7f}', "\\u007f");
    sandbox.chart(&target).chart(&format!("{EVIL}/broken"));
    sandbox.write(&format!("{EVIL}/broken/Chart.yaml"), "a: [").write(&format!("{target}/ci/{EVIL}-values.yaml"), "port: 81\n");
    sandbox.write(&format!("{target}/templates/{EVIL}.yaml"), "x");
    let script = format!(
        "cat <<'END'\n---\n# Source: web/templates/service.yaml\nkind: Service\napiVersion: v1\nmetadata: {{name: {quoted}}}\n\
         spec: {{ports: [{{port: 80, name: {quoted}, {quoted}: 1, {quoted}: 2}}]}}\n---\nkind: Ingress\napiVersion: networking.k8s.io/v1\n\
         metadata: {{name: {quoted}}}\nspec: {{defaultBackend: {{service: {{name: {quoted}, port: {{number: 81}}}}}}}}\nEND\n\
         printf 'WARNING: \\033[31m' >&2"
    );
    sandbox.fake("helm", &format!("[ \"$1\" = version ] && printf 'v4.0.0\\033[31m' && exit\n{script}"));
    let axis = format!("set:port={EVIL}").replace('\n', " ");
    for format in ["text", "json", "sarif", "github", "junit"] {
        let ran = sandbox.watched(&["check", EVIL, "-v", "-o", format, "--axis", &axis]);
        assert!(ran.code == 1 && (ran.stdout.contains("dangling-port")), "{ran}");
    }
    _ = sandbox.watched(&["check", EVIL, "-q", "--color", "never"]);
    for format in ["text", "json", "github", "gitlab"] {
        let ran = sandbox.watched(&["matrix", EVIL, "--format", format, "--axis", &axis]);
        assert_eq!(ran.code, 3, "{ran}");
    }
    _ = sandbox.watched(&["baseline", EVIL, "--write", EVIL]);
    _ = sandbox.watched(&["guard", &target]);
    _ = sandbox.watched(&["init", EVIL, "--stdout"]);
}

#[test]
fn complaints_of_tools_are_never_printed_raw() {
    let sandbox = Sandbox::new();
    sandbox.chart("web");
    for script in [
        "printf 'Error: \\033[2J\\r\\nx\\233' >&2; exit 1",
        "printf 'a: \\033[2J'",
        "printf 'a: [\\302\\233'",
        "printf '\\033[2J' >&2; kill -9 $$",
    ] {
        sandbox.fake("helm", &format!("[ \"$1\" = version ] && echo v4.0.0 && exit\n{script}"));
        for format in ["text", "json", "sarif", "github", "junit"] {
            assert_eq!(sandbox.watched(&["check", "web", "-v", "-o", format]).code, 1);
        }
        _ = sandbox.watched(&["guard", "web"]);
        _ = sandbox.watched(&["baseline", "web", "--write", "-"]);
    }
    sandbox.fake("helm", "printf '\\033[2J\\nx' >&2; exit 1");
    _ = sandbox.watched(&["check", "web", "-v"]);
}

#[test]
fn names_on_the_command_line_are_never_printed_raw() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").write(EVIL, "version: 2\nrules: {\"\\e[31m\": \"\\e[31m\"}\n");
    for args in [
        &["check", EVIL][..],
        &["check", "nope\u{1b}[2J"],
        &["check", "web", "--rule", EVIL],
        &["check", "web", "--rule", &format!("all={EVIL}")],
        &["check", "web", "-o", EVIL],
        &["check", "web", "-o", &format!("json={EVIL}/x")],
        &["check", "web", "--config", EVIL],
        &["check", "web", "--helm", EVIL],
        &["check", "web", "--case", EVIL],
        &["check", "web", "--axis", EVIL],
        &["check", "web", "-f", EVIL, "--renderer", "helm"],
        &["check", "web", "--kube-version", EVIL],
        &["merge", EVIL],
        &["explain", EVIL],
        &["check", &format!("--{EVIL}")],
        &[EVIL],
        &["check", "--fail-on", EVIL],
    ] {
        let ran = sandbox.watched(args);
        assert!((2..=3).contains(&ran.code), "{ran}");
        assert_harmless(&ran.stderr);
    }
    let ran = sandbox.start(&["check", "-"], Stdio::null()).ended();
    assert_eq!(ran.code, 0);
}
