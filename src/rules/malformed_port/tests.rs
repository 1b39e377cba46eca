use crate::rules::testing::{check, check_all};

const RULE: &str = "malformed-port";

#[test]
fn ingress_numbers_are_numbers() {
    let found = check(
        RULE,
        "
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: web }
        spec:
          rules:
            - http:
                paths:
                  - backend: { service: { name: web, port: { number: '80' } } }
        #                                                            ^^^^ is a string where Kubernetes takes only a number
                  - backend: { service: { name: web, port: { number: http } } }
        #                                                            ^^^^ is a text where Kubernetes takes only a number
                  - backend: { service: { name: web, port: { number: 70000 } } }
        #                                                            ^^^^^ is no port: the range is 1 to 65535
                  - backend: { service: { name: web, port: { number: 0 } } }
        #                                                            ^ is no port: the range is 1 to 65535
                  - backend: { service: { name: web, port: { number: true } } }
        #                                                            ^^^^ has the wrong type for a port
                  - backend: { service: { name: web, port: { number: 80.5 } } }
        #                                                            ^^^^ has the wrong type for a port
                  - backend: { service: { name: web, port: { number: [80] } } }
        #                                                            ^^^^ has the wrong type for a port
                  - backend: { service: { name: web, port: { number: null } } }
        #                                                            ^^^^ is null where a port belongs
        ",
    );
    let message = "`port.number: \"80\"` of `Ingress/web` is a string where Kubernetes takes only a number";
    assert_eq!(found[0].message, message);
    assert_eq!(found[0].help.as_deref(), Some("drop the quotes, or the `quote` in the template"));
}

#[test]
fn ingress_names_are_port_names() {
    check(
        RULE,
        "
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        spec:
          rules:
            - http:
                paths:
                  - backend: { service: { name: web, port: { name: 80 } } }
        #                                                          ^^ is a number where Kubernetes takes only a name
                  - backend: { service: { name: web, port: { name: 80.0 } } }
        #                                                          ^^^^ is a number where Kubernetes takes only a name
                  - backend: { service: { name: web, port: { name: '80' } } }
        #                                                          ^^^^ is a number in quotes, which Kubernetes reads as a port name and refuses
                  - backend: { service: { name: web, port: { name: a-name-of-16-let } } }
        #                                                          ^^^^^^^^^^^^^^^^ is longer than the 15 characters that a port name may have
                  - backend: { service: { name: web, port: { name: Web } } }
        #                                                          ^^^ is no port name: lower case letters, digits and single dashes between them, with at least one letter
        ",
    );
}

#[test]
fn an_ingress_port_is_one_of_number_and_name() {
    check(
        RULE,
        "
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        spec:
          rules:
            - http:
                paths:
                  - backend: { service: { name: web, port: { number: 80, name: http } } }
        #                                                            ^^ gives both a number and a name
                  - backend: { service: { name: web, port: {} } }
        #                                                  ^^ gives neither a number nor a name
                  - backend: { service: { name: web, port: { name: '' } } }
        #                                                          ^^ gives neither a number nor a name
                  - backend: { service: { name: web, port: null } }
        #                                                  ^^^^ is null where a port belongs
                  - backend: { service: { name: web, port: 80 } }
        #                                                  ^^ has the wrong type for a port
                  - backend: { service: { name: web } }
        #                               ^^^^^^^^^^^^^ `port` is missing
        ",
    );
}

#[test]
fn old_ingresses_take_either() {
    check(
        RULE,
        "
        apiVersion: networking.k8s.io/v1beta1
        kind: Ingress
        spec:
          rules:
            - http:
                paths:
                  - backend: { serviceName: web, servicePort: 80 }
                  - backend: { serviceName: web, servicePort: http }
                  - backend: { serviceName: web, servicePort: use-annotation }
                  - backend: { serviceName: web, servicePort: '80' }
        #                                                     ^^^^ is a number in quotes, which Kubernetes reads as a port name and refuses
                  - backend: { serviceName: web }
        #                    ^^^^^^^^^^^^^^^^^^^^ `servicePort` is missing
        ",
    );
}

#[test]
fn service_ports() {
    check(
        RULE,
        "
        kind: Service
        spec:
          ports:
            - { name: a-name-that-is-far-longer-than-fifteen, port: 1, targetPort: '', nodePort: null }
            - { name: '80', port: 2, targetPort: 0, protocol: null }
            - { name: b, port: 3, targetPort: null }
            - { name: c, port: 8e3, targetPort: 80.0 }
            - { name: HTTP, port: 4 }
        #             ^^^^ is no name for a Service port: at most 63 lower case letters, digits and dashes, a dash neither first nor last
            - { name: 80, port: 5 }
        #             ^^ is a number where Kubernetes takes only a name
            - { name: d, port: 0 }
        #                      ^ is no port: the range is 1 to 65535
            - { name: e }
        #     ^^^^^^^^^^^ `port` is missing
            - { name: f, port: 6, targetPort: '8080' }
        #                                     ^^^^^^ is a number in quotes, which Kubernetes reads as a port name and refuses
            - { name: g, port: 7, nodePort: 'x' }
        #                                   ^^^ is a text where Kubernetes takes only a number
            - { name: [], port: 9, targetPort: {} }
        #             ^^ has the wrong type for a port
        #                                      ^^ has the wrong type for a port
        ",
    );
}

#[test]
fn container_ports_and_probes() {
    check(
        RULE,
        "
        kind: Deployment
        spec:
          template:
            spec:
              containers:
                - ports:
                    - { containerPort: '80' }
        #                              ^^^^ is a string where Kubernetes takes only a number
                    - { name: 80, containerPort: 80 }
        #                     ^^ is a number where Kubernetes takes only a name
                    - { name: true, containerPort: 81 }
        #                     ^^^^ has the wrong type for a port
                    - { name: '', containerPort: 82, hostPort: 0 }
                    - { name: a-name-of-16-let, containerPort: 83, hostPort: 65536 }
        #                     ^^^^^^^^^^^^^^^^ is longer than the 15 characters that a port name may have
        #                                                                    ^^^^^ is no port: the range is 1 to 65535
                    - { name: x }
        #             ^^^^^^^^^^^ `containerPort` is missing
                  livenessProbe: { httpGet: { port: '80' } }
        #                                           ^^^^ is a number in quotes, which Kubernetes reads as a port name and refuses
                  readinessProbe: { httpGet: { path: / } }
        #                                    ^^^^^^^^^^^ `port` is missing
                  startupProbe: { grpc: { port: http } }
        #                                       ^^^^ is a text where Kubernetes takes only a number
                  lifecycle: { preStop: { httpGet: null, tcpSocket: { port: 0 } } }
        #                                                                   ^ is no port: the range is 1 to 65535
        ",
    );
}

#[test]
fn one_broken_field_is_one_finding() {
    let rules = check_all(
        "
        kind: Service
        spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
        ---
        kind: Pod
        metadata: { labels: { app: web } }
        spec:
          containers:
            - ports: [{ containerPort: '8080' }]
        #                              ^^^^^^ is a string where Kubernetes takes only a number
              readinessProbe: { httpGet: { port: 8080 } }
        ---
        kind: Service
        spec: { selector: { app: api }, ports: [{ port: 80, targetPort: http }] }
        ---
        kind: Pod
        metadata: { labels: { app: api } }
        spec:
          containers:
            - ports: [{ name: 8080, containerPort: 8080 }]
        #                     ^^^^ is a number where Kubernetes takes only a name
              readinessProbe: { httpGet: { port: http } }
        ",
    );
    assert_eq!(rules, [RULE, RULE]);
}

#[test]
fn objects_in_pieces_are_no_reason_to_fall() {
    for text in [
        "kind: Ingress\napiVersion: networking.k8s.io/v1\n",
        "kind: Ingress\napiVersion: networking.k8s.io/v1\nspec: [1]\n",
        "kind: Ingress\napiVersion: networking.k8s.io/v1\nspec: { rules: { a: b }, defaultBackend: null }\n",
        "kind: Ingress\napiVersion: networking.k8s.io/v1\nspec: { defaultBackend: { service: null } }\n",
        "kind: Service\nmetadata:\nspec: { ports: null, selector: [] }\n",
        "kind: Service\nspec: { ports: 80, selector: x }\n",
        "kind: Deployment\nspec: { template: { spec: { containers: null } } }\n",
        "kind: Deployment\nspec: { template: { metadata: { labels: null }, spec: { containers: [null, 1, {}] } } }\n",
        "kind: CronJob\nspec: { jobTemplate: 1 }\n",
        "kind: Pod\nspec:\n",
        "kind: List\nitems:\n",
        "kind: 1\n",
        "- kind: Service\n",
        "kind: Pod\nmetadata: { name: 1, labels: { a: 1, b: null } }\nspec: { containers: [{ ports: {}, livenessProbe: [] }] }\n",
    ] {
        check_all(text);
    }
}
