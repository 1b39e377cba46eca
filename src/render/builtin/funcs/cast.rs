//! Values as numbers: spf13/cast's caste.go over Go's strconv. What cannot be read is 0.

use crate::gotemplate::value::{IntKind, Kind, Value};

/// `cast.ToInt64`, and `cast.ToInt`, which on 64 bits are the same.
pub(super) fn to_int(value: &Value) -> i64 {
    match &value.kind {
        Kind::Int(IntKind::Duration, _) => 0,
        Kind::Int(_, it) => *it,
        Kind::Float(it) => truncated(*it),
        Kind::Bool(it) => i64::from(*it),
        Kind::Str(text) => parse_int(without_zero_decimals(text), 0).unwrap_or(0),
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
        Kind::Str(text) => parse_float(text).unwrap_or(0.0),
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

/// Why a number was not read; the nearest that there is, if it was too big.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadInt {
    Syntax,
    Range(i64),
}

/// `strconv.ParseInt` to 64 bits, with base 0 (by prefix), 8 or 10.
pub(super) fn parse_int(text: &[u8], base: u32) -> Result<i64, BadInt> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let magnitude = parse_uint(digits, base)?;
    let limit = if negative { 1 << 63 } else { (1 << 63) - 1 };
    let value = magnitude.min(limit).cast_signed();
    let value = if negative { value.wrapping_neg() } else { value };
    if magnitude > limit { Err(BadInt::Range(value)) } else { Ok(value) }
}

/// `strconv.ParseUint`; what is too big is the biggest.
fn parse_uint(text: &[u8], base: u32) -> Result<u64, BadInt> {
    let (radix, digits) = match text {
        [] => return Err(BadInt::Syntax),
        _ if base != 0 => (base, text),
        [b'0', b'b' | b'B', _, ..] => (2, &text[2..]),
        [b'0', b'o' | b'O', _, ..] => (8, &text[2..]),
        [b'0', b'x' | b'X', _, ..] => (16, &text[2..]),
        [b'0', digits @ ..] => (8, digits),
        digits => (10, digits),
    };
    let mut value: u64 = 0;
    for &byte in digits {
        if byte == b'_' && base == 0 {
            continue;
        }
        let digit = char::from(byte).to_digit(radix).ok_or(BadInt::Syntax)?;
        match value.checked_mul(u64::from(radix)).and_then(|it| it.checked_add(u64::from(digit))) {
            Some(next) => value = next,
            None => return Ok(u64::MAX),
        }
    }
    if digits.contains(&b'_') && !underscores_ok(text) { Err(BadInt::Syntax) } else { Ok(value) }
}

/// strconv's `underscoreOK`: they stand between digits, or after the prefix.
fn underscores_ok(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let (hex, mut saw, digits) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (true, b'0', rest),
        [b'0', b'b' | b'B' | b'o' | b'O', rest @ ..] => (false, b'0', rest),
        _ => (false, b'^', text),
    };
    for byte in digits {
        saw = match byte {
            b'0'..=b'9' => b'0',
            b'a'..=b'f' | b'A'..=b'F' if hex => b'0',
            b'_' if saw != b'0' => return false,
            b'_' => b'_',
            _ if saw == b'_' => return false,
            _ => b'!',
        };
    }
    saw != b'_'
}

/// `strconv.ParseFloat` to 64 bits. `None` for what is no number, or too big.
pub(super) fn parse_float(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = unsigned.to_ascii_lowercase();
    match lower.as_str() {
        "inf" | "infinity" => return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }),
        // A sign before it is none to Go.
        "nan" => return (unsigned == text).then_some(f64::NAN),
        _ => {}
    }
    if !lower.starts_with(|it: char| it.is_ascii_digit() || it == '.') || lower.contains('_') && !underscores_ok(text.as_bytes())
    {
        return None;
    }
    let digits = lower.replace('_', "");
    let value = if let Some(hex) = digits.strip_prefix("0x") { parse_hex_float(hex)? } else { digits.parse().ok()? };
    let value = if text.starts_with('-') { -value } else { value };
    value.is_finite().then_some(value)
}

/// Reads what follows "0x" in a hexadecimal floating point number.
#[expect(clippy::cast_precision_loss, reason = "rounding is what is wanted")]
fn parse_hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse::<i32>().unwrap_or(i32::MAX).min(100_000);
    let mut exponent = if exponent.starts_with('-') { -size } else { size };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value: u64 = 0;
    for (index, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u64::from(digit.to_digit(16)?);
        let shift = if index >= whole.len() { 4 } else { 0 };
        if value >> 58 == 0 {
            value = value << 4 | digit;
            exponent -= shift;
        } else {
            // Beyond what a double holds: only whether anything is there counts.
            value |= u64::from(digit != 0);
            exponent += 4 - shift;
        }
    }
    Some(super::math::scaled(value as f64, exponent))
}
