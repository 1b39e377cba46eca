//! A case of the user's did not render.

use super::context::{CaseOutcome, CaseResult, about_target};
use super::meta::declare_rule;
use super::{Rule, RuleMeta, TargetCx, excerpt};
use crate::finding::{Excerpt, Finding, Location, Precision, Severity, When};
use crate::matrix::{Case, CaseSource, Expect};
use crate::target::Target;

declare_rule! {
    /// ## What it does
    /// Reports a case of the user's matrix (flags, configuration, a ci file) that does not render, and a chart whose bare
    /// defaults fail with an error.
    ///
    /// ## Why is this bad?
    /// An install with these values fails in the same way.
    ///
    /// ## Example
    /// ```yaml
    /// {{ .Values.ingress.tls.secretName }}   # nil pointer when `tls` is not set
    /// ```
    ///
    /// ## Use instead
    /// A default in values.yaml, or `expect: fail` in the configuration for a case that is meant to fail.
    ///
    /// ## Known problems
    /// A chart that refuses its bare defaults with `required` or `fail` asks for a value on purpose: that is a note on the target.
    /// So is an error of the bare defaults where a ci file or another case of the user's renders: the chart needs values.
    META = "unexpected-failure", Some(Severity::Error), "error, note", "a case of the user's did not render"
}

pub(super) struct UnexpectedFailure;

impl Rule for UnexpectedFailure {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_target(&self, cx: &TargetCx<'_>, out: &mut Vec<Finding>) {
        let mut others = cx.results.iter().filter(|it| !is_probe(it) && !is_bare(it));
        let needs_values = others.any(|it| it.outcome == CaseOutcome::Rendered);
        out.extend(cx.results.iter().filter_map(|it| finding(cx.target, it, needs_values)));
    }
}

fn is_bare(result: &CaseResult) -> bool {
    let case = &result.case;
    case.source == CaseSource::Default && case.input.values.is_empty() && case.input.sets.is_empty()
}

fn is_probe(result: &CaseResult) -> bool {
    matches!(result.case.source, CaseSource::Discovered | CaseSource::Sentinels)
}

fn finding(target: &Target, result: &CaseResult, needs_values: bool) -> Option<Finding> {
    let (case, bare) = (&result.case, is_bare(result));
    let message = match &result.outcome {
        CaseOutcome::Refused(message) if !bare => message,
        CaseOutcome::Failed(message) => message,
        _ => return None,
    };
    if is_probe(result) || case.expect == Expect::Fail {
        return None;
    }
    let (severity, text) = if bare && needs_values {
        (Severity::Note, "the bare defaults do not render: the chart needs values, such as its other cases have".to_owned())
    } else if let Some(file) = several_documents(target, case) {
        let why = format!("{file} holds several documents, of which Helm 3 takes the first and Helm 4 the last");
        (Severity::Warning, format!("case `{}` does not render: {} ({why})", case.label, in_one_line(message)))
    } else {
        (Severity::Error, format!("case `{}` does not render: {}", case.label, in_one_line(message)))
    };
    let mut it = about_target(target, &META, severity, text, case);
    it.when = if bare { When::Default } else { When::Set };
    it.location = place(target, message);
    it.excerpts.extend(stop(target, message));
    Some(it)
}

/// Returns a values file of the chart's own that is several in one, such as a collection of examples.
fn several_documents<'a>(target: &Target, case: &'a Case) -> Option<&'a str> {
    let has_several = |shown: &str| {
        let text = target.tree.text(target.file_shown_as(shown)?)?;
        Some(crate::yaml::parse(&text).iter().filter(|it| it.root.is_some()).count() > 1)
    };
    case.input.values.iter().map(|it| it.shown.as_str()).find(|it| has_several(it) == Some(true))
}

/// Draws where a rendering stopped, if its error says so.
pub fn stop(target: &Target, message: &str) -> Option<Excerpt> {
    excerpt::source(target, &place(target, message)?, "helm stops here")
}

/// Helm 4 spreads a template error over several lines, the cause last.
fn in_one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads the place from helm's text, as in `web/templates/ingress.yaml:12:5`.
fn place(target: &Target, message: &str) -> Option<Location> {
    let words = message.split([' ', '(', ')', '"', '\n', ',']);
    words.filter_map(|word| known_place(target, word)).next_back()
}

fn known_place(target: &Target, word: &str) -> Option<Location> {
    let mut parts = word.trim_end_matches(':').split(':');
    let file = parts.next()?;
    let line = parts.next()?.parse().ok()?;
    let column: Option<u32> = parts.next().and_then(|it| it.parse().ok());
    let file = [Some(file), file.split_once('/').map(|it| it.1)].into_iter().flatten().find(|it| target.tree.bytes(it).is_some())?;
    let precision = if column.is_some() { Precision::Exact } else { Precision::Line };
    // Go counts columns from 0.
    Some(Location { file: target.shown(file), line: Some(line), column: column.map(|it| it + 1), precision })
}
