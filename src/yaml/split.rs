//! From a text to its documents.

use std::borrow::Cow;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// One document's text, with its separator line when it has one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    /// Lines of the whole text before this piece.
    pub(super) lines_before: u32,
    /// First line of the document in the whole text, 1-based.
    pub(super) line: u32,
}

/// Splits a text at lines that are `---` at column 0, followed by the end of the line or white space.
///
/// Comments and directives before the first separator, or between a `...` and a separator, belong to the document behind it.
pub(super) fn split(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut piece = Piece { text, lines_before: 0, line: 1 };
    let mut start = 0;
    // where the comments and directives begin that a separator may follow
    let mut prefix = Some((0, 0));
    let mut offset = 0;
    for (number, source) in (0..).zip(text.split_inclusive('\n')) {
        let end = offset + source.len();
        if let Some(rest) = behind_marker(source, "---") {
            let (next, lines_before) = prefix.take().unwrap_or((offset, number));
            if next > 0 {
                piece.text = &text[start..next];
                pieces.push(piece);
            }
            piece = Piece { text, lines_before, line: if is_blank_or_comment(rest) { number + 2 } else { number + 1 } };
            start = next;
        } else if behind_marker(source, "...").is_some() {
            prefix = Some((end, number + 1));
        } else if prefix.is_some() && !source.starts_with('%') && !is_blank_or_comment(source) {
            prefix = None;
        }
        offset = end;
    }
    piece.text = &text[start..];
    pieces.push(piece);
    pieces
}

/// Returns the text without byte order marks at starts of lines, which go-yaml skips.
pub(super) fn without_byte_order_marks(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.contains("\n\u{feff}") { Cow::Owned(text.replace("\n\u{feff}", "\n")) } else { Cow::Borrowed(text) }
}

fn behind_marker<'a>(line: &'a str, marker: &str) -> Option<&'a str> {
    line.strip_prefix(marker).filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

fn is_blank_or_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, u32, u32)]) {
        let pieces: Vec<_> = split(text).into_iter().map(|it| (it.text, it.lines_before, it.line)).collect();
        assert_eq!(pieces, expected);
    }

    #[test]
    fn text_without_separator_is_one_document() {
        check("", &[("", 0, 1)]);
        check("a: 1\nb: 2\n", &[("a: 1\nb: 2\n", 0, 1)]);
    }

    #[test]
    fn separators_are_followed_by_white_space_or_nothing() {
        check("a\n---\nb", &[("a\n", 0, 1), ("---\nb", 1, 3)]);
        check("a\n--- # c\nb", &[("a\n", 0, 1), ("--- # c\nb", 1, 3)]);
        check("a\r\n---\r\nb", &[("a\r\n", 0, 1), ("---\r\nb", 1, 3)]);
        check("a\n---", &[("a\n", 0, 1), ("---", 1, 3)]);
        check("a\n-----BEGIN\n ---\n---x\n", &[("a\n-----BEGIN\n ---\n---x\n", 0, 1)]);
    }

    #[test]
    fn content_on_a_separator_belongs_to_the_new_document() {
        check("--- {a: 1}\n--- text\n", &[("--- {a: 1}\n", 0, 1), ("--- text\n", 1, 2)]);
    }

    #[test]
    fn empty_documents_stay() {
        check("---\n---\n# c\n---\na", &[("---\n", 0, 2), ("---\n# c\n", 1, 3), ("---\na", 3, 5)]);
    }

    #[test]
    fn what_precedes_the_first_separator_is_no_document_without_content() {
        check("# c\n\n---\na", &[("# c\n\n---\na", 0, 4)]);
        check("%YAML 1.1\n---\na", &[("%YAML 1.1\n---\na", 0, 3)]);
    }

    #[test]
    fn directives_behind_an_end_marker_belong_to_the_next_document() {
        check("a\n...\n%YAML 1.1\n---\nb", &[("a\n...\n", 0, 1), ("%YAML 1.1\n---\nb", 2, 5)]);
        check("a\n%YAML 1.1\n---\nb", &[("a\n%YAML 1.1\n", 0, 1), ("---\nb", 2, 4)]);
    }

    #[test]
    fn byte_order_marks_go_only_at_starts_of_lines() {
        assert_eq!(without_byte_order_marks("\u{feff}a: 1\n\u{feff}b: '\u{feff}'"), "a: 1\nb: '\u{feff}'");
    }
}
