//! What is shown for ids of cases and for places.

use super::summary::count;
use super::{TargetReport, visible};
use crate::finding::{Finding, RenderedPlace};

/// How many labels of cases are shown before the rest is only counted.
const LABELS_SHOWN: usize = 3;
/// The longest label that is shown in full.
const LABEL_WIDTH: usize = 60;

/// Looks up the cases of one target.
pub(super) struct Names<'a> {
    target: Option<&'a TargetReport>,
}

impl<'a> Names<'a> {
    pub(super) fn new(target: Option<&'a TargetReport>) -> Self {
        Self { target }
    }

    /// Returns the label of a case, or its id when it is not known.
    pub(super) fn label<'b>(&'b self, id: &'b str) -> &'b str {
        self.cases().find(|(it, ..)| *it == id).map_or(id, |(_, label, _)| label)
    }

    /// Returns in which cases a finding shows: what to say, and their labels where they tell something.
    pub(super) fn extent(&self, finding: &Finding) -> (String, Option<String>) {
        let shows = |id: &str| finding.cases.iter().any(|it| it == id);
        let all = self.cases().count();
        let rendered = self.cases().filter(|(.., rendered)| *rendered).count();
        let in_all_rendered = self.cases().all(|(id, _, rendered)| shows(id) == rendered);
        match finding.cases.len() {
            1 if all == 1 => ("in the only case".to_owned(), Some(self.labels(&finding.cases))),
            some if some == all => (format!("in all {all} cases"), None),
            some if some == rendered && in_all_rendered && some > 1 => (format!("in all {some} cases that rendered"), None),
            some if some > all => (format!("in {}", count(some, "case")), Some(self.labels(&finding.cases))),
            some => (format!("in {some} of {all} cases"), Some(self.labels(&finding.cases))),
        }
    }

    fn labels(&self, ids: &[String]) -> String {
        let mut labels: Vec<_> = ids.iter().take(LABELS_SHOWN).map(|id| visible::short(self.label(id), LABEL_WIDTH)).collect();
        if let Some(more) = ids.len().checked_sub(LABELS_SHOWN).filter(|&it| it > 0) {
            labels.push(format!("and {more} more"));
        }
        labels.join("; ")
    }

    /// Id, label, and whether it rendered.
    fn cases(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        let cases = self.target.map_or(&[][..], |target| &target.cases);
        cases.iter().map(|case| (case.id.as_str(), case.label.as_str(), case.outcome == "rendered"))
    }

    /// Returns where a finding is, as `file:line:column`, as far as that is known; else its target.
    pub(super) fn place(&self, finding: &Finding) -> String {
        match (&finding.location, &finding.rendered) {
            (Some(location), _) => place(&location.file, location.line, location.column),
            (None, Some(rendered)) => place(&self.origin(rendered), Some(rendered.line), Some(rendered.column)),
            (None, None) => visible::line(&finding.target).into_owned(),
        }
    }

    /// Returns what stands for the file of a rendering.
    pub(super) fn origin(&self, rendered: &RenderedPlace) -> String {
        format!("rendered ({})", visible::short(self.label(&rendered.case), LABEL_WIDTH))
    }
}

fn place(file: &str, line: Option<u32>, column: Option<u32>) -> String {
    let file = visible::line(file);
    match (line, column) {
        (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
        (Some(line), None) => format!("{file}:{line}"),
        (None, _) => file.into_owned(),
    }
}
