//! Stands in for what other modules will give.

use crate::gotemplate::value::Value;

/// `strconv.Quote`
pub(crate) fn quote(text: &[u8]) -> String {
    format!("{:?}", String::from_utf8_lossy(text))
}

pub(crate) fn can_backquote(text: &[u8]) -> bool {
    std::str::from_utf8(text)
        .is_ok_and(|text| text.chars().all(|c| c != '`' && c != '\u{feff}' && (c == '\t' || !c.is_ascii_control())))
}

pub(crate) fn parse_float(text: &str) -> Option<f64> {
    text.parse().ok()
}

pub(crate) fn is_letter(c: char) -> bool {
    c.is_alphabetic()
}

pub(crate) fn is_digit(c: char) -> bool {
    c.is_numeric()
}

pub(crate) fn to_yaml(value: &Value) -> Result<Vec<u8>, String> {
    Ok(format!("{value:?}").into_bytes())
}
