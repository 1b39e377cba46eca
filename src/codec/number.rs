//! Numbers as Go's strconv writes them.

use std::io::Write as _;

use crate::gotemplate::print::format_float;

/// Writes a float as `FormatFloat(number, 'g', -1, 64)` does: `1e+06`, `0.5`, `+Inf`.
pub(super) fn write_general(out: &mut Vec<u8>, number: f64) {
    out.extend_from_slice(format_float(number, 'g', None).as_bytes());
}

/// Writes a finite float as encoding/json does: `1000000`, `1e-7`, `1e+21`.
pub(super) fn write_json(out: &mut Vec<u8>, number: f64) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.abs() < EXACT && number.fract() == 0.0 && !(number == 0.0 && number.is_sign_negative()) {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
        write_int(out, number as i64);
    } else if number != 0.0 && !(1e-6..1e21).contains(&number.abs()) {
        // e-09 becomes e-9
        out.extend_from_slice(format_float(number, 'e', None).replace("e-0", "e-").as_bytes());
    } else {
        out.extend_from_slice(format_float(number, 'f', None).as_bytes());
    }
}

pub(super) fn write_int(out: &mut Vec<u8>, number: i64) {
    // a Vec takes all
    let _ = write!(out, "{number}");
}

pub(super) fn write_uint(out: &mut Vec<u8>, number: u64) {
    let _ = write!(out, "{number}");
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
