//! `portcullis matrix`: what is listed is what would be checked. It needs no helm.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::sandbox::Sandbox;

fn ids(listing: &Json) -> BTreeSet<String> {
    let name = |it: &Json| format!("{} {}", it["target"].as_str().unwrap(), it["id"].as_str().unwrap());
    listing.as_array().unwrap().iter().map(name).collect()
}

/// Asserts that the shards of what `args` list are all of it, each case once.
fn assert_shards(sandbox: &Sandbox, args: &str, count: usize) {
    let list = |more: &str| ids(&sandbox.run(&format!("matrix {args} --format json {more}")).json());
    let all = list("");
    let mut seen = BTreeSet::new();
    for index in 1..=count {
        for case in list(&format!("--shard {index}/{count}")) {
            assert!(seen.insert(case.clone()), "{case} is in two shards");
        }
    }
    assert_eq!(seen, all);
    assert!(all.len() >= count, "{all:?}");
}

#[test]
fn cases_are_listed_as_text() {
    snapshot!(Sandbox::new().in_project().run("matrix testcharts/matrix-config"));
}

#[test]
fn cases_are_listed_as_json() {
    snapshot!(Sandbox::new().in_project().run("matrix testcharts/matrix-config --format json"));
}

#[test]
fn cases_are_listed_for_github() {
    let ran = Sandbox::new().in_project().run("matrix testcharts/matrix-config --format github");
    assert_eq!(ran.stdout.lines().count(), 1);
    snapshot!(ran);
}

#[test]
fn cases_are_listed_for_gitlab() {
    snapshot!(Sandbox::new().in_project().run("matrix testcharts/matrix-config --format gitlab"));
}

#[test]
fn axes_multiply() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").write("a.yaml", "port: 81\n").write("b.yaml", "port: 82\n");
    let axes = "--axis values=,a.yaml,a.yaml+b.yaml --axis set:port=1,2 --axis kube=1.30,1.34";
    snapshot!(sandbox.transcript(&[
        &format!("matrix web {axes}"),
        &format!("matrix web {axes} --combine pairwise"),
        &format!("matrix web {axes} --combine each"),
        "matrix web --axis api=a/v1+b/v1 --axis release=x --axis namespace=y",
    ]));
}

#[test]
fn given_values_leave_ci_files_out() {
    let sandbox = Sandbox::new().in_project();
    let count =
        |args: &str| sandbox.run(&format!("matrix testcharts/ci-values --format json {args}")).json().as_array().unwrap().len();
    assert_eq!(count(""), 3);
    assert_eq!(count("--set service.port=81"), 1);
    assert_eq!(count("--set service.port=81 --ci"), 3);
}

#[test]
fn shards_of_one_target_deal_out_its_cases() {
    let sandbox = Sandbox::new();
    sandbox.chart("web");
    assert_shards(&sandbox, "web --axis set:port=1,2,3,4,5,6,7,8,9", 3);
}

#[test]
fn shards_of_many_targets_deal_out_targets() {
    let sandbox = Sandbox::new().in_project();
    assert_shards(&sandbox, "testcharts", 4);
    let of = |shard: &str| sandbox.run(&format!("matrix testcharts --format json --shard {shard}")).json();
    let targets = |json: &Json| -> BTreeSet<String> { ids(json).iter().map(|it| it.split(' ').next().unwrap().into()).collect() };
    assert!(targets(&of("1/2")).is_disjoint(&targets(&of("2/2"))));
}

#[test]
fn shards_may_be_empty() {
    let sandbox = Sandbox::new();
    sandbox.copy("manifests-wrong-number");
    let mut codes = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        let list = sandbox.run(&format!("matrix manifests-wrong-number --shard {shard}")).ended(0);
        let ran = sandbox.run(&format!("check manifests-wrong-number --shard {shard}"));
        assert_eq!(ran.code == 1, list.lines().count() == 2, "{ran}");
        codes.push(ran.code);
    }
    codes.sort_unstable();
    assert_eq!(codes, [0, 0, 1]);
}

#[test]
fn targets_that_cannot_be_read_are_in_one_shard() {
    let sandbox = Sandbox::new();
    let failures = ["1/2", "2/2"].map(|shard| sandbox.run(&format!("check missing absent --shard {shard}")).stdout);
    assert_eq!(failures.concat().matches("failed: missing:").count(), 1, "{failures:?}");
}

#[test]
fn shards_check_what_the_whole_checks() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    let sandbox = sandbox.in_project();
    let findings = |shard: &str| {
        let report = sandbox.run(&format!("check testcharts/matrix-config -o json {shard}")).json();
        let names = report["findings"].as_array().unwrap().iter().map(|it| it["fingerprint"].as_str().unwrap().to_owned());
        names.collect::<BTreeSet<_>>()
    };
    let all = findings("");
    let parts: BTreeSet<_> = ["--shard 1/3", "--shard 2/3", "--shard 3/3"].into_iter().flat_map(findings).collect();
    assert_eq!(parts, all);
    assert!(all.len() > 2);
}
