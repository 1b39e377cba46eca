//! Reports for CI systems, baselines, and shards that add up.

use std::fs;

use serde_json::Value as Json;

use crate::sandbox::Sandbox;

/// A repository with two charts, two kustomizations and manifests; most of them have findings.
fn repository() -> Option<Sandbox> {
    let sandbox = Sandbox::with_tools()?;
    for name in ["drift-ingress-literal", "matrix-config", "needs-values", "overlay-patched-port", "overlay-ok"] {
        sandbox.copy(name);
    }
    sandbox.copy("manifests-wrong-number").write(".git/HEAD", "");
    Some(sandbox)
}

/// Runs in a folder below the sandbox's; returns the exit code and standard output.
fn run_in(sandbox: &Sandbox, folder: &str, args: &[&str]) -> (Option<i32>, Vec<u8>) {
    let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("portcullis"));
    let output = command.args(args).env_clear().current_dir(sandbox.path(folder)).output().unwrap();
    (output.status.code(), output.stdout)
}

fn read(sandbox: &Sandbox, file: &str) -> String {
    fs::read_to_string(sandbox.path(file)).unwrap()
}

#[test]
fn several_formats_come_of_one_run() {
    let sandbox = Sandbox::new();
    sandbox.copy("manifests-wrong-number");
    let out = sandbox
        .run("check manifests-wrong-number -o sarif=a.sarif -o junit=a.xml -o json=a.json -o github -o text=a.txt")
        .ended(1);
    assert!(out.starts_with("::error file=manifests-wrong-number/ingress.yaml,line=16,col=27,title=dangling-port::"), "{out}");
    let sarif: Json = serde_json::from_str(&read(&sandbox, "a.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
    assert!(
        read(&sandbox, "a.xml")
            .contains("<testcase name=\"default: ports\" classname=\"manifests-wrong-number\" time=\"0.000\">")
    );
    assert!(read(&sandbox, "a.txt").contains("error[dangling-port]"));
    let left: Vec<_> = fs::read_dir(sandbox.path(".")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left.len(), 5, "{left:?}");
}

#[test]
fn clean_run_has_results() {
    let sandbox = Sandbox::new();
    sandbox.write("web.yaml", "kind: ConfigMap\napiVersion: v1\nmetadata: {name: web}\n");
    let sarif: Json = sandbox.run("check web.yaml -o sarif").json();
    assert_eq!(sarif["runs"][0]["results"], Json::Array(vec![]));
}

#[test]
fn files_are_named_from_the_repository() {
    let sandbox = Sandbox::new();
    sandbox.copy("manifests-wrong-number").write(".git/HEAD", "");
    fs::create_dir_all(sandbox.path("deploy")).unwrap();
    fs::rename(sandbox.path("manifests-wrong-number"), sandbox.path("deploy/a b")).unwrap();
    let check = |from: &str, target: &str| {
        let sarif: Json = serde_json::from_slice(&run_in(&sandbox, from, &["check", target, "-o", "sarif"]).1).unwrap();
        sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"].clone()
    };
    for (from, target) in [(".", "deploy/a b"), ("deploy", "a b"), ("deploy/a b", "."), ("deploy", "../deploy/a b")] {
        let artifact = check(from, target);
        assert_eq!(artifact["uri"], "deploy/a%20b/ingress.yaml", "{from} {target}");
        assert_eq!(artifact["uriBaseId"], "%SRCROOT%");
    }
}

#[test]
fn step_summary_is_added_to() {
    let sandbox = Sandbox::new();
    let file = sandbox.path("summary.md");
    let sandbox = sandbox.env("GITHUB_STEP_SUMMARY", &file);
    sandbox.copy("manifests-wrong-number").write("summary.md", "# Before\n");
    _ = sandbox.run("check manifests-wrong-number -o text").ended(1);
    assert_eq!(read(&sandbox, "summary.md"), "# Before\n");
    _ = sandbox.run("check manifests-wrong-number -o github").ended(1);
    snapshot!(read(&sandbox, "summary.md"));
}

#[test]
fn reports_that_cannot_be_written_are_told_before_the_work() {
    let sandbox = Sandbox::new();
    sandbox.write("folder/x", "").copy("manifests-wrong-number");
    snapshot!(sandbox.transcript(&[
        "check manifests-wrong-number -o json=missing/a.json",
        "check manifests-wrong-number -o json=folder",
        "check manifests-wrong-number -o json=a -o sarif=a",
        "check manifests-wrong-number -o github -o text",
        "check manifests-wrong-number -o xml",
        "check manifests-wrong-number -o json=",
    ]));
    assert!(!sandbox.path("a").exists());
}

#[test]
fn only_what_is_new_counts() {
    let Some(sandbox) = repository() else { return };
    _ = sandbox.run("baseline drift-ingress-literal manifests-wrong-number").ended(0);
    let check = "check drift-ingress-literal manifests-wrong-number --baseline .portcullis-baseline.json";
    _ = sandbox.run(check).ended(0);
    // Moved lines and added cases are nothing new.
    let ingress = read(&sandbox, "manifests-wrong-number/ingress.yaml");
    sandbox.write("manifests-wrong-number/ingress.yaml", format!("# moved\n# twice\n{ingress}"));
    _ = sandbox.run(&format!("{check} --axis set:more=1,2")).ended(0);
    sandbox.write("manifests-wrong-number/other.yaml", ingress.replace("name: web", "name: other"));
    let out = sandbox.run(&format!("{check} -q")).ended(1);
    assert!(out.lines().count() == 1 && out.contains("manifests-wrong-number/other.yaml"), "{out}");
    fs::remove_file(sandbox.path("manifests-wrong-number/other.yaml")).unwrap();
    fs::remove_file(sandbox.path("manifests-wrong-number/ingress.yaml")).unwrap();
    let ran = sandbox.run(&format!("{check} -v"));
    assert!(
        ran.stderr.starts_with("no longer found, but in .portcullis-baseline.json: manifests-wrong-number: dangling-port of"),
        "{ran}"
    );
}

#[test]
fn baseline_survives_another_place() {
    let sandbox = Sandbox::new();
    sandbox.copy("manifests-wrong-number").write("one/repo/.git/HEAD", "");
    fs::rename(sandbox.path("manifests-wrong-number"), sandbox.path("one/repo/web")).unwrap();
    assert_eq!(sandbox.run("baseline one/repo/web").stderr, "1 finding written to .portcullis-baseline.json\n");
    fs::rename(sandbox.path("one"), sandbox.path("two")).unwrap();
    let check = |from: &str, target: &str, file: &str| run_in(&sandbox, from, &["check", target, "--baseline", file]).0;
    assert_eq!(check(".", "two/repo/web", ".portcullis-baseline.json"), Some(0));
    assert_eq!(check("two/repo", "web", "../../.portcullis-baseline.json"), Some(0));
}

#[test]
fn baselines_that_cannot_be_used_are_told() {
    let sandbox = Sandbox::new();
    sandbox
        .copy("manifests-wrong-number")
        .write("broken.json", "{")
        .write("new.json", "{\"version\": 2}")
        .write("other.json", "[]");
    snapshot!(sandbox.transcript(&[
        "check manifests-wrong-number --baseline missing.json",
        "check manifests-wrong-number --baseline broken.json",
        "check manifests-wrong-number --baseline new.json",
        "check manifests-wrong-number --baseline other.json",
        "baseline manifests-wrong-number --write missing/baseline.json",
        "baseline missing --write -",
        "baseline manifests-wrong-number --write -",
    ]));
}

/// Checks with and without shards; both come to the same.
fn assert_merges(sandbox: &Sandbox, args: &str, shards: u32) {
    let whole = sandbox.run(&format!("check {args} -o json=whole.json -o sarif=whole.sarif -o github=whole.txt"));
    for index in 1..=shards {
        let ran = sandbox.run(&format!("check {args} --shard {index}/{shards} -o json=part-{index}.json"));
        assert!([0, 1, 3].contains(&ran.code), "{ran}");
    }
    let parts: Vec<String> = (1..=shards).rev().map(|it| format!("part-{it}.json")).collect();
    let parts = parts.join(" ");
    let merged = sandbox.run(&format!("merge {parts} -o json=merged.json -o sarif=merged.sarif -o github=merged.txt"));
    assert_eq!((merged.code, &*merged.stderr), (whole.code, ""), "{args}: {merged}");
    for kind in ["json", "sarif", "txt"] {
        assert!(
            read(sandbox, &format!("whole.{kind}")) == read(sandbox, &format!("merged.{kind}")),
            "{args}: {kind} in {shards}"
        );
    }
}

#[test]
fn shards_of_targets_merge() {
    let Some(sandbox) = repository() else { return };
    assert_merges(&sandbox, ". manifests-wrong-number", 3);
    assert_merges(&sandbox, "overlay-ok missing drift-ingress-literal", 2);
}

#[test]
fn shards_of_cases_merge() {
    let Some(sandbox) = repository() else { return };
    for shards in [2, 5] {
        assert_merges(&sandbox, "matrix-config", shards);
    }
    assert_merges(&sandbox, "drift-ingress-literal --axis set:a=1,2,3 --axis kube=1.30.0,1.34.0", 3);
    assert_merges(&sandbox, "needs-values --axis set:service.port=,80,81", 3);
    assert_merges(&sandbox, "overlay-patched-port", 2);
}

/// What a GitHub workflow does: a job a case, and one that merges their reports.
#[test]
fn jobs_of_single_cases_merge() {
    let Some(sandbox) = repository() else { return };
    let targets = "drift-ingress-literal matrix-config";
    let whole = sandbox.run(&format!("check {targets} -o json=whole.json"));
    let listed = sandbox.run(&format!("matrix {targets} --format github")).ended(0);
    let matrix: Json = serde_json::from_str(&listed).unwrap();
    let jobs = matrix["include"].as_array().unwrap();
    assert!(jobs.len() > 4);
    let mut parts = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        let (target, id) = (job["target"].as_str().unwrap(), job["id"].as_str().unwrap());
        let ran = sandbox.run(&format!("check {target} --case {id} -o json=job-{index}.json"));
        assert!([0, 1].contains(&ran.code), "{ran}");
        parts.push(format!("job-{index}.json"));
    }
    _ = sandbox.run(&format!("merge {} -o json=merged.json", parts.join(" "))).ended(whole.code);
    assert!(read(&sandbox, "whole.json") == read(&sandbox, "merged.json"));
}

#[test]
fn reports_that_do_not_belong_together_are_told() {
    let sandbox = Sandbox::new();
    sandbox.copy("manifests-wrong-number");
    _ = sandbox.run("check manifests-wrong-number -o json=a.json").ended(1);
    let report = read(&sandbox, "a.json");
    sandbox.write("schema.json", report.replace("_version\": 1", "_version\": 2"));
    sandbox.write("version.json", report.replace("\"version\": \"", "\"version\": \"9."));
    sandbox.write("helm-3.json", report.replace("\"helm\": null", "\"helm\": \"v3.20.0\""));
    sandbox.write("helm-4.json", report.replace("\"helm\": null", "\"helm\": \"v4.0.0\""));
    let version = env!("CARGO_PKG_VERSION");
    snapshot!(
        sandbox
            .transcript(&[
                "merge",
                "merge a.json missing.json",
                "merge a.json schema.json",
                "merge a.json version.json",
                "merge helm-3.json helm-4.json",
                "merge a.json -o text",
                "merge a.json a.json -o github",
                "merge a.json --fail-on note -o json=merged.json",
            ])
            .replace(version, "[PORTCULLIS]")
    );
    assert_eq!(read(&sandbox, "merged.json"), report);
}
