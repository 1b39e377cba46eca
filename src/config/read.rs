//! From text to a typed configuration, or to all that is wrong with it.

use std::collections::BTreeMap;

use super::ignore::rule_help;
use super::problem::Problem;
use super::reader::{FromNode, Read, Reader, quoted, read_fields};
use super::{Config, Level, Problems, Source, VERSION};
use crate::yaml::{Document, Node, Place, Value, parse};

const BEGIN: &str = "begin the file with `version: 1`";

/// Reads a configuration.
pub(super) fn read(file: &str, text: &str, rules: &[&str]) -> Result<Config, Problems> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::new(text, rules);
    let root = root(text, &mut reader);
    let config = root.as_ref().and_then(|root| Config::from_node(root, &mut reader).ok());
    let list = reader.finish();
    match config {
        Some(config) if list.is_empty() => {
            Ok(Config { source: Source { file: file.to_owned(), text: text.to_owned(), root }, ..config })
        }
        _ => Err(Problems { file: file.to_owned(), text: text.to_owned(), list }),
    }
}

/// Returns the root of the only document; says what is wrong with the YAML.
fn root(text: &str, reader: &mut Reader<'_>) -> Option<Node> {
    let mut documents = parse(text).into_iter().filter(|it| it.root.is_some() || it.error.is_some());
    let Some(Document { root, error, duplicates, .. }) = documents.next() else {
        let message = "the file is empty".to_owned();
        reader.push(Problem { mark: None, message, help: BEGIN.into(), also: None });
        return None;
    };
    if let Some(error) = error {
        // The reader stops at the star, or behind it where no name follows.
        let before = Place { column: error.place.column.saturating_sub(1).max(1), ..error.place };
        let starred = reader.starts_with(error.place, '*') || reader.starts_with(before, '*');
        let help = if starred { "put a text that begins with `*` in quotes" } else { "correct the YAML" };
        reader.say(reader.at(error.place), error.message, help);
        return None;
    }
    for duplicate in duplicates {
        let also = Some((reader.key_at(duplicate.lost, &duplicate.key), "the first one"));
        let message = format!("the key `{}` stands twice", quoted(&duplicate.key));
        let mark = Some(reader.key_at(duplicate.kept, &duplicate.key));
        reader.push(Problem { mark, message, help: "keep one of them".into(), also });
    }
    if let Some(second) = documents.next() {
        let place = second.root.map(|it| it.start).or(second.error.map(|it| it.place)).unwrap_or_default();
        reader.say(reader.at(place), "a second document begins here", "remove it, or the `---` before it");
    }
    root
}

impl FromNode for Config {
    fn expected() -> String {
        "a mapping".into()
    }

    fn help(_: &Node, _: &str) -> String {
        BEGIN.into()
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        // a newer version may have keys that are unknown to this one
        if let Some(version) = node.get("version").filter(|it| it.int().is_some_and(|it| it > i64::from(VERSION))) {
            let message = format!("version {} is newer than this portcullis", reader.written(version));
            return Err(reader.say(reader.mark(version), message, "update portcullis, or write `version: 1`"));
        }
        read_fields!(
            reader,
            node,
            "key",
            Config { version: required(BEGIN), targets: section(), matrix: section(), rules: section(), ignore: section() }
                ..Self::default()
        )
    }
}

/// The version.
impl FromNode for u32 {
    fn expected() -> String {
        "the number 1".into()
    }

    fn help(_: &Node, _: &str) -> String {
        "write `version: 1`".into()
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        if node.scalar() == Some(&Value::Int(VERSION.into())) {
            return Ok(VERSION);
        }
        Err(reader.unexpected::<Self>(node))
    }
}

/// Levels by rule.
impl FromNode for BTreeMap<String, Level> {
    fn expected() -> String {
        "a mapping of rules to levels".into()
    }

    fn help(_: &Node, _: &str) -> String {
        "write `RULE: LEVEL` lines below it, such as `dangling-port: warning`".into()
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        if !node.is_mapping() {
            return Err(reader.unexpected::<Self>(node));
        }
        let mut levels = Self::new();
        for entry in node.entries() {
            let id = &entry.key;
            if id != "all" && !reader.rules.contains(&id.as_str()) {
                reader.say(reader.key(entry), format!("unknown rule `{}`", quoted(id)), rule_help(id, reader.rules));
            }
            if let Ok(level) = Level::from_node(&entry.value, reader) {
                levels.insert(id.clone(), level);
            }
        }
        Ok(levels)
    }
}

#[cfg(test)]
mod tests;
