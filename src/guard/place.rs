//! Where a guard is included: a template that is always executed, at its top, outside of any `if`.

use std::collections::BTreeSet;

use super::emit::Names;
use crate::kube::Manifest;
use crate::source::SourceTree;

/// Chooses the file from those that render something by default: the Service's first, for people look there.
/// Helm executes every template but partials, so any would do.
pub fn choose(tree: &SourceTree, manifest: &Manifest) -> Option<String> {
    let hook = |it: &&crate::kube::Resource| it.annotation("helm.sh/hook").is_some();
    let file = |it: &crate::kube::Resource| it.source.as_ref().map(|it| it.file.clone());
    let hooks: BTreeSet<String> = manifest.resources.iter().filter(hook).filter_map(file).collect();
    let of_kind = |kind: Option<&str>| {
        let resources = manifest.resources.iter().filter(|it| kind.is_none_or(|kind| it.subject.kind == kind));
        resources.filter_map(file).find(|it| is_plain(it) && !hooks.contains(it) && tree.bytes(it).is_some())
    };
    let rendered = of_kind(Some("Service")).or_else(|| of_kind(Some("Deployment"))).or_else(|| of_kind(None));
    rendered.or_else(|| tree.paths().find(|it| is_plain(it)).map(str::to_owned))
}

/// Whether it is a template of the chart itself that renders objects.
fn is_plain(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.strip_prefix("templates/").is_some_and(|it| !it.starts_with("tests/"))
        && !name.starts_with('_')
        && [".yaml", ".yml"].iter().any(|it| name.ends_with(it))
}

/// Returns the tree with the guard in it, and included, with the line ends that the files have.
pub fn guarded(tree: &SourceTree, guard: &str, names: &Names) -> SourceTree {
    let mut tree = tree.clone();
    let helpers = tree.text(&names.helpers).unwrap_or_default().into_owned();
    let at = names.at.filter(|it| helpers.is_char_boundary(*it)).unwrap_or(helpers.len());
    let (before, after) = helpers.split_at(at);
    let end = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let new = [before, &as_in(&helpers, end), &as_in(&helpers, guard), after].concat();
    tree.insert(names.helpers.clone(), new.into_bytes());
    let old = tree.bytes(&names.file).unwrap_or_default().to_vec();
    let include = as_in(&String::from_utf8_lossy(&old), &format!("{}\n", names.include()));
    tree.insert(names.file.clone(), [include.as_bytes(), &old].concat());
    tree
}

/// Gives a text the line ends of another.
fn as_in(text: &str, new: &str) -> String {
    if text.contains("\r\n") { new.replace('\n', "\r\n") } else { new.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::{SourceRef, read};

    #[test]
    fn a_service_that_is_no_hook_comes_first() {
        let text = "kind: Service\nmetadata:\n  annotations: {helm.sh/hook: test}\n---\nkind: ConfigMap\n---\nkind: Service\n";
        let files = ["templates/a.yaml", "templates/b.yaml", "templates/c.yaml"];
        let mut tree = SourceTree::default();
        for file in files {
            tree.insert(file, Vec::new());
        }
        let lines = [1, 5, 7];
        let source = |line: u32| {
            let at = lines.iter().position(|it| *it == line)?;
            Some(SourceRef { file: files[at].into(), line, line_in_file: None })
        };
        let manifest = read(crate::yaml::parse(text), "default", &source);
        assert_eq!(manifest.resources.iter().filter(|it| it.source.is_some()).count(), 3);
        assert_eq!(choose(&tree, &manifest).as_deref(), Some("templates/c.yaml"));
        assert_eq!(choose(&tree, &Manifest::default()).as_deref(), Some("templates/a.yaml"));
    }

    #[test]
    fn partials_tests_and_subcharts_are_no_place() {
        for path in ["templates/_x.yaml", "templates/tests/x.yaml", "charts/db/templates/x.yaml", "templates/NOTES.txt"] {
            assert!(!is_plain(path), "{path}");
        }
    }
}
