//! How large boxes are. Texts are in a monospaced font, so that their width is known without one.

use super::{Node, Picture, Presence};

/// Between columns, and between boxes of one column.
pub(super) const X_GAP: i32 = 120;
pub(super) const Y_GAP: i32 = 16;
/// The lines with kind and name.
pub(super) const HEAD: i32 = 40;
pub(super) const ROW: i32 = 20;
/// Beside texts.
pub(super) const PAD: i32 = 12;
/// A character of a row takes 0.6 of its 11 pixels, one of a name 0.6 of 13.
const TENTHS: i32 = 66;
const TENTHS_OF_NAME: i32 = 79;
/// Longer texts are cut.
const WIDEST: usize = 48;

/// The size of each node's box.
#[derive(Debug)]
pub(super) struct Sizes {
    all: Vec<(i32, i32)>,
}

impl Sizes {
    pub(super) fn new(picture: &Picture) -> Self {
        Self { all: picture.nodes.iter().map(size).collect() }
    }

    pub(super) fn width(&self, node: usize) -> i32 {
        self.all[node].0
    }

    pub(super) fn height(&self, node: usize) -> i32 {
        self.all[node].1
    }
}

fn size(node: &Node) -> (i32, i32) {
    let row = |label: &str, tail: &str| {
        let gap = if tail.is_empty() { 0 } else { 3 };
        (columns(label) + columns(tail) + gap) * TENTHS / 10
    };
    let rows = node.rows.iter().map(|it| row(&marked(&short(&it.label), true), &short(&it.tail)));
    let troubles = node.troubles.iter().map(|it| row(&marked(it.rule, true), ""));
    let name = columns(&short(&node.subject.name)) * TENTHS_OF_NAME / 10;
    let kind = columns(&kind(node)) * TENTHS / 10;
    let inner = rows.chain(troubles).chain([name, kind, 90]).max().unwrap_or(0);
    let lines = i32::try_from(node.rows.len() + node.troubles.len()).unwrap_or(i32::MAX / ROW);
    let below = if lines > 0 { lines * ROW + 6 } else { 0 };
    (inner + 2 * PAD, HEAD + below)
}

/// Returns the first line of a box.
pub(super) fn kind(node: &Node) -> String {
    match node.presence {
        Presence::Rendered => node.subject.kind.clone(),
        Presence::External | Presence::Missing => format!("{}, not rendered", node.subject.kind),
    }
}

/// Puts a mark before a text that is broken.
pub(super) fn marked(text: &str, broken: bool) -> String {
    if broken { format!("✗ {text}") } else { text.to_owned() }
}

/// Returns the height of a row's middle, from the top of its box; of the head's for the whole object.
pub(super) fn middle(row: Option<usize>) -> i32 {
    row.map_or(HEAD / 2, |it| HEAD + i32::try_from(it).unwrap_or(0) * ROW + ROW / 2)
}

/// Cuts the middle of a long text out.
pub(super) fn short(text: &str) -> String {
    let count = text.chars().count();
    if count <= WIDEST {
        return text.to_owned();
    }
    let (head, tail) = (WIDEST * 2 / 3, WIDEST - WIDEST * 2 / 3 - 1);
    text.chars().take(head).chain(['…']).chain(text.chars().skip(count - tail)).collect()
}

/// The columns that a text takes: those of East Asia take two each.
fn columns(text: &str) -> i32 {
    let width = |it: char| {
        if matches!(u32::from(it), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
        {
            2
        } else {
            1
        }
    };
    text.chars().map(width).sum()
}
