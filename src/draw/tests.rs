use std::fmt::Write as _;

use super::layout::layout;
use super::place::Sizes;
use super::*;
use crate::graph::Graph;
use crate::kube::{Manifest, read};
use crate::matrix::{Case, CaseSource, Input};
use crate::rules::{CaseCx, RULES};
use crate::source::{Lines, SourceTree};
use crate::target::{Target, TargetKind};
use crate::yaml::parse;

fn drawn(text: &str) -> Picture {
    let manifest: Manifest = read(parse(text), "default", &|_| None);
    let graph = Graph::link(&manifest);
    let path = "shop".to_owned();
    let tree = SourceTree::default();
    let target = Target { repo_path: path.clone(), path, kind: TargetKind::Manifests, root: "".into(), tree };
    let case = Case::new("default", CaseSource::Default, Input::default());
    let lines = Lines::new(text);
    let cx = CaseCx { target: &target, case: &case, text, lines: &lines, provenance: None, manifest: &manifest, graph: &graph };
    let mut findings = Vec::new();
    for rule in RULES {
        rule.check_case(&cx, &mut findings);
    }
    picture("shop (default)".into(), &manifest, &graph, &findings)
}

const SHOP: &str = "
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: web }, { name: admin, port: 9000 }] }
---
kind: Service
metadata: { name: elsewhere }
spec: { type: ExternalName, externalName: example.org }
---
kind: Deployment
metadata: { name: web }
spec:
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: app
          ports: [{ name: web, containerPort: 8080 }]
          env: [{ name: API, value: 'http://api:80' }]
          livenessProbe: { httpGet: { port: web } }
          readinessProbe: { httpGet: { port: web } }
          startupProbe: { httpGet: { port: gone } }
        - { name: helper, ports: [{ containerPort: 53, protocol: UDP }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  rules:
    - host: shop.example
      http:
        paths:
          - { path: /, backend: { service: { name: web, port: { name: http } } } }
          - { path: /old, backend: { service: { name: web, port: { number: 8080 } } } }
          - { path: /gone, backend: { service: { name: gone, port: { number: 80 } } } }
          - { path: /out, backend: { service: { name: elsewhere, port: { number: 80 } } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web }
spec: { podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: 8080 }] }] }
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: { name: nobody }
spec: { selector: { matchLabels: { app: operator-made } }, podMetricsEndpoints: [{ port: http }] }
---
kind: Service
metadata: { name: api }
spec: { selector: { app: api }, ports: [{ port: 80 }] }
";

#[test]
#[cfg(feature = "cli")]
fn text_has_a_chain_a_line() {
    insta::assert_snapshot!(text(&drawn(SHOP), false));
}

#[test]
#[cfg(feature = "cli")]
fn colour_adds_only_escapes() {
    let picture = drawn(SHOP);
    let colored = text(&picture, true);
    let codes = ["1", "2", "1;31", "33", "0"].map(|it| format!("\x1b[{it}m"));
    let plain = codes.iter().fold(colored.clone(), |text, code| text.replace(code, ""));
    assert_eq!(plain, text(&picture, false));
    assert!(colored.contains("\x1b[1;31m✗"));
}

#[test]
fn mermaid_has_a_node_an_object() {
    insta::assert_snapshot!(mermaid(&drawn(SHOP)));
}

#[test]
fn dot_has_a_cell_a_port() {
    insta::assert_snapshot!(dot(&drawn(SHOP)));
}

#[test]
fn svg_stands_alone() {
    let picture = svg(&drawn(SHOP));
    for word in ["<script", "href", "@import", "@font-face", "url(http"] {
        assert!(!picture.contains(word), "{word}");
    }
    insta::assert_snapshot!(picture.split_once("</style>").unwrap().1);
}

#[test]
fn json_fits_its_schema() {
    let of = json::Of { target: ("shop", "manifests"), case: ("default", "default"), focus: None };
    let text = json::json(&drawn(SHOP), of);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::draft202012::new(&json::schema()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    insta::assert_snapshot!(text);
}

fn names(picture: &Picture) -> Vec<String> {
    picture.nodes.iter().map(|it| it.subject.to_string()).collect()
}

#[test]
fn focus_keeps_what_is_on_the_way() {
    let focused = |word: &str| {
        let mut picture = drawn(SHOP);
        let on = picture.named(word);
        picture.focus(&on);
        names(&picture)
    };
    assert_eq!(focused("service/elsewhere"), ["Service/elsewhere", "Ingress/web"]);
    assert_eq!(focused("Deployment/web"), ["Service/web", "Service/api", "Deployment/web", "Ingress/web", "NetworkPolicy/web"]);
    assert_eq!(focused("nobody"), ["PodMonitor/nobody"]);
    assert!(drawn(SHOP).named("Pod/web").is_empty());
}

#[test]
fn hostile_names_are_harmless_in_every_format() {
    let name = "\"</text><script>\\\"]:::x;%%{init}\\n\u{1b}[31m";
    let manifest = serde_json::json!({
        "kind": "Service", "metadata": {"name": name},
        "spec": {"selector": {"a": "b"}, "ports": [{"name": name, "port": 80, "targetPort": name}]}
    });
    let picture = drawn(&manifest.to_string());
    let all = [svg(&picture), mermaid(&picture), dot(&picture)];
    for text in &all {
        assert!(!text.contains("<script") && !text.contains('\u{1b}'), "{text}");
    }
    assert!(!mermaid(&picture).contains("]:::x"));
}

/// Boxes of one column never overlap, and links never count beyond the rows.
fn assert_laid_out(picture: &Picture) {
    let sizes = Sizes::new(picture);
    let at = layout(picture, &sizes, 24);
    let mut boxes: Vec<(usize, i32, i32)> =
        (0..picture.nodes.len()).map(|it| (at.columns[it], at.y[it], at.y[it] + sizes.height(it))).collect();
    boxes.sort_unstable();
    for pair in boxes.windows(2) {
        assert!(pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1, "{pair:?}");
    }
    assert!(boxes.iter().all(|it| it.1 >= 24 && it.2 <= at.height), "{boxes:?}");
    for link in &picture.links {
        for end in [Some(link.from), link.to].into_iter().flatten() {
            assert!(end.row.is_none_or(|it| it < picture.nodes[end.node].rows.len()));
        }
    }
}

#[test]
fn boxes_do_not_overlap() {
    assert_laid_out(&drawn(SHOP));
    assert_laid_out(&drawn(""));
    let mut many = String::new();
    for i in 0..60 {
        let (app, port, own, other) = (i % 7, 80 + i, 80 + i % 5, i * 3 % 61);
        _ = write!(
            many,
            "
---
kind: Service
metadata: {{ name: s{i} }}
spec: {{ selector: {{ app: a{app} }}, ports: [{{ port: {port} }}] }}
---
kind: Pod
metadata: {{ name: p{i}, labels: {{ app: a{app} }} }}
spec: {{ containers: [{{ ports: [{{ containerPort: {own} }}] }}] }}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{ name: i{i} }}
spec: {{ defaultBackend: {{ service: {{ name: s{other}, port: {{ number: {port} }} }} }} }}
"
        );
    }
    assert_laid_out(&drawn(&many));
}

#[test]
fn nothing_is_a_picture_too() {
    let picture = drawn("");
    assert!(picture.nodes.is_empty() && !picture.is_broken());
    assert!(svg(&picture).starts_with("<svg") && mermaid(&picture).starts_with("flowchart"));
}
