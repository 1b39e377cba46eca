use std::fmt::Write as _;

use super::*;
use crate::kube::read;
use crate::yaml::parse;

fn manifest(text: &str) -> Manifest {
    read(parse(text), "default", &|_| None)
}

/// One edge a line: who asks, by which field, for what, and what became of it.
fn dump(text: &str) -> String {
    let manifest = manifest(text);
    let graph = Graph::link(&manifest);
    let mut out = String::new();
    for edge in &graph.edges {
        let it = &edge.reference;
        _ = writeln!(out, "{} {} {:?} -> {}", edge.subject(&manifest), it.field.path, it.port, resolution(&edge.to, &manifest));
    }
    out.replace("spec.template.spec.", "…")
}

fn resolution(to: &Resolution, manifest: &Manifest) -> String {
    let words = |all: &[Declared]| {
        let words = all.iter().map(|it| format!("{} {}", manifest.resources[it.field.resource].subject, it.field.path));
        words.collect::<Vec<_>>().join(", ")
    };
    match to {
        Resolution::Found(all) => words(all),
        Resolution::OtherProtocol(all) => format!("other protocol: {}", words(all)),
        Resolution::NoService => "no Service".into(),
        Resolution::NoPort { near, mentioned, .. } => {
            format!("no port among [{}]{}", words(near), if *mentioned { ", may be served" } else { "" })
        }
        Resolution::Unknown => "unknown".into(),
    }
}

#[test]
fn a_mixed_manifest() {
    let text = "
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports:
    - { name: http, port: 80, targetPort: http }
    - { name: metrics, port: 9090 }
    - { name: dns, port: 53, protocol: UDP }
    - { name: bad, port: 1, targetPort: '80' }
---
kind: Service
metadata: { name: headless }
spec: { clusterIP: None, selector: { app: web }, ports: [{ port: 80, targetPort: gone }] }
---
kind: Service
metadata: { name: elsewhere }
spec: { selector: { app: other }, ports: [{ port: 80 }] }
---
kind: Deployment
metadata: { name: web }
spec:
  template:
    metadata: { labels: { app: web, tier: front } }
    spec:
      containers:
        - name: app
          ports: [{ name: http, containerPort: 8080 }, { containerPort: 53 }]
          args: [--metrics=:9090]
          readinessProbe: { httpGet: { port: http } }
          livenessProbe: { grpc: { port: 9091 } }
      initContainers:
        - { name: proxy, restartPolicy: Always, ports: [{ containerPort: 9091 }] }
        - { name: setup, livenessProbe: { httpGet: { port: 1 } } }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  defaultBackend: { service: { name: web, port: { name: http } } }
  rules:
    - http: { paths: [{ backend: { service: { name: web, port: { number: 8080 } } } }] }
    - http: { paths: [{ backend: { service: { name: gone, port: { number: 80 } } } }] }
    - http: { paths: [{ backend: { service: { name: web, port: { number: '80' } } } }] }
---
apiVersion: extensions/v1beta1
kind: Ingress
metadata: { name: old }
spec: { backend: { serviceName: headless, servicePort: 80 } }
";
    insta::assert_snapshot!(dump(text), @r#"
    Ingress/web spec.defaultBackend.service.port.name Name("http") -> Service/web spec.ports[0].port
    Ingress/web spec.rules[0].http.paths[0].backend.service.port.number Number(8080) -> no port among [Service/web spec.ports[0].port, Service/web spec.ports[1].port, Service/web spec.ports[2].port, Service/web spec.ports[3].port]
    Ingress/web spec.rules[1].http.paths[0].backend.service.port.number Number(80) -> no Service
    Ingress/web spec.rules[2].http.paths[0].backend.service.port.number Malformed(QuotedNumber) -> unknown
    Ingress/old spec.backend.servicePort Number(80) -> Service/headless spec.ports[0].port
    Service/web spec.ports[0].targetPort Name("http") -> Deployment/web …containers[0].ports[0].containerPort
    Service/web spec.ports[1].port Number(9090) -> no port among [Deployment/web …containers[0].ports[0].containerPort, Deployment/web …containers[0].ports[1].containerPort, Deployment/web …initContainers[0].ports[0].containerPort], may be served
    Service/web spec.ports[2].port Number(53) -> other protocol: Deployment/web …containers[0].ports[1].containerPort
    Service/web spec.ports[3].targetPort Malformed(NumberAsName) -> unknown
    Service/elsewhere spec.ports[0].port Number(80) -> unknown
    Deployment/web …containers[0].livenessProbe.grpc.port Number(9091) -> Deployment/web …initContainers[0].ports[0].containerPort
    Deployment/web …containers[0].readinessProbe.httpGet.port Name("http") -> Deployment/web …containers[0].ports[0].containerPort
    Deployment/web …containers[0].args[0] Number(9090) -> no port among [Deployment/web …containers[0].ports[0].containerPort, Deployment/web …containers[0].ports[1].containerPort]
    "#);
}

#[test]
fn keys_tell_edges_apart_without_names() {
    let service = |name: &str| {
        format!("---\nkind: Service\nmetadata: {{ name: {name} }}\nspec: {{ selector: {{ a: b }}, ports: [{{ port: 80 }}] }}\n")
    };
    let one = manifest(&(service("a") + &service("b")));
    let other = manifest(&(service("x") + &service("y")));
    let (linked, relinked) = (Graph::link(&one), Graph::link(&other));
    let keys = linked.keys(&one);
    assert_eq!(keys, relinked.keys(&other));
    assert_eq!(keys, linked.edges.iter().map(|it| it.key(&one)).collect::<Vec<_>>());
    assert_eq!(keys.iter().map(|it| it.nth).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn many_objects_find_each_their_own() {
    let mut text = String::new();
    for i in 0..500 {
        _ = writeln!(
            text,
            "---\nkind: Service\nmetadata: {{name: s{i}}}\nspec: {{selector: {{app: a{i}, all: x}}, ports: [{{port: 80}}]}}"
        );
        _ = writeln!(
            text,
            "---\nkind: Pod\nmetadata: {{labels: {{app: a{i}, all: x}}}}\nspec: {{containers: [{{ports: [{{containerPort: 80}}]}}]}}"
        );
        _ = writeln!(
            text,
            "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nspec: {{defaultBackend: {{service: {{name: s{i}, port: {{number: 80}}}}}}}}"
        );
    }
    let manifest = manifest(&text);
    let graph = Graph::link(&manifest);
    let keys = graph.keys(&manifest);
    assert_eq!(keys.len(), 1_000);
    assert!(graph.edges.iter().all(|it| matches!(it.to, Resolution::Found(_))));
}

#[test]
fn an_address_in_a_block_has_its_own_place() {
    let text = "
kind: Service
metadata: { name: api }
spec: { ports: [{ port: 80 }] }
---
kind: ConfigMap
data:
  a: |2

      first
    é api:8080
  b: >
    folded
    api:8080
  c: &block |
    http://api/
  d: *block
";
    let manifest = manifest(text);
    let soft = Graph::link(&manifest).edges_of(EdgeKind::Soft).map(|it| it.reference.field.clone()).collect::<Vec<_>>();
    let places: Vec<_> = soft.iter().map(|it| (it.path.as_str(), it.start.line, it.start.column, it.end.column)).collect();
    let line = |number: u32| text.lines().nth(number as usize - 1).unwrap();
    assert_eq!(&places[0], &("data.a", 11, 7, 15));
    assert!(line(11).ends_with("api:8080") && line(16).ends_with("http://api/"));
    assert_eq!((places[1].0, places[1].1), ("data.b", 13));
    assert_eq!(&places[2], &("data.c", 16, 12, 15));
    assert_eq!((places[3].0, places[3].1), ("data.d", 17));
}
