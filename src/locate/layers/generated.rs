//! Generators: the entries of a `ConfigMap` that a kustomization makes of literals and files.

use super::super::path::Step;
use super::{Shift, Wanted, Written};
use crate::source::{SourceTree, join, normalize};
use crate::yaml::{Node, NodeKind, Place, Style, Value};

/// Adds what the generators of a kustomization say of a field.
pub(super) fn find(tree: &SourceTree, (file, root): (&str, &Node), wanted: &Wanted<'_>, out: &mut Vec<Written>) {
    let [Step::Key("data"), Step::Key(key)] = wanted.path[..] else { return };
    let folder = file.rsplit_once('/').map_or("", |it| it.0);
    if wanted.resource.subject.kind != "ConfigMap" {
        return;
    }
    for generator in root.get("configMapGenerator").map(Node::items).unwrap_or_default() {
        let name = generator.get("name").and_then(Node::str).unwrap_or_default();
        if name.is_empty() || !wanted.resource.subject.name.contains(name) {
            continue;
        }
        let list = |of: &str| generator.get(of).map(Node::items).unwrap_or_default();
        for it in list("literals") {
            out.extend(literal(it, key).and_then(|(node, shift)| wanted.written(file, &node, shift)));
        }
        for said in list("files").iter().filter_map(Node::str) {
            let (own, path) = said.split_once('=').unwrap_or((said.rsplit('/').next().unwrap_or(said), said));
            if own == key {
                let path = normalize(&join(folder, path));
                out.extend(whole(tree, &path).and_then(|node| wanted.written(&path, &node, Shift::default())));
            }
        }
        for said in list("envs").iter().chain(generator.get("env")).filter_map(Node::str) {
            let path = normalize(&join(folder, said));
            out.extend(line_of(tree, &path, key).and_then(|node| wanted.written(&path, &node, Shift::default())));
        }
    }
}

/// Reads `KEY=value`.
fn literal(node: &Node, key: &str) -> Option<(Node, Shift)> {
    let value = node.str()?.strip_prefix(key)?.strip_prefix('=')?;
    let bare = value.trim_matches(['"', '\'']);
    let quote = u32::from(matches!(node.kind, NodeKind::Scalar { style: Style::SingleQuoted | Style::DoubleQuoted, .. }));
    let column = u32::try_from(key.chars().count()).ok()? + 1 + quote + u32::from(bare.len() < value.len());
    Some((text(bare, node.start, Style::Plain), Shift { line: 0, column }))
}

/// Reads a file as one text.
fn whole(tree: &SourceTree, path: &str) -> Option<Node> {
    let content = std::str::from_utf8(tree.bytes(path)?).ok()?;
    // Empty lines in front are none of a block's own.
    let empty = u32::try_from(content.len() - content.trim_start_matches('\n').len()).ok()?;
    Some(text(content, Place { line: 1 + empty, column: 1 }, Style::Literal))
}

/// Reads the line `KEY=value` of a file.
fn line_of(tree: &SourceTree, path: &str, key: &str) -> Option<Node> {
    let content = std::str::from_utf8(tree.bytes(path)?).ok()?;
    let column = u32::try_from(key.chars().count()).ok()? + 2;
    let found =
        (1..).zip(content.lines()).filter_map(|(number, line)| Some((number, line.strip_prefix(key)?.strip_prefix('=')?)));
    found.last().map(|(line, value)| text(value, Place { line, column }, Style::Plain))
}

fn text(text: &str, start: Place, style: Style) -> Node {
    Node { start, end: start, kind: NodeKind::Scalar { value: Value::Str(text.to_owned()), style } }
}
