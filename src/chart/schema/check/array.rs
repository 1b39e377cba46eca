//! Keywords of arrays.

use std::collections::HashMap;

use super::{Check, Value, error};
use crate::chart::schema::node::{Additional, Items};
use crate::chart::schema::number::count;
use crate::codec::json::to_json;
use crate::gotemplate::value::Frozen;

impl Check<'_, '_> {
    pub(super) fn array(&mut self, items: &[Value]) {
        let node = self.node;
        if let Some(want) = node.min_items.filter(|want| (items.len() as u64) < *want) {
            self.add(error::counted("minItems", items.len(), want));
        }
        if let Some(want) = node.max_items.filter(|want| items.len() as u64 > *want) {
            self.add(error::counted("maxItems", items.len(), want));
        }
        if let Some((first, second)) = node.unique_items.then(|| duplicates(items)).flatten() {
            self.add(format!("items at {} and {} are equal", count(first as u64), count(second as u64)));
        }
        if node.draft < 2020 {
            self.items(items);
        } else {
            for (index, item) in items.iter().enumerate() {
                let schema = node.prefix_items.get(index).copied().or(node.rest_items);
                if let Some(id) = schema {
                    self.item(id, index, item);
                }
            }
        }
        if let Some(id) = node.contains {
            self.contains(id, items);
        }
    }

    fn item(&mut self, id: usize, index: usize, item: &Value) {
        let wrong = self.place.below(id, item, &index.to_string(), self.quick).err();
        self.mistakes.extend(wrong);
    }

    fn items(&mut self, items: &[Value]) {
        let node = self.node;
        let seen = match &node.items {
            None => 0,
            Some(Items::All(id)) => {
                items.iter().enumerate().for_each(|(index, item)| self.item(*id, index, item));
                items.len()
            }
            Some(Items::Each(schemas)) => {
                schemas.iter().zip(items).enumerate().for_each(|(index, (id, item))| self.item(*id, index, item));
                schemas.len().min(items.len())
            }
        };
        match node.additional_items {
            Some(Additional::Bool(false)) if seen != items.len() => {
                self.add(format!("last {} additionalItem(s) not allowed", count((items.len() - seen) as u64)));
            }
            Some(Additional::Schema(id)) => {
                items.iter().enumerate().skip(seen).for_each(|(index, item)| self.item(id, index, item));
            }
            _ => {}
        }
    }

    fn contains(&mut self, id: usize, items: &[Value]) {
        let node = self.node;
        let (mut matched, mut wrong) = (Vec::new(), Vec::new());
        for (index, item) in items.iter().enumerate() {
            if let Err(mistake) = self.place.below(id, item, &index.to_string(), self.quick) {
                wrong.push(mistake);
                continue;
            }
            matched.push(index);
            if let Some(unseen) = self.unseen.items.as_mut().filter(|_| node.draft >= 2020) {
                unseen.remove(&index);
            }
        }
        match node.min_contains {
            Some(want) if (matched.len() as u64) < want => self.add_with(error::contained("min", want, &matched), wrong),
            None if matched.is_empty() => self.add_with("no items match contains schema", wrong),
            _ => {}
        }
        if let Some(want) = node.max_contains.filter(|want| matched.len() as u64 > *want) {
            self.add(error::contained("max", want, &matched));
        }
    }
}

/// Finds two equal items: the first pair in the order of the second.
fn duplicates(items: &[Value]) -> Option<(usize, usize)> {
    let mut seen = HashMap::new();
    items.iter().enumerate().find_map(|(second, item)| {
        let text = to_json(&comparable(Frozen::from(item)).thaw()).ok()?;
        let first = *seen.entry(text).or_insert(second);
        (first != second).then_some((first, second))
    })
}

/// Makes floats of integers and 0 of -0, so that equal numbers are equal.
fn comparable(value: Frozen) -> Frozen {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "values files have floats only")]
        Frozen::Int(_, it) => Frozen::Float(it as f64),
        Frozen::List(items) => Frozen::List(items.into_iter().map(comparable).collect()),
        Frozen::Map(entries) => Frozen::Map(entries.into_iter().map(|(key, value)| (key, comparable(value))).collect()),
        Frozen::Float(it) => Frozen::Float(it + 0.0),
        other => other,
    }
}
