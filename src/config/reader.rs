//! From nodes to typed values: what is wrong is collected, and reading goes on.
//!
//! It reads nodes and not by serde, which stops at the first problem and knows no places of values.

use crate::yaml::{Entry, Node, NodeKind, Place, Style, Value};

use super::problem::{Mark, Problem, literals, suggest};

/// Whoever reads that many is not helped by more.
const MOST_PROBLEMS: usize = 1000;

/// How much of a text a message quotes, in characters.
const QUOTED: usize = 60;

/// What is read, or that something is wrong, which the reader knows.
pub(super) type Read<T> = Result<T, Wrong>;

/// Something is wrong.
#[derive(Debug)]
pub(super) struct Wrong;

/// A value that can be read.
pub(super) trait FromNode: Sized {
    /// Returns what is expected, such as `a list`.
    fn expected() -> String;

    /// Returns how something else is corrected; `written` is how a scalar stands in the file.
    fn help(found: &Node, written: &str) -> String;

    /// Reads a value. What is wrong goes to the reader, which goes on where it can: there may be a value nevertheless.
    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self>;
}

/// Collects what is wrong.
pub(super) struct Reader<'a> {
    lines: Vec<&'a str>,
    /// Ids of all rules.
    pub(super) rules: &'a [&'a str],
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    /// Reads a text with these rules.
    pub(super) fn new(text: &'a str, rules: &'a [&'a str]) -> Self {
        Self { lines: text.lines().collect(), rules, problems: Vec::new() }
    }

    /// Returns what was wrong, each thing once, in the order of the text.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|it| it.mark);
        self.problems.dedup();
        self.problems
    }

    /// Says what is wrong, and what to do.
    pub(super) fn say(&mut self, mark: Mark, message: impl Into<String>, help: impl Into<String>) -> Wrong {
        self.push(Problem { mark: Some(mark), message: message.into(), help: help.into(), also: None });
        Wrong
    }

    /// Takes a problem.
    pub(super) fn push(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// Says that a value is of another kind than the expected one.
    pub(super) fn unexpected<T: FromNode>(&mut self, node: &Node) -> Wrong {
        let written = self.written(node);
        let found = match &node.kind {
            NodeKind::Mapping(_) => "a mapping".into(),
            NodeKind::Sequence(_) => "a list".into(),
            NodeKind::Scalar { value: Value::Null, .. } => "nothing".into(),
            NodeKind::Scalar { value: Value::Str(_), .. } => "a text".into(),
            NodeKind::Scalar { value: Value::Bool(_), .. } => format!("the truth value `{written}`"),
            NodeKind::Scalar { .. } => format!("the number `{written}`"),
        };
        self.say(self.mark(node), format!("expected {}, found {found}", T::expected()), T::help(node, &written))
    }

    /// Reads a text with a function, which returns what is wrong and what to do.
    pub(super) fn text<T: FromNode>(&mut self, node: &Node, parse: impl FnOnce(&str) -> Result<T, (String, String)>) -> Read<T> {
        let text = node.str().ok_or_else(|| self.unexpected::<T>(node))?;
        parse(text).map_err(|(message, help)| self.say(self.mark(node), message, help))
    }

    /// Reads one of a few words; `what` is what the word is to be.
    pub(super) fn word<T: FromNode>(
        &mut self,
        node: &Node,
        what: &str,
        names: &[&str],
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Read<T> {
        if node.scalar().is_none() || node.is_null() {
            return Err(self.unexpected::<T>(node));
        }
        let word = node.str().map_or_else(|| self.written(node), str::to_owned);
        parse(&word).ok_or_else(|| {
            let help = suggest(&word, names.iter().copied(), || format!("use one of {}", literals(names)));
            self.say(self.mark(node), format!("`{}` is no {what}", quoted(&word)), help)
        })
    }

    /// Says which keys of a mapping are unknown.
    pub(super) fn keys<T: FromNode>(&mut self, node: &Node, noun: &str, known: &[&str]) -> Read<()> {
        if !node.is_mapping() {
            return Err(self.unexpected::<T>(node));
        }
        for entry in node.entries().iter().filter(|it| !known.contains(&it.key.as_str())) {
            let help = suggest(&entry.key, known.iter().copied(), || format!("use one of {}", literals(known)));
            self.say(self.key(entry), format!("unknown {noun} `{}`", quoted(&entry.key)), help);
        }
        Ok(())
    }

    /// Reads the value of a key that must be there; `help` is how to add it.
    pub(super) fn required<T: FromNode>(&mut self, node: &Node, key: &str, help: &str) -> Read<T> {
        match node.entry(key) {
            Some(entry) => self.given(entry),
            None => Err(self.say(self.mark(node), format!("`{key}` is missing"), help)),
        }
    }

    /// Reads the value of a key that may be there.
    pub(super) fn optional<T: FromNode>(&mut self, node: &Node, key: &str) -> Read<Option<T>> {
        node.entry(key).map(|entry| self.given(entry)).transpose()
    }

    /// Reads a section: a key of which all that is below may be commented out.
    pub(super) fn section<T: FromNode + Default>(&mut self, node: &Node, key: &str) -> Read<T> {
        node.get(key).filter(|it| !it.is_null()).map_or_else(|| Ok(T::default()), |it| T::from_node(it, self))
    }

    /// Reads a value that would mean something else if it were left out.
    fn given<T: FromNode>(&mut self, entry: &Entry) -> Read<T> {
        if entry.value.is_null() {
            return Err(self.say(self.key(entry), format!("`{}` has no value", entry.key), "write one, or remove the key"));
        }
        T::from_node(&entry.value, self)
    }

    /// Returns where a value is; of several lines the first.
    pub(super) fn mark(&self, node: &Node) -> Mark {
        let Node { start, end, .. } = *node;
        if end.line == start.line && end.column > start.column {
            return Mark { start, end };
        }
        let length = self.rest(start).trim_end().chars().count().max(1);
        stretch(start, length)
    }

    /// Returns the mark of one character; at the end of the text it is behind the last one.
    pub(super) fn at(&self, mut start: Place) -> Mark {
        let last = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        if start.line > last {
            let column = self.lines.last().map_or(0, |it| it.trim_end().chars().count());
            start = Place { line: last, column: u32::try_from(column).unwrap_or(u32::MAX - 2) + 1 };
        }
        stretch(start, 1)
    }

    /// Returns where a key is.
    pub(super) fn key(&self, entry: &Entry) -> Mark {
        self.key_at(entry.key_start, &entry.key)
    }

    /// Returns where a key is that starts at a place.
    pub(super) fn key_at(&self, start: Place, key: &str) -> Mark {
        let rest = self.rest(start);
        let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''));
        let length = match quote {
            Some(quote) => rest[1..].chars().position(|it| it == quote).map_or(1, |it| it + 2),
            None if rest.starts_with(key) => key.chars().count(),
            None => rest.chars().position(|it| it == ':').unwrap_or(1),
        };
        stretch(start, length.max(1))
    }

    /// Returns a scalar as it is written, without quotes.
    pub(super) fn written(&self, node: &Node) -> String {
        match &node.kind {
            NodeKind::Scalar { style: Style::Plain, .. } if node.start.line == node.end.line => {
                let length = node.end.column.saturating_sub(node.start.column) as usize;
                quoted(&self.rest(node.start).chars().take(length).collect::<String>())
            }
            NodeKind::Scalar { value, .. } => quoted(&value.to_string()),
            _ => String::new(),
        }
    }

    /// Whether a character stands at a place.
    pub(super) fn starts_with(&self, place: Place, wanted: char) -> bool {
        self.rest(place).starts_with(wanted)
    }

    /// Returns a line from a place on.
    fn rest(&self, place: Place) -> &'a str {
        let line = (place.line as usize).checked_sub(1).and_then(|it| self.lines.get(it)).copied().unwrap_or_default();
        let skip = place.column.saturating_sub(1) as usize;
        line.char_indices().nth(skip).map_or("", |(offset, _)| &line[offset..])
    }
}

/// Returns the mark of so many characters.
fn stretch(start: Place, length: usize) -> Mark {
    let end = start.column.saturating_add(u32::try_from(length).unwrap_or(u32::MAX));
    Mark { start, end: Place { column: end, ..start } }
}

/// Returns a text as a message quotes it: not all of one that is long.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Reads a mapping whose keys are the fields of a struct: `field: how(arguments)`, where `how` is a method of [`Reader`].
macro_rules! read_fields {
    ($reader:ident, $node:ident, $noun:literal, $type:ident {
        $($field:ident: $how:ident($($argument:expr),*)),* $(,)?
    } $(.. $base:expr)?) => {{
        $reader.keys::<$type>($node, $noun, &[$(stringify!($field)),*])?;
        $(let $field = $reader.$how($node, stringify!($field) $(, $argument)*);)*
        Ok($type { $($field: $field?,)* $(..$base)? })
    }};
}
pub(super) use read_fields;
