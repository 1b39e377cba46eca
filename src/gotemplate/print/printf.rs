//! Format strings: `doPrintf` of Go's fmt/print.go.

use super::printer::Printer;
use super::quote::decode_rune;
use crate::gotemplate::value::{Kind, Value};

/// Go's limit of widths and precisions.
const TOO_LARGE: i64 = 1_000_000;

struct Printf<'a> {
    printer: Printer,
    format: &'a [u8],
    args: &'a [Value],
    /// Where it reads in the format.
    at: usize,
    arg: usize,
    /// The last thing read was an index: `[3]`.
    after_index: bool,
    /// An index was read anywhere.
    reordered: bool,
    good_index: bool,
}

/// Formats values: `fmt.Sprintf`. What is wrong with the format is said in the result, as in Go: `%!d(string=x)`, `%!v(MISSING)`.
pub fn sprintf(format: &[u8], args: &[Value]) -> Vec<u8> {
    let mut state = Printf {
        printer: Printer::new(Vec::new()),
        format,
        args,
        at: 0,
        arg: 0,
        after_index: false,
        reordered: false,
        good_index: true,
    };
    state.run();
    state.printer.format.out
}

impl Printf<'_> {
    fn run(&mut self) {
        while self.at < self.format.len() && !self.printer.is_full() {
            let rest = &self.format[self.at..];
            let text = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
            self.write(&rest[..text]);
            self.at += text + 1;
            if self.at > self.format.len() || !self.verb() {
                break;
            }
        }
        if !self.reordered && self.arg < self.args.len() {
            self.extra();
        }
    }

    fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.printer.format.write(bytes);
    }

    fn byte(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// Processes one verb, behind its `%`. Returns whether there was one.
    fn verb(&mut self) -> bool {
        self.good_index = true;
        *self.printer.flags() = super::format::Flags::default();
        if self.flags() {
            return true;
        }
        self.index();
        self.width();
        self.precision();
        if !self.after_index {
            self.index();
        }
        if self.at >= self.format.len() {
            self.write("%!(NOVERB)");
            return false;
        }
        let (verb, size) = decode_rune(&self.format[self.at..]);
        self.at += size;
        if verb == '%' {
            self.write("%");
        } else if !self.good_index {
            self.write(format!("%!{verb}(BADINDEX)"));
        } else if self.arg >= self.args.len() {
            self.write(format!("%!{verb}(MISSING)"));
        } else {
            self.print(verb);
        }
        true
    }

    /// Reads flags, and prints at once if a plain lower-case verb follows.
    fn flags(&mut self) -> bool {
        while let Some(byte) = self.byte() {
            let flags = self.printer.flags();
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                b'a'..=b'z' if self.arg < self.args.len() => {
                    self.at += 1;
                    self.print(byte.into());
                    return true;
                }
                _ => return false,
            }
            self.at += 1;
        }
        false
    }

    fn print(&mut self, verb: char) {
        if matches!(verb, 'v' | 'w') {
            let flags = self.printer.flags();
            flags.sharp_v = std::mem::take(&mut flags.sharp);
            flags.plus_v = std::mem::take(&mut flags.plus);
        }
        let args = self.args;
        if let Some(value) = args.get(self.arg) {
            self.printer.arg(value, verb);
        }
        self.arg += 1;
    }

    /// `[3]`, one-based.
    fn index(&mut self) {
        self.after_index = false;
        if self.byte() != Some(b'[') {
            return;
        }
        self.reordered = true;
        let rest = &self.format[self.at..];
        let close = rest.iter().position(|byte| *byte == b']').filter(|_| rest.len() >= 3);
        let Some(close) = close else {
            self.good_index = false;
            self.at += 1;
            return;
        };
        let (number, end) = number(&rest[..close], 1);
        self.at += close + 1;
        let number = number.filter(|_| end == close);
        self.after_index = number.is_some();
        match number.and_then(|number| number.checked_sub(1)).filter(|index| *index < self.args.len()) {
            Some(index) => self.arg = index,
            None => self.good_index = false,
        }
    }

    fn width(&mut self) {
        if self.byte() == Some(b'*') {
            self.at += 1;
            let width = self.int_arg();
            if width.is_none() {
                self.write("%!(BADWIDTH)");
            }
            let flags = self.printer.flags();
            flags.width = width.and_then(|width| usize::try_from(width.unsigned_abs()).ok());
            if width.is_some_and(|width| width < 0) {
                flags.minus = true;
                flags.zero = false;
            }
            self.after_index = false;
        } else {
            let (width, end) = number(self.format, self.at);
            self.at = end;
            self.printer.flags().width = width;
            if self.after_index && width.is_some() {
                self.good_index = false;
            }
        }
    }

    fn precision(&mut self) {
        if self.byte() != Some(b'.') || self.at + 1 >= self.format.len() {
            return;
        }
        self.at += 1;
        if self.after_index {
            self.good_index = false;
        }
        self.index();
        if self.byte() == Some(b'*') {
            self.at += 1;
            let precision = self.int_arg().and_then(|precision| usize::try_from(precision).ok());
            self.printer.flags().precision = precision;
            if precision.is_none() {
                self.write("%!(BADPREC)");
            }
            self.after_index = false;
        } else {
            let (precision, end) = number(self.format, self.at);
            self.at = end;
            self.printer.flags().precision = Some(precision.unwrap_or(0));
        }
    }

    /// Takes an argument for a `*`.
    fn int_arg(&mut self) -> Option<i64> {
        let value = self.args.get(self.arg)?;
        self.arg += 1;
        match value.kind {
            Kind::Int(kind, number) if !kind.is_unsigned() || number >= 0 => {
                Some(number).filter(|number| (-TOO_LARGE..=TOO_LARGE).contains(number))
            }
            _ => None,
        }
    }

    /// `%!(EXTRA int=1, string=x)`
    fn extra(&mut self) {
        *self.printer.flags() = super::format::Flags::default();
        self.write("%!(EXTRA ");
        for (index, value) in self.args[self.arg..].iter().enumerate() {
            if index > 0 {
                self.write(", ");
            }
            if value.is_nil() {
                self.write("<nil>");
            } else {
                self.write(value.type_name());
                self.write("=");
                self.printer.arg(value, 'v');
            }
        }
        self.write(")");
    }
}

/// Reads a number, and returns where it ends; one that is far too long takes all.
fn number(format: &[u8], start: usize) -> (Option<usize>, usize) {
    let mut number = None;
    let mut at = start;
    while let Some(digit @ b'0'..=b'9') = format.get(at) {
        let before = number.unwrap_or(0);
        if before > 1_000_000 {
            return (None, format.len());
        }
        number = Some(before * 10 + usize::from(digit - b'0'));
        at += 1;
    }
    (number, at)
}
