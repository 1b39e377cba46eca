//! Places in plain YAML sources, such as the resources of a kustomization.

use crate::kube::{Field, Resource};
use crate::yaml::{Node, Place, parse};

/// Finds a field in the file that its object came from: the same kind, a name that only got a prefix or suffix, the same
/// path, the same value.
pub(super) fn place(text: &str, resource: &Resource, field: &Field) -> Option<Place> {
    let mut found = parse(text).into_iter().filter_map(|it| it.root).filter(|root| same_object(root, resource));
    let root = found.next()?;
    if found.next().is_some() {
        return None;
    }
    let node = walk(&root, &field.path)?;
    let same = Field::new(0, "", node).value == field.value;
    same.then_some(node.start)
}

fn same_object(root: &Node, resource: &Resource) -> bool {
    let name = root.at(&["metadata", "name"]).and_then(Node::str).unwrap_or_default();
    root.get("kind").and_then(Node::str) == Some(&resource.subject.kind)
        && !name.is_empty()
        && resource.subject.name.contains(name)
}

/// Follows a path such as `spec.ports[0].port`.
pub(crate) fn walk<'a>(root: &'a Node, path: &str) -> Option<&'a Node> {
    let mut node = root;
    for step in path.split('.') {
        let (key, mut rest) = step.split_once('[').map_or((step, ""), |(key, rest)| (key, rest));
        node = node.get(key)?;
        while let Some((index, behind)) = rest.split_once(']') {
            node = node.items().get(index.parse::<usize>().ok()?)?;
            rest = behind.trim_start_matches('[');
        }
    }
    Some(node)
}
