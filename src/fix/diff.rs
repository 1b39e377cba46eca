//! Unified diffs, as `git apply` and `patch -p1` take them.

use similar::TextDiff;

use crate::source::SourceTree;
use crate::target::Target;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// Returns the diff from one tree of a target to another, files in order. Empty where nothing differs.
pub fn unified(target: &Target, old: &SourceTree, new: &SourceTree) -> String {
    let mut out = String::new();
    for (file, after) in new.files() {
        let before = old.bytes(file).unwrap_or_default();
        if before == after {
            continue;
        }
        let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
        let shown = target.shown(file);
        let diff = TextDiff::from_lines(before.as_ref(), after.as_ref());
        let text = diff.unified_diff().context_radius(CONTEXT).header(&format!("a/{shown}"), &format!("b/{shown}")).to_string();
        out.push_str(&text);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::target::TargetKind;

    #[test]
    fn diffs_name_files_as_shown_and_keep_line_ends() {
        let mut tree = SourceTree::default();
        tree.insert("templates/a.yaml", &b"a: 1\r\nb: 2"[..]);
        let mut new = tree.clone();
        new.insert("templates/a.yaml", &b"a: 2\r\nb: 2"[..]);
        let (path, kind, root) = ("charts/web".to_owned(), TargetKind::Helm, PathBuf::new());
        let target = Target { path, repo_path: String::new(), kind, root, tree: tree.clone() };
        let want = "--- a/charts/web/templates/a.yaml\n+++ b/charts/web/templates/a.yaml\n@@ -1,2 +1,2 @@\n-a: 1\r\n+a: 2\r\n b: 2\n\\ No newline at end of file\n";
        assert_eq!(unified(&target, &tree, &new), want);
        assert_eq!(unified(&target, &tree, &tree), "");
    }
}
