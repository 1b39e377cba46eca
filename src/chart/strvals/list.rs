//! Items of lists: `listItem` and `setIndex`.

use super::parser::{Parser, Right};
use super::{Fail, MOST_ITEMS, empty_map, mistaken};
use crate::gotemplate::print::quote_rune;
use crate::gotemplate::value::Value;

type Items = Vec<Value>;

impl Parser<'_> {
    /// Reads what stands behind `[index]`, and returns the list with it.
    pub(super) fn item(&mut self, list: Items, index: i64, level: usize) -> (Items, Result<(), Fail>) {
        if index < 0 {
            return (list, Err(format!("negative {index} index not allowed").into()));
        }
        let (text, ended_by) = self.reader.until(&['[', '.', '='], !self.is_literal());
        if !text.is_empty() {
            let runes: Vec<String> = text.chars().map(|c| quote_rune(c, false)).collect();
            let message = format!("unexpected data at end of array index: [{}]", runes.join(" "));
            return (list, Err(message.into()));
        }
        match ended_by {
            None => (list, Err(Fail::End)),
            Some('=') => match self.right() {
                Ok(Right::Value(value)) => set_index(list, index, value),
                Ok(Right::End) => set_index(list, index, "".into()),
                Err(error) => (list, Err(error)),
            },
            Some('[') => self.nested_list(list, index, level),
            Some(_) => self.nested_map(list, index, level),
        }
    }

    fn nested_list(&mut self, mut list: Items, index: i64, level: usize) -> (Items, Result<(), Fail>) {
        let next = match self.index() {
            Ok(next) => next,
            Err(error) => return (list, Err(error)),
        };
        let inner = match at(&list, index) {
            None => Vec::new(),
            Some(value) if value.is_nil() => Vec::new(),
            Some(value) => match value.as_list() {
                Some(inner) => inner.to_vec(),
                None => return (list.clone(), Err(mistaken(value, "[]interface {}"))),
            },
        };
        match self.item(inner, next, level) {
            (inner, Ok(())) => set_index(list, index, Value::list(inner)),
            (inner, Err(error)) => {
                // What was changed in place stays so.
                if let Some(place) = usize::try_from(index).ok().and_then(|index| list.get_mut(index))
                    && !place.is_nil()
                {
                    *place = Value::list(inner);
                }
                (list, Err(error))
            }
        }
    }

    fn nested_map(&mut self, mut list: Items, index: i64, level: usize) -> (Items, Result<(), Fail>) {
        let inner = match at(&list, index).map(Value::as_map) {
            Some(Some(map)) => map.clone(),
            found => {
                let map = empty_map();
                if let (Some(None), Ok(index)) = (found, usize::try_from(index)) {
                    list[index] = map.clone().into();
                }
                map
            }
        };
        match self.key(&inner, level) {
            Ok(()) => set_index(list, index, inner.into()),
            Err(error) => (list, Err(error)),
        }
    }
}

fn at(list: &[Value], index: i64) -> Option<&Value> {
    list.get(usize::try_from(index).ok()?)
}

fn set_index(mut list: Items, index: i64, value: Value) -> (Items, Result<(), Fail>) {
    let Ok(place) = usize::try_from(index) else {
        return (list, Err(format!("negative {index} index not allowed").into()));
    };
    if index > MOST_ITEMS {
        let message = format!("index of {index} is greater than maximum supported index of {MOST_ITEMS}");
        return (list, Err(message.into()));
    }
    if list.len() <= place {
        list.resize(place + 1, Value::NIL);
    }
    list[place] = value;
    (list, Ok(()))
}
