//! Texts made of parts of others, whose marks come along.

use std::ops::Range;

use super::{Mark, Str};

/// A text in the making.
#[derive(Debug, Default)]
pub struct Parts {
    bytes: Vec<u8>,
    marks: Vec<Mark>,
}

impl Parts {
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity), marks: Vec::new() }
    }

    /// Adds a part of a text, with its marks.
    pub fn push(&mut self, text: &Str, range: Range<usize>) {
        let marks = text.marks();
        if !marks.is_empty() && !range.is_empty() {
            let behind = marks.partition_point(|it| it.start as usize <= range.start);
            if let Some(mark) = behind.checked_sub(1).and_then(|it| marks.get(it)) {
                self.put(mark.cut(range.start - mark.start as usize, self.bytes.len()));
            }
            for mark in marks[behind..].iter().take_while(|it| (it.start as usize) < range.end) {
                self.put(mark.cut(0, self.bytes.len() + (mark.start as usize - range.start)));
            }
        }
        self.bytes.extend_from_slice(text.get(range).unwrap_or_default());
    }

    /// Adds what no text holds; it counts to what was marked last.
    pub fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Adds white space before the byte `at` of a text: to what made that, if this was a value, and else to nobody.
    pub fn pad(&mut self, text: &Str, at: usize, pad: &[u8]) {
        let start = self.bytes.len();
        if let Some(mark) = mark_at(text, at) {
            self.put(if mark.is_text() { Mark::nobody(start) } else { mark.cut(0, start) });
        }
        self.bytes.extend_from_slice(pad);
    }

    /// Says that what comes now comes from where a text has its byte `at` from.
    pub fn mark(&mut self, text: &Str, at: usize) {
        if let Some(mark) = mark_at(text, at) {
            self.put(mark.cut(at - mark.start as usize, self.bytes.len()));
        }
    }

    fn put(&mut self, mark: Mark) {
        match self.marks.last_mut() {
            Some(last) if last.covers(mark) => {}
            Some(last) if last.start == mark.start => *last = mark,
            _ => self.marks.push(mark),
        }
    }

    /// Returns the text, and its marks as they are.
    pub fn into_inner(self) -> (Vec<u8>, Vec<Mark>) {
        (self.bytes, self.marks)
    }

    pub fn finish(mut self) -> Str {
        if let Some(first) = self.marks.first_mut().filter(|it| it.start > 0) {
            // what was added before counts to what came first
            let before = first.cut(0, 0);
            if first.is_text() { self.marks.insert(0, before) } else { *first = before }
        }
        Str::marked(self.bytes, self.marks)
    }
}

fn mark_at(text: &Str, at: usize) -> Option<Mark> {
    let marks = text.marks();
    marks.partition_point(|it| it.start as usize <= at).checked_sub(1).and_then(|it| marks.get(it)).copied()
}

/// Returns a part of a text.
pub fn part(text: &Str, range: Range<usize>) -> Str {
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
    use super::super::Taint;
    use super::*;

    fn marked(text: &str, marks: &[Mark]) -> Str {
        Str::marked(text.into(), marks.to_vec())
    }

    fn value(start: usize, origin: u32) -> Mark {
        Mark::value(start, origin, Taint(5))
    }

    #[test]
    fn a_part_keeps_the_marks_in_it() {
        let text = marked("abcdef", &[value(0, 1), Mark::text(2, 2), value(4, 3)]);
        let behind = |start, cut| Mark::text(0, 2).cut(cut, start);
        for (range, expected) in [
            (0..6, vec![value(0, 1), Mark::text(2, 2), value(4, 3)]),
            (1..5, vec![value(0, 1), Mark::text(1, 2), value(3, 3)]),
            (2..4, vec![Mark::text(0, 2)]),
            (3..4, vec![behind(0, 1)]),
        ] {
            assert_eq!(part(&text, range.clone()).marks(), expected, "{range:?}");
        }
        assert!(part(&Str::from("abc"), 1..2).marks().is_empty());
    }

    #[test]
    fn what_is_added_counts_to_its_neighbours() {
        for (first, expected) in [
            (value(0, 1), vec![value(0, 1), value(3, 2)]),
            (Mark::text(0, 1), vec![Mark::text(0, 1), Mark::text(2, 1), value(3, 2)]),
        ] {
            let text = marked("ab", &[first, value(1, 2)]);
            let mut parts = Parts::default();
            parts.add(b"--");
            parts.push(&text, 0..2);
            parts.add(b"--");
            let made = parts.finish();
            assert_eq!((&*made, made.marks()), (&b"--ab--"[..], &*expected));
        }
    }

    #[test]
    fn text_that_goes_on_is_marked_once_and_text_that_was_moved_again() {
        let text = marked("a\nb\n", &[Mark::text(0, 1)]);
        let mut parts = Parts::default();
        parts.push(&text, 0..2);
        parts.push(&text, 2..4);
        assert_eq!(parts.finish().marks(), [Mark::text(0, 1)]);
        let mut parts = Parts::default();
        for line in [0..2, 2..4] {
            parts.pad(&text, line.start, b"  ");
            parts.push(&text, line);
        }
        let second = Mark::text(0, 1).cut(2, 6);
        assert_eq!(parts.finish().marks(), [Mark::nobody(0), Mark::text(2, 1), Mark::nobody(4), second]);
    }
}
