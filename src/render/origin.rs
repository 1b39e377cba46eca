//! Which file a rendered document came from, by the comments that Helm writes: `# Source: web/templates/x.yaml`.

use std::collections::HashMap;

use serde_yaml::Value;

use super::Origin;
use crate::source::SourceTree;
use crate::untyped;

/// Returns the first line of each document (1-based) and its text without the `---` above it.
///
/// A document starts behind a line `---` at column 0 that is followed by white space or nothing; the first one, at line 1.
pub fn documents(text: &str) -> Vec<(u32, &str)> {
    let mut found = Vec::new();
    let (mut first_line, mut start, mut offset) = (1, 0, 0);
    for (line, number) in text.split_inclusive('\n').zip(1_u32..) {
        if is_separator(line) {
            found.push((first_line, &text[start..offset]));
            (first_line, start) = (number + 1, offset + line.len());
        }
        offset += line.len();
    }
    found.push((first_line, &text[start..]));
    found
}

pub(super) fn is_separator(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| rest.chars().next().is_none_or(char::is_whitespace))
}

/// Reads the origins out of a text that Helm rendered from the chart in `tree`.
///
/// A document without the comment is a further part of the file before: Helm writes a file of `crds/` as it is.
pub fn helm_origins(text: &str, tree: &SourceTree) -> Vec<Origin> {
    let mut known: HashMap<&str, String> = HashMap::new();
    let mut current: Option<&str> = None;
    let mut origins = Vec::new();
    for (line, document) in documents(text) {
        let comment = document.lines().next().and_then(|first| first.strip_prefix("# Source: "));
        current = comment.map(str::trim_end).or(current);
        if let Some(source) = current {
            let file = known.entry(source).or_insert_with(|| in_tree(source, tree)).clone();
            origins.push(Origin::new(line, file));
        }
    }
    origins
}

/// Turns Helm's name of a template into the path in the tree. Helm names a subchart by its alias or its name, whatever its folder is called.
fn in_tree(source: &str, tree: &SourceTree) -> String {
    let path = source.split_once('/').map_or(source, |(_, path)| path);
    if tree.bytes(path).is_some() {
        return path.to_owned();
    }
    let (mut prefix, mut rest) = (String::new(), path);
    while let Some((name, behind)) = rest.strip_prefix("charts/").and_then(|rest| rest.split_once('/')) {
        let folder = subchart_folder(tree, &prefix, name).unwrap_or_else(|| name.to_owned());
        prefix = format!("{prefix}charts/{folder}/");
        rest = behind;
    }
    prefix + rest
}

/// Finds the folder of a subchart in `<prefix>charts/`, by the name in its `Chart.yaml` or by its alias in the parent's.
fn subchart_folder(tree: &SourceTree, prefix: &str, name: &str) -> Option<String> {
    let named = |name: &str| {
        let folders =
            tree.paths().filter_map(|path| path.strip_prefix(prefix)?.strip_prefix("charts/")?.strip_suffix("/Chart.yaml"));
        let mut folders = folders.filter(|folder| !folder.contains('/'));
        folders
            .find(|folder| chart_name(&read(tree, &format!("{prefix}charts/{folder}/Chart.yaml"))).is_some_and(|it| it == name))
    };
    if let Some(folder) = named(name) {
        return Some(folder.to_owned());
    }
    ["Chart.yaml", "requirements.yaml"].iter().find_map(|file| {
        let value = read(tree, &format!("{prefix}{file}"));
        let dependencies = value.get("dependencies")?.as_sequence()?;
        let dependency = dependencies.iter().find(|it| it.get("alias").and_then(Value::as_str) == Some(name))?;
        named(chart_name(dependency)?).map(str::to_owned)
    })
}

fn chart_name(value: &Value) -> Option<&str> {
    value.get("name")?.as_str()
}

fn read(tree: &SourceTree, path: &str) -> Value {
    tree.text(path).map(|text| untyped::read(&text)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> SourceTree {
        let mut tree = SourceTree::default();
        for (path, text) in files {
            tree.insert(*path, text.as_bytes());
        }
        tree
    }

    fn origins(text: &str, tree: &SourceTree) -> Vec<(u32, String)> {
        helm_origins(text, tree).into_iter().map(|origin| (origin.line, origin.file)).collect()
    }

    #[test]
    fn documents_start_behind_their_separator() {
        assert_eq!(documents("a\n---\nb\n--- \n---x\nc"), [(1, "a\n"), (3, "b\n"), (5, "---x\nc")]);
        assert_eq!(documents("---\na"), [(1, ""), (2, "a")]);
        assert_eq!(documents("---\r\na"), [(1, ""), (2, "a")]);
        assert_eq!(documents(""), [(1, "")]);
    }

    #[test]
    fn comments_name_files_and_unnamed_documents_follow() {
        let text = "---\n# Source: web/crds/a.yaml\na: 1\n---\nb: 2\n---\n# Source: web/templates/x.yaml\n# Source: fake\nc: 3\n";
        let expected = [(2, "crds/a.yaml".into()), (5, "crds/a.yaml".into()), (7, "templates/x.yaml".into())];
        assert_eq!(origins(text, &SourceTree::default()), expected);
    }

    #[test]
    fn aliases_and_odd_folders_are_found() {
        let tree = tree(&[
            ("Chart.yaml", "dependencies: [{name: redis, alias: cache}]"),
            ("charts/redis-dir/Chart.yaml", "name: redis"),
            ("charts/redis-dir/requirements.yaml", "dependencies: [{name: common, alias: base}]"),
            ("charts/redis-dir/charts/common/Chart.yaml", "name: common"),
        ]);
        for (source, expected) in [
            ("web/charts/cache/templates/x.yaml", "charts/redis-dir/templates/x.yaml"),
            ("web/charts/redis/templates/x.yaml", "charts/redis-dir/templates/x.yaml"),
            ("web/charts/cache/charts/base/templates/x.yaml", "charts/redis-dir/charts/common/templates/x.yaml"),
            ("web/charts/other/templates/x.yaml", "charts/other/templates/x.yaml"),
        ] {
            assert_eq!(in_tree(source, &tree), expected);
        }
    }
}
