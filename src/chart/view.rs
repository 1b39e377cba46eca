//! `.Chart`, as templates see it.

use std::any::Any;
use std::collections::BTreeMap;

use super::HelmVersion;
use super::package::Maintainer;
use super::tree::{Id, Requirement, Tree};
use crate::gotemplate::print::sprint;
use crate::gotemplate::value::{Kind, List, ListType, Map, MapType, Object, Str, Value};

/// A Go struct: its fields in order, and the names they have in JSON.
#[derive(Debug)]
struct Struct {
    type_name: &'static str,
    kind_name: &'static str,
    fields: Vec<Field>,
    /// A struct that is embedded, by its name: its fields are those of the whole.
    embedded: Option<(&'static str, Value)>,
}

#[derive(Debug)]
struct Field {
    name: &'static str,
    json: &'static str,
    value: Value,
    /// Whether JSON leaves it out where it is empty.
    omits_empty: bool,
}

impl Object for Struct {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn kind_name(&self) -> &'static str {
        self.kind_name
    }

    fn field(&self, name: &str) -> Option<Value> {
        let own = self.fields.iter().find(|it| it.name == name).map(|it| it.value.clone());
        own.or_else(|| match &self.embedded {
            Some((embedded, value)) if *embedded == name => Some(value.clone()),
            Some((_, Value { kind: Kind::Object(object), .. })) => object.field(name),
            _ => None,
        })
    }

    fn data(&self) -> Value {
        let mut entries: BTreeMap<Str, Value> = match &self.embedded {
            Some((_, Value { kind: Kind::Object(object), .. })) => {
                object.data().as_map().map(|map| map.entries().clone()).unwrap_or_default()
            }
            _ => BTreeMap::new(),
        };
        let shown = self.fields.iter().filter(|it| !it.omits_empty || it.value.truth());
        entries.extend(shown.map(|it| (Str::from(it.json), it.value.clone())));
        Map::new(MapType::Any, entries).into()
    }

    /// As `%v` prints a struct, without the addresses that pointers inside it would have.
    fn string(&self) -> Option<Vec<u8>> {
        let embedded = self.embedded.iter().map(|(_, value)| value);
        let parts: Vec<String> = embedded.chain(self.fields.iter().map(|it| &it.value)).map(printed).collect();
        let pointer = if self.kind_name == "ptr" { "&" } else { "" };
        Some(format!("{pointer}{{{}}}", parts.join(" ")).into_bytes())
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

fn printed(value: &Value) -> String {
    match &value.kind {
        Kind::Object(object) if object.kind_name() == "ptr" => "0xc000000000".into(),
        Kind::Object(object) => String::from_utf8_lossy(&object.string().unwrap_or_default()).into_owned(),
        Kind::List(list) => format!("[{}]", list.items().iter().map(printed).collect::<Vec<_>>().join(" ")),
        _ => String::from_utf8_lossy(&sprint(std::slice::from_ref(value))).into_owned(),
    }
}

fn object(object: Struct) -> Value {
    Value::new(Kind::Object(std::rc::Rc::new(object)))
}

fn field(name: &'static str, json: &'static str, value: impl Into<Value>) -> Field {
    Field { name, json, value: value.into(), omits_empty: true }
}

impl Tree<'_> {
    /// Returns a chart's `.Chart`: a map in Helm 4, a struct in Helm 3.
    pub(super) fn chart_value(&self, chart: Id) -> Value {
        let is_root = self.charts[chart].parent.is_none();
        let fields = self.metadata_fields(chart);
        if self.helm == HelmVersion::V4 {
            let fields = fields.into_iter().map(|it| (it.name, it.value));
            return Value::map(fields.chain([("IsRoot", is_root.into())]));
        }
        let metadata = Struct { type_name: "chart.Metadata", kind_name: "struct", fields, embedded: None };
        let is_root = Field { name: "IsRoot", json: "IsRoot", value: is_root.into(), omits_empty: false };
        object(Struct {
            type_name: "struct { chart.Metadata; IsRoot bool }",
            kind_name: "struct",
            fields: vec![is_root],
            embedded: Some(("Metadata", object(metadata))),
        })
    }

    fn metadata_fields(&self, chart: Id) -> Vec<Field> {
        let it = &self.charts[chart].package.metadata;
        let text = |text: &String| Value::str(text);
        let maintainers = it.maintainers.iter().map(|it| self.structure("*chart.Maintainer", maintainer(it))).collect();
        let requirements = self.requirements_of(chart).map(|ids| {
            let shown = |id: &Id| self.structure("*chart.Dependency", self.requirement(&self.requirements[*id]));
            ids.iter().map(shown).collect()
        });
        vec![
            field("Name", "name", self.name(chart)),
            field("Home", "home", text(&it.home)),
            field("Sources", "sources", self.strings(&it.sources)),
            field("Version", "version", text(&it.version)),
            field("Description", "description", text(&it.description)),
            field("Keywords", "keywords", self.strings(&it.keywords)),
            field("Maintainers", "maintainers", self.list("[]*chart.Maintainer", maintainers)),
            field("Icon", "icon", text(&it.icon)),
            field("APIVersion", "apiVersion", text(&it.api_version)),
            field("Condition", "condition", text(&it.condition)),
            field("Tags", "tags", text(&it.tags)),
            field("AppVersion", "appVersion", text(&it.app_version)),
            field("Deprecated", "deprecated", it.deprecated),
            field("Annotations", "annotations", annotations(it.annotations.as_ref())),
            field("KubeVersion", "kubeVersion", text(&it.kube_version)),
            field("Dependencies", "dependencies", self.list("[]*chart.Dependency", requirements.unwrap_or_default())),
            field("Type", "type", text(&it.kind)),
        ]
    }

    fn requirement(&self, requirement: &Requirement<'_>) -> Vec<Field> {
        let it = requirement.read;
        vec![
            Field { omits_empty: false, ..field("Name", "name", requirement.name.as_str()) },
            field("Version", "version", it.version.as_str()),
            Field { omits_empty: false, ..field("Repository", "repository", it.repository.as_str()) },
            field("Condition", "condition", it.condition.as_str()),
            field("Tags", "tags", self.strings(&it.tags)),
            field("Enabled", "enabled", requirement.enabled),
            field("ImportValues", "import-values", Value::list(requirement.import_values.clone())),
            field("Alias", "alias", it.alias.as_str()),
        ]
    }

    /// Makes a struct, or for Helm 4 a map by the names of its fields.
    fn structure(&self, type_name: &'static str, fields: Vec<Field>) -> Value {
        if self.helm == HelmVersion::V4 {
            return Value::map(fields.into_iter().map(|it| (it.name, it.value)));
        }
        object(Struct { type_name, kind_name: "ptr", fields, embedded: None })
    }

    fn strings(&self, texts: &[String]) -> Value {
        match self.helm {
            HelmVersion::V3 => Value::strings(texts),
            HelmVersion::V4 => Value::list(texts.iter().map(Value::str).collect()),
        }
    }

    fn list(&self, type_name: &'static str, items: Vec<Value>) -> Value {
        match self.helm {
            HelmVersion::V3 => List::new(ListType::Named(type_name), items).into(),
            HelmVersion::V4 => Value::list(items),
        }
    }
}

fn maintainer(it: &Maintainer) -> Vec<Field> {
    vec![
        field("Name", "name", it.name.as_str()),
        field("Email", "email", it.email.as_str()),
        field("URL", "url", it.url.as_str()),
    ]
}

fn annotations(annotations: Option<&BTreeMap<String, String>>) -> Value {
    match annotations {
        None => Map::nil(MapType::Str).into(),
        Some(annotations) => {
            let entries = annotations.iter().map(|(key, value)| (Str::from(key.as_str()), value.as_str().into())).collect();
            Map::new(MapType::Str, entries).into()
        }
    }
}
