//! Patches: strategic merges and lists of JSON operations, in files of their own or within a kustomization.

use regex::Regex;

use super::super::path::{Step, walk};
use super::{Roots, Shift, Wanted, Written, item, roots};
use crate::source::{SourceTree, join, normalize};
use crate::yaml::{Node, parse};

/// Adds what the patches of a kustomization say of a field, in the order in which kustomize applies them.
pub(super) fn find(tree: &SourceTree, (file, root): (&str, &Node), wanted: &Wanted<'_>, out: &mut Vec<Written>) {
    let folder = file.rsplit_once('/').map_or("", |it| it.0);
    let entries = |key: &str| root.get(key).map(Node::items).unwrap_or_default();
    for entry in entries("patchesStrategicMerge") {
        each(tree, (file, folder), entry, &mut |file, roots, shift| merged(file, roots, shift, wanted, false, out));
    }
    for entry in entries("patches").iter().chain(entries("patchesJson6902")) {
        let target = entry.get("target");
        if target.is_some_and(|it| !is_meant(it, wanted)) {
            continue;
        }
        let Some(text) = entry.get("path").or_else(|| entry.get("patch")) else { continue };
        each(tree, (file, folder), text, &mut |file, roots, shift| {
            merged(file, roots, shift, wanted, target.is_some(), out);
            operations(file, roots, shift, wanted, out);
        });
    }
}

/// Hands on the documents of a patch: of the file that a text names, or of the text itself.
fn each(tree: &SourceTree, (file, folder): (&str, &str), text: &Node, then: &mut dyn FnMut(&str, &[Node], Shift)) {
    let Some(said) = text.str() else { return };
    if !said.contains('\n') {
        let path = normalize(&join(folder, said));
        if let Some(Roots(roots)) = roots(tree, &path).as_deref() {
            then(&path, roots, Shift::default());
        }
    } else if let Some((text, shift)) = Shift::block(text) {
        let roots: Vec<Node> = parse(text).into_iter().filter_map(|it| it.root).collect();
        then(file, &roots, shift);
    }
}

fn merged(file: &str, roots: &[Node], shift: Shift, wanted: &Wanted<'_>, is_targeted: bool, out: &mut Vec<Written>) {
    for root in roots.iter().filter(|it| it.is_mapping() && (is_targeted || wanted.is_from(it))) {
        let found = item::find(&wanted.resource.node, root, &wanted.path);
        out.extend(found.and_then(|it| wanted.written(file, it, shift)));
    }
}

fn operations(file: &str, roots: &[Node], shift: Shift, wanted: &Wanted<'_>, out: &mut Vec<Written>) {
    for operation in roots.iter().flat_map(Node::items) {
        let text = |key: &str| operation.get(key).and_then(Node::str).unwrap_or_default();
        if !matches!(text("op"), "add" | "replace") {
            continue;
        }
        let (Some(rest), Some(value)) = (behind(text("path"), &wanted.path), operation.get("value")) else { continue };
        let found = walk(value, rest);
        out.extend(found.and_then(|it| wanted.written(file, it, shift)));
    }
}

/// Returns what is left of a path behind a JSON pointer; `None` where that leads elsewhere.
fn behind<'a, 'b>(pointer: &str, path: &'a [Step<'b>]) -> Option<&'a [Step<'b>]> {
    let mut rest = path;
    for token in pointer.strip_prefix('/')?.split('/') {
        let token = token.replace("~1", "/").replace("~0", "~");
        let (first, behind) = rest.split_first()?;
        let is_same = match first {
            Step::Key(key) => *key == token,
            // What is added behind all others is the last one then; that it has the value is seen later.
            Step::Index(at) => token == "-" || token == at.to_string(),
        };
        rest = is_same.then_some(behind)?;
    }
    Some(rest)
}

/// Whether the target of a patch may be the object: <https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches>.
fn is_meant(target: &Node, wanted: &Wanted<'_>) -> bool {
    let subject = &wanted.resource.subject;
    let matches = |key: &str, has: &str| {
        let Some(pattern) = target.get(key).and_then(Node::str).filter(|it| !it.is_empty()) else { return true };
        // A prefix or suffix may have been put to a name. To compile a pattern takes long.
        let is_plain = || pattern.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let is_match = || Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|it| it.is_match(has));
        pattern == has || key == "name" && has.contains(pattern) || !is_plain() && is_match()
    };
    matches("kind", &subject.kind) && matches("name", &subject.name)
}
