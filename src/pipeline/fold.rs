//! The same finding in many cases is one.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

use super::Judged;
use crate::finding::{Finding, Severity, When};
use crate::matrix::Case;

/// What decides how findings count.
pub struct Fold<'a> {
    /// The level that the user gave a rule: `Some(None)` is off.
    pub level: &'a dyn Fn(&str) -> Option<Option<Severity>>,
}

/// Folds the findings of a target's cases, which are in the order of cases; `more` are about the target as a whole.
/// Subject, value and message stay those of the first case; cases come in their order, sources first.
pub fn fold(judged: &[Judged], more: &[Finding], options: &Fold<'_>) -> Vec<Finding> {
    let labels: HashMap<&str, &Case> = judged.iter().map(|it| (it.result.case.id.as_str(), &it.result.case)).collect();
    let mut order: Vec<&Judged> = judged.iter().collect();
    order.sort_by_key(|it| it.result.case.source);
    let place: HashMap<&str, usize> = order.iter().map(|it| it.result.case.id.as_str()).zip(0..).collect();
    let place = |id: &String| place.get(id.as_str()).copied().unwrap_or(usize::MAX);
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut folded: Vec<Finding> = Vec::new();
    for finding in order.iter().flat_map(|it| &it.findings).chain(more) {
        if let Some(&at) = index.get(&finding.fingerprint) {
            let first = &mut folded[at];
            for case in &finding.cases {
                if !first.cases.contains(case) {
                    first.cases.push(case.clone());
                }
            }
            continue;
        }
        index.insert(finding.fingerprint.clone(), folded.len());
        folded.push(finding.clone());
    }
    for it in &mut folded {
        it.cases.sort_by_key(place);
    }
    folded.retain_mut(|it| finish(it, &labels, options));
    folded.sort_by(|a, b| compare(a, b, &|it| it.cases.first().map_or(usize::MAX, place)));
    folded
}

/// Orders the findings of a target; `first` tells the place of a finding's first case. Only equal ones are equal, so that the
/// order does not depend on which shard found what.
pub fn compare(a: &Finding, b: &Finding, first: &dyn Fn(&Finding) -> usize) -> Ordering {
    let key = |it: &Finding| (Reverse(it.severity), it.rule);
    let place = |it: &Finding| (first(it), it.location.clone(), it.fingerprint.clone());
    key(a).cmp(&key(b)).then_with(|| (&a.subject, &a.path).cmp(&(&b.subject, &b.path))).then_with(|| place(a).cmp(&place(b)))
}

/// Applies the user's level, tells when it shows, names the case of each excerpt. Returns whether the finding stays.
fn finish(finding: &mut Finding, cases: &HashMap<&str, &Case>, options: &Fold<'_>) -> bool {
    match (options.level)(finding.rule) {
        Some(None) => return false,
        Some(Some(severity)) => finding.severity = severity,
        None => {}
    }
    let bare = |id: &String| cases.get(id.as_str()).is_some_and(|it| it.input.values.is_empty() && it.input.sets.is_empty());
    finding.when = if finding.cases.iter().any(bare) { When::Default } else { When::Set };
    if let Some(first) = finding.cases.first().and_then(|id| cases.get(id.as_str())) {
        for excerpt in finding.excerpts.iter_mut().filter(|it| it.origin == crate::finding::RENDERED) {
            excerpt.origin = format!("rendered ({})", first.label);
        }
    }
    true
}
