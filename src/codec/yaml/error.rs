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

/// Returns what sigs.k8s.io/yaml says of a document that cannot be read.
pub fn parse_error(document: &Document) -> Option<String> {
    document.error.as_ref().map(|error| format!("error converting YAML to JSON: {}", sentence(error)))
}
