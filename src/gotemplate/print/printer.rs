//! Any value by a verb: Go's fmt/print.go.

use super::MAX_OUTPUT;
use super::format::{Flags, Format};
use super::time::{duration, month, weekday};
use crate::gotemplate::value::{IntKind, Kind, List, Map, Object, Value};

/// How deep values may nest. Values that hold themselves make Go run out of stack.
const MAX_DEPTH: u32 = 400;

/// Stands for an address, which Go prints differently in each run.
const ADDRESS: u64 = 0xc0_0000_0000;

#[derive(Debug)]
pub(super) struct Printer {
    pub(super) format: Format,
    /// Inside the text of an error, methods are not called.
    erroring: bool,
    /// How long the output may get.
    limit: usize,
}

impl Printer {
    /// Prints behind what there is.
    pub(super) fn new(out: Vec<u8>) -> Self {
        let limit = out.len().saturating_add(MAX_OUTPUT);
        Self { format: Format { out, flags: Flags::default() }, erroring: false, limit }
    }

    /// Whether there is too much output for more.
    pub(super) fn is_full(&self) -> bool {
        self.format.out.len() > self.limit
    }

    pub(super) fn flags(&mut self) -> &mut Flags {
        &mut self.format.flags
    }

    /// Go's `printArg`.
    pub(super) fn arg(&mut self, value: &Value, verb: char) {
        match (&value.kind, verb) {
            (Kind::Nil, 'T' | 'v') => self.format.pad("<nil>"),
            (Kind::Nil, _) => self.bad_verb(value, verb, 0),
            (_, 'T') => self.format.text(value.type_name().as_bytes()),
            (_, 'p') => self.pointer(value, verb),
            (Kind::Bytes(bytes), _) => self.bytes(value, bytes, verb, 0),
            _ => self.value(value, verb, 0),
        }
    }

    /// Go's `printValue`, methods included. Below the top, nil is an interface that holds nothing.
    fn value(&mut self, value: &Value, verb: char, depth: u32) {
        if depth > MAX_DEPTH || self.is_full() {
            self.format.write("...");
            return;
        }
        if verb == 'w' && !self.erroring {
            self.bad_verb(value, verb, depth);
            return;
        }
        let is_textual = matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') && !self.erroring && !self.format.flags.sharp_v;
        if let (true, Some(text)) = (is_textual, method(value)) {
            self.text(value, &text, verb, depth);
            return;
        }
        match &value.kind {
            Kind::Nil if self.format.flags.sharp_v => self.format.write("interface {}(nil)"),
            Kind::Nil => self.format.write("<nil>"),
            Kind::Bool(truth) if matches!(verb, 't' | 'v') => self.format.pad(truth.to_string()),
            Kind::Bool(_) => self.bad_verb(value, verb, depth),
            Kind::Int(kind, bits) => self.integer(value, bits.cast_unsigned(), !kind.is_unsigned(), verb, depth),
            Kind::Float(number) => self.float(value, *number, verb, depth),
            Kind::Str(text) => self.text(value, text, verb, depth),
            Kind::Bytes(bytes) => self.bytes(value, bytes, verb, depth),
            Kind::List(list) => self.list(list, verb, depth),
            Kind::Map(map) => self.map(map, map.ty().name(), verb, depth),
            Kind::Object(object) => self.object(value, &**object, verb, depth),
        }
    }

    /// `%!d(string=x)`
    fn bad_verb(&mut self, value: &Value, verb: char, depth: u32) {
        self.erroring = true;
        self.format.write(format!("%!{verb}("));
        if value.is_nil() {
            self.format.write("<nil>");
        } else {
            self.format.write(value.type_name());
            self.format.write("=");
            if depth == 0 { self.arg(value, 'v') } else { self.value(value, 'v', 0) }
        }
        self.format.write(")");
        self.erroring = false;
    }

    fn integer(&mut self, value: &Value, bits: u64, is_signed: bool, verb: char, depth: u32) {
        let sharp_v = self.format.flags.sharp_v;
        match verb {
            'v' if sharp_v && !is_signed => self.hex(bits, true),
            'v' | 'd' => self.format.integer(bits, 10, is_signed, verb),
            'b' => self.format.integer(bits, 2, is_signed, verb),
            'o' | 'O' => self.format.integer(bits, 8, is_signed, verb),
            'x' | 'X' => self.format.integer(bits, 16, is_signed, verb),
            'c' => self.format.character(bits),
            'q' => self.format.quoted_character(bits),
            'U' => self.format.unicode(bits),
            _ => self.bad_verb(value, verb, depth),
        }
    }

    fn hex(&mut self, bits: u64, prefix: bool) {
        let sharp = std::mem::replace(&mut self.format.flags.sharp, prefix);
        self.format.integer(bits, 16, false, 'v');
        self.format.flags.sharp = sharp;
    }

    fn float(&mut self, value: &Value, number: f64, verb: char, depth: u32) {
        match verb {
            'v' => self.format.float(number, 'g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => self.format.float(number, verb, None),
            'f' | 'e' | 'E' => self.format.float(number, verb, Some(6)),
            'F' => self.format.float(number, 'f', Some(6)),
            _ => self.bad_verb(value, verb, depth),
        }
    }

    fn text(&mut self, value: &Value, text: &[u8], verb: char, depth: u32) {
        match verb {
            'v' if self.format.flags.sharp_v => self.format.quoted(text),
            'v' | 's' => self.format.text(text),
            'x' | 'X' => self.format.hex_text(text, verb == 'X'),
            'q' => self.format.quoted(text),
            _ => self.bad_verb(value, verb, depth),
        }
    }

    fn bytes(&mut self, value: &Value, bytes: &[u8], verb: char, depth: u32) {
        if matches!(verb, 's' | 'x' | 'X' | 'q') {
            self.text(value, bytes, verb, depth);
            return;
        }
        let ty = if depth == 0 && !self.erroring && matches!(verb, 'v' | 'd') { "[]byte" } else { "[]uint8" };
        let items: Vec<Value> = bytes.iter().map(|byte| Value::new(Kind::Int(IntKind::Uint8, i64::from(*byte)))).collect();
        self.items(&items, ty, verb, depth);
    }

    fn list(&mut self, list: &List, verb: char, depth: u32) {
        if self.format.flags.sharp_v && list.is_nil() {
            self.format.write(format!("{}(nil)", list.ty().name()));
        } else {
            self.items(&list.items(), list.ty().name(), verb, depth);
        }
    }

    fn items(&mut self, items: &[Value], ty: &str, verb: char, depth: u32) {
        let sharp_v = self.format.flags.sharp_v;
        if sharp_v {
            self.format.write(ty);
        }
        self.format.write(if sharp_v { "{" } else { "[" });
        for (index, item) in items.iter().enumerate() {
            self.separate(index);
            self.value(item, verb, depth + 1);
        }
        self.format.write(if sharp_v { "}" } else { "]" });
    }

    fn map(&mut self, map: &Map, ty: &str, verb: char, depth: u32) {
        let sharp_v = self.format.flags.sharp_v;
        if sharp_v {
            self.format.write(ty);
            if map.is_nil() {
                self.format.write("(nil)");
                return;
            }
        }
        self.format.write(if sharp_v { "{" } else { "map[" });
        for (index, (key, value)) in map.entries().iter().enumerate() {
            self.separate(index);
            self.text(&key.clone().into(), key, verb, depth + 1);
            self.format.write(":");
            self.value(value, verb, depth + 1);
        }
        self.format.write(if sharp_v { "}" } else { "]" });
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            let separator = if self.format.flags.sharp_v { ", " } else { " " };
            self.format.write(separator);
        }
    }

    /// A struct, as far as its data tells; or a map, list or string with methods.
    fn object(&mut self, value: &Value, object: &dyn Object, verb: char, depth: u32) {
        let is_pointer = object.kind_name() == "ptr";
        if is_pointer && depth > 0 {
            self.pointer(value, verb);
            return;
        }
        let data = object.data();
        match &data.kind {
            Kind::Map(map) if object.kind_name() != "map" => {
                let ty = object.type_name().trim_start_matches('*');
                self.format.write(if is_pointer { "&" } else { "" });
                self.fields(map, ty, verb, depth + u32::from(is_pointer));
            }
            Kind::Map(map) => self.map(map, object.type_name(), verb, depth),
            Kind::List(list) => self.items(&list.items(), object.type_name(), verb, depth),
            _ => self.value(&data, verb, depth + 1),
        }
    }

    fn fields(&mut self, map: &Map, ty: &str, verb: char, depth: u32) {
        let Flags { plus_v, sharp_v, .. } = self.format.flags;
        self.format.write(if sharp_v { ty } else { "" });
        self.format.write("{");
        for (index, (key, value)) in map.entries().iter().enumerate() {
            self.separate(index);
            if plus_v || sharp_v {
                self.format.write(key);
                self.format.write(":");
            }
            self.value(value, verb, depth + 1);
        }
        self.format.write("}");
    }

    fn pointer(&mut self, value: &Value, verb: char) {
        match value.kind_name() {
            "map" | "slice" | "ptr" if matches!(verb, 'p' | 'v') => self.hex(ADDRESS, !self.format.flags.sharp),
            "map" | "slice" | "ptr" if matches!(verb, 'b' | 'o' | 'd' | 'x' | 'X') => {
                self.integer(value, ADDRESS, false, verb, 1);
            }
            _ => self.bad_verb(value, verb, 1),
        }
    }
}

/// Returns what a value's `String` method returns, if it has one.
fn method(value: &Value) -> Option<Vec<u8>> {
    match &value.kind {
        Kind::Int(IntKind::Duration, nanoseconds) => Some(duration(*nanoseconds).into()),
        Kind::Int(IntKind::Month, number) => Some(month(*number).into()),
        Kind::Int(IntKind::Weekday, number) => Some(weekday(*number).into()),
        Kind::Object(object) => object.string(),
        _ => None,
    }
}
