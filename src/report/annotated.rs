//! A rendering with its provenance beside each line.

use std::fmt::Write as _;

use super::visible;

/// A line of a rendering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotatedLine {
    pub text: String,
    /// `templates/service.yaml:12`; `None` for what Helm writes itself.
    pub place: Option<String>,
    /// The values that it was made from: `service.port (values.yaml:7)`.
    pub reads: Vec<String>,
    /// The values that decided whether it is there.
    pub control: Vec<String>,
}

/// Notes begin in this column where the line is short enough.
const COLUMN: usize = 56;

/// Writes the lines, each with what it came from.
pub fn annotated(lines: &[AnnotatedLine], colored: bool) -> String {
    let mut out = String::new();
    for line in lines {
        let text = visible::lines(&line.text);
        let note = note(line);
        if note.is_empty() {
            _ = writeln!(out, "{text}");
            continue;
        }
        let gap = COLUMN.saturating_sub(text.chars().count()).max(2);
        let (dim, reset) = if colored { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
        _ = writeln!(out, "{text}{:gap$}{dim}# {}{reset}", "", visible::lines(&note));
    }
    out
}

fn note(line: &AnnotatedLine) -> String {
    let mut note = line.place.clone().unwrap_or_default();
    if !line.reads.is_empty() {
        _ = write!(note, " ← {}", line.reads.join(", "));
    }
    if !line.control.is_empty() {
        _ = write!(note, " if {}", line.control.join(", "));
    }
    note
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_stand_in_one_column_and_lines_without_any_stay_bare() {
        let line = AnnotatedLine {
            text: "port: 80".into(),
            place: Some("templates/service.yaml:7".into()),
            reads: vec!["service.port (values.yaml:2)".into()],
            control: vec!["service.enabled (values.yaml:1)".into()],
        };
        let bare = AnnotatedLine { text: "---".into(), place: None, reads: Vec::new(), control: Vec::new() };
        let expected = "---\nport: 80                                                # templates/service.yaml:7 \
                        ← service.port (values.yaml:2) if service.enabled (values.yaml:1)\n";
        assert_eq!(annotated(&[bare, line], false), expected);
    }
}
