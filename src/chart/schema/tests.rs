use super::{check_schema, compile, pattern};
use crate::codec::json::from_json;

/// Checks values given as JSON.
fn check(schema: &str, values: &str) -> Result<(), String> {
    let values = from_json(values.as_bytes()).unwrap();
    check_schema(schema, values.as_map().unwrap())
}

#[test]
fn mistakes_are_told_in_the_words_of_the_original() {
    for (schema, values, expected) in [
        (r#"{"type": "object", "required": ["a", "b"]}"#, "{}", "- at '': missing properties 'a', 'b'\n"),
        (
            r#"{"properties": {"a": {"type": ["number", "null"]}}}"#,
            r#"{"a": "x"}"#,
            "- at '/a': got string, want null or number\n",
        ),
        (
            r#"{"properties": {"a/b": {"enum": ["it's", 1, null]}}}"#,
            r#"{"a/b": 2}"#,
            "- at '/a~1b': value must be one of 'it\\'s', 1, <nil>\n",
        ),
        (r#"{"additionalProperties": false}"#, r#"{"b": 1, "a": 1}"#, "- at '': additional properties 'a', 'b' not allowed\n"),
        (r#"{"properties": {"a": {"minimum": 70000}}}"#, r#"{"a": 65536}"#, "- at '/a': minimum: got 65,536, want 70,000\n"),
        (r#"{"properties": {"a": {"maximum": 1.5}}}"#, r#"{"a": 1e6}"#, "- at '/a': maximum: got 1×10⁰⁶, want 1.5\n"),
        (
            r#"{"properties": {"a": {"pattern": "^[\\w-\\.]+$"}}}"#,
            r#"{"a": "x y"}"#,
            "- at '/a': 'x y' does not match pattern '^[\\\\w-\\\\.]+$'\n",
        ),
        (
            r##"{"properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"oneOf": [{"type": "string"}, {"minimum": 2}]}}}"##,
            r#"{"a": 1}"#,
            "- at '/a': 'oneOf' failed, none matched\n  - at '/a': got number, want string\n  - at '/a': minimum: got 1, want 2\n",
        ),
    ] {
        assert_eq!(check(schema, values).unwrap_err(), expected, "{schema}");
    }
}

#[test]
fn a_whole_number_is_an_integer() {
    let schema = r#"{"properties": {"a": {"type": "integer", "multipleOf": 0.1}}}"#;
    assert_eq!(check(schema, r#"{"a": 3.0}"#), Ok(()));
    assert_eq!(check(schema, r#"{"a": 3.5}"#).unwrap_err(), "- at '/a': got number, want integer\n");
}

#[test]
fn nothing_is_fetched() {
    for (schema, expected) in [
        (r#"{"$ref": "https://example.com/x.json#/a"}"#, "https://example.com/x.json"),
        (r#"{"$ref": "schemas/x.json"}"#, "file:///schemas/x.json"),
        (r#"{"$schema": "https://example.com/own"}"#, "https://example.com/own"),
    ] {
        let error = compile::compile(schema.as_bytes()).unwrap_err();
        assert_eq!(error, super::Unusable::Remote(expected.into()), "{schema}");
    }
    assert_eq!(check(r#"{"$ref": "urn:x:y"}"#, r#"{"a": 1}"#), Ok(()));
}

#[test]
fn drafts_differ() {
    let old = r#"{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"format": "ipv4"}}}"#;
    assert!(check(old, r#"{"a": "x"}"#).unwrap_err().starts_with("- at '/a': 'x' is not valid ipv4: "));
    let new = r#"{"properties": {"a": {"format": "ipv4"}}}"#;
    assert_eq!(check(new, r#"{"a": "x"}"#), Ok(()));
    let oldest = r#"{"$schema": "http://json-schema.org/draft-04/schema#", "minProperties": 1, "const": 1}"#;
    assert_eq!(check(oldest, r#"{"a": "x"}"#), Ok(()));
}

#[test]
fn patterns_are_gos() {
    for (expression, text, expected) in [
        (r"^\d+$", "٣", false),
        (r"^[\w-\.]+$", "a-b.c", true),
        (r"^[^\s[]+$", "a[", false),
        (r"^[]a]+$", "]a", true),
        (r"^[[:alpha:]]+$", "abc", true),
        (r"^[a&&b]+$", "&", true),
        (r"\bx\b", "é x", true),
    ] {
        assert_eq!(pattern::compile(expression).unwrap().is_match(text), expected, "{expression}");
    }
    assert!(pattern::compile("(?=x)").is_err());
}

#[test]
fn hostile_schemas_end() {
    assert_eq!(check(r##"{"$ref": "#"}"##, "{}").unwrap_err(), "- at '': reference cycle\n");
    let nested = format!("{}{}", r#"{"not":"#.repeat(300), "{}".to_owned() + &"}".repeat(300));
    assert!(check(&nested, "{}").is_err());
    let tree = r##"{"properties": {"a": {"$ref": "#"}}, "additionalProperties": false}"##;
    assert_eq!(check(tree, r#"{"a": {"a": {"b": 1}}}"#).unwrap_err(), "- at '/a/a': additional properties 'b' not allowed\n");
}
