//! A kustomization against what it is built on: numbers and names that its patches moved at one end alone.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::graph::{Declared, Destination, EdgeKind, Graph, Resolution};
use crate::kube::{Container, ContainerPort, Field, Listen, Manifest, Port, Workload, listens};
use crate::pipeline::Linked;
use crate::rules::{CaseCx, End, RULES, Stray, TargetCx};

/// Returns what is said of ends that stayed behind, between a base, as shown, and an overlay on it. Both were built by the same
/// tool, from files that are called alike.
pub fn strays(base: &Linked, name: &str, cx: CaseCx<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let pair = Pair { base: &base.manifest, cx, name };
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
    RULES.iter().for_each(|rule| rule.check_target(&cx, &mut findings));
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
    cx: CaseCx<'a>,
    name: &'a str,
}

impl<'a> Pair<'a> {
    /// Finds the numbers of a container's ports and texts that agree in the base and not in the overlay.
    fn numbers(&self, before: (&Workload, &Container), after: (&Workload, &Container), out: &mut Vec<Stray<'a>>) {
        let said = unambiguous(listens(self.base, before.0, before.1));
        if said.is_empty() {
            return;
        }
        let says = unambiguous(listens(self.cx.manifest, after.0, after.1));
        let declares = |number: i64| after.0.containers.iter().flat_map(|it| &it.ports).any(|it| it.number == Port::Number(number));
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
            if is != *was {
                let is_told = after.1.mentions.contains(&is);
                let left = said.values().filter(told).find_map(|it| says.get(&it.key).filter(|it| it.number == *was));
                out.extend(left.filter(|_| !is_told && !declares(*was)).map(|it| stray(&it.field, &now.field, End::Declaration)));
            } else if !after.1.mentions.contains(&is) {
                let moved = said.values().filter(told).find_map(|it| says.get(&it.key).filter(|it| it.number != *was));
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
            let (Some(resource), Destination::Service { name, .. }) = (same[field.resource], &edge.reference.to) else { continue };
            let service = ports.first().and_then(|it| same[it.field.resource]);
            let Some(service) = service.filter(|it| self.cx.subject(*it).name != *name) else { continue };
            let is_there = self.cx.graph.services.iter().any(|it| it.name == *name);
            let at = |manifest: &Manifest, index: usize| {
                let node = crate::locate::walk(&manifest.resources[index].node, &crate::locate::steps(&field.path)?)?;
                Some((node.clone(), node.str()?.to_owned()))
            };
            let (Some((_, was)), Some((node, is))) = (at(self.base, field.resource), at(self.cx.manifest, resource)) else { continue };
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

/// Returns texts by what surrounds their number, without those that are there twice.
fn unambiguous(all: Vec<Listen>) -> HashMap<String, Listen> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    all.iter().for_each(|it| *counts.entry(it.key.clone()).or_default() += 1);
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
