//! `time.Duration` as Go reads, prints and rounds it, and Helm 4's functions for it (funcs.go).

use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::print::{format_float, parse_float, quote};
use crate::gotemplate::value::{IntKind, Kind, Value};

const NANOS: i64 = 1_000_000_000;

/// Functions that Helm 3 does not have.
pub(super) const HELM4_FUNCS: &[Func] = &[
    Func::new("mustToDuration", &[Param::Any], |_, args| as_duration(args.first()).map(value).map_err(Error::new)),
    Func::new("durationSeconds", &[Param::Any], |exec, args| float(exec, args, |nanos| split(nanos, NANOS))),
    Func::new("durationMinutes", &[Param::Any], |exec, args| float(exec, args, |nanos| split(nanos, 60 * NANOS))),
    Func::new("durationHours", &[Param::Any], |exec, args| float(exec, args, hours)),
    Func::new("durationDays", &[Param::Any], |exec, args| float(exec, args, |nanos| hours(nanos) / 24.0)),
    Func::new("durationWeeks", &[Param::Any], |exec, args| float(exec, args, |nanos| hours(nanos) / 24.0 / 7.0)),
    Func::new("durationMilliseconds", &[Param::Any], |exec, args| int(exec, args, 1_000_000)),
    Func::new("durationMicroseconds", &[Param::Any], |exec, args| int(exec, args, 1_000)),
    Func::new("durationNanoseconds", &[Param::Any], |exec, args| int(exec, args, 1)),
    Func::new("durationRoundTo", &[Param::Any, Param::Any], |exec, args| to_multiple(exec, args, round)),
    Func::new("durationTruncateTo", &[Param::Any, Param::Any], |exec, args| to_multiple(exec, args, truncate)),
];

/// Makes a `time.Duration`.
pub(super) fn value(nanos: i64) -> Value {
    Value::new(Kind::Int(IntKind::Duration, nanos))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn float(_exec: &mut Exec<'_>, args: &[Value], what: fn(i64) -> f64) -> Result<Value, Error> {
    Ok(Value::float(as_duration(args.first()).map_or(0.0, what)))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn int(_exec: &mut Exec<'_>, args: &[Value], unit: i64) -> Result<Value, Error> {
    Ok(Value::int64(as_duration(args.first()).map_or(0, |nanos| nanos / unit)))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn to_multiple(_exec: &mut Exec<'_>, args: &[Value], what: fn(i64, i64) -> i64) -> Result<Value, Error> {
    let nanos = as_duration(args.first()).map(|nanos| as_duration(args.get(1)).map_or(nanos, |unit| what(nanos, unit)));
    Ok(value(nanos.unwrap_or(0)))
}

fn hours(nanos: i64) -> f64 {
    split(nanos, 3600 * NANOS)
}

/// Go's `Seconds`, `Minutes` and `Hours`: the whole units and the rest apart, to be more exact.
#[expect(clippy::cast_precision_loss, reason = "as Go does it")]
pub(super) fn split(nanos: i64, unit: i64) -> f64 {
    (nanos / unit) as f64 + (nanos % unit) as f64 / unit as f64
}

/// `asDuration`: durations, texts of them, and numbers of seconds.
fn as_duration(value: Option<&Value>) -> Result<i64, String> {
    match value.map(|value| &value.kind) {
        None | Some(Kind::Nil) => Err("invalid duration".into()),
        Some(Kind::Int(IntKind::Duration, nanos)) => Ok(*nanos),
        Some(Kind::Int(kind, number)) if kind.is_unsigned() => {
            let number = number.cast_unsigned();
            i64::try_from(number).ok().and_then(|number| number.checked_mul(NANOS)).ok_or_else(|| overflow(number))
        }
        Some(Kind::Int(_, number)) => {
            number.checked_mul(NANOS).filter(|_| number.abs() <= i64::MAX / NANOS).ok_or_else(|| overflow(number))
        }
        Some(Kind::Float(number)) => from_seconds(*number),
        Some(Kind::Str(text)) => {
            let shown = String::from_utf8_lossy(text);
            let trimmed = shown.trim();
            if trimmed.is_empty() {
                return Err("empty duration".into());
            }
            match (parse(trimmed), parse_float(trimmed)) {
                (Ok(nanos), _) => Ok(nanos),
                (Err(_), Ok(seconds)) => from_seconds(seconds),
                (Err(_), Err(_)) => Err(format!("could not parse duration {}", quote(text))),
            }
        }
        Some(_) => Err(format!("unsupported duration type {}", value.map_or("", Value::type_name))),
    }
}

fn overflow(seconds: impl std::fmt::Display) -> String {
    format!("duration seconds overflow: {seconds}")
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "as Go does it")]
fn from_seconds(seconds: f64) -> Result<i64, String> {
    if !seconds.is_finite() {
        let shown = if seconds.is_nan() {
            "NaN"
        } else if seconds > 0.0 {
            "+Inf"
        } else {
            "-Inf"
        };
        return Err(format!("invalid duration seconds: {shown}"));
    }
    let (max, min) = (i64::MAX as f64 / NANOS as f64, i64::MIN as f64 / NANOS as f64);
    if seconds > max || seconds < min {
        return Err(overflow(format_float(seconds, 'g', None)));
    }
    let nanos = seconds * NANOS as f64;
    // Go's conversion of what is just too big is the smallest number, on the usual machines
    Ok(if nanos >= i64::MAX as f64 { i64::MIN } else { nanos as i64 })
}

/// Go's `Duration.Truncate`.
pub(super) fn truncate(nanos: i64, unit: i64) -> i64 {
    if unit <= 0 { nanos } else { nanos - nanos % unit }
}

/// Go's `Duration.Round`: halves go away from zero.
pub(super) fn round(nanos: i64, unit: i64) -> i64 {
    if unit <= 0 {
        return nanos;
    }
    let rest = (nanos % unit).abs();
    let is_less_than_half = rest.cast_unsigned() * 2 < unit.cast_unsigned();
    match (nanos < 0, is_less_than_half) {
        (false, true) => nanos - rest,
        (true, true) => nanos + rest,
        (false, false) => nanos.saturating_add(unit - rest),
        (true, false) => nanos.saturating_sub(unit - rest),
    }
}

/// Go's quoting in the errors of its package time: what is not ASCII is escaped byte by byte.
pub(super) fn time_quote(text: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            b' '..=0x7f => out.push(char::from(*byte)),
            _ => out.extend(["\\x", &super::encoding::hex(&[*byte])]),
        }
    }
    out.push('"');
    out
}

/// Reads the number at the start of a text, which is at most 2^63.
pub(super) fn leading_int(text: &[u8]) -> Option<(u64, &[u8])> {
    let end = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut number = 0_u64;
    for byte in &text[..end] {
        number = number.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
        if number > 1 << 63 {
            return None;
        }
    }
    Some((number, &text[end..]))
}

/// Reads the digits behind a point: a number and what to divide it by. Digits too many are dropped.
#[expect(clippy::cast_precision_loss, reason = "as Go does it")]
fn leading_fraction(text: &[u8]) -> (f64, f64, &[u8]) {
    let end = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (mut number, mut scale) = (0_u64, 1.0);
    for byte in &text[..end] {
        if number > (i64::MAX / 10).unsigned_abs() {
            break;
        }
        let next = number * 10 + u64::from(byte - b'0');
        if next > 1 << 63 {
            break;
        }
        number = next;
        scale *= 10.0;
    }
    (number as f64, scale, &text[end..])
}

/// Go's `ParseDuration`. The error is its sentence.
pub(super) fn parse(text: &str) -> Result<i64, String> {
    parse_bytes(text.as_bytes())
}

pub(super) fn parse_bytes(text: &[u8]) -> Result<i64, String> {
    let error = |message: &str| format!("time: {message} {}", time_quote(text));
    let invalid = || error("invalid duration");
    let (mut rest, is_negative) = match text {
        [b'-', rest @ ..] => (rest, true),
        [b'+', rest @ ..] => (rest, false),
        _ => (text, false),
    };
    if rest == b"0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0_u64;
    while let Some(first) = rest.first() {
        if *first != b'.' && !first.is_ascii_digit() {
            return Err(invalid());
        }
        let start = rest;
        let (whole, behind) = leading_int(rest).ok_or_else(invalid)?;
        rest = behind;
        let mut has_digits = rest.len() < start.len();
        let mut part = (0.0, 1.0);
        if let Some(behind) = rest.strip_prefix(b".") {
            let (number, scale, after) = leading_fraction(behind);
            has_digits |= after.len() < behind.len();
            (part, rest) = ((number, scale), after);
        }
        if !has_digits {
            return Err(invalid());
        }
        let end = rest.iter().take_while(|byte| **byte != b'.' && !byte.is_ascii_digit()).count();
        let (name, behind) = rest.split_at(end);
        rest = behind;
        if name.is_empty() {
            return Err(error("missing unit in duration"));
        }
        let unit = unit(name).ok_or_else(|| error(&format!("unknown unit {} in duration", time_quote(name))))?;
        total = add(total, whole, part, unit).ok_or_else(invalid)?;
    }
    if is_negative {
        return Ok(total.cast_signed().wrapping_neg());
    }
    i64::try_from(total).map_err(|_| invalid())
}

/// Adds a number of units. `None` where Go sees an overflow.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as Go does it")]
fn add(total: u64, whole: u64, (number, scale): (f64, f64), unit: u64) -> Option<u64> {
    let mut nanos = whole.checked_mul(unit).filter(|nanos| *nanos <= 1 << 63)?;
    if number > 0.0 {
        nanos = nanos.checked_add((number * (unit as f64 / scale)) as u64).filter(|nanos| *nanos <= 1 << 63)?;
    }
    total.checked_add(nanos).filter(|total| *total <= 1 << 63)
}

fn unit(name: &[u8]) -> Option<u64> {
    Some(match name {
        b"ns" => 1,
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 1_000,
        b"ms" => 1_000_000,
        b"s" => 1_000_000_000,
        b"m" => 60_000_000_000,
        b"h" => 3_600_000_000_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::calling::text;
    use super::*;

    #[test]
    fn durations_are_read_and_printed_as_go_does() {
        let table = [
            ("0", Ok("0s")),
            ("1h2m3.5s", Ok("1h2m3.5s")),
            ("-1.5h", Ok("-1h30m0s")),
            ("1500us", Ok("1.5ms")),
            ("1µs", Ok("1µs")),
            (".5ns", Ok("0s")),
            ("9223372036854775807ns", Ok("2562047h47m16.854775807s")),
            ("-9223372036854775808ns", Ok("-2562047h47m16.854775808s")),
            ("9223372036854775808ns", Err("time: invalid duration \"9223372036854775808ns\"")),
            ("3", Err("time: missing unit in duration \"3\"")),
            ("3d", Err("time: unknown unit \"d\" in duration \"3d\"")),
            ("é", Err("time: invalid duration \"\\xc3\\xa9\"")),
            ("", Err("time: invalid duration \"\"")),
        ];
        for (given, expected) in table {
            assert_eq!(
                parse(given).map(crate::gotemplate::print::duration),
                expected.map(str::to_owned).map_err(str::to_owned),
                "{given}"
            );
        }
    }

    #[test]
    fn helms_functions_take_texts_and_seconds() {
        let table: &[(&str, Value, &str)] = &[
            ("durationSeconds", "1m30s".into(), "90"),
            ("durationSeconds", " 2.5 ".into(), "2.5"),
            ("durationSeconds", "x".into(), "0"),
            ("durationMinutes", Value::int(90), "1.5"),
            ("durationHours", Value::float(5400.0), "1.5"),
            ("durationDays", "36h".into(), "1.5"),
            ("durationWeeks", "84h".into(), "0.5"),
            ("durationMilliseconds", Value::int64(2), "2000"),
            ("durationNanoseconds", value(7), "7"),
        ];
        for (name, given, expected) in table {
            assert_eq!(text(HELM4_FUNCS, name, std::slice::from_ref(given)), Ok((*expected).into()), "{name}");
        }
        let must = |given: Value| text(HELM4_FUNCS, "mustToDuration", &[given]);
        assert_eq!(must("x".into()), Err("could not parse duration \"x\"".into()));
        assert_eq!(must("".into()), Err("empty duration".into()));
        assert_eq!(must(Value::NIL), Err("invalid duration".into()));
        assert_eq!(must(Value::list(Vec::new())), Err("unsupported duration type []interface {}".into()));
        assert_eq!(must(Value::int64(i64::MAX)), Err("duration seconds overflow: 9223372036854775807".into()));
        assert_eq!(must(Value::float(1e12)), Err("duration seconds overflow: 1e+12".into()));
    }

    #[test]
    fn rounding_goes_away_from_zero_and_stays_in_range() {
        let table = [
            (25, 10, 30),
            (-25, 10, -30),
            (24, 10, 20),
            (-24, 10, -20),
            (7, 0, 7),
            (i64::MAX, 10, i64::MAX),
            (i64::MIN, 3, i64::MIN),
        ];
        for (nanos, unit, expected) in table {
            assert_eq!(round(nanos, unit), expected, "{nanos} {unit}");
        }
        assert_eq!(truncate(-25, 10), -20);
    }
}
