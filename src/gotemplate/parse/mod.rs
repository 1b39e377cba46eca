//! Parses templates: Go's text/template/parse, on bytes.

mod control;
mod item;
mod lex;
mod number;
mod operand;
#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
mod tokens;

use std::fmt;
use std::sync::Arc;

use bstr::ByteSlice as _;

use super::ast::{Node, Pos, Text, Tree};
use super::func::Func;
use tokens::Parser;

/// How deep parentheses and blocks may nest, taken together (each `else if` is a block in the one before). Go's limit is 10000, for
/// parentheses alone; ours lets parsing and printing do with half a MB of stack.
pub const MAX_DEPTH: u32 = 300;

/// How many texts and actions one file, or one text of `tpl`, may have: each takes up to a KB. The largest charts have some thousands.
pub const MAX_NODES: u32 = 200_000;

/// Finds the functions that a template may call.
pub type Funcs<'a> = &'a dyn Fn(&str) -> Option<&'static Func>;

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Go's whole sentence: `template: NAME:LINE: …`.
    pub message: String,
    /// The line that the sentence names, 1-based; 0 where nothing was read.
    pub line: u32,
    /// Where on that line the parser stood, in bytes, 0-based, if it is known. Go doesn't say it.
    pub column: Option<u32>,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseError {}

/// Parses a text, and returns all templates that it defines: one for each `define` and `block` in the order of their ends, and at last the text itself
/// under `name` (unless it is empty, and defines a template of its own name). Names are unique.
///
/// `funcs` is asked for each function that is called, the builtin ones too.
///
/// It is for the caller to do what Go's `AddParseTree` does with each tree: it replaces a template of the same name, except that a tree which
/// [`is_empty`] never replaces one that exists, empty or not. The order in which one text's trees are added doesn't matter.
pub fn parse(name: &str, text: &Arc<Text>, funcs: Funcs<'_>) -> Result<Vec<Tree>, ParseError> {
    if Pos::try_from(text.bytes.len()).is_err() {
        let message = format!("template: {name}:1: template of more than 4 GiB");
        return Err(ParseError { message, line: 1, column: None });
    }
    Parser::new(name, text, funcs).parse()
}

/// Whether a template holds nothing but space, comments and definitions: Go's `IsEmptyTree`.
pub fn is_empty(tree: &Tree) -> bool {
    is_empty_list(&tree.root)
}

fn is_empty_list(list: &[Node]) -> bool {
    list.iter().all(|node| matches!(node, Node::Text { text, .. } if trims_to_nothing(text)))
}

/// Whether Go's `bytes.TrimSpace` leaves nothing.
fn trims_to_nothing(text: &[u8]) -> bool {
    text.trim_with(char::is_whitespace).is_empty()
}
