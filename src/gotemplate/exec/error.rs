//! Where an execution failed, as Go words it (exec.go, `errorf`; parse.go, `ErrorContext`).

use super::Frame;
use crate::gotemplate::ast::{Command, Expr, Node, Pipe, Pos, Tree};
use crate::gotemplate::func::{Error, ErrorPlace, Reason};

/// The node that is looked at, for errors.
#[derive(Clone, Copy)]
pub(super) enum At<'t> {
    None,
    Node(&'t Node),
    Pipe(&'t Pipe),
    Command(&'t Command),
    Expr(&'t Expr),
}

impl At<'_> {
    fn pos(self) -> Option<Pos> {
        Some(match self {
            Self::None => return None,
            Self::Node(node) => node.pos(),
            Self::Pipe(pipe) => pipe.pos,
            Self::Command(command) => command.pos,
            Self::Expr(expr) => expr.pos,
        })
    }

    fn text(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Node(node) => node.to_string(),
            Self::Pipe(pipe) => pipe.to_string(),
            Self::Command(command) => command.to_string(),
            Self::Expr(expr) => expr.to_string(),
        }
    }
}

impl Frame<'_> {
    /// Makes the error that ends the execution here.
    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        self.fail(Error::new(message), None)
    }

    /// Makes the error of a function that failed.
    pub(super) fn call_error(&self, name: &str, cause: Error) -> Error {
        self.fail(Error::wrap(format!("error calling {name}"), cause), None)
    }

    /// Says where an error happened.
    pub(super) fn fail(&self, error: Error, at: Option<At<'_>>) -> Error {
        let at = at.unwrap_or(self.at);
        let Some(pos) = at.pos() else { return at_template(self.tree, error) };
        let (line, column) = self.tree.text.place(pos);
        let (file, name) = (&self.tree.parse_name, super::super::print::quote(self.tree.name.as_bytes()));
        let context = at.text();
        let message = if error.reason == Reason::Limit && error.is_placed() {
            error.message
        } else {
            format!("template: {file}:{line}:{column}: executing {name} at <{context}>: {}", error.message)
        };
        let place = Box::new(ErrorPlace {
            file: file.to_string(),
            line,
            column,
            template: self.tree.name.to_string(),
            in_tpl: self.tree.text.is_tpl,
        });
        // Go's ExecError wraps the formatted error, and that what it was made of.
        Error { message, place: Some(place), ..error }
    }
}

/// An error of a template before it does anything.
pub(super) fn at_template(tree: &Tree, error: Error) -> Error {
    let message = format!("template: {}: {}", tree.name, error.message);
    Error { message, ..error }
}
