//! From events to nodes.

use std::{borrow::Cow, collections::HashMap};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag};

use super::{
    Document, Duplicate, Entry, Node, NodeKind, Place, Style, Value, YamlError,
    mapping::{Key, Mapping},
    resolve::{self, CORE},
    split::{Piece, split, without_byte_order_marks},
};

/// Deepest nesting, aliases included: what walks a tree may recurse.
const MAX_DEPTH: usize = 512;
/// Most nodes of one document that stand for aliases.
const MAX_ALIASED: usize = 1_000_000;

/// Reads a stream of documents.
///
/// Each document is read for itself, so a broken one does not spoil the others. One without content has neither root nor error.
/// As Kubernetes does, it ignores what follows a document's root or its `...`.
pub fn parse(text: &str) -> Vec<Document> {
    split(&without_byte_order_marks(text)).iter().map(document).collect()
}

fn document(piece: &Piece<'_>) -> Document {
    let mut composer = Composer::new(piece);
    let result = composer.compose(piece);
    let (root, error) = match result {
        Ok(root) => (root, None),
        Err(error) => (None, Some(error)),
    };
    let duplicates = if root.is_some() { kept_last(composer.duplicates) } else { Vec::new() };
    Document { line: piece.line, root, error, duplicates }
}

/// Lets each duplicate name the last of its keys.
fn kept_last(mut duplicates: Vec<Duplicate>) -> Vec<Duplicate> {
    let mut kept = HashMap::new();
    for duplicate in duplicates.iter_mut().rev() {
        duplicate.kept = kept.get(&duplicate.kept).copied().unwrap_or(duplicate.kept);
        kept.insert(duplicate.lost, duplicate.kept);
    }
    duplicates
}

struct Composer<'a> {
    lines_before: u32,
    frames: Vec<Frame>,
    /// By the parser's number; `None` while the node is not complete.
    anchors: HashMap<usize, Option<Anchored>>,
    has_aliases: bool,
    aliased: usize,
    duplicates: Vec<Duplicate>,
    lines: Lines<'a>,
}

/// A collection that is not complete.
struct Frame {
    start: Place,
    anchor: usize,
    open: Open,
}

enum Open {
    Sequence(Vec<Node>),
    Mapping(Mapping),
}

struct Anchored {
    node: Node,
    nodes: usize,
    height: usize,
}

impl<'a> Composer<'a> {
    fn new(piece: &Piece<'a>) -> Self {
        Self {
            lines_before: piece.lines_before,
            frames: Vec::new(),
            anchors: HashMap::new(),
            has_aliases: piece.text.contains('*'),
            aliased: 0,
            duplicates: Vec::new(),
            lines: Lines { rest: piece.text, number: 1 },
        }
    }

    fn compose(&mut self, piece: &Piece<'a>) -> Result<Option<Node>, YamlError> {
        self.check_characters(piece.text)?;
        let mut parser = Parser::new_from_str(piece.text);
        let mut root = None;
        while let Some(event) = parser.next_event() {
            let (event, span) = match event {
                Ok(event) => event,
                // a document is complete with its root: go-yaml does not look at what follows, except for its first token
                Err(error) if root.is_some() && error.info() == "did not find expected <document start>" => break,
                Err(error) => return Err(self.scan_error(&error)),
            };
            if root.is_some() || event == Event::StreamEnd {
                break;
            }
            root = self.event(event, span)?;
        }
        let empty = |root: &Node| root.is_null() && root.start == root.end;
        Ok(root.filter(|root| !empty(root)))
    }

    /// Takes one event; returns the root when it is complete.
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<Option<Node>, YamlError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag, span),
            Event::SequenceStart(anchor, _) => {
                self.open(span, anchor, Open::Sequence(Vec::new()))?;
                Ok(None)
            }
            Event::MappingStart(anchor, _) => {
                self.open(span, anchor, Open::Mapping(Mapping::default()))?;
                Ok(None)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => Ok(None),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        span: Span,
    ) -> Result<Option<Node>, YamlError> {
        let (start, end) = self.places(&text, style, span);
        let tag = tag.map(|tag| format!("{}{}", tag.handle, tag.suffix));
        let plain = style == ScalarStyle::Plain;
        let merge = text == "<<" && tag.as_deref().map_or(plain, |tag| tag == "!" || tag.strip_prefix(CORE) == Some("merge"));
        if merge
            && let Some(Frame { open: Open::Mapping(mapping), .. }) = self.frames.last_mut()
            && mapping.awaits_key()
        {
            mapping.key(Key::Merge);
            return Ok(None);
        }
        let value = match tag {
            Some(tag) => resolve::tagged(&tag, text).map_err(|message| YamlError { place: start, message })?,
            None if plain => resolve::plain(text),
            None => Value::Str(text.into_owned()),
        };
        let kind = NodeKind::Scalar { value, style: style_of(style) };
        self.complete(Node { start, end, kind }, anchor, false)
    }

    fn open(&mut self, span: Span, anchor: usize, open: Open) -> Result<(), YamlError> {
        let start = self.place(span.start);
        if self.frames.len() >= MAX_DEPTH {
            return Err(too_deep(start));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
        self.frames.push(Frame { start, anchor, open });
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<Option<Node>, YamlError> {
        let Frame { start, anchor, open } = self.frames.pop().expect("the parser ends only what it started");
        let kind = match open {
            Open::Sequence(items) => NodeKind::Sequence(items),
            Open::Mapping(mapping) => NodeKind::Mapping(mapping.into_entries()),
        };
        self.complete(Node { start, end: self.place(span.end), kind }, anchor, false)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<Option<Node>, YamlError> {
        let (start, end) = (self.place(span.start), self.place(span.end));
        let error = |message: &str| Err(YamlError { place: start, message: message.to_owned() });
        let Some(Some(anchored)) = self.anchors.get(&anchor) else {
            return error("the value of an anchor contains itself");
        };
        self.aliased += anchored.nodes;
        if self.aliased > MAX_ALIASED {
            return error("too many aliases");
        }
        if self.frames.len() + anchored.height > MAX_DEPTH {
            return Err(too_deep(start));
        }
        let node = Node { start, end, kind: anchored.node.kind.clone() };
        self.complete(node, 0, true)
    }

    /// Puts a complete node where it belongs; returns it when it is the root.
    fn complete(&mut self, node: Node, anchor: usize, by_alias: bool) -> Result<Option<Node>, YamlError> {
        if anchor != 0 && self.has_aliases {
            self.keep(anchor, &node)?;
        }
        let Some(frame) = self.frames.last_mut() else {
            return Ok(Some(node));
        };
        match &mut frame.open {
            Open::Sequence(items) => items.push(node),
            Open::Mapping(mapping) if mapping.awaits_key() => mapping.key(Key::of(node)?),
            Open::Mapping(mapping) => mapping.value(node, by_alias, &mut self.duplicates)?,
        }
        Ok(None)
    }

    /// Remembers an anchor's node. The copies count as aliases do, for anchors in anchors.
    fn keep(&mut self, anchor: usize, node: &Node) -> Result<(), YamlError> {
        let (nodes, height) = size(node);
        self.aliased += nodes;
        if self.aliased > MAX_ALIASED {
            return Err(YamlError { place: node.start, message: "too many aliases".to_owned() });
        }
        self.anchors.insert(anchor, Some(Anchored { node: node.clone(), nodes, height }));
        Ok(())
    }

    /// Returns the places of a scalar. One without text stands behind the `:` or `-` that awaits it.
    fn places(&mut self, text: &str, style: ScalarStyle, span: Span) -> (Place, Place) {
        let (start, end) = (self.place(span.start), self.place(span.end));
        if !text.is_empty() || style != ScalarStyle::Plain || start == end {
            return (start, end);
        }
        let place = match self.lines.character(span.start) {
            Some(':' | '-' | '?') => end,
            _ => start,
        };
        (place, place)
    }

    fn place(&self, marker: Marker) -> Place {
        place(self.lines_before, marker)
    }

    fn scan_error(&self, error: &ScanError) -> YamlError {
        YamlError { place: self.place(*error.marker()), message: error.info().to_owned() }
    }

    /// Refuses the characters that go-yaml refuses, of which the parser takes NUL for the end.
    fn check_characters(&self, text: &str) -> Result<(), YamlError> {
        // the lead byte of U+0080 to U+00BF is C2, and the two last characters of the plane are EF BF BE and EF BF BF
        let suspicious = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') || matches!(byte, 0x7f | 0xc2 | 0xef);
        if !text.bytes().any(suspicious) {
            return Ok(());
        }
        let forbidden =
            |it: char| it.is_control() && !matches!(it, '\t' | '\n' | '\r' | '\u{85}') || matches!(it, '\u{fffe}' | '\u{ffff}');
        for (number, line) in (1..).zip(text.split('\n')) {
            if let Some((column, _)) = (1..).zip(line.chars()).find(|(_, it)| forbidden(*it)) {
                let place = Place { line: self.lines_before + number, column };
                return Err(YamlError { place, message: "control characters are not allowed".to_owned() });
            }
        }
        Ok(())
    }
}

/// Walks the lines of a text, forwards only.
struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl Lines<'_> {
    fn character(&mut self, marker: Marker) -> Option<char> {
        while self.number < marker.line() {
            self.rest = self.rest.split_once('\n')?.1;
            self.number += 1;
        }
        self.rest.chars().nth(marker.col())
    }
}

impl Key {
    fn of(node: Node) -> Result<Self, YamlError> {
        let error = |message: &str| YamlError { place: node.start, message: message.to_owned() };
        match node.kind {
            NodeKind::Scalar { value, .. } => Ok(Self::Named { key: resolve::key(value).map_err(error)?, start: node.start }),
            NodeKind::Sequence(_) => Err(error("invalid map key: a sequence")),
            NodeKind::Mapping(_) => Err(error("invalid map key: a mapping")),
        }
    }
}

fn place(lines_before: u32, marker: Marker) -> Place {
    let clamp = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Place { line: lines_before.saturating_add(clamp(marker.line())), column: clamp(marker.col()).saturating_add(1) }
}

/// Returns how many nodes there are, and how deep they go.
fn size(node: &Node) -> (usize, usize) {
    let children: &mut dyn Iterator<Item = &Node> = match &node.kind {
        NodeKind::Scalar { .. } => return (1, 0),
        NodeKind::Sequence(items) => &mut items.iter(),
        NodeKind::Mapping(entries) => &mut entries.iter().map(|entry: &Entry| &entry.value),
    };
    let (nodes, height) = children.map(size).fold((1, 0), |sum, it| (sum.0 + it.0, sum.1.max(it.1)));
    (nodes, height + 1)
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

fn too_deep(place: Place) -> YamlError {
    YamlError { place, message: "nested too deeply".to_owned() }
}

#[cfg(test)]
mod tests;
