//! Mistakes in the words of santhosh-tekuri/jsonschema: kind.go and output.go.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::number::{Number, count};
use crate::gotemplate::print::quote;

/// What is wrong at one place of the values, and why.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) path: Vec<String>,
    pub(super) what: What,
    pub(super) causes: Vec<Self>,
}

#[derive(Debug)]
pub(super) enum What {
    /// Several things.
    Group,
    /// A reference: not shown where it has one cause.
    Reference,
    Text(String),
}

impl Mistake {
    /// Writes it with what is below it.
    pub(super) fn show(&self, indent: usize, out: &mut String) {
        let is_shown = !(matches!(self.what, What::Reference) && self.causes.len() == 1);
        if is_shown {
            if !out.is_empty() {
                out.push('\n');
            }
            *out += &"  ".repeat(indent);
            _ = write!(out, "- at {}: {}", quoted(&pointer(&self.path)), self.text());
        }
        for cause in &self.causes {
            cause.show(indent + usize::from(is_shown), out);
        }
    }

    fn text(&self) -> &str {
        match &self.what {
            What::Group | What::Reference => "validation failed",
            What::Text(text) => text,
        }
    }
}

fn pointer(path: &[String]) -> String {
    path.iter().flat_map(|key| ["/".to_owned(), super::refs::escape(key)]).collect()
}

/// Quotes with single quotes.
pub(super) fn quoted(text: &str) -> String {
    let inner = quote(text.as_bytes()).replace("\\\"", "\"").replace('\'', "\\'");
    let inner = inner.get(1..inner.len() - 1).unwrap_or_default();
    format!("'{inner}'")
}

pub(super) fn joined<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|it| quoted(it.as_ref())).collect::<Vec<_>>().join(", ")
}

fn display(value: &Json) -> String {
    match value {
        Json::Null => "<nil>".into(),
        Json::String(text) => quoted(text),
        Json::Array(_) | Json::Object(_) => "value".into(),
        other => other.to_string(),
    }
}

pub(super) fn choices(wanted: &[Json]) -> String {
    if wanted.iter().any(|it| it.is_array() || it.is_object()) {
        return "'enum' failed".into();
    }
    match wanted {
        [one] => format!("value must be {}", display(one)),
        all => format!("value must be one of {}", all.iter().map(display).collect::<Vec<_>>().join(", ")),
    }
}

pub(super) fn constant(wanted: &Json) -> String {
    if wanted.is_array() || wanted.is_object() { "'const' failed".into() } else { format!("value must be {}", display(wanted)) }
}

pub(super) fn missing(names: &[&str]) -> String {
    let noun = if names.len() == 1 { "property" } else { "properties" };
    format!("missing {noun} {}", joined(names))
}

pub(super) fn dependency(name: &str, missing: &[&str]) -> String {
    format!("properties {} required, if {} exists", joined(missing), quoted(name))
}

pub(super) fn counted(keyword: &str, got: usize, want: u64) -> String {
    format!("{keyword}: got {}, want {}", count(got as u64), count(want))
}

pub(super) fn bounded(keyword: &str, got: Number, want: Number) -> String {
    format!("{keyword}: got {}, want {}", got.shown(), want.shown())
}

/// Writes how many items matched, and which.
pub(super) fn contained(bound: &str, want: u64, matched: &[usize]) -> String {
    let words = format!("{bound} {} items required to match contains schema, but", count(want));
    if matched.is_empty() && bound == "min" {
        return format!("{words} none matched");
    }
    let places = matched.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    format!("{words} matched {} items at {places}", count(matched.len() as u64))
}
