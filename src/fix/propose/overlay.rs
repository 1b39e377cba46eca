//! A kustomization that differs from what it is built on: one more patch, for what stands beneath it is shared with others.

use serde_json::Value as Json;

use super::Proposal;
use crate::finding::{Edit, Finding, Related};
use crate::fix::Options;
use crate::fix::site::{line_end, offset};
use crate::fix::view::View;
use crate::kube::{Field, Resource, Subject};
use crate::locate::{Step, steps, walk};
use crate::source::join;
use crate::target::TargetKind;
use crate::yaml::{Node, NodeKind, Place, Value, parse};

const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Proposes a patch in the kustomization itself, of a field that a file beneath it holds.
pub(super) fn propose(view: View<'_>, finding: &Finding, _: Options) -> Vec<Proposal> {
    let field = view.field(finding).filter(|_| view.target.kind == TargetKind::Kustomize);
    let resource = field.as_ref().and_then(|it| view.linked.manifest.resources.get(it.resource));
    let (Some(field), Some(resource)) = (field, resource) else { return Vec::new() };
    let is_beneath = resource.source.as_ref().is_some_and(|it| is_beneath(view, &it.file));
    let made = || {
        let new = wanted(view, finding)?;
        let value = written(walk(&resource.node, &steps(&field.path)?)?, &finding.value, &new)?;
        let edit = patch(view, resource, &field, &value)?;
        let title = format!("patch `{}` here: what is beneath stays as it is", finding.subject);
        Some(Proposal { title, edits: vec![edit], is_certain: true })
    };
    is_beneath.then(made).flatten().into_iter().collect()
}

/// Whether a file is part of another kustomization, which this one is built on.
fn is_beneath(view: View<'_>, file: &str) -> bool {
    let mut folder = file;
    while let Some((parent, _)) = folder.rsplit_once('/') {
        folder = parent;
        if folder.ends_with("..") || FILE_NAMES.iter().any(|it| view.target.tree.bytes(&join(folder, it)).is_some()) {
            return true;
        }
    }
    false
}

/// Returns what the other end is now: where it is known what it was before, that; else the only one that may be meant.
fn wanted(view: View<'_>, finding: &Finding) -> Option<Json> {
    let of_role = |role: &'static str| finding.related.iter().filter(move |it| it.role == role);
    let now = |it: &Related| {
        let same = |subject: &Subject| *subject == it.subject;
        let resource = view.linked.manifest.resources.iter().find(|it| same(&it.subject))?;
        Some(Field::new(0, "", walk(&resource.node, &steps(&it.path)?)?).value)
    };
    let mut targets = of_role("target");
    match of_role("before").next() {
        Some(before) => now(before),
        None => targets.next().filter(|_| targets.next().is_none()).and_then(now),
    }
}

/// Returns the scalar with the old number or name in it replaced, as YAML.
fn written(node: &Node, old: &Json, new: &Json) -> Option<String> {
    let bare = |it: &Json| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
    let (old, new_text) = (bare(old), bare(new));
    match node.scalar()? {
        Value::Int(number) if number.to_string() == old => new_text.parse::<i64>().is_ok().then_some(new_text),
        Value::Str(text) if !text.contains('\n') => {
            let part = |c: char| c.is_alphanumeric() || c == '-';
            let stands = |at: &usize| !text[..*at].ends_with(part) && !text[at + old.len()..].starts_with(part);
            let mut places = text.match_indices(&old).map(|it| it.0).filter(stands);
            let at = places.next().filter(|_| !old.is_empty() && places.next().is_none())?;
            Some(Json::from(format!("{}{new_text}{}", &text[..at], &text[at + old.len()..])).to_string())
        }
        _ => None,
    }
}

/// Puts a patch in front of those of the kustomization, which may build on it, or makes it the first.
fn patch(view: View<'_>, resource: &Resource, field: &Field, value: &str) -> Option<Edit> {
    let file = FILE_NAMES.iter().find(|it| view.target.tree.bytes(it).is_some())?;
    let text = view.text(file)?;
    let root = parse(text).into_iter().find_map(|it| it.root)?;
    let pointer: Vec<String> = steps(&field.path)?.into_iter().map(token).collect();
    let name = original_name(view, resource);
    let lines = [
        "- target:".to_owned(),
        format!("    kind: {}", resource.subject.kind),
        format!("    name: {name}"),
        "  patch: |-".to_owned(),
        "    - op: replace".to_owned(),
        format!("      path: /{}", pointer.join("/")),
        format!("      value: {value}"),
    ];
    let (at, indent, head) = match root.get("patches").map(|it| &it.kind) {
        None => (text.len(), 0, "patches:\n"),
        Some(NodeKind::Sequence(items)) => {
            let first = items.first()?.start;
            let start = offset(text, Place { line: first.line, column: 1 })?;
            let line = text[start..].lines().next()?;
            let indent = line.len() - line.trim_start().len();
            // A list in brackets has no lines of its own.
            (start, line[indent..].starts_with("- ").then_some(indent)?, "")
        }
        Some(_) => return None,
    };
    let open = if at == text.len() && !text.is_empty() && !text.ends_with('\n') { "\n" } else { "" };
    let indent = " ".repeat(indent);
    let body = indent.clone() + &lines.join(&format!("\n{indent}")) + "\n";
    let added = format!("{open}{head}{body}").replace('\n', line_end(text));
    Some(Edit { file: (*file).to_owned(), start: at, end: at, text: added })
}

fn token(step: Step<'_>) -> String {
    match step {
        Step::Key(key) => key.replace('~', "~0").replace('/', "~1"),
        Step::Index(at) => at.to_string(),
    }
}

/// Returns the name that an object has in its own file: patches find it by that, whatever prefix it gets.
fn original_name(view: View<'_>, resource: &Resource) -> String {
    let full = &resource.subject.name;
    let text = resource.source.as_ref().and_then(|it| view.text(&it.file)).unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for root in parse(text).into_iter().filter_map(|it| it.root) {
        let own = root.at(&["metadata", "name"]).filter(|_| root.get("kind").and_then(Node::str) == Some(&resource.subject.kind));
        let generators = ["configMapGenerator", "secretGenerator"].into_iter().filter_map(|key| root.get(key));
        let generated = generators.flat_map(Node::items).filter_map(|it| it.get("name"));
        names.extend(own.into_iter().chain(generated).filter_map(Node::str).map(str::to_owned));
    }
    let fits = names.into_iter().filter(|it| !it.is_empty() && full.contains(it.as_str()));
    fits.max_by_key(String::len).unwrap_or_else(|| full.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(node: &str, old: impl Into<Json>, new: impl Into<Json>) -> Option<String> {
        written(parse(node).remove(0).root.as_ref()?, &old.into(), &new.into())
    }

    #[test]
    fn the_old_is_replaced_where_it_stands_once() {
        assert_eq!(rewritten("80", 80, 8080).as_deref(), Some("8080"));
        assert_eq!(rewritten("80", 80, "8080").as_deref(), Some("8080"));
        assert_eq!(rewritten("80", 80, "http"), None);
        assert_eq!(rewritten("http://web:80/x", 80, 8080).as_deref(), Some("\"http://web:8080/x\""));
        assert_eq!(rewritten("http://web:80/web", "web", "x-web"), None);
        assert_eq!(rewritten("http://web-80:80", "80", 90).as_deref(), Some("\"http://web-80:90\""));
        assert_eq!(rewritten("http", "http", "web").as_deref(), Some("\"web\""));
    }
}
