//! Texts made of parts of others, whose marks come along.

use std::ops::Range;

use crate::gotemplate::value::{Mark, Str};

/// A text in the making.
#[derive(Debug, Default)]
pub(super) struct Parts {
    bytes: Vec<u8>,
    marks: Vec<Mark>,
}

impl Parts {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity), marks: Vec::new() }
    }

    /// Adds a part of a text, with its marks.
    pub(super) fn push(&mut self, text: &Str, range: Range<usize>) {
        self.mark(text, range.start);
        let marks = text.marks();
        for mark in &marks[marks.partition_point(|it| it.start as usize <= range.start)..] {
            if mark.start as usize >= range.end {
                break;
            }
            self.mark_at(self.bytes.len() + (mark.start as usize - range.start), mark.origin);
        }
        self.bytes.extend_from_slice(text.get(range).unwrap_or_default());
    }

    /// Adds what no text holds; it counts to what was marked last.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Says that what comes now comes from where a text has its byte `at` from.
    pub(super) fn mark(&mut self, text: &Str, at: usize) {
        let marks = text.marks();
        if let Some(mark) = marks.partition_point(|it| it.start as usize <= at).checked_sub(1).and_then(|it| marks.get(it)) {
            self.mark_at(self.bytes.len(), mark.origin);
        }
    }

    fn mark_at(&mut self, at: usize, origin: u32) {
        let start = u32::try_from(at).unwrap_or(u32::MAX);
        match self.marks.last_mut() {
            Some(last) if last.origin == origin => {}
            Some(last) if last.start == start => last.origin = origin,
            _ => self.marks.push(Mark { start, origin }),
        }
    }

    pub(super) fn finish(mut self) -> Str {
        if let Some(first) = self.marks.first_mut() {
            first.start = 0;
        }
        Str::marked(self.bytes, self.marks)
    }
}

/// Returns a part of a text.
pub(super) fn part(text: &Str, range: Range<usize>) -> Str {
    if range == (0..text.len()) {
        return text.clone();
    }
    if text.marks().is_empty() {
        return Str::from(text.get(range).unwrap_or_default());
    }
    let mut parts = Parts::default();
    parts.push(text, range);
    parts.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, marks: &[(u32, u32)]) -> Str {
        Str::marked(text.into(), marks.iter().map(|&(start, origin)| Mark { start, origin }).collect())
    }

    fn marks(text: &Str) -> Vec<(u32, u32)> {
        text.marks().iter().map(|it| (it.start, it.origin)).collect()
    }

    #[test]
    fn a_part_keeps_the_marks_in_it() {
        let text = marked("abcdef", &[(0, 1), (2, 2), (4, 3)]);
        for (range, expected) in [
            (0..6, vec![(0, 1), (2, 2), (4, 3)]),
            (1..5, vec![(0, 1), (1, 2), (3, 3)]),
            (2..4, vec![(0, 2)]),
            (3..4, vec![(0, 2)]),
        ] {
            assert_eq!(marks(&part(&text, range.clone())), expected, "{range:?}");
        }
        assert!(part(&Str::from("abc"), 1..2).marks().is_empty());
    }

    #[test]
    fn what_is_added_counts_to_its_neighbours() {
        let text = marked("ab", &[(0, 1), (1, 2)]);
        let mut parts = Parts::default();
        parts.add(b"--");
        parts.push(&text, 0..2);
        parts.add(b"--");
        let made = parts.finish();
        assert_eq!((&*made, marks(&made)), (&b"--ab--"[..], vec![(0, 1), (3, 2)]));
    }
}
