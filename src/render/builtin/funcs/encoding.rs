//! base64 and base32: sprig's strings.go, and Go's encoding/base64 and encoding/base32 with their errors.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::Value;

pub(super) const FUNCS: &[Func] = &[
    Func::new("b64enc", &[Param::Str], |_, args| on_text(args, |text| STANDARD.encode(text).into_bytes())),
    Func::new("b64dec", &[Param::Str], |_, args| on_text(args, |text| text_or_error(decode64(text)))),
    Func::new("b32enc", &[Param::Str], |_, args| on_text(args, encode32)),
    Func::new("b32dec", &[Param::Str], |_, args| on_text(args, |text| text_or_error(decode32(text)))),
];

/// Applies what cannot fail to the one argument.
#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
pub(super) fn on_text(args: &[Value], what: impl FnOnce(&[u8]) -> Vec<u8>) -> Result<Value, Error> {
    let text = args.first().and_then(Value::as_str);
    Ok(what(text.map_or(&[], |text| text)).into())
}

/// sprig gives the error instead of the text.
fn text_or_error(decoded: Result<Vec<u8>, String>) -> Vec<u8> {
    decoded.unwrap_or_else(String::into_bytes)
}

/// Returns bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // writing to a string cannot fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// Decodes padded base64; line breaks are skipped. The error is Go's.
pub(super) fn decode64(text: &[u8]) -> Result<Vec<u8>, String> {
    let corrupt = |at: usize| Err(format!("illegal base64 data at input byte {at}"));
    let skip_newlines = |at: &mut usize| {
        while text.get(*at).is_some_and(|byte| is_newline(*byte)) {
            *at += 1;
        }
    };
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut filled, mut at) = (0_u32, 0_usize, 0);
    while let Some(byte) = text.get(at) {
        at += 1;
        if let Some(digit) = digit64(*byte) {
            (bits, filled) = (bits << 6 | u32::from(digit), filled + 1);
            if filled == 4 {
                out.extend_from_slice(&bits.to_be_bytes()[1..]);
                (bits, filled) = (0, 0);
            }
            continue;
        }
        if is_newline(*byte) {
            continue;
        }
        if *byte != b'=' || filled < 2 {
            return corrupt(at - 1);
        }
        if filled == 2 {
            skip_newlines(&mut at);
            match text.get(at) {
                None => return corrupt(text.len()),
                Some(b'=') => at += 1,
                Some(_) => return corrupt(at - 1),
            }
        }
        skip_newlines(&mut at);
        if at < text.len() {
            return corrupt(at);
        }
        out.extend_from_slice(&(bits << (6 * (4 - filled))).to_be_bytes()[1..filled]);
        return Ok(out);
    }
    if filled > 0 { corrupt(at - filled) } else { Ok(out) }
}

fn digit64(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

const ALPHABET_32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn encode32(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len().div_ceil(5) * 8);
    for chunk in text.chunks(5) {
        let mut bytes = [0; 8];
        bytes[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(bytes);
        let digits = (chunk.len() * 8).div_ceil(5);
        out.extend((0..8).map(|n| if n < digits { ALPHABET_32[(bits >> (35 - 5 * n) & 31) as usize] } else { b'=' }));
    }
    out
}

/// Decodes padded base32; line breaks are skipped. The error is Go's.
fn decode32(text: &[u8]) -> Result<Vec<u8>, String> {
    let corrupt = |at: usize| Err(format!("illegal base32 data at input byte {at}"));
    let text: Vec<u8> = text.iter().copied().filter(|byte| !is_newline(*byte)).collect();
    let mut out = Vec::with_capacity(text.len() / 8 * 5);
    let (mut bits, mut filled) = (0_u64, 0);
    for (at, byte) in text.iter().enumerate() {
        let rest = &text[at + 1..];
        if *byte == b'=' && filled >= 2 && rest.len() < 8 {
            if rest.len() + filled < 7 {
                return corrupt(text.len());
            }
            if let Some(other) = rest.iter().take(7 - filled).position(|byte| *byte != b'=') {
                return corrupt(at + other);
            }
            if matches!(filled, 3 | 6) {
                return corrupt(at);
            }
            let bytes = (bits << (5 * (8 - filled))).to_be_bytes();
            out.extend_from_slice(&bytes[3..3 + filled * 5 / 8]);
            return Ok(out);
        }
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return corrupt(at),
        };
        (bits, filled) = (bits << 5 | u64::from(digit), filled + 1);
        if filled == 8 {
            out.extend_from_slice(&bits.to_be_bytes()[3..]);
            (bits, filled) = (0, 0);
        }
    }
    if filled > 0 { corrupt(text.len() - filled) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use super::super::calling::text;
    use super::FUNCS;

    #[test]
    fn text_is_encoded_and_decoded_as_go_does_with_errors_for_text() {
        let table = [
            ("b64enc", "", ""),
            ("b64enc", "a?~", "YT9+"),
            ("b64dec", "YT9+", "a?~"),
            ("b64dec", "YQ\n==\n", "a"),
            ("b64dec", "YQ=", "illegal base64 data at input byte 3"),
            ("b64dec", "YQ", "illegal base64 data at input byte 0"),
            ("b64dec", "YWJjYQ=a", "illegal base64 data at input byte 6"),
            ("b64dec", "YWI=YWI=", "illegal base64 data at input byte 4"),
            ("b64dec", "Y-I=", "illegal base64 data at input byte 1"),
            ("b32enc", "foobar", "MZXW6YTBOI======"),
            ("b32dec", "MZXW6YTBOI======", "foobar"),
            ("b32dec", "MZXW6YTBOI=====", "illegal base32 data at input byte 15"),
            ("b32dec", "MZXW6YTB0I======", "illegal base32 data at input byte 8"),
            ("b32dec", "MZXW6YT", "illegal base32 data at input byte 0"),
        ];
        for (name, input, output) in table {
            assert_eq!(text(FUNCS, name, &[input.into()]), Ok(output.into()), "{name} {input:?}");
        }
    }
}
