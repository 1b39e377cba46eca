//! A case that was meant to fail rendered.

use super::context::{CaseOutcome, about_target};
use super::meta::declare_rule;
use super::{Rule, RuleMeta, TargetCx};
use crate::finding::{Finding, Severity};
use crate::matrix::Expect;

declare_rule! {
    /// ## What it does
    /// Reports a case with `expect: fail` in the configuration that rendered all the same.
    ///
    /// ## Why is this bad?
    /// The guard that should have refused these values is gone, or never ran.
    ///
    /// ## Example
    /// ```yaml
    /// include: [{ name: bad-port, set: { service.port: 0 }, expect: fail }]
    /// ```
    ///
    /// ## Use instead
    /// A guard in a `define` that a rendered template includes: `portcullis guard CHART` prints one.
    META = "unexpected-success", Some(Severity::Error), "error", "a case with `expect: fail` rendered"
}

pub(super) struct UnexpectedSuccess;

impl Rule for UnexpectedSuccess {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_target(&self, cx: &TargetCx<'_>, out: &mut Vec<Finding>) {
        for result in cx.results.iter().filter(|it| it.case.expect == Expect::Fail && it.outcome == CaseOutcome::Rendered) {
            let message = format!("case `{}` was expected to fail, and rendered", result.case.label);
            out.push(about_target(cx.target, &META, Severity::Error, message, &result.case));
        }
    }
}
