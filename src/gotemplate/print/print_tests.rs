use super::*;
use crate::gotemplate::value::{IntKind, Map, MapType};

fn int(value: i64) -> Value {
    Value::int(value)
}

fn float(value: f64) -> Value {
    Value::float(value)
}

fn str(text: &str) -> Value {
    Value::str(text)
}

fn list() -> Value {
    Value::list(vec![int(1), str("a"), Value::NIL, float(2.5)])
}

fn map() -> Value {
    Value::map([("b", float(1.5)), ("a", str("x")), ("c", Value::NIL)])
}

fn duration(nanoseconds: i64) -> Value {
    Value::new(Kind::Int(IntKind::Duration, nanoseconds))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn sprintf_is_that_of_go() {
    let rows: &[(&str, &[Value], &str)] = &[
        ("%v %d %s", &[int(1), int(2), str("x")], "1 2 x"),
        (
            "%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%#o|%O|%b|%c|%q|%U|%#U",
            &[
                int(42),
                int(42),
                int(-42),
                int(42),
                int(42),
                int(255),
                int(255),
                int(255),
                int(8),
                int(8),
                int(8),
                int(5),
                int(65),
                int(65),
                int(128_512),
                int(128_512),
            ],
            "   42|42   |-0042|+42| 42|ff|FF|0xff|10|010|0o10|101|A|'A'|U+1F600|U+1F600 '😀'",
        ),
        (
            "%5s|%-5s|%.2s|%q|%#q|%+q|%x|% X|%05s",
            &[str("é"), str("é"), str("héllo"), str("a\""), str("a\""), str("é"), str("hi"), str("hi"), str("x")],
            r#"    é|é    |hé|"a\""|`a"`|"\u00e9"|6869|68 69|0000x"#,
        ),
        (
            "%v %g %f %.2f %e %8.3f|%-8.1f|%+.1f|%08.2f|%G|%x",
            &[
                float(1e6),
                float(1e21),
                float(1.5),
                float(2.675),
                float(123.456),
                float(3.123),
                float(2.5),
                float(2.5),
                float(-2.5),
                float(1e-7),
                float(1.5),
            ],
            "1e+06 1e+21 1.500000 2.67 1.234560e+02    3.123|2.5     |+2.5|-0002.50|1E-07|0x1.8p+00",
        ),
        (
            "%#v %#v %#v %#v",
            &[str("a"), int(1), list(), map()],
            r#""a" 1 []interface {}{1, "a", interface {}(nil), 2.5} map[string]interface {}{"a":"x", "b":1.5, "c":interface {}(nil)}"#,
        ),
        (
            "%v %+v %s %d",
            &[list(), map(), map(), list()],
            "[1 a <nil> 2.5] map[a:x b:1.5 c:<nil>] map[a:x b:%!s(float64=1.5) c:<nil>] [1 %!d(string=a) <nil> %!d(float64=2.5)]",
        ),
        ("%T %T %T %T", &[Value::NIL, float(1.5), map(), str("x")], "<nil> float64 map[string]interface {} string"),
        ("%d %s %t %z", &[str("x"), int(5), int(1), true.into()], "%!d(string=x) %!s(int=5) %!t(int=1) %!z(bool=true)"),
        ("%s %d %v", &[Value::NIL, Value::NIL, Value::NIL], "%!s(<nil>) %!d(<nil>) <nil>"),
        ("%d %d", &[int(1)], "1 %!d(MISSING)"),
        ("%d", &[int(1), str("x"), Value::NIL], "1%!(EXTRA string=x, <nil>)"),
        ("%[2]d %[1]d %d %[5]d %[x]d", &[int(1), int(2)], "2 1 2 %!d(BADINDEX) %!d(BADINDEX)"),
        (
            "%*d|%-*d|%.*f|%*d",
            &[int(5), int(1), int(5), int(2), int(1), float(2.55), str("x"), int(3)],
            "    1|2    |2.5|%!(BADWIDTH)3",
        ),
        ("100%% %", &[], "100% %!(NOVERB)"),
        ("%!", &[int(1)], "%!!(int=1)"),
        (
            "%v %s %v %d",
            &[Value::bytes(b"hi"), Value::bytes(b"hi"), duration(90_000_000_000), duration(1_000_000)],
            "[104 105] hi 1m30s 1000000",
        ),
        ("%t %5t %v", &[true.into(), false.into(), true.into()], "true false true"),
    ];
    for (format, args, printed) in rows {
        assert_eq!(text(&sprintf(format.as_bytes(), args)), *printed, "{format}");
    }
}

#[test]
fn print_puts_spaces_between_what_is_no_text() {
    let values = [str("a"), int(1), int(2), str("b"), Value::NIL, Value::NIL, float(1e6), list()];
    assert_eq!(text(&sprint(&values)), "a1 2b<nil> <nil> 1e+06 [1 a <nil> 2.5]");
    assert_eq!(text(&sprintln(&[str("a"), int(1), map()])), "a 1 map[a:x b:1.5 c:<nil>]\n");
}

#[test]
fn floats_have_the_digits_of_go() {
    for (value, shortest, fixed) in [
        (0.0, "0", "0.00"),
        (-0.0, "-0", "-0.00"),
        (100_000.0, "100000", "100000.00"),
        (1e6, "1e+06", "1000000.00"),
        (123_456_789.0, "1.23456789e+08", "123456789.00"),
        (1e-5, "1e-05", "0.00"),
        (0.0001, "0.0001", "0.00"),
        (2.5, "2.5", "2.50"),
        (0.125, "0.125", "0.12"),
        (5e-324, "5e-324", "0.00"),
        // halfway between two: the even digit
        (1_658_840_000_000_000.2, "1.6588400000000002e+15", "1658840000000000.25"),
        (f64::INFINITY, "+Inf", "+Inf"),
        (f64::NAN, "NaN", "NaN"),
    ] {
        assert_eq!((format_float(value, 'g', None).as_str(), format_float(value, 'f', Some(2)).as_str()), (shortest, fixed));
    }
}

#[test]
fn output_has_a_limit() {
    let length = sprintf(&b"%1000000d".repeat(200), &vec![int(1); 200]).len();
    assert!((MAX_OUTPUT..MAX_OUTPUT + 2_000_000).contains(&length), "{length}");
}

#[test]
fn a_map_that_holds_itself_ends() {
    let map = Map::new(MapType::Any, [].into());
    map.insert("a", map.clone().into());
    let printed = sprint(&[map.clone().into()]);
    assert!(printed.starts_with(b"map[a:map[a:") && printed.ends_with(b"]]"));
    // lets go of itself
    map.entries_mut().clear();
}
