//! Field paths: `spec.ports[0].port`, `metadata.labels["app.kubernetes.io/name"]`.

use crate::yaml::Node;

/// One step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// Splits a path; `None` when it is none.
pub(crate) fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let (key, behind) = quoted.split_once("\"]")?;
            steps.push(Step::Key(key));
            rest = behind;
        } else if let Some(index) = rest.strip_prefix('[') {
            let (index, behind) = index.split_once(']')?;
            steps.push(Step::Index(index.parse().ok()?));
            rest = behind;
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            steps.push(Step::Key(&rest[..end]));
            rest = &rest[end..];
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    Some(steps)
}

/// Follows steps.
pub(crate) fn walk<'a>(root: &'a Node, steps: &[Step<'_>]) -> Option<&'a Node> {
    steps.iter().try_fold(root, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Index(index) => node.items().get(*index),
    })
}

#[cfg(test)]
mod tests {
    use super::Step::{Index, Key};
    use super::*;

    #[test]
    fn paths_are_split() {
        for (path, want) in [
            ("spec.ports[0].port", Some(vec![Key("spec"), Key("ports"), Index(0), Key("port")])),
            ("spec.selector[\"a.b/c\"]", Some(vec![Key("spec"), Key("selector"), Key("a.b/c")])),
            ("a[\"b.c\"].d[1]", Some(vec![Key("a"), Key("b.c"), Key("d"), Index(1)])),
            ("", Some(vec![])),
            ("a[x]", None),
            ("a[\"b", None),
        ] {
            assert_eq!(steps(path), want, "{path}");
        }
    }
}
