//! Fingerprints: what makes a finding the same in another case, after lines moved, under another release.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::CaseCx;
use super::excerpt::shortened;
use crate::finding::{Finding, Location};
use crate::kube::{Resource, group};
use crate::target::Target;
use crate::yaml::Node;

/// Hashes parts.
pub(super) fn plain(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(8).fold(String::new(), |mut out, byte| {
        _ = write!(out, "{byte:02x}");
        out
    })
}

/// Returns the text of the line that a location names, trimmed.
pub(super) fn literal(target: &Target, location: Option<&Location>) -> String {
    let line = location.and_then(|it| Some((it.line?, target.file_shown_as(&it.file)?)));
    let text = line.and_then(|(line, file)| {
        let file = target.tree.lines(file)?;
        Some(shortened(file.lines.line(&file.text, line)?.trim()).to_owned())
    });
    text.unwrap_or_default()
}

/// Hashes rule, target, object and place: no line, no message, no level.
pub(super) fn of(cx: CaseCx<'_>, finding: &Finding, resource: &Resource, path: &str, literal: &str) -> String {
    let name = resource.subject.name.replace(&cx.case.input.release, "{release}");
    let api = group(&resource.subject.api_version);
    plain(&[finding.rule, &cx.target.repo_path, api, &resource.subject.kind, &name, &stable(&resource.node, path), literal])
}

/// Replaces each index of a path by the element's own name, or by host and path.
fn stable(root: &Node, path: &str) -> String {
    let mut out = String::new();
    let mut node = Some(root);
    for step in path.split('.') {
        let (key, rest) = step.split_once('[').unwrap_or((step, ""));
        out.push('.');
        out.push_str(key);
        node = node.and_then(|it| it.get(key));
        for index in rest.split(['[', ']']).filter(|it| !it.is_empty()) {
            node = node.and_then(|it| it.items().get(index.parse::<usize>().ok()?));
            _ = write!(out, "[{}]", node.and_then(own_name).unwrap_or_else(|| index.to_owned()));
        }
    }
    out
}

fn own_name(element: &Node) -> Option<String> {
    let text = |key: &str| element.get(key).and_then(Node::str);
    text("name").map(str::to_owned).or_else(|| match (text("host"), text("path")) {
        (None, None) => None,
        (host, path) => Some(format!("{}{}", host.unwrap_or_default(), path.unwrap_or_default())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    #[test]
    fn indices_become_names() {
        let text =
            "spec:\n  rules:\n  - host: a.b\n    http:\n      paths:\n      - path: /x\n  ports:\n  - port: 1\n  - name: http\n";
        let root = parse(text).remove(0).root.unwrap();
        assert_eq!(stable(&root, "spec.rules[0].http.paths[0].backend"), ".spec.rules[a.b].http.paths[/x].backend");
        assert_eq!(stable(&root, "spec.ports[0].port"), ".spec.ports[0].port");
        assert_eq!(stable(&root, "spec.ports[1].port"), ".spec.ports[http].port");
    }
}
