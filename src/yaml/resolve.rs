//! What a scalar means: a port of `resolve.go` of go-yaml v2 (go.yaml.in/yaml/v2 2.4.2, Apache-2.0), with the text of keys from
//! `yaml.go` of sigs.k8s.io/yaml 1.6.0.

use std::borrow::Cow;

use super::Value;

/// The prefix of `!!`.
pub(super) const CORE: &str = "tag:yaml.org,2002:";

/// Resolves a plain scalar without a tag.
///
/// Base-60 numbers and timestamps are strings. Integers beyond `i64` are floats.
pub(super) fn plain(text: Cow<'_, str>) -> Value {
    unquoted(&text).unwrap_or_else(|| Value::Str(text.into_owned()))
}

/// Resolves a scalar with a tag, of whatever style: the tag either fits what the text looks like, or is an error.
pub(super) fn tagged(tag: &str, text: Cow<'_, str>) -> Result<Value, String> {
    let kind = tag.strip_prefix(CORE).unwrap_or_default();
    if kind == "binary" {
        return base64(&text).map(Value::Str).ok_or_else(|| "!!binary value contains invalid base64 data".to_owned());
    }
    if !matches!(kind, "bool" | "int" | "float" | "null" | "timestamp") {
        return Ok(Value::Str(text.into_owned()));
    }
    let value = unquoted(&text);
    match (kind, value) {
        ("bool", Some(value @ Value::Bool(_))) | ("int", Some(value @ Value::Int(_))) | ("null", Some(value @ Value::Null)) => {
            Ok(value)
        }
        #[expect(clippy::cast_precision_loss, reason = "go-yaml converts as well")]
        ("float", Some(Value::Int(number))) => Ok(Value::Float(number as f64)),
        // an integer beyond `i64` is one nevertheless
        ("float" | "int", Some(value @ Value::Float(_))) if is_integer(&text) == (kind == "int") => Ok(value),
        ("timestamp", None) if is_dated(&text) => Ok(Value::Str(text.into_owned())),
        (_, value) => {
            let found = value.as_ref().map_or("str", kind_of);
            Err(format!("cannot decode !!{found} `{text}` as a !!{kind}"))
        }
    }
}

/// Returns a key's text, as sigs.k8s.io/yaml converts it.
pub(super) fn key(value: Value) -> Result<String, &'static str> {
    match value {
        Value::Str(text) => Ok(text),
        Value::Int(number) => Ok(number.to_string()),
        Value::Bool(it) => Ok(it.to_string()),
        Value::Float(number) => Ok(float_key(number)),
        Value::Null => Err("unsupported map key: null"),
    }
}

/// Returns a scalar's text where a string is wanted, as sigs.k8s.io/yaml converts it; empty for null.
pub(crate) fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Str(text) => Cow::Borrowed(text),
        Value::Int(number) => Cow::Owned(number.to_string()),
        Value::Bool(it) => Cow::Owned(it.to_string()),
        Value::Float(number) => Cow::Owned(float_key(*number)),
        Value::Null => Cow::Borrowed(""),
    }
}

/// Whether a plain scalar is a string. That of a timestamp or a base-60 number is one.
pub(crate) fn means_string(text: &str) -> bool {
    unquoted(text).is_none()
}

/// Returns what a text means that is not quoted; none for a string.
fn unquoted(text: &str) -> Option<Value> {
    match text.as_bytes().first() {
        None => Some(Value::Null),
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => word(text),
        Some(b'.') => word(text).or_else(|| fraction(text)),
        Some(b'+' | b'-' | b'0'..=b'9') => word(text).or_else(|| number(text)),
        Some(_) => None,
    }
}

fn word(text: &str) -> Option<Value> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        "~" | "null" | "Null" | "NULL" => Value::Null,
        ".nan" | ".NaN" | ".NAN" => Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Value::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

fn number(text: &str) -> Option<Value> {
    let plain = if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
    integer(&plain).or_else(|| float(&plain)).or_else(|| {
        // a sign behind the prefix, which Go's base 0 does not take
        let number = i64::from_str_radix(plain.strip_prefix("0b")?, 2).ok()?;
        Some(Value::Int(number))
    })
}

/// Reads an integer as Go's `ParseInt` and `ParseUint` with base 0.
fn integer(text: &str) -> Option<Value> {
    let (sign, magnitude) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("+", &text[1..]),
        _ => ("", text),
    };
    let (digits, radix) = match magnitude.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (&magnitude[2..], 16),
        [b'0', b'o' | b'O', _, ..] => (&magnitude[2..], 8),
        [b'0', b'b' | b'B', _, ..] => (&magnitude[2..], 2),
        [b'0', _, ..] => (&magnitude[1..], 8),
        _ => (magnitude, 10),
    };
    if !digits.starts_with(|it: char| it.is_ascii_alphanumeric()) {
        return None;
    }
    match u64::from_str_radix(digits, radix).ok()? {
        number if sign == "-" => 0_i64.checked_sub_unsigned(number).map(Value::Int),
        #[expect(clippy::cast_precision_loss, reason = "there is no integer for it")]
        number => match i64::try_from(number) {
            Ok(number) => Some(Value::Int(number)),
            Err(_) if sign.is_empty() => Some(Value::Float(number as f64)),
            Err(_) => None,
        },
    }
}

/// Whether it is an integer beyond `i64`.
pub(super) fn is_huge(text: &str) -> bool {
    text.len() >= "0x8000000000000000".len() && text.starts_with(|it: char| it.is_ascii_digit()) && {
        matches!(integer(&text.replace('_', "")), Some(Value::Float(_)))
    }
}

fn is_integer(text: &str) -> bool {
    integer(&text.replace('_', "")).is_some()
}

/// Reads `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?` that is no infinity.
fn float(text: &str) -> Option<Value> {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = skip_digits(&mut rest);
    let mut fraction = 0;
    if let Some(behind) = rest.strip_prefix('.') {
        rest = behind;
        fraction = skip_digits(&mut rest);
    }
    if whole + fraction == 0 {
        return None;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        rest = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if skip_digits(&mut rest) == 0 {
            return None;
        }
    }
    if !rest.is_empty() {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float)
}

/// Reads a number that starts with its point, as Go's `ParseFloat` does: underscores stand between digits.
fn fraction(text: &str) -> Option<Value> {
    if !text.contains('_') {
        return float(text);
    }
    let groups = text.split('_');
    let digit = |it: &u8| it.is_ascii_digit();
    let inner = groups.clone().skip(1).all(|group| group.as_bytes().first().is_some_and(digit));
    let outer = groups.rev().skip(1).all(|group| group.as_bytes().last().is_some_and(digit));
    if inner && outer { float(&text.replace('_', "")) } else { None }
}

fn skip_digits(rest: &mut &str) -> usize {
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    *rest = &rest[count..];
    count
}

/// Formats as Go's `FormatFloat(number, 'g', -1, 32)`.
fn float_key(number: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "sigs.k8s.io/yaml formats keys with 32 bits")]
    let number = number as f32;
    if number.is_nan() {
        return ".nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').expect("the format has an exponent");
    let exponent: i32 = exponent.parse().expect("the exponent is a number");
    if (-4..6).contains(&exponent) {
        number.to_string()
    } else {
        format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
    }
}

/// Whether it starts as a timestamp. The rest is not looked at.
fn is_dated(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, c, d, b'-', ..] if [a, b, c, d].iter().all(|it| it.is_ascii_digit()))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Float(_) => "float",
        Value::Str(_) => "str",
    }
}

/// Decodes padded base64 with line breaks, as Go does; what is no UTF-8 becomes U+FFFD, byte by byte, as in Go's JSON.
fn base64(text: &str) -> Option<String> {
    let symbols: Vec<u8> = text.bytes().filter(|it| !matches!(it, b'\r' | b'\n')).collect();
    let padding = symbols.iter().rev().take_while(|it| **it == b'=').count();
    if !symbols.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(symbols.len() / 4 * 3);
    for group in symbols[..symbols.len() - padding].chunks(4) {
        let bits = group.iter().try_fold(0_u32, |bits, it| Some(bits << 6 | sextet(*it)?))?;
        let [_, decoded @ ..] = (bits << (6 * (4 - group.len()))).to_be_bytes();
        bytes.extend_from_slice(&decoded[..group.len() - 1]);
    }
    let mut decoded = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        decoded.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Some(decoded)
}

fn sextet(symbol: u8) -> Option<u32> {
    Some(u32::from(match symbol {
        b'A'..=b'Z' => symbol - b'A',
        b'a'..=b'z' => symbol - b'a' + 26,
        b'0'..=b'9' => symbol - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(texts: &[&str], expected: &Value) {
        for text in texts {
            // as text, since no NaN equals itself
            assert_eq!(format!("{:?}", plain(Cow::Borrowed(text))), format!("{expected:?}"), "{text}");
        }
    }

    #[track_caller]
    fn check_strings(texts: &[&str]) {
        for text in texts {
            check(&[text], &Value::Str((*text).to_owned()));
        }
    }

    #[test]
    fn words_mean_what_yaml_1_1_says() {
        check(&["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"], &Value::Bool(true));
        check(&["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"], &Value::Bool(false));
        check(&["", "~", "null", "Null", "NULL"], &Value::Null);
        check_strings(&["yEs", "oN", "tRue", "nULL", "yess", "none", "<<", "="]);
    }

    #[test]
    fn integers_have_bases_and_underscores() {
        check(
            &["511", "+511", "0777", "0o777", "0O777", "0x1ff", "0X1FF", "0b111111111", "5_1_1", "0_777", "0x_1ff"],
            &Value::Int(511),
        );
        check(&["-511", "-0777", "-0x1ff", "-0b111111111", "0b-111111111"], &Value::Int(-511));
        check(&["0", "-0", "+0", "00", "0_"], &Value::Int(0));
        check(&["-9223372036854775808"], &Value::Int(i64::MIN));
        check_strings(&["0x", "0xg", "0b2", "0o8", "1k", "1,000", "_1", "+", "-", "--1", "0x+1", "80/tcp", "128Mi"]);
    }

    #[test]
    fn integers_beyond_64_bits_are_floats() {
        check(
            &["9223372036854775808", "0x8000000000000000", "-9223372036854775808.0"].map(|it| it.trim_start_matches('-')),
            &Value::Float(9_223_372_036_854_775_808.0),
        );
        check(&["0777777777777777777777777"], &Value::Float(777_777_777_777_777_777_777_777.0));
    }

    #[test]
    fn floats() {
        check(&["0.5", ".5", "+.5", "5e-1", "5E-1", ".5e0", ".5_0", "0_0.5"], &Value::Float(0.5));
        check(&["1000.", "1e3", "1e+3", "1_000.0"], &Value::Float(1000.0));
        check(&["08"], &Value::Float(8.0));
        check(&[".inf", ".Inf", ".INF", "+.inf"], &Value::Float(f64::INFINITY));
        check(&["-.inf"], &Value::Float(f64::NEG_INFINITY));
        check(&[".nan", ".NaN", ".NAN"], &Value::Float(f64::NAN));
        check_strings(&[".", "..", "1.2.3", "1e", "1e400", ".iNF", "inf", "nan", "e5", "._5", ".5_", "-.nan", "0x1p3"]);
    }

    #[test]
    fn sexagesimals_and_timestamps_are_strings() {
        check_strings(&["12:30:00", "1:20", "190:20:30.15", "2001-12-14", "2001-12-14t21:59:43.10-05:00"]);
    }

    #[test]
    fn tags_fit_the_text_or_are_errors() {
        let resolve = |tag: &str, text| tagged(&format!("{CORE}{tag}"), Cow::Borrowed(text));
        assert_eq!(resolve("str", "80"), Ok(Value::Str("80".to_owned())));
        assert_eq!(resolve("int", "0x50"), Ok(Value::Int(80)));
        assert_eq!(resolve("float", "80"), Ok(Value::Float(80.0)));
        assert_eq!(resolve("bool", "on"), Ok(Value::Bool(true)));
        assert_eq!(resolve("null", ""), Ok(Value::Null));
        assert_eq!(resolve("int", "x"), Err("cannot decode !!str `x` as a !!int".to_owned()));
        assert_eq!(resolve("int", "1.5"), Err("cannot decode !!float `1.5` as a !!int".to_owned()));
        assert_eq!(tagged("!local", Cow::Borrowed("80")), Ok(Value::Str("80".to_owned())));
    }

    #[test]
    fn binary_is_decoded() {
        for (text, expected) in
            [("aGVsbG8=", Some("hello")), ("aGVs\nbG8=", Some("hello")), ("", Some("")), ("/w==", Some("\u{fffd}"))]
        {
            assert_eq!(base64(text).as_deref(), expected, "{text}");
        }
        for text in ["aGVsbG8", "a===", "====", "a*b="] {
            assert_eq!(base64(text), None, "{text}");
        }
    }

    #[test]
    fn float_keys_are_formatted_as_in_go() {
        for (number, expected) in [
            (1.5, "1.5"),
            (1e5, "100000"),
            (1e6, "1e+06"),
            (0.0001, "0.0001"),
            (1e-5, "1e-05"),
            (1_234_567.5, "1.2345675e+06"),
            (1e40, ".inf"),
        ] {
            assert_eq!(float_key(number), expected);
        }
    }
}
