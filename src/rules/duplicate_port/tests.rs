use crate::finding::Severity;
use crate::rules::testing::{check, check_all};

const RULE: &str = "duplicate-port";

#[test]
fn each_of_several_service_ports_needs_a_name() {
    let found = check(
        RULE,
        "
        kind: Service
        metadata: { name: web }
        spec: { ports: [{ port: 80 }, { port: 443 }] }
        #                       ^^ this port has no name
        ---
        kind: Service
        spec: { clusterIP: None, ports: [{ name: http, port: 80 }, { name: '', port: 443 }] }
        #                                                                            ^^^ this port has no name
        ---
        kind: Service
        spec: { ports: [{ port: 80 }] }
        ",
    );
    assert_eq!(found[0].message, "`Service/web` has 2 ports, so each needs a name");
}

#[test]
fn a_service_has_each_name_once_and_each_port_once_for_a_protocol() {
    check(
        RULE,
        "
        kind: Service
        spec: { ports: [{ name: a, port: 80 }, { name: b, port: 80 }] }
        #                                                       ^^ the second time
        ---
        kind: Service
        spec: { ports: [{ name: a, port: 80 }, { name: a, port: 81 }] }
        #                                              ^ the second time
        ---
        kind: Service
        spec: { ports: [{ name: tcp, port: 53 }, { name: udp, port: 53, protocol: UDP }] }
        ",
    );
}

#[test]
fn a_port_that_was_copied_is_one_fault() {
    check(
        RULE,
        "
        kind: Service
        spec:
          type: NodePort
          ports: [{ name: a, port: 80, nodePort: 30080 }, { name: a, port: 80, nodePort: 30080 }]
        #                                                                  ^^ the second time
        ---
        kind: Service
        spec: { ports: [{ port: 80 }, { port: 80, protocol: TCP }] }
        #                                     ^^ the second time
        ",
    );
}

#[test]
fn a_node_port_belongs_to_one_service_whatever_the_protocol() {
    let found = check(
        RULE,
        "
        kind: Service
        metadata: { name: tcp }
        spec: { type: NodePort, ports: [{ port: 53, nodePort: 30053 }] }
        ---
        kind: Service
        metadata: { name: udp, namespace: other }
        spec: { type: LoadBalancer, ports: [{ port: 53, nodePort: 30053, protocol: UDP }] }
        #                                                         ^^^^^ the second time
        ",
    );
    assert_eq!(found[0].message, "nodePort 30053 of `Service/udp` is taken by `Service/tcp`");
}

#[test]
fn one_service_may_use_a_node_port_for_two_protocols_of_one_port() {
    check(
        RULE,
        "
        kind: Service
        spec:
          type: NodePort
          ports:
            - { name: tcp, port: 53, nodePort: 30053 }
            - { name: udp, port: 53, nodePort: 30053, protocol: UDP }
            - { name: alt, port: 5353, nodePort: 30053, protocol: UDP }
        #                                        ^^^^^ the second time
        ",
    );
}

#[test]
fn node_ports_that_are_not_used_do_not_clash() {
    check_all(
        "
        kind: Service
        metadata: { name: a }
        spec: { type: NodePort, ports: [{ port: 80, nodePort: 0 }] }
        ---
        kind: Service
        metadata: { name: b }
        spec: { type: NodePort, ports: [{ port: 80, nodePort: null }] }
        ---
        kind: Service
        metadata: { name: c }
        spec: { type: NodePort, ports: [{ port: 80, nodePort: 30001 }] }
        ---
        kind: Service
        metadata: { name: d }
        spec: { type: ClusterIP, ports: [{ port: 80, nodePort: 30001 }] }
        ---
        kind: Service
        metadata: { name: c }
        spec: { type: NodePort, ports: [{ port: 80, nodePort: 30001 }] }
        ",
    );
}

#[test]
fn a_container_has_each_name_once() {
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
                  ports: [{ name: http, containerPort: 80 }, { name: http, containerPort: 81 }]
        #                                                            ^^^^ the second time
                - name: other
                  ports: [{ name: http, containerPort: 90 }]
        ",
    );
    assert_eq!(found[0].message, "container `app` of `Deployment/web` has two ports named `http`");
    assert_eq!(found[0].severity, Severity::Error);
}

#[test]
fn a_container_declares_a_number_once_for_a_protocol() {
    let found = check(
        RULE,
        "
        kind: Pod
        spec:
          containers:
            - ports: [{ name: http, containerPort: 80 }, { name: metrics, containerPort: 80 }]
        #                                                                                ^^ the second time
            - ports: [{ containerPort: 53 }, { containerPort: 53, protocol: UDP }]
            - ports: [{ name: a, containerPort: 70 }, { name: a, containerPort: 70 }]
        #                                                     ^ the second time
        ",
    );
    assert_eq!(found.iter().map(|it| it.severity).collect::<Vec<_>>(), [Severity::Warning, Severity::Error]);
}

#[test]
fn a_pod_takes_a_host_port_once() {
    check(
        RULE,
        "
        kind: DaemonSet
        spec:
          template:
            spec:
              containers:
                - ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 80, hostPort: 8081 }]
                - ports: [{ containerPort: 90, hostPort: 8080 }]
        #                                                ^^^^ the second time
                - ports: [{ containerPort: 91, hostPort: 8080, protocol: UDP }]
                - ports: [{ containerPort: 92, hostPort: 8080, hostIP: 127.0.0.1 }]
        ",
    );
}
