//! Numbers of a template: `newNumber` of text/template/parse/node.go.

use super::item::Is;
use crate::gotemplate::ast::Number;
use crate::gotemplate::print::{NumberError, Unit, parse_float, parse_int, parse_uint, quote, unquote_char};

const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// Reads a number or character constant. Errors are Go's sentences.
pub(super) fn number(bytes: &[u8], is: Is) -> Result<Number, String> {
    let text = String::from_utf8_lossy(bytes);
    let mut number = Number { text: text.as_ref().into(), int: None, uint: None, float: None, complex: None };
    match is {
        Is::CharConstant => {
            let code = character(bytes)?;
            (number.int, number.uint, number.float) = (Some(code.into()), Some(code.into()), Some(code.into()));
        }
        Is::Complex => set_complex(&mut number, complex(&text)?),
        _ => {
            let imaginary = text.strip_suffix('i').and_then(|text| parse_float(text).ok());
            match imaginary {
                Some(imaginary) => set_complex(&mut number, (0.0, imaginary)),
                None => set_real(&mut number, &text)?,
            }
        }
    }
    Ok(number)
}

fn character(bytes: &[u8]) -> Result<u32, String> {
    let body = bytes.get(1..).unwrap_or_default();
    let (unit, tail): (Unit, _) = unquote_char(body, b'\'').ok_or("invalid syntax")?;
    if tail != b"'" {
        return Err(format!("malformed character constant: {}", String::from_utf8_lossy(bytes)));
    }
    Ok(unit.code())
}

fn set_real(number: &mut Number, text: &str) -> Result<(), String> {
    number.uint = parse_uint(text, 0).ok();
    number.int = parse_int(text, 0).ok();
    if number.int == Some(0) {
        // -0
        number.uint = Some(0);
    }
    #[expect(clippy::cast_precision_loss, reason = "as Go converts")]
    if let Some(int) = number.int {
        number.float = Some(int as f64);
    } else if let Some(uint) = number.uint {
        number.float = Some(uint as f64);
    } else if let Ok(float) = parse_float(text) {
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", quote(text.as_bytes())));
        }
        set_float(number, float);
    } else {
        return Err(format!("illegal number syntax: {}", quote(text.as_bytes())));
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "only whole numbers in range")]
fn set_float(number: &mut Number, float: f64) {
    number.float = Some(float);
    if float.fract() == 0.0 {
        number.int = (-TWO_63..TWO_63).contains(&float).then_some(float as i64);
        number.uint = (0.0..2.0 * TWO_63).contains(&float).then_some(float as u64);
    }
}

fn set_complex(number: &mut Number, complex: (f64, f64)) {
    number.complex = Some(complex);
    if complex.1 == 0.0 {
        set_float(number, complex.0);
    }
}

/// Reads `1+2i` as `fmt.Sscan` does.
fn complex(text: &str) -> Result<(f64, f64), String> {
    const SYNTAX: &str = "syntax error scanning complex number";
    let real = float_token(text);
    let rest = &text[real.len()..];
    let sign = rest.get(..1).filter(|sign| matches!(*sign, "+" | "-")).ok_or(SYNTAX)?;
    let imaginary = float_token(&rest[1..]);
    // Sscan takes an i without digits for the beginning of an infinity
    if imaginary.is_empty() || !rest[1 + imaginary.len()..].starts_with('i') {
        return Err(SYNTAX.into());
    }
    Ok((part(real)?, part(&format!("{sign}{imaginary}"))?))
}

/// Returns the number that a text begins with, as `fmt.Sscan` cuts it.
fn float_token(text: &str) -> &str {
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let run = |mut from: usize, hex: bool| {
        while at(from) == b'_' || at(from).is_ascii_digit() || hex && at(from).is_ascii_hexdigit() {
            from += 1;
        }
        from
    };
    let mut end = usize::from(matches!(at(0), b'+' | b'-'));
    let mut hex = false;
    if at(end) == b'0' {
        end += 1;
        if matches!(at(end), b'x' | b'X') {
            hex = true;
            end += 1;
        }
    }
    end = run(end, hex);
    if at(end) == b'.' {
        end = run(end + 1, hex);
    }
    if matches!(at(end), b'p' | b'P') || !hex && matches!(at(end), b'e' | b'E') {
        end += 1;
        end += usize::from(matches!(at(end), b'+' | b'-'));
        end = run(end, false);
    }
    &text[..end]
}

fn part(text: &str) -> Result<f64, String> {
    parse_float(text).map_err(|error| {
        let reason = match error {
            NumberError::Syntax => "invalid syntax",
            NumberError::Range => "value out of range",
        };
        format!("strconv.ParseFloat: parsing {}: {reason}", quote(text.as_bytes()))
    })
}
