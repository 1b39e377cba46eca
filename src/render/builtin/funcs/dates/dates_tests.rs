use super::super::calling::{NOW, call, show, text, with_exec};
use super::*;

#[test]
fn times_are_printed_by_layouts() {
    let table = [
        ("2006-01-02T15:04:05Z07:00", "UTC", "2024-02-29T12:34:56Z"),
        ("2006-01-02T15:04:05Z07:00", "Asia/Kolkata", "2024-02-29T18:04:56+05:30"),
        ("Mon Jan _2 3:04PM MST 06", "America/New_York", "Thu Feb 29 7:34AM EST 24"),
        ("Monday, January 2, 002 __2 pm", "", "Thursday, February 29, 060  60 pm"),
        ("-07 -0700 -07:00:00 Z0700", "Europe/Berlin", "+01 +0100 +01:00:00 +0100"),
        (".000 ,999 _2006 Month Janx", "UTC", ".000  _2024 Month Janx"),
        // unknown zones, those in the wrong case and paths are UTC
        ("MST", "Nowhere", "UTC"),
        ("MST", "europe/berlin", "UTC"),
        ("MST", "/etc/localtime", "UTC"),
    ];
    for (layout, zone, expected) in table {
        let args = [layout.into(), Value::int(1_709_210_096), zone.into()];
        assert_eq!(text(FUNCS, "dateInZone", &args), Ok(expected.into()), "{layout} {zone}");
    }
    let args = ["2006-01-02 15:04:05.999".into(), Value::NIL, "UTC".into()];
    assert_eq!(text(FUNCS, "date_in_zone", &args), Ok("2024-02-29 12:34:56.789".into()));
    assert_eq!(text(FUNCS, "htmlDateInZone", &[Value::int64(-1), "UTC".into()]), Ok("1969-12-31".into()));
}

#[test]
fn times_are_read_by_layouts() {
    let table = [
        ("2006-01-02 MST", "2024-02-29 UTC", "2024-02-29 00:00:00 +0000 UTC"),
        ("2006-01-02T15:04:05Z07:00", "2024-02-29T12:00:00.25+05:30", "2024-02-29 12:00:00.25 +0530 +0530"),
        ("2006-002 Z07", "2024-060 Z", "2024-02-29 00:00:00 +0000 UTC"),
        ("2006 3:04PM MST", "2024 12:30AM GMT-5", "2023-12-31 19:30:00 -0500 GMT-5"),
    ];
    for (layout, value, expected) in table {
        assert_eq!(text(FUNCS, "mustToDate", &[layout.into(), value.into()]), Ok(expected.into()), "{layout} {value}");
    }
    assert_eq!(text(FUNCS, "toDate", &["2006".into(), "x".into()]), Ok("0001-01-01 00:00:00 +0000 UTC".into()));
}

#[test]
fn errors_of_reading_are_gos() {
    let table = [
        ("2006-01-02", "2024-1-02", r#"as "2006-01-02": cannot parse "1-02" as "01""#),
        ("2006-01-02", "2024-13-02", ": month out of range"),
        ("2006-01-02", "2023-02-29", ": day out of range"),
        ("2006-01-02", "2024-01-02é", r#": extra text: "\xc3\xa9""#),
        ("2006-01", "2024/01", r#"as "2006-01": cannot parse "/01" as "-""#),
        ("2006 002", "2024 367", ": day-of-year out of range"),
        ("-0700", "+2500", ": time zone offset hour out of range"),
    ];
    for (layout, value, end) in table {
        let shown = durations::time_quote(value.as_bytes());
        let separator = if end.starts_with(':') { "" } else { " " };
        let expected = format!("parsing time {shown}{separator}{end}");
        assert_eq!(text(FUNCS, "mustToDate", &[layout.into(), value.into()]), Err(expected), "{layout} {value}");
    }
}

#[test]
fn times_are_moved_and_compared() {
    let now = call(FUNCS, "now", &[]).expect("a time");
    let moved = call(FUNCS, "dateModify", &["-1.5h".into(), now.clone()]).expect("a time");
    assert_eq!(text(FUNCS, "unixEpoch", std::slice::from_ref(&moved)), Ok("1709204696".into()));
    assert_eq!(text(FUNCS, "ago", std::slice::from_ref(&moved)), Ok("1h30m0s".into()));
    assert_eq!(text(FUNCS, "durationRound", std::slice::from_ref(&moved)), Ok("1h".into()));
    assert_eq!(text(FUNCS, "mustDateModify", &["1x".into(), now]), Err("time: unknown unit \"x\" in duration \"1x\"".into()));
    let seconds = i64::try_from(NOW / 1_000_000_000).expect("a number");
    assert_eq!(text(FUNCS, "ago", &[Value::int64(seconds - 100)]), Ok("1m41s".into()));
}

#[test]
fn times_have_gos_methods() {
    let time = call(FUNCS, "mustToDate", &["2006-01-02T15:04:05Z07:00".into(), "2024-02-29T12:34:56.5Z".into()]).expect("a time");
    let Kind::Object(object) = &time.kind else { panic!("an object") };
    let duration = |nanos| durations::value(nanos);
    let table: &[(&str, &[Value], &str)] = &[
        ("Year", &[], "2024"),
        ("YearDay", &[], "60"),
        ("Weekday", &[], "4"),
        ("Unix", &[], "1709210096"),
        ("UnixMilli", &[], "1709210096500"),
        ("AddDate", &[Value::int(1), Value::int(0), Value::int(0)], "2025-03-01 12:34:56.5 +0000 UTC"),
        ("Add", &[duration(-3_600_000_000_000)], "2024-02-29 11:34:56.5 +0000 UTC"),
        ("Truncate", &[duration(86_400_000_000_000)], "2024-02-29 00:00:00 +0000 UTC"),
        ("Round", &[duration(1_000_000_000)], "2024-02-29 12:34:57 +0000 UTC"),
        ("Format", &["Jan".into()], "Feb"),
        ("Equal", std::slice::from_ref(&time), "true"),
        ("Location", &[], "UTC"),
    ];
    for (name, args, expected) in table {
        let value = with_exec(|exec| object.call(exec, name, args)).expect("a value");
        assert_eq!(show(&value), *expected, "{name}");
    }
    assert!(object.method("Date").is_none());
    assert_eq!(show(&object.data()), "2024-02-29T12:34:56.5Z");
}

#[test]
fn numbers_are_durations_of_one_kind_only() {
    let table: &[(&str, Value, &str)] = &[
        ("duration", "95".into(), "1m35s"),
        ("duration", "x".into(), "0s"),
        ("duration", Value::int64(60), "1m0s"),
        ("duration", Value::int(60), "0s"),
        ("durationRound", "2400h5s".into(), "3mo"),
        ("durationRound", "24h".into(), "24h"),
        ("durationRound", Value::int64(1_000_000_001), "1s"),
        ("durationRound", Value::int(1_000_000_001), "0s"),
    ];
    for (name, given, expected) in table {
        assert_eq!(text(FUNCS, name, std::slice::from_ref(given)), Ok((*expected).into()), "{name} {given:?}");
    }
}
