//! Workloads: everything that has a pod template, its containers, their ports and probes.

use std::collections::BTreeMap;

use super::Protocol;
use super::config::{Configs, ports_of};
use super::field::{Field, Port, port_name_only, port_number, port_or_name};
use super::resource::{Manifest, Resource, strings};
use crate::yaml::{Node, NodeKind, Value};

/// An object with a pod template.
#[derive(Debug, Clone)]
pub struct Workload {
    /// Index of the resource in its manifest.
    pub resource: usize,
    pub namespace: String,
    /// Path of the pod template: `spec.template`; empty for a Pod.
    pub template: &'static str,
    /// Labels of the pods.
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    /// The pods share the network of their node.
    pub host_network: bool,
    pub containers: Vec<Container>,
    /// Runs to its end: a Job, a helm hook, a test pod. No Service means it.
    pub finite: bool,
}

/// A container that may listen: native sidecars too.
#[derive(Debug, Clone)]
pub struct Container {
    /// `spec.template.spec.containers[0]`.
    pub path: String,
    pub name: String,
    pub image: String,
    pub ports: Vec<ContainerPort>,
    pub probes: Vec<Probe>,
    /// Every number that stands in its command, args or env, and the ports of the configuration that it is given: it may listen
    /// there without declaring it.
    pub mentions: Vec<i64>,
    /// The ports that its command and args say it listens on: `--metrics-bind-address=:8082`.
    pub told: Vec<i64>,
}

/// A declared port.
#[derive(Debug, Clone)]
pub struct ContainerPort {
    pub path: String,
    pub name: Option<(Field, Port)>,
    pub field: Field,
    pub number: Port,
    pub host_port: Option<(Field, Port)>,
    pub host_ip: String,
    pub protocol: Protocol,
}

impl ContainerPort {
    /// Returns the port's name.
    pub fn named(&self) -> Option<&str> {
        self.name.as_ref()?.0.value.as_str().filter(|it| !it.is_empty())
    }
}

/// A probe's or a lifecycle hook's port.
#[derive(Debug, Clone)]
pub struct Probe {
    /// `readinessProbe`, `postStart` …
    pub what: &'static str,
    pub field: Field,
    pub port: Port,
    /// It names a host, so that its number need not be a port of this pod.
    pub other_host: bool,
}

/// Returns the workloads of a manifest: every kind with a pod template, among them those that portcullis has never heard of.
pub fn workloads(manifest: &Manifest) -> Vec<Workload> {
    let mut configs = Configs::new(manifest);
    manifest.resources.iter().enumerate().filter_map(|(index, it)| workload(index, it, &mut configs)).collect()
}

fn workload(index: usize, resource: &Resource, configs: &mut Configs<'_>) -> Option<Workload> {
    let (prefix, template) = match resource.subject.kind.as_str() {
        "Pod" => ("", &resource.node),
        "CronJob" => ("spec.jobTemplate.spec.template", resource.at(&["spec", "jobTemplate", "spec", "template"])?),
        _ => ("spec.template", resource.at(&["spec", "template"])?),
    };
    let spec = template.get("spec")?;
    let containers = spec.get("containers")?;
    let dot = if prefix.is_empty() { "" } else { "." };
    let reader = Reader { resource: index, prefix: format!("{prefix}{dot}spec.") };
    let sidecar = |it: &&Node| it.get("restartPolicy").and_then(Node::str) == Some("Always");
    let inits = spec.get("initContainers").map(Node::items).unwrap_or_default();
    let all = containers.items().iter().enumerate().map(|(i, it)| ("containers", i, it));
    let sidecars = inits.iter().enumerate().filter(|(_, it)| sidecar(it)).map(|(i, it)| ("initContainers", i, it));
    let read = |(list, i, node): (&str, usize, &Node)| {
        let mut container = reader.container(list, i, node);
        container.mentions.extend(configs.ports(&resource.subject.namespace, spec, node));
        container
    };
    Some(Workload {
        resource: index,
        namespace: resource.subject.namespace.clone(),
        template: prefix,
        labels: strings(template.at(&["metadata", "labels"])),
        annotations: strings(template.at(&["metadata", "annotations"])),
        host_network: spec.get("hostNetwork").and_then(Node::scalar) == Some(&Value::Bool(true)),
        containers: all.chain(sidecars).map(read).collect(),
        finite: matches!(resource.subject.kind.as_str(), "Job" | "CronJob") || resource.annotation("helm.sh/hook").is_some(),
    })
}

struct Reader {
    resource: usize,
    prefix: String,
}

impl Reader {
    fn container(&self, list: &str, index: usize, node: &Node) -> Container {
        let path = format!("{}{list}[{index}]", self.prefix);
        let ports = node.get("ports").map(Node::items).unwrap_or_default();
        let mut told = Vec::new();
        for text in ["command", "args"].iter().flat_map(|it| node.get(it).map(Node::items).unwrap_or_default()) {
            text.str().into_iter().flat_map(str::lines).for_each(|it| ports_of(it, &mut told));
        }
        let mut mentions = Vec::new();
        for key in ["command", "args", "env"] {
            node.get(key).into_iter().for_each(|it| numbers(it, &mut mentions));
        }
        Container {
            name: node.get("name").and_then(Node::str).unwrap_or_default().to_owned(),
            image: node.get("image").and_then(Node::str).unwrap_or_default().to_owned(),
            ports: ports.iter().enumerate().map(|(i, it)| self.port(format!("{path}.ports[{i}]"), it)).collect(),
            probes: self.probes(&path, node),
            mentions,
            told,
            path,
        }
    }

    fn port(&self, path: String, node: &Node) -> ContainerPort {
        let field = |key: &str| node.get(key).map(|it| (Field::new(self.resource, format!("{path}.{key}"), it), it));
        let (number_field, number) = match field("containerPort") {
            Some((field, it)) => (field, port_number(it)),
            None => (Field::new(self.resource, format!("{path}.containerPort"), node), Port::Malformed(super::Wrong::Missing)),
        };
        let name = field("name").filter(|(_, it)| !it.is_null() && it.str() != Some(""));
        let host_port = field("hostPort").filter(|(_, it)| !it.is_null() && it.int() != Some(0));
        ContainerPort {
            name: name.map(|(field, it)| (field, port_name_only(it))),
            field: number_field,
            number,
            host_port: host_port.map(|(field, it)| (field, port_number(it))),
            host_ip: node.get("hostIP").and_then(Node::str).unwrap_or_default().to_owned(),
            protocol: super::protocol(node),
            path,
        }
    }

    fn probes(&self, container: &str, node: &Node) -> Vec<Probe> {
        const PLACES: [(&str, &[&str]); 5] = [
            ("livenessProbe", &["livenessProbe"]),
            ("readinessProbe", &["readinessProbe"]),
            ("startupProbe", &["startupProbe"]),
            ("postStart hook", &["lifecycle", "postStart"]),
            ("preStop hook", &["lifecycle", "preStop"]),
        ];
        let mut probes = Vec::new();
        for (what, keys) in PLACES {
            for action in ["httpGet", "tcpSocket", "grpc"] {
                let Some(asks) = node.at(keys).and_then(|it| it.get(action)).filter(|it| !it.is_null()) else { continue };
                let node = asks.get("port");
                let field =
                    Field::new(self.resource, format!("{container}.{}.{action}.port", keys.join(".")), node.unwrap_or(asks));
                let port = match node {
                    None => Port::Malformed(super::Wrong::Missing),
                    Some(port) if action == "grpc" => port_number(port),
                    Some(port) => port_or_name(port),
                };
                let other_host = asks.get("host").and_then(Node::str).is_some_and(|it| !it.is_empty());
                probes.push(Probe { what, field, port, other_host });
            }
        }
        probes
    }
}

/// Collects the numbers that stand in texts, as in `--listen=:8081`.
fn numbers(node: &Node, out: &mut Vec<i64>) {
    match &node.kind {
        NodeKind::Scalar { value, .. } => {
            let text = value.to_string();
            out.extend(
                text.split(|c: char| !c.is_ascii_digit())
                    .filter(|it| (2..=5).contains(&it.len()))
                    .filter_map(|it| it.parse::<i64>().ok()),
            );
        }
        NodeKind::Sequence(items) => items.iter().for_each(|it| numbers(it, out)),
        NodeKind::Mapping(entries) => entries.iter().for_each(|it| numbers(&it.value, out)),
    }
}
