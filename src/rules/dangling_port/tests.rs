use crate::rules::testing::{check, check_all};

const RULE: &str = "dangling-port";

#[test]
fn a_wrong_number_is_found_where_the_port_has_no_name() {
    let found = check(
        RULE,
        "
        kind: Service
        metadata: { name: web }
        spec: { ports: [{ port: 80 }] }
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: web }
        spec:
          rules:
            - http:
                paths:
                  - path: /
                    backend: { service: { name: web, port: { number: 8080 } } }
        #                                                            ^^^^ no such port
        ",
    );
    assert_eq!(found[0].message, "`Ingress/web` asks for port 8080 of `Service/web`, which has only 80");
    assert_eq!(found[0].help.as_deref(), Some("refer to port 80"));
}

#[test]
fn names_and_numbers_that_are_there_are_fine() {
    check_all(
        "
        kind: Service
        metadata: { name: web }
        spec: { ports: [{ name: http, port: 80 }, { name: https, port: 443 }] }
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        spec:
          defaultBackend: { service: { name: web, port: { name: https } } }
          rules:
            - http: { paths: [{ backend: { service: { name: web, port: { number: 80 } } } }] }
            - http: { paths: [{ backend: { service: { name: web, port: { number: 80.0, name: '' } } } }] }
            - http: { paths: [{ backend: { service: { name: web, port: { name: http, number: null } } } }] }
        ",
    );
}

#[test]
fn a_wrong_name_is_found_and_the_http_port_offered() {
    let found = check(
        RULE,
        "
        kind: Service
        metadata: { name: web }
        spec: { ports: [{ name: metrics, port: 9090 }, { name: http, port: 80 }] }
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: web }
        spec: { defaultBackend: { service: { name: web, port: { name: web } } } }
        #                                                             ^^^ no such port
        ",
    );
    assert_eq!(found[0].message, "`Ingress/web` asks for port `web` of `Service/web`, which has `metrics` (9090) and `http` (80)");
    assert_eq!(found[0].help.as_deref(), Some("refer to port `http` (80)"));
    assert_eq!(found[0].related.len(), 2);
}

#[test]
fn the_target_port_is_told_apart() {
    let found = check(
        RULE,
        "
        kind: Service
        metadata: { name: web }
        spec: { ports: [{ port: 80, targetPort: 8080 }] }
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        spec: { defaultBackend: { service: { name: web, port: { number: 8080 } } } }
        #                                                               ^^^^ no such port
        ",
    );
    assert!(found[0].message.ends_with("; 8080 is its targetPort, which ingress-nginx alone accepts"), "{}", found[0].message);
}

#[test]
fn older_apis_are_read_too() {
    check(
        RULE,
        "
        kind: Service
        metadata: { name: web }
        spec: { ports: [{ name: http, port: 80 }] }
        ---
        apiVersion: networking.k8s.io/v1beta1
        kind: Ingress
        spec:
          backend: { serviceName: web, servicePort: http }
          rules: [{ http: { paths: [{ backend: { serviceName: web, servicePort: https } }] } }]
        #                                                                       ^^^^^ no such port
        ---
        apiVersion: extensions/v1beta1
        kind: Ingress
        spec: { backend: { serviceName: web, servicePort: 81 } }
        #                                                 ^^ no such port
        ",
    );
}

#[test]
fn a_service_without_ports_has_none() {
    let found = check(
        RULE,
        "
        kind: Service
        metadata: { name: web }
        spec:
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: web }
        spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
        #                                                               ^^ no such port
        ",
    );
    assert_eq!(found[0].message, "`Ingress/web` asks for port 80 of `Service/web`, which has no port");
}

#[test]
fn what_is_legal_stays_silent() {
    check_all(
        "
        kind: Service
        metadata: { name: out }
        spec: { type: ExternalName, externalName: a.b, ports: [{ port: 443 }] }
        ---
        kind: Service
        metadata: { name: bare }
        spec: { ports: [{ port: 80 }] }
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          namespace: default
          annotations: { alb.ingress.kubernetes.io/actions.redirect: '{}' }
        spec:
          rules:
            - http: { paths: [{ backend: { service: { name: out, port: { number: 8443 } } } }] }
            - http: { paths: [{ backend: { service: { name: bare, port: { number: 80 } } } }] }
            - http: { paths: [{ backend: { service: { name: redirect, port: { name: use-annotation } } } }] }
            - http: { paths: [{ backend: { resource: { apiGroup: a.b, kind: Bucket, name: x } } }] }
            - host: no-paths
            - http:
            - null
        ",
    );
}

#[test]
fn one_service_for_several_clusters_may_have_several_forms() {
    check(
        RULE,
        "
        kind: Service
        metadata: { name: web }
        spec: { ports: [{ port: 80 }] }
        ---
        kind: Service
        metadata: { name: web }
        spec: { ports: [{ port: 8080 }] }
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
        ",
    );
}

#[test]
fn a_service_of_another_namespace_is_another() {
    check(
        RULE,
        "
        kind: Service
        metadata: { name: web, namespace: other }
        spec: { ports: [{ port: 81 }] }
        ---
        kind: Service
        metadata: { name: web }
        spec: { ports: [{ port: 80 }] }
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { namespace: default }
        spec: { defaultBackend: { service: { name: web, port: { number: 81 } } } }
        #                                                               ^^ no such port
        ",
    );
}

#[test]
fn a_broken_service_port_is_reported_alone() {
    let rules = check_all(
        "
        kind: Service
        metadata: { name: web }
        spec: { ports: [{ port: '80' }] }
        #                       ^^^^ is a string where Kubernetes takes only a number
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
        ",
    );
    assert_eq!(rules, ["malformed-port"]);
}

#[test]
fn a_list_is_opened() {
    check(
        RULE,
        "
        apiVersion: v1
        kind: List
        items:
          - kind: Service
            metadata: { name: web }
            spec: { ports: [{ port: 80 }] }
          - apiVersion: networking.k8s.io/v1
            kind: Ingress
            spec: { defaultBackend: { service: { name: web, port: { number: 81 } } } }
        #                                                                   ^^ no such port
        ",
    );
}
