//! Excerpts as what `annotate-snippets` draws: columns become bytes, hidden characters become escapes.

use std::mem;

use annotate_snippets::{Annotation, AnnotationKind, Snippet};

use super::visible;
use crate::finding::Excerpt;

/// Lines of one text without a gap, with all marks in them.
pub(crate) struct Block {
    origin: String,
    first_line: usize,
    lines: Vec<Line>,
    marks: Vec<Mark>,
}

struct Line {
    text: String,
    /// Where each character of the original starts in `text`; one more for the end.
    starts: Vec<usize>,
}

struct Mark {
    line: usize,
    columns: Option<(u32, u32)>,
    label: String,
    primary: bool,
}

/// Makes blocks of excerpts, those with a primary mark first. Excerpts that touch are drawn as one.
pub(crate) fn blocks(excerpts: &[Excerpt]) -> Vec<Block> {
    let (primary, others): (Vec<&Excerpt>, Vec<_>) = excerpts.iter().partition(|it| it.primary);
    let mut blocks: Vec<Block> = Vec::new();
    for excerpt in primary.into_iter().chain(others).filter(|it| !it.lines.is_empty()) {
        let block = Block::new(excerpt);
        match blocks.iter_mut().find(|it| it.touches(&block)) {
            Some(other) => other.join(block),
            None => blocks.push(block),
        }
    }
    blocks
}

impl Block {
    fn new(excerpt: &Excerpt) -> Self {
        let label = visible::lines(&excerpt.label);
        let mark = Mark { line: excerpt.mark_line as usize, columns: excerpt.mark_columns, label, primary: excerpt.primary };
        Self {
            origin: visible::line(&excerpt.origin).into_owned(),
            first_line: excerpt.first_line as usize,
            lines: excerpt.lines.iter().map(|it| Line::new(it)).collect(),
            marks: vec![mark],
        }
    }

    /// The line behind the last one.
    fn end(&self) -> usize {
        self.first_line + self.lines.len()
    }

    fn touches(&self, other: &Self) -> bool {
        self.origin == other.origin && self.first_line <= other.end() && other.first_line <= self.end()
    }

    fn join(&mut self, mut other: Self) {
        if other.first_line < self.first_line {
            mem::swap(&mut self.first_line, &mut other.first_line);
            mem::swap(&mut self.lines, &mut other.lines);
        }
        let shared = self.end() - other.first_line;
        self.lines.extend(other.lines.into_iter().skip(shared));
        self.marks.append(&mut other.marks);
    }

    /// Returns what is to be drawn.
    pub(crate) fn snippet(&self) -> Snippet<'_, Annotation<'_>> {
        let mut source = String::new();
        let mut offsets = Vec::new();
        for line in &self.lines {
            offsets.push(source.len());
            source.push_str(&line.text);
            source.push('\n');
        }
        let marks = self.marks.iter().filter_map(|mark| {
            let idx = mark.line.checked_sub(self.first_line)?;
            Some(mark.annotation(self.lines.get(idx)?, offsets[idx]))
        });
        let marks: Vec<_> = marks.collect();
        Snippet::source(source.trim_end_matches('\n').to_owned())
            .path(self.origin.as_str())
            .line_start(self.first_line)
            .fold(false)
            .annotations(marks)
    }
}

impl Line {
    fn new(original: &str) -> Self {
        let mut line = Self { text: String::new(), starts: Vec::new() };
        for it in original.trim_end_matches(['\r', '\n']).chars() {
            line.starts.push(line.text.len());
            // Tabs are drawn as blanks, of one width.
            if it == '\t' { line.text.push(it) } else { visible::push_char(&mut line.text, it) }
        }
        line.starts.push(line.text.len());
        line
    }

    /// Returns the byte at which a column (from 1) starts; the end of the line for one behind it.
    fn byte(&self, column: u32) -> usize {
        let idx = (column as usize).saturating_sub(1);
        self.starts.get(idx).copied().unwrap_or(self.text.len())
    }
}

impl Mark {
    fn annotation(&self, line: &Line, offset: usize) -> Annotation<'_> {
        let (start, end) = match self.columns {
            Some((from, to)) => (line.byte(from), line.byte(to.max(from))),
            None => (line.text.len() - line.text.trim_start().len(), line.text.trim_end().len()),
        };
        let kind = if self.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(offset + start..offset + end.max(start));
        if self.label.is_empty() { annotation } else { annotation.label(self.label.as_str()) }
    }
}
