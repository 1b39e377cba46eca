//! From a text to tokens: a port of `scannerc.go` of go-yaml v2, for no other scanner reads all that Kubernetes reads.

mod cursor;
mod scalar;
mod tag;

use std::{borrow::Cow, collections::VecDeque};

use super::{Place, Style, YamlError};
use cursor::Cursor;

/// Most characters of a key without a `?`.
const KEY_LIMIT: usize = 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    StreamEnd,
    Version(u8, u8),
    TagDirective { handle: &'a str, prefix: Cow<'a, str> },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'a str),
    Anchor(&'a str),
    Tag { handle: &'a str, suffix: Cow<'a, str> },
    Scalar(Cow<'a, str>, Style),
}

/// A token with its place.
#[derive(Debug)]
pub(super) struct Spanned<'a> {
    pub(super) token: Token<'a>,
    pub(super) start: Place,
    pub(super) end: Place,
}

/// A token that turns out to be a key when a `:` follows.
#[derive(Default)]
struct SimpleKey {
    possible: bool,
    required: bool,
    /// Whether tokens from it on are held back.
    holds: bool,
    /// Counts all tokens of the text.
    number: usize,
    place: Place,
    index: usize,
    line_start: usize,
}

pub(super) struct Scanner<'a> {
    cursor: Cursor<'a>,
    queue: VecDeque<Spanned<'a>>,
    /// Tokens that were taken from the queue.
    taken: usize,
    /// Column of the current block collection, and those around it; -1 outside of all.
    indent: isize,
    indents: Vec<isize>,
    /// One for each level of flow collections, and one outside of them. Their numbers never fall.
    keys: Vec<SimpleKey>,
    key_allowed: bool,
}

impl<'a> Scanner<'a> {
    /// Takes a text without control characters.
    pub(super) fn new(text: &'a str, lines_before: u32) -> Self {
        Self {
            cursor: Cursor::new(text, lines_before),
            queue: VecDeque::new(),
            taken: 0,
            indent: -1,
            indents: Vec::new(),
            keys: vec![SimpleKey::default()],
            key_allowed: true,
        }
    }

    /// Returns the next token.
    pub(super) fn peek(&mut self) -> Result<&Spanned<'a>, YamlError> {
        while self.queue.is_empty() || self.head_may_be_a_key()? {
            self.fetch()?;
        }
        Ok(&self.queue[0])
    }

    /// Takes the next token, which was peeked at.
    pub(super) fn take(&mut self) -> Spanned<'a> {
        self.taken += 1;
        self.queue.pop_front().expect("a token is peeked at before it is taken")
    }

    fn head_may_be_a_key(&mut self) -> Result<bool, YamlError> {
        let first = self.keys.partition_point(|key| key.number < self.taken);
        let held = self.keys[first..].iter().take_while(|key| key.number == self.taken).position(|key| key.holds);
        held.map_or(Ok(false), |index| self.is_valid_key(first + index))
    }

    /// Whether a `:` here would belong to a potential key.
    fn is_valid_key(&mut self, index: usize) -> Result<bool, YamlError> {
        let key = &mut self.keys[index];
        if key.possible && (key.line_start != self.cursor.line_start() || key.index + KEY_LIMIT < self.cursor.index()) {
            if key.required {
                return self.error("could not find expected ':'");
            }
            key.possible = false;
        }
        Ok(self.keys[index].possible)
    }

    fn key(&mut self) -> &mut SimpleKey {
        self.keys.last_mut().expect("there is one outside of all flow collections")
    }

    fn save_key(&mut self) -> Result<(), YamlError> {
        if self.key_allowed {
            self.remove_key()?;
            *self.key() = SimpleKey {
                possible: true,
                required: !self.in_flow() && self.indent == self.column(),
                holds: true,
                number: self.taken + self.queue.len(),
                place: self.cursor.place(),
                index: self.cursor.index(),
                line_start: self.cursor.line_start(),
            };
        }
        Ok(())
    }

    fn remove_key(&mut self) -> Result<(), YamlError> {
        let key = self.key();
        if key.possible {
            if key.required {
                return self.error("could not find expected ':'");
            }
            (key.possible, key.holds) = (false, false);
        }
        Ok(())
    }

    fn in_flow(&self) -> bool {
        self.keys.len() > 1
    }

    fn column(&self) -> isize {
        self.cursor.column().cast_signed()
    }

    fn error<T>(&self, message: &str) -> Result<T, YamlError> {
        Err(YamlError { place: self.cursor.place(), message: message.to_owned() })
    }

    /// Enters a block collection unless it is the current one; its token stands before the one with the number.
    fn roll_indent(&mut self, column: isize, number: Option<usize>, token: Token<'a>, place: Place) {
        if !self.in_flow() && self.indent < column {
            self.indents.push(self.indent);
            self.indent = column;
            self.insert(number, Spanned { token, start: place, end: place });
        }
    }

    /// Puts a token before the one with the number, or last when there is none such in the queue any more.
    fn insert(&mut self, number: Option<usize>, token: Spanned<'a>) {
        match number.and_then(|number| number.checked_sub(self.taken)) {
            Some(index) => self.queue.insert(index, token),
            None => self.queue.push_back(token),
        }
    }

    /// Leaves the block collections that are to the right of a column.
    fn unroll_indent(&mut self, column: isize) {
        let place = self.cursor.place();
        while !self.in_flow() && self.indent > column {
            self.queue.push_back(Spanned { token: Token::BlockEnd, start: place, end: place });
            self.indent = self.indents.pop().expect("only what was entered is left");
        }
    }

    /// Puts the next token into the queue, and those that it implies.
    fn fetch(&mut self) -> Result<(), YamlError> {
        self.skip_to_token();
        self.unroll_indent(self.column());
        let start = self.cursor.place();
        let (first, in_flow) = (self.cursor.peek(0), self.in_flow());
        let token = match first {
            0 => self.stream_end()?,
            b'%' if self.cursor.column() == 0 => self.directive()?,
            b'-' | b'.' if self.cursor.is_marker() => self.marker(first)?,
            b'[' => self.flow_start(Token::FlowSequenceStart)?,
            b'{' => self.flow_start(Token::FlowMappingStart)?,
            b']' => self.flow_end(Token::FlowSequenceEnd)?,
            b'}' => self.flow_end(Token::FlowMappingEnd)?,
            b',' => self.indicator(Token::FlowEntry, true)?,
            b'-' if self.cursor.is_blankz(1) => self.block_indicator(Token::BlockEntry)?,
            b'?' if in_flow || self.cursor.is_blankz(1) => self.block_indicator(Token::Key)?,
            b':' if in_flow || self.cursor.is_blankz(1) => self.value()?,
            b'*' | b'&' => self.anchor(first)?,
            b'!' => self.tag()?,
            b'|' | b'>' if !in_flow => return self.block_scalar(first),
            b'\'' | b'"' => self.quoted(first)?,
            b'\t' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => {
                return self.error("found character that cannot start any token");
            }
            _ => return self.plain(),
        };
        self.queue.push_back(Spanned { token, start, end: self.cursor.place() });
        Ok(())
    }

    /// Passes white space and comments. A tab indents nothing that may be a key.
    fn skip_to_token(&mut self) {
        loop {
            let tabs = self.in_flow() || !self.key_allowed;
            self.cursor.skip_while(|it| it == b' ' || it == b'\t' && tabs);
            self.cursor.skip_comment();
            if !self.cursor.is_break() {
                return;
            }
            self.cursor.read_break();
            self.key_allowed |= !self.in_flow();
        }
    }

    fn leave_blocks(&mut self) -> Result<(), YamlError> {
        self.unroll_indent(-1);
        self.remove_key()?;
        self.key_allowed = false;
        Ok(())
    }

    fn stream_end(&mut self) -> Result<Token<'a>, YamlError> {
        self.cursor.end();
        self.leave_blocks()?;
        Ok(Token::StreamEnd)
    }

    fn marker(&mut self, first: u8) -> Result<Token<'a>, YamlError> {
        self.leave_blocks()?;
        self.cursor.skip_while(|it| it == first);
        Ok(if first == b'-' { Token::DocumentStart } else { Token::DocumentEnd })
    }

    fn flow_start(&mut self, token: Token<'a>) -> Result<Token<'a>, YamlError> {
        self.save_key()?;
        self.keys.push(SimpleKey { number: self.taken + self.queue.len(), ..SimpleKey::default() });
        self.key_allowed = true;
        self.cursor.skip();
        Ok(token)
    }

    fn flow_end(&mut self, token: Token<'a>) -> Result<Token<'a>, YamlError> {
        self.remove_key()?;
        if self.in_flow() {
            let number = self.keys.pop().map(|key| key.number);
            // go-yaml notes by its number that a key holds back tokens, and so forgets that of an empty collection
            let key = self.key();
            key.holds &= Some(key.number) != number;
        }
        self.key_allowed = false;
        self.cursor.skip();
        Ok(token)
    }

    fn indicator(&mut self, token: Token<'a>, key_allowed: bool) -> Result<Token<'a>, YamlError> {
        self.remove_key()?;
        self.key_allowed = key_allowed;
        self.cursor.skip();
        Ok(token)
    }

    /// Takes a `-` or `?`.
    fn block_indicator(&mut self, token: Token<'a>) -> Result<Token<'a>, YamlError> {
        let is_entry = token == Token::BlockEntry;
        if !self.in_flow() {
            let (message, start) = if is_entry {
                ("block sequence entries are not allowed in this context", Token::BlockSequenceStart)
            } else {
                ("mapping keys are not allowed in this context", Token::BlockMappingStart)
            };
            self.enter_block(start, message)?;
        }
        self.indicator(token, is_entry || !self.in_flow())
    }

    fn enter_block(&mut self, token: Token<'a>, message: &str) -> Result<(), YamlError> {
        if !self.key_allowed {
            return self.error(message);
        }
        self.roll_indent(self.column(), None, token, self.cursor.place());
        Ok(())
    }

    fn value(&mut self) -> Result<Token<'a>, YamlError> {
        if self.is_valid_key(self.keys.len() - 1)? {
            let &mut SimpleKey { number, place, index, line_start, .. } = self.key();
            self.insert(Some(number), Spanned { token: Token::Key, start: place, end: place });
            let column = (index - line_start).cast_signed();
            self.roll_indent(column, Some(number), Token::BlockMappingStart, place);
            let key = self.key();
            (key.possible, key.holds) = (false, false);
            self.key_allowed = false;
        } else {
            if !self.in_flow() {
                self.enter_block(Token::BlockMappingStart, "mapping values are not allowed in this context")?;
            }
            self.key_allowed = !self.in_flow();
        }
        self.cursor.skip();
        Ok(Token::Value)
    }
}
