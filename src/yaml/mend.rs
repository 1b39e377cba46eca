//! Texts that go-yaml reads and the parser does not.

use std::{borrow::Cow, collections::HashMap};

use saphyr_parser::ScanError;

/// Most changes to one document, since each reads the document again.
const MAX_CHANGES: usize = 200;

/// A text with changes that mean nothing, and how far each line moved to the right by them.
pub(super) struct Mended<'a> {
    pub(super) text: Cow<'a, str>,
    /// By line, 1-based.
    pub(super) shifts: HashMap<usize, usize>,
    changes: usize,
}

impl<'a> Mended<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text: Cow::Borrowed(text), shifts: HashMap::new(), changes: 0 }
    }

    /// Changes the text at an error that go-yaml does not know; returns whether it did.
    pub(super) fn mend(&mut self, error: &ScanError) -> bool {
        self.changes += 1;
        let (line, column) = (error.marker().line(), error.marker().col());
        self.changes <= MAX_CHANGES
            && match error.info() {
                "invalid indentation" | "invalid indentation in flow construct" => self.indent(line),
                "invalid indentation in quoted scalar" => self.indent_below(line),
                "':' must be followed by a valid YAML whitespace" => self.replace_tabs(line, column),
                "comments must be separated from other tokens by whitespace" => self.separate_comment(line, column),
                _ => false,
            }
    }

    /// Moves a line into the collection or scalar that it continues.
    fn indent(&mut self, line: usize) -> bool {
        let width = self.widest_indentation(line);
        let Some(start) = self.start(line) else { return false };
        self.text.to_mut().insert_str(start, &" ".repeat(width));
        *self.shifts.entry(line).or_default() += width;
        true
    }

    /// Moves the first line below that is not surely in the scalar.
    fn indent_below(&mut self, line: usize) -> bool {
        let width = self.widest_indentation(line + 1);
        let short = |text: &str| !text.trim().is_empty() && text.bytes().take_while(|it| *it == b' ').count() < width;
        let found = (1..).zip(self.text.split('\n')).skip(line).find(|(_, text)| short(text)).map(|(line, _)| line);
        found.is_some_and(|line| self.indent(line))
    }

    /// Puts spaces for the tabs before a place.
    fn replace_tabs(&mut self, line: usize, column: usize) -> bool {
        let Some(end) = self.offset(line, column) else { return false };
        let start = self.text[..end].trim_end_matches(['\t', ' ']).len();
        self.text.to_mut().replace_range(start..end, &" ".repeat(end - start));
        start < end
    }

    fn separate_comment(&mut self, line: usize, column: usize) -> bool {
        let Some(offset) = self.offset(line, column) else { return false };
        self.text.to_mut().insert(offset, ' ');
        true
    }

    /// Returns a width beyond every block collection that a line above may have opened.
    fn widest_indentation(&self, line: usize) -> usize {
        let widths = self.text.split('\n').take(line - 1).map(|text| {
            let leading = text.bytes().take_while(|it| matches!(it, b' ' | b'-' | b'?' | b':' | b'\t'));
            leading.count()
        });
        widths.max().unwrap_or(0) + 1
    }

    fn start(&self, line: usize) -> Option<usize> {
        match line {
            1 => Some(0),
            _ => self.text.match_indices('\n').nth(line.checked_sub(2)?).map(|(offset, _)| offset + 1),
        }
    }

    fn offset(&self, line: usize, column: usize) -> Option<usize> {
        let start = self.start(line)?;
        self.text[start..].char_indices().nth(column).map(|(offset, _)| start + offset)
    }
}
