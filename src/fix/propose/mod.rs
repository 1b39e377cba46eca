//! What could be written instead: one file a kind of correction. Whether it is right, `prove` tells.

mod malformed;
mod mixed;
mod name;
mod naming;
mod overlay;
mod port;
mod soft;

use super::Options;
use super::edits::overlap;
use super::view::View;
use crate::finding::{Edit, Finding};

/// A correction that is yet to be proven. Files of its edits are paths in the target's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposal {
    pub(super) title: String,
    pub(super) edits: Vec<Edit>,
    /// There was no choice between several that might be meant.
    pub(super) is_certain: bool,
}

impl Proposal {
    /// Adds what another one edits; nothing where that is the same or does not go together.
    pub(super) fn with(&self, other: &Self) -> Option<Self> {
        let more: Vec<Edit> = other.edits.iter().filter(|it| !self.edits.contains(it)).cloned().collect();
        let clash = more.iter().any(|it| self.edits.iter().any(|own| overlap(own, it)));
        let edits = self.edits.iter().cloned().chain(more.iter().cloned()).collect();
        let is_certain = self.is_certain && other.is_certain;
        (!more.is_empty() && !clash).then(|| Self { title: self.title.clone(), edits, is_certain })
    }
}

/// Proposes corrections of a finding from its witness, the best first.
type Kind = fn(View<'_>, &Finding, Options) -> Vec<Proposal>;

const KINDS: [Kind; 7] =
    [malformed::propose, mixed::propose, naming::propose, port::propose, name::propose, soft::propose, overlay::propose];

/// So many proposals are tried for a finding.
const LIMIT: usize = 24;

/// Returns what could be written instead, the best first, each once.
pub(super) fn proposals(view: View<'_>, finding: &Finding, options: Options) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    for kind in KINDS {
        for it in kind(view, finding, options) {
            if !it.edits.is_empty() && !out.iter().any(|known| known.edits == it.edits) {
                out.push(it);
            }
        }
    }
    out.truncate(LIMIT);
    out
}
