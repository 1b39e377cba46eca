//! Numbers as Go's strconv reads them.

/// Why a text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberError {
    Syntax,
    Range,
}

/// Reads an unsigned integer: `strconv.ParseUint(text, base, 64)`. Base 0 reads prefixes (`0x`, `0o`, `0b`, `0`) and underscores.
pub fn parse_uint(text: &str, base: u32) -> Result<u64, NumberError> {
    let (digits, radix) = if base == 0 { prefix(text) } else { (text, base) };
    if text.is_empty() {
        return Err(NumberError::Syntax);
    }
    let mut number = 0_u64;
    for c in digits.chars().filter(|c| *c != '_' || base != 0) {
        let digit = c.to_digit(radix).ok_or(NumberError::Syntax)?;
        number =
            number.checked_mul(radix.into()).and_then(|number| number.checked_add(digit.into())).ok_or(NumberError::Range)?;
    }
    if base == 0 && !underscores_ok(text) { Err(NumberError::Syntax) } else { Ok(number) }
}

/// Reads an integer: `strconv.ParseInt(text, base, 64)`.
pub fn parse_int(text: &str, base: u32) -> Result<i64, NumberError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let number = i128::from(parse_uint(digits, base)?);
    i64::try_from(if negative { -number } else { number }).map_err(|_| NumberError::Range)
}

fn prefix(text: &str) -> (&str, u32) {
    match text.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (&text[2..], 16),
        [b'0', b'o' | b'O', _, ..] => (&text[2..], 8),
        [b'0', b'b' | b'B', _, ..] => (&text[2..], 2),
        [b'0', ..] => (&text[1..], 8),
        _ => (text, 10),
    }
}

/// Whether underscores stand between digits, or between a prefix and a digit.
fn underscores_ok(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes();
    let (mut before, hex, rest) = match text {
        [b'0', c @ (b'b' | b'B' | b'o' | b'O' | b'x' | b'X'), rest @ ..] => (b'0', matches!(c, b'x' | b'X'), rest),
        _ => (b'^', false, text),
    };
    for byte in rest {
        let class = match byte {
            b'0'..=b'9' => b'0',
            b'a'..=b'f' | b'A'..=b'F' if hex => b'0',
            b'_' => b'_',
            _ => b'!',
        };
        if class == b'_' && before != b'0' || class == b'!' && before == b'_' {
            return false;
        }
        before = class;
    }
    before != b'_'
}

/// Reads a number: `strconv.ParseFloat(text, 64)`.
pub fn parse_float(text: &str) -> Result<f64, NumberError> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_word = |word: &str| unsigned.eq_ignore_ascii_case(word);
    if is_word("inf") || is_word("infinity") {
        return Ok(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    if text.eq_ignore_ascii_case("nan") {
        return Ok(f64::NAN);
    }
    if !unsigned.starts_with(|c: char| c == '.' || c.is_ascii_digit()) || text.contains('_') && !underscores_ok(text) {
        return Err(NumberError::Syntax);
    }
    let plain = text.replace('_', "");
    let number = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => parse_hex(&plain).ok_or(NumberError::Syntax)?,
        _ => plain.parse().map_err(|_| NumberError::Syntax)?,
    };
    if number.is_infinite() { Err(NumberError::Range) } else { Ok(number) }
}

/// Reads `0x1.8p-3`. The exponent must be there.
fn parse_hex(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let negative = mantissa.starts_with('-');
    let mantissa = mantissa.trim_start_matches(['-', '+']).get(2..)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if whole.len() + fraction.len() == 0 || digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let mut exponent = exponent.parse::<i64>().unwrap_or(if exponent.starts_with('-') { -10_000 } else { 10_000 });
    exponent = exponent.clamp(-1_000_000_000, 1_000_000_000).saturating_sub(4 * i64::try_from(fraction.len()).ok()?);
    let mut bits = 0_u64;
    for c in whole.chars().chain(fraction.chars()) {
        let digit = c.to_digit(16)?;
        if bits >> 59 == 0 {
            bits = bits << 4 | u64::from(digit);
        } else {
            bits |= u64::from(digit != 0);
            exponent += 4;
        }
    }
    let number = scale(bits, exponent);
    Some(if negative { -number } else { number })
}

/// Returns `bits * 2^exponent`, rounded once, to even. The lowest bit may stand for lower ones.
pub(super) fn scale(bits: u64, exponent: i64) -> f64 {
    if bits == 0 {
        return 0.0;
    }
    let length = i64::from(64 - bits.leading_zeros());
    let top = exponent.saturating_add(length);
    if top > 1024 {
        return f64::INFINITY;
    }
    // what a subnormal number can hold ends at 2^-1074
    let drop = (length - 53).max(-1074_i64.saturating_sub(exponent));
    let (bits, exponent) = if drop <= 0 {
        (bits, exponent)
    } else if drop > 64 {
        (0, 0)
    } else {
        let wide = u128::from(bits);
        let (kept, lost, half) = (wide >> drop, wide & ((1 << drop) - 1), 1_u128 << (drop - 1));
        let up = lost > half || lost == half && kept & 1 == 1;
        (u64::try_from(kept).unwrap_or(0) + u64::from(up), exponent + drop)
    };
    // exact: at most 53 bits, times powers of two that are themselves exact
    #[expect(clippy::cast_precision_loss, reason = "it has at most 53 bits, or is 2^53")]
    let mut number = bits as f64;
    let mut left = exponent;
    while left != 0 && number != 0.0 && number.is_finite() {
        let step = left.clamp(-500, 500);
        number *= 2_f64.powi(i32::try_from(step).unwrap_or(0));
        left -= step;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_integers_like_go() {
        use NumberError::{Range, Syntax};
        for (text, base, number) in [
            ("0x_ff", 0, Ok(255)),
            ("0b101", 0, Ok(5)),
            ("0o17", 0, Ok(15)),
            ("017", 0, Ok(15)),
            ("089", 0, Err(Syntax)),
            ("1_000", 0, Ok(1000)),
            ("1_000", 10, Err(Syntax)),
            ("1__0", 0, Err(Syntax)),
            ("-9223372036854775808", 0, Ok(i64::MIN)),
            ("9223372036854775808", 0, Err(Range)),
            ("", 10, Err(Syntax)),
            ("+", 10, Err(Syntax)),
            ("+5", 10, Ok(5)),
            ("--5", 10, Err(Syntax)),
            ("0x", 0, Err(Syntax)),
        ] {
            assert_eq!(parse_int(text, base), number, "{text}");
        }
    }

    #[test]
    fn reads_floats_like_go() {
        use NumberError::{Range, Syntax};
        for (text, number) in [
            ("1e3", Ok(1000.0)),
            (".5", Ok(0.5)),
            ("5.", Ok(5.0)),
            (".", Err(Syntax)),
            ("1e", Err(Syntax)),
            ("1e400", Err(Range)),
            ("1_0.5", Ok(10.5)),
            ("1_.5", Err(Syntax)),
            ("0x1.8p1", Ok(3.0)),
            ("-0x.8p0", Ok(-0.5)),
            ("0x1p-1074", Ok(5e-324)),
            ("0x1p-1075", Ok(0.0)),
            ("0x1.8p-1075", Ok(5e-324)),
            ("0x1.fffffffffffff8p1023", Err(Range)),
            ("0x1.00000000000008p0", Ok(1.0)),
            ("0x1.000000000000080001p0", Ok(1.000_000_000_000_000_2)),
            ("0x1", Err(Syntax)),
            ("+Inf", Ok(f64::INFINITY)),
            ("+nan", Err(Syntax)),
        ] {
            assert_eq!(parse_float(text), number, "{text}");
        }
    }
}
