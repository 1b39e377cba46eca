//! A kustomization against what it is built on: numbers and names that its patches moved at one end alone.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::graph::{Declared, Destination, EdgeKind, Graph, Resolution};
use crate::kube::{ConfigMaps, Container, ContainerPort, Field, Listen, Manifest, Port, Workload, listens};
use crate::pipeline::Linked;
use crate::rules::{CaseCx, End, RULES, Stray, TargetCx};

/// Returns what is said of ends that stayed behind, between a base, as shown, and an overlay on it. Both were built by the same
/// tool, from files that are called alike.
pub fn strays(base: &Linked, name: &str, cx: CaseCx<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let (base_maps, maps) = (ConfigMaps::new(&base.manifest), ConfigMaps::new(cx.manifest));
    let pair = Pair { base: &base.manifest, base_maps, cx, maps, name };
    let keys = keys(cx.manifest);
    let own: HashMap<_, usize> = keys.iter().cloned().zip(0..).collect();
    let same: Vec<Option<usize>> = self::keys(&base.manifest).iter().map(|it| own.get(it).copied()).collect();
    for workload in &base.graph.workloads {
        let twin = same[workload.resource].and_then(|it| cx.graph.workloads.iter().find(|other| other.resource == it));
        let Some(twin) = twin else { continue };
        for container in &workload.containers {
            let mut alike = twin.containers.iter().filter(|it| it.name == container.name);
            if let (Some(other), None) = (alike.next(), alike.next()) {
                pair.numbers((workload, container), (twin, other), &mut found);
            }
        }
    }
    pair.names(&base.graph, &same, &mut found);
    let cx = TargetCx { target: cx.target, results: &[], drifts: &[], strays: &found };
    let mut findings = Vec::new();
    for rule in RULES {
        rule.check_target(&cx, &mut findings);
    }
    findings
}

/// Objects by where they are written: file, kind, and which of that kind from there.
fn keys(manifest: &Manifest) -> Vec<(String, String, usize)> {
    let mut counts: HashMap<(String, String), usize> = HashMap::new();
    let key = |it: &crate::kube::Resource| {
        let file = it.source.as_ref().map(|it| it.file.clone()).unwrap_or_default();
        let count = counts.entry((file.clone(), it.subject.kind.clone())).or_default();
        *count += 1;
        (file, it.subject.kind.clone(), *count)
    };
    manifest.resources.iter().map(key).collect()
}

struct Pair<'a> {
    base: &'a Manifest,
    base_maps: ConfigMaps<'a>,
    cx: CaseCx<'a>,
    maps: ConfigMaps<'a>,
    name: &'a str,
}

impl<'a> Pair<'a> {
    /// Finds the numbers of a container's ports and texts that agree in the base and not in the overlay.
    fn numbers(&self, before: (&Workload, &Container), after: (&Workload, &Container), out: &mut Vec<Stray<'a>>) {
        let said = unambiguous(listens(self.base, &self.base_maps, before.0, before.1));
        if said.is_empty() {
            return;
        }
        let says = unambiguous(listens(self.cx.manifest, &self.maps, after.0, after.1));
        let declares =
            |number: i64| after.0.containers.iter().flat_map(|it| &it.ports).any(|it| it.number == Port::Number(number));
        for port in &before.1.ports {
            let (Port::Number(was), Some(now)) = (&port.number, twin(port, before.1, after.1)) else { continue };
            let Port::Number(is) = now.number else { continue };
            let told = |it: &&Listen| it.number == *was;
            if !self.is_used(&now.field) {
                continue;
            }
            let stray = |left: &Field, moved: &Field, end| Stray {
                cx: self.cx,
                left: left.clone(),
                moved: moved.clone(),
                end,
                by_name: false,
                base: self.name.to_owned(),
            };
            // Another container of the pod may have taken the port over.
            let is_told = after.0.containers.iter().any(|it| it.mentions.contains(&is));
            if is != *was {
                let left = sorted(said.values().filter(told)).find_map(|it| says.get(&it.key).filter(|it| it.number == *was));
                out.extend(left.filter(|_| !is_told && !declares(*was)).map(|it| stray(&it.field, &now.field, End::Declaration)));
            } else if !is_told {
                // A URL is rather the address of somebody else.
                let moved = said.values().filter(told).filter(|it| !it.key.contains("://"));
                let moved = sorted(moved).find_map(|it| says.get(&it.key).filter(|it| it.number != *was));
                let moved = moved.filter(|it| !declares(it.number));
                out.extend(moved.map(|it| stray(&now.field, &it.field, End::Reference)));
            }
        }
    }

    /// Whether anything in the overlay asks for a port.
    fn is_used(&self, port: &Field) -> bool {
        let means = |it: &Declared| it.field.resource == port.resource && it.field.path == port.path;
        self.cx.graph.edges.iter().any(|it| matches!(&it.to, Resolution::Found(ports) if ports.iter().any(means)))
    }

    /// Finds the addresses in texts that name a Service as the base calls it, and the overlay no longer does.
    fn names(&self, graph: &Graph, same: &[Option<usize>], out: &mut Vec<Stray<'a>>) {
        for edge in graph.edges_of(EdgeKind::Soft) {
            let (field, Resolution::Found(ports)) = (&edge.reference.field, &edge.to) else { continue };
            let (Some(resource), Destination::Service { name, .. }) = (same[field.resource], &edge.reference.to) else {
                continue;
            };
            let service = ports.first().and_then(|it| same[it.field.resource]);
            let Some(service) = service.filter(|it| self.cx.subject(*it).name != *name) else { continue };
            let is_there = self.cx.graph.services.iter().any(|it| it.name == *name);
            let at = |manifest: &Manifest, index: usize| {
                let node = crate::locate::walk(&manifest.resources[index].node, &crate::locate::steps(&field.path)?)?;
                Some((node.clone(), node.str()?.to_owned()))
            };
            let (Some((_, was)), Some((node, is))) = (at(self.base, field.resource), at(self.cx.manifest, resource)) else {
                continue;
            };
            let renamed = self.cx.manifest.resources[service].at(&["metadata", "name"]);
            let (Some(renamed), false, true) = (renamed, is_there, was == is) else { continue };
            let left = Field { value: name.clone().into(), ..Field::new(resource, field.path.clone(), &node) };
            let moved = Field::new(service, "metadata.name", renamed);
            if !out.iter().any(|it: &Stray<'_>| it.left == left) {
                let base = self.name.to_owned();
                out.push(Stray { cx: self.cx, left, moved, end: End::Declaration, by_name: true, base });
            }
        }
    }
}

/// Puts texts in the order of the rendering.
fn sorted<'b>(all: impl Iterator<Item = &'b Listen>) -> impl Iterator<Item = &'b Listen> {
    let mut all: Vec<&Listen> = all.collect();
    all.sort_by_key(|it| it.field.start);
    all.into_iter()
}

/// Returns texts by what surrounds their number, without those that are there twice.
fn unambiguous(all: Vec<Listen>) -> HashMap<String, Listen> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for it in &all {
        *counts.entry(it.key.clone()).or_default() += 1;
    }
    all.into_iter().filter(|it| counts[&it.key] == 1).map(|it| (it.key.clone(), it)).collect()
}

/// Returns the same port of the same container: the one of that name; without names, the only one.
fn twin<'b>(port: &ContainerPort, before: &Container, after: &'b Container) -> Option<&'b ContainerPort> {
    match (port.named(), &before.ports[..], &after.ports[..]) {
        (Some(name), ..) => after.ports.iter().find(|it| it.named() == Some(name)),
        (None, [_], [only]) => Some(only),
        _ => after.ports.iter().find(|it| it.named().is_none() && it.number == port.number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::{Case, CaseSource, Input};
    use crate::render::{Origin, Rendering};
    use crate::source::SourceTree;
    use crate::target::{Target, TargetKind};

    const BASE: &str = "\
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: web
    args: [--listen=:8080, '--self=http://localhost:8080']
    env: [{name: API, value: 'http://web:80'}]
    ports: [{name: http, containerPort: 8080}]
  - name: proxy
    args: [--timeout=30]
";

    /// Compares what `changes` make of the base with the base, and returns the fields that are left behind.
    fn left(changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let linked = |text: String| {
            let origins = vec![Origin::new(1, "service.yaml"), Origin::new(5, "pod.yaml")];
            Linked::new(Rendering { text, origins, ..Rendering::default() }, "default")
        };
        let text = changes.iter().fold(BASE.to_owned(), |text, (old, new)| {
            assert!(text.contains(old), "{old}");
            text.replace(old, new)
        });
        let (base, leaf) = (linked(BASE.to_owned()), linked(text));
        let (path, tree) = (String::from("o"), SourceTree::default());
        let target = Target { repo_path: path.clone(), path, kind: TargetKind::Kustomize, root: "o".into(), tree };
        let case = Case::new("default", CaseSource::Default, Input::default());
        let found = strays(&base, "base", leaf.cx(&target, &case));
        found.into_iter().map(|it| (it.path, it.value.to_string())).collect()
    }

    fn field(path: &str, value: &str) -> Vec<(String, String)> {
        vec![(path.to_owned(), value.to_owned())]
    }

    #[test]
    fn one_end_that_moved_alone() {
        assert_eq!(left(&[("containerPort: 8080", "containerPort: 9090")]), field("spec.containers[0].args[0]", "8080"));
        let declared = field("spec.containers[0].ports[0].containerPort", "8080");
        assert_eq!(left(&[("listen=:8080", "listen=:9090"), ("localhost:8080", "localhost:9090")]), declared);
        let renamed = [("{name: web}\nspec", "{name: x-web}\nspec")];
        assert_eq!(left(&renamed), field("spec.containers[0].env[0].value", "\"web\""));
    }

    #[test]
    fn what_still_agrees_or_is_told_elsewhere() {
        assert_eq!(left(&[]), []);
        assert_eq!(left(&[("8080", "9090")]), []);
        // The proxy took the port over.
        assert_eq!(left(&[("listen=:8080", "listen=:9090"), ("localhost:8080", "x"), ("--timeout=30", "--listen=:8080")]), []);
        // Nothing asks for it.
        assert_eq!(left(&[("containerPort: 8080", "containerPort: 9090"), ("targetPort: http", "targetPort: other")]), []);
        // Where another one listens is its own affair.
        assert_eq!(left(&[("localhost:8080", "localhost:9090")]), []);
        assert_eq!(left(&[("{name: web}\nspec", "{name: x-web}\nspec"), ("//web:80", "//x-web:80")]), []);
    }
}
