//! The values that `--require-names` asks for, put into values.yaml where they lack.

use crate::source::SourceTree;
use crate::yaml::{Node, NodeKind, Place, parse};

const FILE: &str = "values.yaml";

/// A value that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// `service.portName`.
    pub path: String,
    pub name: &'static str,
}

/// Returns the chart with a `portName` above each `port` of a `…service` in values.yaml that has none beside it.
pub fn with_names(tree: &SourceTree) -> (SourceTree, Vec<Added>) {
    let text = tree.text(FILE).unwrap_or_default().into_owned();
    let mut found = Vec::new();
    if let Some(root) = parse(&text).into_iter().find_map(|it| it.root) {
        visit(&root, "", &text, &mut found);
    }
    let (mut tree, mut new) = (tree.clone(), text.clone());
    // From the end, so that what is before stays where it is.
    found.sort_by_key(|it| std::cmp::Reverse(it.0));
    for (at, insertion, _) in &found {
        new.insert_str(*at, insertion);
    }
    if !found.is_empty() {
        tree.insert(FILE, new.into_bytes());
    }
    (tree, found.into_iter().rev().map(|it| it.2).collect())
}

fn visit(node: &Node, path: &str, text: &str, found: &mut Vec<(usize, String, Added)>) {
    for entry in node.entries() {
        let path = if path.is_empty() { entry.key.clone() } else { format!("{path}.{}", entry.key) };
        let is_service = entry.key.to_ascii_lowercase().ends_with("service");
        if is_service && entry.value.entry("portName").is_none() {
            found.extend(
                insertion(&entry.value, text)
                    .map(|(at, text, name)| (at, text, Added { path: format!("{path}.portName"), name })),
            );
        }
        if matches!(entry.value.kind, NodeKind::Mapping(_)) {
            visit(&entry.value, &path, text, found);
        }
    }
}

/// Returns where, what, and which name.
fn insertion(service: &Node, text: &str) -> Option<(usize, String, &'static str)> {
    let port = service.entry("port")?;
    let number = match &port.value.kind {
        NodeKind::Scalar { value: crate::yaml::Value::Int(number), .. } => *number,
        _ => return None,
    };
    let name = if matches!(number, 443 | 8443) { "https" } else { "http" };
    let (at, line_start) = offset(text, port.key_start)?;
    let before = &text[line_start..at];
    let is_flow = offset(text, service.start).is_some_and(|(at, _)| text[at..].starts_with('{'));
    let between = match (is_flow, before.chars().all(|it| it == ' ')) {
        (true, _) => ", ".to_owned(),
        (false, true) => format!("{}{before}", if text.contains("\r\n") { "\r\n" } else { "\n" }),
        (false, false) => return None,
    };
    Some((at, format!("portName: {name}{between}"), name))
}

/// Returns the byte of a place, and that at which its line starts.
fn offset(text: &str, place: Place) -> Option<(usize, usize)> {
    let line: usize = text.split_inclusive('\n').take(usize::try_from(place.line).ok()?.checked_sub(1)?).map(str::len).sum();
    let column = usize::try_from(place.column).ok()?.checked_sub(1)?;
    let within = text[line..].char_indices().nth(column)?.0;
    Some((line + within, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(values: &str) -> (String, Vec<String>) {
        let mut tree = SourceTree::default();
        tree.insert(FILE, values.as_bytes());
        let (tree, added) = with_names(&tree);
        let added = added.into_iter().map(|it| format!("{}: {}", it.path, it.name)).collect();
        (tree.text(FILE).unwrap().into_owned(), added)
    }

    #[test]
    fn names_are_put_above_the_ports_of_services() {
        let (text, names) = added("# ä\nservice:\n  # which\n  port: 80 # x\napi:\n  webService: {type: x, port: 443}\n");
        assert_eq!(
            text,
            "# ä\nservice:\n  # which\n  portName: http\n  port: 80 # x\napi:\n  webService: {type: x, portName: https, port: 443}\n"
        );
        assert_eq!(names, ["service.portName: http", "api.webService.portName: https"]);
        assert_eq!(added("service:\r\n  port: 80\r\n").0, "service:\r\n  portName: http\r\n  port: 80\r\n");
    }

    #[test]
    fn what_has_a_name_or_no_number_stays() {
        for values in ["service: {port: 80, portName: web}\n", "service: {port: http}\n", "service: 1\n", "port: 80\n", "[", ""] {
            assert_eq!(added(values), (values.to_owned(), Vec::new()));
        }
    }
}
