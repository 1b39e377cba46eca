//! Basic values with flags, width and precision: Go's fmt/format.go.

use super::float::format_float;
use super::push;
use super::quote::{can_backquote, quote, quote_rune, quote_to_ascii, rune_count, runes};
use super::unicode::is_print;

/// The flags of a verb.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the language")]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%+v`
    pub(super) plus_v: bool,
    /// `%#v`
    pub(super) sharp_v: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

/// What is printed, and the flags of the verb at hand.
#[derive(Debug)]
pub(super) struct Format {
    pub(super) out: Vec<u8>,
    pub(super) flags: Flags,
}

impl Format {
    pub(super) fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.out.extend_from_slice(bytes.as_ref());
    }

    fn write_padding(&mut self, count: usize) {
        let byte = if self.flags.zero && !self.flags.minus { b'0' } else { b' ' };
        self.out.extend(std::iter::repeat_n(byte, count));
    }

    /// Writes a text, padded to the width.
    pub(super) fn pad(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        let padding = self.flags.width.map_or(0, |width| width.saturating_sub(rune_count(text)));
        if self.flags.minus {
            self.write(text);
            self.write_padding(padding);
        } else {
            self.write_padding(padding);
            self.write(text);
        }
    }

    fn pad_without_zeros(&mut self, text: impl AsRef<[u8]>) {
        let zero = std::mem::take(&mut self.flags.zero);
        self.pad(text);
        self.flags.zero = zero;
    }

    fn truncate<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let Some(precision) = self.flags.precision else { return text };
        let length = runes(text).take(precision).map(|(_, bytes)| bytes.len()).sum();
        &text[..length]
    }

    /// `%s`
    pub(super) fn text(&mut self, text: &[u8]) {
        self.pad(self.truncate(text));
    }

    /// `%q`
    pub(super) fn quoted(&mut self, text: &[u8]) {
        let text = self.truncate(text);
        if self.flags.sharp && can_backquote(text) {
            self.pad([b"`", text, b"`"].concat());
        } else if self.flags.plus {
            self.pad(quote_to_ascii(text));
        } else {
            self.pad(quote(text));
        }
    }

    /// `%x` and `%X` of text.
    pub(super) fn hex_text(&mut self, text: &[u8], is_upper: bool) {
        let length = self.flags.precision.map_or(text.len(), |precision| precision.min(text.len()));
        let Flags { sharp, space, minus, .. } = self.flags;
        let prefix = if is_upper { "0X" } else { "0x" };
        let mut hex = String::new();
        for (index, byte) in text[..length].iter().enumerate() {
            if space && index > 0 {
                hex.push(' ');
            }
            if sharp && (space || index == 0) {
                hex.push_str(prefix);
            }
            if is_upper {
                push(&mut hex, format_args!("{byte:02X}"));
            } else {
                push(&mut hex, format_args!("{byte:02x}"));
            }
        }
        let padding = self.flags.width.map_or(0, |width| width.saturating_sub(hex.len()));
        if !minus || hex.is_empty() {
            self.write_padding(padding);
        }
        self.write(&hex);
        if minus && !hex.is_empty() {
            self.write_padding(padding);
        }
    }

    /// `%c`
    pub(super) fn character(&mut self, code: u64) {
        self.pad(character(code).encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// `%q` of an integer.
    pub(super) fn quoted_character(&mut self, code: u64) {
        self.pad(quote_rune(character(code), self.flags.plus));
    }

    /// `%U`
    pub(super) fn unicode(&mut self, code: u64) {
        let digits = self.flags.precision.unwrap_or(0).max(4);
        let mut text = zeros(format!("{code:X}"), digits);
        text.insert_str(0, "U+");
        let c = u32::try_from(code).ok().and_then(char::from_u32).filter(|c| is_print(*c));
        if let (true, Some(c)) = (self.flags.sharp, c) {
            push(&mut text, format_args!(" '{c}'"));
        }
        self.pad_without_zeros(text);
    }

    /// Integers to base 2, 8, 10 or 16.
    pub(super) fn integer(&mut self, bits: u64, base: u32, is_signed: bool, verb: char) {
        let Flags { minus, plus, sharp, space, zero, width, precision, .. } = self.flags;
        let negative = is_signed && bits >> 63 == 1;
        let number = if negative { bits.wrapping_neg() } else { bits };
        let mut least = 0;
        if let Some(precision) = precision {
            least = precision;
            if precision == 0 && number == 0 {
                self.pad_without_zeros("");
                return;
            }
        } else if let (true, false, Some(width)) = (zero, minus, width) {
            least = width.saturating_sub(usize::from(negative || plus || space));
        }
        let is_upper = verb == 'X';
        let digits = match base {
            2 => format!("{number:b}"),
            8 => format!("{number:o}"),
            16 if is_upper => format!("{number:X}"),
            16 => format!("{number:x}"),
            _ => number.to_string(),
        };
        let digits = zeros(digits, least);
        let prefix = match base {
            2 if sharp => "0b",
            8 if sharp && !digits.starts_with('0') => "0",
            16 if sharp && is_upper => "0X",
            16 if sharp => "0x",
            _ => "",
        };
        let prefix = if verb == 'O' { format!("0o{prefix}") } else { prefix.into() };
        let sign = match () {
            () if negative => "-",
            () if plus => "+",
            () if space => " ",
            () => "",
        };
        self.pad_without_zeros(format!("{sign}{prefix}{digits}"));
    }

    /// Numbers with a fraction. `verb` is one of `strconv.FormatFloat`'s.
    pub(super) fn float(&mut self, value: f64, verb: char, precision: Option<usize>) {
        let precision = self.flags.precision.or(precision);
        let mut number = format_float(value, verb, precision);
        if !number.starts_with(['-', '+']) {
            number.insert(0, '+');
        }
        let Flags { minus, plus, sharp, space, zero, width, .. } = self.flags;
        if space && number.starts_with('+') && !plus {
            number.replace_range(..1, " ");
        }
        if !value.is_finite() {
            // also without a sign that was not asked for, as Go prints NaN; infinity keeps its own
            let bare = value.is_nan() && !space && !plus;
            self.pad_without_zeros(if bare { &number[1..] } else { &number });
            return;
        }
        if sharp && verb != 'b' {
            number = with_point(&number, verb, precision);
        }
        if !plus && number.starts_with('+') {
            self.pad(&number[1..]);
        } else if let (true, false, Some(padding)) = (zero, minus, width.and_then(|width| width.checked_sub(number.len()))) {
            // the sign goes before the zeros
            self.write(&number[..1]);
            self.write_padding(padding);
            self.write(&number[1..]);
        } else {
            self.pad(number);
        }
    }
}

/// Puts in the decimal point and the zeros that `#` asks for.
fn with_point(number: &str, verb: char, precision: Option<usize>) -> String {
    let at = number.find(if matches!(verb, 'x' | 'X') { ['p', 'P'] } else { ['e', 'E'] }).unwrap_or(number.len());
    let (mantissa, tail) = number.split_at(at);
    let mut missing = match verb {
        'g' | 'G' | 'x' => precision.unwrap_or(6),
        _ => 0,
    };
    let shown = mantissa[1..].trim_start_matches(['0', '.']).bytes().filter(|byte| *byte != b'.').count();
    missing = missing.saturating_sub(shown);
    let mut out = mantissa.to_owned();
    if !mantissa.contains('.') {
        // a lone 0 counts as a digit
        missing = missing.saturating_sub(usize::from(&mantissa[1..] == "0"));
        out.push('.');
    }
    out.extend(std::iter::repeat_n('0', missing));
    out.push_str(tail);
    out
}

fn zeros(digits: String, least: usize) -> String {
    match least.checked_sub(digits.len()) {
        Some(missing @ 1..) => "0".repeat(missing) + &digits,
        _ => digits,
    }
}

fn character(code: u64) -> char {
    u32::try_from(code).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}
