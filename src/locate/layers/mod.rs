//! The layers of a kustomization: the file of an object, then the patches and generators on top of it. Each may say what a field
//! is; the last one wins.

mod generated;
mod item;
mod patches;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value as Json;

use super::path::{Step, steps, walk};
use crate::kube::{Field, Resource};
use crate::source::{SourceTree, join, normalize};
use crate::yaml::{Node, NodeKind, Place, Style, Value, parse};

/// A place that says what a field is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Written {
    /// Path in the target's tree.
    pub(crate) file: String,
    pub(crate) place: Place,
    pub(crate) value: Json,
}

/// Returns where a field is written, the base first, as far as that is known: in the file that its object came from (the same
/// kind, a name that only got a prefix or suffix), and in patches and generators that speak of it.
pub(crate) fn written(tree: &SourceTree, resource: &Resource, field: &Field) -> Vec<Written> {
    let Some(path) = steps(&field.path) else { return Vec::new() };
    let Some(rendered) = walk(&resource.node, &path) else { return Vec::new() };
    let wanted = Wanted { resource, path, rendered, field };
    let mut found: Vec<Written> = in_own_file(tree, &wanted).into_iter().collect();
    // What a patch says of a map or a list is but a part of it.
    if rendered.scalar().is_none() {
        return found;
    }
    for (file, root) in &kustomizations(tree).0 {
        generated::find(tree, (file, root), &wanted, &mut found);
        patches::find(tree, (file, root), &wanted, &mut found);
    }
    found
}

/// What is looked for.
struct Wanted<'a> {
    resource: &'a Resource,
    path: Vec<Step<'a>>,
    /// What the path leads to in the rendering.
    rendered: &'a Node,
    /// That, or a part of its text.
    field: &'a Field,
}

impl Wanted<'_> {
    /// Whether an object of that kind and name became this one.
    fn is_from(&self, object: &Node) -> bool {
        let name = object.at(&["metadata", "name"]).and_then(Node::str).unwrap_or_default();
        let kind = object.get("kind").and_then(Node::str);
        kind == Some(&self.resource.subject.kind) && !name.is_empty() && self.resource.subject.name.contains(name)
    }

    /// Makes the place of a node that says what the field is, in a text that begins at `shift` in its file.
    fn written(&self, file: &str, node: &Node, shift: Shift) -> Option<Written> {
        let is_same = self.rendered.scalar() == node.scalar();
        let place = if is_same { part(self.rendered, node, self.field) } else { node.start };
        let value = if is_same { self.field.value.clone() } else { json(node.scalar()?) };
        Some(Written { file: file.to_owned(), place: shift.of(place), value })
    }
}

/// Where a text that is a part of another one begins.
#[derive(Debug, Clone, Copy, Default)]
struct Shift {
    line: u32,
    column: u32,
}

impl Shift {
    fn of(self, place: Place) -> Place {
        Place { line: place.line + self.line, column: place.column + self.column }
    }

    /// Returns the text of a block, whose lines are taken as they are, and where it begins; `None` for other texts.
    fn block(node: &Node) -> Option<(&str, Self)> {
        let NodeKind::Scalar { value: Value::Str(text), style: Style::Literal } = &node.kind else { return None };
        let empty = u32::try_from(text.len() - text.trim_start_matches('\n').len()).ok()?;
        Some((text, Self { line: node.start.line.checked_sub(1 + empty)?, column: node.start.column - 1 }))
    }
}

/// Returns where the part of a text that a field is stands in another copy of that text.
fn part(rendered: &Node, copy: &Node, field: &Field) -> Place {
    let is_block = |it: &Node| matches!(it.kind, NodeKind::Scalar { style: Style::Literal, .. });
    if field.start <= rendered.start || !is_block(rendered) || !is_block(copy) {
        return copy.start;
    }
    let line = copy.start.line + (field.start.line - rendered.start.line);
    Place { line, column: (copy.start.column + field.start.column).saturating_sub(rendered.start.column).max(1) }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Bool(it) => (*it).into(),
        Value::Int(it) => (*it).into(),
        Value::Float(it) => (*it).into(),
        Value::Str(it) => it.clone().into(),
        Value::Null => Json::Null,
    }
}

fn in_own_file(tree: &SourceTree, wanted: &Wanted<'_>) -> Option<Written> {
    let file = &wanted.resource.source.as_ref()?.file;
    let roots = roots(tree, file)?;
    let mut found = roots.0.iter().filter(|it| wanted.is_from(it));
    let root = found.next()?;
    if found.next().is_some() {
        return None;
    }
    wanted.written(file, item::find(&wanted.resource.node, root, &wanted.path)?, Shift::default())
}

/// The documents of a file.
struct Roots(Vec<Node>);

fn roots(tree: &SourceTree, file: &str) -> Option<Arc<Roots>> {
    let bytes = tree.bytes(file)?;
    Some(tree.derived(file, || Roots(parse(&String::from_utf8_lossy(bytes)).into_iter().filter_map(|it| it.root).collect())))
}

/// The kustomizations of a tree with their files, bases before what is built on them.
struct Kustomizations(Vec<(String, Node)>);

fn kustomizations(tree: &SourceTree) -> Arc<Kustomizations> {
    const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    tree.derived("", || {
        let folder_of = |path: &str| {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            NAMES.contains(&name).then(|| folder.to_owned())
        };
        // The target's own comes last.
        let mut visit: Vec<(String, bool)> = tree.paths().filter_map(folder_of).map(|it| (it, false)).collect();
        visit.sort();
        let (mut out, mut seen) = (Vec::new(), BTreeSet::new());
        while let Some((folder, is_done)) = visit.pop() {
            let file = NAMES.iter().map(|name| join(&folder, name)).find(|it| tree.bytes(it).is_some());
            let Some(root) = file.as_ref().and_then(|it| roots(tree, it)).and_then(|it| it.0.first().cloned()) else { continue };
            if is_done {
                out.extend(file.map(|file| (file, root)));
            } else if seen.insert(folder.clone()) {
                visit.push((folder.clone(), true));
                let named = ["components", "bases", "resources"].iter().filter_map(|key| root.get(key)).flat_map(Node::items);
                let named = named.filter_map(Node::str).map(|it| normalize(&join(&folder, it.trim_end_matches('/'))));
                visit.extend(named.map(|it| (it, false)));
            }
        }
        Kustomizations(out)
    })
}

#[cfg(test)]
mod tests;
