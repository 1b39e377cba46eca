//! Text, actions, blocks and definitions.

use std::sync::Arc;

use super::ParseError;
use super::item::{Is, Item};
use super::tokens::Parser;
use crate::gotemplate::ast::{Branch, List, Node};
use crate::gotemplate::print::unquote;

/// What stands in a list of nodes, or ends it.
pub(super) enum Parsed {
    Node(Node),
    Else,
    End,
}

impl Parsed {
    fn text(&self) -> &'static str {
        if matches!(self, Self::Else) { "{{else}}" } else { "{{end}}" }
    }
}

type Control = fn(Branch) -> Node;

impl Parser<'_> {
    /// Parses to the end of the text.
    pub(super) fn top(&mut self) -> Result<List, ParseError> {
        let mut root = List::new();
        while self.peek().is != Is::Eof {
            if self.peek().is == Is::LeftDelim {
                let delim = self.next();
                if self.next_non_space().is == Is::Define {
                    self.definition()?;
                    continue;
                }
                self.backup2(delim);
            }
            match self.text_or_action()? {
                Parsed::Node(node) => root.push(node),
                end => return Err(self.fail("unexpected %s", &[end.text().into()])),
            }
        }
        Ok(root)
    }

    /// `define` is past.
    fn definition(&mut self) -> Result<(), ParseError> {
        const CONTEXT: &str = "define clause";
        let outer = self.begin("definition".into());
        let name = self.expect(&[Is::String, Is::RawString], CONTEXT)?;
        self.frame.name = self.template_name(name, CONTEXT)?;
        self.expect(&[Is::RightDelim], CONTEXT)?;
        let (root, end) = self.list()?;
        if !matches!(end, Parsed::End) {
            return Err(self.fail("unexpected %s in %s", &[end.text().into(), CONTEXT.into()]));
        }
        self.add(root)?;
        self.restore(outer);
        Ok(())
    }

    /// Returns all up to `end` or `else`, and which of them it was.
    fn list(&mut self) -> Result<(List, Parsed), ParseError> {
        let mut list = List::new();
        while self.peek_non_space().is != Is::Eof {
            match self.text_or_action()? {
                Parsed::Node(node) => list.push(node),
                end => return Ok((list, end)),
            }
        }
        Err(self.fail("unexpected EOF", &[]))
    }

    fn text_or_action(&mut self) -> Result<Parsed, ParseError> {
        self.count()?;
        let item = self.next_non_space();
        match item.is {
            Is::Text => Ok(Parsed::Node(Node::Text { pos: item.pos(), text: self.bytes(item).into() })),
            Is::LeftDelim => {
                self.frame.action_line = item.line;
                let action = self.action()?;
                self.frame.action_line = 0;
                Ok(action)
            }
            _ => Err(self.unexpected(item, "input")),
        }
    }

    fn action(&mut self) -> Result<Parsed, ParseError> {
        let item = self.next_non_space();
        let node = match item.is {
            Is::Block => self.block()?,
            Is::Break => {
                self.jump("{{break}}")?;
                Node::Break { pos: item.pos() }
            }
            Is::Continue => {
                self.jump("{{continue}}")?;
                Node::Continue { pos: item.pos() }
            }
            Is::Else => {
                // what follows makes `else if` of it
                if !matches!(self.peek_non_space().is, Is::If | Is::With) {
                    self.expect(&[Is::RightDelim], "else")?;
                }
                return Ok(Parsed::Else);
            }
            Is::End => {
                self.expect(&[Is::RightDelim], "end")?;
                return Ok(Parsed::End);
            }
            Is::If => self.control("if", Node::If)?,
            Is::Range => self.control("range", Node::Range)?,
            Is::With => self.control("with", Node::With)?,
            Is::Template => self.template()?,
            _ => {
                self.backup();
                let pos = self.peek().pos();
                Node::Action { pos, pipe: self.pipeline("command", Is::RightDelim)? }
            }
        };
        Ok(Parsed::Node(node))
    }

    #[inline(never)]
    fn jump(&mut self, keyword: &str) -> Result<(), ParseError> {
        self.expect(&[Is::RightDelim], keyword)?;
        if self.frame.range_depth == 0 {
            return Err(self.fail("%s outside {{range}}", &[keyword.into()]));
        }
        Ok(())
    }

    fn control(&mut self, context: &str, node: Control) -> Result<Node, ParseError> {
        self.enter()?;
        let vars = self.frame.vars.len();
        let pipe = self.pipeline(context, Is::RightDelim)?;
        let depth = u32::from(context == "range");
        self.frame.range_depth += depth;
        let (list, end) = self.list()?;
        self.frame.range_depth -= depth;
        let else_list = match end {
            Parsed::Else => Some(self.otherwise(context, node)?),
            _ => None,
        };
        self.frame.vars.truncate(vars);
        self.leave();
        Ok(node(Branch { pos: pipe.pos, pipe, list, else_list }))
    }

    /// `{{else if b}}…{{end}}` is parsed as `{{else}}{{if b}}…{{end}}{{end}}`, `else with` likewise.
    fn otherwise(&mut self, context: &str, node: Control) -> Result<List, ParseError> {
        let chained = match self.peek().is {
            Is::If => context == "if",
            Is::With => context == "with",
            _ => false,
        };
        if chained {
            self.next();
            return Ok(vec![self.control(context, node)?]);
        }
        let (list, end) = self.list()?;
        if !matches!(end, Parsed::End) {
            return Err(self.fail("expected end; found %s", &[end.text().into()]));
        }
        Ok(list)
    }

    /// `block` is past. It defines a template, and runs it.
    #[inline(never)]
    fn block(&mut self) -> Result<Node, ParseError> {
        const CONTEXT: &str = "block clause";
        let item = self.next_non_space();
        let name = self.template_name(item, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, Is::RightDelim)?;
        self.enter()?;
        let outer = self.begin(Arc::clone(&name));
        let (root, end) = self.list()?;
        if !matches!(end, Parsed::End) {
            self.restore(outer);
            return Err(self.fail("unexpected %s in %s", &[end.text().into(), CONTEXT.into()]));
        }
        self.add(root)?;
        self.restore(outer);
        self.leave();
        Ok(Node::Template { pos: item.pos(), name, pipe: Some(pipe) })
    }

    /// `template` is past.
    #[inline(never)]
    fn template(&mut self) -> Result<Node, ParseError> {
        const CONTEXT: &str = "template clause";
        let item = self.next_non_space();
        let name = self.template_name(item, CONTEXT)?;
        let mut pipe = None;
        if self.next_non_space().is != Is::RightDelim {
            self.backup();
            pipe = Some(self.pipeline(CONTEXT, Is::RightDelim)?);
        }
        Ok(Node::Template { pos: item.pos(), name, pipe })
    }

    fn template_name(&self, item: Item, context: &str) -> Result<Arc<str>, ParseError> {
        if !matches!(item.is, Is::String | Is::RawString) {
            return Err(self.unexpected(item, context));
        }
        let name = unquote(self.bytes(item)).ok_or_else(|| self.fail("%s", &["invalid syntax".into()]))?;
        Ok(String::from_utf8_lossy(&name).into())
    }
}
