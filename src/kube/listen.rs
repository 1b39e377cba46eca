//! Where a container's command, args, env and configuration say a port that its process listens on.

use std::collections::HashMap;

use super::config::{ports_in, referred};
use super::field::{Field, Port, within};
use super::resource::Manifest;
use super::workload::{Container, Workload};
use crate::yaml::Node;

/// A number in a text that a process listens on.
#[derive(Debug, Clone)]
pub struct Listen {
    /// The text, or the number's place in a block of lines; its value is the number.
    pub field: Field,
    pub number: i64,
    /// What says so, without the number: `args --port=`, `env PORT`, `data nginx.conf listen `.
    pub key: String,
}

/// The `ConfigMap`s of a manifest by namespace and name.
#[derive(Debug)]
pub struct ConfigMaps<'a>(HashMap<(&'a str, &'a str), usize>);

impl<'a> ConfigMaps<'a> {
    /// Finds them.
    pub fn new(manifest: &'a Manifest) -> Self {
        let all = manifest.resources.iter().enumerate().filter(|(_, it)| it.is("ConfigMap", ""));
        Self(all.map(|(index, it)| ((it.subject.namespace.as_str(), it.subject.name.as_str()), index)).rev().collect())
    }
}

/// Returns all that a container is told of the ports that it listens on.
pub fn listens(manifest: &Manifest, maps: &ConfigMaps<'_>, workload: &Workload, container: &Container) -> Vec<Listen> {
    let mut found = Vec::new();
    let keys: Vec<&str> = workload.template.split('.').filter(|it| !it.is_empty()).chain(["spec"]).collect();
    let Some(pod) = manifest.resources[workload.resource].at(&keys) else { return found };
    let Some(node) = at(pod, container) else { return found };
    for key in ["command", "args"] {
        let items = node.get(key).map(Node::items).unwrap_or_default();
        let mut flag = "";
        for (index, item) in items.iter().enumerate() {
            let path = format!("{}.{key}[{index}]", container.path);
            let text = item.str().unwrap_or_default();
            let said = if flag.starts_with('-') { format!("{flag} ") } else { String::new() };
            read(&mut found, (workload.resource, &path, item), (key, &said));
            flag = text;
        }
    }
    for (index, item) in node.get("env").map(Node::items).unwrap_or_default().iter().enumerate() {
        let (Some(name), Some(value)) = (item.get("name").and_then(Node::str), item.get("value")) else { continue };
        let path = format!("{}.env[{index}].value", container.path);
        read(&mut found, (workload.resource, &path, value), ("env", &format!("{name}: ")));
    }
    for (_, name) in referred(pod, node).into_iter().filter(|it| it.0 == "ConfigMap") {
        let Some(&index) = maps.0.get(&(workload.namespace.as_str(), name)) else { continue };
        for entry in manifest.resources[index].at(&["data"]).map(Node::entries).unwrap_or_default() {
            let key = &entry.key;
            let path = if key.contains('.') { format!("data[\"{key}\"]") } else { format!("data.{key}") };
            read(&mut found, (index, &path, &entry.value), ("data", &format!("{key}: ")));
        }
    }
    found
}

fn at<'a>(pod: &'a Node, container: &Container) -> Option<&'a Node> {
    let (list, index) = container.path.rsplit('.').next()?.trim_end_matches(']').split_once('[')?;
    pod.get(list)?.items().get(index.parse::<usize>().ok()?)
}

/// Reads a text; `said` stands before its first line.
fn read(out: &mut Vec<Listen>, (resource, path, node): (usize, &str, &Node), (what, said): (&str, &str)) {
    let Some(text) = node.scalar().map(ToString::to_string) else { return };
    let is_block = text.contains('\n');
    for (number, line) in (0..).zip(text.lines()) {
        let before = if is_block { "" } else { said };
        let whole = format!("{before}{line}");
        for (port, part) in ports_in(&whole) {
            let field = Field::new(resource, path, node).number_within(&Port::Number(port));
            // The number may stand in what was put before, as in the name of a variable.
            let Some(start) = part.start.checked_sub(before.len()) else { continue };
            let field = match within(node, number, line, start..part.end - before.len()) {
                Some((start, end)) => Field { start, end, ..field },
                None => field,
            };
            let said = if is_block { said } else { "" };
            let key = format!("{what} {said}{}#{}", &whole[..part.start], &whole[part.end..]);
            out.push(Listen { field, number: port, key });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::{read as read_manifest, workloads};
    use crate::yaml::parse;

    #[test]
    fn texts_are_told_apart_by_what_surrounds_the_number() {
        let text = "\
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    args: [--port, '8080', '--metrics=:9090', '--timeout=3000']
    env:
    - {name: HTTP_PORT, value: '8081'}
    - {name: SIZE, value: '8082'}
    envFrom: [{configMapRef: {name: own}}]
---
kind: ConfigMap
metadata: {name: own}
data:
  web.conf: |
    server {
      listen 8083;
    }
";
        let manifest = read_manifest(parse(text), "default", &|_| None);
        let workload = &workloads(&manifest)[0];
        let found = listens(&manifest, &ConfigMaps::new(&manifest), workload, &workload.containers[0]);
        let seen: Vec<_> = found.iter().map(|it| (it.key.as_str(), it.number, it.field.start.line)).collect();
        let expected = [
            ("args --port #", 8080, 6),
            ("args --metrics=:#", 9090, 6),
            ("env HTTP_PORT: #", 8081, 8),
            ("data web.conf:   listen #;", 8083, 17),
        ];
        assert_eq!(seen, expected);
    }
}
