//! Values as numbers: spf13/cast's caste.go over Go's strconv. What cannot be read is 0.

use crate::gotemplate::print::{NumberError, parse_float, parse_int};
use crate::gotemplate::value::{IntKind, Kind, Value};

/// `cast.ToInt64`, and `cast.ToInt`, which on 64 bits are the same.
pub(super) fn to_int(value: &Value) -> i64 {
    match &value.kind {
        Kind::Int(IntKind::Duration, _) => 0,
        Kind::Int(_, it) => *it,
        Kind::Float(it) => truncated(*it),
        Kind::Bool(it) => i64::from(*it),
        Kind::Str(text) => parsed(without_zero_decimals(text), |it| parse_int(it, 0)).unwrap_or(0),
        _ => 0,
    }
}

/// `cast.ToFloat64`.
#[expect(clippy::cast_precision_loss, reason = "Go's conversion")]
pub(super) fn to_float(value: &Value) -> f64 {
    match &value.kind {
        Kind::Int(IntKind::Duration, _) => 0.0,
        Kind::Int(kind, it) if kind.is_unsigned() => it.cast_unsigned() as f64,
        Kind::Int(_, it) => *it as f64,
        Kind::Float(it) => *it,
        Kind::Bool(it) => f64::from(u8::from(*it)),
        Kind::Str(text) => parsed(text, parse_float).unwrap_or(0.0),
        _ => 0.0,
    }
}

/// Go's conversion of a `float64` to an `int64`, as amd64 does it: what does not fit is the smallest.
#[expect(clippy::cast_possible_truncation, reason = "it was checked")]
pub(super) fn truncated(value: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&value) { value as i64 } else { i64::MIN }
}

/// cast's `trimZeroDecimal`: "8.00" is "8".
fn without_zero_decimals(text: &[u8]) -> &[u8] {
    let zeros = text.iter().rev().take_while(|it| **it == b'0').count();
    match text[..text.len() - zeros].split_last() {
        Some((b'.', whole)) if zeros > 0 => whole,
        _ => text,
    }
}

/// Reads a number. What is no UTF-8 is none.
pub(super) fn parsed<T>(text: &[u8], parse: impl Fn(&str) -> Result<T, NumberError>) -> Result<T, NumberError> {
    parse(std::str::from_utf8(text).map_err(|_| NumberError::Syntax)?)
}
