//! Expressions of templates, copied from one place to another: what they read is written as the other place can reach it.

use super::scan::{Kind, Scan, string_end};

/// Nobody nests more variables than that.
const DEPTH: usize = 12;

/// How a place writes the root of everything: nothing, `$`, `$root` or `.context` stands before `.Values`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Root(pub(super) String);

impl Root {
    fn bare(&self) -> String {
        if self.0.is_empty() { ".".into() } else { self.0.clone() }
    }
}

/// A part of an expression's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Other(&'a str),
}

/// Splits an expression; the parts together are its text.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let end = match bytes[at] {
            quote @ (b'"' | b'`' | b'\'') => string_end(bytes, at, quote).unwrap_or(bytes.len()).min(bytes.len()),
            it if is_word(it) => at + bytes[at..].iter().take_while(|it| is_word(**it)).count(),
            _ => at + 1,
        };
        let end = (end..=bytes.len()).find(|it| text.is_char_boundary(*it)).unwrap_or(bytes.len());
        let part = &text[at..end];
        out.push(if is_word(bytes[at]) { Token::Word(part) } else { Token::Other(part) });
        at = end;
    }
    out
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$') || !byte.is_ascii()
}

/// Rewrites an expression that stands at a byte of `from`, so that it means the same where the root is written like that.
/// `None`: it reads an element of a list, or something else that cannot be written elsewhere.
pub(super) fn adapted(text: &str, from: &Scan<'_>, offset: usize, root: &Root) -> Option<String> {
    adapt(text, from, offset, root, 0)
}

fn adapt(text: &str, from: &Scan<'_>, offset: usize, root: &Root, depth: usize) -> Option<String> {
    if depth > DEPTH {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for token in tokens(text) {
        match token {
            Token::Other(part) => out.push_str(part),
            // Fields of what stands in parentheses.
            Token::Word(word) if out.ends_with(')') && word.starts_with('.') => out.push_str(word),
            Token::Word(word) => out.push_str(&word_adapted(word, from, offset, root, depth)?),
        }
    }
    Some(out)
}

fn word_adapted(word: &str, from: &Scan<'_>, offset: usize, root: &Root, depth: usize) -> Option<String> {
    if let Some(rest) = word.strip_prefix('$') {
        let (name, fields) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
        if name.is_empty() {
            return Some(joined(&root.0, fields, root));
        }
        let (action, (start, end)) = from.definition(&format!("${name}"), offset)?;
        let value = adapt(&from.text[start..end], from, from.actions[action].start, root, depth + 1)?;
        return Some(if fields.is_empty() { wrapped(&value) } else { member(&value, fields) });
    }
    if !word.starts_with('.') {
        return Some(word.to_owned());
    }
    match dot(from, offset, root, depth)? {
        None => Some(joined(&root.0, if word == "." { "" } else { word }, root)),
        Some(value) => Some(if word == "." { wrapped(&value) } else { member(&value, word) }),
    }
}

fn joined(root: &str, fields: &str, whole: &Root) -> String {
    if fields.is_empty() { whole.bare() } else { format!("{root}{fields}") }
}

/// Returns what the dot is at a byte: `Some(None)` is the root, `None` nobody knows.
#[expect(clippy::option_option, reason = "unknown, the root, or an expression")]
fn dot(from: &Scan<'_>, offset: usize, root: &Root, depth: usize) -> Option<Option<String>> {
    for block in from.blocks(offset).into_iter().rev().filter(|it| it.branch == 0) {
        let action = &from.actions[block.opener];
        match action.kind {
            Kind::Range => return None,
            Kind::With => {
                let text = from.inner(action).split_once(char::is_whitespace)?.1;
                let text = text.split_once(":=").map_or(text, |it| it.1).trim();
                return adapt(text, from, action.start, root, depth + 1).map(Some);
            }
            _ => {}
        }
    }
    Some(None)
}

fn is_simple(value: &str) -> bool {
    value.bytes().all(is_word) || (value.starts_with(['"', '`']) && !value.contains(' '))
}

fn wrapped(value: &str) -> String {
    if is_simple(value) { value.to_owned() } else { format!("({value})") }
}

fn member(value: &str, fields: &str) -> String {
    if value == "." { fields.to_owned() } else { format!("{}{fields}", wrapped(value)) }
}

/// Returns what the innermost `range` around a byte goes through, written from the root; `None` where there is none.
pub(super) fn ranged(scan: &Scan<'_>, offset: usize) -> Option<String> {
    let blocks = scan.blocks(offset);
    let opener = blocks.iter().rev().map(|it| &scan.actions[it.opener]).find(|it| it.kind == Kind::Range)?;
    let text = scan.inner(opener).split_once(char::is_whitespace)?.1;
    let list = text.split_once(":=").map_or(text, |it| it.1).trim();
    let written = adapt(list, scan, opener.start, &Root(String::new()), 0);
    Some(written.unwrap_or_else(|| list.to_owned()))
}

/// Returns the ways in which the root may be written at a byte, the likeliest first. Which one is right, rendering tells.
pub(super) fn roots(scan: &Scan<'_>, offset: usize) -> Vec<Root> {
    let blocks = scan.blocks(offset);
    let moved = blocks.iter().any(|it| it.branch == 0 && matches!(scan.actions[it.opener].kind, Kind::With | Kind::Range));
    let body = blocks.iter().rev().find(|it| scan.actions[it.opener].kind == Kind::Define);
    let (from, to) = body.map_or((0, scan.text.len()), |it| {
        let end = scan.block(it.opener).last().map_or(scan.text.len(), |last| scan.actions[*last].end);
        (scan.actions[it.opener].start, end)
    });
    let mut seen: Vec<(usize, String)> = Vec::new();
    for action in scan.actions.iter().filter(|it| it.start >= from && it.end <= to) {
        let inner = scan.inner(action);
        for token in tokens(inner) {
            let Token::Word(word) = token else { continue };
            let Some((before, _)) = word.split_once(".Values") else { continue };
            let distance = action.start.abs_diff(offset);
            match seen.iter_mut().find(|it| it.1 == before) {
                Some(known) => known.0 = known.0.min(distance),
                None => seen.push((distance, before.to_owned())),
            }
        }
    }
    seen.sort();
    let mut out: Vec<Root> = if moved { vec![Root("$".into())] } else { vec![Root(String::new()), Root("$".into())] };
    if body.is_some() {
        // What a helper is given may be anything: its own words come first.
        out = seen.iter().map(|it| Root(it.1.clone())).filter(|it| !moved || !it.0.is_empty()).chain(out).collect();
    }
    out.extend(seen.into_iter().map(|it| Root(it.1)));
    let mut unique: Vec<Root> = Vec::new();
    for it in out {
        if !unique.contains(&it) {
            unique.push(it);
        }
    }
    unique
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at<'a>(text: &'a str, scan: &Scan<'a>, expression: &str, root: &str) -> Option<String> {
        adapted(expression, scan, text.find("HERE").unwrap(), &Root(root.into()))
    }

    #[test]
    fn paths_are_written_from_the_root() {
        let text = "{{ $p := .Values.service }}{{ with .Values.web }}HERE{{ end }}";
        let scan = Scan::new(text);
        for (expression, root, want) in [
            (".port", "$", "$.Values.web.port"),
            ("$.Values.a | default 80", "", ".Values.a | default 80"),
            ("$p.port | int", "$", "$.Values.service.port | int"),
            ("include \"x.y\" $", "", "include \"x.y\" ."),
            ("printf \"%s.a\" (index $.Values.l 0).name", "$", "printf \"%s.a\" (index $.Values.l 0).name"),
        ] {
            assert_eq!(at(text, &scan, expression, root).as_deref(), Some(want), "{expression}");
        }
    }

    #[test]
    fn elements_of_lists_cannot_be_copied() {
        let text = "{{ range .Values.ports }}HERE{{ end }}";
        let scan = Scan::new(text);
        assert_eq!(at(text, &scan, ".port", "$"), None);
        assert_eq!(at(text, &scan, "$.Values.a", "$"), Some("$.Values.a".into()));
        assert_eq!(at(text, &scan, "$unknown", "$"), None);
    }

    #[test]
    fn the_same_list_is_told_however_it_is_written() {
        let text = "{{ range .Values.ports }}HERE{{ end }}{{ with .Values }}{{ range $i, $it := $.Values.ports }}THERE{{ end }}{{ end }}";
        let scan = Scan::new(text);
        let list = |word| ranged(&scan, text.find(word).unwrap());
        assert_eq!(list("HERE").as_deref(), Some(".Values.ports"));
        assert_eq!(list("THERE"), list("HERE"));
        assert_eq!(ranged(&scan, 0), None);
    }

    #[test]
    fn roots_are_those_that_the_text_uses() {
        let text = "{{ define \"a\" }}{{ $root := .root }}{{ $root.Values.x }}HERE{{ end }}{{ $.Values.y }}";
        let scan = Scan::new(text);
        let roots = roots(&scan, text.find("HERE").unwrap());
        assert_eq!(roots, [Root("$root".into()), Root(String::new()), Root("$".into())]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(parts in proptest::collection::vec(0..PARTS.len(), 0..24), at in 0..200_usize) {
            let text: String = parts.iter().map(|it| PARTS[*it]).collect();
            let scan = Scan::new(&text);
            let at = (0..=at.min(text.len())).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
            let end = crate::fix::site::value_end(&scan, at);
            proptest::prop_assert!(end >= at);
            if let Some(it) = crate::fix::site::written(&scan, at, end) {
                for root in roots(&scan, at) {
                    let _ = (it.value(&scan, at, &root, true), it.expression(&scan, at, &root), it.in_place());
                }
            }
            let _ = (scan.blocks(at), crate::fix::site::key_before(&text, at), scan.definition("$x", at));
        }
    }

    const PARTS: [&str; 22] = [
        "{{",
        "}}",
        "{{- ",
        " -}}",
        "if ",
        "else",
        "end",
        "with .a",
        "range $i, $x := .b",
        "define \"c\"",
        "$x := .d",
        "\"",
        "'",
        "`",
        "/*",
        "*/",
        "\n",
        "port: ",
        "é",
        " # ",
        "{a: [",
        "(.Values.e).f | default 80",
    ];
}
