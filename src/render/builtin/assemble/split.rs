//! From a file to its documents: `SplitManifests` of Helm's manifest.go.

use std::ops::Range;

use bstr::ByteSlice as _;

use crate::chart::HelmVersion;

/// Returns where the documents of a text are. Those of white space are left out.
///
/// Helm 4 keeps the white space behind a document, and Helm 3 does not. Both split before `---` whatever follows it in the line.
pub(super) fn split(text: &[u8], helm: HelmVersion) -> Vec<Range<usize>> {
    let start = text.len() - text.trim_start().len();
    let separators = match helm {
        HelmVersion::V4 => lines(text, start),
        HelmVersion::V3 => spaced(&text[..text.trim_end().len().max(start)], start),
    };
    let end = if helm == HelmVersion::V3 { text.trim_end().len().max(start) } else { text.len() };
    let starts = std::iter::once(start).chain(separators.iter().map(|it| it.end));
    let ends = separators.iter().map(|it| it.start).chain(std::iter::once(end));
    starts.zip(ends).filter_map(|(start, end)| trimmed(text, start..end, helm)).collect()
}

fn trimmed(text: &[u8], range: Range<usize>, helm: HelmVersion) -> Option<Range<usize>> {
    let document = &text[range.clone()];
    let start = range.end - document.trim_start().len();
    match helm {
        HelmVersion::V4 => (start < range.end).then_some(start..range.end),
        // what Unicode alone takes for white space is a document to Helm 3, and an empty one
        HelmVersion::V3 if range.is_empty() => None,
        HelmVersion::V3 => Some(start..start + document.trim().len()),
    }
}

/// Finds `(?m)^---[ \t]*`.
fn lines(text: &[u8], start: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = start;
    while at < text.len() {
        let line = &text[at..];
        let length = line.find_byte(b'\n').map_or(line.len(), |it| it + 1);
        if let Some(rest) = line.strip_prefix(b"---") {
            let blanks = rest.iter().take_while(|it| matches!(it, b' ' | b'\t')).count();
            found.push(at..at + 3 + blanks);
        }
        at += length;
    }
    found
}

/// Finds `(?:^|\s*\n)---\s*`.
fn spaced(text: &[u8], start: usize) -> Vec<Range<usize>> {
    let is_space = |it: &&u8| matches!(it, b' ' | b'\t' | b'\n' | 0x0c | b'\r');
    let behind = |from: usize| from + text[from..].iter().take_while(is_space).count();
    let mut found = Vec::new();
    let mut at = start;
    if text[start..].starts_with(b"---") {
        at = behind(start + 3);
        found.push(start..at);
    }
    while let Some(next) = text[at..].find(b"\n---") {
        let line = at + next;
        let spaces = text[at..line].iter().rev().take_while(is_space).count();
        let end = behind(line + 4);
        found.push(line - spaces..end);
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, helm: HelmVersion, expected: &[&str]) {
        let found: Vec<_> = split(text.as_bytes(), helm).into_iter().map(|it| &text[it]).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn documents_begin_behind_separators() {
        let both = [
            ("", &[][..]),
            (" \n---\n \n", &[]),
            ("a", &["a"]),
            ("\n---\na\n---\nb", &["a\n", "b"]),
            ("---a: 1\n---b: 1", &["a: 1\n", "b: 1"]),
            ("a\n ---\nb", &["a\n ---\nb"]),
            ("a\n---   # c\n\n b", &["a\n", "# c\n\n b"]),
        ];
        for (text, expected) in both {
            check(text, HelmVersion::V4, expected);
            let trimmed: Vec<_> = expected.iter().map(|it| it.trim()).collect();
            check(text, HelmVersion::V3, &trimmed);
        }
    }

    #[test]
    fn helms_differ_in_white_space() {
        check("a\n\n---\nb \n", HelmVersion::V4, &["a\n\n", "b \n"]);
        check("a\n\n---\nb \n", HelmVersion::V3, &["a", "b"]);
        check("a\n---\n---", HelmVersion::V4, &["a\n"]);
        check("a\n---\n---", HelmVersion::V3, &["a", "---"]);
        check("---\n---\na", HelmVersion::V4, &["a"]);
        check("---\n---\na", HelmVersion::V3, &["---\na"]);
    }
}
