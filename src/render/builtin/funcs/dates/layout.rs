//! Layouts and how times are printed by them: Go's format.go.

use super::time::Time;

/// A part of a layout that stands for a part of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    /// `MST`
    ZoneName,
    /// `-0700` and the like; `Z0700` and the like if UTC is `Z`.
    Offset {
        has_z: bool,
        form: OffsetForm,
    },
    /// `.000` or `,999`: how many digits, behind what, and whether zeros at the end are left out.
    Fraction {
        digits: usize,
        separator: u8,
        is_trimmed: bool,
    },
}

/// How an offset is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OffsetForm {
    /// `0700`
    Plain,
    /// `07:00`
    Colon,
    /// `07`
    Short,
    /// `070000`
    Seconds,
    /// `07:00:00`
    ColonSeconds,
}

pub(super) const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
pub(super) const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Parts that are plain texts, the longer before what it starts with.
const TEXTS: &[(&str, Part)] = &[
    ("January", Part::LongMonth),
    ("Monday", Part::LongWeekday),
    ("MST", Part::ZoneName),
    ("01", Part::ZeroMonth),
    ("002", Part::ZeroYearDay),
    ("02", Part::ZeroDay),
    ("03", Part::ZeroHour12),
    ("04", Part::ZeroMinute),
    ("05", Part::ZeroSecond),
    ("06", Part::Year),
    ("15", Part::Hour),
    ("1", Part::NumMonth),
    ("2006", Part::LongYear),
    ("2", Part::Day),
    ("_2", Part::UnderDay),
    ("__2", Part::UnderYearDay),
    ("3", Part::Hour12),
    ("4", Part::Minute),
    ("5", Part::Second),
    ("PM", Part::UpperPm),
    ("pm", Part::LowerPm),
];

/// Offsets behind their sign, in Go's order.
const OFFSETS: &[(&str, OffsetForm)] = &[
    ("070000", OffsetForm::Seconds),
    ("07:00:00", OffsetForm::ColonSeconds),
    ("0700", OffsetForm::Plain),
    ("07:00", OffsetForm::Colon),
    ("07", OffsetForm::Short),
];

/// Returns the part that a layout starts with, and its length.
fn part(layout: &[u8]) -> Option<(Part, usize)> {
    match layout.first()? {
        sign @ (b'-' | b'Z') => {
            let (text, form) = OFFSETS.iter().find(|(text, _)| layout[1..].starts_with(text.as_bytes()))?;
            return Some((Part::Offset { has_z: *sign == b'Z', form: *form }, 1 + text.len()));
        }
        separator @ (b'.' | b',') => {
            let digit = layout.get(1).filter(|digit| matches!(digit, b'0' | b'9'))?;
            let digits = layout[1..].iter().take_while(|byte| *byte == digit).count();
            // a fraction is all the digits there are
            let is_end = !layout.get(1 + digits).is_some_and(u8::is_ascii_digit);
            let part = Part::Fraction { digits, separator: *separator, is_trimmed: *digit == b'9' };
            return is_end.then_some((part, 1 + digits));
        }
        // `_2006` is an underscore and a year
        b'_' if layout.starts_with(b"_2006") => return None,
        _ => {}
    }
    let text = TEXTS.iter().find(|(text, _)| layout.starts_with(text.as_bytes()));
    text.map(|(text, part)| (*part, text.len())).or_else(|| {
        // not in words like `Month`
        let is_word = layout.get(3).is_some_and(u8::is_ascii_lowercase);
        match layout.get(..3)? {
            b"Jan" if !is_word => Some((Part::Month, 3)),
            b"Mon" if !is_word => Some((Part::Weekday, 3)),
            _ => None,
        }
    })
}

/// The text before a part, the part with its own text, and what follows.
type Chunk<'l> = (&'l [u8], Option<(Part, &'l [u8])>, &'l [u8]);

/// Finds the first part of a layout: Go's `nextStdChunk`.
pub(super) fn next(layout: &[u8]) -> Chunk<'_> {
    for start in 0..layout.len() {
        if let Some((part, length)) = part(&layout[start..]) {
            let (text, rest) = layout[start..].split_at(length);
            return (&layout[..start], Some((part, text)), rest);
        }
    }
    (layout, None, &[])
}

/// Go's `Format`.
pub(super) fn format(time: &Time, mut layout: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(layout.len() + 10);
    loop {
        let (prefix, part, rest) = next(layout);
        out.extend_from_slice(prefix);
        let Some((part, _)) = part else { return out };
        layout = rest;
        append(&mut out, time, part);
    }
}

fn append(out: &mut Vec<u8>, time: &Time, part: Part) {
    let civil = time.civil();
    let hour12 = if civil.hour % 12 == 0 { 12 } else { civil.hour % 12 };
    let name = |names: &[&'static str], index: i64| {
        usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or("")
    };
    match part {
        Part::LongMonth => out.extend(name(&MONTHS, civil.month - 1).bytes()),
        Part::Month => out.extend(name(&MONTHS, civil.month - 1).bytes().take(3)),
        Part::NumMonth => pad(out, civil.month, 0),
        Part::ZeroMonth => pad(out, civil.month, 2),
        Part::LongWeekday => out.extend(name(&WEEKDAYS, time.weekday()).bytes()),
        Part::Weekday => out.extend(name(&WEEKDAYS, time.weekday()).bytes().take(3)),
        Part::Day => pad(out, civil.day, 0),
        Part::UnderDay => out.extend(format!("{:2}", civil.day).into_bytes()),
        Part::ZeroDay => pad(out, civil.day, 2),
        Part::UnderYearDay => out.extend(format!("{:3}", time.year_day()).into_bytes()),
        Part::ZeroYearDay => pad(out, time.year_day(), 3),
        Part::Hour => pad(out, civil.hour, 2),
        Part::Hour12 => pad(out, hour12, 0),
        Part::ZeroHour12 => pad(out, hour12, 2),
        Part::Minute => pad(out, civil.minute, 0),
        Part::ZeroMinute => pad(out, civil.minute, 2),
        Part::Second => pad(out, civil.second, 0),
        Part::ZeroSecond => pad(out, civil.second, 2),
        Part::LongYear => pad(out, civil.year, 4),
        Part::Year => pad(out, civil.year.abs() % 100, 2),
        Part::UpperPm => out.extend_from_slice(if civil.hour >= 12 { b"PM" } else { b"AM" }),
        Part::LowerPm => out.extend_from_slice(if civil.hour >= 12 { b"pm" } else { b"am" }),
        Part::ZoneName => zone_name(out, time),
        Part::Offset { has_z, form } => offset(out, time.zone().1, has_z, form),
        Part::Fraction { digits, separator, is_trimmed } => fraction(out, time.nanos, digits, separator, is_trimmed),
    }
}

/// Go's `appendInt`: the sign does not count.
fn pad(out: &mut Vec<u8>, number: i64, width: usize) {
    if number < 0 {
        out.push(b'-');
    }
    out.extend(format!("{:0width$}", number.unsigned_abs()).into_bytes());
}

fn zone_name(out: &mut Vec<u8>, time: &Time) {
    let (name, seconds) = time.zone();
    if name.is_empty() {
        offset(out, seconds, false, OffsetForm::Plain);
    } else {
        out.extend(name.bytes());
    }
}

fn offset(out: &mut Vec<u8>, seconds: i64, has_z: bool, form: OffsetForm) {
    if has_z && seconds == 0 {
        return out.push(b'Z');
    }
    // less than a minute has no sign
    let minutes = seconds / 60;
    out.push(if minutes < 0 { b'-' } else { b'+' });
    let colon: &[u8] = if matches!(form, OffsetForm::Colon | OffsetForm::ColonSeconds) { b":" } else { b"" };
    pad(out, minutes.abs() / 60, 2);
    if form != OffsetForm::Short {
        out.extend_from_slice(colon);
        pad(out, minutes.abs() % 60, 2);
    }
    if matches!(form, OffsetForm::Seconds | OffsetForm::ColonSeconds) {
        out.extend_from_slice(colon);
        // Go takes the absolute value where there is a sign only
        pad(out, if minutes < 0 { -seconds % 60 } else { seconds % 60 }, 2);
    }
}

fn fraction(out: &mut Vec<u8>, nanos: i64, digits: usize, separator: u8, is_trimmed: bool) {
    let text = format!("{nanos:09}");
    let mut text = &text[..digits.min(9)];
    if is_trimmed {
        text = text.trim_end_matches('0');
        if text.is_empty() {
            return;
        }
    }
    out.push(separator);
    out.extend(text.bytes());
}
