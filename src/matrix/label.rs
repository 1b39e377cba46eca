//! Labels: what differs from the default case.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Case, Input, SetArg, ValuesFile};
use super::change::Change;
use super::exclude::canonical;
use crate::chart::SetKind;

/// Longest text of one value; the rest of a label is as long as what the user wrote.
const VALUE_WIDTH: usize = 60;

/// Names values files: by the last part of the path where that is not ambiguous.
pub(super) struct Names(BTreeMap<String, BTreeSet<String>>);

impl Names {
    pub(super) fn new<'a>(files: impl IntoIterator<Item = &'a ValuesFile>) -> Self {
        let mut names = BTreeMap::<String, BTreeSet<String>>::new();
        for file in files {
            names.entry(last_parts(&file.shown, 1).to_owned()).or_default().insert(file.shown.clone());
        }
        Self(names)
    }

    fn name<'a>(&self, file: &'a ValuesFile) -> &'a str {
        let name = last_parts(&file.shown, 1);
        if self.0.get(name).is_none_or(|paths| paths.len() == 1) { name } else { &file.shown }
    }

    /// Returns what a change of the base input is called; empty when it changes nothing.
    pub(super) fn label(&self, change: &Change, base: &Input) -> String {
        let stack = change.values.iter().map(|file| self.name(file)).collect::<Vec<_>>().join("+");
        let mut parts: Vec<String> = Some(stack).filter(|stack| !stack.is_empty()).into_iter().collect();
        parts.extend(change.sets.iter().map(set));
        let mut push = |name: &str, value: &Option<String>, base: &str| {
            parts.extend(value.iter().filter(|value| *value != base).map(|value| format!("{name} {value}")));
        };
        push("kube", &change.kube.clone().filter(|kube| canonical(kube) != canonical(base.kube())), "");
        let fresh: Vec<&str> = change.api.iter().filter(|api| !base.api_versions.contains(api)).map(String::as_str).collect();
        push("api", &Some(fresh.join("+")), "");
        push("release", &change.release, &base.release);
        push("namespace", &change.namespace, &base.namespace);
        parts.join(", ")
    }
}

/// Returns the last parts of a path.
pub(super) fn last_parts(path: &str, count: usize) -> &str {
    let start = path.rmatch_indices('/').nth(count - 1).map_or(0, |(at, _)| at + 1);
    &path[start..]
}

/// Returns `path=value`; a string that could be taken for something else is quoted.
fn set(arg: &SetArg) -> String {
    let arg = &SetArg { kind: arg.kind, text: arg.shown() };
    let (path, value) = arg.parts();
    let mut shown: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).take(VALUE_WIDTH).collect();
    if value.chars().nth(VALUE_WIDTH).is_some() {
        shown.push('…');
    }
    let quoted = arg.kind == SetKind::SetString && (value.is_empty() || serde_json::from_str::<serde_json::Value>(value).is_ok());
    if quoted { format!("{path}=\"{shown}\"") } else { format!("{path}={shown}") }
}

/// Makes labels unique by a number behind those that are taken.
pub(super) fn make_unique(cases: &mut [Case]) {
    let mut taken = BTreeSet::new();
    for case in cases {
        let label = case.label.clone();
        let mut number = 2;
        while !taken.insert(case.label.clone()) {
            case.label = format!("{label} ({number})");
            number += 1;
        }
    }
}
