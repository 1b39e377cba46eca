//! PEM: Go's encoding/pem.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::render::builtin::funcs::encoding::decode64;

/// A block: what stands in its first line, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) label: Vec<u8>,
    pub(super) bytes: Vec<u8>,
}

/// Writes a block, in lines of 64 characters.
pub(super) fn encode(label: &str, bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = behind;
    }
    out.extend(["-----END ", label, "-----\n"]);
    out
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"\n-----END ";
const DASHES: &[u8] = b"-----";

/// Returns the first block of a text.
pub(super) fn decode(data: &[u8]) -> Option<Block> {
    let mut from = 0;
    loop {
        let end = from + find(&data[from..], END)?;
        let next = end + END.len();
        let begin = data[from..end].windows(BEGIN.len()).rposition(|window| window == BEGIN).map(|at| from + at);
        if let Some(begin) = begin.filter(|begin| *begin == from || data[begin - 1] == b'\n')
            && let Some(block) = block(data, begin + BEGIN.len(), end)
        {
            return Some(block);
        }
        from = next;
    }
}

/// Reads the block whose label starts at `start` and whose last line is behind the break at `end`.
fn block(data: &[u8], start: usize, end: usize) -> Option<Block> {
    let (line, mut body) = line(data, start);
    let label = line.strip_suffix(DASHES)?;
    let mut has_headers = false;
    while body < data.len() {
        let (header, next) = self::line(data, body);
        if !header.contains(&b':') {
            break;
        }
        (body, has_headers) = (next, true);
    }
    if body >= data.len() || (has_headers && body > end) {
        return None;
    }
    let trailer = data.get(end + END.len()..)?.strip_prefix(label)?.strip_prefix(DASHES)?;
    if !self::line(trailer, 0).0.is_empty() {
        return None;
    }
    // without a line between them, the first break is that of the last line
    let text: Vec<u8> =
        data.get(body..end).unwrap_or_default().iter().copied().filter(|byte| !matches!(byte, b' ' | b'\t')).collect();
    Some(Block { label: label.to_vec(), bytes: decode64(&text).ok()? })
}

/// Returns a line without blanks at its end, and where the next one starts.
fn line(data: &[u8], start: usize) -> (&[u8], usize) {
    let rest = data.get(start..).unwrap_or_default();
    let (line, next) = match rest.iter().position(|byte| *byte == b'\n') {
        Some(at) => (rest[..at].strip_suffix(b"\r").unwrap_or(&rest[..at]), start + at + 1),
        None => (rest, data.len()),
    };
    let blanks = line.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    (&line[..line.len() - blanks], next)
}

fn find(data: &[u8], what: &[u8]) -> Option<usize> {
    data.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_written_and_read() {
        for length in [0, 1, 48, 49, 200] {
            let bytes = vec![7; length];
            let text = encode("A KEY", &bytes);
            assert_eq!(decode(text.as_bytes()), Some(Block { label: b"A KEY".to_vec(), bytes }), "{length}");
        }
    }

    #[test]
    fn text_around_a_block_and_headers_are_skipped() {
        let text = b"x\n-----BEGIN B\n-----BEGIN A-----  \r\nkey: value\n\nY Q\n==\n-----END A-----\t\nmore";
        assert_eq!(decode(text), Some(Block { label: b"A".to_vec(), bytes: b"a".to_vec() }));
        for text in [
            "",
            "-----BEGIN A-----\nYQ==\n",
            "-----BEGIN A-----\nYQ==\n-----END B-----\n",
            "x-----BEGIN A-----\nYQ==\n-----END A-----",
        ] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }
}
