//! YAML files as Helm loads them: sigs.k8s.io/yaml, and `LoadValues` with `MergeMaps` of Helm's loader.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::HelmVersion;
use crate::codec::yaml::{parse_error, utf8};
use crate::gotemplate::value::Frozen;
use crate::yaml::{Node, NodeKind, Value, parse};

pub(super) type Table = BTreeMap<Arc<[u8]>, Frozen>;

/// What is wrong with a file, and in which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) line: Option<u32>,
}

impl Mistake {
    fn within(mut self, words: &str) -> Self {
        self.message = format!("{words}: {}", self.message);
        self
    }
}

/// Reads the first document. `None` where it is empty.
pub(super) fn first(bytes: &[u8]) -> Result<Option<Node>, Mistake> {
    let text = utf8(bytes).map_err(|message| {
        let sound = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        Mistake { message, line: u32::try_from(sound.split('\n').count()).ok() }
    })?;
    let Some(document) = parse(text).into_iter().next() else { return Ok(None) };
    match parse_error(text, &document) {
        Some(message) => Err(Mistake { message, line: document.error.map(|error| error.place.line) }),
        None => Ok(document.root),
    }
}

/// Reads a file of values.
pub(super) fn values(bytes: &[u8], helm: HelmVersion) -> Result<Table, Mistake> {
    if helm == HelmVersion::V3 {
        return table(bytes);
    }
    let mut values = Table::new();
    for (document, lines_before) in documents(bytes)? {
        let read = table(document).map_err(|mistake| {
            let line = mistake.line.map(|line| line + lines_before);
            Mistake { line, ..mistake }.within("cannot unmarshal yaml document")
        })?;
        merge(&mut values, read);
    }
    Ok(values)
}

fn table(bytes: &[u8]) -> Result<Table, Mistake> {
    let Some(root) = first(bytes)? else { return Ok(Table::new()) };
    match frozen(&root) {
        Frozen::Map(table) => Ok(table),
        Frozen::Nil => Ok(Table::new()),
        other => {
            let found = json_kind(&other);
            let message = format!(
                "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go value of type map[string]interface {{}}"
            );
            Err(Mistake { message, line: Some(root.start.line) })
        }
    }
}

/// Go's name of what a JSON value is.
pub(super) fn json_kind(value: &Frozen) -> &'static str {
    match value {
        Frozen::Nil => "null",
        Frozen::Bool(_) => "bool",
        Frozen::Int(..) | Frozen::Float(_) => "number",
        Frozen::Str(_) => "string",
        Frozen::List(_) => "array",
        Frozen::Map(_) => "object",
    }
}

/// Makes a value of a node, as by way of JSON: all numbers are floats.
pub(super) fn frozen(node: &Node) -> Frozen {
    match &node.kind {
        NodeKind::Sequence(items) => Frozen::List(items.iter().map(frozen).collect()),
        NodeKind::Mapping(entries) => {
            Frozen::Map(entries.iter().map(|it| (it.key.as_bytes().into(), frozen(&it.value))).collect())
        }
        NodeKind::Scalar { value, .. } => match value {
            Value::Null => Frozen::Nil,
            Value::Bool(value) => Frozen::Bool(*value),
            #[expect(clippy::cast_precision_loss, reason = "JSON numbers are floats to Go")]
            Value::Int(value) => Frozen::Float(*value as f64),
            Value::Float(value) => Frozen::Float(*value),
            Value::Str(text) => Frozen::Str(text.as_bytes().into()),
        },
    }
}

/// Splits a file at `---` lines, as apimachinery's `YAMLReader` does; each part with the number of lines before it.
fn documents(bytes: &[u8]) -> Result<Vec<(&[u8], u32)>, Mistake> {
    let (mut found, mut start, mut at, mut first_line) = (Vec::new(), 0, 0, 0);
    for (line, number) in bytes.split_inclusive(|byte| *byte == b'\n').zip(0_u32..) {
        if let Some(rest) = line.strip_prefix(b"---") {
            let rest = String::from_utf8_lossy(rest);
            let rest = rest.trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                let message = format!("error reading yaml document: invalid Yaml document separator: {rest}");
                return Err(Mistake { message, line: Some(number + 1) });
            }
            if at > start {
                found.push((&bytes[start..at], first_line));
                // What follows the separator is a document of its own.
                start = at + line.len();
                first_line = number + 1;
            }
        }
        at += line.len();
    }
    if at > start {
        found.push((&bytes[start..at], first_line));
    }
    Ok(found)
}

/// Lays one table over another: `MergeMaps`.
pub(super) fn merge(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Frozen::Map(under)), Frozen::Map(over)) => merge(under, over),
            (_, value) => _ = under.insert(key, value),
        }
    }
}
