//! What the scanner does not say about its text.

use super::{Place, YamlError, split::Piece};

/// Refuses the characters that go-yaml refuses, of which the scanner takes NUL for the end.
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
