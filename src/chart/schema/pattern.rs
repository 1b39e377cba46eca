//! Go's regular expressions, for Rust's.

use std::fmt::Write as _;

use regex::Regex;

/// Compiles a pattern as Go's `regexp` understands it: classes of ASCII only, `[` plain inside a class.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    Regex::new(&translated(pattern)).map_err(|error| {
        let reason = error.to_string();
        reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
    })
}

fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let (mut in_class, mut at_start) = (false, false);
    while let Some(c) = chars.next() {
        let was_at_start = std::mem::take(&mut at_start);
        match c {
            '\\' => match chars.next() {
                Some(escaped) => {
                    escape(escaped, in_class, &mut out);
                    let ends_in_range = matches!(escaped, 'd' | 'D' | 'w' | 'W' | 's' | 'S');
                    if in_class && ends_in_range && chars.next_if_eq(&'-').is_some() {
                        out.push_str("\\-");
                    }
                }
                None => out.push('\\'),
            },
            '[' if !in_class => {
                in_class = true;
                at_start = true;
                out.push('[');
            }
            '[' if chars.peek() == Some(&':') => out.push('['),
            '[' => out.push_str("\\["),
            '^' if was_at_start => {
                at_start = true;
                out.push('^');
            }
            ']' if in_class && was_at_start => out.push_str("\\]"),
            ':' if in_class && chars.peek() == Some(&']') && out.contains("[:") => {
                out.push(':');
                chars.next();
                out.push(']');
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            '-' if in_class && chars.peek() == Some(&'-') => out.push_str("\\-"),
            c => out.push(c),
        }
    }
    out
}

fn escape(c: char, in_class: bool, out: &mut String) {
    let class = match c {
        'd' | 'D' => "0-9",
        'w' | 'W' => "0-9A-Za-z_",
        's' | 'S' => r"\t\n\f\r ",
        'b' | 'B' if !in_class => {
            let _ = write!(out, "(?-u:\\{c})");
            return;
        }
        c => {
            out.push('\\');
            out.push(c);
            return;
        }
    };
    match (c.is_ascii_uppercase(), in_class) {
        (false, true) => out.push_str(class),
        (false, false) => _ = write!(out, "[{class}]"),
        (true, _) => _ = write!(out, "[^{class}]"),
    }
}
