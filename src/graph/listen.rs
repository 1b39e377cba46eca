//! What a container that declares ports is told to listen on, by its own arguments, environment and mounted configuration:
//! `--metrics-bind-address=:8080` beside `containerPort: 8080`. What is not declared there is no fault: declaring is informational.

use super::soft::within;
use super::walk::each;
use super::{Destination, EdgeKind, Found, Parts, Reference};
use crate::kube::{Field, Port, Workload, config_maps, ports_of, says_port};
use crate::yaml::Node;

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    for (index, workload) in parts.workloads.iter().enumerate().filter(|(_, it)| !it.finite) {
        let root = &parts.manifest.resources[workload.resource].node;
        for (number, container) in workload.containers.iter().enumerate() {
            let declared: Vec<i64> = container.ports.iter().filter_map(|it| it.field.value.as_i64()).collect();
            let Some(node) = at(root, workload, &container.path).filter(|_| !declared.is_empty()) else { continue };
            let mut reader = Reader { declared: &declared, to: Destination::Container(index, number), out };
            for (path, text, line) in told(&container.path, node) {
                reader.line(Field::new(workload.resource, &path, text), &line);
            }
            let pod = root.at(&keys(workload)).and_then(|it| it.get("spec"));
            let names = pod.map(|it| config_maps(it, node)).unwrap_or_default();
            for (resource, it) in names.iter().filter_map(|name| config_map(parts, &workload.namespace, name)) {
                reader.config(resource, it);
            }
        }
    }
}

/// Reads what one container is told.
struct Reader<'a> {
    declared: &'a [i64],
    to: Destination,
    out: &'a mut Found,
}

impl Reader<'_> {
    fn line(&mut self, field: Field, line: &str) {
        let mut ports = Vec::new();
        ports_of(line, &mut ports);
        let declared = ports.iter().find(|it| self.declared.contains(it));
        let Some(port) = declared.or(ports.first()).copied().map(Port::Number) else { return };
        let (kind, what, to) = (EdgeKind::Listen, "listening port", self.to.clone());
        let field = field.number_within(&port);
        self.out.references.push(Reference { kind, what, field, port, protocol: None, by_target: false, to });
    }

    fn config(&mut self, resource: usize, node: &Node) {
        for entry in node.get("data").map(Node::entries).unwrap_or_default() {
            let Some(text) = entry.value.scalar().map(ToString::to_string) else { continue };
            let path = if entry.key.contains('.') { format!("data[\"{}\"]", entry.key) } else { format!("data.{}", entry.key) };
            for (number, line) in (0..).zip(text.lines()) {
                let field = Field::new(resource, &path, &entry.value);
                let field = match within(&entry.value, number, line, 0..line.len()) {
                    Some((start, end)) => Field { start, end, ..field },
                    None => field,
                };
                // Alone, the key says what it is.
                let line = if text.lines().count() == 1 { format!("{}: {line}", entry.key) } else { line.to_owned() };
                self.line(field, &line);
            }
        }
    }
}

fn config_map<'a>(parts: &Parts<'a>, namespace: &str, name: &str) -> Option<(usize, &'a Node)> {
    let (index, resource) = parts
        .all()
        .find(|(_, it)| it.is("ConfigMap", "") && it.subject.name == name && it.subject.namespace == namespace)?;
    Some((index, &resource.node))
}

fn keys(workload: &Workload) -> Vec<&'static str> {
    workload.template.split('.').filter(|it| !it.is_empty()).collect()
}

fn at<'a>(root: &'a Node, workload: &Workload, path: &str) -> Option<&'a Node> {
    let (list, index) = path.rsplit_once('.').map_or(path, |it| it.1).split_once('[')?;
    root.at(&keys(workload))?.at(&["spec", list])?.items().get(index.trim_end_matches(']').parse::<usize>().ok()?)
}

/// Returns texts of a container that may say where it listens: paths, nodes, and what they say with the name of what is told.
fn told<'a>(path: &str, container: &'a Node) -> Vec<(String, &'a Node, String)> {
    let mut all = Vec::new();
    for key in ["command", "args"] {
        let mut flag = "";
        for (path, node) in each(container, path, &[&format!("{key}[]")]) {
            let Some(text) = node.str().filter(|it| !it.contains('\n')) else { continue };
            // `--port 8080` in two texts.
            let is_value = flag.starts_with('-') && !text.starts_with('-');
            let line = if is_value { format!("{flag}={text}") } else { text.to_owned() };
            flag = text;
            all.push((path, node, line));
        }
    }
    for (path, variable) in each(container, path, &["env[]"]) {
        let (name, value) = (variable.get("name").and_then(Node::str), variable.get("value"));
        if let (Some(name), Some(node)) = (name.filter(|it| says_port(it)), value)
            && let Some(text) = node.scalar().map(ToString::to_string)
        {
            all.push((format!("{path}.value"), node, format!("{name}={text}")));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::graph::{EdgeKind, Graph, Resolution};
    use crate::kube::read;
    use crate::yaml::parse;

    fn listened(container: &str) -> Vec<(String, i64)> {
        let text = format!("kind: Pod\nspec: {{ containers: [{{ ports: [{{ containerPort: 8080 }}], {container} }}] }}\n");
        let manifest = read(parse(&text), "default", &|_| None);
        let graph = Graph::link(&manifest);
        let edges = graph.edges_of(EdgeKind::Listen).filter(|it| matches!(it.to, Resolution::Found(_)));
        edges.map(|it| (it.reference.field.path.clone(), it.reference.field.value.as_i64().unwrap())).collect()
    }

    #[test]
    fn what_a_container_declares_and_is_told() {
        let told = |container: &str| listened(container).into_iter().map(|it| it.0).collect::<Vec<_>>();
        assert_eq!(listened("args: ['--bind-address=:8080']"), [("spec.containers[0].args[0]".to_owned(), 8080)]);
        assert_eq!(told("args: [--port, '8080']"), ["spec.containers[0].args[1]"]);
        assert_eq!(told("env: [{ name: HTTP_PORT, value: '8080' }]"), ["spec.containers[0].env[0].value"]);
        for other in ["args: ['--port=9090']", "args: ['--size=8080']", "env: [{ name: SIZE, value: '8080' }]"] {
            assert!(listened(other).is_empty(), "{other}");
        }
    }
}
