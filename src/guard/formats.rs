//! A guard in other forms: a schema of values, a suite of tests, policies for manifests and for the API server.

use std::collections::BTreeMap;

use handlebars::{Handlebars, no_escape};
use serde_json::{Map, Value as Json, json};

use super::model::{Constraint, Demand, Kept};
use super::path::ValuePath;

/// What a guard is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// A `define` that fails, for the chart's file of helpers.
    #[default]
    Helpers,
    /// A part of `values.schema.json`.
    Schema,
    /// A suite for helm-unittest.
    Unittest,
    /// A policy for conftest.
    Rego,
    /// A `ValidatingAdmissionPolicy` and its binding.
    Vap,
}

/// Writes the policy for conftest.
pub fn rego(chart: &str) -> String {
    render("rego", include_str!("templates/rego.hbs"), &json!({ "chart": one_line(chart) }))
}

/// Writes the policy for the API server.
pub fn vap(chart: &str) -> String {
    let name = format!("{}-ingress-ports", label(chart));
    render("vap", include_str!("templates/vap.hbs"), &json!({ "chart": one_line(chart), "name": name }))
}

/// A test of a guard: what is set, and the sentence that it is refused with; `None`: it renders.
#[derive(Debug, Clone)]
pub struct Test {
    pub title: String,
    pub values: Json,
    pub release: String,
    pub namespace: String,
    /// Major and minor.
    pub kube: (String, String),
    pub api_versions: Vec<String>,
    pub refused: Option<String>,
}

/// Writes the suite for helm-unittest; `file` includes the guard.
pub fn unittest(chart: &str, file: &str, tests: &[Test]) -> String {
    let tests: Vec<Json> = tests.iter().map(test).collect();
    let data =
        json!({ "chart": one_line(chart), "suite": quoted(&format!("ports of {chart}")), "file": quoted(file), "tests": tests });
    render("unittest", include_str!("templates/unittest.hbs"), &data)
}

fn test(it: &Test) -> Json {
    json!({
        "title": quoted(&it.title),
        "set": if it.values.as_object().is_some_and(Map::is_empty) { Json::Bool(false) } else { it.values.to_string().into() },
        "release": quoted(&it.release),
        "namespace": quoted(&it.namespace),
        "major": quoted(&it.kube.0),
        "minor": quoted(&it.kube.1),
        "api_versions": if it.api_versions.is_empty() { Json::Bool(false) } else { json!(it.api_versions).to_string().into() },
        "refused": it.refused.as_ref().map_or(Json::Bool(false), |it| quoted(&pattern(it)).into()),
    })
}

/// Escapes a text for a regular expression.
fn pattern(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Returns what a schema says of a constraint: whether it says all of it.
pub fn has_schema(it: &Constraint) -> bool {
    part(it).is_some()
}

/// Writes the part of `values.schema.json`: each rule is one of `allOf`.
pub fn schema(chart: &str, constraints: &[Constraint]) -> Json {
    let rules: Vec<Json> = constraints.iter().filter_map(part).collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": format!(
            "Ports of {}. Made by `portcullis guard --format schema`: put each member of `allOf` into that of values.schema.json. It \
             proves types, ranges and presence of single values, before anything is rendered. It cannot compare two values, nor \
             see what a switch of the chart makes of them: the guard in the templates does.",
            one_line(chart)
        ),
        "allOf": rules,
    })
}

fn part(it: &Constraint) -> Option<Json> {
    if !it.conditions.is_empty() {
        return None;
    }
    let (path, leaf, required) = match &it.demand {
        Demand::Range { path, zero } => {
            let minimum = i64::from(!zero);
            let number = json!({ "type": "integer", "minimum": minimum, "maximum": 65535 });
            (path, number, !zero)
        }
        Demand::Literal { path, kept: Kept::Number(number), .. } => (path, json!({ "const": number }), false),
        Demand::Literal { path, kept: Kept::Name(name), .. } => (path, json!({ "const": name }), false),
        Demand::Named { port, name } => return named(&it.sentence(), port, name),
        Demand::Equal { .. } | Demand::Absent { .. } => return None,
    };
    let mut schema = nested(&path.keys()?, leaf, required)?;
    schema["description"] = it.sentence().into();
    Some(schema)
}

/// Where the one is set, the other must be.
fn named(sentence: &str, port: &ValuePath, name: &ValuePath) -> Option<Json> {
    let is_set = nested(&port.keys()?, json!({ "not": { "enum": [0, null, ""] } }), true)?;
    let has_name = nested(&name.keys()?, json!({ "type": "string", "minLength": 1 }), true)?;
    Some(json!({ "description": sentence, "if": is_set, "then": has_name }))
}

/// Wraps the schema of a leaf into those of the maps above it.
fn nested(keys: &[&str], leaf: Json, required: bool) -> Option<Json> {
    let deepest = keys.len().checked_sub(1)?;
    let wrap = |below: Json, (at, key): (usize, &&str)| {
        let mut schema = json!({ "properties": { *key: below } });
        if required && at == deepest {
            schema["required"] = json!([key]);
        }
        schema
    };
    Some(keys.iter().enumerate().rev().fold(leaf, wrap))
}

/// Adds rules to a schema that a chart has; `None` where that is none.
pub fn merged(own: Option<&str>, new: &Json) -> Option<String> {
    let Some(own) = own else { return Some(new.to_string()) };
    let mut own: BTreeMap<String, Json> = serde_json::from_str(own).ok()?;
    let rules = own.entry("allOf".into()).or_insert_with(|| json!([])).as_array_mut()?;
    rules.extend(new["allOf"].as_array()?.iter().cloned());
    Some(json!(own).to_string())
}

fn render(name: &str, template: &str, data: &Json) -> String {
    let mut engine = Handlebars::new();
    engine.register_escape_fn(no_escape);
    engine.set_strict_mode(true);
    engine.register_template_string(name, template).expect("the templates are part of the program");
    engine.render(name, data).expect("the data fit the templates")
}

/// Writes a text as YAML takes it, which knows JSON's escapes.
fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// Makes a name of an object: a DNS label.
fn label(text: &str) -> String {
    let legal = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let text: String = text.chars().map(legal).take(40).collect();
    let text = text.trim_matches('-');
    if text.is_empty() { "chart".into() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Chart, Values};
    use crate::guard::Condition;
    use crate::source::SourceTree;

    fn path(shown: &str) -> ValuePath {
        let mut tree = SourceTree::default();
        tree.insert("values.yaml", &b"service: {port: 80, portName: http}\nlist: [{port: 1}]\nmetrics: true\n"[..]);
        ValuePath::find(shown, &Values::read(&tree, &Chart::default())).unwrap()
    }

    fn of(demand: Demand) -> Constraint {
        Constraint { demand, conditions: Vec::new() }
    }

    #[test]
    fn schema_says_what_single_values_may_be() {
        let range = of(Demand::Range { path: path("service.port"), zero: false });
        let zero = of(Demand::Range { path: path("service.port"), zero: true });
        let named = of(Demand::Named { port: path("service.port"), name: path("service.portName") });
        let takes = |rules: &[Constraint], values: Json| {
            let schema = schema("web", rules);
            assert!(jsonschema::draft7::meta::is_valid(&schema), "{schema:#}");
            jsonschema::draft7::is_valid(&schema, &values)
        };
        let port = |port: Json| json!({ "service": { "port": port } });
        for (value, range_takes, zero_takes) in [
            (json!(1), true, true),
            (json!(65535), true, true),
            (json!(0), false, true),
            (json!(65536), false, false),
            (json!("80"), false, false),
            (json!(80.5), false, false),
            (Json::Null, false, false),
        ] {
            assert_eq!(takes(std::slice::from_ref(&range), port(value.clone())), range_takes, "{value}");
            assert_eq!(takes(std::slice::from_ref(&zero), port(value.clone())), zero_takes, "{value}");
        }
        assert!(!takes(std::slice::from_ref(&range), json!({ "service": {} })) && takes(&[zero], json!({ "service": {} })));
        let both = |name: Json| json!({ "service": { "port": 80, "portName": name } });
        let named = [named];
        assert!(takes(&named, both("http".into())) && !takes(&named, both("".into())) && !takes(&named, port(80.into())));
        assert!(takes(&named, json!({ "service": {} })) && takes(&named, port(0.into())));
    }

    #[test]
    fn schema_leaves_out_what_it_cannot_say() {
        let mut on = of(Demand::Range { path: path("service.port"), zero: false });
        on.conditions.push(Condition::Switch { path: path("metrics"), on: true });
        assert!(!has_schema(&on) && !has_schema(&of(Demand::Range { path: path("list[0].port"), zero: false })));
    }

    #[test]
    fn rules_are_added_to_a_schema_that_is_there() {
        let new = json!({ "allOf": [{ "a": 1 }] });
        assert_eq!(merged(Some(r#"{"type":"object","allOf":[{}]}"#), &new).unwrap(), r#"{"allOf":[{},{"a":1}],"type":"object"}"#);
        assert_eq!(merged(None, &new).unwrap(), new.to_string());
        assert!(merged(Some("[]"), &new).is_none() && merged(Some(r#"{"allOf":1}"#), &new).is_none());
    }

    #[test]
    fn texts_and_names_are_made_fit() {
        assert_eq!(pattern("a.b (c) [0]"), r"a\.b \(c\) \[0\]");
        assert_eq!((label("My_Chart.x").as_str(), label("__").as_str()), ("my-chart-x", "chart"));
        assert!(rego("a\nb").starts_with("# Do the ports of a b line up?"));
    }
}
