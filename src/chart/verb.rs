//! Values as Go's `fmt` prints them, as far as Helm's sentences need it.

use super::number::float;
use crate::gotemplate::value::{Kind, List, Map, Value};

/// `%v`
pub(super) fn plain(value: &Value) -> String {
    print(value, &|value, text| if value.is_nil() { "<nil>".into() } else { text })
}

/// `%t` of what need not be a boolean.
pub(super) fn bad_bool(value: &Value) -> String {
    if value.is_nil() {
        return "%!t(<nil>)".into();
    }
    print(value, &|value, text| match value.kind {
        Kind::Nil => "<nil>".into(),
        Kind::Bool(_) => text,
        _ => format!("%!t({}={text})", value.type_name()),
    })
}

fn print(value: &Value, leaf: &dyn Fn(&Value, String) -> String) -> String {
    match &value.kind {
        Kind::List(list) => items(list, leaf),
        Kind::Map(map) => entries(map, leaf),
        Kind::Nil | Kind::Bytes(_) | Kind::Object(_) => leaf(value, String::new()),
        Kind::Bool(it) => leaf(value, it.to_string()),
        Kind::Int(_, it) => leaf(value, it.to_string()),
        Kind::Float(it) => leaf(value, float(*it)),
        Kind::Str(it) => leaf(value, it.text().into_owned()),
    }
}

fn items(list: &List, leaf: &dyn Fn(&Value, String) -> String) -> String {
    let items: Vec<String> = list.items().iter().map(|item| print(item, leaf)).collect();
    format!("[{}]", items.join(" "))
}

fn entries(map: &Map, leaf: &dyn Fn(&Value, String) -> String) -> String {
    let entries: Vec<String> =
        map.entries().iter().map(|(key, value)| format!("{}:{}", print(&key.clone().into(), leaf), print(value, leaf))).collect();
    format!("map[{}]", entries.join(" "))
}
