//! Errors of YAML as go-yaml words them.

use crate::gotemplate::print::quote;
use crate::yaml::{self, Document, Node, NodeKind, Value, YamlError};

/// Returns go-yaml's sentence for an error of a text: `yaml: line 2: did not find expected key`.
pub(super) fn sentence(text: &str, error: &YamlError) -> String {
    const NO_COLON: &str = "could not find expected ':'";
    let (message, line) = (&*error.message, error.place.line);
    match message {
        "found unknown anchor" => format!("yaml: unknown anchor '{}' referenced", anchor(text, error)),
        "JSON has no infinite numbers" => format!("json: unsupported value: {}", infinite(rest(text, error))),
        "unsupported map key: null" => "unsupported map key of type: %!s(<nil>), key: <nil>, value: <nil>".to_owned(),
        _ if is_of_key(message) => key_sentence(text, error),
        // go-yaml lets the end of a text begin a new line
        NO_COLON if is_at_end(text, error) => format!("yaml: line {}: {NO_COLON}", line + 1),
        _ if is_of_parser(message) && is_at_end(text, error) => format!("yaml: line {line}: {message}"),
        // the first line is not named
        _ if line <= 1 || has_no_place(message) => format!("yaml: {message}"),
        // a parser's line is one less than it is
        _ if is_of_parser(message) => format!("yaml: line {}: {message}", line - 1),
        _ => format!("yaml: line {line}: {message}"),
    }
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

/// Whether it is not of the syntax: go-yaml names no line then.
fn has_no_place(message: &str) -> bool {
    const STARTS: [&str; 9] = [
        "JSON has no infinite",
        "anchor '",
        "cannot decode",
        "control characters",
        "document contains excessive",
        "found unknown anchor",
        "invalid map key",
        "map merge requires",
        "!!binary",
    ];
    STARTS.iter().any(|it| message.starts_with(it))
}

/// Returns what sigs.k8s.io/yaml says of the first document of a text, where it cannot be read.
pub fn parse_error(text: &str, document: &Document) -> Option<String> {
    document.error.as_ref().map(|error| format!("error converting YAML to JSON: {}", sentence(text, error)))
}

/// Returns the text from an error's place on.
fn rest<'a>(text: &'a str, error: &YamlError) -> &'a str {
    let skipped = text.split_inclusive('\n').take(error.place.line as usize - 1).map(str::len).sum();
    let rest = text.get(skipped..).unwrap_or_default();
    let column = rest.char_indices().nth(error.place.column as usize - 1).map_or(rest.len(), |it| it.0);
    &rest[column..]
}

/// Returns Go's name of the number that a text begins with.
fn infinite(text: &str) -> &'static str {
    match text.as_bytes() {
        [b'-', ..] => "-Inf",
        [b'.', b'n' | b'N', ..] => "NaN",
        _ => "+Inf",
    }
}

/// Words the error of a key that is no scalar. Errors of syntax behind it come first, as go-yaml reads all before it looks at keys.
fn key_sentence(text: &str, error: &YamlError) -> String {
    const TRIES: usize = 64;
    let mut key = None;
    let (mut text, mut error) = (text.to_owned(), error.clone());
    for _ in 0..TRIES {
        let rest = rest(&text, &error);
        let Some((length, node)) = flow_key(rest) else { break };
        key.get_or_insert(node);
        let start = text.len() - rest.len();
        if text[start..start + length].contains('\n') {
            break;
        }
        text.replace_range(start..start + length, &"x".repeat(length));
        let Some(document) = yaml::parse(&text).into_iter().next() else { break };
        match &document.error {
            Some(next) if is_of_key(&next.message) => error = next.clone(),
            Some(next) if !has_no_place(&next.message) => return sentence(&text, next),
            _ => break,
        }
    }
    format!("yaml: invalid map key: {}", key.map_or_else(String::new, |it| go_syntax(&it)))
}

fn is_of_key(message: &str) -> bool {
    message.starts_with("invalid map key")
}

/// Reads the flow collection that a text begins with, as `{{ .Values.name }}` has one, with its length; none where there is none, or a
/// long one.
fn flow_key(text: &str) -> Option<(usize, Node)> {
    const TRIES: usize = 32;
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let mut ends = text.match_indices(['}', ']']).take(TRIES).map(|(at, bracket)| at + bracket.len());
    ends.find_map(|end| Some((end, yaml::parse(&text[..end]).into_iter().next()?.root?)))
}

/// Writes a value as Go's `%#v` does.
fn go_syntax(node: &Node) -> String {
    match &node.kind {
        NodeKind::Scalar { value: Value::Null, .. } => "interface {}(nil)".to_owned(),
        NodeKind::Scalar { value: Value::Str(text), .. } => quote(text.as_bytes()),
        NodeKind::Scalar { value, .. } => yaml::text_of(value).into_owned(),
        NodeKind::Sequence(items) => {
            let items: Vec<_> = items.iter().map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        NodeKind::Mapping(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            let entries: Vec<_> =
                entries.iter().map(|it| format!("{}:{}", quote(it.key.as_bytes()), go_syntax(&it.value))).collect();
            format!("map[interface {{}}]interface {{}}{{{}}}", entries.join(", "))
        }
    }
}

/// Returns the name behind the `*` that an error is at.
fn anchor<'a>(text: &'a str, error: &YamlError) -> &'a str {
    let name = rest(text, error).trim_start_matches('*');
    let end = name.find(|it: char| !it.is_ascii_alphanumeric() && !matches!(it, '_' | '-')).unwrap_or(name.len());
    &name[..end]
}

/// Whether an error is at the end of a text whose last line does not end.
fn is_at_end(text: &str, error: &YamlError) -> bool {
    let last = text.rsplit('\n').next().unwrap_or_default();
    let lines = text.bytes().filter(|it| *it == b'\n').count() + 1;
    !last.is_empty() && error.place.line as usize == lines && error.place.column as usize > last.chars().count()
}

#[cfg(test)]
mod tests {
    use crate::codec::yaml::from_yaml;

    #[test]
    fn sentences_are_those_of_go() {
        let cases = [
            ("a: {{ .b }}", "yaml: invalid map key: map[interface {}]interface {}{\".b\":interface {}(nil)}"),
            ("a: {{ .b }}\n{{- end }}\nc: d\n", "yaml: line 3: could not find expected ':'"),
            ("[[a, 1]: b]", "yaml: invalid map key: []interface {}{\"a\", 1}"),
            ("a: 1\nb", "yaml: line 3: could not find expected ':'"),
            ("a: 1\nb\n", "yaml: line 3: could not find expected ':'"),
            ("a: *b-c", "yaml: unknown anchor 'b-c' referenced"),
            ("- a\n- [b", "yaml: line 2: did not find expected ',' or ']'"),
            ("a: \u{1}", "yaml: control characters are not allowed"),
            ("a: .inf", "json: unsupported value: +Inf"),
            ("a: -.inf", "json: unsupported value: -Inf"),
            ("a: .NaN", "json: unsupported value: NaN"),
        ];
        for (text, expected) in cases {
            assert_eq!(from_yaml(text.as_bytes()).expect_err(text), format!("error converting YAML to JSON: {expected}"));
        }
    }
}
