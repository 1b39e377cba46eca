//! From TOML to values: `toml.Unmarshal` of BurntSushi/toml into a map.

use std::any::Any;

use toml::de::{DeArray, DeTable, DeValue};
use toml::value::{Datetime, Offset};

use crate::codec::MAX_DEPTH;
use crate::gotemplate::value::{Kind, List, ListType, Object, Str, Value};

/// Reads a document: integers are `int64`, arrays of tables `[]map[string]interface {}`, dates `time.Time` in UTC where they name no
/// zone. The sentences of errors are not those of Go.
pub fn from_toml(text: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(text).map_err(|_| "toml: invalid UTF-8".to_owned())?;
    let table = DeTable::parse(text).map_err(|error| sentence(text, &error))?;
    read_table(text, table.get_ref(), 0)
}

fn sentence(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |it| it.start.min(text.len()));
    let line = 1 + text.get(..start).map_or(0, |it| it.matches('\n').count());
    format!("toml: line {line}: {}", error.message())
}

fn read_table(text: &str, table: &DeTable<'_>, depth: usize) -> Result<Value, String> {
    if depth > MAX_DEPTH {
        return Err("toml: nested too deeply".to_owned());
    }
    let entries: Result<Vec<_>, String> =
        table.iter().map(|(key, value)| Ok((key.get_ref().as_bytes(), read(text, value.get_ref(), depth + 1)?))).collect();
    Ok(Value::map(entries?))
}

fn read(text: &str, value: &DeValue<'_>, depth: usize) -> Result<Value, String> {
    if depth > MAX_DEPTH {
        return Err("toml: nested too deeply".to_owned());
    }
    Ok(match value {
        DeValue::String(it) => Value::str(it.as_bytes()),
        DeValue::Integer(it) => {
            let number = i64::from_str_radix(it.as_str(), it.radix());
            Value::int64(number.map_err(|_| format!("toml: {} is out of range for int64", it.as_str()))?)
        }
        DeValue::Float(it) => Value::float(it.as_str().parse().map_err(|_| "toml: invalid float".to_owned())?),
        DeValue::Boolean(it) => (*it).into(),
        DeValue::Datetime(it) => Value::new(Kind::Object(std::rc::Rc::new(Time(*it)))),
        DeValue::Array(items) => read_array(text, items, depth)?,
        DeValue::Table(table) => read_table(text, table, depth)?,
    })
}

fn read_array(text: &str, array: &DeArray<'_>, depth: usize) -> Result<Value, String> {
    let items: Result<Vec<_>, String> = array.iter().map(|it| read(text, it.get_ref(), depth + 1)).collect();
    let is_inline = |start: usize| text.as_bytes().get(start) == Some(&b'{');
    let has_headers = array.iter().next().is_some_and(|it| it.get_ref().is_table() && !is_inline(it.span().start));
    let ty = if has_headers { ListType::Named("[]map[string]interface {}") } else { ListType::Any };
    Ok(List::new(ty, items?).into())
}

/// A date, a time, or both.
#[derive(Debug)]
struct Time(Datetime);

impl Time {
    fn date(&self) -> String {
        self.0.date.map_or_else(|| "0000-01-01".to_owned(), |it| it.to_string())
    }

    fn clock(&self) -> String {
        let Some(time) = self.0.time else { return "00:00:00".to_owned() };
        let second = time.second.unwrap_or(0);
        let mut text = format!("{:02}:{:02}:{second:02}", time.hour, time.minute);
        let fraction = format!("{:09}", time.nanosecond.unwrap_or(0));
        let fraction = fraction.trim_end_matches('0');
        if !fraction.is_empty() {
            text.push('.');
            text.push_str(fraction);
        }
        text
    }

    /// Returns the offset from UTC; none where it is UTC.
    fn offset(&self) -> Option<(char, i16)> {
        match self.0.offset {
            Some(Offset::Custom { minutes }) if minutes != 0 => {
                Some((if minutes < 0 { '-' } else { '+' }, minutes.saturating_abs()))
            }
            _ => None,
        }
    }

    fn zone(&self) -> &'static str {
        match (self.0.offset, self.0.date, self.0.time) {
            (Some(_), _, _) => "UTC",
            (None, Some(_), Some(_)) => "datetime-local",
            (None, Some(_), None) => "date-local",
            (None, None, _) => "time-local",
        }
    }
}

impl Object for Time {
    fn type_name(&self) -> &'static str {
        "time.Time"
    }

    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    fn data(&self) -> Value {
        let zone = self.offset().map_or_else(|| "Z".to_owned(), |(sign, it)| format!("{sign}{:02}:{:02}", it / 60, it % 60));
        Value::from(Str::from(format!("{}T{}{zone}", self.date(), self.clock())))
    }

    fn string(&self) -> Option<Vec<u8>> {
        let zone = match self.offset() {
            Some((sign, it)) => format!("{sign}{:02}{:02} {sign}{:02}{:02}", it / 60, it % 60, it / 60, it % 60),
            None => format!("+0000 {}", self.zone()),
        };
        Some(format!("{} {} {zone}", self.date(), self.clock()).into_bytes())
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::json::to_json;

    #[test]
    fn documents_are_read_into_maps() {
        let text = "a = 1\nb.c = [1.5, 'x']\nd = 1979-05-27T07:32:00.5+01:00\ne = 07:32:00\n[[t]]\nk = {x = true}\n[[t]]\n";
        let value = from_toml(text.as_bytes()).expect("it is TOML");
        let expected = r#"{"a":1,"b":{"c":[1.5,"x"]},"d":"1979-05-27T07:32:00.5+01:00","e":"0000-01-01T07:32:00Z","t":[{"k":{"x":true}},{}]}"#;
        assert_eq!(to_json(&value).map(|it| String::from_utf8_lossy(&it).into_owned()).as_deref(), Ok(expected));
        let tables = value.as_map().and_then(|it| it.get("t")).expect("there is one");
        assert_eq!(tables.type_name(), "[]map[string]interface {}");
    }

    #[test]
    fn errors_have_a_line() {
        assert!(from_toml(b"a = 1\na = 2\n").expect_err("a key stands twice").starts_with("toml: line 2: "));
        from_toml("a = ".to_owned().into_bytes().as_slice()).expect_err("there is no value");
        from_toml(format!("a = {}", "[".repeat(100_000)).as_bytes()).expect_err("it is too deep");
    }
}
