//! Collections of all styles.

use super::{Composer, Context, Form, Node, NodeKind, Parsed, Place, Token, YamlError};
use crate::yaml::mapping::Mapping;

type Collection = Result<(NodeKind, Place), YamlError>;

impl Composer<'_> {
    pub(super) fn block_sequence(&mut self) -> Collection {
        self.scanner.take();
        let mut items = Vec::new();
        while *self.token()? == Token::BlockEntry {
            items.push(self.block_item(|next| matches!(next, Token::BlockEntry | Token::BlockEnd))?);
        }
        if *self.token()? != Token::BlockEnd {
            return self.error("did not find expected '-' indicator");
        }
        Ok((sequence(items), self.scanner.take().end))
    }

    /// Reads a sequence whose `-` are no further right than the key above.
    pub(super) fn indentless_sequence(&mut self) -> Collection {
        let mut items = Vec::new();
        while *self.token()? == Token::BlockEntry {
            let ends = |next: &Token<'_>| matches!(next, Token::BlockEntry | Token::Key | Token::Value | Token::BlockEnd);
            items.push(self.block_item(ends)?);
        }
        Ok((sequence(items), self.scanner.peek()?.start))
    }

    /// Takes a `-` and the item behind it, which is empty before what ends it.
    fn block_item(&mut self, ends: fn(&Token<'_>) -> bool) -> Result<Node, YamlError> {
        let place = self.scanner.take().end;
        if ends(self.token()?) { Ok(self.empty(place)?.node) } else { Ok(self.node(Context::Block)?.node) }
    }

    pub(super) fn block_mapping(&mut self) -> Collection {
        self.scanner.take();
        let mut mapping = Mapping::default();
        let ends = |next: &Token<'_>| matches!(next, Token::Key | Token::Value | Token::BlockEnd);
        while *self.token()? == Token::Key {
            self.pair(&mut mapping, Context::BlockValue, ends)?;
        }
        if *self.token()? != Token::BlockEnd {
            return self.error("did not find expected key");
        }
        Ok((NodeKind::Mapping(mapping.into_entries()), self.scanner.take().end))
    }

    pub(super) fn flow_mapping(&mut self) -> Collection {
        self.scanner.take();
        let mut mapping = Mapping::default();
        let mut first = true;
        let ends = |next: &Token<'_>| matches!(next, Token::Value | Token::FlowEntry | Token::FlowMappingEnd);
        loop {
            if self.flow_end(&Token::FlowMappingEnd, first, "did not find expected ',' or '}'")? {
                return Ok((NodeKind::Mapping(mapping.into_entries()), self.scanner.take().end));
            }
            first = false;
            if *self.token()? == Token::Key {
                self.pair(&mut mapping, Context::Flow, ends)?;
            } else {
                let key = self.node(Context::Flow)?;
                let place = self.scanner.peek()?.start;
                let value = self.empty(place)?;
                self.put(&mut mapping, key, value)?;
            }
        }
    }

    pub(super) fn flow_sequence(&mut self) -> Collection {
        self.scanner.take();
        let mut items = Vec::new();
        while !self.flow_end(&Token::FlowSequenceEnd, items.is_empty(), "did not find expected ',' or ']'")? {
            items.push(match self.token()? {
                Token::Key => self.nested(Self::single_pair)?.node,
                _ => self.node(Context::Flow)?.node,
            });
        }
        Ok((sequence(items), self.scanner.take().end))
    }

    /// Reads the mapping that `key: value` is in a flow sequence.
    fn single_pair(&mut self) -> Collection {
        let mut mapping = Mapping::default();
        let place = self.scanner.peek()?.start;
        self.anchors.count(place)?;
        let ends = |next: &Token<'_>| matches!(next, Token::Value | Token::FlowEntry | Token::FlowSequenceEnd);
        self.pair(&mut mapping, Context::Flow, ends)?;
        Ok((NodeKind::Mapping(mapping.into_entries()), self.scanner.peek()?.start))
    }

    /// Takes the comma before an item or an entry; returns whether the collection ends here.
    fn flow_end(&mut self, end: &Token<'_>, first: bool, message: &str) -> Result<bool, YamlError> {
        if !first && self.token()? != end {
            if *self.token()? != Token::FlowEntry {
                return self.error(message);
            }
            self.scanner.take();
        }
        Ok(self.token()? == end)
    }

    /// Takes a key and its value, which are empty before what ends them.
    fn pair(&mut self, mapping: &mut Mapping, context: Context, ends: fn(&Token<'_>) -> bool) -> Result<(), YamlError> {
        let place = self.scanner.take().end;
        let key = if ends(self.token()?) { self.empty(place)? } else { self.node(context)? };
        let next = self.scanner.peek()?;
        let value = if next.token == Token::Value {
            let place = self.scanner.take().end;
            if ends(self.token()?) { self.empty(place)? } else { self.node(context)? }
        } else {
            let place = next.start;
            self.empty(place)?
        };
        self.put(mapping, key, value)
    }

    fn put(&mut self, mapping: &mut Mapping, key: Parsed, value: Parsed) -> Result<(), YamlError> {
        match key.form {
            Form::Merge => mapping.merge(value.node, value.form == Form::Alias),
            Form::Huge => {
                Err(YamlError { place: key.node.start, message: "unsupported map key: an integer beyond 64 bits".to_owned() })
            }
            Form::Usual | Form::Alias => mapping.insert(key.node, value.node, &mut self.duplicates),
        }
    }
}

fn sequence(mut items: Vec<Node>) -> NodeKind {
    items.shrink_to_fit();
    NodeKind::Sequence(items)
}
