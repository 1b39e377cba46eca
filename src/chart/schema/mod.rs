//! values.schema.json: checked as Helm does with santhosh-tekuri/jsonschema v6 (Apache-2.0), in its words.

mod check;
mod compile;
mod error;
mod format;
mod node;
mod number;
mod pattern;
mod refs;

use std::fmt::Write as _;
use std::sync::OnceLock;

use super::tree::{Id, Tree};
use super::{ChartError, ChartErrorKind};
use crate::gotemplate::value::Map;
use node::Compiled;

/// The schema of one chart, compiled when it is first used.
#[derive(Debug)]
pub(super) struct Schema {
    /// In the tree.
    path: String,
    bytes: Box<[u8]>,
    compiled: OnceLock<Result<Compiled, Unusable>>,
}

/// Why a schema checks nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Unusable {
    /// It refers to a schema elsewhere.
    Remote(String),
    /// It is broken.
    Broken(String),
}

impl Schema {
    pub(super) fn new(path: &str, bytes: &[u8]) -> Self {
        Self { path: path.to_owned(), bytes: bytes.into(), compiled: OnceLock::new() }
    }

    /// Checks values; returns what is wrong with them.
    fn check(&self, values: &Map) -> Result<Option<String>, Unusable> {
        let compiled = self.compiled.get_or_init(|| compile::compile(&self.bytes)).as_ref().map_err(Clone::clone)?;
        Ok(check::check(compiled, values))
    }
}

impl Tree<'_> {
    /// `ValidateAgainstSchema`: checks the values of a chart and of its subcharts.
    pub(super) fn check_schemas(&self, values: &Map) -> Result<(), ChartError> {
        let mut said = String::new();
        let mut broken = None;
        self.check_schema(Self::ROOT, values, &mut said, &mut broken)?;
        if said.is_empty() {
            return Ok(());
        }
        let message = format!("values don't meet the specifications of the schema(s) in the following chart(s):\n{said}");
        match broken {
            None => Err(ChartError::new(ChartErrorKind::Refused, message)),
            Some(file) => Err(ChartError::broken(message).at(file, Some(1))),
        }
    }

    fn check_schema<'a>(
        &'a self,
        chart: Id,
        values: &Map,
        said: &mut String,
        broken: &mut Option<&'a str>,
    ) -> Result<(), ChartError> {
        let name = self.name(chart);
        if let Some(schema) = &self.charts[chart].package.schema {
            match schema.check(values) {
                Ok(None) => {}
                Ok(Some(mistakes)) => _ = write!(said, "{name}:\n{mistakes}\n"),
                Err(Unusable::Broken(message)) => {
                    _ = write!(said, "{name}:\n{message}");
                    *broken = Some(&schema.path);
                }
                Err(Unusable::Remote(url)) => {
                    let message = format!("{} refers to a schema elsewhere ({url}), which is never fetched", schema.path);
                    return Err(ChartError::new(ChartErrorKind::Remote, message).at(&schema.path, Some(1)));
                }
            }
        }
        for &child in self.children(chart) {
            let name = self.name(child);
            let Some(value) = values.get(name).filter(|value| !value.is_nil()) else { continue };
            if let Some(values) = super::coalesce::table(&value) {
                self.check_schema(child, values, said, broken)?;
            } else {
                let found = value.type_name();
                _ = writeln!(said, "{name}:\ninvalid type for values: expected object (map), got {found}");
            }
        }
        Ok(())
    }
}

/// Checks values against a schema: for tests beside the original.
#[doc(hidden)]
pub fn check_schema(schema: &str, values: &Map) -> Result<(), String> {
    match Schema::new("values.schema.json", schema.as_bytes()).check(values) {
        Ok(None) => Ok(()),
        Ok(Some(mistakes)) => Err(mistakes + "\n"),
        Err(Unusable::Broken(message) | Unusable::Remote(message)) => Err(message),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
