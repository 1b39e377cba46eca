use crate::finding::Severity;
use crate::rules::testing::{check, check_all};

const RULE: &str = "unbound-probe-port";

#[test]
fn a_name_is_one_of_the_own_container() {
    let found = check(
        RULE,
        "
        kind: Deployment
        metadata: { name: web }
        spec:
          template:
            spec:
              containers:
                - name: app
                  ports: [{ name: http, containerPort: 8080 }]
                  livenessProbe: { httpGet: { port: http } }
                  readinessProbe: { httpGet: { port: metrics } }
        #                                            ^^^^^^^ no such port in the container
                - name: exporter
                  ports: [{ name: metrics, containerPort: 9090 }]
        ",
    );
    assert_eq!(
        found[0].message,
        "the readinessProbe of container `app` of `Deployment/web` asks for port `metrics`; the container declares only `http` (8080)"
    );
    assert_eq!(found[0].severity, Severity::Error);
    assert_eq!(found[0].help.as_deref(), Some("write `port: http`, or declare the port in the container"));
}

#[test]
fn a_number_is_one_of_the_pod() {
    let found = check(
        RULE,
        "
        kind: CronJob
        spec:
          jobTemplate:
            spec:
              template:
                spec:
                  containers:
                    - ports: [{ containerPort: 8080 }]
                      livenessProbe: { tcpSocket: { port: 8080 } }
                      readinessProbe: { grpc: { port: 9090 } }
                      startupProbe: { tcpSocket: { port: 1234 } }
        #                                                ^^^^ no such port in the container
                    - ports: [{ containerPort: 9090 }]
        ",
    );
    assert_eq!(found[0].severity, Severity::Warning);
}

#[test]
fn hooks_ask_for_ports_too() {
    check(
        RULE,
        "
        kind: Pod
        spec:
          containers:
            - ports: [{ name: http, containerPort: 80 }]
              lifecycle:
                postStart: { httpGet: { port: htp } }
        #                                     ^^^ no such port in the container
                preStop: { exec: { command: [sleep, '5'] } }
        ",
    );
}

#[test]
fn numbers_may_be_served_without_being_declared() {
    check_all(
        "
        kind: Pod
        spec:
          initContainers:
            - { restartPolicy: Always, ports: [{ containerPort: 15021 }], readinessProbe: { httpGet: { port: 15021 } } }
            - { ports: [{ containerPort: 1 }], readinessProbe: { httpGet: { port: 2 } } }
          containers:
            - { livenessProbe: { httpGet: { port: 8080 } } }
            - { ports: [{ containerPort: 82 }], livenessProbe: { httpGet: { port: 15021 } } }
            - { ports: [{ containerPort: 83 }], livenessProbe: { httpGet: { host: 10.0.0.1, port: 9999 } } }
            - { ports: [{ containerPort: 84 }], livenessProbe: { exec: { command: [true] } } }
        ",
    );
}

#[test]
fn a_number_that_is_mentioned_is_a_note() {
    let found = check(
        RULE,
        "
        kind: Pod
        spec:
          containers:
            - { ports: [{ containerPort: 80 }], args: [--health=:8081], livenessProbe: { httpGet: { port: 8081 } } }
        #                                                                                                 ^^^^ no such port in the container
        ",
    );
    assert_eq!(found[0].severity, Severity::Note);
}

#[test]
fn a_name_is_an_error_where_nothing_is_declared() {
    let found = check(
        RULE,
        "
        kind: Pod
        metadata: { name: web }
        spec: { containers: [{ livenessProbe: { httpGet: { host: a, port: http } } }] }
        #                                                                 ^^^^ no such port in the container
        ",
    );
    assert_eq!(found[0].message, "the livenessProbe of `Pod/web` asks for port `http`; the container declares no port");
}

#[test]
fn an_undeclared_number_is_a_warning_only_where_something_else_speaks_against_it() {
    let severity = |readiness: &str| {
        let fixture = format!(
            "
            kind: Deployment
            metadata: {{ name: web }}
            spec:
              template:
                metadata: {{ labels: {{ app: web }} }}
                spec:
                  containers:
                    - ports: [{{ name: http, containerPort: 8080 }}]
                      livenessProbe: {{ httpGet: {{ port: 8081 }} }}
            #                                           ^^^^ no such port in the container
            {readiness}
            "
        );
        check(RULE, &fixture)[0].severity
    };
    let probe = |port: &str| format!("          readinessProbe: {{ httpGet: {{ port: {port} }} }}");
    assert_eq!(severity(""), Severity::Note, "a health port that nobody declared");
    assert_eq!(severity(&probe("8080")), Severity::Warning, "another probe asks for a declared port");
    let service = "---\n            kind: Service\n            spec: { selector: { app: web }, ports: [{ port: 8081, targetPort: http }] }";
    assert_eq!(severity(service), Severity::Warning, "the Service's own port");
}
