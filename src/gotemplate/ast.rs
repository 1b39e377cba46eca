//! The tree of a parsed template: Go's text/template/parse/node.go, without comments.

use std::sync::Arc;

use super::func::Func;

/// A byte offset into the text of a template.
pub type Pos = u32;

/// A parsed template: a file, the text of a `tpl`, or a `define` in one of them.
#[derive(Debug)]
pub struct Tree {
    /// The name of the template.
    pub name: Arc<str>,
    /// The name of the file that was parsed.
    pub parse_name: Arc<str>,
    pub root: List,
    pub text: Arc<Text>,
}

/// The text that trees were parsed from.
#[derive(Debug)]
pub struct Text {
    pub bytes: Box<[u8]>,
    /// Offset of each line's first byte.
    lines: Vec<Pos>,
    /// Whether it was given to `tpl`, and stands in no file.
    pub is_tpl: bool,
}

impl Text {
    pub fn new(bytes: impl Into<Box<[u8]>>, is_tpl: bool) -> Self {
        let bytes = bytes.into();
        let behind = bytes.iter().zip(1..).filter(|(byte, _)| **byte == b'\n').map(|(_, at)| at);
        let lines = std::iter::once(0).chain(behind).collect();
        Self { bytes, lines, is_tpl }
    }

    /// Returns line (1-based) and column (0-based, in bytes) of an offset, as Go counts them.
    pub fn place(&self, pos: Pos) -> (u32, u32) {
        let line = self.lines.partition_point(|start| *start <= pos);
        let start = self.lines[line - 1];
        (u32::try_from(line).unwrap_or(u32::MAX), pos - start)
    }
}

pub type List = Vec<Node>;

/// What is done.
#[derive(Debug)]
pub enum Node {
    Text { pos: Pos, text: Box<[u8]> },
    Action { pos: Pos, pipe: Pipe },
    If(Branch),
    With(Branch),
    Range(Branch),
    Template { pos: Pos, name: Arc<str>, pipe: Option<Pipe> },
    Break { pos: Pos },
    Continue { pos: Pos },
}

impl Node {
    /// Returns where it starts, as Go counts it.
    pub fn pos(&self) -> Pos {
        match self {
            Self::If(branch) | Self::With(branch) | Self::Range(branch) => branch.pos,
            Self::Text { pos, .. }
            | Self::Action { pos, .. }
            | Self::Template { pos, .. }
            | Self::Break { pos }
            | Self::Continue { pos } => *pos,
        }
    }
}

/// `if`, `with` and `range`.
#[derive(Debug)]
pub struct Branch {
    pub pos: Pos,
    pub pipe: Pipe,
    pub list: List,
    /// `else with …` and the like are a list with one branch.
    pub else_list: Option<List>,
}

/// Commands, the result of each being the last argument of the next.
#[derive(Debug)]
pub struct Pipe {
    pub pos: Pos,
    /// `=` rather than `:=`.
    pub is_assign: bool,
    /// Variables that are set, with their `$`.
    pub decl: Vec<Box<str>>,
    pub cmds: Vec<Command>,
}

#[derive(Debug)]
pub struct Command {
    pub pos: Pos,
    /// At least one.
    pub args: Vec<Expr>,
}

#[derive(Debug)]
pub struct Expr {
    pub pos: Pos,
    pub kind: ExprKind,
}

#[derive(Debug)]
pub enum ExprKind {
    Dot,
    Nil,
    Bool(bool),
    Number(Number),
    /// The text as written, and what it means.
    Str {
        quoted: Box<str>,
        text: Arc<[u8]>,
    },
    /// `.A.B`
    Field(Vec<Box<str>>),
    /// `$x.A`: the first with its `$`.
    Variable(Vec<Box<str>>),
    /// `(…).A.B`
    Chain {
        node: Box<Expr>,
        fields: Vec<Box<str>>,
    },
    /// The name of a function.
    Function(&'static Func),
    Pipe(Box<Pipe>),
}

/// A number as written, and what it can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    pub text: Box<str>,
    pub int: Option<i64>,
    pub uint: Option<u64>,
    pub float: Option<f64>,
    pub complex: Option<(f64, f64)>,
}
