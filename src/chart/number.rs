//! Numbers as Go writes them.

/// Go's `FormatFloat(number, 'g', -1, 64)`, which is what `%v` prints.
pub(super) fn float(number: f64) -> String {
    shortest(&format!("{number:e}"), || number.to_string(), number.is_finite())
}

/// The same with 32 bits.
pub(super) fn float32(number: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "32 bits are asked for")]
    let number = number as f32;
    shortest(&format!("{number:e}"), || number.to_string(), number.is_finite())
}

fn shortest(scientific: &str, plain: impl Fn() -> String, is_finite: bool) -> String {
    match scientific.split_once('e') {
        Some((mantissa, exponent)) if is_finite => match exponent.parse::<i32>().unwrap_or_default() {
            -4..6 => plain(),
            exponent => format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs()),
        },
        _ => match scientific {
            "inf" => "+Inf".into(),
            "-inf" => "-Inf".into(),
            _ => "NaN".into(),
        },
    }
}
