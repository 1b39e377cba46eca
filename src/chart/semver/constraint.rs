//! Constraints: constraints.go.

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Version;
use super::version::compare_prerelease;
use crate::gotemplate::print::quote;

/// The longest constraint, in bytes.
const LONGEST: usize = 512;

/// The most alternatives.
const MOST_GROUPS: usize = 32;

/// Alternatives of things that must all hold: `>= 1.2, < 2 || ~3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    groups: Vec<Group>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    parts: Vec<Part>,
    /// Whether one of them names a pre-release, so that pre-releases count.
    has_pre: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    operator: Operator,
    version: Version,
    /// The version as written.
    written: String,
    minor_dirty: bool,
    dirty: bool,
    patch_dirty: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

struct Patterns {
    part: Regex,
    range: Regex,
    find: Regex,
    valid: Regex,
}

/// Go's `\s` has no vertical tab.
#[expect(clippy::expect_used, reason = "the patterns are constants")]
static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let identifiers = r"[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*";
    let version = format!(r"v?([0-9|xX*]+)(\.[0-9|xX*]+)?(\.[0-9|xX*]+)?(-{identifiers})?(?:\+{identifiers})?");
    let bare = version.replace("([", "(?:[").replace(r"(\.", r"(?:\.").replace("(-", "(?:-");
    let (ops, s) = ("=||!=|>|<|>=|=>|<=|=<|~|~>|\\^", r"[\t\n\f\r ]");
    let make = |pattern: String| Regex::new(&pattern).expect("the pattern is sound");
    Patterns {
        part: make(format!("^{s}*({ops}){s}*({version}){s}*$")),
        range: make(format!("{s}*({bare}){s}+-{s}+({bare}){s}*")),
        find: make(format!("(?:{ops}){s}*(?:{bare})")),
        valid: make(format!("^(?:{s}*(?:{ops}){s}*(?:{bare}){s}*)(?:(?:{s}+|,{s}*)(?:{ops}){s}*(?:{bare}){s}*)*$")),
    }
});

impl Constraint {
    /// Reads a constraint. Go's `NewConstraint`.
    ///
    /// # Errors
    /// Go's sentence.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("constraint string is too long (max {LONGEST} bytes)"));
        }
        let text = rewrite_ranges(text);
        let groups: Vec<&str> = text.split("||").collect();
        if groups.len() > MOST_GROUPS {
            return Err(format!("too many constraint groups (max {MOST_GROUPS})"));
        }
        let groups = groups.into_iter().map(Group::new).collect::<Result<_, _>>()?;
        Ok(Self { groups })
    }

    /// Whether a version satisfies it.
    pub fn check(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| group.parts.iter().all(|part| part.check(version, group.has_pre).is_ok()))
    }

    /// Checks a version.
    ///
    /// # Errors
    /// Go's reasons why it does not satisfy the constraint.
    pub fn validate(&self, version: &Version) -> Result<(), Vec<String>> {
        let (mut reasons, mut told) = (Vec::new(), false);
        for group in &self.groups {
            let mut satisfied = true;
            for part in &group.parts {
                let is_pre = !group.has_pre && !version.pre.is_empty();
                if let Err(reason) = part.check(version, group.has_pre) {
                    satisfied = false;
                    if !is_pre || !told {
                        reasons.push(reason);
                    }
                    told |= is_pre;
                }
            }
            if satisfied {
                return Ok(());
            }
        }
        Err(reasons)
    }
}

impl Group {
    fn new(text: &str) -> Result<Self, String> {
        if !PATTERNS.valid.is_match(text) {
            return Err(improper(text));
        }
        let mut parts: Vec<&str> = PATTERNS.find.find_iter(text).map(|it| it.as_str()).collect();
        if parts.is_empty() {
            parts.push(text);
        }
        let parts: Vec<Part> = parts.into_iter().map(Part::new).collect::<Result<_, _>>()?;
        let has_pre = parts.iter().any(|it| !it.version.pre.is_empty());
        Ok(Self { parts, has_pre })
    }
}

impl Part {
    fn new(text: &str) -> Result<Self, String> {
        let found = PATTERNS.part.captures(text).ok_or_else(|| improper(text))?;
        let group = |index| text_of(&found, index);
        let is_open = |text: &str| matches!(text, "" | "x" | "X" | "*");
        let (major, minor, patch, pre) = (group(3), group(4), group(5), group(6));
        let (mut dirty, mut minor_dirty, mut patch_dirty) = (true, false, false);
        let version = if is_open(major) {
            format!("0.0.0{pre}")
        } else if is_open(minor.trim_start_matches('.')) {
            minor_dirty = true;
            format!("{major}.0.0{pre}")
        } else if is_open(patch.trim_start_matches('.')) {
            patch_dirty = true;
            format!("{major}{minor}.0{pre}")
        } else {
            dirty = false;
            group(2).to_owned()
        };
        let version = Version::new(&version).map_err(|_| "constraint parser error")?;
        let operator = Operator::new(group(1));
        Ok(Self { operator, version, written: group(2).to_owned(), minor_dirty, dirty, patch_dirty })
    }

    fn check(&self, version: &Version, with_pre: bool) -> Result<(), String> {
        if !version.pre.is_empty() && !with_pre {
            let version = quote(version.to_string().as_bytes());
            return Err(format!("{version} is a prerelease version and the constraint is only looking for release versions"));
        }
        let order = version.compare(&self.version);
        match self.operator {
            Operator::Equal if self.dirty => self.tilde(version, order),
            Operator::Equal => self.say(order.is_eq(), version, "is not equal to"),
            Operator::NotEqual => self.say(!self.equals(version, order), version, "is equal to"),
            Operator::Greater => self.say(self.is_below(version, order), version, "is less than or equal to"),
            Operator::Less => self.say(order.is_lt(), version, "is greater than or equal to"),
            Operator::GreaterEqual => self.say(order.is_ge(), version, "is less than"),
            Operator::LessEqual => self.say(self.reaches(version, order), version, "is greater than"),
            Operator::Tilde => self.tilde(version, order),
            Operator::Caret => self.caret(version, order),
        }
    }

    fn say(&self, holds: bool, version: &Version, what: &str) -> Result<(), String> {
        self.say_more(holds, version, what, "")
    }

    fn say_more(&self, holds: bool, version: &Version, what: &str, more: &str) -> Result<(), String> {
        if holds {
            Ok(())
        } else {
            Err(format!("{} {what} {}{more}", quote(version.to_string().as_bytes()), quote(self.written.as_bytes())))
        }
    }

    fn equals(&self, version: &Version, order: Ordering) -> bool {
        if !self.dirty {
            return order.is_eq();
        }
        if self.version.major != version.major || (self.version.minor != version.minor && !self.minor_dirty) {
            return false;
        }
        if self.minor_dirty {
            return true;
        }
        if self.version.patch != version.patch && !self.patch_dirty {
            return false;
        }
        if self.patch_dirty {
            let has_pre = !version.pre.is_empty() || !self.version.pre.is_empty();
            return !has_pre || compare_prerelease(&version.pre, &self.version.pre).is_eq();
        }
        order.is_eq()
    }

    /// Whether a version is greater than all that the constraint means.
    fn is_below(&self, version: &Version, order: Ordering) -> bool {
        if !self.dirty {
            return order.is_gt();
        }
        match version.major.cmp(&self.version.major) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal if self.minor_dirty => false,
            Ordering::Equal if self.patch_dirty => version.minor > self.version.minor,
            Ordering::Equal => order.is_gt(),
        }
    }

    /// Whether a version is not greater than all that the constraint means.
    fn reaches(&self, version: &Version, order: Ordering) -> bool {
        if !self.dirty {
            return order.is_le();
        }
        let same_major = version.major == self.version.major;
        version.major <= self.version.major && !(same_major && version.minor > self.version.minor && !self.minor_dirty)
    }

    fn tilde(&self, version: &Version, order: Ordering) -> Result<(), String> {
        let own = &self.version;
        self.say(order.is_ge(), version, "is less than")?;
        if (own.major, own.minor, own.patch) == (0, 0, 0) && !self.minor_dirty && !self.patch_dirty {
            return Ok(());
        }
        self.say(version.major == own.major, version, "does not have same major version as")?;
        let same_minor = version.minor == own.minor || self.minor_dirty;
        self.say(same_minor, version, "does not have same major and minor version as")
    }

    fn caret(&self, version: &Version, order: Ordering) -> Result<(), String> {
        let own = &self.version;
        self.say(order.is_ge(), version, "is less than")?;
        if own.major > 0 || self.minor_dirty {
            return self.say(version.major == own.major, version, "does not have same major version as");
        }
        self.say(version.major == 0, version, "does not have same major version as")?;
        if own.minor > 0 || self.patch_dirty {
            let more = ". Expected minor versions to match when constraint major version is 0";
            return self.say_more(version.minor == own.minor, version, "does not have same minor version as", more);
        }
        self.say(version.minor == 0, version, "does not have same minor version as")?;
        let more = ". Expect version and constraint to equal when major and minor versions are 0";
        self.say_more(version.patch == own.patch, version, "does not equal", more)
    }
}

impl Operator {
    fn new(text: &str) -> Self {
        match text {
            "!=" => Self::NotEqual,
            ">" => Self::Greater,
            "<" => Self::Less,
            ">=" | "=>" => Self::GreaterEqual,
            "<=" | "=<" => Self::LessEqual,
            "~" | "~>" => Self::Tilde,
            "^" => Self::Caret,
            _ => Self::Equal,
        }
    }
}

fn text_of<'a>(found: &Captures<'a>, index: usize) -> &'a str {
    found.get(index).map_or("", |it| it.as_str())
}

fn improper(text: &str) -> String {
    format!("improper constraint: {}", quote(text.as_bytes()))
}

/// Writes `1 - 2` as comparisons.
fn rewrite_ranges(text: &str) -> String {
    let mut out = text.to_owned();
    for found in PATTERNS.range.captures_iter(text) {
        let comparisons = format!(">= {}, <= {} ", text_of(&found, 1), text_of(&found, 2));
        out = out.replacen(text_of(&found, 0), &comparisons, 1);
    }
    out
}
