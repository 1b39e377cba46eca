//! Go's strings: bytes, cheap to clone, and perhaps with marks that say which template text made which part.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

/// A string. Equality, order and hash are those of its bytes.
#[derive(Clone)]
pub enum Str {
    Plain(Rc<[u8]>),
    Marked(Rc<Marked>),
}

/// A string and where its parts came from.
#[derive(Debug)]
pub struct Marked {
    pub bytes: Vec<u8>,
    /// In ascending order of `start`; the first at 0. A part reaches to the start of the next one.
    pub marks: Vec<Mark>,
}

/// From `start` on (bytes), a string was made by `origin`, an index into a table of the rendering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub start: u32,
    pub origin: u32,
}

impl Str {
    /// Makes a string with marks.
    pub fn marked(bytes: Vec<u8>, marks: Vec<Mark>) -> Self {
        if marks.is_empty() { bytes.into() } else { Self::Marked(Rc::new(Marked { bytes, marks })) }
    }

    /// Returns its marks; none for most strings.
    pub fn marks(&self) -> &[Mark] {
        match self {
            Self::Plain(_) => &[],
            Self::Marked(marked) => &marked.marks,
        }
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
            Self::Marked(marked) => &marked.bytes,
        }
    }
}

impl From<&[u8]> for Str {
    fn from(bytes: &[u8]) -> Self {
        Self::Plain(bytes.into())
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
