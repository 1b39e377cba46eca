//! `html`, `js` and `urlquery`.

use bstr::ByteSlice as _;

use crate::gotemplate::exec::Exec;
use crate::gotemplate::func::Error;
use crate::gotemplate::print::{decode_rune, is_print, sprint};
use crate::gotemplate::value::Value;

type Answer = Result<Value, Error>;

/// Prints arguments as `{{ … }}` does: Go's `evalArgs`.
fn printed(args: &[Value]) -> Vec<u8> {
    let printable = |arg: &Value| if arg.is_nil() { "<no value>".into() } else { arg.clone() };
    sprint(&args.iter().map(printable).collect::<Vec<_>>())
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
pub(super) fn html(_: &mut Exec<'_>, args: &[Value]) -> Answer {
    let mut out = Vec::new();
    for byte in printed(args) {
        match byte {
            0 => out.extend_from_slice("\u{fffd}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            _ => out.push(byte),
        }
    }
    Ok(out.into())
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
pub(super) fn js(_: &mut Exec<'_>, args: &[Value]) -> Answer {
    let text = printed(args);
    let (mut out, mut rest) = (Vec::new(), &text[..]);
    while !rest.is_empty() {
        let (c, size) = decode_rune(rest);
        let (rune, tail) = rest.split_at(size);
        rest = tail;
        match c {
            '\\' | '\'' | '"' => out.extend([b'\\', rune[0]]),
            '<' | '>' | '&' | '=' | '\0'..' ' => out.extend(format!("\\u{:04X}", u32::from(c)).bytes()),
            c if c.is_ascii() || is_print(c) => out.extend_from_slice(rune),
            c => out.extend(format!("\\u{:04X}", u32::from(c)).bytes()),
        }
    }
    Ok(out.into())
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
pub(super) fn urlquery(_: &mut Exec<'_>, args: &[Value]) -> Answer {
    let mut out = String::new();
    for byte in printed(args).bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'_' | b'.' | b'~' => out.push(byte.into()),
            byte if byte.is_ascii_alphanumeric() => out.push(byte.into()),
            byte => out.extend(format!("%{byte:02X}").chars()),
        }
    }
    Ok(out.into())
}
