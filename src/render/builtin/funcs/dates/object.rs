//! `time.Time` and `*time.Location` as templates see them.

use std::any::Any;
use std::rc::Rc;

use super::layout;
use super::time::{Location, Time};
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Param};
use crate::gotemplate::print::quote;
use crate::gotemplate::value::{IntKind, Kind, Object, Value};
use crate::render::builtin::funcs::crypto::str_arg;
use crate::render::builtin::funcs::durations;
use crate::render::builtin::funcs::random::int_arg;

/// Makes a value of something with methods.
pub(super) fn value(object: impl Object) -> Value {
    Value::new(Kind::Object(Rc::new(object)))
}

/// Returns the time that a value is.
pub(super) fn time(value: Option<&Value>) -> Option<&Time> {
    match value.map(|value| &value.kind) {
        Some(Kind::Object(object)) => object.any().downcast_ref(),
        _ => None,
    }
}

struct Method {
    name: &'static str,
    params: &'static [Param],
    call: fn(&Time, &[Value]) -> Result<Value, Error>,
}

const fn method(name: &'static str, params: &'static [Param], call: fn(&Time, &[Value]) -> Result<Value, Error>) -> Method {
    Method { name, params, call }
}

const TIME: &[Param] = &[Param::Object("time.Time")];
const RFC_3339: &[u8] = b"2006-01-02T15:04:05.999999999Z07:00";

/// Methods with one result. Go's templates can't call the others.
const METHODS: &[Method] = &[
    method("Add", &[Param::Duration], |time, args| Ok(value(time.add(int_arg(args, 0))))),
    method("AddDate", &[Param::Int, Param::Int, Param::Int], |time, args| {
        Ok(value(time.add_date(int_arg(args, 0), int_arg(args, 1), int_arg(args, 2))))
    }),
    method("After", TIME, |time, args| compare(time, args, |order| order.is_gt().into())),
    method("Before", TIME, |time, args| compare(time, args, |order| order.is_lt().into())),
    method("Compare", TIME, |time, args| compare(time, args, |order| Value::int(order as i64))),
    method("Equal", TIME, |time, args| compare(time, args, |order| order.is_eq().into())),
    method("Day", &[], |time, _| Ok(Value::int(time.civil().day))),
    method("Format", &[Param::Str], |time, args| Ok(layout::format(time, str_arg(args, 0)).into())),
    method("GoString", &[], |time, _| Ok(time.text().into())),
    method("Hour", &[], |time, _| Ok(Value::int(time.civil().hour))),
    method("In", &[Param::Object("*time.Location")], |time, args| match args.first().map(|arg| &arg.kind) {
        Some(Kind::Object(place)) => match place.any().downcast_ref::<Location>() {
            Some(location) => Ok(value(time.in_location(location.clone()))),
            None => Err(Error::new("time: missing Location in call to Time.In")),
        },
        _ => Err(Error::new("time: missing Location in call to Time.In")),
    }),
    method("IsDST", &[], |time, _| Ok(time.location.is_dst(time.unix).into())),
    method("IsZero", &[], |time, _| Ok(time.is_zero().into())),
    method("Local", &[], |time, _| Ok(value(time.in_location(Location::local())))),
    method("Location", &[], |time, _| Ok(value(time.location.clone()))),
    method("MarshalJSON", &[], |time, _| json(time).map(|text| Value::bytes(quote(&text).as_bytes()))),
    method("MarshalText", &[], |time, _| json(time).map(|text| Value::bytes(&text))),
    method("Minute", &[], |time, _| Ok(Value::int(time.civil().minute))),
    method("Month", &[], |time, _| Ok(Value::new(Kind::Int(IntKind::Month, time.civil().month)))),
    method("Nanosecond", &[], |time, _| Ok(Value::int(time.nanos))),
    method("Round", &[Param::Duration], |time, args| Ok(value(time.to_multiple(int_arg(args, 0), true)))),
    method("Second", &[], |time, _| Ok(Value::int(time.civil().second))),
    method("String", &[], |time, _| Ok(time.text().into())),
    method("Sub", TIME, |time, args| Ok(durations::value(self::time(args.first()).map_or(0, |other| time.since(other))))),
    method("Truncate", &[Param::Duration], |time, args| Ok(value(time.to_multiple(int_arg(args, 0), false)))),
    method("UTC", &[], |time, _| Ok(value(time.in_location(Location::Utc)))),
    method("Unix", &[], |time, _| Ok(Value::int64(time.unix))),
    method("UnixMicro", &[], |time, _| Ok(Value::int64(time.unix.wrapping_mul(1_000_000).wrapping_add(time.nanos / 1_000)))),
    method("UnixMilli", &[], |time, _| Ok(Value::int64(time.unix.wrapping_mul(1_000).wrapping_add(time.nanos / 1_000_000)))),
    method("UnixNano", &[], |time, _| Ok(Value::int64(time.unix.wrapping_mul(1_000_000_000).wrapping_add(time.nanos)))),
    method("Weekday", &[], |time, _| Ok(Value::new(Kind::Int(IntKind::Weekday, time.weekday())))),
    method("Year", &[], |time, _| Ok(Value::int(time.civil().year))),
    method("YearDay", &[], |time, _| Ok(Value::int(time.year_day()))),
];

fn compare(time: &Time, args: &[Value], what: fn(std::cmp::Ordering) -> Value) -> Result<Value, Error> {
    let other = self::time(args.first()).ok_or_else(|| Error::new("wrong type for value; expected time.Time"))?;
    let order = match (time.monotonic, other.monotonic) {
        (Some(clock), Some(other)) => clock.cmp(&other),
        _ => time.total_nanos().cmp(&other.total_nanos()),
    };
    Ok(what(order))
}

fn json(time: &Time) -> Result<Vec<u8>, Error> {
    if !(0..=9999).contains(&time.civil().year) {
        return Err(Error::new("Time.MarshalJSON: year outside of range [0,9999]"));
    }
    Ok(layout::format(time, RFC_3339))
}

impl Object for Time {
    fn type_name(&self) -> &'static str {
        "time.Time"
    }

    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    fn method(&self, name: &str) -> Option<&'static [Param]> {
        METHODS.iter().find(|method| method.name == name).map(|method| method.params)
    }

    fn call(&self, _exec: &mut Exec<'_>, name: &str, args: &[Value]) -> Result<Value, Error> {
        match METHODS.iter().find(|method| method.name == name) {
            Some(method) => (method.call)(self, args),
            None => Err(Error::new(format!("{name} is not a method"))),
        }
    }

    fn data(&self) -> Value {
        layout::format(self, RFC_3339).into()
    }

    fn string(&self) -> Option<Vec<u8>> {
        Some(self.text())
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

impl Object for Location {
    fn type_name(&self) -> &'static str {
        "*time.Location"
    }

    fn kind_name(&self) -> &'static str {
        "ptr"
    }

    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    fn method(&self, name: &str) -> Option<&'static [Param]> {
        (name == "String").then_some(&[])
    }

    fn call(&self, _exec: &mut Exec<'_>, _name: &str, _args: &[Value]) -> Result<Value, Error> {
        Ok(Value::str(self.name()))
    }

    fn data(&self) -> Value {
        Value::map::<&str>([])
    }

    fn string(&self) -> Option<Vec<u8>> {
        Some(self.name().as_bytes().to_vec())
    }

    fn any(&self) -> &dyn Any {
        self
    }
}
