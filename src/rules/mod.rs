//! Rules: one file a rule. A rule reads what is linked and says what is wrong; it cannot fail.
//!
//! To add one: write `src/rules/<id with underscores>.rs` with [`declare_rule!`] and an `impl Rule`, and name it in [`rules!`]
//! below. A test checks the headings of its text and that a testchart fires it.

mod context;
mod drift;
pub(crate) mod excerpt;
mod fingerprint;
mod former;
mod given;
mod listening;
mod literal;
mod meant;
mod meta;
mod stray;
#[cfg(test)]
mod testing;

pub use context::{CaseCx, CaseOutcome, CaseResult, Draft, TargetCx};
pub use drift::{Drift, End};
pub use meta::RuleMeta;
pub use stray::Stray;
pub use unexpected_failure::stop;

use crate::finding::Finding;

/// A check.
///
/// It may read everything in its context but reports on resources of that context only. What could not be read is visible in
/// the model as [`crate::kube::Port::Malformed`] or [`crate::graph::Resolution::Unknown`].
pub trait Rule: Sync {
    /// Returns the rule's id, default level and text.
    fn meta(&self) -> &'static RuleMeta;

    /// Runs once for each rendered case.
    fn check_case(&self, _cx: &CaseCx<'_>, _out: &mut Vec<Finding>) {}

    /// Runs once for each rendering in which objects are called otherwise than in one before; it reports on the later.
    fn check_renamed(&self, _before: &CaseCx<'_>, _after: &CaseCx<'_>, _out: &mut Vec<Finding>) {}

    /// Runs once for each target, after all its cases.
    fn check_target(&self, _cx: &TargetCx<'_>, _out: &mut Vec<Finding>) {}
}

/// Declares the modules of all rules and the list of them.
macro_rules! rules {
    ($($module:ident :: $rule:ident),* $(,)?) => {
        $(mod $module;)*

        /// All rules, sorted by id.
        pub static RULES: &[&dyn Rule] = &[$(&$module::$rule),*];
    };
}

rules! {
    blocked_port::BlockedPort,
    coupled_values::CoupledValues,
    crossed_values::CrossedValues,
    dangling_port::DanglingPort,
    dangling_selector::DanglingSelector,
    dangling_service::DanglingService,
    duplicate_key::DuplicateKey,
    duplicate_port::DuplicatePort,
    hard_coded_name::HardCodedName,
    hard_coded_number::HardCodedNumber,
    inert_guard::InertGuard,
    malformed_port::MalformedPort,
    mixed_ingress_api::MixedIngressApi,
    protocol_mismatch::ProtocolMismatch,
    soft_port::SoftPort,
    suspicious_port::SuspiciousPort,
    unbound_monitor_port::UnboundMonitorPort,
    unbound_policy_port::UnboundPolicyPort,
    unbound_probe_port::UnboundProbePort,
    unbound_target_port::UnboundTargetPort,
    unexpected_failure::UnexpectedFailure,
    unexpected_success::UnexpectedSuccess,
}

/// Returns the rule with an id.
pub fn find(id: &str) -> Option<&'static RuleMeta> {
    RULES.iter().map(|rule| rule.meta()).find(|meta| meta.id == id)
}

/// Returns the ids of all rules, sorted.
pub fn ids() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.meta().id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_sorted_and_explained() {
        let ids = ids();
        assert!(ids.is_sorted(), "{ids:?}");
        for rule in RULES {
            let meta = rule.meta();
            for heading in ["## What it does", "## Why is this bad?", "## Example", "## Use instead"] {
                assert!(meta.text().contains(heading), "{} lacks {heading}", meta.id);
            }
            assert!(!meta.summary.ends_with('.'), "{}", meta.id);
        }
    }
}
