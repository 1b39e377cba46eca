//! What containers are told by configuration beside their args and env: ports that it says they listen on.

use std::collections::HashMap;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::resource::{Manifest, Resource};
use crate::words::words;
use crate::yaml::Node;

/// So much of what stands before a number says what the number is.
const NEAR: usize = 64;

/// The configuration of a manifest, read when somebody first needs it.
pub(super) struct Configs<'a> {
    manifest: &'a Manifest,
    /// By kind, namespace and name.
    by_name: HashMap<(&'a str, &'a str, &'a str), usize>,
    read: HashMap<usize, Vec<i64>>,
}

impl<'a> Configs<'a> {
    pub(super) fn new(manifest: &'a Manifest) -> Self {
        let all = manifest.resources.iter().enumerate();
        let configs = all.filter(|(_, it)| it.is("ConfigMap", "") || it.is("Secret", ""));
        let by_name =
            configs.map(|(index, it)| ((&*it.subject.kind, &*it.subject.namespace, &*it.subject.name), index)).collect();
        Self { manifest, by_name, read: HashMap::new() }
    }

    /// Returns the ports that a container may listen on by what it mounts, takes into its environment, or is told the name of.
    pub(super) fn ports(&mut self, namespace: &str, pod: &Node, container: &Node) -> Vec<i64> {
        if self.by_name.is_empty() {
            return Vec::new();
        }
        let mut ports = Vec::new();
        for (kind, name) in referred(pod, container) {
            let Some(&index) = self.by_name.get(&(kind, namespace, name)) else { continue };
            let manifest = self.manifest;
            ports.extend(&*self.read.entry(index).or_insert_with(|| listened(&manifest.resources[index])));
        }
        ports.sort_unstable();
        ports.dedup();
        ports
    }
}

/// Returns kind and name of each ConfigMap and Secret that a container refers to.
pub(super) fn referred<'a>(pod: &'a Node, container: &'a Node) -> Vec<(&'static str, &'a str)> {
    let items = |node: &'a Node, key: &str| node.get(key).map(Node::items).unwrap_or_default();
    let name = |node: &'a Node, keys: &[&str]| node.at(keys).and_then(Node::str);
    let mut found = Vec::new();
    let mut either = |node: &'a Node, map: &[&str], secret: &[&str]| {
        found.extend(name(node, map).map(|it| ("ConfigMap", it)));
        found.extend(name(node, secret).map(|it| ("Secret", it)));
    };
    for it in items(container, "envFrom") {
        either(it, &["configMapRef", "name"], &["secretRef", "name"]);
    }
    for it in items(container, "env") {
        either(it, &["valueFrom", "configMapKeyRef", "name"], &["valueFrom", "secretKeyRef", "name"]);
    }
    let mounts: Vec<&str> = items(container, "volumeMounts").iter().filter_map(|it| it.get("name")?.str()).collect();
    let mounted = items(pod, "volumes").iter().filter(|it| name(it, &["name"]).is_some_and(|it| mounts.contains(&it)));
    for volume in mounted {
        either(volume, &["configMap", "name"], &["secret", "secretName"]);
        for source in volume.at(&["projected", "sources"]).map(Node::items).unwrap_or_default() {
            either(source, &["configMap", "name"], &["secret", "name"]);
        }
    }
    // Controllers read their ConfigMap from the API server.
    let said = ["command", "args"].into_iter().flat_map(|key| items(container, key)).filter_map(Node::str);
    let words = said.flat_map(|it| it.split(['=', ' ', '\n'])).filter(|it| !it.is_empty() && it.len() <= 253);
    found.extend(words.map(|it| ("ConfigMap", it)));
    found
}

fn listened(resource: &Resource) -> Vec<i64> {
    let mut ports = Vec::new();
    let entries = |key: &str| resource.at(&[key]).map(Node::entries).unwrap_or_default();
    let is_secret = resource.subject.kind == "Secret";
    for entry in entries("data").iter().chain(entries("stringData")) {
        let Some(value) = entry.value.scalar() else { continue };
        let text = value.to_string();
        let decoded = is_secret.then(|| STANDARD.decode(&text).ok()).flatten().and_then(|it| String::from_utf8(it).ok());
        // An environment is made of keys and values.
        let text = format!("{}: {}", entry.key, decoded.unwrap_or(text));
        text.lines().for_each(|line| ports_of(line, &mut ports));
    }
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// Collects the numbers of a line that are a port to listen on: `listen 8080;`, `grpc_listen_port: 9095`, `addr: ":5000"`.
pub(super) fn ports_of(line: &str, out: &mut Vec<i64>) {
    out.extend(ports_in(line).into_iter().map(|it| it.0));
}

/// Returns these numbers with their places.
pub(super) fn ports_in(line: &str) -> Vec<(i64, Range<usize>)> {
    let (mut out, mut rest) = (Vec::new(), 0);
    while let Some(start) = line[rest..].find(|c: char| c.is_ascii_digit()).map(|it| rest + it) {
        let end = line[start..].find(|c: char| !c.is_ascii_digit()).map_or(line.len(), |it| start + it);
        rest = end;
        let (before, behind) = (&line[..start], &line[end..]);
        let within = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
            || behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '%'));
        if !within && (2..=5).contains(&(end - start)) && is_port(before) {
            out.extend(line[start..end].parse::<i64>().ok().filter(|it| *it <= 65535).map(|it| (it, start..end)));
        }
    }
    out
}

/// Whether what stands before a number says that the process itself listens there.
fn is_port(before: &str) -> bool {
    let near = before.char_indices().rev().nth(NEAR).map_or(before, |(at, _)| &before[at..]);
    let Some(host) = near.strip_suffix(':') else { return says_port(near) };
    // A key in quotes, as JSON has it.
    if let Some(key) = host.strip_suffix(['"', '\'']).filter(|it| it.ends_with(|c: char| c.is_alphanumeric())) {
        return says_port(key.rsplit(['"', '\'']).next().unwrap_or_default());
    }
    let host = host.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']' | ':' | '*'))).next();
    let host = host.unwrap_or_default();
    matches!(host, "" | "0.0.0.0" | "127.0.0.1" | "localhost" | "*" | "[::]" | "::" | "[::1]") || says_port(host)
}

/// Whether a text speaks of a port, or of an address to listen on.
pub(crate) fn says_port(text: &str) -> bool {
    const WORDS: [&str; 5] = ["listen", "listener", "address", "addr", "bind"];
    words(text).iter().any(|it| {
        let it = it.strip_suffix('s').unwrap_or(it);
        it.ends_with("port") && !it.ends_with("export") && !it.ends_with("import") && !it.ends_with("support")
            || WORDS.contains(&it)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<i64> {
        let mut out = Vec::new();
        ports_of(line, &mut out);
        out
    }

    #[test]
    fn what_a_process_listens_on() {
        for (line, port) in [
            ("  grpc_listen_port: 9095", 9095),
            ("listen 8080 default_server;", 8080),
            ("listen [::]:8080;", 8080),
            ("bind *:6379", 6379),
            ("addr: :5000", 5000),
            ("endpoint: 0.0.0.0:4317", 4317),
            ("PORT: 3000", 3000),
            ("{\"httpPort\":8081}", 8081),
            (":2015 {", 2015),
            ("bindAddress = \"127.0.0.1:9443\"", 9443),
        ] {
            assert_eq!(read(line), [port], "{line}");
        }
    }

    #[test]
    fn other_numbers() {
        for line in [
            "timeout: 3000",
            "url: http://other:9090",
            "image: web:8080-alpine",
            "10.0.80.1",
            "port-80",
            "version: 1.8080",
            "export N=8080",
        ] {
            assert_eq!(read(line), [0_i64; 0], "{line}");
        }
    }

    #[test]
    fn a_long_line_takes_no_longer() {
        let line = "\"a\":1234,".repeat(100_000) + "ü\"port\":8080";
        assert_eq!(read(&line), [8080]);
    }
}
