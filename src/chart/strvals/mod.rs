//! The `--set` family: a port of Helm's `pkg/strvals`.

mod list;
mod literal;
mod parser;
mod reader;

use crate::chart::HelmVersion;
use crate::gotemplate::value::{Map, MapType, Value};

/// The highest index of a list.
const MOST_ITEMS: i64 = 65536;

/// The most dots of a name.
const DEEPEST: usize = 30;

/// Reads a file that a `--set-file` names; the error as Go words it.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// How the right side of `name=value` is read.
#[derive(Clone, Copy)]
pub enum Kind<'a> {
    /// `--set`: booleans, integers, null, else strings; lists in braces.
    Typed,
    /// `--set-string`: strings; lists in braces.
    Strings,
    /// `--set-json`: JSON.
    Json,
    /// `--set-file`: the contents of files.
    File(ReadFile<'a>),
    /// `--set-literal`: the rest of the text, as it is.
    Literal,
}

/// Sets what an argument says.
///
/// # Errors
/// Go's sentence. What was read before the mistake is set.
pub fn parse_into(text: &str, into: &Map, kind: Kind<'_>, helm: HelmVersion) -> Result<(), String> {
    let mut parser = parser::Parser::new(text, kind);
    loop {
        match parser.key(into, 0) {
            Ok(()) => {}
            Err(Fail::End) => return Ok(()),
            // Helm 4 asks `errors.Is(err, io.EOF)`, Helm 3 whether it is that very error.
            Err(Fail::WrappedEnd(_)) if helm == HelmVersion::V4 => return Ok(()),
            Err(Fail::WrappedEnd(message) | Fail::Error(message)) => return Err(message),
        }
    }
}

/// Why parsing stopped.
#[derive(Debug)]
enum Fail {
    /// The end of the text: Go's `io.EOF`.
    End,
    /// That with words around it.
    WrappedEnd(String),
    Error(String),
}

impl From<String> for Fail {
    fn from(message: String) -> Self {
        Self::Error(message)
    }
}

fn empty_map() -> Map {
    Map::new(MapType::Any, std::collections::BTreeMap::new())
}

/// Sets an entry; an empty key sets nothing.
fn set(data: &Map, key: &str, value: Value) {
    if !key.is_empty() {
        data.insert(key, value);
    }
}

/// What Go's recovered panic says of a failed type assertion.
fn mistaken(value: &Value, wanted: &str) -> Fail {
    let found = if value.is_nil() { "nil" } else { value.type_name() };
    Fail::Error(format!("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}"))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
