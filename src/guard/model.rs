//! What a guard demands: a value must stay equal to a literal of the chart, or two values must be equal.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::path::ValuePath;
use crate::chart::{Values, shown_path};
use crate::finding::{Finding, Location, Related, Severity, When};
use crate::target::Target;

/// What must hold of a value, or of the release, for a demand to matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// A switch is on, or off.
    Switch { path: ValuePath, on: bool },
    /// A value is there and not empty.
    Set { path: ValuePath },
    /// A name is none of these.
    Other { path: ValuePath, than: Vec<String> },
    /// The release's name does not contain a text.
    Release { lacks: String },
}

/// A place in the chart, relative to its folder: `templates/ingress.yaml`, 23.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// A file; or, where not even that is known, the object and its field.
    pub file: String,
    pub line: Option<u32>,
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    Number(i64),
    Name(String),
}

/// What values are held to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Demand {
    /// The chart has the number or name hard-coded at these places.
    Literal { path: ValuePath, kept: Kept, places: BTreeSet<Place> },
    /// Two numbers or names, each with the places that follow it; in order of paths.
    Equal { names: bool, one: (ValuePath, BTreeSet<Place>), other: (ValuePath, BTreeSet<Place>) },
    /// The conditions must not all hold: what these places refer to, `a Service that is not rendered`, is not there then.
    Absent { what: &'static str, places: BTreeSet<Place> },
    /// The value must be a port if it is set; `zero`: or 0.
    Range { path: ValuePath, zero: bool },
    /// Where the first value is set, the second must be.
    Named { port: ValuePath, name: ValuePath },
}

/// A demand and when it matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Constraint {
    pub demand: Demand,
    /// All must hold.
    pub conditions: Vec<Condition>,
}

/// The rules whose findings a guard can stop by holding values to something.
pub const RULES: [&str; 4] = ["coupled-values", "crossed-values", "hard-coded-name", "hard-coded-number"];

/// The rules whose findings a guard can stop by refusing what switches them on, and what the reference leads to then.
const ABSENT: [(&str, &str); 5] = [
    ("dangling-service", "a Service that is not rendered"),
    ("dangling-port", "a port that its Service lacks"),
    ("unbound-monitor-port", "a port that is not there"),
    ("unbound-probe-port", "a port that its container lacks"),
    ("unbound-target-port", "a port that the pods lack"),
];

impl Demand {
    /// Reads the demand out of a finding; `None` where it is of another rule, or names no value that is known.
    pub fn of(finding: &Finding, target: &Target, values: &Values) -> Option<Self> {
        let own = Place::new(target, finding.location.as_ref(), finding);
        if let Some((_, what)) = ABSENT.iter().find(|it| it.0 == finding.rule) {
            let counts = finding.severity == Severity::Error && finding.when == When::Set;
            return counts.then(|| Self::Absent { what, places: [own].into() });
        }
        if !RULES.contains(&finding.rule) {
            return None;
        }
        let related = finding.related.first()?;
        let path = |fed_by: &[String]| ValuePath::find(fed_by.first()?, values);
        let others = Place::of_related(target, related);
        let literal = |path: ValuePath, literal: &Json, fed_by: &[String], place: Place| {
            let kept = match port(literal) {
                Some(number) => Kept::Number(number),
                // A name may be made of a value: what counts is what that is.
                None => Kept::Name(name_at(fed_by.first()?, values)?),
            };
            Some(Self::Literal { path, kept, places: [place].into() })
        };
        match (path(&finding.fed_by), path(&related.fed_by)) {
            (None, Some(path)) => literal(path, &finding.value, &related.fed_by, own),
            (Some(path), None) => literal(path, &related.value, &finding.fed_by, others),
            (Some(own_path), Some(path)) if own_path != path => {
                let (one, other) = ((own_path, [own].into()), (path, [others].into()));
                let (one, other) = if one < other { (one, other) } else { (other, one) };
                let names = port(&finding.value).or_else(|| port(&related.value)).is_none();
                Some(Self::Equal { names, one, other })
            }
            _ => None,
        }
    }

    /// Takes over the places of another demand that asks the same; returns whether it does.
    fn merge(&mut self, more: &Self) -> bool {
        match (self, more) {
            (Self::Literal { path, kept, places }, Self::Literal { path: more_path, kept: more_kept, places: more_places })
                if path == more_path && kept == more_kept =>
            {
                places.extend(more_places.iter().cloned());
            }
            (Self::Absent { what, places }, Self::Absent { what: more_what, places: more_places }) if what == more_what => {
                places.extend(more_places.iter().cloned());
            }
            (Self::Equal { names, one, other }, Self::Equal { names: more_names, one: more_one, other: more_other })
                if names == more_names && one.0 == more_one.0 && other.0 == more_other.0 =>
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
            Self::Literal { places, .. } | Self::Absent { places, .. } => vec![places],
            Self::Equal { one, other, .. } => vec![&mut one.1, &mut other.1],
            Self::Range { .. } | Self::Named { .. } => Vec::new(),
        }
    }
}

impl Kept {
    fn shown(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Name(name) => format!("`{name}`"),
        }
    }
}

impl Condition {
    fn shown(&self) -> String {
        match self {
            Self::Switch { path, on } => format!("`{}` {}", path.shown(), if *on { "on" } else { "off" }),
            Self::Set { path } => format!("`{}` set", path.shown()),
            Self::Other { path, than } => {
                let than: Vec<String> = than.iter().map(|it| format!("`{it}`")).collect();
                format!("`{}` other than {}", path.shown(), join(&than))
            }
            Self::Release { lacks } => format!("a release whose name lacks `{lacks}`"),
        }
    }
}

impl Constraint {
    /// Adopts the places of a constraint that asks the same under the same conditions; returns whether it does.
    pub fn merge(&mut self, more: &Self) -> bool {
        self.conditions == more.conditions && self.demand.merge(&more.demand)
    }

    /// Whether it refuses, for the same places, all that another refuses, under fewer conditions.
    pub fn covers(&self, other: &Self) -> bool {
        let (Demand::Absent { places, .. }, Demand::Absent { places: more, .. }) = (&self.demand, &other.demand) else {
            return false;
        };
        let fewer = self.conditions.len() < other.conditions.len();
        fewer && self.conditions.iter().all(|it| other.conditions.contains(it)) && places.is_superset(more)
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
        let conditions: Vec<String> = self.conditions.iter().map(Condition::shown).collect();
        let with = if conditions.is_empty() { String::new() } else { format!("with {}, ", join(&conditions)) };
        match &self.demand {
            Demand::Literal { path, kept, places } => {
                let verb = if places.len() == 1 { "has" } else { "have" };
                format!("{with}`{}` must be {}, for {} {verb} it hard-coded", path.shown(), kept.shown(), all(places))
            }
            Demand::Equal { one, other, .. } => {
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
            Demand::Absent { what, places } => {
                let verb = if places.len() == 1 { "leads" } else { "lead" };
                format!("{with}{} {verb} to {what}", all(places))
            }
            Demand::Range { path, zero } => {
                let or = if *zero { ", or 0" } else { "" };
                format!("`{}` must be a port, from 1 to 65535{or}", path.shown())
            }
            Demand::Named { port, name } => {
                let (port, name) = (port.shown(), name.shown());
                format!("`{name}` must be set where `{port}` is: refer to ports by name, not by number")
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

/// Returns the name that a leaf holds.
fn name_at(shown: &str, values: &Values) -> Option<String> {
    let leaf = values.leaves.iter().find(|it| shown_path(&it.path) == shown)?;
    leaf.value.as_str().filter(|it| !it.is_empty() && port(&leaf.value).is_none()).map(str::to_owned)
}
