//! From tokens to nodes: a port of `parserc.go` and of `decode.go` of go-yaml v2.

use std::{borrow::Cow, collections::HashMap};

use super::{
    Document, Duplicate, Node, NodeKind, Place, Style, Value, YamlError,
    anchors::{Anchors, Costs},
    resolve::{self, CORE},
    scan::{Scanner, Spanned, Token},
    split::{Piece, split},
    text::check_characters,
};

mod collection;

/// Deepest nesting, aliases included: what walks a tree may recurse.
const MAX_DEPTH: usize = 256;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads a stream of documents.
///
/// Each document is read for itself, so a broken one does not spoil the others. One without content has neither root nor error.
/// As Kubernetes does, it ignores what follows a document's root or its `...`. An alias stands at its own place, and what is
/// below it at the place of the anchor.
///
/// Memory has a bound whatever the text: some millions of values are an error, and what follows it is left out.
pub fn parse(text: &str) -> Vec<Document> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut costs = Costs::default();
    let mut documents = Vec::new();
    for piece in split(text) {
        documents.push(document(&piece, &mut costs));
        if costs.are_too_high() {
            break;
        }
    }
    documents
}

fn document(piece: &Piece<'_>, costs: &mut Costs) -> Document {
    let (root, error, duplicates) = match compose(piece, costs) {
        Ok((root, duplicates)) => (root, None, duplicates),
        Err(error) => (None, Some(error), Vec::new()),
    };
    Document { line: piece.line, root, error, duplicates }
}

fn compose(piece: &Piece<'_>, costs: &mut Costs) -> Result<(Option<Node>, Vec<Duplicate>), YamlError> {
    check_characters(piece)?;
    let mut composer = Composer {
        scanner: Scanner::new(piece.text, piece.lines_before),
        tags: vec![("!", Cow::Borrowed("!")), ("!!", Cow::Borrowed(CORE))],
        anchors: Anchors::new(piece.text, costs),
        depth: 0,
        is_infinite: false,
        duplicates: Vec::new(),
    };
    // a document takes room as a value does
    composer.anchors.count(Place { line: piece.line, column: 1 })?;
    let root = composer.document()?;
    Ok((root, kept_last(composer.duplicates)))
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
    scanner: Scanner<'a>,
    /// Handles with their prefixes; the first with a handle wins.
    tags: Vec<(&'a str, Cow<'a, str>)>,
    anchors: Anchors<'a>,
    depth: usize,
    /// Whether there was a number that JSON has no form for.
    is_infinite: bool,
    duplicates: Vec<Duplicate>,
}

/// What kinds of collections may start at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Flow,
    Block,
    /// As the value of a key, whose column the `-` of a sequence may share.
    BlockValue,
}

/// A node with what its meaning to a mapping depends on.
struct Parsed {
    node: Node,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Usual,
    Alias,
    /// A `<<`.
    Merge,
    /// An integer beyond `i64`, which cannot be a key.
    Huge,
}

/// What stands before a node.
#[derive(Default)]
struct Properties<'a> {
    anchor: Option<&'a str>,
    tag: Option<String>,
    end: Place,
}

impl<'a> Composer<'a> {
    fn document(&mut self) -> Result<Option<Node>, YamlError> {
        let mut explicit = self.directives()?;
        match self.token()? {
            Token::DocumentStart => {
                self.scanner.take();
                explicit = true;
            }
            _ if explicit => return self.error("did not find expected <document start>"),
            _ => {}
        }
        let root = match self.token()? {
            Token::StreamEnd => return Ok(None),
            Token::Version(..) | Token::TagDirective { .. } | Token::DocumentStart | Token::DocumentEnd if explicit => None,
            _ => Some(self.node(Context::Block)?.node),
        };
        // what follows is not read, but for its first token
        self.token()?;
        match root.as_ref().filter(|_| self.is_infinite).and_then(infinite) {
            Some(node) => Err(YamlError { place: node.start, message: "JSON has no infinite numbers".to_owned() }),
            None => Ok(root.filter(|root| !(root.is_null() && root.start == root.end))),
        }
    }

    /// Takes the directives; returns whether there were any.
    fn directives(&mut self) -> Result<bool, YamlError> {
        let mut versions = 0;
        let defaults = self.tags.len();
        let mut own: Vec<(&'a str, Cow<'a, str>)> = Vec::new();
        loop {
            match self.token()? {
                Token::Version(1, 1) if versions == 0 => versions += 1,
                Token::Version(1, 1) => return self.error("found duplicate %YAML directive"),
                Token::Version(..) => return self.error("found incompatible YAML document"),
                Token::TagDirective { handle, .. } if own.iter().any(|(it, _)| it == handle) => {
                    return self.error("found duplicate %TAG directive");
                }
                Token::TagDirective { handle, prefix } => own.push((handle, prefix.clone())),
                _ => break,
            }
            self.scanner.take();
        }
        self.tags.splice(..0, own);
        Ok(versions > 0 || self.tags.len() > defaults)
    }

    fn token(&mut self) -> Result<&Token<'a>, YamlError> {
        Ok(&self.scanner.peek()?.token)
    }

    /// Makes an error of the next token.
    fn error<T>(&mut self, message: &str) -> Result<T, YamlError> {
        Err(YamlError { place: self.scanner.peek()?.start, message: message.to_owned() })
    }

    fn node(&mut self, context: Context) -> Result<Parsed, YamlError> {
        if let &Token::Alias(name) = self.token()? {
            return self.alias(name);
        }
        let properties = self.properties()?;
        let id = self.anchors.start(properties.anchor);
        let head = self.scanner.peek()?;
        let place = head.start;
        self.anchors.count(place)?;
        let parsed = match head.token {
            Token::Scalar(..) => self.scalar(properties.tag)?,
            Token::BlockEntry if context == Context::BlockValue => self.nested(Self::indentless_sequence)?,
            Token::BlockSequenceStart if context != Context::Flow => self.nested(Self::block_sequence)?,
            Token::BlockMappingStart if context != Context::Flow => self.nested(Self::block_mapping)?,
            Token::FlowSequenceStart => self.nested(Self::flow_sequence)?,
            Token::FlowMappingStart => self.nested(Self::flow_mapping)?,
            _ if properties.anchor.is_some() || properties.tag.is_some() => empty_scalar(&properties)?,
            _ => return self.error("did not find expected node content"),
        };
        if let Some(name) = properties.anchor {
            self.anchors.complete(name, id, &parsed.node)?;
        }
        Ok(parsed)
    }

    /// Reads a collection.
    fn nested(&mut self, read: fn(&mut Self) -> Result<(NodeKind, Place), YamlError>) -> Result<Parsed, YamlError> {
        let start = self.scanner.peek()?.start;
        if self.depth >= MAX_DEPTH {
            return Err(too_deep(start));
        }
        self.depth += 1;
        let (kind, end) = read(self)?;
        self.depth -= 1;
        Ok(Parsed { node: Node { start, end, kind }, form: Form::Usual })
    }

    /// Makes the null that stands where nothing does.
    fn empty(&mut self, place: Place) -> Result<Parsed, YamlError> {
        self.anchors.count(place)?;
        empty_scalar(&Properties { end: place, ..Properties::default() })
    }

    /// Takes an anchor and a tag, in any order.
    fn properties(&mut self) -> Result<Properties<'a>, YamlError> {
        let mut properties = Properties::default();
        loop {
            match self.scanner.peek()?.token {
                Token::Anchor(name) if properties.anchor.is_none() => properties.anchor = Some(name),
                Token::Tag { .. } if properties.tag.is_none() => properties.tag = Some(self.tag()?),
                _ => return Ok(properties),
            }
            properties.end = self.scanner.take().end;
        }
    }

    /// Returns the whole of the tag that is the next token.
    fn tag(&mut self) -> Result<String, YamlError> {
        let Token::Tag { handle, suffix } = &self.scanner.peek()?.token else { unreachable!("the next token is a tag") };
        let prefix = if handle.is_empty() {
            Some("")
        } else {
            self.tags.iter().find(|(it, _)| it == handle).map(|(_, prefix)| prefix.as_ref())
        };
        match prefix {
            Some(prefix) => Ok(format!("{prefix}{suffix}")),
            None => self.error("found undefined tag handle"),
        }
    }

    fn scalar(&mut self, tag: Option<String>) -> Result<Parsed, YamlError> {
        let Spanned { token: Token::Scalar(text, style), start, end } = self.scanner.take() else {
            unreachable!("the next token is a scalar")
        };
        self.anchors.count_text(text.len());
        let form = form_of(&text, style, tag.as_deref());
        let value = match tag {
            Some(tag) => resolve::tagged(&tag, text).map_err(|message| YamlError { place: start, message })?,
            None if style == Style::Plain => resolve::plain(text),
            None => Value::Str(text.into_owned()),
        };
        self.is_infinite |= matches!(value, Value::Float(number) if !number.is_finite());
        Ok(Parsed { node: Node { start, end, kind: NodeKind::Scalar { value, style } }, form })
    }

    fn alias(&mut self, name: &'a str) -> Result<Parsed, YamlError> {
        let Spanned { start, end, .. } = self.scanner.take();
        let (kind, height) =
            self.anchors.alias(name).map_err(|message| YamlError { place: start, message: message.to_owned() })?;
        if self.depth + height > MAX_DEPTH {
            return Err(too_deep(start));
        }
        Ok(Parsed { node: Node { start, end, kind }, form: Form::Alias })
    }
}

fn form_of(text: &str, style: Style, tag: Option<&str>) -> Form {
    let is_merge = |tag: &str| tag == "!" || tag.strip_prefix(CORE) == Some("merge");
    if text == "<<" && tag.map_or(style == Style::Plain, is_merge) {
        Form::Merge
    } else if style == Style::Plain && resolve::is_huge(text) {
        Form::Huge
    } else {
        Form::Usual
    }
}

fn empty_scalar(properties: &Properties<'_>) -> Result<Parsed, YamlError> {
    let place = properties.end;
    let value = match &properties.tag {
        Some(tag) => resolve::tagged(tag, Cow::Borrowed("")).map_err(|message| YamlError { place, message })?,
        None => Value::Null,
    };
    let kind = NodeKind::Scalar { value, style: Style::Plain };
    Ok(Parsed { node: Node { start: place, end: place, kind }, form: Form::Usual })
}

/// Finds a number that JSON has no form for; as a key it is a text.
fn infinite(node: &Node) -> Option<&Node> {
    match &node.kind {
        NodeKind::Scalar { value: Value::Float(number), .. } if !number.is_finite() => Some(node),
        NodeKind::Scalar { .. } => None,
        NodeKind::Sequence(items) => items.iter().find_map(infinite),
        NodeKind::Mapping(entries) => entries.iter().find_map(|entry| infinite(&entry.value)),
    }
}

fn too_deep(place: Place) -> YamlError {
    YamlError { place, message: "nested too deeply".to_owned() }
}

#[cfg(test)]
mod tests;
