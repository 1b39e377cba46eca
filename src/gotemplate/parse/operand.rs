//! Pipelines, commands and operands.

use super::ParseError;
use super::item::{Is, Item};
use super::number::number;
use super::tokens::Parser;
use crate::gotemplate::ast::{Command, Expr, ExprKind, Pipe};
use crate::gotemplate::print::unquote;
use crate::gotemplate::value::Value;

impl Parser<'_> {
    /// Parses `declarations? command ('|' command)*` to `end`, and that too.
    pub(super) fn pipeline(&mut self, context: &str, end: Is) -> Result<Pipe, ParseError> {
        let pos = self.peek_non_space().pos();
        let mut pipe = Pipe { pos, is_assign: false, decl: Vec::new(), cmds: Vec::new() };
        while self.declaration(&mut pipe, context)? {}
        loop {
            let item = self.next_non_space();
            if item.is == end {
                self.check(&pipe, context)?;
                return Ok(pipe);
            }
            match item.is {
                Is::Bool
                | Is::CharConstant
                | Is::Complex
                | Is::Dot
                | Is::Field
                | Is::Identifier
                | Is::Number
                | Is::Nil
                | Is::RawString
                | Is::String
                | Is::Variable
                | Is::LeftParen => {
                    self.backup();
                    let command = self.command()?;
                    pipe.cmds.push(command);
                }
                _ => return Err(self.unexpected(item, context)),
            }
        }
    }

    /// Takes `$x :=`, `$x =` or `$x,`. Returns whether another variable may follow.
    fn declaration(&mut self, pipe: &mut Pipe, context: &str) -> Result<bool, ParseError> {
        let variable = self.peek_non_space();
        if variable.is != Is::Variable {
            return Ok(false);
        }
        self.next();
        // `$x foo`: what is next to the variable must be pushed back as well
        let after = self.peek();
        let next = self.peek_non_space();
        if matches!(next.is, Is::Assign | Is::Declare) {
            pipe.is_assign = next.is == Is::Assign;
            self.next_non_space();
            self.declare(pipe, variable);
        } else if next.is == Is::Char && self.bytes(next) == b"," {
            self.next_non_space();
            self.declare(pipe, variable);
            if context == "range" && pipe.decl.len() < 2 {
                return match self.peek_non_space().is {
                    Is::Variable | Is::RightDelim | Is::RightParen => Ok(true),
                    _ => Err(self.fail("range can only initialize variables", &[])),
                };
            }
            return Err(self.fail("too many declarations in %s", &[context.into()]));
        } else if after.is == Is::Space {
            self.backup3(variable, after);
        } else {
            self.backup2(variable);
        }
        Ok(false)
    }

    fn declare(&mut self, pipe: &mut Pipe, variable: Item) {
        let name = self.bytes(variable);
        pipe.decl.push(String::from_utf8_lossy(name).into());
        self.frame.vars.push(name);
    }

    fn check(&self, pipe: &Pipe, context: &str) -> Result<(), ParseError> {
        if pipe.cmds.is_empty() {
            return Err(self.fail("missing value for %s", &[context.into()]));
        }
        for (command, stage) in pipe.cmds.iter().zip(1..).skip(1) {
            let first = command.args.first().map(|arg| &arg.kind);
            if let Some(ExprKind::Bool(_) | ExprKind::Dot | ExprKind::Nil | ExprKind::Number(_) | ExprKind::Str { .. }) = first {
                return Err(self.fail("non executable command in pipeline stage %d", &[Value::int(stage)]));
            }
        }
        Ok(())
    }

    /// Takes the pipe character behind it, but no delimiter.
    fn command(&mut self) -> Result<Command, ParseError> {
        let pos = self.peek_non_space().pos();
        let mut args = Vec::new();
        loop {
            self.peek_non_space();
            args.extend(self.operand()?);
            let item = self.next();
            match item.is {
                Is::Space => continue,
                Is::RightDelim | Is::RightParen => self.backup(),
                Is::Pipe => {}
                _ => return Err(self.unexpected(item, "operand")),
            }
            break;
        }
        if args.is_empty() {
            return Err(self.fail("empty command", &[]));
        }
        Ok(Command { pos, args })
    }

    /// Parses a term and its fields. `None` where no operand is next.
    fn operand(&mut self) -> Result<Option<Expr>, ParseError> {
        let Some(term) = self.term()? else { return Ok(None) };
        let first = self.peek();
        if first.is != Is::Field {
            return Ok(Some(term));
        }
        let mut fields = Vec::new();
        while self.peek().is == Is::Field {
            let item = self.next();
            fields.push(self.field_name(item));
        }
        let kind = match term.kind {
            ExprKind::Field(mut names) => {
                names.append(&mut fields);
                ExprKind::Field(names)
            }
            ExprKind::Variable(mut names) => {
                names.append(&mut fields);
                ExprKind::Variable(names)
            }
            ExprKind::Bool(_) | ExprKind::Str { .. } | ExprKind::Number(_) | ExprKind::Nil | ExprKind::Dot => {
                return Err(self.fail("unexpected . after term %q", &[term.to_string().into()]));
            }
            kind => ExprKind::Chain { node: Box::new(Expr { pos: term.pos, kind }), fields },
        };
        Ok(Some(Expr { pos: first.pos(), kind }))
    }

    fn field_name(&self, item: Item) -> Box<str> {
        String::from_utf8_lossy(self.bytes(item).get(1..).unwrap_or_default()).into()
    }

    /// Parses a literal, function, dot, field, variable or parenthesis. `None` where none is next.
    fn term(&mut self) -> Result<Option<Expr>, ParseError> {
        let item = self.next_non_space();
        let bytes = self.bytes(item);
        let kind = match item.is {
            Is::Identifier => {
                let name = String::from_utf8_lossy(bytes);
                let func = (self.funcs)(&name);
                ExprKind::Function(func.ok_or_else(|| self.fail("function %q not defined", &[Value::str(bytes)]))?)
            }
            Is::Dot => ExprKind::Dot,
            Is::Nil => ExprKind::Nil,
            Is::Variable => {
                if !self.frame.vars.contains(&bytes) {
                    return Err(self.fail("undefined variable %q", &[Value::str(bytes)]));
                }
                ExprKind::Variable(vec![String::from_utf8_lossy(bytes).into()])
            }
            Is::Field => ExprKind::Field(vec![self.field_name(item)]),
            Is::Bool => ExprKind::Bool(bytes == b"true"),
            Is::CharConstant | Is::Complex | Is::Number => {
                ExprKind::Number(number(bytes, item.is).map_err(|error| self.fail("%s", &[error.into()]))?)
            }
            Is::LeftParen => {
                self.enter()?;
                let pipe = self.pipeline("parenthesized pipeline", Is::RightParen)?;
                self.leave();
                // Go has the pipeline itself for a node
                return Ok(Some(Expr { pos: pipe.pos, kind: ExprKind::Pipe(Box::new(pipe)) }));
            }
            Is::String | Is::RawString => {
                let text = unquote(bytes).ok_or_else(|| self.fail("%s", &["invalid syntax".into()]))?;
                ExprKind::Str { quoted: String::from_utf8_lossy(bytes).into(), text: text.into() }
            }
            _ => {
                self.backup();
                return Ok(None);
            }
        };
        Ok(Some(Expr { pos: item.pos(), kind }))
    }
}
