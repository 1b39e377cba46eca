//! The same field in another copy of an object, whose lists may be shorter, longer, or in another order.

use super::super::path::Step;
use crate::yaml::Node;

/// Fields that tell the elements of a list apart.
const KEYS: [&str; 2] = ["name", "mountPath"];

/// Follows a path of a rendered object in a copy of it. An element of a list is the one of the same name; without names, the
/// only one, or the one at the same place of a list of the same length.
pub(super) fn find<'a>(rendered: &Node, copy: &'a Node, path: &[Step<'_>]) -> Option<&'a Node> {
    let (mut rendered, mut copy) = (rendered, copy);
    for step in path {
        (rendered, copy) = match step {
            Step::Key(key) => (rendered.get(key)?, copy.get(key)?),
            Step::Index(at) => (rendered.items().get(*at)?, element(rendered, *at, copy)?),
        };
    }
    Some(copy)
}

fn element<'a>(rendered: &Node, at: usize, copy: &'a Node) -> Option<&'a Node> {
    // A patch may say what to do with the list in an element of its own.
    let items: Vec<&Node> = copy.items().iter().filter(|it| it.get("$patch").is_none() || it.entries().len() > 1).collect();
    let all = rendered.items();
    let item = all.get(at)?;
    if let Some((key, own)) = KEYS.iter().find_map(|key| Some((key, item.get(key)?.str()?))) {
        let is_named = |it: &Node| it.get(key).and_then(Node::str) == Some(own);
        // A merge may put two of one name into a list.
        let is_alone = all.iter().filter(|it| is_named(it)).count() == 1;
        let mut found = items.iter().filter(|it| is_named(it) && (is_alone || same(it, item)));
        if let Some(first) = found.next() {
            return found.next().is_none().then_some(first);
        }
        if !is_alone {
            return None;
        }
        // A patch may well rename what it finds by its number.
        return (items.len() == 1 && all.len() == 1).then(|| items[0]);
    }
    let is_alike = |it: &&Node| it.is_mapping() == item.is_mapping();
    match &items[..] {
        [only] if all.len() == 1 => Some(only),
        some if some.len() == all.len() => some.get(at).copied().filter(is_alike),
        some => {
            let mut equal = some.iter().filter(|it| same(it, item));
            equal.next().copied().filter(|_| equal.next().is_none())
        }
    }
}

/// Whether all that a part of a patch says stands in an element.
fn same(part: &Node, element: &Node) -> bool {
    match (part.scalar(), element.scalar()) {
        (Some(a), Some(b)) => a == b,
        (None, None) if part.is_mapping() => {
            part.entries().iter().all(|it| element.get(&it.key).is_some_and(|other| same(&it.value, other)))
        }
        (None, None) => {
            let (a, b) = (part.items(), element.items());
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        _ => false,
    }
}
