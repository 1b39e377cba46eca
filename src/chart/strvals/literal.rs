//! What a text means to `--set`.

use crate::gotemplate::value::Value;

/// `typedVal`: a boolean, null, an integer without leading zeros, or a string.
pub(super) fn typed(text: &str) -> Value {
    if equal_fold(text, "true") {
        return true.into();
    }
    if equal_fold(text, "false") {
        return false.into();
    }
    if equal_fold(text, "null") {
        return Value::NIL;
    }
    if text == "0" {
        return Value::int64(0);
    }
    let number = if text.starts_with('0') { None } else { text.parse().ok() };
    number.map_or_else(|| Value::str(text), Value::int64)
}

/// Go's `strings.EqualFold` with a word of ASCII letters: `ſ` is an `s`.
fn equal_fold(text: &str, word: &str) -> bool {
    text.chars().map(|c| if c == 'ſ' { 's' } else { c.to_ascii_lowercase() }).eq(word.chars())
}

/// Go's `strconv.Atoi`.
pub(super) fn index(text: &str) -> Result<i64, String> {
    text.parse().map_err(|error: std::num::ParseIntError| {
        use std::num::IntErrorKind::{NegOverflow, PosOverflow};
        let why = if matches!(error.kind(), NegOverflow | PosOverflow) { "value out of range" } else { "invalid syntax" };
        format!("strconv.Atoi: parsing {}: {why}", crate::gotemplate::print::quote(text.as_bytes()))
    })
}
