//! Where a value is written in a source, and what it is written with.

use super::expr::{Root, adapted};
use super::scan::{Action, Kind, Scan};
use crate::yaml::Place;

/// The bytes of a value in a file of the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Site {
    pub(super) file: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A part of a written value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// What is within the braces.
    Action(&'a str),
    /// `if`, `else` or `end`, within the braces.
    Control(&'a str),
}

/// A value as it is written: without its quotes, but with them known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written<'a> {
    pub(super) quote: Option<char>,
    pub(super) pieces: Vec<Piece<'a>>,
}

/// Returns the byte of a place; columns count characters.
pub(super) fn offset(text: &str, place: Place) -> Option<usize> {
    let start = line_start(text, place.line)?;
    let rest = text[start..].split('\n').next().unwrap_or_default();
    let column = place.column.saturating_sub(1) as usize;
    Some(start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at))
}

/// Returns the byte of a line and a column, both 1-based, the column counted in bytes.
pub(super) fn offset_in_bytes(text: &str, line: u32, column: u32) -> Option<usize> {
    let at = line_start(text, line)? + column.saturating_sub(1) as usize;
    (at <= text.len() && text.is_char_boundary(at)).then_some(at)
}

fn line_start(text: &str, line: u32) -> Option<usize> {
    match line {
        0 => None,
        1 => Some(0),
        _ => text.match_indices('\n').nth(line as usize - 2).map(|(at, _)| at + 1),
    }
}

/// Returns the bytes of the line that a byte is on, without its end.
pub(super) fn line_of(text: &str, at: usize) -> (usize, usize) {
    let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
    let end = text[at..].find('\n').map_or(text.len(), |it| at + it);
    (start, if text[start..end].ends_with('\r') { end - 1 } else { end })
}

/// Returns how the lines of a text end.
pub(super) fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Returns the end of the value that begins at a byte: that of its line, of the flow collection it is in, or where an action
/// decides what follows.
pub(super) fn value_end(scan: &Scan<'_>, start: usize) -> usize {
    let text = scan.text;
    let (first, last) = line_of(text, start);
    let in_flow = is_flow(scan, first, start);
    let mut at = start;
    while at < last {
        let rest = &text[at..];
        if let Some(action) = scan.action_at(at).filter(|it| it.start == at) {
            match (action.kind, closed_on_line(scan, action, last)) {
                (Kind::Other, _) => at = action.end,
                (_, Some(end)) => at = end,
                _ => break,
            }
        } else if is_comment(rest) || (in_flow && rest.starts_with([',', '}', ']'])) {
            break;
        } else if at == start && rest.starts_with(['"', '\'']) {
            at = quoted_end(scan, at).min(last.max(at + 1));
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    start + text[start..at.max(start)].trim_end().len()
}

fn is_comment(rest: &str) -> bool {
    rest.starts_with([' ', '\t']) && rest[1..].starts_with('#')
}

/// Returns the end of an `if` that ends on its line.
fn closed_on_line(scan: &Scan<'_>, action: &Action, last: usize) -> Option<usize> {
    if action.kind != Kind::If {
        return None;
    }
    let opener = scan.actions.iter().position(|it| it.start == action.start)?;
    let end = scan.actions.get(*scan.block(opener).last()?)?;
    (end.kind == Kind::End && end.end <= last).then_some(end.end)
}

/// Returns the byte behind a quoted scalar in which actions may stand.
fn quoted_end(scan: &Scan<'_>, start: usize) -> usize {
    let bytes = scan.text.as_bytes();
    let quote = bytes[start];
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'\n' {
        if let Some(action) = scan.action_at(at) {
            at = action.end;
            continue;
        }
        at += 1;
        if bytes[at - 1] == quote {
            return at;
        }
    }
    at
}

/// Whether a flow collection is open on a line before a byte.
fn is_flow(scan: &Scan<'_>, first: usize, start: usize) -> bool {
    let mut depth = 0_i32;
    for (at, byte) in scan.text.as_bytes()[..start].iter().enumerate().skip(first) {
        if scan.action_at(at).is_none() {
            depth += i32::from(matches!(byte, b'{' | b'[')) - i32::from(matches!(byte, b'}' | b']'));
        }
    }
    depth > 0
}

/// Takes a value apart; `None` when an action decides what it is, or it is none.
pub(super) fn written<'a>(scan: &Scan<'a>, start: usize, end: usize) -> Option<Written<'a>> {
    let text = scan.text.get(start..end)?;
    let quote = text.chars().next().filter(|it| matches!(it, '"' | '\'') && text.len() > 1 && text.ends_with(*it));
    let (from, to) = if quote.is_some() { (start + 1, end - 1) } else { (start, end) };
    let mut pieces = Vec::new();
    let mut at = from;
    while at < to {
        if let Some(action) = scan.action_at(at) {
            if action.start != at || action.end > to {
                return None;
            }
            pieces.push(match action.kind {
                Kind::Other => Piece::Action(scan.inner(action)),
                Kind::If | Kind::Else | Kind::End => Piece::Control(scan.inner(action)),
                _ => return None,
            });
            at = action.end;
            continue;
        }
        let next = scan.text[at..to].find("{{").map_or(to, |it| at + it).max(at + 1);
        pieces.push(Piece::Text(scan.text.get(at..next)?));
        at = next;
    }
    (!pieces.is_empty()).then_some(Written { quote, pieces })
}

impl Written<'_> {
    /// Whether no action stands in it.
    pub(super) fn is_literal(&self) -> bool {
        self.pieces.iter().all(|it| matches!(it, Piece::Text(_)))
    }

    /// Returns its only action's inside.
    pub(super) fn action(&self) -> Option<&str> {
        match self.pieces[..] {
            [Piece::Action(inner)] => Some(inner),
            _ => None,
        }
    }

    /// Writes it as a value elsewhere.
    pub(super) fn value(&self, from: &Scan<'_>, offset: usize, root: &Root, quotes: bool) -> Option<String> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Action(inner) | Piece::Control(inner) => {
                    out.push_str("{{ ");
                    out.push_str(unwrapped(&adapted(inner, from, offset, root)?));
                    out.push_str(" }}");
                }
            }
        }
        Some(match self.quote.filter(|_| quotes) {
            Some(quote) => format!("{quote}{out}{quote}"),
            None => out,
        })
    }

    /// Writes it as an expression where it stands.
    pub(super) fn in_place(&self) -> Option<String> {
        self.expression_with(&|inner| Some(inner.to_owned()))
    }

    /// Writes it as an expression elsewhere; a text of digits becomes a number.
    pub(super) fn expression(&self, from: &Scan<'_>, offset: usize, root: &Root) -> Option<String> {
        self.expression_with(&|inner| adapted(inner, from, offset, root))
    }

    fn expression_with(&self, write: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let action = |inner: &str| match inner.strip_prefix("template ") {
            Some(rest) => write(&format!("include {rest}")),
            None => write(inner),
        };
        match self.pieces[..] {
            [Piece::Text(text)] if self.quote.is_none() && text.bytes().all(|it| it.is_ascii_digit()) => Some(text.to_owned()),
            [Piece::Text(text)] => Some(format!("{text:?}")),
            [Piece::Action(inner)] => action(inner),
            _ => {
                let (mut format, mut args) = (String::new(), String::new());
                for piece in &self.pieces {
                    match piece {
                        Piece::Control(_) => return None,
                        Piece::Text(text) => format.push_str(&text.replace('%', "%%")),
                        Piece::Action(inner) => {
                            format.push_str("%v");
                            let inner = action(inner)?;
                            let wrap = inner.contains([' ', '|']);
                            args.extend(if wrap { [" (", &inner, ")"] } else { [" ", &inner, ""] });
                        }
                    }
                }
                Some(format!("printf {format:?}{args}"))
            }
        }
    }
}

/// Takes off parentheses around a whole expression.
fn unwrapped(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('(').and_then(|it| it.strip_suffix(')')) else { return text };
    let mut depth = 0_i32;
    let closes_early = inner.chars().any(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth < 0
    });
    // A parenthesis in a string counts like any other: then they stay.
    if closes_early || depth != 0 { text } else { inner }
}

/// Returns the bytes of the key whose value begins at a byte of the same line.
pub(super) fn key_before(text: &str, start: usize) -> Option<(usize, usize)> {
    let first = line_of(text, start).0;
    let before = text[first..start].trim_end().strip_suffix(':')?;
    let name = before.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '"' | '\'')));
    let at = first + name.map_or(0, |it| it + before[it..].chars().next().map_or(1, char::len_utf8));
    let end = first + before.len();
    (at < end).then_some((at, end))
}

/// Returns the bytes of the literal arguments of an action that say a text: `"http"` or `8080`.
pub(super) fn literals(scan: &Scan<'_>, action: &Action, value: &str) -> Vec<(usize, usize)> {
    let (from, to) = action.inner;
    let inner = &scan.text[from..to];
    let quoted = format!("\"{value}\"");
    let mut found: Vec<(usize, usize)> = inner.match_indices(&quoted).map(|(at, it)| (from + at, from + at + it.len())).collect();
    if found.is_empty() && value.bytes().all(|it| it.is_ascii_digit()) {
        let alone = |at: usize| {
            let edge = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')'));
            edge(inner[..at].chars().next_back()) && edge(inner[at + value.len()..].chars().next())
        };
        found.extend(inner.match_indices(value).filter(|(at, _)| alone(*at)).map(|(at, it)| (from + at, from + at + it.len())));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> &str {
        let start = text.find("HERE").map_or_else(|| text.find(": ").unwrap() + 2, |it| it + 4);
        &text[start..value_end(&Scan::new(text), start)]
    }

    #[test]
    fn values_end_where_their_line_or_collection_does() {
        for (text, want) in [
            ("port: 80 # of the web\n", "80"),
            ("port: {{ .a | default \"x }} #\" }}-b\r\nnext: 1", "{{ .a | default \"x }} #\" }}-b"),
            ("port: 80\t# of the web", "80"),
            ("a: {port: HERE80, b: 1}", "80"),
            ("a: HERE80{{ end }}", "80"),
            ("a: \"{{ include \"x\" . }}\" # b", "\"{{ include \"x\" . }}\""),
        ] {
            assert_eq!(value(text), want, "{text}");
        }
    }

    #[test]
    fn values_become_values_and_expressions() {
        let text = "name: {{ template \"a\" . }}-{{ .Values.b }}";
        let scan = Scan::new(text);
        let it = written(&scan, 6, text.len()).unwrap();
        let root = Root("$".into());
        assert_eq!(it.value(&scan, 6, &root, true).unwrap(), "{{ template \"a\" $ }}-{{ $.Values.b }}");
        assert_eq!(it.expression(&scan, 6, &root).unwrap(), "printf \"%v-%v\" (include \"a\" $) $.Values.b");
    }

    #[test]
    fn keys_stand_before_their_values() {
        let key = |text: &str| key_before(text, text.find("80").unwrap()).map(|(a, b)| text[a..b].to_owned());
        assert_eq!(key("  - number: 80").as_deref(), Some("number"));
        assert_eq!(key("{port: {number: 80}}").as_deref(), Some("number"));
        assert_eq!(key("- 80"), None);
    }

    #[test]
    fn literal_arguments_are_found() {
        let text = "{{ include \"b\" (dict \"servicePort\" \"http\" \"n\" 8080) }}";
        let scan = Scan::new(text);
        let told = |value| literals(&scan, &scan.actions[0], value).iter().map(|it| &text[it.0..it.1]).collect::<Vec<_>>();
        assert_eq!(told("http"), ["\"http\""]);
        assert_eq!(told("8080"), ["8080"]);
        assert!(told("80").is_empty());
    }
}
