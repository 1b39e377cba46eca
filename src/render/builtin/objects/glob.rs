//! Globs of `.Files.Glob`: the language of gobwas/glob with `/` as separator.
//!
//! A pattern is put into a regular expression, so that matching takes linear time.

use std::fmt::Write as _;

use regex::Regex;

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Glob(Option<Regex>);

impl Glob {
    /// Compiles a pattern. What is no pattern matches all, as Helm has it.
    pub(super) fn new(pattern: &[u8]) -> Self {
        let expression = std::str::from_utf8(pattern).ok().and_then(expression);
        Self(expression.and_then(|expression| Regex::new(&expression).ok()))
    }

    pub(super) fn is_match(&self, path: &str) -> bool {
        self.0.as_ref().is_none_or(|regex| regex.is_match(path))
    }
}

/// Returns a pattern as a regular expression. `None` where gobwas/glob reports an error.
fn expression(pattern: &str) -> Option<String> {
    // its lexer cannot tell this one from a broken byte
    if pattern.contains('\u{fffd}') {
        return None;
    }
    let chars: Vec<char> = pattern.chars().take_while(|c| *c != '\0').collect();
    let mut out = String::from("(?s)^(?:");
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(c) = chars.get(at) {
        at += 1;
        match c {
            '{' => {
                depth += 1;
                out.push_str("(?:");
            }
            ',' if depth > 0 => out.push('|'),
            '}' if depth > 0 => {
                depth -= 1;
                out.push(')');
            }
            '[' => at = class(&chars, at, &mut out)?,
            '?' => out.push_str("[^/]"),
            '*' if chars.get(at) == Some(&'*') => {
                at += 1;
                out.push_str(".*");
            }
            '*' => out.push_str("[^/]*"),
            '\\' => {
                // at the end of the pattern it stands for nothing
                if let Some(escaped) = chars.get(at) {
                    literal(*escaped, &mut out);
                    at += 1;
                }
            }
            c => literal(*c, &mut out),
        }
    }
    // what is open at the end is closed there
    out.extend(std::iter::repeat_n(')', depth));
    out.push_str(")$");
    Some(out)
}

fn literal(c: char, out: &mut String) {
    // writing to a string cannot fail
    let _ = write!(out, "\\x{{{:x}}}", u32::from(c));
}

/// Reads a class from behind its `[`: a list of characters, or one range. Returns the place behind its `]`.
fn class(chars: &[char], mut at: usize, out: &mut String) -> Option<usize> {
    out.push('[');
    if chars.get(at) == Some(&'!') {
        out.push('^');
        at += 1;
    }
    if let [low, '-', high, rest @ ..] = chars.get(at..)? {
        if rest.first() != Some(&']') || high < low {
            return None;
        }
        literal(*low, out);
        out.push('-');
        literal(*high, out);
        out.push(']');
        return Some(at + 4);
    }
    let start = out.len();
    loop {
        match chars.get(at)? {
            ']' if out.len() > start => break,
            ']' => return None,
            '\\' => {
                literal(*chars.get(at + 1)?, out);
                at += 2;
            }
            c => {
                literal(*c, out);
                at += 1;
            }
        }
    }
    out.push(']');
    Some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_gobwas_has_it() {
        let table = [
            ("*", "a", true),
            ("*", "a/b", false),
            ("**", "a/b", true),
            ("", "", true),
            ("", "a", false),
            ("a/**/c", "a/c", false),
            ("a/**/c", "a/b/b/c", true),
            ("?", "/", false),
            ("[!a]", "/", true),
            ("[a-c]x", "bx", true),
            ("[ab-]x", "-x", true),
            ("[!a-c]x", "bx", false),
            ("{,a}b", "b", true),
            ("{a,{b,c}*}", "cd", true),
            ("{a,b", "b", true),
            ("a}", "a}", true),
            ("a,b", "a,b", true),
            (r"\*", "*", true),
            (r"\*", "a", false),
            ("**.{yml,yaml}", "x/y.yaml", true),
            // broken ones match all
            ("[]", "x", true),
            ("[c-a]", "x", true),
            ("[a-cd]", "x", true),
            ("[a", "x", true),
        ];
        for (pattern, path, expected) in table {
            assert_eq!(Glob::new(pattern.as_bytes()).is_match(path), expected, "{pattern} {path}");
        }
    }
}
