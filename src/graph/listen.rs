//! What a container that declares ports is told to listen on, by its own arguments, environment and mounted configuration:
//! `--metrics-bind-address=:8080` beside `containerPort: 8080`. What is not declared there is no fault: declaring is informational.

use super::{Destination, EdgeKind, Found, Parts, Reference};
use crate::kube::{ConfigMaps, Listen, Port, listens};
use crate::words::words;

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    let maps = ConfigMaps::new(parts.manifest);
    for (index, workload) in parts.workloads.iter().enumerate().filter(|(_, it)| !it.finite) {
        let all = workload.containers.iter().enumerate().filter(|(_, it)| !it.ports.is_empty());
        for (number, container) in all {
            let reference = |field, port| Reference {
                kind: EdgeKind::Listen,
                what: "listening port",
                field,
                port: Port::Number(port),
                protocol: None,
                by_target: false,
                to: Destination::Container(index, number),
            };
            let told = listens(parts.manifest, &maps, workload, container).into_iter();
            out.references.extend(told.filter(|it| is_own(it, &container.name)).map(|it| reference(it.field, it.number)));
        }
    }
}

/// Whether a variable may speak of the container's own port: `DB_PORT` is somebody else's.
fn is_own(listen: &Listen, container: &str) -> bool {
    const WORDS: [&str; 22] = [
        "port",
        "ports",
        "http",
        "https",
        "grpc",
        "listen",
        "listener",
        "bind",
        "address",
        "addr",
        "server",
        "app",
        "application",
        "web",
        "metrics",
        "metric",
        "api",
        "admin",
        "service",
        "management",
        "health",
        "container",
    ];
    let Some(name) = listen.key.strip_prefix("env ").and_then(|it| it.split(':').next()) else { return true };
    let own = words(container);
    words(name).iter().all(|it| WORDS.contains(&it.as_str()) || own.contains(it))
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
        for other in [
            "args: ['--port=9090']",
            "args: ['--size=8080']",
            "env: [{ name: SIZE, value: '8080' }]",
            "env: [{ name: DB_PORT, value: '8080' }]",
        ] {
            assert!(listened(other).is_empty(), "{other}");
        }
    }
}
