//! In-memory source trees: what a target consists of, read once by the `os` layer.
//!
//! Everything above sees files only through a [`SourceTree`]; it knows no file system.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The files of one target, by path relative to its root, with `/` as separator.
#[derive(Debug, Clone, Default)]
pub struct SourceTree {
    files: BTreeMap<String, Arc<[u8]>>,
}

impl SourceTree {
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Arc<[u8]>>) {
        self.files.insert(path.into(), bytes.into());
    }

    /// Returns a file's bytes.
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(AsRef::as_ref)
    }

    /// Returns a file's text; invalid UTF-8 is replaced.
    pub fn text(&self, path: &str) -> Option<Cow<'_, str>> {
        self.bytes(path).map(String::from_utf8_lossy)
    }

    /// Returns all files, sorted by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_ref()))
    }

    /// Returns the paths of all files, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Whether there is no file at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// The most values that a rendering may hold: to read one takes about a hundred bytes.
pub const VALUES_LIMIT: usize = 2_500_000;

/// The most values that a file of values or settings may hold.
pub const SETTINGS_LIMIT: usize = 1_000_000;

/// Whether a YAML text may hold more values than that: each one needs a character of its own to set it apart, but not each
/// such character does so. Told without parsing, which takes a multiple of the text's memory.
pub fn may_hold_more(text: &str, limit: usize) -> bool {
    let sets_apart = |it: &u8| matches!(it, b',' | b'[' | b'{' | b':' | b'-' | b'?' | b'\n');
    text.len() > limit && text.bytes().filter(sets_apart).count() > limit
}

/// Joins two `/`-separated paths; `.` and the empty path vanish.
pub fn join(base: &str, rest: &str) -> String {
    match (base.trim_end_matches('/'), rest) {
        ("" | ".", rest) if !base.starts_with('/') => rest.to_owned(),
        (base, "" | ".") => base.to_owned(),
        (base, rest) => format!("{base}/{rest}"),
    }
}

/// Folds `a/../b` to `b` where that is possible, and drops `.`.
pub fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("..", Some(&last)) if last != ".." && !last.is_empty() => _ = parts.pop(),
            (".", _) => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_without_parsing() {
        for (text, values) in [("[a,b,c]", 3), ("- - - x", 3), ("a: 1\nb: 2\n", 4), ("plain text", 0)] {
            assert!(
                may_hold_more(text, values - usize::from(values > 0)) == (values > 0) && !may_hold_more(text, values),
                "{text}"
            );
        }
    }

    #[test]
    fn parent_folders_are_folded() {
        for (path, expected) in [
            ("overlays/prod/../../base/x.yaml", "base/x.yaml"),
            ("../a/./x.yaml", "../a/x.yaml"),
            ("../../x.yaml", "../../x.yaml"),
            ("/tmp/a/../b", "/tmp/b"),
            ("/../b", "/../b"),
        ] {
            assert_eq!(normalize(path), expected, "{path}");
        }
    }
}
