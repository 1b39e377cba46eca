use crate::rules::testing::{check, check_all};

const RULE: &str = "unbound-monitor-port";

fn web(rest: &str) -> String {
    format!(
        "
kind: Service
metadata: {{ name: web, labels: {{ app: web }} }}
spec: {{ selector: {{ app: web }}, ports: [{{ name: http, port: 80, targetPort: web }}] }}
---
kind: Deployment
metadata: {{ name: web }}
spec:
  template:
    metadata: {{ labels: {{ app: web }} }}
    spec: {{ containers: [{{ name: web, ports: [{{ name: web, containerPort: 8080 }}] }}] }}
---
apiVersion: monitoring.coreos.com/v1
{rest}
"
    )
}

#[test]
fn a_service_monitor_wants_the_name_of_the_services_port() {
    let text = web(
        "kind: ServiceMonitor
metadata: { name: web }
spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: metrics }, { port: http }] }
#                                                                    ^^^^^^^ no such port",
    );
    let found = check(RULE, &text);
    assert_eq!(found[0].message, "`ServiceMonitor/web` scrapes port `metrics` of `Service/web`, which has only `http` (80)");
    assert_eq!(found[0].help.as_deref(), Some("write `port: http`"));
    assert_eq!(check_all(&text), [RULE]);
}

#[test]
fn a_target_port_must_be_declared_by_the_pods() {
    let text = web(
        "kind: ServiceMonitor
metadata: { name: web }
spec: { selector: { matchLabels: { app: web } }, endpoints: [{ targetPort: 9090 }, { targetPort: 8080 }, { targetPort: web }] }
#                                                                          ^^^^ no such port",
    );
    assert_eq!(check(RULE, &text).len(), 1);
}

#[test]
fn a_pod_monitor_wants_a_port_of_containers() {
    let text = web(
        "kind: PodMonitor
metadata: { name: web }
spec: { selector: { matchLabels: { app: web } }, podMetricsEndpoints: [{ port: http }, { port: web }, { port: http-envoy-prom }] }
#                                                                              ^^^^ no such port",
    );
    let found = check(RULE, &text);
    assert_eq!(found[0].message, "`PodMonitor/web` scrapes port `http` of `Deployment/web`, which declares only `web` (8080)");
}

#[test]
fn monitors_of_other_things_are_not_judged() {
    for spec in [
        "{ selector: { matchLabels: { app: other } }, endpoints: [{ port: metrics }] }",
        "{ selector: {}, endpoints: [{ port: metrics }] }",
        "{ selector: { matchLabels: { app: web } }, namespaceSelector: { matchNames: [kube-system] }, endpoints: [{ port: metrics }] }",
        "{ selector: { matchLabels: { app: web } }, endpoints: [{}] }",
        "{ selector: { matchLabels: { app: web } } }",
        "{ endpoints: [{ port: metrics }] }",
        "null",
    ] {
        check(RULE, &web(&format!("kind: ServiceMonitor\nmetadata: {{ name: web }}\nspec: {spec}")));
    }
}

#[test]
fn an_annotation_with_the_port_of_the_service() {
    let text = web("kind: Other")
        .replace("labels: { app: web } }\nspec", "labels: { app: web }, annotations: { prometheus.io/port: '80' } }\nspec")
        .replacen(
            "spec: { selector",
            "#                                                                               ^^^^ no such port in the pods\nspec: { selector",
            1,
        );
    let found = check(RULE, &text);
    assert_eq!(
        found[0].message,
        "`Service/web` has port 80 of `Deployment/web` scraped, which declares only `web` (8080); 80 is the port of `Service/web`, which sends to `web`"
    );
    check_all(&text.replace("'80'", "'9999'").lines().filter(|it| !it.starts_with("# ")).collect::<Vec<_>>().join("\n"));
}
