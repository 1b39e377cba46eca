//! Bounds of an execution, so that a template that loops, recurs or builds gigabytes ends with a clear error.

use std::sync::LazyLock;

use super::{Out, limit};
use crate::gotemplate::func::Error;
use crate::gotemplate::value::{Parts, Str};

/// Says whether to stop.
pub type Interrupt = dyn Fn() -> Option<String> + Sync;

/// How far an execution may go.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Templates, branches and parentheses inside each other. Each takes at most about 3.1 KB of stack, so all fit into 1 MB with room for
    /// what functions need.
    pub depth: u32,
    /// How often one template may be included in itself: Helm's own bound.
    pub includes: u32,
    /// Nodes that are executed.
    pub steps: u64,
    /// Bytes that templates and functions make, all in all.
    pub bytes: u64,
    /// Bytes of one text, and of all files together.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 250, includes: 1000, steps: 100_000_000, bytes: 512 << 20, text: 64 << 20 }
    }
}

/// How far an execution has gone.
#[derive(Debug, Default)]
pub(super) struct Meter {
    depth: u32,
    steps: u64,
    bytes: u64,
    /// Bytes of the files that were rendered.
    files: usize,
}

/// The interrupt is asked once in so many steps.
const ASK: u64 = 1024;

impl Meter {
    pub(super) fn enter(&mut self, limits: &Limits) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > limits.depth {
            self.depth -= 1;
            return Err(too_deep(limits));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn step(&mut self, limits: &Limits, interrupt: Option<&Interrupt>) -> Result<(), Error> {
        self.steps += 1;
        if self.steps > limits.steps {
            return Err(limit(format!("took more than {} steps: a loop without end?", limits.steps)));
        }
        if self.steps.is_multiple_of(ASK)
            && let Some(reason) = interrupt.and_then(|it| it())
        {
            return Err(limit(reason));
        }
        Ok(())
    }

    /// Counts what takes as long as so many steps.
    pub(super) fn spend(&mut self, steps: u32, limits: &Limits, interrupt: Option<&Interrupt>) -> Result<(), Error> {
        self.steps += u64::from(steps);
        self.steps = self.steps.next_multiple_of(ASK) - 1;
        self.step(limits, interrupt)
    }

    /// Whether nothing more can be entered.
    pub(super) fn is_full(&self, limits: &Limits) -> bool {
        self.depth >= limits.depth
    }

    pub(super) fn made(&mut self, bytes: usize, limits: &Limits) -> Result<(), Error> {
        self.bytes += bytes as u64;
        if self.bytes > limits.bytes {
            return Err(limit(format!("made more than {} MB of text", limits.bytes >> 20)));
        }
        Ok(())
    }
}

impl Meter {
    /// Checks the length of a text in the making.
    pub(super) fn check_text(&self, length: usize, limits: &Limits) -> Result<(), Error> {
        if self.files + length > limits.text {
            return Err(limit(format!("wrote more than {} MB", limits.text >> 20)));
        }
        Ok(())
    }

    /// Counts a file that was rendered.
    pub(super) fn file(&mut self, length: usize) {
        self.files += length;
    }
}

pub(super) fn too_deep(limits: &Limits) -> Error {
    limit(format!("exceeded maximum template depth ({}): templates include each other without end", limits.depth))
}

const NO_VALUE: &[u8] = b"<no value>";

static FINDER: LazyLock<memchr::memmem::Finder<'static>> = LazyLock::new(|| memchr::memmem::Finder::new(NO_VALUE));

/// Takes out what Go prints for a missing value, as Helm does behind each template.
pub(super) fn without_no_value(out: &mut Out) {
    if FINDER.find(&out.bytes).is_none() {
        return;
    }
    let old = Str::marked(std::mem::take(&mut out.bytes), std::mem::take(&mut out.marks));
    let mut parts = Parts::with_capacity(old.len());
    let mut done = 0;
    for at in FINDER.find_iter(&old) {
        parts.push(&old, done..at);
        done = at + NO_VALUE.len();
    }
    parts.push(&old, done..old.len());
    (out.bytes, out.marks) = parts.into_inner();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gotemplate::value::{Mark, Taint};

    #[test]
    fn missing_values_vanish_and_marks_move() {
        let mark = |start, origin| Mark::value(start, origin, Taint::NONE);
        let mut out = Out { bytes: b"a<no value>b<no value><no value>c".to_vec(), ..Out::default() };
        out.marks = vec![Mark::text(0, 1), mark(1, 2), Mark::text(11, 3), mark(12, 4), mark(32, 5)];
        without_no_value(&mut out);
        assert_eq!(out.bytes, b"abc");
        assert_eq!(out.marks, [Mark::text(0, 1), Mark::text(1, 3), mark(2, 5)]);
    }
}
