//! Finding, splitting and replacing: Go's regexp.go.

use std::borrow::Cow;

use regex_automata::Input;
use regex_automata::meta::{Config, Regex};
use regex_automata::util::captures::Captures;

use super::syntax;
use crate::gotemplate::func::Error;
use crate::gotemplate::print::{is_digit, is_letter};

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Regexp {
    regex: Regex,
    /// Names of groups, by their number; empty where there is none.
    names: Vec<String>,
    is_empty: bool,
}

/// Told the number of matches so far, and the bytes made: says whether to go on.
pub(super) type GoOn<'f> = &'f mut dyn FnMut(usize, usize) -> Result<(), Error>;

/// The most that the program of one pattern may take. Go counts instructions instead.
const SIZE_LIMIT: usize = 64 << 20;

/// A text in which each byte that is no UTF-8 is replaced, which is how Go matches it.
struct Haystack<'t> {
    original: &'t [u8],
    text: Cow<'t, str>,
    /// For each offset into `text` that into `original`, if they differ.
    offsets: Option<Vec<usize>>,
}

impl<'t> Haystack<'t> {
    fn new(original: &'t [u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(original) {
            return Self { original, text: text.into(), offsets: None };
        }
        let (mut text, mut offsets, mut at) = (String::new(), Vec::new(), 0);
        for chunk in original.utf8_chunks() {
            text.push_str(chunk.valid());
            offsets.extend(at..at + chunk.valid().len());
            at += chunk.valid().len();
            for _ in chunk.invalid() {
                text.push('\u{fffd}');
                offsets.extend([at; 3]);
                at += 1;
            }
        }
        offsets.push(at);
        Self { original, text: text.into(), offsets: Some(offsets) }
    }

    /// Returns the original of a part.
    fn get(&self, start: usize, end: usize) -> &'t [u8] {
        let offset = |at: usize| self.offsets.as_ref().map_or(at, |offsets| offsets.get(at).copied().unwrap_or(usize::MAX));
        self.original.get(offset(start)..offset(end)).unwrap_or_default()
    }

    fn len(&self) -> usize {
        self.text.len()
    }

    /// Returns the length of the character at an offset; 0 at the end.
    fn width(&self, at: usize) -> usize {
        self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    }
}

impl Regexp {
    pub(super) fn new(pattern: &[u8]) -> Result<Self, String> {
        let parsed = syntax::parse(pattern).map_err(|error| error.to_string())?;
        let config = Config::new().nfa_size_limit(Some(SIZE_LIMIT));
        let regex = Regex::builder().configure(config).build_from_hir(&parsed.hir);
        let regex = regex.map_err(|_| syntax::too_large(pattern).to_string())?;
        Ok(Self { regex, names: parsed.names, is_empty: pattern.is_empty() })
    }

    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        self.regex.is_match(&*Haystack::new(text).text)
    }

    /// Returns the first match; empty if there is none.
    pub(super) fn find<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let haystack = Haystack::new(text);
        self.regex.find(&*haystack.text).map_or(&[], |found| haystack.get(found.start(), found.end()))
    }

    /// Returns the matches, at most `limit` if that is not negative.
    pub(super) fn find_all<'t>(&self, text: &'t [u8], limit: i64, go_on: GoOn<'_>) -> Result<Vec<&'t [u8]>, Error> {
        let haystack = Haystack::new(text);
        Ok(self.all(&haystack, limit, go_on)?.into_iter().map(|(start, end)| haystack.get(start, end)).collect())
    }

    /// Go's `allMatches`: an empty match right behind another one does not count.
    fn all(&self, haystack: &Haystack<'_>, limit: i64, go_on: GoOn<'_>) -> Result<Vec<(usize, usize)>, Error> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let (mut at, mut previous_end, mut matches) = (0, None, Vec::new());
        while matches.len() < limit && at <= haystack.len() {
            let Some(found) = self.regex.find(Input::new(&*haystack.text).range(at..)) else { break };
            let (start, end) = (found.start(), found.end());
            let is_accepted = end != at || Some(start) != previous_end;
            at = if end == at { end + haystack.width(at).max(1) } else { end };
            previous_end = Some(end);
            if is_accepted {
                matches.push((start, end));
                go_on(matches.len(), 0)?;
            }
        }
        Ok(matches)
    }

    /// Returns the parts between matches, at most `limit` if that is not negative; `None` if it is 0.
    pub(super) fn split<'t>(&self, text: &'t [u8], limit: i64, go_on: GoOn<'_>) -> Result<Option<Vec<&'t [u8]>>, Error> {
        if limit == 0 {
            return Ok(None);
        }
        if !self.is_empty && text.is_empty() {
            return Ok(Some(vec![text]));
        }
        let haystack = Haystack::new(text);
        let (mut start, mut end, mut parts) = (0, 0, Vec::new());
        for found in self.all(&haystack, limit, go_on)? {
            if usize::try_from(limit).is_ok_and(|limit| parts.len() + 1 >= limit) {
                break;
            }
            end = found.0;
            if found.1 != 0 {
                parts.push(haystack.get(start, end));
            }
            start = found.1;
        }
        if end != haystack.len() {
            parts.push(haystack.get(start, haystack.len()));
        }
        Ok(Some(parts))
    }

    /// Replaces all matches. `$name` and `${name}` stand for groups, unless the replacement is literal.
    pub(super) fn replace_all(
        &self,
        text: &[u8],
        replacement: &[u8],
        is_literal: bool,
        go_on: GoOn<'_>,
    ) -> Result<Vec<u8>, Error> {
        let haystack = Haystack::new(text);
        let mut captures = self.regex.create_captures();
        let (mut out, mut copied, mut at, mut count) = (Vec::new(), 0, 0, 0);
        while at <= haystack.len() {
            self.regex.search_captures(&Input::new(&*haystack.text).range(at..), &mut captures);
            let Some(found) = captures.get_match() else { break };
            let (start, end) = (found.start(), found.end());
            out.extend_from_slice(haystack.get(copied, start));
            // not for an empty match right behind another one
            if end > copied || start == 0 {
                if is_literal {
                    out.extend_from_slice(replacement);
                } else {
                    self.expand(&mut out, replacement, &haystack, &captures);
                }
            }
            count += 1;
            go_on(count, out.len())?;
            copied = end;
            let width = haystack.width(at);
            at = if at + width > end { at + width } else { end.max(at + usize::from(at + 1 > end)) };
        }
        out.extend_from_slice(haystack.get(copied, haystack.len()));
        Ok(out)
    }

    /// Go's `expand`.
    fn expand(&self, out: &mut Vec<u8>, mut template: &[u8], haystack: &Haystack<'_>, captures: &Captures) {
        while let Some(dollar) = template.iter().position(|byte| *byte == b'$') {
            out.extend_from_slice(&template[..dollar]);
            template = &template[dollar + 1..];
            if let Some(rest) = template.strip_prefix(b"$") {
                out.push(b'$');
                template = rest;
                continue;
            }
            let Some((name, rest)) = group_name(template) else {
                out.push(b'$');
                continue;
            };
            template = rest;
            let span = match group_number(name) {
                Some(number) => captures.get_group(number),
                None => self.named(name).find_map(|index| captures.get_group(index)),
            };
            if let Some(span) = span {
                out.extend_from_slice(haystack.get(span.start, span.end));
            }
        }
        out.extend_from_slice(template);
    }

    fn named<'r>(&'r self, name: &'r [u8]) -> impl Iterator<Item = usize> + 'r {
        self.names.iter().enumerate().filter(move |(_, other)| other.as_bytes() == name).map(|(index, _)| index)
    }
}

/// Reads the name of a group behind a `$`: `name` or `{name}`.
fn group_name(template: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = template.strip_prefix(b"{");
    let text = inner.unwrap_or(template);
    let mut end = 0;
    while let Some(chunk) = text.get(end..).and_then(|rest| rest.utf8_chunks().next()) {
        let Some(c) = chunk.valid().chars().next().filter(|c| is_letter(*c) || is_digit(*c) || *c == '_') else { break };
        end += c.len_utf8();
    }
    if end == 0 {
        return None;
    }
    let (name, rest) = text.split_at(end);
    if inner.is_some() { rest.strip_prefix(b"}").map(|rest| (name, rest)) } else { Some((name, rest)) }
}

/// Returns the number that a name is; `None` if it is one to look up, as `01` is.
fn group_number(name: &[u8]) -> Option<usize> {
    let is_number = name.iter().all(u8::is_ascii_digit) && name.len() <= 9 && !(name.len() > 1 && name[0] == b'0');
    if is_number { std::str::from_utf8(name).ok()?.parse().ok() } else { None }
}
