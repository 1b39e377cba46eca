//! Fields of a resource: path, place and value; and fields that hold a port.

use std::ops::Range;

use serde_json::Value as Json;

use crate::yaml::{Node, NodeKind, Place, Style, Value};

/// A field of a resource, with its place in the rendering.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Index of the resource in its manifest.
    pub resource: usize,
    /// Such as `spec.ports[0].port`.
    pub path: String,
    pub start: Place,
    /// Behind the last character.
    pub end: Place,
    pub value: Json,
}

impl Field {
    /// Makes the field of a node.
    pub fn new(resource: usize, path: impl Into<String>, node: &Node) -> Self {
        Self { resource, path: path.into(), start: node.start, end: node.end, value: json(node) }
    }

    /// Makes the field of something that is not there, at the place of the nearest that is.
    pub fn missing(resource: usize, path: impl Into<String>, near: &Node) -> Self {
        Self { value: Json::Null, ..Self::new(resource, path, near) }
    }

    /// Returns the field with the number that stands within its text as its value.
    #[must_use]
    pub fn number_within(self, port: &Port) -> Self {
        match port {
            Port::Number(number) => Self { value: (*number).into(), ..self },
            _ => self,
        }
    }

    /// Returns the value as a text, without quotes.
    pub fn text(&self) -> String {
        match &self.value {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// Returns where a part of a line of a text stands, if its lines are those of a block that is taken as it is. (An alias of one
/// stands on a single line.)
pub(crate) fn within(node: &Node, number: u32, line: &str, part: Range<usize>) -> Option<(Place, Place)> {
    let NodeKind::Scalar { value: Value::Str(text), style: Style::Literal } = &node.kind else { return None };
    if node.start.line == node.end.line {
        return None;
    }
    let column = |at: usize| Some(node.start.column + u32::try_from(line.get(..at)?.chars().count()).ok()?);
    // It starts with its first line that is not empty.
    let empty = u32::try_from(text.len() - text.trim_start_matches('\n').len()).ok()?;
    let line = node.start.line + number.checked_sub(empty)?;
    Some((Place { line, column: column(part.start)? }, Place { line, column: column(part.end)? }))
}

/// Converts a scalar; collections become null, for nobody shows them.
fn json(node: &Node) -> Json {
    match node.scalar() {
        Some(Value::Bool(it)) => (*it).into(),
        Some(Value::Int(it)) => (*it).into(),
        Some(Value::Float(it)) => (*it).into(),
        Some(Value::Str(it)) => it.clone().into(),
        Some(Value::Null) | None => Json::Null,
    }
}

/// What a port field says. A reference is a number or a name, never two optional fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Port {
    Number(i64),
    Name(String),
    Malformed(Wrong),
}

/// Why a port field cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing stands where a port belongs.
    Null,
    /// A string where only a number is taken.
    QuotedNumber,
    /// A text where only a number is taken.
    NotANumber,
    /// Digits as a name: a quoted number.
    NumberAsName,
    /// Not in 1–65535.
    Range,
    /// Over 15 characters.
    LongName,
    /// Not lower case letters, digits and single dashes, or without a letter.
    IllegalName,
    /// A name where a number stands.
    NumberNotName,
    /// A map, a list, a boolean or a fraction.
    WrongType,
    /// The field is not there.
    Missing,
    /// No DNS label, which is what a Service port's name must be.
    IllegalLabel,
    /// Both a number and a name.
    Both,
    /// Neither a number nor a name.
    Neither,
}

impl Wrong {
    /// Returns the end of a sentence that begins with the field.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Null => "is null where a port belongs",
            Self::QuotedNumber => "is a string where Kubernetes takes only a number",
            Self::NotANumber => "is a text where Kubernetes takes only a number",
            Self::NumberAsName => "is a number in quotes, which Kubernetes reads as a port name and refuses",
            Self::Range => "is no port: the range is 1 to 65535",
            Self::LongName => "is longer than the 15 characters that a port name may have",
            Self::IllegalName => {
                "is no port name: lower case letters, digits and single dashes between them, with at least one letter"
            }
            Self::NumberNotName => "is a number where Kubernetes takes only a name",
            Self::WrongType => "has the wrong type for a port",
            Self::Missing => "is missing",
            Self::IllegalLabel => {
                "is no name for a Service port: at most 63 lower case letters, digits and dashes, a dash neither first nor last"
            }
            Self::Both => "gives both a number and a name",
            Self::Neither => "gives neither a number nor a name",
        }
    }
}

/// Reads a field that takes only a number, such as a Service's `port`.
pub fn port_number(node: &Node) -> Port {
    match node.scalar() {
        Some(Value::Null) => Port::Malformed(Wrong::Null),
        Some(Value::Int(number)) => in_range(*number),
        Some(Value::Float(number)) => whole(*number),
        Some(Value::Str(text)) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Port::Malformed(Wrong::QuotedNumber)
        }
        Some(Value::Str(_)) => Port::Malformed(Wrong::NotANumber),
        _ => Port::Malformed(Wrong::WrongType),
    }
}

/// Reads a field that takes a number or a name (`IntOrString`), such as `targetPort`.
///
/// Names follow `IANA_SVC_NAME` (RFC 6335): k8s.io/apimachinery, `pkg/util/validation`, `IsValidPortName`.
pub fn port_or_name(node: &Node) -> Port {
    match node.scalar() {
        Some(Value::Null) => Port::Malformed(Wrong::Null),
        Some(Value::Int(number)) => in_range(*number),
        Some(Value::Float(number)) => whole(*number),
        Some(Value::Str(text)) => port_name(text),
        _ => Port::Malformed(Wrong::WrongType),
    }
}

/// Reads a field that takes only a port name, such as a container port's `name`.
pub(crate) fn port_name_only(node: &Node) -> Port {
    match not_a_text(node) {
        Some(wrong) => Port::Malformed(wrong),
        None => port_name(node.str().unwrap_or_default()),
    }
}

/// Reads a field that takes the number or the name of a Service's port, and is compared as it stands.
pub fn service_port_ref(node: &Node) -> Port {
    match node.scalar() {
        Some(Value::Null) => Port::Malformed(Wrong::Null),
        Some(Value::Int(number)) => in_range(*number),
        Some(Value::Float(number)) => whole(*number),
        Some(Value::Str(text)) if text.is_empty() => Port::Malformed(Wrong::Neither),
        Some(Value::Str(text)) => Port::Name(text.clone()),
        _ => Port::Malformed(Wrong::WrongType),
    }
}

/// Returns what is wrong with a node that Kubernetes decodes into a string.
fn not_a_text(node: &Node) -> Option<Wrong> {
    match node.scalar() {
        Some(Value::Str(_)) => None,
        Some(Value::Null) => Some(Wrong::Null),
        Some(Value::Int(_) | Value::Float(_)) => Some(Wrong::NumberNotName),
        _ => Some(Wrong::WrongType),
    }
}

/// Reads a text as the name of a container's port.
pub(super) fn port_name(text: &str) -> Port {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() {
        Port::Malformed(Wrong::Neither)
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        Port::Malformed(Wrong::NumberAsName)
    } else if text.len() > 15 {
        Port::Malformed(Wrong::LongName)
    } else if !text.chars().all(legal)
        || !text.bytes().any(|byte| byte.is_ascii_lowercase())
        || text.starts_with('-')
        || text.ends_with('-')
        || text.contains("--")
    {
        Port::Malformed(Wrong::IllegalName)
    } else {
        Port::Name(text.to_owned())
    }
}

fn in_range(number: i64) -> Port {
    if (1..=65535).contains(&number) { Port::Number(number) } else { Port::Malformed(Wrong::Range) }
}

/// A whole float such as `8e3` is an integer in the JSON that Kubernetes gets.
#[expect(clippy::cast_possible_truncation, reason = "a port is far below the limit, and the comparison catches the rest")]
fn whole(number: f64) -> Port {
    let cut = number as i64;
    #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "exact below 2^53, which a port is")]
    if cut as f64 == number { in_range(cut) } else { Port::Malformed(Wrong::WrongType) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_as_kubernetes_does() {
        for (text, want) in [
            ("http", Port::Name("http".into())),
            ("80", Port::Malformed(Wrong::NumberAsName)),
            ("p80", Port::Name("p80".into())),
            ("8-0a", Port::Name("8-0a".into())),
            ("1-2", Port::Malformed(Wrong::IllegalName)),
            ("sixteen-letters-", Port::Malformed(Wrong::LongName)),
            ("http_metrics", Port::Malformed(Wrong::IllegalName)),
            ("a--b", Port::Malformed(Wrong::IllegalName)),
            ("", Port::Malformed(Wrong::Neither)),
        ] {
            assert_eq!(port_name(text), want, "{text}");
        }
    }

    #[test]
    fn numbers_are_judged_by_range() {
        assert_eq!(in_range(0), Port::Malformed(Wrong::Range));
        assert_eq!(in_range(65536), Port::Malformed(Wrong::Range));
        assert_eq!(whole(8e3), Port::Number(8000));
        assert_eq!(whole(80.5), Port::Malformed(Wrong::WrongType));
    }
}
