use crate::rules::testing::{check, check_all};

const RULE: &str = "unbound-policy-port";

/// A Service that sends 80 to `http`, and its pods.
const WEB: &str = "
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: http }] }
---
kind: Deployment
metadata: { name: web }
spec:
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, ports: [{ name: http, containerPort: 8080 }] }] }
---
";

fn policy(spec: &str) -> String {
    format!("{WEB}apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{ name: web }}\nspec:\n  {spec}\n")
}

#[test]
fn the_port_of_the_service_is_not_that_of_the_pods() {
    let text = policy("{ podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: 80 }] }] }")
        + "  #                                                                         ^^ no such port in the pods\n";
    let found = check(RULE, &text);
    assert_eq!(
        found[0].message,
        "`NetworkPolicy/web` allows port 80 of `Deployment/web`, which declares only `http` (8080); 80 is the port of `Service/web`, which sends to `http`"
    );
    assert_eq!(found[0].help.as_deref(), Some("policies see the ports of pods: write `port: http`"));
    assert_eq!(check_all(&text), [RULE]);
}

#[test]
fn egress_means_the_pods_that_it_goes_to() {
    let text = policy(
        "{ podSelector: { matchLabels: { app: api } }, egress: [{ to: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 80 }] }] }",
    );
    let text = text + "  #                                                                                                                              ^^ no such port in the pods\n";
    assert_eq!(check(RULE, &text).len(), 1);
}

#[test]
fn egress_to_whatever_else_is_not_judged() {
    for to in [
        "[{ podSelector: { matchLabels: { app: web } } }, { ipBlock: { cidr: 10.0.0.0/8 } }]",
        "[{ podSelector: { matchLabels: { app: web } }, namespaceSelector: {} }]",
        "[{ podSelector: {} }]",
        "[{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }, podSelector: { matchLabels: { k8s-app: kube-dns } } }]",
        "[]",
    ] {
        check(RULE, &policy(&format!("{{ podSelector: {{}}, egress: [{{ to: {to}, ports: [{{ port: 53 }}] }}] }}")));
    }
}

#[test]
fn what_may_be_served_is_allowed() {
    for ports in ["[{ port: http }]", "[{ port: 8080 }]", "[{ port: 80 }, { port: 8080 }]", "[{ port: 80, endPort: 9000 }]", "[{ protocol: TCP }]", "null"] {
        check_all(&policy(&format!("{{ podSelector: {{ matchLabels: {{ app: web }} }}, ingress: [{{ ports: {ports} }}] }}")));
    }
    let declares_nothing = policy("{ podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: 9090 }] }] }")
        .replace(", ports: [{ name: http, containerPort: 8080 }]", "")
        .replace("targetPort: http", "targetPort: 8080");
    check(RULE, &declares_nothing);
}

#[test]
fn cilium_writes_numbers_as_texts() {
    let text = format!(
        "{WEB}apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {{ name: web }}\nspec:\n  endpointSelector: {{ matchLabels: {{ k8s:app: web }} }}\n  ingress:\n    - toPorts:\n        - ports:\n            - {{ port: '80', protocol: TCP }}\n            #         ^^^^ no such port in the pods\n            - {{ port: '53', protocol: ANY, endPort: 60 }}\n            - {{ port: '0' }}\n"
    );
    assert_eq!(check(RULE, &text).len(), 1);
}

#[test]
fn the_service_that_selects_the_same_tells_of_pods_made_elsewhere() {
    let text = |target: &str, caret: &str| {
        format!(
            "
            kind: Service
            metadata: {{ name: hooks }}
            spec: {{ selector: {{ app: hooks }}, ports: [{{ port: 443, targetPort: {target} }}] }}
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {{ name: hooks }}
            spec:
              podSelector: {{ matchLabels: {{ app: hooks }} }}
              ingress: [{{ ports: [{{ port: 443 }}] }}]
            {caret}
            ---
            apiVersion: example.org/v1
            kind: Hooks
            metadata: {{ name: hooks }}
            "
        )
    };
    let found = check(RULE, &text("9443", "#                             ^^^ a port of the Service, not of the pods"));
    assert_eq!(
        found[0].message,
        "`NetworkPolicy/hooks` allows port 443, the port of `Service/hooks`, which selects the same pods and sends to 9443"
    );
    check(RULE, &text("443", ""));
}
