//! YAML into structs by way of JSON, as sigs.k8s.io/yaml and `encoding/json` do it: keys in any case, scalars as strings where
//! strings are wanted, the first wrong type is the error.

use std::collections::BTreeMap;

use super::{Maintainer, Metadata, Requirement};
use crate::chart::HelmVersion;
use crate::chart::yaml::{Mistake, frozen, json_kind};
use crate::gotemplate::print::format_float;
use crate::gotemplate::value::Frozen;
use crate::yaml::{Node, NodeKind, Value};

pub(super) struct Decoder {
    /// Go's name of the package that the structs are in.
    package: &'static str,
    /// The struct that is read, and the fields that lead to it.
    structs: Vec<&'static str>,
    fields: Vec<String>,
    mistake: Option<Mistake>,
}

impl Decoder {
    pub(super) fn new(helm: HelmVersion) -> Self {
        let package = if helm == HelmVersion::V4 { "v2" } else { "chart" };
        Self { package, structs: Vec::new(), fields: Vec::new(), mistake: None }
    }

    pub(super) fn metadata(mut self, root: &Node, into: &mut Metadata) -> Result<(), Mistake> {
        const FIELDS: &[&str] = &[
            "name",
            "home",
            "sources",
            "version",
            "description",
            "keywords",
            "maintainers",
            "icon",
            "apiVersion",
            "condition",
            "tags",
            "appVersion",
            "deprecated",
            "annotations",
            "kubeVersion",
            "dependencies",
            "type",
        ];
        self.fields_of(root, "Metadata", FIELDS, |it, field, node| match field {
            "name" => it.string(node, &mut into.name),
            "home" => it.string(node, &mut into.home),
            "sources" => it.strings(node, &mut into.sources),
            "version" => it.string(node, &mut into.version),
            "description" => it.string(node, &mut into.description),
            "keywords" => it.strings(node, &mut into.keywords),
            "maintainers" => it.maintainers(node, &mut into.maintainers),
            "icon" => it.string(node, &mut into.icon),
            "apiVersion" => it.string(node, &mut into.api_version),
            "condition" => it.string(node, &mut into.condition),
            "tags" => it.string(node, &mut into.tags),
            "appVersion" => it.string(node, &mut into.app_version),
            "deprecated" => it.bool(node, &mut into.deprecated),
            "annotations" => it.annotations(node, &mut into.annotations),
            "kubeVersion" => it.string(node, &mut into.kube_version),
            "dependencies" => it.requirements(node, &mut into.dependencies),
            _ => it.string(node, &mut into.kind),
        });
        self.mistake.map_or(Ok(()), Err)
    }

    /// Reads `apiVersion` alone, as Helm does before it chooses a loader.
    pub(super) fn version(mut self, root: &Node, into: &mut Metadata) -> Result<(), Mistake> {
        self.fields_of(root, "chartBase", &["apiVersion"], |it, _, node| it.string(node, &mut into.api_version));
        self.mistake.map_or(Ok(()), Err)
    }

    /// Hands each known field of a mapping to a function.
    fn fields_of(
        &mut self,
        node: &Node,
        name: &'static str,
        known: &'static [&'static str],
        mut take: impl FnMut(&mut Self, &'static str, &Node),
    ) {
        if node.is_null() {
            return;
        }
        let NodeKind::Mapping(entries) = &node.kind else {
            let package = if name == "chartBase" { "loader" } else { self.package };
            return self.wrong(node, &format!("{package}.{name}"));
        };
        let mut entries: Vec<_> = entries.iter().collect();
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        self.structs.push(name);
        for entry in entries {
            let exact = known.iter().find(|it| **it == entry.key);
            let Some(field) = exact.or_else(|| known.iter().find(|it| it.eq_ignore_ascii_case(&entry.key))) else { continue };
            self.fields.push((*field).to_owned());
            take(self, field, &entry.value);
            self.fields.pop();
        }
        self.structs.pop();
    }

    fn string(&mut self, node: &Node, into: &mut String) {
        let text = match node.scalar() {
            None => return self.wrong(node, "string"),
            Some(Value::Null) => return,
            Some(Value::Str(text)) => text.clone(),
            Some(Value::Float(number)) => float32(*number),
            Some(other) => other.to_string(),
        };
        *into = text;
    }

    fn bool(&mut self, node: &Node, into: &mut bool) {
        match node.scalar() {
            Some(Value::Bool(value)) => *into = *value,
            Some(Value::Null) => {}
            _ => self.wrong(node, "bool"),
        }
    }

    fn strings(&mut self, node: &Node, into: &mut Vec<String>) {
        self.list(node, "[]string", into, |it, item, into: &mut String| it.string(item, into));
    }

    fn list<T: Default>(&mut self, node: &Node, ty: &str, into: &mut Vec<T>, take: impl Fn(&mut Self, &Node, &mut T)) {
        match &node.kind {
            NodeKind::Sequence(items) => {
                *into = items
                    .iter()
                    .map(|item| {
                        let mut value = T::default();
                        take(self, item, &mut value);
                        value
                    })
                    .collect();
            }
            _ if node.is_null() => into.clear(),
            _ => self.wrong(node, ty),
        }
    }

    fn annotations(&mut self, node: &Node, into: &mut Option<BTreeMap<String, String>>) {
        match &node.kind {
            NodeKind::Mapping(entries) => {
                let annotations = into.get_or_insert_default();
                for entry in entries {
                    let mut text = String::new();
                    self.string(&entry.value, &mut text);
                    annotations.insert(entry.key.clone(), text);
                }
            }
            _ if node.is_null() => *into = None,
            _ => self.wrong(node, "map[string]string"),
        }
    }

    fn maintainers(&mut self, node: &Node, into: &mut Vec<Maintainer>) {
        let ty = format!("[]*{}.Maintainer", self.package);
        self.list(node, &ty, into, |it, item, into: &mut Maintainer| {
            into.is_null = item.is_null();
            it.fields_of(item, "Maintainer", &["name", "email", "url"], |it, field, node| match field {
                "name" => it.string(node, &mut into.name),
                "email" => it.string(node, &mut into.email),
                _ => it.string(node, &mut into.url),
            });
        });
    }

    fn requirements(&mut self, node: &Node, into: &mut Option<Vec<Requirement>>) {
        const FIELDS: &[&str] = &["name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias"];
        if node.is_null() {
            *into = None;
            return;
        }
        let ty = format!("[]*{}.Dependency", self.package);
        let list = into.get_or_insert_default();
        self.list(node, &ty, list, |it, item, into: &mut Requirement| {
            into.is_null = item.is_null();
            it.fields_of(item, "Dependency", FIELDS, |it, field, node| match field {
                "name" => it.string(node, &mut into.name),
                "version" => it.string(node, &mut into.version),
                "repository" => it.string(node, &mut into.repository),
                "condition" => it.string(node, &mut into.condition),
                "tags" => it.strings(node, &mut into.tags),
                "enabled" => it.bool(node, &mut into.enabled),
                "import-values" => {
                    it.list(node, "[]interface {}", &mut into.import_values, |_, item, into: &mut Frozen| *into = frozen(item));
                }
                _ => it.string(node, &mut into.alias),
            });
        });
    }

    /// Notes that a value is of the wrong type.
    fn wrong(&mut self, node: &Node, wanted: &str) {
        if self.mistake.is_some() {
            return;
        }
        let found = json_kind(&frozen(node));
        let place = match self.structs.last() {
            Some(name) => format!("Go struct field {name}.{}", self.fields.join(".")),
            None => "Go value".to_owned(),
        };
        let message =
            format!("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into {place} of type {wanted}");
        self.mistake = Some(Mistake { message, line: Some(node.start.line) });
    }
}

/// Writes a number as sigs.k8s.io/yaml makes a text of it: with 32 bits.
fn float32(number: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "32 bits are asked for")]
    let digits = (number as f32).to_string();
    format_float(digits.parse().unwrap_or(number), 'g', None)
}
