//! Flags that cannot be used are refused with what to write instead; those that can do what they say.

use crate::sandbox::Sandbox;

#[test]
fn unusable_flags_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.chart("web");
    let ran = sandbox.transcript(&[
        "check web --rule dangling-prt=off",
        "check web --rule image-tag=off",
        "check web --rule dangling-port",
        "check web --rule dangling-port=fatal",
        "check web --fail-on fatal",
        "check web -o sarf",
        "check web -o json=",
        "check web -o text -o json",
        "check web -o json=no/such/folder.json",
        "check web --color sometimes",
        "check web -q -v",
        "check web --jobs 0",
        "check web --timeout soon",
        "check web --kube-version latest",
        "check web --shard 3/2",
        "check web --combine all",
        "check web --axis",
        "check web --axis valeus=a.yaml",
        "check web --axis image=a",
        "check web --axis kube=latest",
        "check web --axis values=no-such-*.yaml",
        "check web --axis set:port",
    ]);
    snapshot!(ran);
}

#[test]
fn unusable_values_files_are_refused() {
    let sandbox = Sandbox::new();
    sandbox
        .chart("web")
        .write("broken.yaml", "a: 1\nb: [1\nc: 2\n")
        .write("list.yaml", "# ports\n- 80\n")
        .write("empty.yaml", "");
    let ran = sandbox.transcript(&[
        "check web -f missing.yaml",
        "check web -f broken.yaml",
        "check web -f list.yaml",
        "check web -f web",
        "matrix web -f empty.yaml",
    ]);
    snapshot!(ran);
}

#[test]
fn rules_are_switched() {
    let sandbox = Sandbox::new().in_project();
    let check = |args: &str| sandbox.run(&format!("check testcharts/manifests-wrong-number -q {args}"));
    assert!(check("").ended(1).contains("error[dangling-port]"));
    assert!(check("--rule dangling-port=off").ended(0).is_empty());
    assert!(check("--rule all=off").ended(0).is_empty());
    assert!(check("--rule dangling-port=warning").ended(0).is_empty());
    assert!(check("--rule dangling-port=warning --fail-on warning").ended(1).contains("warning[dangling-port]"));
    assert!(check("--rule dangling-port=note --fail-on note").ended(1).contains("note[dangling-port]"));
    assert!(check("--rule dangling-port=note --strict").ended(0).is_empty());
    assert!(check("--rule dangling-port=warning --strict").ended(1).contains("warning[dangling-port]"));
    assert!(check("--rule all=off --rule dangling-port=error").ended(1).contains("error[dangling-port]"));
}

#[test]
fn one_case_is_chosen_by_its_id() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").chart("other");
    let id = sandbox.run("matrix web --axis set:port=81 --format json").json()[1]["id"].as_str().unwrap().to_owned();
    let listed = sandbox.run(&format!("matrix web --axis set:port=81 --case {id} --format json")).json();
    assert_eq!((listed.as_array().unwrap().len(), listed[0]["id"].as_str()), (1, Some(&*id)));
    snapshot!(sandbox.run("check web other --case 0123456789ab"));
}

#[test]
fn helm_flags_reach_helm() {
    let sandbox = Sandbox::new();
    sandbox.chart("web").write("a.yaml", "x: 1\n").write("text.txt", "x");
    let script = "[ \"$1\" = version ] && echo v4.0.0 && exit\necho \"$@\" >>calls";
    sandbox.fake("helm", script);
    let args = "check web --no-discover -j 1 -f a.yaml --set b=1 --set-string c=2 --set-json d=3 --set-file e=text.txt \
                --set-literal f=4 --release shop -n prod --kube-version 1.30 -a x/v1,y/v1 --include-crds --skip-tests -- --dry-run";
    _ = sandbox.run(args).ended(0);
    snapshot!(std::fs::read_to_string(sandbox.path("calls")).unwrap());
}
