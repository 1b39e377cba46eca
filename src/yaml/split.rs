//! From a text to its documents.

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
pub(super) fn split(text: &str) -> Split<'_> {
    Split { text, start: 0, lines_before: 0, line: 1, offset: 0, number: 0, heading: Some((0, 0)), is_done: false }
}

/// The pieces of a text that are left.
pub(super) struct Split<'a> {
    text: &'a str,
    /// Those of the next piece.
    start: usize,
    lines_before: u32,
    line: u32,
    /// What was looked at.
    offset: usize,
    number: u32,
    /// Where the comments and directives begin that a separator may follow.
    heading: Option<(usize, u32)>,
    is_done: bool,
}

impl<'a> Iterator for Split<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        while !self.is_done {
            let Some(source) = self.text[self.offset..].split_inclusive('\n').next() else {
                self.is_done = true;
                return Some(self.piece(self.text.len()));
            };
            let (offset, number) = (self.offset, self.number);
            self.offset += source.len();
            self.number += 1;
            if let Some(rest) = behind_marker(source, "---") {
                let (start, lines_before) = self.heading.take().unwrap_or((offset, number));
                let piece = (start > 0).then(|| self.piece(start));
                self.start = start;
                self.lines_before = lines_before;
                self.line = if is_blank_or_comment(rest) { number + 2 } else { number + 1 };
                if piece.is_some() {
                    return piece;
                }
            } else if behind_marker(source, "...").is_some() {
                self.heading = Some((self.offset, self.number));
            } else if !source.starts_with('%') && !is_blank_or_comment(source) {
                self.heading = None;
            }
        }
        None
    }
}

impl<'a> Split<'a> {
    fn piece(&self, end: usize) -> Piece<'a> {
        Piece { text: &self.text[self.start..end], lines_before: self.lines_before, line: self.line }
    }
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
        let pieces: Vec<_> = split(text).map(|it| (it.text, it.lines_before, it.line)).collect();
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
}
