use crate::finding::Severity;
use crate::rules::testing::{check, check_all};

const RULE: &str = "unbound-target-port";

/// A pod with a container, behind the Services of a fixture.
fn with_pod(services: &str, container: &str) -> String {
    format!("{services}\n---\nkind: Pod\nmetadata: {{ name: web, labels: {{ app: web }} }}\nspec: {{ containers: [{container}] }}\n")
}

#[test]
fn a_name_that_no_pod_declares_is_an_error() {
    let fixture = "kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: web }] }
#                                                               ^^^ no such port in the pods";
    let found = check(RULE, &with_pod(fixture, "{ ports: [{ name: http, containerPort: 8080 }] }"));
    assert_eq!(found[0].message, "`Service/web` sends traffic to port `web` of `Pod/web`, which declares only `http` (8080)");
    assert_eq!(found[0].severity, Severity::Error);
    assert_eq!(found[0].help.as_deref(), Some("write `targetPort: http`"));
    check(RULE, &with_pod(fixture, "{ name: declares-nothing, args: [web] }"));
}

#[test]
fn a_number_is_a_warning_where_others_are_declared() {
    let fixture = "kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 9999 }] }
#                                                               ^^^^ no such port in the pods";
    let found = check(RULE, &with_pod(fixture, "{ ports: [{ containerPort: 8080 }, { containerPort: 8081 }] }"));
    assert_eq!(found[0].severity, Severity::Warning);
    assert_eq!(found[0].help, None);
}

#[test]
fn a_target_port_left_out_is_the_port() {
    let fixture = "kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
#                                               ^^ without targetPort this is the port of the pods, too";
    let found = check(RULE, &with_pod(fixture, "{ ports: [{ name: http, containerPort: 8080 }] }"));
    assert_eq!(
        found[0].message,
        "`Service/web` has no targetPort, so it sends traffic to port 80 of `Pod/web`, which declares only `http` (8080)"
    );
    check(RULE, &with_pod(&fixture.replace("{ port: 80 }", "{ port: 80, targetPort: '' }"), "{ ports: [{ containerPort: 8080 }] }"));
}

#[test]
fn numbers_may_be_served_without_being_declared() {
    let service = "kind: Service\nspec: { selector: { app: web }, ports: [{ port: 80, targetPort: 9999 }] }";
    for container in [
        "{ name: declares-nothing }",
        "{ ports: null }",
        "{ ports: [{ containerPort: 80 }] }, { name: main }",
        "{ ports: [{ containerPort: 80 }] }, { ports: [{ containerPort: 9999 }] }",
    ] {
        check_all(&with_pod(service, container));
    }
}

#[test]
fn a_number_that_the_pods_mention_is_a_note_unless_a_port_has_the_services_name() {
    let service = |name: &str| {
        format!("kind: Service\nspec: {{ selector: {{ app: web }}, ports: [{{ port: 80, targetPort: 9999, name: {name} }}] }}\n#                                                               ^^^^ no such port in the pods")
    };
    for (container, is_told) in [
        ("{ ports: [{ containerPort: 80, name: http }], args: ['--listen=:9999'] }", true),
        ("{ ports: [{ containerPort: 80, name: http }], command: [sh, -c, 'serve 9999'] }", false),
        ("{ ports: [{ containerPort: 80, name: http }], env: [{ name: PORT, value: '9999' }] }", false),
    ] {
        let named = if is_told { Severity::Note } else { Severity::Warning };
        for (name, severity) in [("api", Severity::Note), ("http", named), ("web-http", named)] {
            assert_eq!(check(RULE, &with_pod(&service(name), container))[0].severity, severity, "{name}");
        }
    }
}

#[test]
fn native_sidecars_listen_and_other_init_containers_do_not() {
    check(
        RULE,
        "
        kind: Service
        spec:
          selector: { app: web }
          ports: [{ name: a, port: 1, targetPort: proxy }, { name: b, port: 2, targetPort: setup }]
        #                                                                                  ^^^^^ no such port in the pods
        ---
        kind: StatefulSet
        spec:
          template:
            metadata: { labels: { app: web, pod: x } }
            spec:
              initContainers:
                - { restartPolicy: Always, ports: [{ name: proxy, containerPort: 15001 }] }
                - { ports: [{ name: setup, containerPort: 15002 }] }
              containers: [{ ports: [{ name: http, containerPort: 8080 }] }]
        ",
    );
}

#[test]
fn some_services_forward_nothing_that_can_be_judged() {
    for spec in [
        "{ clusterIP: None, selector: { app: web }, ports: [{ port: 1, targetPort: x }] }",
        "{ type: ExternalName, selector: { app: web }, ports: [{ port: 1, targetPort: x }] }",
        "{ ports: [{ port: 1, targetPort: x }] }",
        "{ selector: {}, ports: [{ port: 1, targetPort: x }] }",
        "{ selector: { statefulset.kubernetes.io/pod-name: web-0 }, ports: [{ port: 1, targetPort: x }] }",
        "{ selector: { app: web }, ports: null }",
    ] {
        check_all(&with_pod(&format!("kind: Service\nspec: {spec}"), "{ ports: [{ containerPort: 80 }] }"));
    }
}

#[test]
fn a_name_need_not_be_in_all_the_pods() {
    check_all(
        "
        kind: Service
        spec: { selector: { app: web }, ports: [{ port: 80, targetPort: http }] }
        ---
        kind: Pod
        metadata: { labels: { app: web } }
        spec: { containers: [{ ports: [{ containerPort: 80 }] }] }
        ---
        kind: Pod
        metadata: { labels: { app: web } }
        spec: { containers: [{ ports: [{ name: http, containerPort: 8080 }] }] }
        ",
    );
}

#[test]
fn every_kind_with_a_pod_template_counts_but_jobs_and_hooks() {
    let service = "kind: Service
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: x }] }";
    let marked = format!("{service}\n#                                                               ^ no such port in the pods");
    let template = "{ metadata: { labels: { app: web } }, spec: { containers: [{ ports: [{ containerPort: 80 }] }] } }";
    for kind in ["ReplicaSet", "DaemonSet", "ReplicationController", "Rollout", "CloneSet", "DeploymentConfig", "Whatever"] {
        check(RULE, &format!("{marked}\n---\nkind: {kind}\nspec: {{ template: {template} }}"));
    }
    for (kind, spec) in [("Job", format!("{{ template: {template} }}")), ("CronJob", format!("{{ jobTemplate: {{ spec: {{ template: {template} }} }} }}"))] {
        check_all(&format!("{service}\n---\nkind: {kind}\nspec: {spec}"));
    }
    check_all(&format!(
        "{service}\n---\nkind: Pod\nmetadata: {{ labels: {{ app: web }}, annotations: {{ helm.sh/hook: test }} }}\nspec: {{ containers: [{{}}] }}"
    ));
}

#[test]
fn namespaces_left_out_are_the_releases() {
    let found = check(
        RULE,
        "
        kind: Service
        metadata: { namespace: default }
        spec: { selector: { app: web }, ports: [{ port: 80, targetPort: x }] }
        #                                                               ^ no such port in the pods
        ---
        kind: Pod
        metadata: { labels: { app: web } }
        spec: { hostNetwork: true, containers: [{ ports: [{ containerPort: 80 }] }] }
        ---
        kind: Pod
        metadata: { namespace: other, labels: { app: web } }
        spec: { containers: [{ ports: [{ name: x, containerPort: 80 }] }] }
        ",
    );
    assert_eq!(found.len(), 1);
}
