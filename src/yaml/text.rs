//! What the parser does not say about its text.

use saphyr_parser::Marker;

use super::{Place, YamlError, split::Piece};

/// Refuses the characters that go-yaml refuses, of which the parser takes NUL for the end.
pub(super) fn check_characters(piece: &Piece<'_>) -> Result<(), YamlError> {
    // the lead byte of U+0080 to U+00BF is C2, that of U+FFFE and U+FFFF is EF
    let suspicious = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') || matches!(byte, 0x7f | 0xc2 | 0xef);
    if !piece.text.bytes().any(suspicious) {
        return Ok(());
    }
    let forbidden = |it: char| match it {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        _ => it.is_control(),
    };
    for (number, line) in (1..).zip(piece.text.split('\n')) {
        if let Some((column, _)) = (1..).zip(line.chars()).find(|(_, it)| forbidden(*it)) {
            let place = Place { line: piece.lines_before + number, column };
            return Err(YamlError { place, message: "control characters are not allowed".to_owned() });
        }
    }
    Ok(())
}

/// Walks the lines of a text, forwards only.
pub(super) struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text, number: 1 }
    }

    /// Returns the text from a place on.
    pub(super) fn from(&mut self, marker: Marker) -> &'a str {
        while self.number < marker.line() {
            let Some((_, rest)) = self.rest.split_once('\n') else { return "" };
            self.rest = rest;
            self.number += 1;
        }
        self.rest.char_indices().nth(marker.col()).map_or("", |(offset, _)| &self.rest[offset..])
    }
}

/// Returns how many characters the anchor and the tag before a scalar take.
pub(super) fn properties(text: &str) -> usize {
    let mut rest = text;
    while rest.starts_with(['&', '!']) {
        rest = rest.trim_start_matches(|it: char| !it.is_whitespace()).trim_start_matches([' ', '\t']);
    }
    text[..text.len() - rest.len()].chars().count()
}
