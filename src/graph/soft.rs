//! Addresses in texts: `web:8080` and `http://web.prod.svc/` in commands, args, env and `ConfigMap`s; `http://127.0.0.1:8080` in
//! commands and args, which means the pod itself.

use std::collections::HashSet;

use super::walk::{Host, each, host};
use super::{Address, Destination, EdgeKind, Found, Parts, Reference};
use crate::kube::{Field, Port, says_port, within};
use crate::yaml::{Node, NodeKind};

/// Below that, a number behind a bare name is rather the tag of an image than a port.
const LEAST_BARE: i64 = 80;

const LOOPBACK: [&str; 2] = ["127.0.0.1", "localhost"];

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    // The names of headless Services lead to pods, where any port may be open.
    let judged = parts.services.iter().filter(|it| !it.headless && !it.external_name && !it.ports.is_empty());
    let mut services: HashSet<(&str, &str)> = judged.map(|it| (it.name.as_str(), it.namespace.as_str())).collect();
    // A Service with the name of a workload is most likely this one's, also where it is not rendered.
    let rendered: HashSet<(&str, &str)> = parts.services.iter().map(|it| (it.name.as_str(), it.namespace.as_str())).collect();
    let served = parts.workloads.iter().filter(|it| !it.finite);
    let names = served.map(|it| (parts.manifest.resources[it.resource].subject.name.as_str(), it.namespace.as_str()));
    services.extend(names.filter(|it| !rendered.contains(it)));
    if services.is_empty() {
        return;
    }
    for (pod, workload) in parts.workloads.iter().enumerate() {
        let root = &parts.manifest.resources[workload.resource].node;
        let keys: Vec<&str> = workload.template.split('.').filter(|it| !it.is_empty()).chain(["spec"]).collect();
        let Some(spec) = root.at(&keys) else { continue };
        for list in ["containers", "initContainers"] {
            let containers = spec.get(list).map(Node::items).unwrap_or_default();
            for (number, container) in containers.iter().enumerate() {
                let path = || format!("{}.{list}[{number}]", keys.join("."));
                let mut reader = Reader {
                    services: &services,
                    rendered: &rendered,
                    resource: workload.resource,
                    namespace: &workload.namespace,
                    pod: None,
                    out,
                };
                for (key, keys) in [("env", &["env[]", "value"][..]), ("command", &["command[]"]), ("args", &["args[]"])] {
                    // What the environment says of the own host is as often meant for users.
                    reader.pod = (key != "env" && list == "containers").then_some(pod);
                    // Most have none of these, and paths cost more than looking.
                    if container.get(key).is_some() {
                        for (path, node) in each(container, &path(), keys) {
                            reader.text(&path, node);
                        }
                    }
                }
            }
        }
    }
    for (index, resource) in parts.all().filter(|(_, it)| it.is("ConfigMap", "")) {
        let namespace = &resource.subject.namespace;
        let mut reader = Reader { services: &services, rendered: &rendered, resource: index, namespace, pod: None, out };
        for entry in resource.at(&["data"]).map(Node::entries).unwrap_or_default() {
            let key = &entry.key;
            let path = if key.contains('.') { format!("data[\"{key}\"]") } else { format!("data.{key}") };
            reader.text(&path, &entry.value);
        }
    }
}

struct Reader<'a> {
    services: &'a HashSet<(&'a str, &'a str)>,
    /// All Services, those that are not judged too.
    rendered: &'a HashSet<(&'a str, &'a str)>,
    resource: usize,
    namespace: &'a str,
    /// The workload in whose containers the text runs.
    pod: Option<usize>,
    out: &'a mut Found,
}

impl Reader<'_> {
    /// Notes an address, unless something that is rendered is called so.
    fn unserved(&mut self, field: Field, host: &Host<'_>, port: Option<i64>) {
        let name = (host.service, host.namespace);
        if !self.services.contains(&name) && !self.rendered.contains(&name) {
            let (service, namespace) = (host.service.to_owned(), host.namespace.to_owned());
            self.out.unserved.push(Address { field, service, namespace, port });
        }
    }

    fn text(&mut self, path: &str, node: &Node) {
        let NodeKind::Scalar { .. } = &node.kind else { return };
        let Some(text) = node.str() else { return };
        for (number, line) in (0..).zip(text.lines()) {
            let code = line.trim_start();
            if code.starts_with('#') || code.starts_with("//") || code.to_ascii_lowercase().contains("image") {
                continue;
            }
            for (at, name) in names(line) {
                self.address(path, node, (number, line), (at, name));
            }
        }
    }

    fn address(&mut self, path: &str, node: &Node, (number, line): (u32, &str), (at, name): (usize, &str)) {
        let own = LOOPBACK.contains(&name);
        let pod = self.pod.filter(|_| own);
        let host = host(name, self.namespace).filter(|_| !own);
        if pod.is_none() && host.is_none() {
            return;
        }
        let whole = Field::new(self.resource, path, node);
        let Some((number_of, said)) = port(&line[..at], &line[at + name.len()..]) else {
            if let Some(host) = host.filter(|it| it.certain) {
                self.unserved(whole, &host, None);
            }
            return;
        };
        let port = Port::Number(number_of);
        let field = if said { whole.clone().number_within(&port) } else { Field::missing(self.resource, path, node) };
        let end = at + name.len() + if said { 1 + wanted_len(&port) } else { 0 };
        let field = match within(node, number, line, at..end) {
            Some((start, end)) => Field { start, end, ..field },
            None => field,
        };
        let to = match (pod, host) {
            (Some(pod), _) if said && line[..at].ends_with("://") && !says_port(&line[..at]) => Destination::Workload(pod),
            (None, Some(host)) if self.services.contains(&(host.service, host.namespace)) => {
                let (name, namespace) = (host.service.to_owned(), host.namespace.to_owned());
                Destination::Service { name, namespace, field: whole }
            }
            (None, Some(host)) => return self.unserved(field, &host, Some(number_of)),
            _ => return,
        };
        let what = "address";
        self.out.references.push(Reference { kind: EdgeKind::Soft, what, field, port, protocol: None, by_target: false, to });
    }
}

fn wanted_len(port: &Port) -> usize {
    match port {
        Port::Number(number) => number.to_string().len(),
        _ => 0,
    }
}

/// Returns what could be host names in a line, with their places.
fn names(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + line[rest..].find(part)?;
        let end = line[start..].find(|c| !part(c)).map_or(line.len(), |it| start + it);
        rest = end;
        Some((start, &line[start..end]))
    })
}

/// Reads the port of an address from what stands before and behind its host, and whether it is said.
fn port(before: &str, behind: &str) -> Option<(i64, bool)> {
    let scheme = ["http://", "https://", "ws://", "wss://"].into_iter().find(|it| before.ends_with(it));
    let within_url = scheme.is_some() || before.ends_with("://") || before.ends_with('@');
    if !within_url && before.ends_with(['/', ':', '_', '$', '%', '\\', '}']) {
        return None;
    }
    if let Some(rest) = behind.strip_prefix(':') {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let ends =
            !rest[digits..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '$' | '{' | '%'));
        let number: i64 = rest[..digits].parse().ok()?;
        let least = if within_url { 1 } else { LEAST_BARE };
        return (ends && !rest.starts_with('0') && (least..=65535).contains(&number)).then_some((number, true));
    }
    let ends = behind.is_empty() || behind.starts_with(['/', '"', '\'', ' ', ',', '?', '#', '`', ')', ']']);
    match scheme? {
        "http://" | "ws://" if ends => Some((80, false)),
        "https://" | "wss://" if ends => Some((443, false)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<(&str, i64, bool)> {
        let found = names(line).filter_map(|(at, name)| {
            let (port, said) = port(&line[..at], &line[at + name.len()..])?;
            Some((name, port, said))
        });
        found.collect()
    }

    #[test]
    fn addresses_are_hosts_with_ports_or_urls() {
        assert_eq!(read("--upstream=web:8080"), [("web", 8080, true)]);
        assert_eq!(read("http://web.prod.svc/x"), [("web.prod.svc", 80, false)]);
        assert_eq!(read("postgres://user:pw@db:5432/x"), [("db", 5432, true)]);
        assert_eq!(read("a:1234,b:1235"), [("a", 1234, true), ("b", 1235, true)]);
    }

    #[test]
    fn other_texts_are_none() {
        for line in [
            "set $backend http://web;",
            "web 8080",
            "redis:7",
            "redis:7.2.1",
            "library/redis:8080",
            "web:8080-alpine",
            "http://web.$NS/",
            "web:{{ x }}",
            "a:b:8080x",
        ] {
            assert_eq!(read(line), [], "{line}");
        }
    }
}
