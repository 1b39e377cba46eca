//! Go's `filepath.Match`.

/// Whether a pattern matches the whole of a name. A malformed pattern matches nothing.
pub(super) fn matches(pattern: &[u8], name: &[u8]) -> bool {
    is_match(pattern, name).unwrap_or(false)
}

/// `None` for a malformed pattern.
fn is_match(mut pattern: &[u8], mut name: &[u8]) -> Option<bool> {
    'pattern: while !pattern.is_empty() {
        let (star, chunk, rest) = scan_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return Some(!name.contains(&b'/'));
        }
        if let Some(behind) = match_chunk(chunk, name)?
            && (behind.is_empty() || !pattern.is_empty())
        {
            name = behind;
            continue;
        }
        if star {
            let mut at = 0;
            while at < name.len() && name[at] != b'/' {
                if let Some(behind) = match_chunk(chunk, &name[at + 1..])?
                    && (behind.is_empty() || !pattern.is_empty())
                {
                    name = behind;
                    continue 'pattern;
                }
                at += 1;
            }
        }
        return Some(false);
    }
    Some(name.is_empty())
}

/// Takes the stars at the start, and what reaches to the next one.
fn scan_chunk(pattern: &[u8]) -> (bool, &[u8], &[u8]) {
    let stars = pattern.iter().take_while(|it| **it == b'*').count();
    let rest = &pattern[stars..];
    let (mut in_range, mut at) = (false, 0);
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' => in_range = true,
            b']' => in_range = false,
            b'*' if !in_range => break,
            _ => {}
        }
        at += 1;
    }
    let (chunk, behind) = rest.split_at(at.min(rest.len()));
    (stars > 0, chunk, behind)
}

/// Returns what follows a match; `Some(None)` where there is none. What follows a mismatch is checked nevertheless.
#[expect(clippy::option_option, reason = "the outer one is the malformed pattern")]
fn match_chunk<'a>(mut chunk: &[u8], mut name: &'a [u8]) -> Option<Option<&'a [u8]>> {
    let mut failed = false;
    while let Some((&first, rest)) = chunk.split_first() {
        failed |= name.is_empty();
        match first {
            b'[' => {
                let (c, behind) = if failed { ('\0', name) } else { character(name) };
                name = behind;
                let (found, rest) = class(rest, c)?;
                failed |= !found;
                chunk = rest;
            }
            b'?' => {
                if !failed {
                    failed = name[0] == b'/';
                    name = character(name).1;
                }
                chunk = rest;
            }
            _ => {
                let (literal, rest) = if first == b'\\' { rest.split_first()? } else { (&first, rest) };
                if !failed {
                    failed = name[0] != *literal;
                    name = &name[1..];
                }
                chunk = rest;
            }
        }
    }
    Some((!failed).then_some(name))
}

/// Reads a class behind its bracket: whether a character is in it, and what follows.
fn class(mut chunk: &[u8], c: char) -> Option<(bool, &[u8])> {
    let negated = chunk.first() == Some(&b'^');
    chunk = &chunk[usize::from(negated)..];
    let (mut found, mut count) = (false, 0);
    loop {
        if chunk.first() == Some(&b']') && count > 0 {
            return Some((found != negated, &chunk[1..]));
        }
        let (low, rest) = class_end(chunk)?;
        chunk = rest;
        let mut high = low;
        if chunk.first() == Some(&b'-') {
            (high, chunk) = class_end(&chunk[1..])?;
        }
        found |= (low..=high).contains(&c);
        count += 1;
    }
}

/// Takes one end of a range, behind which the class must go on.
fn class_end(chunk: &[u8]) -> Option<(char, &[u8])> {
    let chunk = match chunk {
        [] | [b'-' | b']', ..] => return None,
        [b'\\', rest @ ..] => rest,
        all => all,
    };
    if chunk.is_empty() {
        return None;
    }
    let (c, rest) = character(chunk);
    if c == char::REPLACEMENT_CHARACTER && chunk.len() - rest.len() == 1 || rest.is_empty() {
        return None;
    }
    Some((c, rest))
}

/// Takes a character; U+FFFD for a byte that is no UTF-8.
fn character(text: &[u8]) -> (char, &[u8]) {
    let (c, size) = bstr::decode_utf8(text);
    match c {
        Some(c) => (c, &text[size..]),
        None => (char::REPLACEMENT_CHARACTER, &text[1.min(text.len())..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_go() {
        let cases = [
            ("abc", "abc", true),
            ("*", "abc", true),
            ("*c", "abc", true),
            ("a*", "a", true),
            ("a*", "ab/c", false),
            ("a*/b", "abc/b", true),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", true),
            ("a*b?c*x", "abxbbxdbxebxczzx", true),
            ("a*b?c*x", "abxbbxdbxebxczzy", false),
            ("ab[c]", "abc", true),
            ("ab[b-d]", "abc", true),
            ("ab[^c]", "abc", false),
            ("a\\*b", "a*b", true),
            ("a?b", "a☺b", true),
            ("a[^a]b", "a☺b", true),
            ("a???b", "a☺b", false),
            ("[a-ζ]*", "α", true),
            ("a?b", "a/b", false),
            ("[\\]a]", "]", true),
            ("[x\\-]", "-", true),
            ("[]a]", "]", false),
            ("[-]", "-", false),
            ("[", "a", false),
            ("[^bc", "a", false),
            ("a[", "ab", false),
            ("*x", "xxx", true),
            ("templates/*.yaml", "templates/a.yaml", true),
            ("templates/*", "templates/a/b.yaml", false),
            ("", "", true),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
    }
}
