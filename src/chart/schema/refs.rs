//! Where references of a document lead to.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::Unusable;
use crate::gotemplate::print::quote;

/// What the document is called, as Helm calls it.
pub(super) const ROOT: &str = "file:///values.schema.json";

/// Keywords whose values are schemas, lists of them, or maps of them.
const SCHEMAS: &[&str] = &[
    "not",
    "additionalProperties",
    "additionalItems",
    "items",
    "propertyNames",
    "contains",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contentSchema",
    "allOf",
    "anyOf",
    "oneOf",
    "prefixItems",
];
const MAPS: &[&str] = &["definitions", "properties", "patternProperties", "dependencies", "$defs", "dependentSchemas"];

/// The resources and the anchors of a document, as pointers into it.
#[derive(Debug, Default)]
pub(super) struct Refs {
    /// By URL without fragment.
    resources: HashMap<String, String>,
    /// By URL with the anchor as fragment.
    anchors: HashMap<String, String>,
    /// The base URL of each resource's root, by pointer; the longest that leads to a place counts.
    bases: Vec<(String, String)>,
}

impl Refs {
    pub(super) fn new(document: &Json, draft: u16) -> Self {
        let mut refs = Self::default();
        refs.resources.insert(ROOT.into(), String::new());
        refs.bases.push((String::new(), ROOT.into()));
        refs.collect(document, "", ROOT, draft, 0);
        refs
    }

    fn collect(&mut self, schema: &Json, pointer: &str, base: &str, draft: u16, depth: usize) {
        let Some(object) = schema.as_object().filter(|_| depth < 200) else { return };
        let text = |key: &str| object.get(key).and_then(Json::as_str);
        let id = text(if draft == 4 { "id" } else { "$id" }).filter(|_| draft >= 2019 || !object.contains_key("$ref"));
        let mut base = base.to_owned();
        if let Some(id) = id {
            let (url, fragment) = split(id);
            if !url.is_empty() {
                base = join(&base, url);
                self.resources.insert(base.clone(), pointer.to_owned());
                self.bases.push((pointer.to_owned(), base.clone()));
            }
            if draft < 2019 && !fragment.is_empty() {
                self.anchors.insert(format!("{base}#{fragment}"), pointer.to_owned());
            }
        }
        for anchor in ["$anchor", "$dynamicAnchor"].into_iter().filter_map(text) {
            self.anchors.insert(format!("{base}#{anchor}"), pointer.to_owned());
        }
        for (key, value) in object {
            let below = format!("{pointer}/{}", escape(key));
            if SCHEMAS.contains(&key.as_str()) {
                self.collect(value, &below, &base, draft, depth + 1);
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    self.collect(item, &format!("{below}/{index}"), &base, draft, depth + 1);
                }
            } else if MAPS.contains(&key.as_str()) {
                for (name, value) in value.as_object().into_iter().flatten() {
                    self.collect(value, &format!("{below}/{}", escape(name)), &base, draft, depth + 1);
                }
            }
        }
    }

    /// Returns the pointer that a reference at a place leads to; `None` for a schema that allows everything.
    pub(super) fn resolve(&self, at: &str, reference: &str) -> Result<Option<String>, Unusable> {
        let leads_to = |pointer: &str| at == pointer || at.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'));
        let base = self.bases.iter().filter(|(pointer, _)| leads_to(pointer)).max_by_key(|(pointer, _)| pointer.len());
        let base = base.map_or(ROOT, |(_, url)| url.as_str());
        let (url, fragment) = split(reference);
        let url = if url.is_empty() { base.to_owned() } else { join(base, url) };
        let Some(resource) = self.resources.get(&url) else {
            return if url.starts_with("urn:") || is_metaschema(&url) { Ok(None) } else { Err(Unusable::Remote(url)) };
        };
        let fragment = decode(fragment);
        if fragment.is_empty() || fragment.starts_with('/') {
            return Ok(Some(format!("{resource}{fragment}")));
        }
        let missing = || {
            Unusable::Broken(format!(
                "anchor in {} not found in schema {}",
                quote(format!("{url}#{fragment}").as_bytes()),
                quote(ROOT.as_bytes())
            ))
        };
        self.anchors.get(&format!("{url}#{fragment}")).cloned().map(Some).ok_or_else(missing)
    }
}

fn is_metaschema(url: &str) -> bool {
    url.trim_start_matches("http://").trim_start_matches("https://").starts_with("json-schema.org/")
}

pub(super) fn split(url: &str) -> (&str, &str) {
    url.split_once('#').unwrap_or((url, ""))
}

/// Joins a URL and a reference, as far as schemas need it.
fn join(base: &str, reference: &str) -> String {
    let has_scheme = reference.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    if has_scheme {
        return reference.to_owned();
    }
    let (scheme, rest) = base.split_once("://").unwrap_or(("file", base));
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    if let Some(other) = reference.strip_prefix("//") {
        return format!("{scheme}://{other}");
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let full = if reference.starts_with('/') { reference.to_owned() } else { format!("{folder}/{reference}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in full.split('/') {
        match part {
            "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    format!("{scheme}://{host}{}", parts.join("/"))
}

pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Decodes `%xx`.
fn decode(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let hex = behind.get(..2).and_then(|it| std::str::from_utf8(it).ok()).and_then(|it| u8::from_str_radix(it, 16).ok());
        match hex {
            Some(decoded) if byte == b'%' => {
                bytes.push(decoded);
                rest = &behind[2..];
            }
            _ => {
                bytes.push(byte);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
