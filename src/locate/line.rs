//! Lines of templates, read without running them.

/// `key: rest` of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'a> {
    /// Column of the key, 0-based.
    pub(super) indent: usize,
    /// Column of the first dash before it.
    pub(super) dash: Option<usize>,
    pub(super) key: &'a str,
    pub(super) rest: &'a str,
    pub(super) rest_at: usize,
}

impl Pair<'_> {
    /// Returns the value without a comment behind it.
    pub(super) fn value(&self) -> &str {
        if self.rest.starts_with('#') { "" } else { self.rest.split(" #").next().unwrap_or(self.rest).trim() }
    }
}

/// Reads a line as `key: rest`, with dashes before it; a line of only template actions is none.
pub(super) fn pair(line: &str) -> Option<Pair<'_>> {
    let mut at = line.len() - line.trim_start().len();
    let mut dash = None;
    while line[at..].starts_with("- ") {
        dash = dash.or(Some(at));
        at += 2 + (line[at + 2..].len() - line[at + 2..].trim_start().len());
    }
    let rest = &line[at..];
    if rest.starts_with('#') {
        return None;
    }
    let end = rest.find(':')?;
    let key = rest[..end].trim_matches(['"', '\'']);
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let behind = &rest[end + 1..];
    if key.is_empty() || !key.chars().all(legal) || !(behind.is_empty() || behind.starts_with([' ', '\t'])) {
        return None;
    }
    let space = behind.len() - behind.trim_start().len();
    Some(Pair { indent: at, dash, key, rest: behind.trim(), rest_at: at + end + 1 + space })
}

/// Returns the indentation of an element in flow style: `- { port: 80 }`.
pub(super) fn flow(line: &str) -> Option<usize> {
    let text = line.trim_start_matches([' ', '-']);
    let flow = text.starts_with(['{', '[']) && !text.starts_with("{{") && line.trim_start().starts_with('-');
    flow.then(|| line.len() - line.trim_start().len())
}

/// Splits a text into lines; those that begin inside of an action or a comment are emptied.
pub(super) fn lines(text: &str) -> Vec<String> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        lines.push(if inside { String::new() } else { line.to_owned() });
        inside = open_behind(line, inside);
    }
    lines
}

/// Whether an action is open behind a line.
fn open_behind(line: &str, open: bool) -> bool {
    match (line.rfind("{{"), line.rfind("}}")) {
        (Some(start), Some(end)) => start > end,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => open,
    }
}

/// Returns the indentation of the YAML that a line of actions writes; `None` when it writes none, or is no such line.
///
/// `include` and `template` with a plain name write none here: their text is looked at where it is defined.
pub(super) fn emits(line: &str) -> Option<usize> {
    let text = line.trim();
    let mut rest = text.strip_prefix("{{")?;
    let mut found = false;
    loop {
        let Some((action, behind)) = rest.split_once("}}") else { return found.then(|| indent_of(line)) };
        found |= writes(action.trim_start_matches('-').trim());
        let Some((between, next)) = behind.split_once("{{") else {
            found |= !behind.trim().is_empty() && !behind.trim().starts_with('#');
            return found.then(|| indent_of(line));
        };
        found |= !between.trim().is_empty();
        rest = next;
    }
}

fn writes(action: &str) -> bool {
    const SILENT: [&str; 11] = ["if", "else", "end", "with", "range", "define", "block", "fail", "break", "continue", "required"];
    let (word, rest) = action.split_once(char::is_whitespace).unwrap_or((action, ""));
    match word {
        "" => false,
        "include" | "template" => !rest.trim_start().starts_with('"'),
        _ => !SILENT.contains(&word.trim_end_matches('-')) && !word.starts_with("/*") && !assigns(word, rest),
    }
}

fn assigns(word: &str, rest: &str) -> bool {
    word.starts_with('$') && (rest.contains(":=") || rest.trim_start().starts_with("= "))
}

/// The number behind `nindent` or `indent`, or the line's own indentation.
fn indent_of(line: &str) -> usize {
    let digits = line.rsplit_once("indent ").map(|(_, it)| it.trim_start());
    let digits = digits.and_then(|it| it.split(|c: char| !c.is_ascii_digit()).next());
    digits.and_then(|it| it.parse().ok()).unwrap_or(line.len() - line.trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_with_its_dashes() {
        let read = |line| pair(line).map(|it| (it.indent, it.dash, it.key, it.rest));
        assert_eq!(read("  - name: http"), Some((4, Some(2), "name", "http")));
        assert_eq!(read("'a.b/c': x # y"), Some((0, None, "a.b/c", "x # y")));
        assert_eq!(pair("port: 80  # y").map(|it| it.value().to_owned()).as_deref(), Some("80"));
        for line in ["{{- if .Values.x }}", "# port: 80", "", "- 80", "url:80", "- {{ .x }}: 80"] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn actions_over_several_lines_are_no_lines() {
        let text = "a: 1\r\n{{- /*\nport: 80\n*/}}\nb: {{ x\n  port: 80 }}\nc: 2\n";
        assert_eq!(lines(text), ["a: 1", "{{- /*", "", "", "b: {{ x", "", "c: 2"]);
    }

    #[test]
    fn actions_that_write_are_told_from_those_that_do_not() {
        for (line, want) in [
            ("  {{- toYaml .Values.x | nindent 4 }}", Some(4)),
            ("  {{ .Values.raw }}", Some(2)),
            ("  {{- include (printf \"%s\" .x) . | nindent 6 }}", Some(6)),
            ("  {{- include \"x.labels\" . | nindent 4 }}", None),
            ("{{- if .x }}port: 80{{ end }}", Some(0)),
            ("{{- if .Values.x }}", None),
            ("{{- else if .x -}}", None),
            ("{{- end }}", None),
            ("{{end}}", None),
            ("{{- $x := dict }}", None),
            ("{{/* toYaml */}}", None),
            ("{{- /* toYaml */ -}}", None),
            ("port: {{ .x }}", None),
        ] {
            assert_eq!(emits(line), want, "{line}");
        }
    }
}
