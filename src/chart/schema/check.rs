//! Values against schemas: validator.go of santhosh-tekuri/jsonschema. Its maps are in random order; here they are sorted.

mod array;
mod object;

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::error::{self, Mistake, What};
use super::node::{Compiled, Id, Items, Node, Types};
use super::number::Number;
use crate::gotemplate::value::{Kind, Map, Value};

/// Deepest nesting of values and references together.
const DEEPEST: usize = 400;

/// References can make a small schema apply others without end.
const MOST_STEPS: usize = 3_000_000;

/// Whether a number keeps to a bound.
type Holds = fn(Number, Number) -> bool;

/// Checks values; returns what is wrong with them.
pub(super) fn check(compiled: &Compiled, values: &Map) -> Option<String> {
    let mut place = Place { compiled, path: Vec::new(), trail: Vec::new(), depth: 0, steps: 0 };
    let mistake = place.check(0, &values.clone().into(), false, false).err()?;
    let mut out = String::new();
    let causes = if matches!(mistake.what, What::Group) { mistake.causes } else { vec![mistake] };
    for cause in causes {
        cause.show(0, &mut out);
    }
    Some(out)
}

/// What no keyword looked at, where that matters.
#[derive(Debug, Clone, Default)]
struct Unseen {
    names: Option<BTreeSet<String>>,
    items: Option<BTreeSet<usize>>,
}

impl Unseen {
    fn is_empty(&self) -> bool {
        self.names.as_ref().is_none_or(BTreeSet::is_empty) && self.items.as_ref().is_none_or(BTreeSet::is_empty)
    }

    /// Keeps what the other did not look at either.
    fn merge(&mut self, other: &Self) {
        if let Some(names) = &mut self.names {
            names.retain(|it| other.names.as_ref().is_some_and(|other| other.contains(it)));
        }
        if let Some(items) = &mut self.items {
            items.retain(|it| other.items.as_ref().is_some_and(|other| other.contains(it)));
        }
    }
}

/// Where the check is.
struct Place<'a> {
    compiled: &'a Compiled,
    path: Vec<String>,
    /// The schemas that were applied to the value here, each by the one before.
    trail: Vec<Id>,
    depth: usize,
    steps: usize,
}

/// One schema at one value.
struct Check<'p, 'a> {
    place: &'p mut Place<'a>,
    node: &'a Node,
    unseen: Unseen,
    mistakes: Vec<Mistake>,
    /// Whether only the answer matters.
    quick: bool,
}

type Checked = Result<Unseen, Mistake>;

impl<'a> Place<'a> {
    fn mistake(&self, text: impl Into<String>) -> Mistake {
        Mistake { path: self.path.clone(), what: What::Text(text.into()), causes: Vec::new() }
    }

    fn check(&mut self, id: Id, value: &Value, wants_unseen: bool, quick: bool) -> Checked {
        if self.depth == DEEPEST {
            return Err(self.mistake("nested too deeply"));
        }
        let Some(node) = self.compiled.nodes.get(id) else { return Ok(Unseen::default()) };
        if self.trail.contains(&id) {
            return Err(self.mistake("reference cycle"));
        }
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return Err(self.mistake("takes too long to check: the schema applies others more than 3000000 times"));
        }
        self.depth += 1;
        self.trail.push(id);
        let checked = self.apply(node, value, wants_unseen, quick);
        self.trail.pop();
        self.depth -= 1;
        checked
    }

    fn apply(&mut self, node: &'a Node, value: &Value, wants_unseen: bool, quick: bool) -> Checked {
        let unseen = unseen_of(node, value, wants_unseen);
        match node.is {
            Some(true) => return Ok(unseen),
            Some(false) => return Err(self.mistake("false schema")),
            None => {}
        }
        if let Some(text) = mistaken_scalar(node, value) {
            return Err(self.mistake(text));
        }
        let mut check = Check { place: self, node, unseen, mistakes: Vec::new(), quick };
        if let Some(reference) = node.reference {
            let result = check.reference(reference, value);
            if node.draft < 2019 {
                return result.map_or(Ok(check.unseen), Err);
            }
            check.mistakes.extend(result);
        }
        check.run(value)
    }

    /// Checks what is below a value.
    fn below(&mut self, id: Id, value: &Value, key: &str, quick: bool) -> Result<(), Mistake> {
        self.path.push(key.to_owned());
        let trail = std::mem::take(&mut self.trail);
        let checked = self.check(id, value, false, quick);
        self.trail = trail;
        self.path.pop();
        checked.map(|_| ())
    }
}

impl Check<'_, '_> {
    fn run(mut self, value: &Value) -> Checked {
        match &value.kind {
            Kind::Map(map) => self.object(map),
            Kind::List(list) => self.array(&list.items()),
            Kind::Str(text) => self.text(&text.text()),
            _ => {
                if let Some(number) = number(value) {
                    self.number(number);
                }
            }
        }
        if self.mistakes.is_empty() || !self.quick {
            for id in self.node.more_references.clone() {
                let found = self.reference(id, value);
                self.mistakes.extend(found);
            }
            self.combined(value);
            self.condition(value);
            if self.node.draft >= 2019 {
                self.unevaluated(value);
            }
        }
        match self.mistakes.len() {
            0 => Ok(self.unseen),
            1 => Err(self.mistakes.remove(0)),
            _ => Err(Mistake { path: self.place.path.clone(), what: What::Group, causes: self.mistakes }),
        }
    }

    fn add(&mut self, text: impl Into<String>) {
        self.add_with(text, Vec::new());
    }

    fn add_with(&mut self, text: impl Into<String>, causes: Vec<Mistake>) {
        self.mistakes.push(Mistake { causes, ..self.place.mistake(text) });
    }

    /// Applies another schema to the same value.
    fn same(&mut self, id: Id, value: &Value, quick: bool) -> Result<(), Mistake> {
        let wants = !self.unseen.is_empty();
        let unseen = self.place.check(id, value, wants, self.quick || quick)?;
        self.unseen.merge(&unseen);
        Ok(())
    }

    fn reference(&mut self, id: Id, value: &Value) -> Option<Mistake> {
        let mistake = self.same(id, value, false).err()?;
        let causes = if matches!(mistake.what, What::Group) { mistake.causes } else { vec![mistake] };
        Some(Mistake { path: self.place.path.clone(), what: What::Reference, causes })
    }

    fn text(&mut self, text: &str) {
        let node = self.node;
        let length = text.chars().count();
        if let Some(want) = node.min_length.filter(|want| (length as u64) < *want) {
            self.add(error::counted("minLength", length, want));
        }
        if let Some(want) = node.max_length.filter(|want| length as u64 > *want) {
            self.add(error::counted("maxLength", length, want));
        }
        if let Some((_, written)) = node.pattern.as_ref().filter(|(pattern, _)| !pattern.is_match(text)) {
            self.add(format!("{} does not match pattern {}", error::quoted(text), error::quoted(written)));
        }
    }

    fn number(&mut self, got: Number) {
        let node = self.node;
        let bounds: [(&str, &Option<Json>, Holds); 5] = [
            ("minimum", &node.minimum, |got, want| got.compare(want).is_ge()),
            ("maximum", &node.maximum, |got, want| got.compare(want).is_le()),
            ("exclusiveMinimum", &node.exclusive_minimum, |got, want| got.compare(want).is_gt()),
            ("exclusiveMaximum", &node.exclusive_maximum, |got, want| got.compare(want).is_lt()),
            ("multipleOf", &node.multiple_of, Number::is_multiple_of),
        ];
        for (keyword, want, holds) in bounds {
            if let Some(want) = want.as_ref().and_then(Number::of).filter(|want| !holds(got, *want)) {
                self.add(error::bounded(keyword, got, want));
            }
        }
    }

    /// `not`, `allOf`, `anyOf`, `oneOf`
    fn combined(&mut self, value: &Value) {
        let node = self.node;
        if let Some(not) = node.not
            && self.same(not, value, true).is_ok()
        {
            self.add("'not' failed");
        }
        let wrong: Vec<Mistake> = node.all_of.iter().filter_map(|id| self.same(*id, value, false).err()).collect();
        if !wrong.is_empty() {
            self.add_with("'allOf' failed", wrong);
        }
        if !node.any_of.is_empty() {
            self.any_of(value);
        }
        if !node.one_of.is_empty() {
            self.one_of(value);
        }
    }

    fn any_of(&mut self, value: &Value) {
        let (mut matched, mut wrong) = (false, Vec::new());
        for id in &self.node.any_of {
            if let Err(mistake) = self.same(*id, value, false) {
                wrong.push(mistake);
                continue;
            }
            matched = true;
            if self.unseen.is_empty() {
                break;
            }
        }
        if !matched {
            self.add_with("'anyOf' failed", wrong);
        }
    }

    fn one_of(&mut self, value: &Value) {
        let (mut matched, mut wrong) = (None, Vec::new());
        for (index, id) in self.node.one_of.iter().enumerate() {
            match (self.same(*id, value, matched.is_some()), matched) {
                (Err(mistake), None) => wrong.push(mistake),
                (Err(_), Some(_)) => {}
                (Ok(()), None) => matched = Some(index),
                (Ok(()), Some(first)) => {
                    self.add(format!("'oneOf' failed, subschemas {first}, {index} matched"));
                    break;
                }
            }
        }
        if matched.is_none() {
            self.add_with("'oneOf' failed, none matched", wrong);
        }
    }

    fn condition(&mut self, value: &Value) {
        let Some(condition) = self.node.condition else { return };
        let branch = if self.same(condition, value, true).is_ok() { self.node.then } else { self.node.otherwise };
        let wrong = branch.and_then(|id| self.same(id, value, false).err());
        self.mistakes.extend(wrong);
    }
}

fn unseen_of(node: &Node, value: &Value, wants: bool) -> Unseen {
    let mut unseen = Unseen::default();
    match &value.kind {
        Kind::Map(map) if node.additional_properties.is_none() && (wants || node.unevaluated_properties.is_some()) => {
            unseen.names = Some(map.entries().keys().map(|key| key.text().into_owned()).collect());
        }
        Kind::List(list) if wants || node.unevaluated_items.is_some() => {
            let all = node.rest_items.is_some() || node.additional_items.is_some() || matches!(node.items, Some(Items::All(_)));
            let seen = if let Some(Items::Each(items)) = &node.items { items.len() } else { node.prefix_items.len() };
            if !all && seen < list.len() {
                unseen.items = Some((seen..list.len()).collect());
            }
        }
        _ => {}
    }
    unseen
}

/// `type`, `const`, `enum` and `format`: the first that is wrong is all that is said.
fn mistaken_scalar(node: &Node, value: &Value) -> Option<String> {
    let found = types_of(value);
    if node.types.0 != 0 && !node.types.has(found) {
        let shown = found.names();
        return Some(format!("got {}, want {}", shown.split(" or ").next().unwrap_or_default(), node.types.names()));
    }
    if let Some(wanted) = node.constant.as_ref().filter(|wanted| !equals(value, wanted)) {
        return Some(error::constant(wanted));
    }
    if let Some(wanted) = node.choices.as_ref().filter(|wanted| !wanted.iter().any(|it| equals(value, it))) {
        return Some(error::choices(wanted));
    }
    let (format, text) = node.format.as_ref().zip(value.as_str())?;
    let text = text.text();
    let mistake = format.mistake(&text)?;
    Some(format!("{} is not valid {}: {mistake}", error::quoted(&text), format.name))
}

/// Returns the types that a value is of: a whole number is an integer too.
fn types_of(value: &Value) -> Types {
    Types::of(match &value.kind {
        Kind::Nil => "null",
        Kind::Bool(_) => "boolean",
        Kind::Str(_) | Kind::Bytes(_) => "string",
        Kind::List(_) => "array",
        Kind::Map(_) | Kind::Object(_) => "object",
        Kind::Int(..) | Kind::Float(_) => {
            let integer = if number(value).is_some_and(Number::is_integer) { Types::of("integer").0 } else { 0 };
            return Types(Types::of("number").0 | integer);
        }
    })
}

fn number(value: &Value) -> Option<Number> {
    match value.kind {
        Kind::Int(_, it) => Some(Number::Int(it.into())),
        Kind::Float(it) => Some(Number::Float(it)),
        _ => None,
    }
}

fn equals(value: &Value, json: &Json) -> bool {
    match (&value.kind, json) {
        (Kind::Nil, Json::Null) => true,
        (Kind::Bool(a), Json::Bool(b)) => a == b,
        (Kind::Str(a), Json::String(b)) => **a == *b.as_bytes(),
        (Kind::List(a), Json::Array(b)) => a.len() == b.len() && a.items().iter().zip(b).all(|(a, b)| equals(a, b)),
        (Kind::Map(a), Json::Object(b)) => {
            a.len() == b.len() && a.entries().iter().all(|(key, a)| b.get(&*key.text()).is_some_and(|b| equals(a, b)))
        }
        (_, json) => number(value).zip(Number::of(json)).is_some_and(|(a, b)| a.compare(b).is_eq()),
    }
}
