//! What could be written instead: one file a kind of correction. Whether it is right, `prove` tells.

mod malformed;
mod mixed;
mod name;
mod naming;
mod port;
mod soft;

use super::view::View;
use super::Options;
use crate::finding::{Edit, Finding};

/// A correction that is yet to be proven. Files of its edits are paths in the target's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposal {
    pub(super) title: String,
    pub(super) edits: Vec<Edit>,
    /// There was no choice between several that might be meant.
    pub(super) is_certain: bool,
}

/// Proposes corrections of a finding from its witness, the best first.
type Kind = fn(View<'_>, &Finding, &Options) -> Vec<Proposal>;

const KINDS: [Kind; 6] =
    [malformed::propose, mixed::propose, naming::propose, port::propose, name::propose, soft::propose];

/// So many proposals are tried for a finding.
const LIMIT: usize = 24;

/// Returns what could be written instead, the best first, each once.
pub(super) fn proposals(view: View<'_>, finding: &Finding, options: &Options) -> Vec<Proposal> {
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
