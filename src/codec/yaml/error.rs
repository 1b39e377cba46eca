//! Errors of YAML as go-yaml words them.

use crate::yaml::{Document, YamlError};

/// Returns go-yaml's sentence for an error: `yaml: line 2: did not find expected key`.
pub(super) fn sentence(error: &YamlError) -> String {
    let message = &error.message;
    if let Some(detail) = message.strip_prefix("JSON has no infinite numbers") {
        return format!("json: unsupported value: +Inf{detail}");
    }
    if message.starts_with("unsupported map key") {
        return message.clone();
    }
    // the first line is not named; that of a parser is one less than it is
    let first = error.place.line <= 1;
    let line = if is_of_parser(message) { error.place.line.saturating_sub(1) } else { error.place.line };
    if first || has_no_place(message) { format!("yaml: {message}") } else { format!("yaml: line {line}: {message}") }
}

fn is_of_parser(message: &str) -> bool {
    const PARSER: [&str; 10] = [
        "did not find expected <document start>",
        "did not find expected <stream-start>",
        "did not find expected node content",
        "did not find expected '-' indicator",
        "did not find expected key",
        "did not find expected ',' or ']'",
        "did not find expected ',' or '}'",
        "found undefined tag handle",
        "found incompatible YAML document",
        "found duplicate %YAML directive",
    ];
    PARSER.contains(&message) || message == "found duplicate %TAG directive"
}

fn has_no_place(message: &str) -> bool {
    message.starts_with("unknown anchor")
        || message.starts_with("map merge requires")
        || message.starts_with("cannot decode")
        || message.starts_with("control characters")
        || message.starts_with("anchor '")
        || message.starts_with("invalid map key")
        || message.starts_with("!!binary")
        || message.starts_with("document contains excessive")
}

/// Returns what sigs.k8s.io/yaml says of the first document of a text, where it cannot be read.
pub fn parse_error(text: &str, document: &Document) -> Option<String> {
    let error = document.error.as_ref()?;
    let sentence = if error.message == "found unknown anchor" {
        format!("yaml: unknown anchor '{}' referenced", anchor(text, error))
    } else if is_of_parser(&error.message) && is_at_end(text, error) {
        // go-yaml lets the end of a text begin a new line
        format!("yaml: line {}: {}", error.place.line, error.message)
    } else {
        sentence(error)
    };
    Some(format!("error converting YAML to JSON: {sentence}"))
}

/// Returns the name behind the `*` that an error is at.
fn anchor<'a>(text: &'a str, error: &YamlError) -> &'a str {
    let line = text.split('\n').nth(error.place.line as usize - 1).unwrap_or_default();
    let column = line.char_indices().nth(error.place.column as usize - 1).map_or(line.len(), |it| it.0);
    let name = line[column..].trim_start_matches('*');
    let end = name.find(|it: char| !it.is_ascii_alphanumeric() && !matches!(it, '_' | '-')).unwrap_or(name.len());
    &name[..end]
}

/// Whether an error is at the end of a text whose last line does not end.
fn is_at_end(text: &str, error: &YamlError) -> bool {
    let last = text.rsplit('\n').next().unwrap_or_default();
    let lines = text.bytes().filter(|it| *it == b'\n').count() + 1;
    !last.is_empty() && error.place.line as usize == lines && error.place.column as usize > last.chars().count()
}
