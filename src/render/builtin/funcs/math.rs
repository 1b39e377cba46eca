//! Arithmetic: sprig's numeric.go.

#![expect(clippy::unnecessary_wraps, reason = "the signature of natives")]

use super::args::{MAX_ITEMS, any, bytes, int, limit};
use super::cast::{parsed, to_float, to_int};
use super::printed::printed;
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::print::{NumberError, parse_int};
use crate::gotemplate::value::{Kind, List, ListType, Value};

const ANY: &[Param] = &[Param::Any];
const TWO: &[Param] = &[Param::Any, Param::Any];
const REST: Param = Param::Any;

pub(super) const FUNCS: &[Func] = &[
    Func::new("int", ANY, |_, args| Ok(Value::int(to_int(any(args, 0))))),
    Func::new("int64", ANY, |_, args| Ok(Value::int64(to_int(any(args, 0))))),
    Func::new("float64", ANY, |_, args| Ok(Value::float(to_float(any(args, 0))))),
    Func::new("atoi", &[Param::Str], atoi),
    Func::new("toDecimal", ANY, to_decimal),
    Func::new("add1", ANY, |_, args| Ok(Value::int64(to_int(any(args, 0)).wrapping_add(1)))),
    Func::variadic("add", &[], REST, |_, args| Ok(fold(args, 0, i64::wrapping_add))),
    Func::new("sub", TWO, |_, args| Ok(Value::int64(to_int(any(args, 0)).wrapping_sub(to_int(any(args, 1)))))),
    Func::new("div", TWO, |_, args| divided(args, i64::wrapping_div)),
    Func::new("mod", TWO, |_, args| divided(args, i64::wrapping_rem)),
    Func::variadic("mul", ANY, REST, |_, args| Ok(fold(args, 1, i64::wrapping_mul))),
    Func::variadic("max", ANY, REST, |_, args| Ok(fold(args, i64::MIN, i64::max))),
    Func::variadic("biggest", ANY, REST, |_, args| Ok(fold(args, i64::MIN, i64::max))),
    Func::variadic("min", ANY, REST, |_, args| Ok(fold(args, i64::MAX, i64::min))),
    Func::variadic("maxf", ANY, REST, |_, args| Ok(fold_float(args, max_float))),
    Func::variadic("minf", ANY, REST, |_, args| Ok(fold_float(args, |a, b| -max_float(-a, -b)))),
    Func::new("ceil", ANY, |_, args| Ok(Value::float(to_float(any(args, 0)).ceil()))),
    Func::new("floor", ANY, |_, args| Ok(Value::float(to_float(any(args, 0)).floor()))),
    Func::variadic("round", &[Param::Any, Param::Int], Param::Float64, round),
    Func::new("until", &[Param::Int], until),
    Func::new("untilStep", &[Param::Int, Param::Int, Param::Int], until_step),
    Func::variadic("seq", &[], Param::Int, seq),
];

fn fold(args: &[Value], start: i64, op: fn(i64, i64) -> i64) -> Value {
    Value::int64(args.iter().map(to_int).fold(start, op))
}

fn fold_float(args: &[Value], op: impl Fn(f64, f64) -> f64) -> Value {
    Value::float(args.iter().map(to_float).reduce(op).unwrap_or(0.0))
}

/// Go's `math.Max`: infinity first, then what is no number; 0 is more than -0.
fn max_float(a: f64, b: f64) -> f64 {
    if a == f64::INFINITY || b == f64::INFINITY {
        f64::INFINITY
    } else if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a == 0.0 && b == 0.0 {
        if a.is_sign_negative() { b } else { a }
    } else {
        a.max(b)
    }
}

fn divided(args: &[Value], op: fn(i64, i64) -> i64) -> Result<Value, Error> {
    match to_int(any(args, 1)) {
        0 => Err(Error::new("runtime error: integer divide by zero")),
        divisor => Ok(Value::int64(op(to_int(any(args, 0)), divisor))),
    }
}

/// `strconv.Atoi` without its error: what is too big is the biggest.
fn atoi(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let text = bytes(args, 0);
    Ok(Value::int(match parsed(text, |it| parse_int(it, 10)) {
        Ok(value) => value,
        Err(NumberError::Range) if text.starts_with(b"-") => i64::MIN,
        Err(NumberError::Range) => i64::MAX,
        Err(NumberError::Syntax) => 0,
    }))
}

fn to_decimal(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok(Value::int64(parsed(&printed(any(args, 0)), |it| parse_int(it, 8)).unwrap_or(0)))
}

/// Go's `math.Ldexp`: `value * 2^exponent`, rounded once.
fn scaled(value: f64, exponent: i32) -> f64 {
    let (fraction, shift) = fraction(value);
    if fraction == 0.0 || !fraction.is_finite() {
        return fraction;
    }
    let exponent = exponent.saturating_add(shift - 1);
    if exponent < -1075 {
        return 0.0_f64.copysign(value);
    }
    if exponent > 1023 {
        return f64::INFINITY.copysign(value);
    }
    // Subnormal numbers are made by one multiplication, so that they round once.
    let (exponent, factor) = if exponent < -1022 { (exponent + 53, f64::EPSILON / 2.0) } else { (exponent, 1.0) };
    let bits = fraction.to_bits() & !(0x7ff << 52) | u64::from((exponent + 1023).cast_unsigned()) << 52;
    factor * f64::from_bits(bits)
}

/// Go's `math.Frexp`: a fraction from 0.5 to 1 and an exponent.
fn fraction(value: f64) -> (f64, i32) {
    if value == 0.0 || !value.is_finite() {
        return (value, 0);
    }
    let (value, offset) = if value.is_subnormal() { (value * f64::from_bits(1075 << 52), -52) } else { (value, 0) };
    let bits = value.to_bits();
    let exponent = i32::try_from(bits >> 52 & 0x7ff).unwrap_or(0) - 1022;
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent + offset)
}

/// Go's `math.Pow(10, places)`, which is not the nearest number for each power.
fn power_of_ten(places: i64) -> f64 {
    let (mut result, mut result_exponent) = (1.0, 0_i32);
    let (mut factor, mut exponent) = fraction(10.0);
    let mut left = places.unsigned_abs();
    while left != 0 {
        if exponent.abs() > 1 << 12 {
            result_exponent += exponent;
            break;
        }
        if left & 1 == 1 {
            result *= factor;
            result_exponent += exponent;
        }
        factor *= factor;
        exponent <<= 1;
        if factor < 0.5 {
            factor += factor;
            exponent -= 1;
        }
        left >>= 1;
    }
    if places < 0 {
        (result, result_exponent) = (1.0 / result, -result_exponent);
    }
    match places {
        0 => 1.0,
        1 => 10.0,
        _ => scaled(result, result_exponent),
    }
}

fn round(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let up_from = if let Some(Value { kind: Kind::Float(it), .. }) = args.get(2) { *it } else { 0.5 };
    let power = power_of_ten(int(args, 1));
    let digit = power * to_float(any(args, 0));
    let fraction = digit - digit.trunc();
    let rounded = if fraction >= up_from { digit.ceil() } else { digit.floor() };
    Ok(Value::float(rounded / power))
}

/// sprig's `untilStep`.
fn steps(function: &str, start: i64, end: i64, by: i64) -> Result<Vec<i64>, Error> {
    let mut steps = Vec::new();
    let mut at = start;
    while if end < start { by < 0 && at > end } else { by > 0 && at < end } {
        if steps.len() >= MAX_ITEMS {
            return Err(limit(format!("{function}: the result would have more than {MAX_ITEMS} items")));
        }
        steps.push(at);
        let Some(next) = at.checked_add(by) else { break };
        at = next;
    }
    Ok(steps)
}

fn ints(steps: Vec<i64>) -> Value {
    List::new(ListType::Int, steps.into_iter().map(Value::int).collect()).into()
}

fn until(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let count = int(args, 0);
    Ok(ints(steps("until", 0, count, if count < 0 { -1 } else { 1 })?))
}

fn until_step(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok(ints(steps("untilStep", int(args, 0), int(args, 1), int(args, 2))?))
}

fn seq(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let direction = |start: i64, end: i64| if end < start { -1 } else { 1 };
    let (start, step, end) = match args.len() {
        1 => (1, direction(1, int(args, 0)), int(args, 0)),
        2 => (int(args, 0), direction(int(args, 0), int(args, 1)), int(args, 1)),
        3 => (int(args, 0), int(args, 1), int(args, 2)),
        _ => return Ok("".into()),
    };
    if args.len() == 3 && end < start && step > 0 {
        return Ok("".into());
    }
    let numbers = steps("seq", start, end.wrapping_add(direction(start, end)), step)?;
    Ok(numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ").into())
}
