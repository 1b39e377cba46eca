//! What a guard demands: a value must stay equal to a literal of the chart, or two values must be equal.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::path::ValuePath;
use crate::chart::Values;
use crate::finding::{Finding, Location, Related};
use crate::target::Target;

/// A switch that must be on, or off, for a demand to matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    pub path: ValuePath,
    pub on: bool,
}

/// A place in the chart, relative to its folder: `templates/ingress.yaml`, 23.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// A file; or, where not even that is known, the object and its field.
    pub file: String,
    pub line: Option<u32>,
}

/// What values are held to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Demand {
    /// The chart has the number hard-coded at these places.
    Literal { path: ValuePath, number: i64, places: BTreeSet<Place> },
    /// Two values, each with the places that follow it; in order of paths.
    Equal { one: (ValuePath, BTreeSet<Place>), other: (ValuePath, BTreeSet<Place>) },
}

/// A demand and when it matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Constraint {
    pub demand: Demand,
    /// All must hold.
    pub conditions: Vec<Condition>,
}

/// The rules whose findings a guard can stop.
pub const RULES: [&str; 3] = ["coupled-values", "crossed-values", "hard-coded-number"];

impl Demand {
    /// Reads the demand out of a finding; `None` where it is of another rule, or names no value that is known.
    pub fn of(finding: &Finding, target: &Target, values: &Values) -> Option<Self> {
        if !RULES.contains(&finding.rule) {
            return None;
        }
        let related = finding.related.first()?;
        let path = |fed_by: &[String]| ValuePath::find(fed_by.first()?, values);
        let own = Place::new(target, finding.location.as_ref(), finding);
        let others = Place::of_related(target, related);
        Some(match (path(&finding.fed_by), path(&related.fed_by)) {
            (None, Some(path)) => Self::Literal { path, number: port(&finding.value)?, places: [own].into() },
            (Some(path), None) => Self::Literal { path, number: port(&related.value)?, places: [others].into() },
            (Some(own_path), Some(path)) if own_path != path => {
                let (one, other) = ((own_path, [own].into()), (path, [others].into()));
                if one < other { Self::Equal { one, other } } else { Self::Equal { one: other, other: one } }
            }
            _ => return None,
        })
    }

    /// Takes over the places of another demand that asks the same; returns whether it does.
    fn merge(&mut self, more: &Self) -> bool {
        match (self, more) {
            (
                Self::Literal { path, number, places },
                Self::Literal { path: more_path, number: more_number, places: more_places },
            ) if path == more_path && number == more_number => places.extend(more_places.iter().cloned()),
            (Self::Equal { one, other }, Self::Equal { one: more_one, other: more_other })
                if one.0 == more_one.0 && other.0 == more_other.0 =>
            {
                one.1.extend(more_one.1.iter().cloned());
                other.1.extend(more_other.1.iter().cloned());
            }
            _ => return false,
        }
        true
    }

    fn places(&mut self) -> Vec<&mut BTreeSet<Place>> {
        match self {
            Self::Literal { places, .. } => vec![places],
            Self::Equal { one, other } => vec![&mut one.1, &mut other.1],
        }
    }
}

impl Constraint {
    /// Adopts the places of a constraint that asks the same under the same conditions; returns whether it does.
    pub fn merge(&mut self, more: &Self) -> bool {
        self.conditions == more.conditions && self.demand.merge(&more.demand)
    }

    /// Moves all places in a file by the line that is written at its top.
    pub fn shift(&mut self, file: &str) {
        for places in self.demand.places() {
            let moved = std::mem::take(places).into_iter().map(|mut it| {
                it.line = it.line.map(|line| if it.file == file { line + 1 } else { line });
                it
            });
            places.extend(moved);
        }
    }

    /// Says what is demanded and why; the guard adds what is set instead.
    pub fn sentence(&self) -> String {
        let conditions = self.conditions.iter().map(|it| format!("`{}`", it.path.shown()) + if it.on { " on" } else { " off" });
        let conditions: Vec<String> = conditions.collect();
        let with = if conditions.is_empty() { String::new() } else { format!("with {}, ", join(&conditions)) };
        match &self.demand {
            Demand::Literal { path, number, places } => {
                let verb = if places.len() == 1 { "has" } else { "have" };
                format!("{with}`{}` must be {number}, for {} {verb} it hard-coded", path.shown(), all(places))
            }
            Demand::Equal { one, other } => {
                let (one_path, other_path) = (one.0.shown(), other.0.shown());
                let verb = |places: &BTreeSet<Place>| if places.len() == 1 { "follows" } else { "follow" };
                format!(
                    "{with}`{one_path}` and `{other_path}` must be equal, for {} {} `{one_path}` and {} {} `{other_path}`",
                    all(&one.1),
                    verb(&one.1),
                    all(&other.1),
                    verb(&other.1),
                )
            }
        }
    }
}

impl Place {
    fn new(target: &Target, location: Option<&Location>, finding: &Finding) -> Self {
        Self::at(target, location).unwrap_or_else(|| Self::object(&finding.subject.kind, &finding.path))
    }

    fn of_related(target: &Target, related: &Related) -> Self {
        let place = Self::at(target, related.location.as_ref());
        place.unwrap_or_else(|| Self::object(&related.subject.kind, &related.path))
    }

    fn at(target: &Target, location: Option<&Location>) -> Option<Self> {
        let location = location?;
        let file = target.file_shown_as(&location.file)?.to_owned();
        Some(Self { file, line: location.line })
    }

    fn object(kind: &str, path: &str) -> Self {
        Self { file: format!("`{path}` of a {kind}"), line: None }
    }

    fn shown(&self) -> String {
        self.line.map_or_else(|| self.file.clone(), |line| format!("{}:{line}", self.file))
    }
}

fn all(places: &BTreeSet<Place>) -> String {
    join(&places.iter().map(Place::shown).collect::<Vec<_>>())
}

/// Writes `a`, `a and b`, `a, b and c`.
fn join(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Reads a port; a name is none.
fn port(value: &Json) -> Option<i64> {
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())?;
    (1..=65535).contains(&number).then_some(number)
}
