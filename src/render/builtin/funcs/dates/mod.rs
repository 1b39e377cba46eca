//! Functions of dates: sprig's date.go.

mod layout;
mod object;
mod parse;
mod time;

use self::object::{time, value};
use self::time::{Location, Time, rounded_since};
use super::crypto::str_arg;
use super::durations;
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::print::duration as duration_text;
use crate::gotemplate::value::{IntKind, Kind, Value};

const MODIFY: &[Param] = &[Param::Str, Param::Object("time.Time")];
const IN_ZONE: &[Param] = &[Param::Str, Param::Any, Param::Str];
const PARSE: &[Param] = &[Param::Str, Param::Str];

pub(super) const FUNCS: &[Func] = &[
    Func::new("now", &[], |exec, _| Ok(value(now(exec)))),
    Func::new("date", &[Param::Str, Param::Any], |exec, args| in_zone(exec, str_arg(args, 0), args.get(1), b"Local")),
    Func::new("dateInZone", IN_ZONE, |exec, args| in_zone(exec, str_arg(args, 0), args.get(1), str_arg(args, 2))),
    Func::new("date_in_zone", IN_ZONE, |exec, args| in_zone(exec, str_arg(args, 0), args.get(1), str_arg(args, 2))),
    Func::new("htmlDate", &[Param::Any], |exec, args| in_zone(exec, b"2006-01-02", args.first(), b"Local")),
    Func::new("htmlDateInZone", &[Param::Any, Param::Str], |exec, args| {
        in_zone(exec, b"2006-01-02", args.first(), str_arg(args, 1))
    }),
    Func::new("dateModify", MODIFY, |_, args| Ok(modify(args).unwrap_or_else(|_| args.get(1).cloned().unwrap_or_default()))),
    Func::new("date_modify", MODIFY, |_, args| Ok(modify(args).unwrap_or_else(|_| args.get(1).cloned().unwrap_or_default()))),
    Func::new("mustDateModify", MODIFY, |_, args| modify(args).map_err(Error::new)),
    Func::new("must_date_modify", MODIFY, |_, args| modify(args).map_err(Error::new)),
    Func::new("toDate", PARSE, |_, args| Ok(value(to_date(args).unwrap_or_else(|_| Time::zero())))),
    Func::new("mustToDate", PARSE, |_, args| to_date(args).map(value).map_err(Error::new)),
    Func::new("ago", &[Param::Any], ago),
    Func::new("duration", &[Param::Any], duration),
    Func::new("durationRound", &[Param::Any], duration_round),
    Func::new("unixEpoch", &[Param::Object("time.Time")], |_, args| {
        Ok(time(args.first()).map_or(0, |time| time.unix).to_string().into())
    }),
];

/// How long a program has run when it reads the clock. Go's programs print it with the time.
const RUNNING: i64 = 50_000_000;

fn now(exec: &Exec<'_>) -> Time {
    let nanos = exec.now();
    let unix = i64::try_from(nanos.div_euclid(1_000_000_000)).unwrap_or_default();
    let nanos = i64::try_from(nanos.rem_euclid(1_000_000_000)).unwrap_or_default();
    Time { unix, nanos, location: Location::local(), monotonic: Some(RUNNING) }
}

/// Returns the time that a value stands for: itself, or seconds since the Unix epoch of these types. Anything else is now.
fn moment(exec: &Exec<'_>, date: Option<&Value>, kinds: &[IntKind]) -> Time {
    match date.map(|date| &date.kind) {
        Some(Kind::Int(kind, unix)) if kinds.contains(kind) => Time::new(*unix, 0, Location::local()),
        _ => time(date).cloned().unwrap_or_else(|| now(exec)),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn in_zone(exec: &mut Exec<'_>, layout: &[u8], date: Option<&Value>, zone: &[u8]) -> Result<Value, Error> {
    let time = moment(exec, date, &[IntKind::Int, IntKind::Int32, IntKind::Int64]);
    let time = time.in_location(Location::load(zone).unwrap_or(Location::Utc));
    Ok(layout::format(&time, layout).into())
}

fn modify(args: &[Value]) -> Result<Value, String> {
    let nanos = durations::parse_bytes(str_arg(args, 0))?;
    Ok(value(time(args.get(1)).map_or_else(Time::zero, |time| time.add(nanos))))
}

fn to_date(args: &[Value]) -> Result<Time, String> {
    parse::parse(str_arg(args, 0), str_arg(args, 1), &Location::local())
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn ago(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let time = moment(exec, args.first(), &[IntKind::Int, IntKind::Int64]);
    Ok(rounded_since(&now(exec), &time).into())
}

/// Takes texts and `int64`; other numbers are 0.
#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn duration(_exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let seconds = match args.first().map(|arg| &arg.kind) {
        Some(Kind::Str(text)) => parse_seconds(text),
        Some(Kind::Int(IntKind::Int64, seconds)) => *seconds,
        _ => 0,
    };
    Ok(duration_text(seconds.wrapping_mul(1_000_000_000)).into())
}

/// Go's `ParseInt` without its error: the nearest number for what is out of range.
fn parse_seconds(text: &[u8]) -> i64 {
    let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return 0;
    }
    let limit = if text.starts_with(b"-") { i64::MIN } else { i64::MAX };
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(limit)
}

/// Gives the biggest unit of a duration alone: `2h`, `3mo`.
#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn duration_round(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let nanos = match args.first().map(|arg| &arg.kind) {
        Some(Kind::Str(text)) => durations::parse_bytes(text).unwrap_or(0),
        Some(Kind::Int(IntKind::Int64, nanos)) => *nanos,
        _ => time(args.first()).map_or(0, |time| now(exec).since(time)),
    };
    let nanos = nanos.unsigned_abs();
    let second = 1_000_000_000;
    let hour = 3600 * second;
    let units =
        [(hour * 24 * 365, "y"), (hour * 24 * 30, "mo"), (hour * 24, "d"), (hour, "h"), (60 * second, "m"), (second, "s")];
    let unit = units.into_iter().find(|(unit, _)| nanos > *unit);
    Ok(unit.map_or_else(|| "0s".into(), |(unit, name)| format!("{}{name}", nanos / unit)).into())
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;
