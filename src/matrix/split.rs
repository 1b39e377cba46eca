//! Splitting text at separators that are neither escaped by a backslash nor inside of braces.

/// Splits at each separator.
pub(super) fn all(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for at in bare(text, separator) {
        parts.push(&text[start..at]);
        start = at + separator.len_utf8();
    }
    parts.push(&text[start..]);
    parts
}

/// Splits at the first separator.
pub(super) fn once(text: &str, separator: char) -> Option<(&str, &str)> {
    let at = bare(text, separator).next()?;
    Some((&text[..at], &text[at + separator.len_utf8()..]))
}

/// Returns where the separator stands bare. A brace that is never closed is no brace.
fn bare(text: &str, separator: char) -> impl Iterator<Item = usize> {
    let mut escaped = false;
    let mut depth = 0_usize;
    text.char_indices().filter_map(move |(at, c)| {
        if std::mem::take(&mut escaped) {
            return None;
        }
        match c {
            '\\' => escaped = true,
            '{' if text[at..].contains('}') => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => return (depth == 0 && c == separator).then_some(at),
        }
        None
    })
}

/// Takes the backslash from before each separator.
pub(super) fn unescape(text: &str, separators: &[char]) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' && chars.peek().is_some_and(|next| separators.contains(next)) {
            continue;
        }
        plain.push(c);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_separators_split() {
        for (text, expected) in [
            ("a,b", vec!["a", "b"]),
            ("", vec![""]),
            (",a", vec!["", "a"]),
            ("a,,b,", vec!["a", "", "b", ""]),
            ("a\\,b,c", vec!["a\\,b", "c"]),
            ("{a,b},c", vec!["{a,b}", "c"]),
            ("v-{a,{b,c}}.yaml,d", vec!["v-{a,{b,c}}.yaml", "d"]),
            ("{a,b", vec!["{a", "b"]),
            ("é,ß", vec!["é", "ß"]),
        ] {
            assert_eq!(all(text, ','), expected, "{text}");
        }
    }

    #[test]
    fn only_separators_lose_their_backslash() {
        assert_eq!(unescape("a\\,b\\+c\\d", &[',', '+']), "a,b+c\\d");
    }
}
