//! In-memory source trees: what a target consists of, read once by the `os` layer.
//!
//! Everything above sees files only through a [`SourceTree`]; it knows no file system.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The files of one target, by path relative to its root, with `/` as separator.
#[derive(Debug, Clone, Default)]
pub struct SourceTree {
    files: BTreeMap<String, Arc<[u8]>>,
    derived: Derived,
}

type Known = HashMap<(TypeId, String), Arc<dyn Any + Send + Sync>>;

/// What was made of files. A copy of a tree, which may be changed, starts anew.
#[derive(Default)]
struct Derived(Mutex<Known>);

impl Clone for Derived {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Derived").finish_non_exhaustive()
    }
}

/// A file's text, with the places of its lines.
#[derive(Debug)]
pub struct FileText {
    pub text: String,
    pub lines: Lines,
}

/// Where the lines of a text start.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// Looks for the lines of a text.
    pub fn new(text: &str) -> Self {
        let behind = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
        Self { starts: std::iter::once(0).chain(behind).collect() }
    }

    /// Returns a line of that text, from 1, without its end.
    pub fn line<'a>(&self, text: &'a str, number: u32) -> Option<&'a str> {
        self.from(text, number).next()
    }

    /// Returns the lines of that text from the one with this number on, as [`str::lines`] does.
    pub fn from<'a>(&self, text: &'a str, number: u32) -> std::str::Lines<'a> {
        let start = (number as usize).checked_sub(1).and_then(|it| self.starts.get(it));
        start.and_then(|it| text.get(*it as usize..)).unwrap_or_default().lines()
    }
}

impl SourceTree {
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Arc<[u8]>>) {
        self.files.insert(path.into(), bytes.into());
        self.derived = Derived::default();
    }

    /// Returns what `make` makes of this tree, which may be asked for many times and is kept: one value for each type and key.
    pub fn derived<T: Any + Send + Sync>(&self, key: &str, make: impl FnOnce() -> T) -> Arc<T> {
        let at = (TypeId::of::<T>(), key.to_owned());
        let known = |all: &Known| all.get(&at).and_then(|it| Arc::clone(it).downcast().ok());
        if let Some(known) = known(&self.derived.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return known;
        }
        let new = Arc::new(make());
        self.derived.0.lock().unwrap_or_else(PoisonError::into_inner).insert(at, Arc::<T>::clone(&new));
        new
    }

    /// Returns a file's text with its lines, read once.
    pub fn lines(&self, path: &str) -> Option<Arc<FileText>> {
        let bytes = self.bytes(path)?;
        Some(self.derived(path, || {
            let text = String::from_utf8_lossy(bytes).into_owned();
            FileText { lines: Lines::new(&text), text }
        }))
    }

    /// Returns a path as it is kept.
    pub fn own_path(&self, path: &str) -> Option<&str> {
        self.files.get_key_value(path).map(|(path, _)| path.as_str())
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
    pub fn paths(&self) -> impl DoubleEndedIterator<Item = &str> {
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
    fn lines_are_those_of_the_text() {
        for text in ["", "a", "a\n", "a\r\nb\n\nc", "\n\n", "é\nb"] {
            let lines = Lines::new(text);
            let all: Vec<&str> = text.lines().collect();
            for (number, line) in (1..).zip(&all) {
                assert_eq!(lines.line(text, number), Some(*line), "{text:?}");
            }
            assert_eq!(lines.from(text, 1).collect::<Vec<_>>(), all);
            assert_eq!((lines.line(text, 0), lines.line(text, 9)), (None, None));
        }
    }

    #[test]
    fn what_is_derived_follows_the_files() {
        let mut tree = SourceTree::default();
        tree.insert("a", &b"one\ntwo"[..]);
        assert!(Arc::ptr_eq(&tree.lines("a").unwrap(), &tree.lines("a").unwrap()));
        let copy = tree.clone();
        tree.insert("a", &b"three"[..]);
        assert_eq!(tree.lines("a").unwrap().text, "three");
        assert_eq!(copy.lines("a").unwrap().text, "one\ntwo");
        assert!(tree.lines("b").is_none());
    }

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
