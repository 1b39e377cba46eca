//! What comes from values that a case was given, and not from the chart.

use serde_json::Value as Json;

use super::CaseCx;
use crate::chart::{Chart, Leaf, Step, Values};
use crate::kube::Field;
use crate::matrix::{CaseSource, SetArg};

/// Whether a ci file made up what stands in a field: it has that value at a place that the chart's own values lack.
pub(super) fn is_made_up(cx: &CaseCx<'_>, field: &Field) -> bool {
    cx.case.source == CaseSource::Ci && given(cx, &field.value).iter().any(|it| it.own.is_none())
}

/// Whether a name is a value that was given as a whole: it may be anybody's.
pub(super) fn is_given(cx: &CaseCx<'_>, field: &Field) -> bool {
    let Some(name) = field.value.as_str() else { return false };
    let is_own = name.strip_prefix(cx.case.input.release.as_str()).is_some_and(|it| it.is_empty() || it.starts_with('-'));
    let by_file = || given(cx, &field.value).iter().any(|it| !says_override(&it.path) && it.own.as_ref() != Some(&field.value));
    let by_set = || cx.case.input.sets.iter().any(|it| sets(it, name));
    !is_own && (by_file() || by_set())
}

/// A place that a values file sets.
struct Given {
    path: Vec<Step>,
    /// What the chart's own values have there.
    own: Option<Json>,
}

/// Returns where values files of the case that are among the chart's files hold a value.
fn given(cx: &CaseCx<'_>, value: &Json) -> Vec<Given> {
    let tree = &cx.target.tree;
    let files = cx.case.input.values.iter().filter_map(|it| cx.target.file_shown_as(&it.shown));
    let leaves = files.flat_map(|file| Values::read_file(tree, file).leaves);
    let leaves: Vec<Leaf> = leaves.filter(|it| !value.is_null() && it.value == *value).collect();
    if leaves.is_empty() {
        return Vec::new();
    }
    let own = Chart::read(tree).map(|chart| Values::read(tree, &chart)).unwrap_or_default();
    leaves.into_iter().map(|it| Given { own: own.get(&it.path).cloned(), path: it.path }).collect()
}

fn says_override(path: &[Step]) -> bool {
    matches!(path.last(), Some(Step::Key(key)) if key.to_ascii_lowercase().contains("override"))
}

fn sets(set: &SetArg, name: &str) -> bool {
    let (path, value) = set.parts();
    value.trim_matches('"') == name && !path.to_ascii_lowercase().ends_with("override")
}
