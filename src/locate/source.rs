//! Places in plain YAML sources, such as the resources of a kustomization.

use crate::kube::{Field, Resource};
use crate::source::SourceTree;
use crate::yaml::{Node, Place, parse};

use super::path::{steps, walk};

/// The objects of a file.
struct Roots(Vec<Node>);

/// Finds a field in the file that its object came from: the same kind, a name that only got a prefix or suffix, the same
/// path, the same value.
pub(super) fn place(tree: &SourceTree, resource: &Resource, field: &Field) -> Option<Place> {
    let file = &resource.source.as_ref()?.file;
    let bytes = tree.bytes(file)?;
    let parsed =
        tree.derived(file, || Roots(parse(&String::from_utf8_lossy(bytes)).into_iter().filter_map(|it| it.root).collect()));
    let mut found = parsed.0.iter().filter(|root| same_object(root, resource));
    let root = found.next()?;
    if found.next().is_some() {
        return None;
    }
    let node = walk(root, &steps(&field.path)?)?;
    let same = Field::new(0, "", node).value == field.value;
    same.then_some(node.start)
}

fn same_object(root: &Node, resource: &Resource) -> bool {
    let name = root.at(&["metadata", "name"]).and_then(Node::str).unwrap_or_default();
    root.get("kind").and_then(Node::str) == Some(&resource.subject.kind)
        && !name.is_empty()
        && resource.subject.name.contains(name)
}
