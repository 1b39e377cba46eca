//! Merging: the reports of shards become the report that one run would have written.
//!
//! A target is one shard's as a whole, or (the only target) its cases are dealt out. What depends on several cases is told
//! again from all of them; what depends on one case, such as a finding's message, is taken from the first.

use std::collections::HashMap;

use super::json::SOURCES;
use super::{CaseReport, RunReport, TargetReport, verdict};
use crate::finding::{Finding, When};
use crate::pipeline::compare;

/// Why reports do not belong together.
#[derive(Debug, thiserror::Error)]
#[error("the reports were made with {tool} {one} and {tool} {other}: merge reports of one version")]
pub struct MergeError {
    tool: &'static str,
    one: String,
    other: String,
}

/// Merges reports, in whatever order they come.
///
/// # Errors
/// The reports were made with different tools.
pub fn merge(reports: Vec<RunReport>) -> Result<RunReport, MergeError> {
    let mut merged = RunReport::default();
    let (mut targets, mut findings) = (Vec::new(), Vec::new());
    for report in reports {
        same("helm", &mut merged.helm, report.helm)?;
        same("kustomize", &mut merged.kustomize, report.kustomize)?;
        targets.extend(report.targets);
        findings.push(report.findings);
    }
    merged.targets = unite(targets, |a, b| a.path == b.path && a.kind == b.kind).into_iter().map(target).collect();
    merged.targets.sort_by(|a, b| a.path.cmp(&b.path));
    let mut paths: Vec<&str> = merged.targets.iter().map(|it| it.path.as_str()).collect();
    paths.dedup();
    for path in paths {
        let of: Vec<Vec<&Finding>> = findings.iter().map(|it| it.iter().filter(|it| it.target == path).collect()).collect();
        merged.findings.extend(fold(of, &merged.targets));
    }
    Ok(merged)
}

fn same(tool: &'static str, one: &mut Option<String>, other: Option<String>) -> Result<(), MergeError> {
    match (&one, other) {
        (Some(one), Some(other)) if *one != other => Err(MergeError { tool, one: one.clone(), other }),
        (None, other) => {
            *one = other;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Groups what belongs together, in the order of the firsts.
fn unite<T>(items: Vec<T>, same: impl Fn(&T, &T) -> bool) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    for item in items {
        match groups.iter_mut().find(|it| same(&it[0], &item)) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups
}

/// Unites the parts of one target.
fn target(mut parts: Vec<TargetReport>) -> TargetReport {
    let mut whole = parts.remove(0);
    if parts.is_empty() {
        return whole;
    }
    for part in parts {
        whole.is_empty |= part.is_empty;
        whole.left_out.cases += part.left_out.cases;
        whole.left_out.why = whole.left_out.why.or(part.left_out.why);
        let new = |it: &CaseReport| !whole.cases.iter().any(|known| known.id == it.id);
        let more: Vec<CaseReport> = part.cases.into_iter().filter(new).collect();
        whole.cases.extend(more);
        // A target without cases was not begun; its message says why.
        if whole.message.is_none() {
            whole.message = part.message;
        }
    }
    whole.cases.sort_by(|a, b| order(a).cmp(&order(b)));
    if !whole.cases.is_empty() {
        (whole.status, whole.message) = verdict(whole.kind, &whole.cases, whole.is_empty);
    }
    whole
}

/// The user's cases have an order of their own; those of probing are one shard's, and stay as they are.
fn order(case: &CaseReport) -> (usize, &str, &str) {
    let source = rank(case);
    let probing = SOURCES.iter().position(|it| *it == "discovered").unwrap_or(SOURCES.len());
    if source < probing { (source, &case.label, &case.id) } else { (probing, "", "") }
}

fn rank(case: &CaseReport) -> usize {
    SOURCES.iter().position(|it| *it == case.source).unwrap_or(SOURCES.len())
}

/// Folds what the parts of one target found, as [`crate::pipeline::fold()`] folds what its cases show.
fn fold(parts: Vec<Vec<&Finding>>, targets: &[TargetReport]) -> Vec<Finding> {
    let mut parts: Vec<Vec<&Finding>> = parts.into_iter().filter(|it| !it.is_empty()).collect();
    if parts.len() < 2 {
        return parts.pop().unwrap_or_default().into_iter().cloned().collect();
    }
    let path = parts[0][0].target.as_str();
    let mut cases: Vec<&CaseReport> = targets.iter().filter(|it| it.path == path).flat_map(|it| &it.cases).collect();
    cases.sort_by_key(|it| rank(it));
    let places: HashMap<&str, usize> = cases.iter().map(|it| it.id.as_str()).zip(0..).collect();
    let place = |id: &String| places.get(id.as_str()).copied().unwrap_or(usize::MAX);
    let first = |it: &Finding| it.cases.first().map_or(usize::MAX, place);
    let mut folded: Vec<Finding> = Vec::new();
    for group in unite(parts.concat(), |a, b| a.fingerprint == b.fingerprint) {
        let Some(mut whole) = group.iter().min_by_key(|it| first(it)).map(|it| Finding::clone(it)) else { continue };
        whole.cases = group.iter().flat_map(|it| it.cases.iter().cloned()).collect();
        whole.cases.sort_by_key(place);
        whole.cases.dedup();
        if group.iter().any(|it| it.when == When::Default) {
            whole.when = When::Default;
        }
        folded.push(whole);
    }
    folded.sort_by(|a, b| compare(a, b, &first));
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Status, fixture};

    /// The first target alone, each finding with a fingerprint of its own.
    fn whole() -> RunReport {
        let mut report = fixture::report();
        report.targets.truncate(1);
        let target = &mut report.targets[0];
        target.message = None;
        target.cases[2].source = "flags";
        for (finding, number) in report.findings.iter_mut().zip(0..) {
            finding.fingerprint = format!("{number}");
        }
        let place = |it: &Finding| target.cases.iter().position(|case| case.id == it.cases[0]).unwrap();
        report.findings.sort_by(|a, b| compare(a, b, &place));
        report
    }

    /// What a shard with some of the cases reports.
    fn shard(whole: &RunReport, takes: impl Fn(&str) -> bool) -> RunReport {
        let mut part = whole.clone();
        let target = &mut part.targets[0];
        target.cases.retain(|it| takes(&it.id));
        (target.status, target.message) = verdict(target.kind, &target.cases, false);
        if !target.cases.iter().any(|it| it.source == "default") {
            target.left_out = crate::report::LeftOut::default();
        }
        for finding in &mut part.findings {
            finding.cases.retain(|it| takes(it));
        }
        part.findings.retain(|it| !it.cases.is_empty());
        part
    }

    #[test]
    fn cases_of_one_target_are_united() {
        let whole = whole();
        for split in ["ci", "ingress"] {
            let of = |it: &str| it.starts_with(&format!("id-{split}"));
            let parts = || vec![shard(&whole, of), shard(&whole, |it| !of(it))];
            assert!(fixture::json(&merge(parts()).unwrap()) == fixture::json(&whole), "{split}");
            assert!(
                fixture::json(&merge(parts().into_iter().rev().collect()).unwrap()) == fixture::json(&whole),
                "{split}, reversed"
            );
        }
    }

    #[test]
    fn first_case_tells_the_message() {
        let whole = whole();
        let mut parts = vec![shard(&whole, |it| it != "id-default"), shard(&whole, |it| it == "id-default")];
        for (part, text) in parts.iter_mut().zip(["later", "first"]) {
            part.findings.iter_mut().for_each(|it| text.clone_into(&mut it.message));
        }
        let merged = merge(parts).unwrap();
        assert!(merged.findings.iter().all(|it| (it.message == "first") == (it.cases[0] == "id-default")));
    }

    #[test]
    fn targets_are_sorted_and_each_stays_whole() {
        let whole = fixture::report();
        let part = |path: &str| {
            let mut part = whole.clone();
            part.targets.retain(|it| it.path == path);
            part.findings.retain(|it| it.target == path);
            part
        };
        let merged = merge(["overlays/prod", "charts/web", "charts/broken"].map(part).into()).unwrap();
        let paths: Vec<_> = merged.targets.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, ["charts/broken", "charts/web", "overlays/prod"]);
        assert_eq!(merged.findings, whole.findings);
        assert_eq!(merged.targets[0].status, Status::Failed);
    }

    #[test]
    fn reports_of_other_tools_are_refused() {
        let (one, mut other) = (fixture::report(), fixture::report());
        other.helm = None;
        assert!(merge(vec![one.clone(), other.clone()]).is_ok());
        other.helm = Some("v3.20.0".into());
        let error = merge(vec![one, other]).unwrap_err().to_string();
        assert_eq!(error, "the reports were made with helm v4.3.1 and helm v3.20.0: merge reports of one version");
    }
}
