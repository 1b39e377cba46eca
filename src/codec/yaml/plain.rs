//! Which strings may stand without quotes, as go-yaml's encode.go and resolve.go decide it.

/// Whether a string without line breaks would be read as something else: a boolean, a number, a date.
pub(super) fn needs_quotes(text: &str) -> bool {
    let Some(&first) = text.as_bytes().first() else { return true };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' | b'.' => !crate::yaml::means_string(text),
        b'0'..=b'9' | b'+' | b'-' => !crate::yaml::means_string(text) || is_base_60(text) || is_timestamp(text),
        _ => false,
    }
}

/// Whether it matches `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`.
fn is_base_60(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_group = |it: &str| match it.as_bytes() {
        [digit] => digit.is_ascii_digit(),
        [tens, digit] => matches!(tens, b'0'..=b'5') && digit.is_ascii_digit(),
        _ => false,
    };
    let is_digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit() || it == b'_');
    let Some((head, groups)) = whole.split_once(':') else { return false };
    head.starts_with(|it: char| it.is_ascii_digit()) && is_digits(head) && is_digits(fraction) && groups.split(':').all(is_group)
}

/// Whether Go's `time.Parse` takes it for one of the dates that go-yaml knows.
fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 5 || !bytes[..4].iter().all(u8::is_ascii_digit) || bytes[4] != b'-' {
        return false;
    }
    let mut rest = &text[5..];
    let year: u32 = text[..4].parse().unwrap_or(0);
    let Some(month) = number(&mut rest) else { return false };
    if !(1..=12).contains(&month) || !literal(&mut rest, '-') {
        return false;
    }
    let Some(day) = number(&mut rest) else { return false };
    if day < 1 || day > days_in(month, year) {
        return false;
    }
    match rest.as_bytes().first() {
        None => true,
        Some(b'T' | b't') => {
            rest = &rest[1..];
            time(&mut rest) && is_zone(rest)
        }
        Some(b' ') => {
            rest = rest.trim_start_matches(' ');
            time(&mut rest) && rest.is_empty()
        }
        Some(_) => false,
    }
}

/// Takes hour, minute, second, and a fraction of any length.
fn time(rest: &mut &str) -> bool {
    let below = |limit: u32, rest: &mut &str| number(rest).is_some_and(|it| it < limit);
    if !(below(24, rest) && literal(rest, ':') && below(60, rest) && literal(rest, ':') && below(60, rest)) {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            *rest = &fraction[digits..];
        }
    }
    true
}

fn is_zone(rest: &str) -> bool {
    let two = |it: &[u8]| it.iter().all(u8::is_ascii_digit).then(|| u32::from(it[0] - b'0') * 10 + u32::from(it[1] - b'0'));
    match rest.as_bytes() {
        b"Z" => true,
        [b'+' | b'-', hours @ .., b':', m1, m2] if hours.len() == 2 => {
            two(hours).is_some_and(|it| it <= 24) && two(&[*m1, *m2]).is_some_and(|it| it <= 60)
        }
        _ => false,
    }
}

/// Takes one digit or two.
fn number(rest: &mut &str) -> Option<u32> {
    let count = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let (digits, behind) = rest.split_at(count);
    *rest = behind;
    digits.parse().ok()
}

fn literal(rest: &mut &str, expected: char) -> bool {
    rest.strip_prefix(expected).is_some_and(|behind| {
        *rest = behind;
        true
    })
}

fn days_in(month: u32, year: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_as_something_else_needs_quotes() {
        let quoted = [
            "",
            "~",
            "y",
            "NO",
            "on",
            "null",
            "1",
            "0x1f",
            "0o7",
            "1_000",
            "1e3",
            ".5",
            "-.inf",
            "1:30",
            "+1:59:59.5_0",
            "2001-1-1",
            "2001-02-28T1:2:3Z",
            "2001-02-28t01:02:03,5+01:00",
            "2001-02-28   1:2:3",
            "2001-02-28T01:02:03.123456789123Z",
        ];
        let plain = [
            "yEs",
            "none",
            "1a",
            "0x",
            "1.2.3",
            "1:60",
            "1:2:",
            ":1",
            "2001-13-1",
            "2001-02-29",
            "2001-1-1x",
            "2001-1-1 1:2",
            "20010-1-1",
            "2001-02-28T1:2:3",
            "2001-02-28 1:2:3Z",
            "2001-02-28T24:00:00Z",
            "<<",
            "=",
            "1:é",
            "2001-1-é",
        ];
        assert_eq!(quoted.iter().filter(|it| !needs_quotes(it)).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert_eq!(plain.iter().filter(|it| needs_quotes(it)).collect::<Vec<_>>(), Vec::<&&str>::new());
    }
}
