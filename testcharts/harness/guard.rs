//! `portcullis guard`: what it prints and writes, and that real tools take it: right charts pass, wrong ones fail.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::sandbox::{Ran, Sandbox};

/// A chart of which a guard has something to say, with arguments that show what is wrong.
const WRONG: [(&str, &str); 5] = [
    ("drift-ingress-literal", "--set ingress.enabled=true --set service.port=81"),
    ("coupled-target-port", "--set service.targetPort=81"),
    ("drift-port-name", "--set service.portName=web"),
    ("name-override-ignored", "--set nameOverride=other"),
    (
        "hosts-filled",
        "--set ingress.enabled=true --set-json ingress.hosts=[{\"host\":\"x.example\",\"paths\":[{\"path\":\"/\",\"pathType\":\"Prefix\"}]}]",
    ),
];

/// Runs another program in the sandbox's folder; returns what it writes and whether it ended well.
fn tool(sandbox: &Sandbox, program: &str, args: &str) -> (String, bool) {
    let mut command = assert_cmd::Command::new(program);
    let output = command.args(args.split_whitespace()).env_clear().envs(sandbox.variables()).current_dir(sandbox.path(""));
    let output = output.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.success())
}

/// Each file of a folder, with what it holds.
fn files(sandbox: &Sandbox, folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut folders = vec![sandbox.path(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                all.push((entry.path().display().to_string(), fs::read(entry.path()).unwrap()));
            }
        }
    }
    all.sort();
    all
}

#[test]
fn guard_is_printed_with_where_it_belongs() {
    snapshot!(Sandbox::new().in_project().transcript(&[
        "guard testcharts/drift-ingress-literal",
        "guard testcharts/name-override-ignored",
        "guard testcharts/drift-ingress-literal --format schema",
        "guard testcharts/drift-ingress-literal --format unittest",
    ]));
}

#[test]
fn policies_are_printed_for_any_chart() {
    snapshot!(Sandbox::new().in_project().transcript(&[
        "guard testcharts/drift-ingress-literal --format rego",
        "guard testcharts/drift-ingress-literal --format vap",
    ]));
}

#[test]
fn guard_is_written_once_and_kept_up_to_date() {
    let sandbox = Sandbox::new();
    sandbox.copy("drift-ingress-literal");
    let chart = "drift-ingress-literal";
    let bare = files(&sandbox, chart);
    let first = sandbox.run(&format!("guard {chart} --write"));
    assert_eq!((first.code, &*first.stdout), (0, ""), "{first}");
    assert!(first.stderr.contains(&format!("written: {chart}/templates/_helpers.tpl\n")), "{first}");
    let written = files(&sandbox, chart);
    assert!(written.len() > bare.len(), "no file of helpers was made");
    let second = sandbox.run(&format!("guard {chart} --write"));
    assert!(second.stderr.contains("nothing changes"), "{second}");
    assert_eq!(files(&sandbox, chart), written);
    // The chart is mended: of the guard only the ranges stay.
    let ingress = format!("{chart}/templates/ingress.yaml");
    let text = fs::read_to_string(sandbox.path(&ingress)).unwrap();
    sandbox.write(&ingress, text.replace("number: 80", "number: {{ .Values.service.port }}"));
    let third = sandbox.run(&format!("guard {chart} --write"));
    assert_eq!(third.code, 0, "{third}");
    let helpers = fs::read_to_string(sandbox.path(&format!("{chart}/templates/_helpers.tpl"))).unwrap();
    assert!(!helpers.contains("hard-coded") && helpers.contains("must be a port"), "{helpers}");
    assert_eq!(helpers.matches("define").count(), 2, "{helpers}");
    let service = fs::read_to_string(sandbox.path(&format!("{chart}/templates/service.yaml"))).unwrap();
    assert_eq!(service.matches("validatePorts").count(), 1, "{service}");
}

#[test]
fn guard_that_nothing_needs_is_taken_out() {
    let sandbox = Sandbox::new();
    sandbox.copy("drift-port-name");
    let before = files(&sandbox, "drift-port-name");
    sandbox.run("guard drift-port-name --write").ended(0);
    let deployment = "drift-port-name/templates/deployment.yaml";
    let text = fs::read_to_string(sandbox.path(deployment)).unwrap();
    sandbox.write(deployment, text.replace("- name: http\n", "- name: {{ .Values.service.portName }}\n"));
    assert_ne!(fs::read_to_string(sandbox.path(deployment)).unwrap(), text);
    let ran = sandbox.run("guard drift-port-name --write");
    let after = files(&sandbox, "drift-port-name");
    let guarded = after.iter().filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("hard-coded")).count();
    assert_eq!((ran.code, guarded), (0, 0), "{ran}");
    assert!(after.len() >= before.len());
}

#[test]
fn line_ends_and_a_missing_last_one_are_kept() {
    let sandbox = Sandbox::new();
    sandbox.chart("web");
    let service = fs::read_to_string(sandbox.path("web/templates/service.yaml")).unwrap().replace('\n', "\r\n");
    sandbox.write("web/templates/service.yaml", &service);
    sandbox.write("web/templates/_own.tpl", "{{ define \"web.own\" }}x{{ end }}\r\n{{/* last */}}");
    let ran = sandbox.run("guard web --write");
    assert!(ran.stderr.contains("written: web/templates/_own.tpl"), "{ran}");
    let text = fs::read_to_string(sandbox.path("web/templates/_own.tpl")).unwrap();
    assert!(text.starts_with("{{ define \"web.own\" }}x{{ end }}\r\n{{/* last */}}\r\n"), "{text}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let text = fs::read_to_string(sandbox.path("web/templates/service.yaml")).unwrap();
    assert_eq!(text.split_once("\r\n").unwrap().1, service);
}

#[test]
fn what_cannot_be_written_is_told_and_nothing_is() {
    let sandbox = Sandbox::new();
    for name in ["read-only", "linked", "many/a", "many/b"] {
        sandbox.chart(name);
    }
    let read_only = sandbox.path("read-only/templates/service.yaml");
    fs::set_permissions(&read_only, fs::Permissions::from_mode(0o444)).unwrap();
    sandbox.write("elsewhere/_helpers.tpl", "{{ define \"x\" }}{{ end }}\n");
    std::os::unix::fs::symlink("../../elsewhere/_helpers.tpl", sandbox.path("linked/templates/_helpers.tpl")).unwrap();
    let before = files(&sandbox, "");
    snapshot!(sandbox.transcript(&[
        "guard read-only --write",
        "guard linked --write",
        "guard many --write",
        "guard missing --write",
        "guard read-only --write --format schema",
        "guard read-only --format toml",
    ]));
    assert_eq!(files(&sandbox, ""), before);
}

#[test]
fn archives_are_guarded_and_not_written() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    sandbox.chart("web");
    assert!(tool(&sandbox, "helm", "package web").1);
    let printed = sandbox.run("guard web-0.1.0.tgz").ended(0);
    assert!(printed.contains("`port` must be a port"), "{printed}");
    let written = sandbox.run("guard web-0.1.0.tgz --write");
    assert_eq!(written.code, 2, "{written}");
    assert!(written.stderr.contains("is an archive: unpack it"), "{written}");
}

/// Writes the guard into each chart, and hands it on with the arguments that show what is wrong.
fn each_guarded(and_then: impl Fn(&Sandbox, &str, &str)) {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    for (chart, args) in WRONG {
        sandbox.copy(chart);
        fs::rename(sandbox.path(chart), sandbox.path("bare")).unwrap();
        sandbox.copy(chart);
        sandbox.run(&format!("guard {chart} --write")).ended(0);
        and_then(&sandbox, chart, args);
        fs::remove_dir_all(sandbox.path("bare")).unwrap();
    }
}

#[test]
fn both_helms_obey_the_guard() {
    each_guarded(|sandbox, chart, args| {
        for helm in ["helm3", "helm4"] {
            let bare = tool(sandbox, helm, "template bare --kube-version 1.34.0");
            assert!(bare.1, "{chart}: {}", bare.0);
            assert_eq!(tool(sandbox, helm, &format!("template {chart} --kube-version 1.34.0")), bare);
            let args = format!("{args} --kube-version 1.34.0");
            assert!(tool(sandbox, helm, &format!("template bare {args}")).1);
            let (said, is_rendered) = tool(sandbox, helm, &format!("template {chart} {args}"));
            assert!(!is_rendered && said.contains("execution error at ("), "{chart}: {said}");
        }
    });
}

#[test]
fn helm_unittest_passes_with_the_guard_and_fails_without() {
    each_guarded(|sandbox, chart, _| {
        let suite = sandbox.run(&format!("guard {chart} --format unittest")).ended(0);
        for folder in [chart, "bare"] {
            sandbox.write(&format!("{folder}/tests/portcullis_guard_test.yaml"), &suite);
        }
        let (said, passes) = tool(sandbox, "helm-unittest", chart);
        assert!(passes && said.contains(" PASS "), "{said}");
        let (said, passes) = tool(sandbox, "helm-unittest", "bare");
        assert!(!passes && said.contains("- refuses ") && !said.contains("- renders "), "{said}");
    });
}

#[test]
fn schema_takes_the_defaults_and_refuses_what_is_no_port() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    sandbox.copy("drift-ingress-literal");
    let schema = sandbox.run("guard drift-ingress-literal --format schema").ended(0);
    sandbox.write("drift-ingress-literal/values.schema.json", schema);
    for helm in ["helm3", "helm4"] {
        let renders = |args: &str| tool(&sandbox, helm, &format!("template drift-ingress-literal --kube-version 1.34.0 {args}"));
        assert!(renders("").1 && renders("--set ingress.enabled=true,service.port=8080").1);
        for wrong in ["service.port=70000", "service.port=0", "service.port=http", "service.port=null", "containerPort=-1"] {
            let (said, is_rendered) = renders(&format!("--set {wrong}"));
            assert!(!is_rendered && said.contains("schema"), "{wrong}: {said}");
        }
    }
}

#[test]
fn conftest_passes_right_manifests_and_fails_wrong_ones() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    for chart in ["drift-ingress-literal", "hosts-filled", "target-port-name-unknown", "names-end-to-end"] {
        sandbox.copy(chart);
    }
    sandbox.write("policy/ports.rego", sandbox.run("guard hosts-filled --format rego").ended(0));
    let test = |chart: &str, args: &str| {
        let (manifests, is_rendered) = tool(&sandbox, "helm", &format!("template {chart} {args}"));
        assert!(is_rendered, "{manifests}");
        sandbox.write("rendered.yaml", manifests);
        tool(&sandbox, "conftest", "test --combine --policy policy rendered.yaml")
    };
    for (chart, args) in [("drift-ingress-literal", "--set ingress.enabled=true"), ("names-end-to-end", ""), ("hosts-filled", "")]
    {
        let (said, passes) = test(chart, args);
        assert!(passes && said.contains(" 0 failures"), "{chart}: {said}");
    }
    for (chart, args, wanted) in [
        ("drift-ingress-literal", WRONG[0].1, "for port 80, but that has [81]"),
        ("hosts-filled", WRONG[4].1, "Ingress/"),
        ("target-port-name-unknown", "", "which no container of its pods has"),
    ] {
        let (said, passes) = test(chart, args);
        assert!(!passes && said.contains(wanted), "{chart}: {said}");
    }
    // The parts in files of their own.
    let (manifests, _) = tool(&sandbox, "helm", &format!("template drift-ingress-literal {}", WRONG[0].1));
    for (at, part) in manifests.split("---\n").filter(|it| it.contains("kind:")).enumerate() {
        sandbox.write(&format!("parts/{at}.yaml"), part);
    }
    let (said, passes) = tool(&sandbox, "conftest", "test --combine --policy policy parts");
    assert!(!passes && said.contains("for port 80, but that has [81]"), "{said}");
}

const SERVICES: &str = "
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{name: http, port: 80}, {port: 8443}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: elsewhere}, spec: {type: ExternalName, externalName: x.example}}
---
{apiVersion: v1, kind: Service, metadata: {name: far, namespace: other}, spec: {ports: [{port: 1}]}}
";

fn ingress(name: &str, spec: &str) -> String {
    format!("---\n{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: {name}}}, spec: {spec}}}\n")
}

fn rule(backend: &str) -> String {
    format!("{{rules: [{{host: x}}, {{http: {{paths: [{{path: /, pathType: Prefix, backend: {backend}}}]}}}}]}}")
}

#[test]
fn admission_policy_compiles_admits_and_denies() {
    let Some(sandbox) = Sandbox::with_tools() else { return };
    sandbox.chart("web");
    sandbox.write("policy.yaml", sandbox.run("guard web --format vap").ended(0));
    let to = |service: &str, port: &str| format!("{{service: {{name: {service}, port: {{{port}}}}}}}");
    let right = [
        ingress("number", &rule(&to("web", "number: 80"))),
        ingress("name", &rule(&to("web", "name: http"))),
        ingress("resource", &rule("{resource: {apiGroup: x, kind: Bucket, name: web}}")),
        ingress("external", &rule(&to("elsewhere", "number: 1"))),
        ingress("other-service", &rule(&to("far", "number: 9"))),
        ingress("annotation", &rule(&to("web", "name: use-annotation"))),
        ingress("default", &format!("{{defaultBackend: {}}}", to("web", "number: 8443"))),
        ingress("empty", "{}"),
    ];
    let wrong = [
        ingress("number", &rule(&to("web", "number: 81"))),
        ingress("name", &rule(&to("web", "name: https"))),
        ingress("no-port", &rule("{service: {name: web, port: {}}}")),
        ingress("default", &format!("{{defaultBackend: {}}}", to("web", "number: 443"))),
    ];
    let ask = |ingress: &str| {
        sandbox.write("objects.yaml", format!("{ingress}{SERVICES}"));
        let (said, runs) = tool(&sandbox, "celcheck", "policy.yaml objects.yaml");
        assert!(runs, "{said}");
        assert_eq!(said.lines().count(), 2, "{said}");
        said
    };
    for ingress in right {
        let said = ask(&ingress);
        assert!(said.lines().all(|it| it.ends_with(": admit")), "{ingress}{said}");
    }
    for ingress in wrong {
        let said = ask(&ingress);
        assert!(said.contains(" web: deny: ") && said.contains("Service/web lacks; it has 80, 8443"), "{ingress}{said}");
        assert!(said.contains(" elsewhere: admit"), "{said}");
    }
    sandbox.write("policy.yaml", fs::read_to_string(sandbox.path("policy.yaml")).unwrap().replace("it.port)", "it.prt"));
    assert!(!tool(&sandbox, "celcheck", "policy.yaml objects.yaml").1, "what does not compile is told");
}

#[test]
fn subcharts_are_guarded_from_their_parent() {
    let sandbox = Sandbox::new();
    sandbox.copy("subchart-file-dependency");
    let ran: Ran = sandbox.run("guard subchart-file-dependency");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("must be a port"), "{ran}");
}

#[test]
fn names_are_required_where_that_is_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.copy("drift-ingress-literal");
    snapshot!(sandbox.run("guard drift-ingress-literal --require-names --format schema"));
    assert!(!sandbox.run("guard drift-ingress-literal").ended(0).contains("portName"));
    let ran = sandbox.run("guard drift-ingress-literal --require-names --write");
    assert!(ran.stderr.contains("written: drift-ingress-literal/values.yaml"), "{ran}");
    let values = fs::read_to_string(sandbox.path("drift-ingress-literal/values.yaml")).unwrap();
    assert!(values.contains("\n  portName: http\n  port: 80\n"), "{values}");
    sandbox.run("render drift-ingress-literal").ended(0);
    let refused = sandbox.run_with(&["render", "drift-ingress-literal", "--set", "service.portName="], "");
    assert!(refused.code == 1 && refused.stderr.contains("`service.portName` must be set where `service.port` is"), "{refused}");
    // From now on the chart has the value, and the rule is its own.
    let ran = sandbox.run("guard drift-ingress-literal --write");
    assert!(ran.stderr.contains("nothing changes"), "{ran}");
}

/// The usual helper: the chart's name is left out where the release's has it.
const NAME: &str = "{{ define \"web.name\" }}{{ contains \"web\" .Release.Name | ternary .Release.Name (print .Release.Name \"-web\") }}{{ end }}\n";

#[test]
fn release_that_makes_it_right_is_not_refused() {
    let sandbox = Sandbox::new();
    let ingress = "{{ if .Values.expose }}\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec:\n  \
                   defaultBackend: {service: {name: '{{ .Release.Name }}', port: {number: 80}}}\n{{ end }}\n";
    let service =
        "apiVersion: v1\nkind: Service\nmetadata: {name: '{{ include \"web.name\" . }}'}\nspec: {ports: [{port: 80}]}\n";
    sandbox.chart("web").write("web/values.yaml", "expose: false\n").write("web/templates/_helpers.tpl", NAME);
    sandbox.write("web/templates/ingress.yaml", ingress).write("web/templates/service.yaml", service);
    let ran = sandbox.run("guard web --write");
    assert!(ran.stderr.contains("proven: "), "{ran}");
    let refused = sandbox.run("render web --set expose=true");
    let sentence =
        "with `expose` on and a release whose name lacks `web`, templates/ingress.yaml:6 leads to a Service that is not rendered";
    assert!(refused.code == 1 && refused.stderr.contains(sentence), "{refused}");
    sandbox.run("render web --set expose=true --release my-web").ended(0);
    sandbox.run("render web").ended(0);
}
