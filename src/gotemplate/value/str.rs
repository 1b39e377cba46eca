//! Go's strings: bytes, cheap to clone, and perhaps with marks that say which template text made which part.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use super::Taint;

/// A string. Equality, order and hash are those of its bytes.
#[derive(Clone)]
pub enum Str {
    Plain(Rc<[u8]>),
    /// What outlives a rendering: a chart's own values, constants of templates.
    Shared(Arc<[u8]>),
    Marked(Rc<Marked>),
}

/// A string and where its parts came from.
#[derive(Debug)]
pub struct Marked {
    pub bytes: Vec<u8>,
    /// In ascending order of `start`; the first at 0. A part reaches to the start of the next one.
    pub marks: Vec<Mark>,
}

/// Who made a string from `start` on (bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub start: u32,
    /// An index into a table of the rendering, and whether that is text of a template, letter by letter.
    origin: u32,
    /// Of text: how far behind the start of its origin it stands (bytes). Of a value: its taint.
    detail: u32,
}

const TEXT: u32 = 1 << 31;
const NOBODY: u32 = TEXT - 1;

impl Mark {
    /// Marks the text of a template.
    pub fn text(start: usize, origin: u32) -> Self {
        Self { start: offset(start), origin: origin | TEXT, detail: 0 }
    }

    /// Marks what an action made of values.
    pub fn value(start: usize, origin: u32, taint: Taint) -> Self {
        Self { start: offset(start), origin: origin & !TEXT, detail: taint.0 }
    }

    /// Marks what belongs to nobody: white space that a function puts before the text of a template.
    pub fn nobody(start: usize) -> Self {
        Self { start: offset(start), origin: NOBODY, detail: 0 }
    }

    pub fn is_text(self) -> bool {
        self.origin & TEXT != 0
    }

    /// Returns the number of the origin.
    pub fn origin(self) -> Option<u32> {
        (self.origin != NOBODY).then_some(self.origin & !TEXT)
    }

    /// Returns how far text stands behind the start of its origin, in bytes.
    pub fn behind(self) -> u32 {
        if self.is_text() { self.detail } else { 0 }
    }

    /// Returns what a value was made from.
    pub fn taint(self) -> Taint {
        if self.is_text() { Taint::NONE } else { Taint(self.detail) }
    }

    /// Returns the mark of what begins `cut` bytes behind this mark's start, to stand at another place.
    #[must_use]
    pub fn cut(self, cut: usize, start: usize) -> Self {
        let detail = if self.is_text() { self.detail.saturating_add(offset(cut)) } else { self.detail };
        Self { start: offset(start), detail, ..self }
    }

    /// Whether `next` says nothing that this one has not said.
    pub(super) fn covers(self, next: Self) -> bool {
        self.origin == next.origin && self.cut((next.start - self.start) as usize, 0).detail == next.detail
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Str {
    /// Makes a string with marks.
    pub fn marked(bytes: Vec<u8>, marks: Vec<Mark>) -> Self {
        if marks.is_empty() { bytes.into() } else { Self::Marked(Rc::new(Marked { bytes, marks })) }
    }

    /// Returns its marks; none for most strings.
    pub fn marks(&self) -> &[Mark] {
        match self {
            Self::Plain(_) | Self::Shared(_) => &[],
            Self::Marked(marked) => &marked.marks,
        }
    }

    /// Returns its bytes, to outlive the rendering.
    pub fn to_shared(&self) -> Arc<[u8]> {
        if let Self::Shared(bytes) = self { Arc::clone(bytes) } else { Arc::from(&**self) }
    }

    /// Returns it as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self)
    }
}

impl Deref for Str {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Plain(bytes) => bytes,
            Self::Shared(bytes) => bytes,
            Self::Marked(marked) => &marked.bytes,
        }
    }
}

impl From<&[u8]> for Str {
    fn from(bytes: &[u8]) -> Self {
        Self::Plain(bytes.into())
    }
}

impl From<Arc<[u8]>> for Str {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self::Shared(bytes)
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

impl From<Vec<u8>> for Str {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Plain(bytes.into())
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl AsRef<[u8]> for Str {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for Str {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Str {}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Str {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl Hash for Str {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text())
    }
}
