//! Numbers of schemas and values: compared exactly, shown as golang.org/x/text does in English.

use std::cmp::Ordering;

use serde_json::Value as Json;

/// A decimal: `digits` times ten to the `exponent`.
#[derive(Debug, Clone, Copy)]
struct Decimal {
    digits: i128,
    exponent: i32,
}

/// A number of a schema or a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    pub(super) fn of(json: &Json) -> Option<Self> {
        let number = json.as_number()?;
        let int = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
        int.map(Self::Int).or_else(|| number.as_f64().map(Self::Float))
    }

    #[expect(clippy::cast_precision_loss, reason = "Go shows floats")]
    pub(super) fn float(self) -> f64 {
        match self {
            Self::Int(it) => it as f64,
            Self::Float(it) => it,
        }
    }

    pub(super) fn is_integer(self) -> bool {
        match self {
            Self::Int(_) => true,
            Self::Float(it) => it.fract() == 0.0,
        }
    }

    pub(super) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(&b),
            (a, b) => a.float().total_cmp(&b.float()),
        }
    }

    /// Whether the quotient is an integer.
    pub(super) fn is_multiple_of(self, other: Self) -> bool {
        let (Some(a), Some(b)) = (self.decimal(), other.decimal()) else { return (self.float() % other.float()) == 0.0 };
        let scale = a.exponent.min(b.exponent);
        match (a.scaled(scale), b.scaled(scale)) {
            (Some(a), Some(b)) if b != 0 => a % b == 0,
            _ => (self.float() % other.float()) == 0.0,
        }
    }

    fn decimal(self) -> Option<Decimal> {
        let text = match self {
            Self::Int(digits) => return Some(Decimal { digits, exponent: 0 }),
            Self::Float(it) => format!("{it:e}"),
        };
        let (mantissa, exponent) = text.split_once('e')?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
        Some(Decimal { digits: format!("{whole}{fraction}").parse().ok()?, exponent })
    }

    /// Shows it as x/text's printer does for `%v`.
    pub(super) fn shown(self) -> String {
        let text = crate::gotemplate::print::format_float(self.float(), 'g', None);
        match text.split_once('e') {
            Some((mantissa, exponent)) => format!("{mantissa}×10{}", superscript(exponent)),
            None => grouped(&text),
        }
    }
}

/// Writes an exponent as Go has it: two digits at least.
fn superscript(exponent: &str) -> String {
    let raised = |c: char| match c {
        '+' => None,
        '-' => Some('⁻'),
        c => "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(c.to_digit(10)? as usize),
    };
    exponent.chars().filter_map(raised).collect()
}

impl Decimal {
    fn scaled(self, exponent: i32) -> Option<i128> {
        let power = u32::try_from(self.exponent - exponent).ok()?;
        self.digits.checked_mul(10_i128.checked_pow(power)?)
    }
}

/// Shows a count, with commas.
pub(super) fn count(number: u64) -> String {
    grouped(&number.to_string())
}

fn grouped(text: &str) -> String {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = text.split_once('.').map_or((text, String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    let mut out = String::from(sign);
    for (at, c) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out + &fraction
}
