//! The tests of a guard: the cases that it was proven on.

use serde_json::{Map, Value as Json};

use super::formats::Test;
use super::narrow::Chart;
use super::prove::{Candidate, Good};
use crate::chart::{Step, helm_path};
use crate::matrix::{Case, Input, SetArg, SetKind};

/// At most so many good cases are tested.
const GOOD: usize = 12;

/// Makes a test of each case that plain values can say.
pub(super) fn tests(chart: &Chart<'_>, good: &[Good], kept: &[Candidate]) -> Vec<Test> {
    let excused = |it: &&Good| kept.iter().any(|candidate| candidate.excused.contains(&it.case.id));
    let good = good.iter().filter(|it| !excused(it)).map(|it| (&it.case, None)).take(GOOD);
    let silent = kept.iter().flat_map(|it| &it.silent).map(|it| (it, None));
    let witnesses = kept.iter().filter_map(|it| Some((it.witnesses.first()?, Some(it.constraint.sentence()))));
    let mut seen = Vec::new();
    let mut test = |(case, refused): (&Case, Option<String>)| {
        let test = test(chart, case, refused)?;
        let key = (test.title.clone(), test.refused.clone());
        let new = !seen.contains(&key);
        seen.push(key);
        new.then_some(test)
    };
    good.chain(silent).chain(witnesses).filter_map(&mut test).collect()
}

fn test(chart: &Chart<'_>, case: &Case, refused: Option<String>) -> Option<Test> {
    let Input { values, sets, release, namespace, api_versions, extra, .. } = &case.input;
    if !values.is_empty() || !extra.is_empty() {
        return None;
    }
    let mut all = Json::Object(Map::new());
    for set in sets {
        let (steps, value) = read(chart, set)?;
        put(&mut all, &steps, value)?;
    }
    let mut kube = case.input.kube().trim_start_matches('v').split('.');
    let kube = (kube.next()?.to_owned(), kube.next()?.to_owned());
    let label = if case.label.is_empty() { "default values" } else { &case.label };
    let title = match &refused {
        Some(_) => format!("refuses {label}"),
        None => format!("renders with {label}"),
    };
    Some(Test {
        title,
        values: all,
        release: release.clone(),
        namespace: namespace.clone(),
        kube,
        api_versions: api_versions.clone(),
        refused,
    })
}

fn read(chart: &Chart<'_>, set: &SetArg) -> Option<(Vec<Step>, Json)> {
    let path = set.only_path()?;
    let text = set.parts().1;
    let leaf = chart.values.leaves.iter().find(|it| helm_path(&it.path) == path);
    let steps = leaf.map_or_else(|| super::absent::keys(path), |it| Some(it.path.clone()))?;
    let value = match (set.kind, text) {
        (SetKind::SetJson, _) => serde_json::from_str(text).ok()?,
        (SetKind::SetString, _) if !text.contains('\\') => text.into(),
        (SetKind::Set, "true" | "false") => (text == "true").into(),
        _ => return None,
    };
    Some((steps, value))
}

/// Puts a value into nested maps; `None` where the way leads through a list.
fn put(all: &mut Json, steps: &[Step], value: Json) -> Option<()> {
    let (Step::Key(first), rest) = steps.split_first()? else { return None };
    let below = all.as_object_mut()?.entry(first.clone()).or_insert_with(|| Json::Object(Map::new()));
    if rest.is_empty() {
        *below = value;
        return Some(());
    }
    put(below, rest, value)
}
