//! Resources: the objects of a rendering, `kind: List` opened.

use std::collections::BTreeMap;
use std::fmt;

use crate::yaml::{Document, Duplicate, Node, Value, YamlError};

/// A Kubernetes object, or (kind `Chart`) a whole target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Subject {
    pub api_version: String,
    pub kind: String,
    pub name: String,
    /// Never left implicit: where the object says none it is the release's.
    pub namespace: String,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// The file that made a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRef {
    /// Relative to the target's tree.
    pub file: String,
    /// First line of the document in the rendering.
    pub line: u32,
    /// The line of `file` where that stands, when the rendering is the source.
    pub line_in_file: Option<u32>,
}

/// One object.
#[derive(Debug, Clone)]
pub struct Resource {
    pub subject: Subject,
    pub source: Option<SourceRef>,
    /// Position of the document in the rendering.
    pub document: usize,
    /// Path of the object in its document: empty, or `items[2]`.
    pub prefix: String,
    pub node: Node,
}

/// What a rendering holds.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    pub resources: Vec<Resource>,
    pub errors: Vec<(Option<SourceRef>, YamlError)>,
    pub duplicates: Vec<(Option<SourceRef>, Duplicate)>,
}

impl Resource {
    /// Returns a field below `spec`, `metadata` …
    pub fn at(&self, keys: &[&str]) -> Option<&Node> {
        self.node.at(keys)
    }

    /// Returns `metadata.labels`.
    pub fn labels(&self) -> BTreeMap<String, String> {
        strings(self.at(&["metadata", "labels"]))
    }

    /// Returns an annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.at(&["metadata", "annotations"])?.get(key)?.str()
    }

    /// Whether it is of that kind in that API group (any version).
    pub fn is(&self, kind: &str, wanted: &str) -> bool {
        self.subject.kind == kind && group(&self.subject.api_version) == wanted
    }
}

/// Returns the group of an `apiVersion`; empty for the core one.
pub fn group(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}

/// Returns the scalars of a mapping as texts.
pub(super) fn strings(node: Option<&Node>) -> BTreeMap<String, String> {
    node.into_iter().flat_map(Node::entries).filter_map(|entry| Some((entry.key.clone(), text(entry.value.scalar()?)))).collect()
}

/// Kubernetes decodes null into the empty string.
fn text(value: &Value) -> String {
    if *value == Value::Null { String::new() } else { value.to_string() }
}

/// Reads the documents of a rendering. `source` tells which file made the document that starts at a line; objects without a
/// namespace get `namespace`, the release's.
pub fn read(documents: Vec<Document>, namespace: &str, source: &dyn Fn(u32) -> Option<SourceRef>) -> Manifest {
    let mut manifest = Manifest::default();
    for (index, document) in documents.into_iter().enumerate() {
        let source = source(document.line);
        manifest.duplicates.extend(document.duplicates.into_iter().map(|it| (source.clone(), it)));
        manifest.errors.extend(document.error.map(|it| (source.clone(), it)));
        if let Some(root) = document.root {
            open(&mut manifest.resources, root, "", index, source.as_ref(), namespace);
        }
    }
    manifest
}

fn open(out: &mut Vec<Resource>, node: Node, prefix: &str, document: usize, source: Option<&SourceRef>, namespace: &str) {
    let text = |keys: &[&str]| node.at(keys).and_then(Node::str).unwrap_or_default().to_owned();
    let kind = text(&["kind"]);
    if kind.is_empty() {
        return;
    }
    if kind.ends_with("List") && node.get("items").is_some_and(|items| !items.items().is_empty()) {
        let items = node.get("items").map(|items| items.items().to_vec()).unwrap_or_default();
        for (index, item) in items.into_iter().enumerate() {
            open(out, item, &format!("{prefix}items[{index}]."), document, source, namespace);
        }
        return;
    }
    let name = node.at(&["metadata", "name"]).and_then(Node::scalar).map(self::text).unwrap_or_default();
    let own = text(&["metadata", "namespace"]);
    let subject = Subject {
        api_version: text(&["apiVersion"]),
        namespace: if own.is_empty() { namespace.to_owned() } else { own },
        kind,
        name,
    };
    out.push(Resource { subject, source: source.cloned(), document, prefix: prefix.to_owned(), node });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    #[test]
    fn lists_are_opened_and_namespaces_filled_in() {
        let text =
            "kind: List\nitems:\n- kind: Service\n  metadata: {name: a}\n- kind: Service\n  metadata: {name: b, namespace: x}\n";
        let manifest = read(parse(text), "default", &|_| None);
        let seen: Vec<_> = manifest
            .resources
            .iter()
            .map(|it| (it.subject.to_string(), it.subject.namespace.as_str(), it.prefix.as_str()))
            .collect();
        assert_eq!(seen, [("Service/a".into(), "default", "items[0]."), ("Service/b".into(), "x", "items[1].")]);
    }
}
