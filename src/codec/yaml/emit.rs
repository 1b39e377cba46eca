//! Block collections, keys and the places of scalars: go-yaml's emitterc.go, without what Helm's output never has (flow collections,
//! anchors, comments).

use super::scalar::{self, Analysis, Odd, Style};
use crate::gotemplate::value::Taint;

/// Whose output it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// go-yaml v2: sequences are not indented below their key, long lines are folded.
    V2,
    /// go-yaml v3 with an indent of 2.
    V3,
}

/// What a node is to the one above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    Item,
    Value,
}

/// Columns that one level adds.
const STEP: usize = 2;

pub(super) struct Emitter {
    pub(super) out: Vec<u8>,
    pub(super) dialect: Dialect,
    /// Where texts of other taints begin; none where nobody asks.
    pub(super) marks: Option<Vec<(u32, Taint)>>,
    /// In characters.
    pub(super) column: usize,
    /// Whether a space was just written, or nothing yet.
    pub(super) whitespace: bool,
    /// Whether the line has nothing but spaces and indicators so far.
    pub(super) indention: bool,
}

impl Emitter {
    pub(super) fn new(dialect: Dialect, traced: bool) -> Self {
        let marks = traced.then(Vec::new);
        Self { out: Vec::with_capacity(256), dialect, marks, column: 0, whitespace: true, indention: true }
    }

    /// Returns the column of a collection below one at `parent`.
    pub(super) fn mapping_indent(parent: Option<usize>) -> usize {
        parent.map_or(0, |it| it + STEP)
    }

    pub(super) fn sequence_indent(&self, parent: Option<usize>, place: Place) -> usize {
        match parent {
            Some(indent) if self.dialect == Dialect::V2 && place == Place::Value && !self.indention => indent,
            parent => Self::mapping_indent(parent),
        }
    }

    /// Starts an item of a sequence.
    pub(super) fn item(&mut self, indent: usize, taint: Taint) {
        self.indent(indent, taint);
        self.indicator("-", true);
        self.indention = true;
    }

    /// Writes a key and its colon.
    pub(super) fn key(&mut self, text: &[u8], checked: bool, indent: usize, taint: Taint) -> Result<(), Odd> {
        self.indent(indent, taint);
        let analysis = self.analyze(text, checked)?;
        if !analysis.multiline && analysis.length() <= 128 {
            self.string(&analysis, indent + STEP, true);
            self.indicator(":", false);
        } else {
            self.indicator("?", true);
            self.indention = true;
            self.string(&analysis, indent + STEP, false);
            self.indent(indent, taint);
            self.indicator(":", true);
            self.indention = true;
        }
        Ok(())
    }

    fn analyze<'a>(&self, text: &'a [u8], checked: bool) -> Result<Analysis<'a>, Odd> {
        if checked { Ok(Analysis::new(text, self.dialect)) } else { Analysis::of_json(text) }
    }

    /// Writes a string that is no key.
    pub(super) fn text(&mut self, text: &[u8], checked: bool, parent: Option<usize>, taint: Taint) -> Result<(), Odd> {
        self.mark(taint);
        let analysis = self.analyze(text, checked)?;
        self.string(&analysis, parent.map_or(STEP, |it| it + STEP), false);
        Ok(())
    }

    /// Writes what needs no quotes: numbers, `null`, `{}`.
    pub(super) fn word(&mut self, taint: Taint, write: impl FnOnce(&mut Vec<u8>)) {
        self.mark(taint);
        self.space();
        let start = self.out.len();
        write(&mut self.out);
        self.column += self.out.len() - start;
        (self.whitespace, self.indention) = (false, false);
    }

    fn string(&mut self, analysis: &Analysis<'_>, indent: usize, is_key: bool) {
        if analysis.binary {
            self.space();
            self.write("!!binary");
            self.whitespace = false;
        }
        match analysis.style(is_key) {
            Style::Plain => scalar::plain(self, analysis, indent, !is_key),
            Style::SingleQuoted => scalar::single_quoted(self, &analysis.text, indent, !is_key),
            Style::DoubleQuoted => scalar::double_quoted(self, &analysis.text, indent, !is_key),
            Style::Literal => scalar::literal(self, &analysis.text, indent),
        }
    }

    /// Ends the document.
    pub(super) fn finish(&mut self) {
        self.indent(0, Taint::NONE);
    }

    /// Goes to a column, on a new line where this one has content: `yaml_emitter_write_indent`.
    pub(super) fn indent(&mut self, indent: usize, taint: Taint) {
        if !self.indention || self.column > indent || self.column == indent && !self.whitespace {
            self.line_break();
        }
        if indent > 0 || self.column == 0 {
            self.mark(taint);
        }
        if self.column < indent {
            self.out.resize(self.out.len() + indent - self.column, b' ');
            self.column = indent;
        }
        (self.whitespace, self.indention) = (true, true);
    }

    /// Goes on in the next line of a scalar.
    pub(super) fn fold(&mut self, indent: usize) {
        if !self.indention || self.column > indent || self.column == indent && !self.whitespace {
            self.line_break();
        }
        if self.column < indent {
            self.out.resize(self.out.len() + indent - self.column, b' ');
            self.column = indent;
        }
        (self.whitespace, self.indention) = (true, true);
    }

    pub(super) fn line_break(&mut self) {
        self.out.push(b'\n');
        self.column = 0;
    }

    pub(super) fn indicator(&mut self, text: &str, spaced: bool) {
        if spaced {
            self.space();
        }
        self.write(text);
        (self.whitespace, self.indention) = (false, false);
    }

    pub(super) fn space(&mut self) {
        if !self.whitespace {
            self.out.push(b' ');
            self.column += 1;
        }
    }

    /// Writes ASCII.
    pub(super) fn write(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
        self.column += text.len();
    }

    fn mark(&mut self, taint: Taint) {
        let start = u32::try_from(self.out.len()).unwrap_or(u32::MAX);
        if let Some(marks) = &mut self.marks {
            marks.pop_if(|it| it.0 == start);
            if marks.last().is_none_or(|it| it.1 != taint) {
                marks.push((start, taint));
            }
        }
    }
}
