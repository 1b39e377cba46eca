//! Edits of a tree: applied together or not at all.

use std::collections::BTreeMap;

use crate::finding::Edit;
use crate::source::SourceTree;

/// Returns a tree with edits applied; `None` where two overlap, or one is not within its file.
pub fn applied(tree: &SourceTree, edits: &[Edit]) -> Option<SourceTree> {
    let mut by_file: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        by_file.entry(edit.file.as_str()).or_default().push(edit);
    }
    let mut out = tree.clone();
    for (file, edits) in by_file {
        let bytes = edited(tree.bytes(file)?, edits)?;
        out.insert(file, bytes);
    }
    Some(out)
}

/// Returns a file's bytes with edits applied; equal ones count once.
fn edited(bytes: &[u8], mut edits: Vec<&Edit>) -> Option<Vec<u8>> {
    edits.sort_by_key(|it| (it.start, it.end));
    edits.dedup();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for edit in edits {
        out.extend_from_slice(bytes.get(at..edit.start)?);
        bytes.get(edit.start..edit.end)?;
        out.extend_from_slice(edit.text.as_bytes());
        at = edit.end;
    }
    out.extend_from_slice(bytes.get(at..)?);
    Some(out)
}

/// Whether two edits cannot both be made: they touch the same bytes and are not the same.
pub fn overlap(one: &Edit, other: &Edit) -> bool {
    let apart = one.file != other.file || one.end < other.start || other.end < one.start;
    let neighbours = one.file == other.file && (one.end == other.start || other.end == one.start) && one.start != other.start;
    !apart && !neighbours && one != other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { file: "a".into(), start, end, text: text.into() }
    }

    #[test]
    fn edits_are_made_together() {
        let mut tree = SourceTree::default();
        tree.insert("a", &b"port: 80\r\nname: x\r\n"[..]);
        let made = applied(&tree, &[edit(16, 17, "y"), edit(6, 8, "8080"), edit(6, 8, "8080")]).unwrap();
        assert_eq!(made.bytes("a").unwrap(), b"port: 8080\r\nname: y\r\n");
        assert!(applied(&tree, &[edit(6, 8, "1"), edit(7, 9, "2")]).is_none());
        assert!(applied(&tree, &[edit(90, 91, "1")]).is_none());
    }

    #[test]
    fn overlaps_are_told() {
        assert!(overlap(&edit(6, 8, "1"), &edit(7, 9, "2")));
        assert!(overlap(&edit(6, 6, "1"), &edit(6, 8, "2")));
        assert!(!overlap(&edit(6, 8, "1"), &edit(6, 8, "1")));
        assert!(!overlap(&edit(6, 8, "1"), &edit(8, 9, "2")));
    }
}
