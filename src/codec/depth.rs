//! Values that hold themselves, and those that are merely deep.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::gotemplate::value::{Kind, Value};

/// What an encoder says of a value that is deeper than we write. Go has no such error.
pub const TOO_DEEP: &str = "maps and lists nest deeper than 1000";

/// Where a walk stands: a value that is looked into, or one that was.
enum Step {
    Into(Value),
    Behind(usize),
}

/// Tells why an encoder stopped at a value that is too deep for it: one that holds itself fails in Go, too, with `cycle`.
pub(super) fn depth_error(value: &Value, cycle: String) -> String {
    if holds_itself(value) { cycle } else { TOO_DEEP.to_owned() }
}

fn holds_itself(value: &Value) -> bool {
    let mut inside: HashSet<usize, RandomState> = HashSet::default();
    let mut done: HashSet<usize, RandomState> = HashSet::default();
    let mut steps = vec![Step::Into(value.clone())];
    while let Some(step) = steps.pop() {
        let value = match step {
            Step::Behind(address) => {
                inside.remove(&address);
                done.insert(address);
                continue;
            }
            Step::Into(value) => value,
        };
        let (address, items) = match &value.kind {
            Kind::Map(map) => (map.address(), map.entries().values().cloned().collect()),
            Kind::List(list) => (list.address(), list.to_vec()),
            _ => continue,
        };
        if done.contains(&address) {
            continue;
        }
        if !inside.insert(address) {
            return true;
        }
        steps.push(Step::Behind(address));
        steps.extend(items.into_iter().map(Step::Into));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_deep_is_told_from_what_holds_itself() {
        let shared = Value::map([("x", Value::int(1))]);
        let twice = Value::list(vec![shared.clone(), Value::list(vec![shared.clone()])]);
        assert!(!holds_itself(&twice));
        let deep = (0..5000).fold(shared.clone(), |inner, _| Value::list(vec![inner]));
        assert_eq!(depth_error(&deep, "cycle".into()), TOO_DEEP);
        if let Some(map) = shared.as_map() {
            map.insert("self", twice.clone());
            assert_eq!(depth_error(&twice, "cycle".into()), "cycle");
            map.remove("self");
        }
    }
}
