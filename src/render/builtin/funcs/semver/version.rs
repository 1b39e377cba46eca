//! Versions and their order: Masterminds/semver's version.go.

use std::cmp::Ordering;
use std::fmt;

use crate::gotemplate::func::Error;

/// A version; what was not written of it is 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Version {
    pub(super) major: u64,
    pub(super) minor: u64,
    pub(super) patch: u64,
    pub(super) pre: String,
    pub(super) metadata: String,
    /// What was read.
    pub(super) original: String,
}

impl Version {
    /// `NewVersion`: a leading `v`, missing parts and leading zeros are fine.
    pub(super) fn parse(text: &[u8]) -> Result<Self, Error> {
        const MAX: usize = 256;
        if text.len() > MAX {
            return Err(Error::new(format!("version string is too long (max {MAX} bytes)")));
        }
        let invalid = || Error::new("invalid semantic version");
        let text = std::str::from_utf8(text).map_err(|_| invalid())?;
        let (major, mut rest) = split_run(text.strip_prefix('v').unwrap_or(text), |it| it.is_ascii_digit());
        let mut numbers = [major, "", ""];
        for number in &mut numbers[1..] {
            (*number, rest) = after(rest, '.', |it| split_run(it, |it| it.is_ascii_digit()));
        }
        let (pre, rest) = after(rest, '-', identifiers);
        let (metadata, rest) = after(rest, '+', identifiers);
        if major.is_empty() || !rest.is_empty() {
            return Err(invalid());
        }
        let [major, minor, patch] = numbers.map(number);
        let (major, minor, patch) = (major?, minor?, patch?);
        if pre.split('.').any(|it| it.len() > 1 && it.starts_with('0') && it.bytes().all(|it| it.is_ascii_digit())) {
            return Err(Error::new("version segment starts with 0"));
        }
        Ok(Self { major, minor, patch, pre: pre.into(), metadata: metadata.into(), original: text.into() })
    }

    /// Compares as semver does; metadata does not count.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let numbers = |it: &Self| [it.major, it.minor, it.patch];
        let by_pre = || match (self.pre.is_empty(), other.pre.is_empty()) {
            (false, false) => compare_pre(&self.pre, &other.pre),
            (ours, theirs) => ours.cmp(&theirs),
        };
        numbers(self).cmp(&numbers(other)).then_with(by_pre)
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

/// Splits a text after the characters that pass a test.
pub(super) fn split_run(text: &str, goes_on: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|it| !goes_on(it)).unwrap_or(text.len()))
}

/// Splits off what comes after `sign`; nothing, sign included, if it is empty.
pub(super) fn after(text: &str, sign: char, split: impl Fn(&str) -> (&str, &str)) -> (&str, &str) {
    match text.strip_prefix(sign).map(split) {
        Some((found, rest)) if !found.is_empty() => (found, rest),
        _ => ("", text),
    }
}

/// Splits off identifiers with dots between them.
pub(super) fn identifiers(text: &str) -> (&str, &str) {
    let is_identifier = |it: char| it.is_ascii_alphanumeric() || it == '-';
    let mut end = split_run(text, is_identifier).0.len();
    while end > 0 {
        let next = text[end..].strip_prefix('.').map_or(0, |it| split_run(it, is_identifier).0.len());
        if next == 0 {
            break;
        }
        end += 1 + next;
    }
    text.split_at(end)
}

fn number(digits: &str) -> Result<u64, Error> {
    if digits.is_empty() {
        return Ok(0);
    }
    let big = |_| Error::new(format!("strconv.ParseUint: parsing \"{digits}\": value out of range"));
    digits.parse().map_err(big).map_err(|it| Error::wrap("error parsing version segment", it))
}

/// Compares the identifiers of two prereleases, one by one; a number is less than a word.
pub(super) fn compare_pre(a: &str, b: &str) -> Ordering {
    let (mut ours, mut theirs) = (a.split('.'), b.split('.'));
    loop {
        let order = match (ours.next(), theirs.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => compare_part(a.unwrap_or(""), b.unwrap_or("")),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn compare_part(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if a.is_empty() || b.is_empty() {
        return b.is_empty().cmp(&a.is_empty());
    }
    match (a.parse::<u64>(), b.parse::<u64>()) {
        // Numbers that are written differently are never equal to it.
        (Ok(a), Ok(b)) => {
            if a > b {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}
