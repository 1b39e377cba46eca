//! From JSON to schemas: objcompiler.go and draft.go of santhosh-tekuri/jsonschema.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value as Json};

use super::Unusable;
use super::format::Format;
use super::node::{Additional, Compiled, Dependency, Id, Items, Node, Types};
use super::number::Number;
use super::refs::{ROOT, Refs, escape, split};

/// Deeper than any sound schema.
const DEEPEST: usize = 200;

/// Compiles a schema.
pub(super) fn compile(bytes: &[u8]) -> Result<Compiled, Unusable> {
    let document: Json =
        serde_json::from_slice(bytes).map_err(|error| Unusable::Broken(format!("values.schema.json is no JSON: {error}")))?;
    let draft = draft_of(&document)?;
    check_against_draft(&document, draft)?;
    let refs = Refs::new(&document, draft);
    let mut compiler = Compiler { document: &document, draft, refs, nodes: Vec::new(), known: HashMap::new(), todo: Vec::new() };
    compiler.node(String::new());
    while let Some((id, pointer)) = compiler.todo.pop() {
        compiler.nodes[id] = compiler.compile(&pointer)?;
    }
    Ok(Compiled { nodes: compiler.nodes })
}

/// Returns the draft that a document is written for: the latest where it does not say.
fn draft_of(document: &Json) -> Result<u16, Unusable> {
    let Some(url) = document.get("$schema").and_then(Json::as_str) else { return Ok(2020) };
    let (bare, fragment) = split(url);
    let bare = bare.strip_prefix("http://").or_else(|| bare.strip_prefix("https://")).unwrap_or(bare);
    match bare {
        _ if !fragment.is_empty() => Err(Unusable::Remote(url.to_owned())),
        "json-schema.org/schema" | "json-schema.org/draft/2020-12/schema" => Ok(2020),
        "json-schema.org/draft/2019-09/schema" => Ok(2019),
        "json-schema.org/draft-07/schema" => Ok(7),
        "json-schema.org/draft-06/schema" => Ok(6),
        "json-schema.org/draft-04/schema" => Ok(4),
        _ => Err(Unusable::Remote(url.to_owned())),
    }
}

fn check_against_draft(document: &Json, draft: u16) -> Result<(), Unusable> {
    let document = &without_patterns(document);
    let checked = match draft {
        4 => jsonschema::draft4::meta::validate(document),
        6 => jsonschema::draft6::meta::validate(document),
        7 => jsonschema::draft7::meta::validate(document),
        2019 => jsonschema::draft201909::meta::validate(document),
        _ => jsonschema::draft202012::meta::validate(document),
    };
    checked.map_err(|error| {
        let place = error.instance_path().to_string();
        Unusable::Broken(format!("\"{ROOT}#\" is not valid against metaschema: at '{place}': {error}"))
    })
}

/// Takes out patterns, which are Go's and not those of JSON Schema: they are checked when they are compiled.
fn without_patterns(json: &Json) -> Json {
    match json {
        Json::Array(items) => items.iter().map(without_patterns).collect(),
        Json::Object(object) => {
            let entries = object.iter().map(|(key, value)| match (key.as_str(), value) {
                ("pattern", Json::String(_)) => (key.clone(), Json::from("")),
                ("patternProperties", Json::Object(patterns)) => {
                    let values = patterns.values().map(without_patterns).enumerate();
                    (key.clone(), values.map(|(index, value)| (index.to_string(), value)).collect())
                }
                _ => (key.clone(), without_patterns(value)),
            });
            entries.collect()
        }
        other => other.clone(),
    }
}

struct Compiler<'a> {
    document: &'a Json,
    draft: u16,
    refs: Refs,
    nodes: Vec<Node>,
    known: HashMap<String, Id>,
    todo: Vec<(Id, String)>,
}

impl Compiler<'_> {
    /// Returns the node of a place, to be compiled later if that is not done.
    fn node(&mut self, pointer: String) -> Id {
        if let Some(id) = self.known.get(&pointer) {
            return *id;
        }
        let id = self.nodes.len();
        self.nodes.push(Node::default());
        self.known.insert(pointer.clone(), id);
        self.todo.push((id, pointer));
        id
    }

    fn compile(&mut self, pointer: &str) -> Result<Node, Unusable> {
        let mut node = Node { draft: self.draft, ..Node::default() };
        if pointer.matches('/').count() > DEEPEST {
            return Err(Unusable::Broken("the schema is nested too deeply".into()));
        }
        let schema = if pointer == EVERYTHING { Some(&Json::Bool(true)) } else { self.document.pointer(pointer) };
        let object = match schema {
            Some(Json::Object(object)) => object,
            Some(Json::Bool(is)) => {
                node.is = Some(*is);
                return Ok(node);
            }
            Some(_) => return Err(Unusable::Broken(format!("no schema at \"{ROOT}#{pointer}\""))),
            None => return Err(Unusable::Broken(format!("\"{ROOT}#{pointer}\" not found"))),
        };
        let mut keywords = Keywords { compiler: self, pointer, object };
        node.reference = keywords.reference("$ref")?;
        if self.draft < 2019 && node.reference.is_some() {
            // All else is ignored, but for what the original forgets to ignore.
            node.constant = object.get("const").filter(|_| self.draft >= 6).cloned();
            return Ok(node);
        }
        let mut keywords = Keywords { compiler: self, pointer, object };
        keywords.applicators(&mut node)?;
        keywords.object_applicators(&mut node)?;
        keywords.validation(&mut node)?;
        Ok(node)
    }
}

/// Stands for a place with a schema that allows everything.
const EVERYTHING: &str = "everything";

/// The keywords of one schema.
struct Keywords<'a, 'c> {
    compiler: &'c mut Compiler<'a>,
    pointer: &'c str,
    object: &'a Map<String, Json>,
}

impl<'a> Keywords<'a, '_> {
    fn text(&self, key: &str) -> Option<&'a str> {
        self.object.get(key)?.as_str()
    }

    fn is_true(&self, key: &str) -> bool {
        self.object.get(key) == Some(&Json::Bool(true))
    }

    fn number(&self, key: &str) -> Option<Json> {
        self.object.get(key).filter(|it| it.is_number()).cloned()
    }

    fn count(&self, key: &str) -> Option<u64> {
        let number = Number::of(self.object.get(key)?)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a whole number, and none below zero")]
        number.is_integer().then(|| number.float() as u64)
    }

    fn reference(&mut self, key: &str) -> Result<Option<Id>, Unusable> {
        let Some(reference) = self.text(key) else { return Ok(None) };
        let target = self.compiler.refs.resolve(self.pointer, reference)?;
        Ok(Some(self.compiler.node(target.unwrap_or_else(|| EVERYTHING.to_owned()))))
    }

    fn one(&mut self, key: &str) -> Option<Id> {
        self.object.contains_key(key).then(|| self.compiler.node(format!("{}/{key}", self.pointer)))
    }

    fn many(&mut self, key: &str) -> Vec<Id> {
        let count = self.object.get(key).and_then(Json::as_array).map_or(0, Vec::len);
        (0..count).map(|index| self.compiler.node(format!("{}/{key}/{index}", self.pointer))).collect()
    }

    fn named(&mut self, key: &str) -> BTreeMap<String, Id> {
        let Some(object) = self.object.get(key).and_then(Json::as_object) else { return BTreeMap::new() };
        let pointer = |name: &str| format!("{}/{key}/{}", self.pointer, escape(name));
        object.keys().map(|name| (name.clone(), self.compiler.node(pointer(name)))).collect()
    }

    fn additional(&mut self, key: &str) -> Option<Additional> {
        match self.object.get(key)? {
            Json::Bool(is) => Some(Additional::Bool(*is)),
            _ => self.one(key).map(Additional::Schema),
        }
    }

    fn pattern(&self, pattern: &str, key: &str) -> Result<regex::Regex, Unusable> {
        super::pattern::compile(pattern).map_err(|error| {
            let quoted = crate::gotemplate::print::quote(pattern.as_bytes());
            Unusable::Broken(format!("invalid regex {quoted} at \"{ROOT}#{}/{key}\": {error}", self.pointer))
        })
    }

    fn applicators(&mut self, node: &mut Node) -> Result<(), Unusable> {
        let draft = node.draft;
        node.all_of = self.many("allOf");
        node.any_of = self.many("anyOf");
        node.one_of = self.many("oneOf");
        node.not = self.one("not");
        if draft >= 7 {
            node.condition = self.one("if");
            if node.condition.is_some() {
                node.then = self.one("then");
                node.otherwise = self.one("else");
            }
        }
        if draft >= 2020 {
            node.prefix_items = self.many("prefixItems");
            node.rest_items = self.one("items");
        } else if self.object.get("items").is_some_and(Json::is_array) {
            node.items = Some(Items::Each(self.many("items")));
            node.additional_items = self.additional("additionalItems");
        } else {
            node.items = self.one("items").map(Items::All);
        }
        if draft >= 6 {
            node.contains = self.one("contains");
        }
        if draft >= 2019 {
            if node.contains.is_some() {
                node.min_contains = self.count("minContains");
                node.max_contains = self.count("maxContains");
            }
            node.unevaluated_items = self.one("unevaluatedItems");
            for key in ["$recursiveRef", "$dynamicRef"] {
                node.more_references.extend(self.reference(key)?);
            }
        }
        Ok(())
    }

    fn object_applicators(&mut self, node: &mut Node) -> Result<(), Unusable> {
        node.properties = self.named("properties");
        for (pattern, id) in self.named("patternProperties") {
            node.pattern_properties.push((self.pattern(&pattern, "patternProperties")?, id));
        }
        node.additional_properties = self.additional("additionalProperties");
        for (name, id) in self.named("dependencies") {
            let names = self.object.get("dependencies").and_then(|it| it.get(&name)).and_then(Json::as_array);
            let dependency = match names {
                Some(names) => Dependency::Names(texts(names)),
                None => Dependency::Schema(id),
            };
            // A list was taken for a schema by its place: nothing is to be compiled there.
            if matches!(dependency, Dependency::Names(_)) {
                self.compiler.todo.retain(|(it, _)| *it != id);
            }
            node.dependencies.insert(name, dependency);
        }
        if node.draft >= 6 {
            node.property_names = self.one("propertyNames");
        }
        if node.draft >= 2019 {
            node.dependent_schemas = self.named("dependentSchemas");
            node.unevaluated_properties = self.one("unevaluatedProperties");
            let required = self.object.get("dependentRequired").and_then(Json::as_object);
            for (name, names) in required.into_iter().flatten() {
                node.dependent_required.insert(name.clone(), names.as_array().map(|it| texts(it)).unwrap_or_default());
            }
        }
        Ok(())
    }

    fn validation(&mut self, node: &mut Node) -> Result<(), Unusable> {
        node.types = match self.object.get("type") {
            Some(Json::String(name)) => Types::of(name),
            Some(Json::Array(names)) => Types(names.iter().filter_map(Json::as_str).fold(0, |all, name| all | Types::of(name).0)),
            _ => Types::default(),
        };
        node.choices = self.object.get("enum").and_then(Json::as_array).cloned();
        if node.draft >= 6 {
            node.constant = self.object.get("const").cloned();
        }
        node.multiple_of = self.number("multipleOf");
        (node.minimum, node.exclusive_minimum) = self.bound("minimum", "exclusiveMinimum");
        (node.maximum, node.exclusive_maximum) = self.bound("maximum", "exclusiveMaximum");
        node.min_length = self.count("minLength");
        node.max_length = self.count("maxLength");
        if let Some(pattern) = self.text("pattern") {
            node.pattern = Some((self.pattern(pattern, "pattern")?, pattern.to_owned()));
        }
        node.min_items = self.count("minItems");
        node.max_items = self.count("maxItems");
        node.unique_items = self.is_true("uniqueItems");
        node.min_properties = self.count("minProperties");
        node.max_properties = self.count("maxProperties");
        node.required = self.object.get("required").and_then(Json::as_array).map(|it| texts(it)).unwrap_or_default();
        if node.draft < 2019 {
            node.format = self.text("format").and_then(Format::new);
        }
        Ok(())
    }

    /// Returns the inclusive and the exclusive bound; draft 4 says `true` for the latter.
    fn bound(&self, inclusive: &str, exclusive: &str) -> (Option<Json>, Option<Json>) {
        let bound = self.number(inclusive);
        if self.is_true(exclusive) { (None, bound) } else { (bound, self.number(exclusive)) }
    }
}

fn texts(items: &[Json]) -> Vec<String> {
    items.iter().filter_map(Json::as_str).map(str::to_owned).collect()
}
