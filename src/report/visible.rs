//! Texts from manifests, made harmless for a terminal: what would act on it, or hide in it, is shown as an escape.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns the text in one line; `\u{1b}` stands for an escape character, `\n` for a newline.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    text.chars().for_each(|it| push_char(&mut shown, it));
    Cow::Owned(shown)
}

/// Returns the text with its newlines, each line made harmless; tabs become spaces, blank ends vanish.
pub(crate) fn lines(text: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().map(|it| line(&it.trim_end().replace('\t', "    ")).into_owned()).collect();
    lines.join("\n")
}

/// Returns the text in one line, made harmless; a space stands for a newline.
pub(crate) fn joined(text: &str) -> String {
    lines(text.trim()).replace('\n', " ")
}

/// Returns the first line, made harmless, with `…` when there are more.
pub(crate) fn first_line(text: &str) -> String {
    let mut lines = text.trim().lines();
    let first = line(lines.next().unwrap_or_default().trim_end()).into_owned();
    if lines.next().is_some() { first + " …" } else { first }
}

/// Returns the text in one line of at most `width` characters, with `…` in the place of its end.
pub(crate) fn short(text: &str, width: usize) -> String {
    let text = line(text);
    match text.char_indices().nth(width) {
        Some(_) => text.chars().take(width.saturating_sub(1)).chain(['…']).collect(),
        None => text.into_owned(),
    }
}

/// Returns a table of lines with each line made harmless.
pub(crate) fn table(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|it| it.strip_suffix('\n').map_or_else(|| line(it).into_owned(), |it| line(it).into_owned() + "\n"))
        .collect()
}

/// Returns a JSON text with escapes for what would act on a terminal: such characters stand in its strings alone, but for newlines.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    let acts = |it: char| it != '\n' && is_hidden(it);
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for it in text.chars() {
        if acts(it) {
            it.encode_utf16(&mut [0; 2]).iter().for_each(|unit| _ = write!(shown, "\\u{unit:04x}"));
        } else {
            shown.push(it);
        }
    }
    Cow::Owned(shown)
}

/// Appends a character, or the escape that stands for it.
pub(crate) fn push_char(text: &mut String, it: char) {
    if is_hidden(it) { text.extend(it.escape_default()) } else { text.push(it) }
}

fn is_hidden(it: char) -> bool {
    it.is_control()
        || matches!(it,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}'      // zero width, marks of direction
            | '\u{2028}'..='\u{202e}'      // separators, overrides of direction
            | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_escaped() {
        assert_eq!(line("a\x1b[2Jb\r\n\tc"), "a\\u{1b}[2Jb\\r\\n\\tc");
        assert_eq!(line("\u{9b}31m \u{202e}txt \u{7f} ü…日本"), "\\u{9b}31m \\u{202e}txt \\u{7f} ü…日本");
        assert!(matches!(line("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn json_stays_the_same_value() {
        let text = "{\n  \"a\": \"\u{9b}31m \u{e0001} \u{7f} ü\"\n}\n";
        let shown = json(text);
        assert_eq!(shown, "{\n  \"a\": \"\\u009b31m \\udb40\\udc01 \\u007f ü\"\n}\n");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&shown), value(text));
        assert!(matches!(json("{\n}\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(lines("a\r\n\tb\x07 \n\n"), "a\n    b\\u{7}");
        assert_eq!(joined("\na\nb\x07\n"), "a b\\u{7}");
        assert_eq!(first_line("\na\nb"), "a …");
        assert_eq!(first_line("a\n"), "a");
        assert_eq!(short("abcdef", 4), "abc…");
        assert_eq!(short("abcd", 4), "abcd");
    }
}
