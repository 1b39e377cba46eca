//! Entries of `ignore:`: findings that do not count, each with a reason.

use std::borrow::Cow;
use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Date;
use super::problem::suggest;
use super::reader::{FromNode, Read, Reader, quoted, read_fields};
use crate::yaml::Node;

/// A finding that does not count.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Ignore {
    /// Id of the rule.
    pub rule: String,
    /// Glob of the targets, relative to the configuration; without it all of them.
    pub target: Option<Pattern>,
    /// `Kind/name`, where both may be globs; without it all objects.
    pub object: Option<ObjectPattern>,
    /// Field path in the object, such as `spec.ports[*].port`, where `*` stands for anything.
    pub path: Option<String>,
    /// Why the finding does not count.
    #[schemars(length(min = 1))]
    pub reason: String,
    /// The last day on which the entry holds.
    pub expires: Option<Date>,
}

impl Ignore {
    /// Whether the entry is about a finding; `target` is relative to the configuration's folder.
    pub fn matches(&self, rule: &str, target: &str, kind: &str, name: &str, path: &str) -> bool {
        self.rule == rule
            && self.target.as_ref().is_none_or(|pattern| pattern.matches(target))
            && self.object.as_ref().is_none_or(|pattern| pattern.matches(kind, name))
            && self.path.as_ref().is_none_or(|pattern| wildcard(pattern, path))
    }

    /// Whether the entry's last day is over.
    pub fn expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

impl FromNode for Ignore {
    fn expected() -> String {
        "a mapping".into()
    }

    fn help(_: &Node, _: &str) -> String {
        "write it as `{rule: …, reason: …}`".into()
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        if let Some((value, rule)) = node.get("rule").and_then(|it| Some((it, it.str()?)))
            && !reader.rules.contains(&rule)
        {
            reader.say(reader.mark(value), format!("unknown rule `{}`", quoted(rule)), rule_help(rule, reader.rules));
        }
        if let Some(value) = node.get("reason").filter(|it| it.str().is_some_and(|it| it.trim().is_empty())) {
            reader.say(reader.mark(value), "the reason is empty", REASON_HELP);
        }
        read_fields!(
            reader,
            node,
            "key",
            Ignore {
                rule: required("name the rule"),
                target: optional(),
                object: optional(),
                path: optional(),
                reason: required(REASON_HELP),
                expires: optional(),
            }
        )
    }
}

const REASON_HELP: &str = "say why the finding does not count";

/// Returns what to do about an unknown rule.
pub(super) fn rule_help(id: &str, rules: &[&str]) -> String {
    suggest(id, rules.iter().copied(), || "`portcullis rules` lists them".to_owned())
}

/// Whether a text fits a pattern in which only `*` is special: brackets are part of field paths.
fn wildcard(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    let rest = middle.iter().try_fold(rest, |rest, part| rest.find(part).map(|at| &rest[at + part.len()..]));
    rest.is_some_and(|rest| rest.ends_with(last))
}

/// A glob over a path with `/`: `*` stays within a folder, `**` does not.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    matcher: GlobMatcher,
}

impl Pattern {
    /// Compiles a glob.
    pub fn new(text: &str) -> Result<Self, globset::Error> {
        let plain = text.strip_prefix("./").unwrap_or(text).trim_end_matches('/');
        let plain = if plain.is_empty() { "." } else { plain };
        let matcher = GlobBuilder::new(plain).literal_separator(true).build()?.compile_matcher();
        Ok(Self { text: text.to_owned(), matcher })
    }

    /// Whether a path fits; a leading `./` and a final `/` don't matter.
    pub fn matches(&self, path: &str) -> bool {
        let plain = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
        self.matcher.is_match(if plain.is_empty() { "." } else { plain })
    }

    /// Returns the glob as written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl FromNode for Pattern {
    fn expected() -> String {
        "a glob".into()
    }

    fn help(found: &Node, written: &str) -> String {
        String::help(found, written)
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        reader.text(node, |text| Self::new(text).map_err(|error| bad_glob(text, &error)))
    }
}

/// Returns what is wrong with a glob, and what to do.
pub(super) fn bad_glob(text: &str, error: &globset::Error) -> (String, String) {
    let help = "correct it; a backslash before a special character takes it literally";
    (format!("`{}` is no glob: {}", quoted(text), error.kind()), help.into())
}

impl JsonSchema for Pattern {
    fn schema_name() -> Cow<'static, str> {
        "Glob".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// `Kind/name`, both globs.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectPattern {
    kind: Pattern,
    name: Pattern,
}

impl ObjectPattern {
    /// Whether an object fits.
    pub fn matches(&self, kind: &str, name: &str) -> bool {
        self.kind.matches(kind) && self.name.matches(name)
    }
}

impl FromNode for ObjectPattern {
    fn expected() -> String {
        "an object".into()
    }

    fn help(_: &Node, _: &str) -> String {
        "write it as `Kind/name`".into()
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        reader.text(node, |text| {
            let parts = text.split_once('/').filter(|(kind, name)| !kind.is_empty() && !name.is_empty());
            let bad = || (format!("`{}` is no object", quoted(text)), "write it as `Kind/name`".to_owned());
            let (kind, name) = parts.ok_or_else(bad)?;
            let glob = |text| Pattern::new(text).map_err(|error| bad_glob(text, &error));
            Ok(Self { kind: glob(kind)?, name: glob(name)? })
        })
    }
}

impl JsonSchema for ObjectPattern {
    fn schema_name() -> Cow<'static, str> {
        "Object".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[^/]+/.+$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn read(entry: &str) -> Ignore {
        let text = format!("version: 1\nignore: [{entry}]");
        Config::read("portcullis.yaml", &text, &["dangling-port", "soft-port"]).unwrap().ignore.remove(0)
    }

    #[test]
    fn entry_holds_through_its_last_day() {
        let entry = read("{rule: dangling-port, reason: x, expires: 2027-06-30}");
        let expired = |text| entry.expired(Date::parse(text).unwrap());
        assert!(!expired("2027-06-29") && !expired("2027-06-30"));
        assert!(expired("2027-07-01") && expired("2028-01-01"));
    }

    #[test]
    fn entry_is_about_what_all_its_keys_match() {
        let subject = ("dangling-port", "charts/web", "Ingress", "legacy-a", "spec.rules[0].port");
        for (entry, expected) in [
            ("{rule: dangling-port, reason: x}", true),
            ("{rule: soft-port, reason: x}", false),
            ("{rule: dangling-port, reason: x, target: charts/web}", true),
            ("{rule: dangling-port, reason: x, target: ./charts/web/}", true),
            ("{rule: dangling-port, reason: x, target: 'charts/*'}", true),
            ("{rule: dangling-port, reason: x, target: '*'}", false),
            ("{rule: dangling-port, reason: x, target: '**'}", true),
            ("{rule: dangling-port, reason: x, object: Ingress/legacy-a}", true),
            ("{rule: dangling-port, reason: x, object: Ingress/legacy-*}", true),
            ("{rule: dangling-port, reason: x, object: '*/legacy-a'}", true),
            ("{rule: dangling-port, reason: x, object: Service/legacy-a}", false),
            ("{rule: dangling-port, reason: x, object: Ingress/legacy}", false),
            ("{rule: dangling-port, reason: x, path: 'spec.rules[0].port'}", true),
            ("{rule: dangling-port, reason: x, path: 'spec.rules[*].port'}", true),
            ("{rule: dangling-port, reason: x, path: 'spec.*'}", true),
            ("{rule: dangling-port, reason: x, path: 'spec.rules'}", false),
            ("{rule: dangling-port, reason: x, path: '*.port', object: Service/x}", false),
        ] {
            let parsed = read(entry);
            let (rule, target, kind, name, path) = subject;
            assert_eq!(parsed.matches(rule, target, kind, name, path), expected, "{entry}");
        }
    }
}
