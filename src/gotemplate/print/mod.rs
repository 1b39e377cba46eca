//! Prints values: Go's fmt, and what it needs of strconv and unicode.

mod float;
mod format;
mod number;
mod printer;
mod printf;
mod quote;
#[cfg(test)]
#[path = "print_tests.rs"]
mod tests;
mod time;
mod unicode;

pub use float::format_float;
pub use number::{NumberError, parse_float, parse_int, parse_uint};
pub use printf::sprintf;
pub(in crate::gotemplate) use quote::{Unit, unquote_char};
pub use quote::{can_backquote, decode_rune, quote, quote_rune, quote_to_ascii, rune_count, unquote};
pub use time::duration;
pub use unicode::{is_digit, is_letter, is_print};

use std::fmt::{self, Write as _};

use super::value::{Kind, Value};
use printer::Printer;

/// Appends what is formatted.
fn push(out: &mut String, args: fmt::Arguments<'_>) {
    // a string takes all
    let _ = out.write_fmt(args);
}

/// Where printing stops, in bytes: widths of a million, many times, or values that hold themselves would fill all memory.
pub const MAX_OUTPUT: usize = 64 << 20;

/// Appends what `{{ value }}` prints: `fmt.Fprint` of one operand. Nil is `<nil>`.
pub fn print_value(out: &mut Vec<u8>, value: &Value) {
    match &value.kind {
        Kind::Str(text) => out.extend_from_slice(text),
        Kind::Int(kind, number) if kind.name() == kind.kind() => {
            out.extend_from_slice(
                if kind.is_unsigned() { number.cast_unsigned().to_string() } else { number.to_string() }.as_bytes(),
            );
        }
        _ => {
            let mut printer = Printer::new(std::mem::take(out));
            printer.arg(value, 'v');
            *out = printer.format.out;
        }
    }
}

/// Prints values with spaces between those of which neither is a string: `fmt.Sprint`.
pub fn sprint(values: &[Value]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut after_text = true;
    for value in values {
        let is_text = value.kind_name() == "string";
        if !is_text && !after_text {
            out.push(b' ');
        }
        print_value(&mut out, value);
        after_text = is_text;
    }
    out
}

/// Prints values with spaces between all and a newline behind: `fmt.Sprintln`.
pub fn sprintln(values: &[Value]) -> Vec<u8> {
    let mut out = Vec::new();
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        print_value(&mut out, value);
    }
    out.push(b'\n');
    out
}
