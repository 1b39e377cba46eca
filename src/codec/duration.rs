//! Go's `time.Duration`.

/// Returns a `time.Duration` as its `String` does.
pub(super) fn text(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let rest = nanoseconds.unsigned_abs();
    let fraction = |number: u64, unit: u64| {
        let digits = format!("{:0width$}", number % unit, width = unit.ilog10() as usize);
        let digits = digits.trim_end_matches('0');
        format!("{}{}{digits}", number / unit, if digits.is_empty() { "" } else { "." })
    };
    match rest {
        0 => "0s".to_owned(),
        1..=999 => format!("{sign}{rest}ns"),
        1_000..=999_999 => format!("{sign}{}µs", fraction(rest, 1_000)),
        1_000_000..=999_999_999 => format!("{sign}{}ms", fraction(rest, 1_000_000)),
        _ => {
            const SECOND: u64 = 1_000_000_000;
            let seconds = fraction(rest % (60 * SECOND), SECOND);
            let minutes = rest / (60 * SECOND);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_go_does() {
        let cases = [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1µs"),
            (2_200_000, "2.2ms"),
            (1_500_000_000, "1.5s"),
            (60_000_000_000, "1m0s"),
            (-3_723_000_000_001, "-1h2m3.000000001s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ];
        for (nanoseconds, expected) in cases {
            assert_eq!(text(nanoseconds), expected);
        }
    }
}
