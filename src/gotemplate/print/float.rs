//! Go's `strconv.FormatFloat`.

use super::push;

/// More digits than any `float64` has; what comes behind is zeros.
const MAX_DIGITS: usize = 1100;

/// Significant digits, the last one not 0, with the decimal point before digit `point`.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    fn new(value: f64, precision: Option<usize>) -> Self {
        let text = match precision {
            None => shortest(value),
            Some(precision) => format!("{value:.*e}", precision.min(MAX_DIGITS)),
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        digits.truncate(digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1));
        let point = if digits.is_empty() { 0 } else { exponent.parse::<i64>().unwrap_or(0) + 1 };
        Self { digits, point }
    }

    fn len(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX)
    }

    /// Returns a digit by its place behind the decimal point.
    fn digit(&self, place: i64) -> char {
        let digit = usize::try_from(self.point.saturating_add(place)).ok().and_then(|at| self.digits.get(at));
        char::from(*digit.unwrap_or(&b'0'))
    }

    fn write_e(&self, out: &mut String, precision: i64, e: char) {
        out.push(self.digits.first().map_or('0', |digit| char::from(*digit)));
        if precision > 0 {
            out.push('.');
            out.extend((1..=precision).map(|place| self.digit(place - self.point)));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        push(out, format_args!("{e}{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs()));
    }

    fn write_f(&self, out: &mut String, precision: i64) {
        if self.point > 0 {
            out.extend((-self.point..0).map(|place| self.digit(place)));
        } else {
            out.push('0');
        }
        if precision > 0 {
            out.push('.');
            out.extend((0..precision).map(|place| self.digit(place)));
        }
    }

    fn write_g(&self, out: &mut String, precision: i64, is_shortest: bool, e: char) {
        let limit = match precision {
            _ if is_shortest => 6,
            precision if precision > self.len() && self.len() >= self.point => self.len(),
            precision => precision,
        };
        let exponent = self.point - 1;
        if exponent < -4 || exponent >= limit {
            self.write_e(out, precision.min(self.len()) - 1, e);
        } else {
            let precision = if precision > self.point { self.len() } else { precision };
            self.write_f(out, (precision - self.point).max(0));
        }
    }
}

/// Returns the fewest digits that tell a number from its neighbours. Of two that are as near to it, Go takes the even one, Rust the upper one.
fn shortest(value: f64) -> String {
    let text = format!("{value:e}");
    let digits = text.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    // an exact half has more digits than 15
    if digits >= 15 {
        let even = format!("{value:.*e}", digits - 1);
        if even.parse() == Ok(value) {
            return even;
        }
    }
    text
}

/// Formats a number: `strconv.FormatFloat(value, format, precision, 64)`. Formats are `b`, `e`, `E`, `f`, `g`, `G`, `x`, `X`; without a
/// precision, as many digits as tell it from its neighbours.
pub fn format_float(value: f64, format: char, precision: Option<usize>) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-Inf".into() } else { "+Inf".into() };
    }
    let mut out = String::new();
    if value.is_sign_negative() {
        out.push('-');
    }
    let value = value.abs();
    let fixed = precision.map(|precision| i64::try_from(precision).unwrap_or(i64::MAX));
    match format {
        'e' | 'E' => {
            let decimal = Decimal::new(value, precision);
            decimal.write_e(&mut out, fixed.unwrap_or(decimal.len() - 1), format);
        }
        'f' => match precision {
            None => {
                let decimal = Decimal::new(value, None);
                decimal.write_f(&mut out, (decimal.len() - decimal.point).max(0));
            }
            Some(precision) => {
                let exact = precision.min(MAX_DIGITS);
                push(&mut out, format_args!("{value:.exact$}"));
                out.extend(std::iter::repeat_n('0', precision - exact));
            }
        },
        'g' | 'G' => {
            let e = if format == 'g' { 'e' } else { 'E' };
            let precision = precision.map(|precision| precision.max(1));
            let decimal = Decimal::new(value, precision.map(|precision| precision - 1));
            let digits = fixed.map_or(decimal.len(), |precision| precision.max(1));
            decimal.write_g(&mut out, digits, fixed.is_none(), e);
        }
        'b' => {
            let (mantissa, exponent) = parts(value);
            push(&mut out, format_args!("{mantissa}p{exponent:+}"));
        }
        'x' | 'X' => write_hex(&mut out, value, precision, format),
        _ => return format!("%{format}"),
    }
    out
}

/// Returns mantissa and exponent: `value = mantissa * 2^exponent`.
fn parts(value: f64) -> (u64, i64) {
    let bits = value.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), bits >> 52 & 0x7ff);
    let exponent = i64::try_from(exponent).unwrap_or(0);
    if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) }
}

/// `0x1.yyyp±dd`
fn write_hex(out: &mut String, value: f64, precision: Option<usize>, format: char) {
    let (mut mantissa, mut exponent) = parts(value);
    // the leading 1 goes to bit 60
    if mantissa == 0 {
        exponent = 0;
    } else {
        let shift = mantissa.leading_zeros() - 3;
        mantissa <<= shift;
        exponent += 60 - i64::from(shift);
    }
    if let Some(precision @ 0..15) = precision {
        let shift = 4 * precision;
        let extra = mantissa << shift & ((1 << 60) - 1);
        mantissa >>= 60 - shift;
        mantissa += u64::from(extra | mantissa & 1 > 1 << 59);
        mantissa <<= 60 - shift;
        if mantissa & 1 << 61 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    push(out, format_args!("0{format}{}", mantissa >> 60 & 1));
    let digits = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let digits = match precision {
        None => digits.trim_end_matches('0').to_owned(),
        Some(precision) => format!("{:0<precision$}", &digits[..precision.min(15)], precision = precision.min(MAX_DIGITS)),
    };
    if !digits.is_empty() {
        out.push('.');
        out.push_str(&if format == 'X' { digits.to_uppercase() } else { digits.clone() });
        out.extend(std::iter::repeat_n('0', precision.unwrap_or(0).saturating_sub(digits.len())));
    }
    let p = if format == 'X' { 'P' } else { 'p' };
    push(out, format_args!("{p}{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs()));
}
