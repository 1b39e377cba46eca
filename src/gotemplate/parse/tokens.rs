//! The parser's items, look-ahead and errors.

use std::mem;
use std::sync::Arc;

use super::item::{Is, Item};
use super::lex::Lexer;
use super::{Funcs, MAX_DEPTH, MAX_NODES, ParseError, is_empty};
use crate::gotemplate::ast::{List, Text, Tree};
use crate::gotemplate::print::{quote, sprintf};
use crate::gotemplate::value::Value;

/// Go's parser, of one text.
pub(super) struct Parser<'a> {
    pub(super) text: &'a Arc<Text>,
    parse_name: Arc<str>,
    lexer: Lexer<'a>,
    pub(super) funcs: Funcs<'a>,
    trees: Vec<Tree>,
    pub(super) frame: Frame<'a>,
    depth: u32,
    /// Texts and actions so far.
    nodes: u32,
}

/// What Go keeps for each tree while it is parsed.
pub(super) struct Frame<'a> {
    pub(super) name: Arc<str>,
    /// Look-ahead.
    token: [Item; 3],
    peek_count: usize,
    pub(super) vars: Vec<&'a [u8]>,
    /// The line of the delimiter that began an action; 0 outside.
    pub(super) action_line: u32,
    pub(super) range_depth: u32,
}

impl Frame<'_> {
    pub(super) fn new(name: Arc<str>) -> Self {
        Self { name, token: [Item::NONE; 3], peek_count: 0, vars: vec![b"$"], action_line: 0, range_depth: 0 }
    }
}

impl<'a> Parser<'a> {
    pub(super) fn new(name: &str, text: &'a Arc<Text>, funcs: Funcs<'a>) -> Self {
        let parse_name: Arc<str> = name.into();
        let frame = Frame::new(Arc::clone(&parse_name));
        let mut lexer = Lexer::new(&text.bytes);
        lexer.break_ok = funcs("break").is_none();
        lexer.continue_ok = funcs("continue").is_none();
        Self { text, parse_name, lexer, funcs, trees: Vec::new(), frame, depth: 0, nodes: 0 }
    }

    pub(super) fn parse(mut self) -> Result<Vec<Tree>, ParseError> {
        let root = self.top()?;
        self.add(root)?;
        Ok(self.trees)
    }

    /// Begins another tree, and returns what to give to [`Parser::restore`].
    pub(super) fn begin(&mut self, name: Arc<str>) -> Frame<'a> {
        mem::replace(&mut self.frame, Frame::new(name))
    }

    pub(super) fn restore(&mut self, frame: Frame<'a>) {
        self.frame = frame;
    }

    /// Adds the tree of the frame. One that is not empty replaces an empty one, and no other.
    pub(super) fn add(&mut self, root: List) -> Result<(), ParseError> {
        let (name, parse_name) = (Arc::clone(&self.frame.name), Arc::clone(&self.parse_name));
        let tree = Tree { name, parse_name, root, text: Arc::clone(self.text) };
        match self.trees.iter_mut().find(|other| other.name == tree.name) {
            None => self.trees.push(tree),
            Some(other) if is_empty(other) => *other = tree,
            Some(_) if is_empty(&tree) => {}
            Some(_) => {
                let name = Value::str(tree.name.as_bytes());
                return Err(self.fail("template: multiple definition of template %q", &[name]));
            }
        }
        Ok(())
    }

    /// Counts a text or an action.
    pub(super) fn count(&mut self) -> Result<(), ParseError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(self.fail("more than %d texts and actions in one template", &[Value::int(MAX_NODES.into())]));
        }
        Ok(())
    }

    /// Goes one level down, if that is allowed.
    pub(super) fn enter(&mut self) -> Result<(), ParseError> {
        if self.depth >= MAX_DEPTH {
            return Err(self.fail("parentheses and blocks nest deeper than %d", &[Value::int(MAX_DEPTH.into())]));
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Returns what an item is made of.
    pub(super) fn bytes(&self, item: Item) -> &'a [u8] {
        self.text.bytes.get(item.start..item.end).unwrap_or_default()
    }

    pub(super) fn next(&mut self) -> Item {
        if self.frame.peek_count > 0 {
            self.frame.peek_count -= 1;
        } else {
            self.frame.token[0] = self.lexer.next_item();
        }
        self.frame.token[self.frame.peek_count]
    }

    pub(super) fn backup(&mut self) {
        self.frame.peek_count += 1;
    }

    /// Backs up two items, of which the last one is still there.
    pub(super) fn backup2(&mut self, first: Item) {
        self.frame.token[1] = first;
        self.frame.peek_count = 2;
    }

    pub(super) fn backup3(&mut self, first: Item, second: Item) {
        self.frame.token[1] = second;
        self.frame.token[2] = first;
        self.frame.peek_count = 3;
    }

    pub(super) fn peek(&mut self) -> Item {
        let item = self.next();
        self.backup();
        item
    }

    pub(super) fn next_non_space(&mut self) -> Item {
        loop {
            let item = self.next();
            if item.is != Is::Space {
                return item;
            }
        }
    }

    pub(super) fn peek_non_space(&mut self) -> Item {
        let item = self.next_non_space();
        self.backup();
        item
    }

    pub(super) fn expect(&mut self, expected: &[Is], context: &str) -> Result<Item, ParseError> {
        let item = self.next_non_space();
        if expected.contains(&item.is) { Ok(item) } else { Err(self.unexpected(item, context)) }
    }

    #[cold]
    pub(super) fn unexpected(&self, item: Item, context: &str) -> ParseError {
        if item.is != Is::Error {
            return self.fail("unexpected %s in %s", &[self.describe(item).into(), context.into()]);
        }
        let (mut extra, line) = (String::new(), self.frame.action_line);
        if line != 0 && line != item.line {
            // not "action in action"
            let action = if self.lexer.error.ends_with(" action") { "" } else { " in action" };
            extra = format!("{action} started at {}:{line}", self.parse_name);
        }
        self.fail("%s%s", &[self.lexer.error.as_str().into(), extra.into()])
    }

    /// Names an item as Go does in errors.
    fn describe(&self, item: Item) -> String {
        let bytes = self.bytes(item);
        match item.is {
            Is::Eof => "EOF".into(),
            Is::Error => self.lexer.error.clone(),
            keyword if keyword.is_keyword() => format!("<{}>", String::from_utf8_lossy(bytes)),
            _ if bytes.len() > 10 => String::from_utf8_lossy(&sprintf(b"%.10q...", &[Value::str(bytes)])).into_owned(),
            _ => quote(bytes),
        }
    }

    /// Makes an error. As in Go, verbs in the template's name take arguments, too.
    #[cold]
    pub(super) fn fail(&self, format: &str, args: &[Value]) -> ParseError {
        let item = self.frame.token[0];
        let format = format!("template: {}:{}: {format}", self.parse_name, item.line);
        let message = String::from_utf8_lossy(&sprintf(format.as_bytes(), args)).into_owned();
        let (line, column) = self.text.place(item.pos());
        ParseError { message, line: item.line, column: (line == item.line).then_some(column) }
    }
}
