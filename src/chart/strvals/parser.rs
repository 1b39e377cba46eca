//! Names and values: parser.go and `literal_parser.go`.

use super::reader::Reader;
use super::{DEEPEST, Fail, Kind, empty_map, literal, mistaken, set};
use crate::codec::json::decode_first;
use crate::gotemplate::print::quote;
use crate::gotemplate::value::{Map, Value};

pub(super) struct Parser<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) kind: Kind<'a>,
}

/// What stands behind `=`.
pub(super) enum Right {
    Value(Value),
    /// Nothing does, and the text ends.
    End,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, kind: Kind<'a>) -> Self {
        Self { reader: Reader::new(text), kind }
    }

    pub(super) fn is_literal(&self) -> bool {
        matches!(self.kind, Kind::Literal)
    }

    /// Reads a name and its value into a map.
    pub(super) fn key(&mut self, data: &Map, level: usize) -> Result<(), Fail> {
        let stop: &[char] = if self.is_literal() { &['=', '[', '.'] } else { &['=', '[', ',', '.'] };
        let (key, last) = self.reader.until(stop, !self.is_literal());
        match last {
            None if key.is_empty() => Err(Fail::End),
            None => Err(format!("key {} has no value", quote(key.as_bytes())).into()),
            Some('[') => self.list_of(data, &key, level),
            Some('=') => match self.right()? {
                Right::Value(value) => {
                    set(data, &key, value);
                    Ok(())
                }
                Right::End => {
                    set(data, &key, "".into());
                    Err(Fail::End)
                }
            },
            Some(',') => {
                set(data, &key, "".into());
                Err(format!("key {} has no value (cannot end with ,)", quote(key.as_bytes())).into())
            }
            Some(_) => self.map_of(data, &key, level + 1),
        }
    }

    fn list_of(&mut self, data: &Map, key: &str, level: usize) -> Result<(), Fail> {
        let index = self.index()?;
        let list = match data.get(key) {
            None => Vec::new(),
            Some(value) => value.as_list().ok_or_else(|| mistaken(&value, "[]interface {}"))?.to_vec(),
        };
        let (list, result) = self.item(list, index, level);
        set(data, key, Value::list(list));
        result
    }

    fn map_of(&mut self, data: &Map, key: &str, level: usize) -> Result<(), Fail> {
        if level > DEEPEST {
            let message = "value name nested level is greater than maximum supported nested level of";
            return Err(format!("{message} {DEEPEST}").into());
        }
        let inner = match data.get(key) {
            None => empty_map(),
            Some(value) => value.as_map().ok_or_else(|| mistaken(&value, "map[string]interface {}"))?.clone(),
        };
        let result = self.key(&inner, level);
        if result.is_ok() && inner.is_empty() {
            return Err(format!("key map {} has no value", quote(key.as_bytes())).into());
        }
        if !inner.is_empty() {
            set(data, key, inner.into());
        }
        result
    }

    /// Reads the index in brackets.
    pub(super) fn index(&mut self) -> Result<i64, Fail> {
        let (text, last) = self.reader.until(&[']'], !self.is_literal());
        if last.is_none() {
            return Err(Fail::WrappedEnd("error parsing index: EOF".into()));
        }
        literal::index(&text).map_err(|error| format!("error parsing index: {error}").into())
    }

    /// Reads what stands behind `=`.
    pub(super) fn right(&mut self) -> Result<Right, Fail> {
        match self.kind {
            Kind::Literal => {
                let (text, _) = self.reader.until(&[], false);
                Ok(Right::Value(text.into()))
            }
            Kind::Json => self.json().map(Right::Value),
            _ if self.reader.rest().is_empty() => Ok(Right::End),
            _ if self.reader.take('{') => self.braces().map(Right::Value),
            _ => {
                let (text, _) = self.reader.until(&[','], true);
                self.value(text).map(Right::Value)
            }
        }
    }

    fn json(&mut self) -> Result<Value, Fail> {
        if self.reader.is_empty_value() {
            return Ok(Value::NIL);
        }
        let (value, length) = decode_first(self.reader.rest().as_bytes()).map_err(Fail::Error)?;
        self.reader.skip(length);
        self.reader.is_empty_value();
        Ok(value)
    }

    fn braces(&mut self) -> Result<Value, Fail> {
        let mut items = Vec::new();
        loop {
            let (text, last) = self.reader.until(&[',', '}'], true);
            if last.is_none() {
                return Err(Fail::Error("list must terminate with '}'".into()));
            }
            if last == Some('}') {
                self.reader.take(',');
            }
            items.push(self.value(text)?);
            if last == Some('}') {
                return Ok(Value::list(items));
            }
        }
    }

    fn value(&self, text: String) -> Result<Value, Fail> {
        match self.kind {
            Kind::Typed => Ok(literal::typed(&text)),
            Kind::File(read) => Ok(read(&text)?.into()),
            _ => Ok(text.into()),
        }
    }
}
