//! The `String` methods of `time.Duration`, `time.Month` and `time.Weekday`.

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Formats nanoseconds as Go does: `1h0m0.5s`.
pub fn duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let all = nanoseconds.unsigned_abs();
    let unit = match all {
        0 => return "0s".into(),
        1..1_000 => return format!("{sign}{all}ns"),
        1_000..1_000_000 => return format!("{sign}{}µs", fraction(all, 3)),
        1_000_000..1_000_000_000 => return format!("{sign}{}ms", fraction(all, 6)),
        _ => 1_000_000_000,
    };
    let (minutes, rest) = (all / (60 * unit), all % (60 * unit));
    let seconds = fraction(rest, 9);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

/// Returns `value / 10^places`, without zeros at its end.
fn fraction(value: u64, places: u32) -> String {
    let unit = 10_u64.pow(places);
    let places = places as usize;
    let text = format!("{}.{:0places$}", value / unit, value % unit);
    text.trim_end_matches('0').trim_end_matches('.').into()
}

pub(super) fn month(number: i64) -> String {
    name(&MONTHS, number.wrapping_sub(1)).unwrap_or_else(|| format!("%!Month({})", number.cast_unsigned()))
}

pub(super) fn weekday(number: i64) -> String {
    name(&DAYS, number).unwrap_or_else(|| format!("%!Weekday({})", number.cast_unsigned()))
}

fn name(names: &[&str], index: i64) -> Option<String> {
    usize::try_from(index).ok().and_then(|index| names.get(index)).map(|name| (*name).to_owned())
}
