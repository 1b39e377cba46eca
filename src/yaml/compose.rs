//! From events to nodes.

use std::{borrow::Cow, collections::HashMap};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag};

use super::{
    Document, Duplicate, Entry, Node, NodeKind, Place, Style, Value, YamlError,
    mapping::{Key, Mapping},
    mend::Mended,
    resolve::{self, CORE},
    split::{Piece, split},
    text::{Lines, check_characters, properties},
};

/// Deepest nesting, aliases included: what walks a tree may recurse.
const MAX_DEPTH: usize = 512;
/// Most nodes of one document that stand for aliases.
const MAX_ALIASED: usize = 1_000_000;

const BYTE_ORDER_MARK: char = '\u{feff}';
/// Stands for a byte order mark inside of a text, which go-yaml takes for any other character: this one is in no text.
const STAND_IN: &str = "\u{fdd0}";

/// Reads a stream of documents.
///
/// Each document is read for itself, so a broken one does not spoil the others. One without content has neither root nor error.
/// As Kubernetes does, it ignores what follows a document's root or its `...`. An alias stands at its own place, and what is
/// below it at the place of the anchor.
pub fn parse(text: &str) -> Vec<Document> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.contains(BYTE_ORDER_MARK) {
        split(&text.replace(BYTE_ORDER_MARK, STAND_IN)).iter().map(document).collect()
    } else {
        split(text).iter().map(document).collect()
    }
}

fn document(piece: &Piece<'_>) -> Document {
    let (root, error, duplicates) = match compose(piece) {
        Ok((root, duplicates)) => (root, None, duplicates),
        Err(error) => (None, Some(error), Vec::new()),
    };
    Document { line: piece.line, root, error, duplicates }
}

fn compose(piece: &Piece<'_>) -> Result<(Option<Node>, Vec<Duplicate>), YamlError> {
    check_characters(piece)?;
    let mut mended = Mended::new(piece.text);
    loop {
        let mut composer = Composer::new(&mended, piece.lines_before);
        match composer.compose() {
            Ok(root) => return Ok((root, kept_last(composer.duplicates))),
            Err(Failure::Compose(error)) => return Err(error),
            Err(Failure::Scan(error)) => {
                let place = composer.place(*error.marker());
                if !mended.mend(&error) {
                    return Err(YamlError { place, message: error.info().to_owned() });
                }
            }
        }
    }
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

enum Failure {
    Scan(ScanError),
    Compose(YamlError),
}

impl From<YamlError> for Failure {
    fn from(error: YamlError) -> Self {
        Self::Compose(error)
    }
}

struct Composer<'a> {
    text: &'a str,
    lines_before: u32,
    /// How far lines stand to the right of where they were.
    shifts: &'a HashMap<usize, usize>,
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
    fn new(mended: &'a Mended<'_>, lines_before: u32) -> Self {
        let text = &*mended.text;
        Self {
            text,
            lines_before,
            shifts: &mended.shifts,
            frames: Vec::new(),
            anchors: HashMap::new(),
            has_aliases: text.contains('*'),
            aliased: 0,
            duplicates: Vec::new(),
            lines: Lines::new(text),
        }
    }

    fn compose(&mut self) -> Result<Option<Node>, Failure> {
        let mut parser = Parser::new_from_str(self.text);
        let mut root = None;
        while let Some(event) = parser.next_event() {
            let (event, span) = match event {
                Ok(event) => event,
                // a document is complete with its root: go-yaml does not look at what follows, except for its first token
                Err(error) if root.is_some() && error.info() == "did not find expected <document start>" => break,
                Err(error) => return Err(Failure::Scan(error)),
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
        let (start, end) = self.places(&text, style, span, anchor != 0 || tag.is_some());
        let text = self.original(text, style, span);
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

    /// Undoes what the parser sees differently: a block scalar at the end of a text without a final newline has none either.
    fn original<'t>(&self, mut text: Cow<'t, str>, style: ScalarStyle, span: Span) -> Cow<'t, str> {
        if text.contains(STAND_IN) {
            text = Cow::Owned(text.replace(STAND_IN, "\u{feff}"));
        }
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        if block && text.ends_with('\n') && self.ends_in_a_line() && span.end.index() >= self.text.chars().count() {
            text.to_mut().pop();
        }
        text
    }

    fn ends_in_a_line(&self) -> bool {
        self.text.rsplit(['\n', '\r']).next().is_some_and(|last| !last.trim().is_empty())
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

    /// Returns the places of a scalar, without its anchor and tag when they stand on its line.
    ///
    /// One without text stands behind the `:` that awaits it.
    fn places(&mut self, text: &str, style: ScalarStyle, span: Span, has_properties: bool) -> (Place, Place) {
        let (mut start, end) = (self.place(span.start), self.place(span.end));
        let empty = text.is_empty() && style == ScalarStyle::Plain;
        if has_properties && !empty && span.start.line() == span.end.line() {
            let properties = properties(self.lines.from(span.start));
            start.column = start.column.saturating_add(u32::try_from(properties).unwrap_or(u32::MAX));
        } else if empty {
            let awaited = self.lines.from(span.start).starts_with(':');
            start.column = start.column.saturating_add(u32::from(awaited));
            return (start, start);
        }
        (start, end)
    }

    fn place(&self, marker: Marker) -> Place {
        let clamp = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let shift = if self.shifts.is_empty() { 0 } else { self.shifts.get(&marker.line()).copied().unwrap_or(0) };
        Place {
            line: self.lines_before.saturating_add(clamp(marker.line())),
            column: clamp(marker.col().saturating_sub(shift)).saturating_add(1),
        }
    }
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
