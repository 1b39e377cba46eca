//! `time.Time` and `time.Location`: Go's time.go and zoneinfo.go.

use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::gotemplate::print::duration as duration_text;
use crate::render::builtin::funcs::durations;

const DAY: i64 = 86_400;
const NANOS: i64 = 1_000_000_000;

/// A place with a clock.
#[derive(Debug, Clone)]
pub(super) enum Location {
    Utc,
    /// What the machine is set to.
    Local(TimeZone),
    /// A zone of the tz database.
    Named(Rc<str>, TimeZone),
    /// What was read from an offset or an abbreviation.
    Fixed(Rc<str>, i64),
}

/// What a clock shows: an abbreviation and the offset from UTC in seconds.
pub(super) type Zone = (Rc<str>, i64);

impl Location {
    pub(super) fn local() -> Self {
        Self::Local(TimeZone::system())
    }

    /// Go's `LoadLocation`. `None` for what it does not know.
    pub(super) fn load(name: &[u8]) -> Option<Self> {
        match name {
            b"" | b"UTC" => return Some(Self::Utc),
            b"Local" => return Some(Self::local()),
            _ => {}
        }
        let name = std::str::from_utf8(name).ok()?;
        let zone = TimeZone::get(name).ok()?;
        // files have names in one case only
        (zone.iana_name() == Some(name)).then(|| Self::Named(name.into(), zone))
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Utc => "UTC",
            Self::Local(_) => "Local",
            Self::Named(name, _) | Self::Fixed(name, _) => name,
        }
    }

    fn time_zone(&self) -> Option<&TimeZone> {
        if let Self::Local(zone) | Self::Named(_, zone) = self { Some(zone) } else { None }
    }

    /// Returns what the clock shows at a time.
    pub(super) fn zone(&self, unix: i64) -> Zone {
        match self {
            Self::Utc => ("UTC".into(), 0),
            Self::Fixed(name, offset) => (Rc::clone(name), *offset),
            Self::Local(zone) | Self::Named(_, zone) => {
                let info = zone.to_offset_info(timestamp(unix));
                (info.abbreviation().into(), i64::from(info.offset().seconds()))
            }
        }
    }

    pub(super) fn is_dst(&self, unix: i64) -> bool {
        self.time_zone().is_some_and(|zone| zone.to_offset_info(timestamp(unix)).dst().is_dst())
    }

    /// Returns the offset that an abbreviation stands for here, best the one in effect at the time.
    pub(super) fn lookup_name(&self, name: &str, unix: i64) -> Option<i64> {
        let zones = match self.time_zone() {
            None => vec![self.zone(unix)],
            Some(zone) => {
                let mut zones = vec![self.zone(i64::MIN)];
                for transition in zone.following(Timestamp::MIN).take(1000) {
                    let offset = i64::from(transition.offset().seconds());
                    if !zones.iter().any(|(other, at)| **other == *transition.abbreviation() && *at == offset) {
                        zones.push((transition.abbreviation().into(), offset));
                    }
                }
                zones
            }
        };
        let mut named = zones.iter().filter(|(other, _)| **other == *name).map(|(_, offset)| *offset);
        let in_effect = named.clone().find_map(|offset| {
            let (other, offset) = self.zone(unix.saturating_sub(offset));
            (*other == *name).then_some(offset)
        });
        in_effect.or_else(|| named.next())
    }
}

/// Returns a time at which clocks show the same offset. The tz database's code knows ten thousand years; rules repeat every 400.
fn timestamp(unix: i64) -> Timestamp {
    const CYCLE: i64 = 146_097 * DAY;
    let max = Timestamp::MAX.as_second();
    let within = if unix > max { max - CYCLE + (unix - max) % CYCLE } else { unix.max(Timestamp::MIN.as_second()) };
    Timestamp::from_second(within).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A moment, and where its clock stands.
#[derive(Debug, Clone)]
pub(super) struct Time {
    /// Seconds since the Unix epoch.
    pub(super) unix: i64,
    /// Nanoseconds behind them: 0 to 999,999,999.
    pub(super) nanos: i64,
    pub(super) location: Location,
    /// The monotonic clock, which `now` reads too: nanoseconds since the program started.
    pub(super) monotonic: Option<i64>,
}

/// A time as a clock and a calendar show it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Civil {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
}

/// Seconds from the Unix epoch to the first of January of year 1, where Go's zero time stands.
const ZERO: i64 = -62_135_596_800;

impl Time {
    pub(super) fn new(unix: i64, nanos: i64, location: Location) -> Self {
        Self { unix, nanos, location, monotonic: None }
    }

    /// Go's `time.Time{}`.
    pub(super) fn zero() -> Self {
        Self::new(ZERO, 0, Location::Utc)
    }

    pub(super) fn is_zero(&self) -> bool {
        self.unix == ZERO && self.nanos == 0
    }

    /// Go's `Date`: parts may be out of range.
    pub(super) fn from_civil(civil: Civil, nanos: i64, location: Location) -> Self {
        let Civil { year, month, day, hour, minute, second } = civil;
        let month = month.saturating_sub(1);
        let year = year.saturating_add(month.div_euclid(12));
        let days = days_before(year, month.rem_euclid(12) + 1).saturating_add(i128::from(day) - 1);
        let seconds = i128::from(hour) * 3600 + i128::from(minute) * 60 + i128::from(second);
        let local = days * i128::from(DAY) + seconds;
        let mut unix = i64::try_from(local).unwrap_or(if local < 0 { i64::MIN } else { i64::MAX });
        let (_, offset) = location.zone(unix);
        if offset != 0 {
            // near a transition the offset at that time is the right one
            let (_, offset) = location.zone(unix.saturating_sub(offset));
            unix = unix.saturating_sub(offset);
        }
        Self::new(unix, nanos, location)
    }

    pub(super) fn zone(&self) -> Zone {
        self.location.zone(self.unix)
    }

    fn local_seconds(&self) -> i64 {
        self.unix.saturating_add(self.zone().1)
    }

    pub(super) fn civil(&self) -> Civil {
        let local = self.local_seconds();
        let (year, month, day) = date(local.div_euclid(DAY));
        let second = local.rem_euclid(DAY);
        Civil { year, month, day, hour: second / 3600, minute: second / 60 % 60, second: second % 60 }
    }

    /// Returns the day of the week, Sunday being 0.
    pub(super) fn weekday(&self) -> i64 {
        (self.local_seconds().div_euclid(DAY) + 4).rem_euclid(7)
    }

    /// Returns the day of the year, from 1.
    pub(super) fn year_day(&self) -> i64 {
        let civil = self.civil();
        let passed = days_before(civil.year, civil.month) - days_before(civil.year, 1);
        i64::try_from(passed).unwrap_or_default() + civil.day
    }

    pub(super) fn in_location(&self, location: Location) -> Self {
        Self { location, ..self.clone() }
    }

    pub(super) fn add(&self, nanos: i64) -> Self {
        let sum = self.nanos + nanos % NANOS;
        let unix = self.unix.wrapping_add(nanos / NANOS).wrapping_add(sum.div_euclid(NANOS));
        let monotonic = self.monotonic.and_then(|clock| clock.checked_add(nanos));
        Self { unix, nanos: sum.rem_euclid(NANOS), location: self.location.clone(), monotonic }
    }

    pub(super) fn add_date(&self, years: i64, months: i64, days: i64) -> Self {
        let mut civil = self.civil();
        civil.year = civil.year.saturating_add(years);
        civil.month = civil.month.saturating_add(months);
        civil.day = civil.day.saturating_add(days);
        Self::from_civil(civil, self.nanos, self.location.clone())
    }

    /// Returns the nanoseconds since the Unix epoch.
    pub(super) fn total_nanos(&self) -> i128 {
        i128::from(self.unix) * i128::from(NANOS) + i128::from(self.nanos)
    }

    /// Returns the duration from another time, at most what a duration can be.
    pub(super) fn since(&self, other: &Self) -> i64 {
        let nanos = match (self.monotonic, other.monotonic) {
            (Some(clock), Some(other)) => i128::from(clock) - i128::from(other),
            _ => self.total_nanos() - other.total_nanos(),
        };
        i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
    }

    /// Goes to a multiple of a unit since the zero time. Loses the monotonic clock.
    pub(super) fn to_multiple(&self, unit: i64, is_rounded: bool) -> Self {
        let stripped = Self { monotonic: None, ..self.clone() };
        if unit <= 0 {
            return stripped;
        }
        let since_zero = self.total_nanos() - i128::from(ZERO) * i128::from(NANOS);
        let rest = i64::try_from(since_zero.rem_euclid(i128::from(unit))).unwrap_or_default();
        let is_up = is_rounded && rest.cast_unsigned() * 2 >= unit.cast_unsigned();
        stripped.add(if is_up { unit - rest } else { -rest })
    }

    /// Go's `String`.
    pub(super) fn text(&self) -> Vec<u8> {
        let mut text = super::layout::format(self, b"2006-01-02 15:04:05.999999999 -0700 MST");
        if let Some(clock) = self.monotonic {
            let (sign, clock) = (if clock < 0 { '-' } else { '+' }, clock.unsigned_abs());
            let nanos = NANOS.unsigned_abs();
            text.extend(format!(" m={sign}{}.{:09}", clock / nanos, clock % nanos).into_bytes());
        }
        text
    }
}

/// Go's `Since` rounded to seconds, as text.
pub(super) fn rounded_since(now: &Time, time: &Time) -> String {
    duration_text(durations::round(now.since(time), NANOS))
}

pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Returns the days of a month.
pub(super) fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns the days from the Unix epoch to the first of a month: the era arithmetic of the Gregorian calendar.
fn days_before(year: i64, month: i64) -> i128 {
    let year = i128::from(year) - i128::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let from_march = i128::from((month + 9) % 12);
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * from_march + 2) / 5 - 719_468
}

/// Returns year, month and day of a day since the Unix epoch.
fn date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = (from_march + 2) % 12 + 1;
    (era * 400 + year + i64::from(month <= 2), month, of_year - (153 * from_march + 2) / 5 + 1)
}
