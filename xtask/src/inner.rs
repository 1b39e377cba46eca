//! `inner`: the inner loops alone, in process, on made-up manifests. To be run in release; `bench` does so.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use portcullis::graph::Graph;
use portcullis::kube::{Manifest, SourceRef, read};
use portcullis::matrix::{Case, CaseSource, Input};
use portcullis::rules::{CaseCx, RULES};
use portcullis::source::{Lines, SourceTree};
use portcullis::target::{Target, TargetKind};
use portcullis::yaml;

/// How long each loop took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) bytes: usize,
    pub(crate) parse: Duration,
    pub(crate) link: Duration,
    pub(crate) judge: Duration,
}

/// Runs one loop once, for a profiler: `parse`, `link` or `judge`, over so many applications; or `findings`, over as many that are wrong.
pub(crate) fn run(what: &str, count: &str) -> anyhow::Result<()> {
    let count: usize = count.parse().with_context(|| format!("`{count}` is no number"))?;
    if what == "findings" {
        println!("{}", findings(count).as_micros());
        return Ok(());
    }
    if !["parse", "link", "judge", "times"].contains(&what) {
        bail!("`{what}` is none of parse, link, judge, times, findings");
    }
    let times = times(count, what);
    println!("{} {} {} {}", times.bytes, times.parse.as_micros(), times.link.as_micros(), times.judge.as_micros());
    Ok(())
}

/// Times the loops over applications of an Ingress, a Service and a Deployment; stops behind the one that is asked for.
fn times(count: usize, last: &str) -> Times {
    let text = manifests(count);
    let mut times = Times { bytes: text.len(), parse: Duration::ZERO, link: Duration::ZERO, judge: Duration::ZERO };
    let start = Instant::now();
    let manifest = manifest(&text);
    times.parse = start.elapsed();
    if last == "parse" {
        return times;
    }
    let start = Instant::now();
    let graph = Graph::link(&manifest);
    times.link = start.elapsed();
    if last == "link" {
        return times;
    }
    let target = target();
    let case = Case::new("default", CaseSource::Default, Input::default());
    let lines = Lines::new(&text);
    let cx =
        CaseCx { target: &target, case: &case, text: &text, lines: &lines, provenance: None, manifest: &manifest, graph: &graph };
    let start = Instant::now();
    let mut findings = Vec::new();
    for rule in RULES {
        rule.check_case(&cx, &mut findings);
    }
    times.judge = start.elapsed();
    assert!(findings.is_empty(), "the manifests are right");
    times
}

/// Times the judging of applications whose Ingress is wrong, all in one file.
fn findings(count: usize) -> Duration {
    let text = manifests(count).replace("number: 80", "number: 81");
    let mut target = target();
    target.tree.insert("all.yaml", text.clone().into_bytes());
    let source = SourceRef { file: "all.yaml".to_owned(), line: 1, line_in_file: Some(1) };
    let manifest = read(yaml::parse(&text), "default", &|_| Some(source.clone()));
    let graph = Graph::link(&manifest);
    let case = Case::new("default", CaseSource::Default, Input::default());
    let lines = Lines::new(&text);
    let (manifest, graph) = (&manifest, &graph);
    let cx = CaseCx { target: &target, case: &case, text: &text, lines: &lines, provenance: None, manifest, graph };
    let start = Instant::now();
    let mut findings = Vec::new();
    for rule in RULES {
        rule.check_case(&cx, &mut findings);
    }
    let took = start.elapsed();
    assert_eq!(findings.len(), count, "each Ingress is wrong");
    took
}

fn manifest(text: &str) -> Manifest {
    let source = SourceRef { file: String::new(), line: 1, line_in_file: None };
    read(yaml::parse(text), "default", &|_| Some(source.clone()))
}

fn target() -> Target {
    let path = "manifests".to_owned();
    Target { repo_path: path.clone(), path, kind: TargetKind::Manifests, root: PathBuf::new(), tree: SourceTree::default() }
}

fn manifests(count: usize) -> String {
    let mut text = String::new();
    for i in 0..count {
        write!(
            text,
            "---
apiVersion: v1
kind: Service
metadata:
  name: web-{i}
  labels:
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: web-{i}
spec:
  selector:
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: web-{i}
  ports:
  - name: http
    port: 80
    targetPort: http
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-{i}
spec:
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web
        app.kubernetes.io/instance: web-{i}
    spec:
      containers:
      - name: web
        image: registry.example/web:1.0
        args: [\"--listen=:8080\"]
        ports:
        - name: http
          containerPort: 8080
        readinessProbe:
          httpGet:
            path: /
            port: http
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web-{i}
spec:
  rules:
  - host: web-{i}.example
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: web-{i}
            port:
              number: 80
"
        )
        .expect("a text takes everything");
    }
    text
}
