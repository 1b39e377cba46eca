//! Executes templates: text/template's exec.go.

use super::value::Taint;

/// One rendering: what natives may ask for.
#[derive(Debug)]
pub struct Exec<'a> {
    pub(crate) options: &'a Options,
}

/// What an execution may depend on besides its data.
#[derive(Debug, Clone)]
pub struct Options {
    /// Nanoseconds since the Unix epoch.
    pub now: i128,
    /// Where randomness comes from: the same seed, the same passwords and keys.
    pub seed: [u8; 32],
    /// Whether provenance is kept.
    pub traced: bool,
}

impl Exec<'_> {
    /// Returns the time of this rendering, in nanoseconds since the Unix epoch.
    pub fn now(&self) -> i128 {
        self.options.now
    }

    /// Returns the seed of this rendering's randomness.
    pub fn seed(&self) -> [u8; 32] {
        self.options.seed
    }

    /// Whether provenance is kept: marks of strings and taints matter.
    pub fn traced(&self) -> bool {
        self.options.traced
    }

    /// Returns the origin that marks text made by a value of a taint.
    #[expect(clippy::unused_self, reason = "it will ask the evaluator")]
    pub fn origin(&mut self, taint: Taint) -> u32 {
        taint.0
    }

    /// Joins two sets of paths.
    pub fn join(&mut self, a: Taint, b: Taint) -> Taint {
        if b == Taint::NONE || a == b { a } else { b }
    }
}
