//! Numbers as Go's strconv writes them.

use std::io::Write as _;

/// A finite number in its shortest decimal form: `0.d₁d₂… × 10^point`, as strconv's `decimalSlice`.
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    point: i32,
}

impl Decimal {
    fn new(number: f64) -> Self {
        let text = shortest(number.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        let point = exponent.parse().unwrap_or(0) + 1;
        Self { negative: number.is_sign_negative(), digits, point }
    }

    fn sign(&self, out: &mut Vec<u8>) {
        if self.negative {
            out.push(b'-');
        }
    }

    /// Writes `%e`, with at least so many digits of a negative exponent.
    fn scientific(&self, out: &mut Vec<u8>, exponent_digits: usize) {
        self.sign(out);
        let (first, rest) = self.digits.split_at(1);
        out.extend_from_slice(first);
        if !rest.is_empty() {
            out.push(b'.');
            out.extend_from_slice(rest);
        }
        let exponent = self.point - 1;
        let (sign, width) = if exponent < 0 { ('-', exponent_digits) } else { ('+', 2) };
        // a Vec takes all
        let _ = write!(out, "e{sign}{:0width$}", exponent.unsigned_abs());
    }

    /// Writes `%f`.
    fn fixed(&self, out: &mut Vec<u8>) {
        self.sign(out);
        let count = self.digits.len();
        let whole = usize::try_from(self.point).unwrap_or(0);
        if whole > 0 {
            out.extend_from_slice(&self.digits[..whole.min(count)]);
            out.resize(out.len() + whole.saturating_sub(count), b'0');
        } else {
            out.push(b'0');
        }
        if whole < count && self.digits != b"0" {
            out.push(b'.');
            out.resize(out.len() + usize::try_from(-self.point).unwrap_or(0), b'0');
            out.extend_from_slice(&self.digits[whole..]);
        }
    }
}

/// Returns the shortest form that reads back, with an exponent. Of two that are as near, Go takes the even one.
fn shortest(number: f64) -> String {
    const LONG: usize = 15;
    let text = format!("{number:e}");
    let digits = text.bytes().take_while(|it| *it != b'e').filter(u8::is_ascii_digit).count();
    if digits >= LONG {
        let even = format!("{number:.*e}", digits - 1);
        if even.len() == text.len() && even.parse() == Ok(number) {
            return even;
        }
    }
    text
}

/// Writes a float as `FormatFloat(number, 'g', -1, 64)` does: `1e+06`, `0.5`, `+Inf`.
pub(super) fn write_general(out: &mut Vec<u8>, number: f64) {
    if !number.is_finite() {
        out.extend_from_slice(infinite(number).as_bytes());
    } else if number != 0.0 && !(1e-4..1e6).contains(&number.abs()) {
        Decimal::new(number).scientific(out, 2);
    } else {
        Decimal::new(number).fixed(out);
    }
}

/// Writes a finite float as encoding/json does: `1000000`, `1e-7`, `1e+21`.
pub(super) fn write_json(out: &mut Vec<u8>, number: f64) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.abs() < EXACT && number.fract() == 0.0 && !(number == 0.0 && number.is_sign_negative()) {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
        write_int(out, number as i64);
    } else if number != 0.0 && !(1e-6..1e21).contains(&number.abs()) {
        Decimal::new(number).scientific(out, 1);
    } else {
        Decimal::new(number).fixed(out);
    }
}

pub(super) fn write_int(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    write_uint(out, number.unsigned_abs());
}

pub(super) fn write_uint(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// Returns Go's name of what is no finite number.
pub(super) fn infinite(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_those_of_go() {
        let cases = [
            (0.0, "0", "0"),
            (-0.0, "-0", "-0"),
            (1.0, "1", "1"),
            (0.1, "0.1", "0.1"),
            (123_456.0, "123456", "123456"),
            (1e6, "1e+06", "1000000"),
            (1_234_567.5, "1.2345675e+06", "1234567.5"),
            (0.0001, "0.0001", "0.0001"),
            (0.00001, "1e-05", "0.00001"),
            (1e-7, "1e-07", "1e-7"),
            (-1.5e-10, "-1.5e-10", "-1.5e-10"),
            (6_185_076_346_277_178.0 / 8.0, "7.731345432846472e+14", "773134543284647.2"),
            (1e20, "1e+20", "100000000000000000000"),
            (1e21, "1e+21", "1e+21"),
            (9_223_372_036_854_775_807.0, "9.223372036854776e+18", "9223372036854776000"),
            (f64::MAX, "1.7976931348623157e+308", "1.7976931348623157e+308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308", "2.2250738585072014e-308"),
        ];
        for (number, general, json) in cases {
            let (mut a, mut b) = (Vec::new(), Vec::new());
            write_general(&mut a, number);
            write_json(&mut b, number);
            assert_eq!(String::from_utf8_lossy(&a), general);
            assert_eq!(String::from_utf8_lossy(&b), json);
        }
    }
}
