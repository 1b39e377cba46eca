//! How times are read by a layout: Go's `ParseInLocation`.

use super::layout::{MONTHS, OffsetForm, Part, WEEKDAYS, next};
use super::time::{Civil, Location, Time, days_in, is_leap};
use crate::render::builtin::funcs::durations::{leading_int, time_quote};

/// What was read so far.
#[derive(Debug, Default)]
struct Fields {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    is_am: bool,
    is_pm: bool,
    is_utc: bool,
    offset: Option<i64>,
    zone_name: Option<String>,
}

/// Why a part could not be read.
enum Bad {
    /// It does not look like one.
    Value,
    /// What is out of range.
    Range(&'static str),
}

type Read<'v, T> = Result<(T, &'v [u8]), Bad>;

/// Reads a time. The error is Go's sentence.
pub(super) fn parse(layout: &[u8], value: &[u8], location: &Location) -> Result<Time, String> {
    let cannot = |element: &[u8], rest: &[u8]| {
        let (value, layout) = (time_quote(value), time_quote(layout));
        format!("parsing time {value} as {layout}: cannot parse {} as {}", time_quote(rest), time_quote(element))
    };
    let failed = |message: &str| format!("parsing time {}: {message}", time_quote(value));
    let mut fields = Fields::default();
    let (mut layout_rest, mut rest) = (layout, value);
    loop {
        let (prefix, part, behind) = next(layout_rest);
        rest = skip(rest, prefix).map_err(|rest| cannot(prefix, rest))?;
        let Some((part, text)) = part else {
            if rest.is_empty() {
                break;
            }
            return Err(failed(&format!("extra text: {}", time_quote(rest))));
        };
        layout_rest = behind;
        rest = fields.read(part, rest, layout_rest).map_err(|bad| match bad {
            Bad::Value => cannot(text, rest),
            Bad::Range(what) => failed(&format!("{what} out of range")),
        })?;
    }
    fields.finish(location).map_err(failed)
}

/// Go's `skip`: any number of spaces is as good as another. The error is where the value stops to match.
fn skip<'v>(mut value: &'v [u8], mut prefix: &[u8]) -> Result<&'v [u8], &'v [u8]> {
    while let Some(first) = prefix.first() {
        if *first == b' ' {
            if value.first().is_some_and(|byte| *byte != b' ') {
                return Err(value);
            }
            (prefix, value) = (prefix.trim_start_matches_space(), value.trim_start_matches_space());
            continue;
        }
        if value.first() != Some(first) {
            return Err(value);
        }
        (prefix, value) = (&prefix[1..], &value[1..]);
    }
    Ok(value)
}

trait Spaces {
    fn trim_start_matches_space(&self) -> &Self;
}

impl Spaces for [u8] {
    fn trim_start_matches_space(&self) -> &[u8] {
        let spaces = self.iter().take_while(|byte| **byte == b' ').count();
        &self[spaces..]
    }
}

fn digit(value: &[u8], index: usize) -> Option<i64> {
    value.get(index).filter(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0'))
}

/// Reads one digit or two, or just two.
fn number(value: &[u8], is_fixed: bool) -> Read<'_, i64> {
    match (digit(value, 0), digit(value, 1)) {
        (Some(high), Some(low)) => Ok((high * 10 + low, &value[2..])),
        (Some(only), None) if !is_fixed => Ok((only, &value[1..])),
        _ => Err(Bad::Value),
    }
}

/// Reads at most three digits, or just three.
fn number3(value: &[u8], is_fixed: bool) -> Read<'_, i64> {
    let digits: Vec<i64> = (0..3).map_while(|index| digit(value, index)).collect();
    if digits.is_empty() || (is_fixed && digits.len() != 3) {
        return Err(Bad::Value);
    }
    Ok((digits.iter().fold(0, |number, digit| number * 10 + digit), &value[digits.len()..]))
}

fn in_range<'v>((number, rest): (i64, &'v [u8]), range: std::ops::Range<i64>, what: &'static str) -> Read<'v, i64> {
    if range.contains(&number) { Ok((number, rest)) } else { Err(Bad::Range(what)) }
}

/// Reads a name, or the first letters of one, in any case. Returns its index.
fn name<'v>(names: &[&str], length: usize, value: &'v [u8]) -> Read<'v, i64> {
    for (index, name) in (0..).zip(names) {
        let name = &name.as_bytes()[..name.len().min(length)];
        if value.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
            return Ok((index, &value[name.len()..]));
        }
    }
    Err(Bad::Value)
}

/// Reads a fraction of that many bytes, with its separator, as nanoseconds.
fn nanos(value: &[u8], length: usize) -> Result<i64, Bad> {
    if !matches!(value.first(), Some(b'.' | b',')) {
        return Err(Bad::Value);
    }
    let digits = value.get(1..length.min(10)).ok_or(Bad::Value)?;
    let (is_negative, unsigned) = match digits {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, digits),
    };
    let (number, rest) = leading_int(unsigned).ok_or(Bad::Value)?;
    if !rest.is_empty() {
        return Err(Bad::Value);
    }
    if is_negative && number > 0 {
        return Err(Bad::Range("fractional second"));
    }
    Ok((digits.len()..9).fold(i64::try_from(number).unwrap_or(0), |number, _| number.wrapping_mul(10)))
}

impl Fields {
    /// Reads what a part of the layout stands for. Returns what follows.
    fn read<'v>(&mut self, part: Part, value: &'v [u8], layout_rest: &[u8]) -> Result<&'v [u8], Bad> {
        let rest;
        match part {
            Part::Year => {
                (self.year, rest) = two_digit_year(value)?;
            }
            Part::LongYear => {
                let digits = value.get(..4).filter(|digits| digits.iter().all(u8::is_ascii_digit)).ok_or(Bad::Value)?;
                self.year = digits.iter().fold(0, |year, digit| year * 10 + i64::from(digit - b'0'));
                rest = &value[4..];
            }
            Part::Month | Part::LongMonth => {
                let (index, behind) = name(&MONTHS, if part == Part::Month { 3 } else { 9 }, value)?;
                (self.month, rest) = (Some(index + 1), behind);
            }
            Part::NumMonth | Part::ZeroMonth => {
                let (month, behind) = in_range(number(value, part == Part::ZeroMonth)?, 1..13, "month")?;
                (self.month, rest) = (Some(month), behind);
            }
            Part::Weekday => (_, rest) = name(&WEEKDAYS, 3, value)?,
            Part::LongWeekday => (_, rest) = name(&WEEKDAYS, 9, value)?,
            Part::Day | Part::UnderDay | Part::ZeroDay => {
                let value = if part == Part::UnderDay { value.strip_prefix(b" ").unwrap_or(value) } else { value };
                let (day, behind) = number(value, part == Part::ZeroDay)?;
                (self.day, rest) = (Some(day), behind);
            }
            Part::UnderYearDay | Part::ZeroYearDay => {
                let spaces = value.iter().take(2).take_while(|byte| **byte == b' ').count();
                let value = if part == Part::UnderYearDay { &value[spaces..] } else { value };
                let (day, behind) = number3(value, part == Part::ZeroYearDay)?;
                (self.year_day, rest) = (Some(day), behind);
            }
            Part::Hour => (self.hour, rest) = in_range(number(value, false)?, 0..24, "hour")?,
            Part::Hour12 | Part::ZeroHour12 => {
                (self.hour, rest) = in_range(number(value, part == Part::ZeroHour12)?, 0..13, "hour")?;
            }
            Part::Minute | Part::ZeroMinute => {
                (self.minute, rest) = in_range(number(value, part == Part::ZeroMinute)?, 0..60, "minute")?;
            }
            Part::Second | Part::ZeroSecond => {
                let (second, behind) = in_range(number(value, part == Part::ZeroSecond)?, 0..60, "second")?;
                self.second = second;
                rest = self.extra_fraction(behind, layout_rest)?;
            }
            Part::UpperPm | Part::LowerPm => rest = self.half(value, part == Part::UpperPm)?,
            Part::ZoneName => rest = self.zone_name(value)?,
            Part::Offset { has_z, form } => {
                if let Some(behind) = value.strip_prefix(b"Z").filter(|_| has_z) {
                    self.is_utc = true;
                    rest = behind;
                } else {
                    let (offset, behind) = offset(value, form)?;
                    (self.offset, rest) = (Some(offset), behind);
                }
            }
            Part::Fraction { digits, is_trimmed: false, .. } => {
                let behind = value.get(1 + digits..).ok_or(Bad::Value)?;
                (self.nanos, rest) = (nanos(value, 1 + digits)?, behind);
            }
            Part::Fraction { is_trimmed: true, .. } => rest = self.any_fraction(value)?,
        }
        Ok(rest)
    }

    /// Reads a fraction behind the seconds that the layout does not have.
    fn extra_fraction<'v>(&mut self, value: &'v [u8], layout_rest: &[u8]) -> Result<&'v [u8], Bad> {
        let has_one = matches!(next(layout_rest).1, Some((Part::Fraction { .. }, _)));
        if has_one { Ok(value) } else { self.any_fraction(value) }
    }

    /// Reads a fraction if there is one, with as many digits as it has.
    fn any_fraction<'v>(&mut self, value: &'v [u8]) -> Result<&'v [u8], Bad> {
        if !matches!(value.first(), Some(b'.' | b',')) || digit(value, 1).is_none() {
            return Ok(value);
        }
        let length = 1 + value[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.nanos = nanos(value, length)?;
        Ok(&value[length..])
    }

    fn half<'v>(&mut self, value: &'v [u8], is_upper: bool) -> Result<&'v [u8], Bad> {
        match (value.get(..2).ok_or(Bad::Value)?, is_upper) {
            (b"PM", true) | (b"pm", false) => self.is_pm = true,
            (b"AM", true) | (b"am", false) => self.is_am = true,
            _ => return Err(Bad::Value),
        }
        Ok(&value[2..])
    }

    fn zone_name<'v>(&mut self, value: &'v [u8]) -> Result<&'v [u8], Bad> {
        if let Some(rest) = value.strip_prefix(b"UTC") {
            self.is_utc = true;
            return Ok(rest);
        }
        let length = zone_length(value).ok_or(Bad::Value)?;
        let (name, rest) = value.split_at(length);
        self.zone_name = Some(String::from_utf8_lossy(name).into_owned());
        Ok(rest)
    }

    fn finish(mut self, location: &Location) -> Result<Time, &'static str> {
        if self.is_pm && self.hour < 12 {
            self.hour += 12;
        } else if self.is_am && self.hour == 12 {
            self.hour = 0;
        }
        let (month, day) = self.month_and_day()?;
        if day < 1 || day > days_in(month, self.year) {
            return Err("day out of range");
        }
        let Self { year, hour, minute, second, nanos, .. } = self;
        let make = |location| Time::from_civil(Civil { year, month, day, hour, minute, second }, nanos, location);
        if self.is_utc {
            return Ok(make(Location::Utc));
        }
        let mut time = make(Location::Utc);
        let name = self.zone_name.unwrap_or_default();
        // Go's mark for "no offset" is -1, which is one, too
        if let Some(offset) = self.offset.filter(|offset| *offset != -1) {
            time.unix -= offset;
            let (local_name, local_offset) = location.zone(time.unix);
            let is_local = local_offset == offset && (name.is_empty() || *local_name == *name);
            time.location = if is_local { location.clone() } else { Location::Fixed(name.into(), offset) };
            return Ok(time);
        }
        if name.is_empty() {
            return Ok(make(location.clone()));
        }
        if let Some(offset) = location.lookup_name(&name, time.unix) {
            time.unix -= offset;
            time.location = location.clone();
            return Ok(time);
        }
        let hours = name.strip_prefix("GMT").and_then(|hours| hours.parse::<i64>().ok()).unwrap_or(0);
        time.location = Location::Fixed(name.into(), hours * 3600);
        Ok(time)
    }

    fn month_and_day(&self) -> Result<(i64, i64), &'static str> {
        let Some(mut year_day) = self.year_day else {
            return Ok((self.month.unwrap_or(1), self.day.unwrap_or(1)));
        };
        if year_day < 1 || year_day > 365 + i64::from(is_leap(self.year)) {
            return Err("day-of-year out of range");
        }
        let mut month = 1;
        while year_day > days_in(month, self.year) {
            year_day -= days_in(month, self.year);
            month += 1;
        }
        if self.month.is_some_and(|other| other != month) {
            return Err("day-of-year does not match month");
        }
        if self.day.is_some_and(|other| other != year_day) {
            return Err("day-of-year does not match day");
        }
        Ok((month, year_day))
    }
}

fn two_digit_year(value: &[u8]) -> Read<'_, i64> {
    let digits = value.get(..2).ok_or(Bad::Value)?;
    let text = std::str::from_utf8(digits).map_err(|_| Bad::Value)?;
    let year: i64 = text.parse().map_err(|_| Bad::Value)?;
    Ok((if year >= 69 { year + 1900 } else { year + 2000 }, &value[2..]))
}

/// Reads an offset, in seconds.
fn offset(value: &[u8], form: OffsetForm) -> Read<'_, i64> {
    let (length, minutes, seconds, colons): (usize, Option<usize>, Option<usize>, &[usize]) = match form {
        OffsetForm::Plain => (5, Some(3), None, &[]),
        OffsetForm::Colon => (6, Some(4), None, &[3]),
        OffsetForm::Short => (3, None, None, &[]),
        OffsetForm::Seconds => (7, Some(3), Some(5), &[]),
        OffsetForm::ColonSeconds => (9, Some(4), Some(7), &[3, 6]),
    };
    let text = value.get(..length).filter(|text| colons.iter().all(|at| text[*at] == b':')).ok_or(Bad::Value)?;
    let two = |at: Option<usize>| at.map_or(Some(0), |at| Some(digit(text, at)? * 10 + digit(text, at + 1)?));
    let hours = two(Some(1));
    let minutes = hours.and_then(|_| two(minutes));
    let seconds = minutes.and_then(|_| two(seconds));
    let ranges = [
        (hours, 24, "time zone offset hour"),
        (minutes, 60, "time zone offset minute"),
        (seconds, 60, "time zone offset second"),
    ];
    if let Some((.., what)) = ranges.into_iter().rev().find(|(number, max, _)| number.is_some_and(|number| number > *max)) {
        return Err(Bad::Range(what));
    }
    let offset = hours.zip(minutes).zip(seconds).map(|((hours, minutes), seconds)| (hours * 60 + minutes) * 60 + seconds);
    match (text[0], offset) {
        (b'+', Some(offset)) => Ok((offset, &value[length..])),
        (b'-', Some(offset)) => Ok((-offset, &value[length..])),
        _ => Err(Bad::Value),
    }
}

/// Returns the length of the abbreviation of a zone: `parseTimeZone`.
fn zone_length(value: &[u8]) -> Option<usize> {
    if value.len() < 3 {
        return None;
    }
    if value.starts_with(b"ChST") || value.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = value.strip_prefix(b"GMT") {
        return Some(3 + signed_offset(rest));
    }
    if matches!(value[0], b'+' | b'-') {
        return Some(signed_offset(value)).filter(|length| *length > 0);
    }
    let upper = value.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
    match upper {
        5 if value[4] == b'T' => Some(5),
        4 if value[3] == b'T' || value.starts_with(b"WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}

/// Returns the length of `+3` and the like; 0 if there is none.
fn signed_offset(value: &[u8]) -> usize {
    let Some(digits) = value.get(1..).filter(|_| matches!(value[0], b'+' | b'-')) else { return 0 };
    match leading_int(digits) {
        Some((hours, rest)) if hours <= 23 && rest.len() < digits.len() => value.len() - rest.len(),
        _ => 0,
    }
}
