//! `portcullis.yaml`: found, obeyed, and refused with line and column.

use crate::sandbox::Sandbox;

#[test]
fn problems_have_a_place_and_a_next_step() {
    let sandbox = Sandbox::new();
    for (name, text) in [
        ("empty", ""),
        ("list", "- version: 1\n"),
        ("no-version", "rules: {}\n"),
        ("newer", "version: 2\n"),
        ("broken", "version: 1\nrules:\n  all: [note\n"),
        ("unknown-key", "version: 1\nmatrix:\n  axis: {}\n"),
        ("unknown-rule", "version: 1\nrules:\n  dangling-prt: error\n  all: note\n"),
        ("unknown-level", "version: 1\nrules:\n  dangling-port: fatal\n"),
        ("off-unquoted", "version: 1\nrules:\n  dangling-port: off\n"),
        ("twice", "version: 1\nrules: {}\nrules: {}\n"),
        ("no-reason", "version: 1\nignore:\n- rule: dangling-port\n  object: Ingress/web\n"),
        ("bad-date", "version: 1\nignore:\n- {rule: dangling-port, reason: later, expires: soon}\n"),
        ("bad-expect", "version: 1\nmatrix:\n  include:\n  - {name: a, expect: failure}\n"),
        ("bad-combine", "version: 1\nmatrix:\n  combine: al\n"),
        ("no-such-file", "version: 1\nmatrix:\n  axes:\n    values: [[], [values-prod.yaml]]\n"),
        ("bad-kube", "version: 1\nmatrix:\n  axes:\n    kube: [latest]\n"),
    ] {
        sandbox.chart(name).write(&format!("{name}/portcullis.yaml"), text);
    }
    let names = [
        "empty",
        "list",
        "no-version",
        "newer",
        "broken",
        "unknown-key",
        "unknown-rule",
        "unknown-level",
        "off-unquoted",
        "twice",
        "no-reason",
        "bad-date",
        "bad-expect",
        "bad-combine",
        "no-such-file",
        "bad-kube",
    ];
    let commands: Vec<String> = names.iter().map(|it| format!("matrix {it} --format json")).collect();
    snapshot!(sandbox.transcript(&commands.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn named_configuration_must_be_there() {
    let sandbox = Sandbox::new();
    sandbox.chart("web");
    snapshot!(sandbox.transcript(&["matrix web --config no-such.yaml", "check web --config web"]));
}

#[test]
fn configuration_is_looked_for_up_to_the_git_root() {
    let sandbox = Sandbox::new();
    let config = |release: &str| format!("version: 1\nmatrix: {{axes: {{release: [{release}]}}}}\n");
    sandbox.chart("repo/charts/near").chart("repo/charts/far").chart("nested/charts/web");
    sandbox.write("portcullis.yaml", config("outside")).write("repo/portcullis.yaml", config("root"));
    sandbox.write("repo/charts/near/portcullis.yaml", config("beside")).write("repo/.git/HEAD", "").write("nested/.git/HEAD", "");
    let releases = |target: &str| sandbox.run(&format!("matrix {target}")).ended(0);
    assert!(releases("repo/charts/near").contains("beside"));
    assert!(releases("repo/charts/far").contains("root"));
    assert!(!releases("nested/charts/web").contains("outside"));
}

#[test]
fn targets_stand_for_the_current_folder() {
    let sandbox = Sandbox::new();
    sandbox.chart("charts/a").chart("charts/b").chart("other/c");
    sandbox.write("portcullis.yaml", "version: 1\ntargets: ['charts/*']\n");
    let listed = sandbox.run("matrix").ended(0);
    assert!(listed.contains("charts/a") && listed.contains("charts/b") && !listed.contains("other/c"), "{listed}");
}

#[test]
fn targets_that_match_nothing_are_told() {
    let sandbox = Sandbox::new();
    sandbox.chart("charts/a").write("portcullis.yaml", "version: 1\ntargets: ['chart/*']\n");
    snapshot!(sandbox.transcript(&["matrix", "check"]));
}

#[test]
fn ignored_findings_do_not_count() {
    let sandbox = Sandbox::new();
    sandbox.copy("manifests-wrong-number");
    let ignore = |more: &str| {
        let entry = format!("- {{rule: dangling-port, object: Ingress/web, reason: served elsewhere{more}}}");
        sandbox.write("manifests-wrong-number/portcullis.yaml", format!("version: 1\nignore:\n{entry}\n"));
        sandbox.run("check manifests-wrong-number -v")
    };
    assert!(ignore(", expires: 2000-01-01").ended(1).contains("error[dangling-port]"));
    snapshot!(ignore(""));
}

#[test]
fn all_problems_are_said_at_once() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").write("web/portcullis.yaml", "version: 1\nrule: {}\nrules:\n  dangling-prt: wrn\n");
    snapshot!(sandbox.transcript(&["check web"]));
}

#[test]
fn useless_entries_are_warned_of() {
    let sandbox = Sandbox::new();
    sandbox.copy("manifests-wrong-number");
    let entry = |more: &str| format!("- {{rule: dangling-port, object: Ingress/web, reason: served elsewhere{more}}}\n");
    let text = format!("version: 1\nignore:\n{}{}", entry(", expires: 2000-01-01"), entry(", path: spec.none"));
    sandbox.write("manifests-wrong-number/portcullis.yaml", text);
    let warnings = |flag: &str| sandbox.run(&format!("check manifests-wrong-number {flag} -o json=report.json")).stderr;
    assert_eq!(warnings("-q"), "");
    assert_eq!(warnings("").matches("warning:").count(), 1);
    snapshot!(warnings("-v"));
}

#[test]
fn init_writes_what_check_takes() {
    let sandbox = Sandbox::new();
    sandbox.copy("manifests-wrong-number").chart("charts/a").chart("charts/b");
    let searched = sandbox.run("matrix").ended(0);
    snapshot!(sandbox.transcript(&["init", "init", "init nowhere"]));
    assert_eq!(sandbox.run("matrix").ended(0), searched);
    assert_eq!(sandbox.run("init -").ended(0), sandbox.run("init --stdout").ended(0));
    sandbox.run("check manifests-wrong-number").ended(1);
}
