//! The guard as template text.

use std::collections::BTreeSet;

use handlebars::{Handlebars, no_escape};
use serde_json::{Value as Json, json};

use super::model::{Constraint, Demand};
use super::path::{ValuePath, literal};
use crate::source::SourceTree;

/// How a guard is called and where it is included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The name of the template: `web.validatePorts`.
    pub define: String,
    /// The file that includes it at its top.
    pub file: String,
}

impl Names {
    /// Chooses a name that no template of the chart or of its subcharts has: those share one space of names.
    pub fn new(chart: &str, file: String, tree: &SourceTree) -> Self {
        let taken = defined(tree);
        let base = format!("{chart}.validatePorts");
        let names = std::iter::once(base.clone()).chain((2..).map(|it| format!("{base}{it}")));
        let free = |it: &String| !taken.contains(it) && !taken.contains(&reader(it));
        Self { define: names.into_iter().find(free).unwrap_or(base), file }
    }

    /// Returns the line that puts the guard to work.
    pub fn include(&self) -> String {
        format!("{{{{- include {} . }}}}", literal(&self.define))
    }
}

fn reader(define: &str) -> String {
    format!("{define}.read")
}

/// Returns the names of all templates that a tree defines.
pub fn defined(tree: &SourceTree) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for text in tree.paths().filter(|it| it.contains("templates/")).filter_map(|it| tree.text(it)) {
        for rest in text.split("define").skip(1) {
            let quoted = rest.trim_start().strip_prefix(['"', '`']);
            names.extend(quoted.and_then(|it| it.split(['"', '`']).next()).map(str::to_owned));
        }
    }
    names
}

/// Writes the guard, to be appended to `templates/_helpers.tpl`.
pub fn emit(names: &Names, constraints: &[Constraint]) -> String {
    let mut engine = Handlebars::new();
    engine.register_escape_fn(no_escape);
    engine.set_strict_mode(true);
    let known = engine
        .register_partial("conditions", include_str!("templates/conditions.hbs").trim_end())
        .and_then(|()| engine.register_template_string("helpers", include_str!("templates/helpers.hbs")));
    known.expect("the templates are part of the program");
    engine.render("helpers", &data(names, constraints)).expect("the data fit the templates")
}

fn data(names: &Names, constraints: &[Constraint]) -> Json {
    let any = |has: fn(&ValuePath) -> bool| constraints.iter().flat_map(paths).any(has);
    json!({
        "name": literal(&names.define),
        "read": literal(&reader(&names.define)),
        "file": comment(&names.file),
        "include": comment(&names.include()),
        "lists": any(ValuePath::has_index) || any(ValuePath::has_name),
        "indexed": any(ValuePath::has_index),
        "named": any(ValuePath::has_name),
        "constraints": constraints.iter().map(constraint).collect::<Vec<_>>(),
    })
}

fn constraint(it: &Constraint) -> Json {
    let conditions: Vec<Json> = it.conditions.iter().map(|it| json!({ "on": it.on, "path": it.path.arguments() })).collect();
    let sentence = it.sentence();
    let format = |rest: &str| literal(&(sentence.replace('%', "%%") + rest));
    match &it.demand {
        Demand::Literal { path, number, .. } => json!({
            "literal": true,
            "path": path.arguments(),
            "number": number,
            "conditions": conditions,
            "comment": comment(&sentence),
            "sentence": format("; it is %s"),
        }),
        Demand::Equal { one, other } => json!({
            "literal": false,
            "one": one.0.arguments(),
            "other": other.0.arguments(),
            "conditions": conditions,
            "comment": comment(&sentence),
            "sentence": format("; they are %s and %s"),
        }),
    }
}

fn paths(it: &Constraint) -> Vec<&ValuePath> {
    let mut paths: Vec<&ValuePath> = match &it.demand {
        Demand::Literal { path, .. } => vec![path],
        Demand::Equal { one, other } => vec![&one.0, &other.0],
    };
    paths.extend(it.conditions.iter().map(|it| &it.path));
    paths
}

/// Makes a text fit for a template's comment, which ends with `*/`.
fn comment(text: &str) -> String {
    text.replace("*/", "* /").replace(['\n', '\r'], " ")
}

#[cfg(test)]
#[path = "emit_tests.rs"]
mod tests;
