//! Arithmetic in decimals: sprig's numeric.go over shopspring/decimal.

#![expect(clippy::unnecessary_wraps, reason = "the signature of natives")]

use num_bigint::BigInt;

use super::args::any;
use super::cast::to_float;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::Value;

const ONE: &[Param] = &[Param::Any];
const REST: Param = Param::Any;

pub(super) const FUNCS: &[Func] = &[
    Func::new("add1f", ONE, |_, args| folded(&[any(args, 0).clone(), Value::int(1)], add)),
    Func::variadic("addf", &[], REST, |_, args| folded(&[&[Value::float(0.0)], args].concat(), add)),
    Func::variadic("subf", ONE, REST, |_, args| folded(args, |a, b| add(a, Decimal { value: -b.value, exponent: b.exponent }))),
    Func::variadic("mulf", ONE, REST, |_, args| folded(args, mul)),
    Func::variadic("divf", ONE, REST, |_, args| folded(args, div)),
];

/// `value * 10^exponent`.
#[derive(Debug, Clone)]
struct Decimal {
    value: BigInt,
    exponent: i64,
}

fn folded(args: &[Value], op: impl Fn(Decimal, Decimal) -> Result<Decimal, Error>) -> Result<Value, Error> {
    let mut numbers = args.iter().map(|it| Decimal::from_float(to_float(it)));
    let mut result = numbers.next().unwrap_or_else(|| Decimal::from_float(0.0))?;
    for number in numbers {
        result = op(result, number?)?;
    }
    Ok(Value::float(result.to_float()))
}

fn ten(exponent: i64) -> Result<BigInt, Error> {
    let exponent = u32::try_from(exponent).ok().filter(|it| *it < 1_000_000);
    let exponent = exponent.ok_or_else(|| super::args::limit("a decimal would have more than 1000000 digits"))?;
    Ok(BigInt::from(10).pow(exponent))
}

impl Decimal {
    /// The fewest digits that mean this number.
    fn from_float(value: f64) -> Result<Self, Error> {
        if !value.is_finite() {
            let name = if value.is_nan() {
                "NaN"
            } else if value > 0.0 {
                "+Inf"
            } else {
                "-Inf"
            };
            return Err(Error::new(format!("Cannot create a Decimal from {name}")));
        }
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let fraction = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let exponent = exponent.parse::<i64>().unwrap_or(0) - i64::try_from(fraction).unwrap_or(0);
        Ok(Self { value: digits.replace('.', "").parse().unwrap_or_default(), exponent })
    }

    fn to_float(&self) -> f64 {
        let value = &self.value;
        if *value == BigInt::ZERO { 0.0 } else { format!("{value}e{}", self.exponent).parse().unwrap_or(0.0) }
    }
}

/// Brings two numbers to the smaller exponent.
fn aligned(a: Decimal, b: Decimal) -> Result<(BigInt, BigInt, i64), Error> {
    let exponent = a.exponent.min(b.exponent);
    let scaled = |it: Decimal| Ok::<_, Error>(it.value * ten(it.exponent - exponent)?);
    Ok((scaled(a)?, scaled(b)?, exponent))
}

fn add(a: Decimal, b: Decimal) -> Result<Decimal, Error> {
    let (a, b, exponent) = aligned(a, b)?;
    Ok(Decimal { value: a + b, exponent })
}

fn mul(a: Decimal, b: Decimal) -> Result<Decimal, Error> {
    Ok(Decimal { value: a.value * b.value, exponent: a.exponent + b.exponent })
}

/// Divides to 16 decimal places and rounds half away from zero.
fn div(a: Decimal, b: Decimal) -> Result<Decimal, Error> {
    const PLACES: i64 = 16;
    if b.value == BigInt::ZERO {
        return Err(Error::new("decimal division by 0"));
    }
    let shift = a.exponent - b.exponent + PLACES;
    let (dividend, divisor) = if shift < 0 { (a.value, b.value * ten(-shift)?) } else { (a.value * ten(shift)?, b.value) };
    let (mut quotient, rest) = (&dividend / &divisor, &dividend % &divisor);
    let negative = (dividend < BigInt::ZERO) != (divisor < BigInt::ZERO);
    let twice: BigInt = rest * 2;
    if twice.magnitude() >= divisor.magnitude() {
        quotient += if negative { -1 } else { 1 };
    }
    Ok(Decimal { value: quotient, exponent: -PLACES })
}
