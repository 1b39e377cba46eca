//! Texts as Go quotes them.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;

/// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the plain space.
pub(crate) fn is_print(c: char) -> bool {
    #[expect(clippy::expect_used, reason = "the pattern is a constant")]
    static PRINTED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$").expect("the pattern is sound"));
    match c {
        ' '..='~' => true,
        '\0'..='\u{a0}' => false,
        _ => PRINTED.is_match(c.encode_utf8(&mut [0; 4])),
    }
}

/// Quotes as Go's `%q` does.
pub(crate) fn quoted(text: impl AsRef<[u8]>) -> String {
    let mut out = String::from("\"");
    for chunk in text.as_ref().utf8_chunks() {
        chunk.valid().chars().for_each(|c| push(&mut out, c));
        chunk.invalid().iter().for_each(|byte| _ = write!(out, "\\x{byte:02x}"));
    }
    out.push('"');
    out
}

fn push(out: &mut String, c: char) {
    match c {
        '"' | '\\' => {
            out.push('\\');
            out.push(c);
        }
        '\u{7}' => out.push_str("\\a"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{b}' => out.push_str("\\v"),
        c if is_print(c) => out.push(c),
        '\0'..='\x7f' => _ = write!(out, "\\x{:02x}", u32::from(c)),
        '\u{80}'..='\u{ffff}' => _ = write!(out, "\\u{:04x}", u32::from(c)),
        c => _ = write!(out, "\\U{:08x}", u32::from(c)),
    }
}

/// Writes a text as Go's `%q` does a `[]rune`: `['a' 'b']`.
pub(crate) fn quoted_chars(text: &str) -> String {
    let chars: Vec<String> = text.chars().map(quoted_char).collect();
    format!("[{}]", chars.join(" "))
}

fn quoted_char(c: char) -> String {
    let mut out = String::from("'");
    match c {
        '\'' => out.push_str("\\'"),
        '"' => out.push('"'),
        c => push(&mut out, c),
    }
    out.push('\'');
    out
}
