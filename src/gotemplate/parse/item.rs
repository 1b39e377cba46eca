//! The items that a template is cut into.

use crate::gotemplate::ast::Pos;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Is {
    Error,
    Bool,
    /// A printable ASCII character, such as a comma.
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    Space,
    String,
    Text,
    Variable,
    // keywords come behind all others
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

impl Is {
    pub(super) fn is_keyword(self) -> bool {
        self >= Self::Block
    }

    pub(super) fn keyword(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"." => Self::Dot,
            b"block" => Self::Block,
            b"break" => Self::Break,
            b"continue" => Self::Continue,
            b"define" => Self::Define,
            b"else" => Self::Else,
            b"end" => Self::End,
            b"if" => Self::If,
            b"range" => Self::Range,
            b"nil" => Self::Nil,
            b"template" => Self::Template,
            b"with" => Self::With,
            _ => return None,
        })
    }
}

/// A piece of a template, from `start` to `end`, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub(super) is: Is,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The line of its start, 1-based.
    pub(super) line: u32,
}

impl Item {
    /// What stands before the first item.
    pub(super) const NONE: Self = Self { is: Is::Error, start: 0, end: 0, line: 0 };

    pub(super) fn pos(self) -> Pos {
        Pos::try_from(self.start).unwrap_or(Pos::MAX)
    }
}
