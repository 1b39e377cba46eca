//! Versions: version.go.

use std::cmp::Ordering;
use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

use crate::gotemplate::print::quote;

/// The longest version, in bytes.
const LONGEST: usize = 256;

/// A semantic version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Version {
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
    /// What follows `-`.
    pub pre: String,
    /// What follows `+`.
    pub metadata: String,
    /// As written.
    pub original: String,
}

/// `looseSemVerRegex`: leading zeros and missing parts are taken.
#[expect(clippy::expect_used, reason = "the pattern is a constant")]
static LOOSE: LazyLock<Regex> = LazyLock::new(|| {
    let identifiers = r"[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*";
    let pattern = format!(r"^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-({identifiers}))?(?:\+({identifiers}))?$");
    Regex::new(&pattern).expect("the pattern is sound")
});

impl Version {
    /// Reads a version, leniently: `v1`, `1.2` and `01.2` are versions. Go's `NewVersion`.
    ///
    /// # Errors
    /// Go's sentence.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(too_long());
        }
        let found = LOOSE.captures(text).ok_or("invalid semantic version")?;
        let part = |index| found.get(index).map_or("", |it| it.as_str());
        let number = |index| match part(index) {
            "" => Ok(0),
            digits => parse_uint(digits).map_err(|error| format!("error parsing version segment: {error}")),
        };
        let (major, minor, patch) = (number(1)?, number(2)?, number(3)?);
        let (pre, metadata) = (part(4).to_owned(), part(5).to_owned());
        if !pre.is_empty() {
            validate_prerelease(&pre)?;
        }
        if !metadata.is_empty() {
            validate_metadata(&metadata)?;
        }
        Ok(Self { major, minor, patch, pre, metadata, original: text.to_owned() })
    }

    /// Reads a version that has all its parts. Go's `StrictNewVersion`.
    ///
    /// # Errors
    /// Go's sentence.
    pub fn strict(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("version string empty".into());
        }
        if text.len() > LONGEST {
            return Err(too_long());
        }
        let mut parts = text.splitn(3, '.');
        let (Some(major), Some(minor), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("invalid semantic version".into());
        };
        let (rest, metadata) = split(rest, '+', validate_metadata)?;
        let (patch, pre) = split(rest, '-', validate_prerelease)?;
        for part in [major, minor, patch] {
            if !part.bytes().all(|it| it.is_ascii_digit()) {
                return Err("invalid characters in version".into());
            }
            if part.len() > 1 && part.starts_with('0') {
                return Err("version segment starts with 0".into());
            }
        }
        let (major, minor, patch) = (parse_uint(major)?, parse_uint(minor)?, parse_uint(patch)?);
        Ok(Self { major, minor, patch, pre, metadata, original: text.to_owned() })
    }

    /// Returns the next patch version, or the release of a pre-release.
    ///
    /// # Errors
    /// What Go panics with.
    pub fn inc_patch(&self) -> Result<Self, String> {
        let step = u64::from(self.pre.is_empty());
        let patch = self.patch.checked_add(step).ok_or("patch version increment would overflow uint64")?;
        Ok(self.next(self.major, self.minor, patch))
    }

    /// Returns the next minor version.
    ///
    /// # Errors
    /// What Go panics with.
    pub fn inc_minor(&self) -> Result<Self, String> {
        let minor = self.minor.checked_add(1).ok_or("minor version increment would overflow uint64")?;
        Ok(self.next(self.major, minor, 0))
    }

    /// Returns the next major version.
    ///
    /// # Errors
    /// What Go panics with.
    pub fn inc_major(&self) -> Result<Self, String> {
        let major = self.major.checked_add(1).ok_or("major version increment would overflow uint64")?;
        Ok(self.next(major, 0, 0))
    }

    /// Returns the version with another pre-release.
    ///
    /// # Errors
    /// Go's sentence.
    pub fn with_prerelease(&self, pre: &str) -> Result<Self, String> {
        if !pre.is_empty() {
            validate_prerelease(pre)?;
        }
        Ok(Self { pre: pre.to_owned(), ..self.clone() }.renamed(self))
    }

    /// Returns the version with other metadata.
    ///
    /// # Errors
    /// Go's sentence.
    pub fn with_metadata(&self, metadata: &str) -> Result<Self, String> {
        if !metadata.is_empty() {
            validate_metadata(metadata)?;
        }
        Ok(Self { metadata: metadata.to_owned(), ..self.clone() }.renamed(self))
    }

    fn next(&self, major: u64, minor: u64, patch: u64) -> Self {
        Self { major, minor, patch, ..Self::default() }.renamed(self)
    }

    /// Makes the written form anew, with the `v` of another version.
    fn renamed(mut self, from: &Self) -> Self {
        let prefix = if from.original.starts_with('v') { "v" } else { "" };
        self.original = format!("{prefix}{self}");
        self
    }

    /// Compares two versions; metadata does not count.
    pub fn compare(&self, other: &Self) -> Ordering {
        let numbers = |it: &Self| (it.major, it.minor, it.patch);
        numbers(self).cmp(&numbers(other)).then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => compare_prerelease(&self.pre, &other.pre),
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.pre.is_empty() {
            write!(f, "-{}", self.pre)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

fn too_long() -> String {
    format!("version string is too long (max {LONGEST} bytes)")
}

fn split(text: &str, at: char, validate: fn(&str) -> Result<(), String>) -> Result<(&str, String), String> {
    match text.split_once(at) {
        Some((rest, extra)) => validate(extra).map(|()| (rest, extra.to_owned())),
        None => Ok((text, String::new())),
    }
}

/// Go's `strconv.ParseUint` of digits.
fn parse_uint(digits: &str) -> Result<u64, String> {
    let error = if digits.is_empty() { "invalid syntax" } else { "value out of range" };
    digits.parse().map_err(|_| format!("strconv.ParseUint: parsing {}: {error}", quote(digits.as_bytes())))
}

/// `comparePrerelease`
pub(super) fn compare_prerelease(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split('.').collect(), b.split('.').collect());
    let part = |parts: &[&str], index: usize| parts.get(index).map_or_else(String::new, |it| (*it).to_owned());
    (0..a.len().max(b.len()))
        .fold(Ordering::Equal, |order, index| order.then_with(|| compare_part(&part(&a, index), &part(&b, index))))
}

fn compare_part(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if a.is_empty() || b.is_empty() {
        return a.len().cmp(&b.len());
    }
    let number = |text: &str| text.bytes().all(|it| it.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    match (number(a), number(b)) {
        (Some(a), Some(b)) if a > b => Ordering::Greater,
        (Some(_), _) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

fn validate_prerelease(text: &str) -> Result<(), String> {
    for part in text.split('.') {
        let is_number = part.bytes().all(|it| it.is_ascii_digit());
        if part.is_empty() || !is_identifier(part) {
            return Err("invalid prerelease string".into());
        }
        if is_number && part.len() > 1 && part.starts_with('0') {
            return Err("version segment starts with 0".into());
        }
    }
    Ok(())
}

fn validate_metadata(text: &str) -> Result<(), String> {
    let sound = text.split('.').all(|part| !part.is_empty() && is_identifier(part));
    if sound { Ok(()) } else { Err("invalid metadata string".into()) }
}

fn is_identifier(part: &str) -> bool {
    part.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
}
