//! Days, for entries that expire.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::reader::{FromNode, Read, Reader, quoted};
use crate::yaml::Node;

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Reads `YYYY-MM-DD`; `None` when there is no such day.
    pub fn parse(text: &str) -> Option<Self> {
        let digits =
            |range: std::ops::Range<usize>| text.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let year = digits(0..4)?.parse().ok()?;
        let month = digits(5..7)?.parse().ok()?;
        let day = digits(8..10)?.parse().ok()?;
        (dashes && (1..=days_of(year, month)).contains(&day)).then_some(Self { year, month, day })
    }

    /// Returns the day (UTC) of a moment in seconds since 1970.
    pub fn from_unix(seconds: u64) -> Self {
        let mut days = seconds / 86_400;
        let (mut year, mut month) = (1970_u16, 1_u8);
        while days >= if is_leap(year) { 366 } else { 365 } && year < 9999 {
            days -= if is_leap(year) { 366 } else { 365 };
            year += 1;
        }
        while days >= u64::from(days_of(year, month)) && month < 12 {
            days -= u64::from(days_of(year, month));
            month += 1;
        }
        Self { year, month, day: u8::try_from(days + 1).unwrap_or(31).min(31) }
    }
}

/// Returns how many days a month has; 0 when there is no such month.
fn days_of(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromNode for Date {
    fn expected() -> String {
        "a day".into()
    }

    fn help(_: &Node, _: &str) -> String {
        "write it as `YYYY-MM-DD`".into()
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        let parse = |text: &str| {
            Self::parse(text).ok_or_else(|| (format!("`{}` is no day", quoted(text)), "write it as `YYYY-MM-DD`".into()))
        };
        reader.text(node, parse)
    }
}

impl JsonSchema for Date {
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_bad_ones_refused() {
        for text in ["2027-06-30", "2024-02-29", "2000-02-29", "1999-12-31"] {
            assert_eq!(Date::parse(text).map(|date| date.to_string()).as_deref(), Some(text));
        }
        for text in [
            "2027-06-31",
            "2023-02-29",
            "1900-02-29",
            "2027-13-01",
            "2027-00-10",
            "2027-6-30",
            "27-06-30",
            "2027/06/30",
            "2027-06-3é",
            "",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn seconds_become_days() {
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (86_400, "1970-01-02"),
            (951_782_400, "2000-02-29"),
            (1_709_164_800, "2024-02-29"),
            (1_798_675_200, "2026-12-31"),
        ] {
            assert_eq!(Date::from_unix(seconds).to_string(), expected);
        }
    }
}
