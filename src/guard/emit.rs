//! The guard as template text.

use std::collections::BTreeSet;

use handlebars::{Handlebars, no_escape};
use serde_json::{Value as Json, json};

use super::model::{Condition, Constraint, Demand, Kept};
use super::old::Spot;
use super::path::{ValuePath, literal};
use crate::source::SourceTree;

/// What stands in the first and in the last line of a guard.
pub(super) const BEGIN: &str = "portcullis guard: begin";
pub(super) const END: &str = "portcullis guard: end";

/// How a guard is called, where it stands and where it is included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The name of the template: `web.validatePorts`.
    pub define: String,
    /// The file that includes it at its top.
    pub file: String,
    /// The file that it stands in, and the byte at which; the file's end where that is none.
    pub helpers: String,
    pub at: Option<usize>,
}

impl Names {
    /// Chooses a name that no template of the chart or of its subcharts has: those share one space of names.
    pub fn new(chart: &str, file: String, tree: &SourceTree, spot: Option<&Spot>) -> Self {
        let taken = defined(tree);
        let base = format!("{chart}.validatePorts");
        let names = std::iter::once(base.clone()).chain((2..).map(|it| format!("{base}{it}")));
        let free = |it: &String| !taken.contains(it) && !taken.contains(&reader(it));
        let helpers = spot.map_or_else(|| helpers(tree), |it| it.file.clone());
        Self { define: names.into_iter().find(free).unwrap_or(base), file, helpers, at: spot.map(|it| it.at) }
    }

    /// Returns the line that puts the guard to work.
    pub fn include(&self) -> String {
        include(&self.define)
    }
}

/// Returns the line that includes a template.
pub(super) fn include(define: &str) -> String {
    format!("{{{{- include {} . }}}}", literal(define))
}

/// Chooses the chart's own file for helpers: the usual one, or the first partial that defines something.
fn helpers(tree: &SourceTree) -> String {
    const USUAL: &str = "templates/_helpers.tpl";
    let is_partial = |it: &&str| {
        let name = it.strip_prefix("templates/").unwrap_or_default();
        name.starts_with('_') && !name.contains('/') && tree.text(it).is_some_and(|it| it.contains("define"))
    };
    let own = if tree.bytes(USUAL).is_some() { None } else { tree.paths().find(is_partial) };
    own.unwrap_or(USUAL).to_owned()
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

/// Writes the guard, to be put into the file for helpers.
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
    let read = reader(&names.define);
    let all: Vec<Json> = constraints.iter().map(|it| constraint(it, &literal(&read))).collect();
    json!({
        "name": literal(&names.define),
        "read": literal(&read),
        "file": comment(&names.file),
        "include": comment(&names.include()),
        "begin": BEGIN,
        "end": END,
        "lists": any(ValuePath::has_index) || any(ValuePath::has_name),
        "indexed": any(ValuePath::has_index),
        "named": any(ValuePath::has_name),
        "reads_name": constraints.iter().any(reads_names),
        "reads_set": constraints.iter().any(reads_set),
        "reads_port": constraints.iter().any(|it| matches!(it.demand, Demand::Range { .. })),
        "constraints": all,
    })
}

fn reads_names(it: &Constraint) -> bool {
    let own = matches!(&it.demand, Demand::Literal { kept: Kept::Name(_), .. } | Demand::Equal { names: true, .. });
    own || it.conditions.iter().any(|it| matches!(it, Condition::Other { .. }))
}

fn reads_set(it: &Constraint) -> bool {
    matches!(it.demand, Demand::Named { .. }) || it.conditions.iter().any(|it| matches!(it, Condition::Set { .. }))
}

fn constraint(it: &Constraint, read: &str) -> Json {
    let conditions: Vec<Json> = it.conditions.iter().map(|it| json!({ "test": condition(it, read) })).collect();
    let sentence = it.sentence();
    let format = |rest: &str| literal(&(sentence.replace('%', "%%") + rest));
    let mut data = match &it.demand {
        Demand::Literal { path, kept, .. } => {
            let (read, kept) = match kept {
                Kept::Number(number) => ("number", number.to_string()),
                Kept::Name(name) => ("name", name.clone()),
            };
            let kept = literal(&kept);
            json!({ "literal": true, "read": literal(read), "path": path.arguments(), "kept": kept, "sentence": format("; it is %s") })
        }
        Demand::Equal { names, one, other } => json!({
            "equal": true,
            "read": literal(if *names { "name" } else { "number" }),
            "one": one.0.arguments(),
            "other": other.0.arguments(),
            "sentence": format("; they are %s and %s"),
        }),
        Demand::Absent { .. } => {
            json!({ "absent": true, "sentence": literal(&(sentence.clone() + "; leave that off, or mend the chart")) })
        }
        Demand::Range { path, zero } => json!({
            "range": true,
            "read": literal(if *zero { "port or 0" } else { "port" }),
            "path": path.arguments(),
            "sentence": format("; it is %s"),
        }),
        Demand::Named { port, name } => json!({
            "named": true,
            "path": port.arguments(),
            "other": name.arguments(),
            "sentence": literal(&(sentence.clone() + "; it is empty")),
        }),
    };
    // Strict mode knows no missing keys.
    for key in ["literal", "equal", "absent", "range", "named"] {
        if data.get(key).is_none() {
            data[key] = false.into();
        }
    }
    data["conditions"] = conditions.into();
    data["comment"] = comment(&sentence).into();
    data
}

/// Writes a condition as an argument of `and`.
fn condition(it: &Condition, read: &str) -> String {
    let reading = |what: &str, path: &ValuePath| format!("(include {read} (list {} {}))", literal(what), path.arguments());
    match it {
        Condition::Switch { path, on: true } => reading("on", path),
        Condition::Switch { path, on: false } => format!("(not {})", reading("on", path)),
        Condition::Set { path } => reading("set", path),
        Condition::Other { path, than } => {
            let than: Vec<String> = than.iter().map(|it| literal(it)).collect();
            format!("(not (has {} (list \"\" {})))", reading("name", path), than.join(" "))
        }
        Condition::Release { lacks } => format!("(not (contains {} .Release.Name))", literal(lacks)),
    }
}

fn paths(it: &Constraint) -> Vec<&ValuePath> {
    let mut paths: Vec<&ValuePath> = match &it.demand {
        Demand::Literal { path, .. } | Demand::Range { path, .. } => vec![path],
        Demand::Equal { one, other, .. } => vec![&one.0, &other.0],
        Demand::Named { port, name } => vec![port, name],
        Demand::Absent { .. } => Vec::new(),
    };
    paths.extend(it.conditions.iter().filter_map(|it| match it {
        Condition::Switch { path, .. } | Condition::Set { path } | Condition::Other { path, .. } => Some(path),
        Condition::Release { .. } => None,
    }));
    paths
}

/// Makes a text fit for a template's comment, which ends with `*/`.
fn comment(text: &str) -> String {
    text.replace("*/", "* /").replace(['\n', '\r'], " ")
}

#[cfg(test)]
#[path = "emit_tests.rs"]
mod tests;
