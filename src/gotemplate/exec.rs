//! Executes templates: text/template's exec.go.

use std::any::{Any, TypeId};
use std::collections::HashMap;

use super::value::Taint;

/// One rendering: what natives may ask for.
#[derive(Debug)]
pub struct Exec<'a> {
    pub(crate) options: &'a Options,
    /// What natives keep for the length of a rendering, by its type.
    pub(crate) scratch: Scratch,
}

/// State of natives: at most one value of a type.
#[derive(Debug, Default)]
pub struct Scratch(HashMap<TypeId, Box<dyn Any>>);

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

    /// Returns what a native keeps for the length of this rendering; its default when it asks for the first time.
    pub fn state<T: Any + Default>(&mut self) -> &mut T {
        let slot = self.scratch.0.entry(TypeId::of::<T>()).or_insert_with(|| Box::<T>::default());
        slot.downcast_mut().unwrap_or_else(|| unreachable!("a slot holds what its key says"))
    }

    /// Joins two sets of paths.
    pub fn join(&mut self, a: Taint, b: Taint) -> Taint {
        if b == Taint::NONE || a == b { a } else { b }
    }
}
