//! Lines to be drawn. What a Secret holds, or whose key says so, is redacted.

use super::CaseCx;
use crate::finding::{Excerpt, Location, REDACTED, RENDERED, is_secret};
use crate::kube::{Field, Resource};
use crate::source::Lines;
use crate::target::Target;

/// So many characters of a line are kept: whole objects may stand on one line, and have many findings.
const WIDTH: usize = 500;

/// Whether the rendering is the very file that people edit.
pub(super) fn is_source(resource: &Resource) -> bool {
    resource.source.as_ref().is_some_and(|it| it.line_in_file.is_some())
}

/// Draws a place in a source file.
pub(super) fn source(target: &Target, location: &Location, label: &str) -> Option<Excerpt> {
    let line = location.line?;
    let file = target.file_shown_as(&location.file)?;
    let file = target.tree.lines(file)?;
    let column = location.column.map(|start| {
        let rest = file.lines.line(&file.text, line).unwrap_or_default();
        let rest: String = rest.chars().skip((start as usize).saturating_sub(1)).take(WIDTH).collect();
        (start, start + u32::try_from(value_width(&rest)).unwrap_or(1).max(1))
    });
    Some(cut((&file.text, &file.lines), location.file.clone(), line, column, label.to_owned(), true, false))
}

/// The width of a value at the start of a text: up to a comment or the line's end.
fn value_width(rest: &str) -> usize {
    rest.split(" #").next().unwrap_or(rest).trim_end().chars().count()
}

/// Marks a field to its end, where the rendering is the source and so the end is known.
pub(super) fn of_field(excerpt: Excerpt, field: &Field, resource: &Resource) -> Excerpt {
    if !is_source(resource) {
        return excerpt;
    }
    let line = excerpt.lines.get((excerpt.mark_line - excerpt.first_line) as usize).map_or("", |it| it);
    Excerpt { mark_columns: columns(field).and_then(|it| shown_columns(line, it)), ..excerpt }
}

fn columns(field: &Field) -> Option<(u32, u32)> {
    let one_line = field.start.line == field.end.line && field.end.column > field.start.column;
    one_line.then_some((field.start.column, field.end.column))
}

/// Draws a place in a rendering.
pub(super) fn rendered(cx: CaseCx<'_>, field: &Field, label: String, primary: bool, resource: &Resource) -> Excerpt {
    let columns = columns(field);
    let secret = resource.is("Secret", "");
    cut((cx.text, cx.lines), RENDERED.into(), field.start.line, columns, label, primary, secret)
}

fn cut(
    (text, index): (&str, &Lines),
    origin: String,
    line: u32,
    columns: Option<(u32, u32)>,
    label: String,
    primary: bool,
    secret: bool,
) -> Excerpt {
    let first = line.saturating_sub(3).max(1);
    let lines: Vec<&str> = index.from(text, first).take((line - first) as usize + 2).collect();
    // Never look back into another document.
    let start = lines.iter().take((line - first) as usize).rposition(|it| it.starts_with("---")).map_or(0, |it| it + 1);
    let first = first + u32::try_from(start).unwrap_or(0);
    let short: Vec<&str> = lines[start..].iter().map(|it| shortened(it)).collect();
    let mut kept = redact(&short, secret);
    for (kept, (short, whole)) in kept.iter_mut().zip(short.iter().zip(&lines[start..])) {
        if short.len() < whole.len() {
            kept.push('…');
        }
    }
    Excerpt {
        origin,
        first_line: first,
        mark_line: line,
        mark_columns: columns.and_then(|it| shown_columns(kept.get((line - first) as usize).map_or("", |it| it), it)),
        lines: kept,
        label,
        primary,
    }
}

/// Returns the part of a line that is kept.
pub(super) fn shortened(line: &str) -> &str {
    line.char_indices().nth(WIDTH).map_or(line, |(end, _)| &line[..end])
}

/// Returns the columns to mark; none where they are not kept.
fn shown_columns(line: &str, columns: (u32, u32)) -> Option<(u32, u32)> {
    let cut = line.chars().count() > WIDTH && columns.1 as usize > WIDTH;
    (!cut).then(|| without_space(line, columns))
}

/// A parser may count the spaces behind a value as a part of it.
fn without_space(line: &str, (start, end): (u32, u32)) -> (u32, u32) {
    let marked: String = line.chars().take(end as usize - 1).skip(start as usize - 1).collect();
    let spaces = marked.chars().rev().take_while(|it| it.is_whitespace()).count();
    (start, (end - u32::try_from(spaces).unwrap_or_default()).max(start + 1))
}

/// Whether lines of a text show what would be hidden in an excerpt.
#[cfg(feature = "cli")]
pub(crate) fn shows_secret(lines: &[&str]) -> bool {
    redact(lines, false).iter().zip(lines).any(|(hidden, line)| hidden != line)
}

fn redact(lines: &[&str], secret: bool) -> Vec<String> {
    let mut named = false;
    let mut shown = Vec::new();
    for line in lines {
        let (before, value) = line.split_once(": ").unwrap_or((line, ""));
        let key = before.trim_start_matches([' ', '-']).trim();
        if secret && !line.trim_end().ends_with(':') && !matches!(key, "kind" | "name" | "namespace" | "apiVersion" | "type") {
            // A Secret's own lines may hold anything: a text over several lines, a flow map.
            let indent: String = line.chars().take_while(|it| it.is_whitespace()).collect();
            shown.push(format!("{indent}{REDACTED}"));
            continue;
        }
        let literal = !value.trim().is_empty() && !value.contains("{{");
        let hide = literal && (is_secret(key) || (named && key == "value"));
        named = key == "name" && is_secret(value);
        shown.push(if hide { format!("{before}: {REDACTED}") } else { (*line).to_owned() });
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut() {
        let text = format!("a: 1\n{}b: 2\n", "x".repeat(100_000));
        let lines = Lines::new(&text);
        let at = |columns| cut((&text, &lines), String::new(), 2, Some(columns), String::new(), true, false);
        assert_eq!(at((3, 4)).lines[1].chars().count(), WIDTH + 1);
        assert_eq!(at((3, 4)).mark_columns, Some((3, 4)));
        assert_eq!(at((99_999, 100_001)).mark_columns, None);
    }

    #[test]
    fn secrets_are_not_shown() {
        let lines = ["- name: DB_PASSWORD", "  value: hunter2", "  apiToken: abc", "  port: 80"];
        assert_eq!(redact(&lines, false), ["- name: DB_PASSWORD", "  value: [redacted]", "  apiToken: [redacted]", "  port: 80"]);
        let lines = ["kind: Secret", "data: {x: aHVudGVy}", "stringData:", "  cfg: |", "    hunter2"];
        assert_eq!(redact(&lines, true), ["kind: Secret", "[redacted]", "stringData:", "  [redacted]", "    [redacted]"]);
    }
}
