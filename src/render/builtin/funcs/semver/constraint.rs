//! Constraints: Masterminds/semver's constraints.go, whose regular expressions are followed by hand.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::version::{Version, after, compare_pre, identifiers, split_run};
use crate::gotemplate::func::Error;
use crate::gotemplate::print::quote;

/// Alternatives of constraints that must all hold.
#[derive(Debug)]
pub(super) struct Constraints(Vec<Vec<Constraint>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

/// What a version is compared with.
#[derive(Debug)]
struct Constraint {
    op: Op,
    version: Version,
    /// Which part was left out or an `x`: none, all, from the minor or from the patch version on.
    open: Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    No,
    Major,
    Minor,
    Patch,
}

const OPS: [(&str, Op); 12] = [
    ("!=", Op::NotEqual),
    (">=", Op::GreaterEqual),
    ("=>", Op::GreaterEqual),
    ("<=", Op::LessEqual),
    ("=<", Op::LessEqual),
    ("~>", Op::Tilde),
    ("=", Op::Equal),
    (">", Op::Greater),
    ("<", Op::Less),
    ("~", Op::Tilde),
    ("^", Op::Caret),
    ("", Op::Equal),
];

/// The white space of Go's regular expressions.
fn is_space(it: char) -> bool {
    matches!(it, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

impl Constraints {
    /// `NewConstraint`.
    pub(super) fn parse(text: &[u8]) -> Result<Self, Error> {
        const MAX: usize = 512;
        const MAX_GROUPS: usize = 32;
        if text.len() > MAX {
            return Err(Error::new(format!("constraint string is too long (max {MAX} bytes)")));
        }
        let improper = |it: &[u8]| Error::new(format!("improper constraint: {}", quote(it)));
        let Ok(text) = std::str::from_utf8(text) else {
            let bad = text.split(|it| *it == b'|').find(|it| std::str::from_utf8(it).is_err());
            return Err(improper(bad.unwrap_or(text)));
        };
        let text = rewrite_ranges(text);
        let groups: Vec<_> = text.split("||").collect();
        if groups.len() > MAX_GROUPS {
            return Err(Error::new(format!("too many constraint groups (max {MAX_GROUPS})")));
        }
        let parsed = groups.iter().map(|it| group(it).ok_or_else(|| improper(it.as_bytes()))?.into_iter().collect());
        parsed.collect::<Result<_, _>>().map(Self)
    }

    /// Whether a version satisfies one of the alternatives. A prerelease needs one that names a prerelease.
    pub(super) fn allow(&self, version: &Version) -> bool {
        self.0.iter().any(|group| {
            let with_pre = version.pre.is_empty() || group.iter().any(|it| !it.version.pre.is_empty());
            with_pre && group.iter().all(|it| it.allows(version))
        })
    }
}

/// Reads constraints with white space or a comma between them. `None` if that is not what the text is.
fn group(text: &str) -> Option<Vec<Result<Constraint, Error>>> {
    let mut constraints = Vec::new();
    let mut rest = text;
    loop {
        let spaced = rest.trim_start_matches(is_space);
        let (name, op) = OPS.iter().find(|it| spaced.starts_with(it.0))?;
        let (constraint, more) = constraint(*op, spaced[name.len()..].trim_start_matches(is_space))?;
        constraints.push(constraint);
        let next = more.trim_start_matches(is_space);
        if next.is_empty() {
            return Some(constraints);
        }
        rest = match next.strip_prefix(',') {
            Some(next) => next,
            None if next.len() < more.len() => next,
            None => return None,
        };
    }
}

/// Splits off a number or what stands for any.
fn part(text: &str) -> (&str, &str) {
    split_run(text, |it| it.is_ascii_digit() || matches!(it, '|' | 'x' | 'X' | '*'))
}

/// Reads a version in which parts may be `x`.
fn constraint(op: Op, text: &str) -> Option<(Result<Constraint, Error>, &str)> {
    let prefix = if text.starts_with('v') { "v" } else { "" };
    let (major, rest) = part(&text[prefix.len()..]);
    let (minor, rest) = after(rest, '.', part);
    let (patch, rest) = after(rest, '.', part);
    let (pre, rest) = after(rest, '-', identifiers);
    let (metadata, rest) = after(rest, '+', identifiers);
    if major.is_empty() {
        return None;
    }
    let is_open = |it| matches!(it, "" | "x" | "X" | "*");
    let pre = if pre.is_empty() { String::new() } else { format!("-{pre}") };
    let (open, version) = if is_open(major) {
        (Open::Major, format!("0.0.0{pre}"))
    } else if is_open(minor) {
        (Open::Minor, format!("{major}.0.0{pre}"))
    } else if is_open(patch) {
        (Open::Patch, format!("{major}.{minor}.0{pre}"))
    } else {
        let metadata = if metadata.is_empty() { String::new() } else { format!("+{metadata}") };
        (Open::No, format!("{prefix}{major}.{minor}.{patch}{pre}{metadata}"))
    };
    let version = Version::parse(version.as_bytes()).map_err(|_| Error::new("constraint parser error"));
    Some((version.map(|version| Constraint { op, version, open }), rest))
}

impl Constraint {
    fn allows(&self, it: &Version) -> bool {
        let con = &self.version;
        let order = it.compare(con);
        match self.op {
            Op::Equal if self.open == Open::No => order.is_eq(),
            Op::Equal | Op::Tilde => order.is_ge() && self.tilde(it),
            Op::NotEqual => self.differs(it),
            Op::Greater => match self.open {
                _ if self.open != Open::No && it.major != con.major => it.major > con.major,
                Open::Minor => false,
                Open::Patch => it.minor > con.minor,
                Open::No | Open::Major => order.is_gt(),
            },
            Op::Less => order.is_lt(),
            Op::GreaterEqual => order.is_ge(),
            Op::LessEqual if self.open == Open::No => order.is_le(),
            Op::LessEqual => it.major < con.major || it.major == con.major && (it.minor <= con.minor || self.open == Open::Minor),
            Op::Caret => order.is_ge() && self.caret(it),
        }
    }

    fn tilde(&self, it: &Version) -> bool {
        let con = &self.version;
        let any = con.major == 0 && con.minor == 0 && con.patch == 0 && !matches!(self.open, Open::Minor | Open::Patch);
        any || it.major == con.major && (it.minor == con.minor || self.open == Open::Minor)
    }

    fn caret(&self, it: &Version) -> bool {
        let con = &self.version;
        if con.major > 0 || self.open == Open::Minor {
            return it.major == con.major;
        }
        if it.major > 0 {
            return false;
        }
        if con.minor > 0 || self.open == Open::Patch {
            return it.minor == con.minor;
        }
        it.minor == 0 && it.patch == con.patch
    }

    fn differs(&self, it: &Version) -> bool {
        let con = &self.version;
        if self.open != Open::No {
            if it.major != con.major || it.minor != con.minor && self.open != Open::Minor {
                return true;
            }
            if self.open == Open::Minor {
                return false;
            }
            if it.patch != con.patch && self.open != Open::Patch {
                return true;
            }
            if self.open == Open::Patch {
                return compare_pre(&it.pre, &con.pre).is_ne();
            }
        }
        it.compare(con).is_ne()
    }
}

/// Makes comparisons of ranges: `1.2 - 1.4` is `>= 1.2, <= 1.4 `.
fn rewrite_ranges(text: &str) -> Cow<'_, str> {
    static RANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let version = r"v?[0-9|xX*]+(?:\.[0-9|xX*]+)?(?:\.[0-9|xX*]+)?(?:-[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*)?(?:\+[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*)?";
        let space = r"[\t\n\x0c\r ]";
        Regex::new(&format!("{space}*({version}){space}+-{space}+({version}){space}*")).ok()
    });
    let has_range = text.as_bytes().windows(2).any(|it| is_space(char::from(it[0])) && it[1] == b'-');
    match &*RANGE {
        Some(range) if has_range => {
            let found: Vec<_> = range.captures_iter(text).collect();
            let mut rewritten = Cow::Borrowed(text);
            for found in found {
                let text_of = |group| Captures::get(&found, group).map_or("", |it| it.as_str());
                let comparison = format!(">= {}, <= {} ", text_of(1), text_of(2));
                rewritten = Cow::Owned(rewritten.replacen(text_of(0), &comparison, 1));
            }
            rewritten
        }
        _ => Cow::Borrowed(text),
    }
}
