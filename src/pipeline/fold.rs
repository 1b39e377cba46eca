//! The same finding in many cases is one.

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
/// Subject, value and message stay those of the first case.
pub fn fold(judged: &[Judged], more: &[Finding], options: &Fold<'_>) -> Vec<Finding> {
    let labels: HashMap<&str, &Case> = judged.iter().map(|it| (it.result.case.id.as_str(), &it.result.case)).collect();
    let mut order: Vec<&Judged> = judged.iter().collect();
    order.sort_by_key(|it| it.result.case.source);
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
    folded.retain_mut(|it| finish(it, &labels, options));
    folded.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| key(a).cmp(&key(b))));
    folded
}

fn key(it: &Finding) -> (&str, &crate::finding::Subject, &str) {
    (it.rule, &it.subject, &it.path)
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
