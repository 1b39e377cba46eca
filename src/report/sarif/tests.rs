use proptest::prelude::*;
use serde_json::{Value, json};

use super::place::encoded;
use super::*;
use crate::finding::Precision;
use crate::report::fixture;

fn written(report: &RunReport) -> Value {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    assert!(out.ends_with(b"}\n"));
    serde_json::from_slice(&out).unwrap()
}

/// What the standard and GitHub ask of the parts that are written; closed, so that a misspelt key is an error.
fn schema() -> Value {
    let object = |required: &[&str], properties: Value| json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false});
    let of = |name: &str| json!({"$ref": format!("#/$defs/{name}")});
    let list = |name: &str| json!({"type": "array", "items": of(name)});
    let text = json!({"type": "string", "minLength": 1});
    let level = json!({"enum": ["none", "note", "warning", "error"]});
    json!({
        "$defs": {
            "message": object(&["text"], json!({"text": text})),
            "content": object(&["text"], json!({"text": {"type": "string"}})),
            "artifact": object(&["uri"], json!({"uri": {"type": "string", "pattern": "^([A-Za-z0-9._~-]|%[0-9A-F]{2}|file:///)([A-Za-z0-9._~/-]|%[0-9A-F]{2})*$"}, "uriBaseId": {"const": "%SRCROOT%"}})),
            "region": object(&["startLine"], json!({"startLine": {"type": "integer", "minimum": 1}, "startColumn": {"type": "integer", "minimum": 1}})),
            "bytes": object(&["byteOffset", "byteLength"], json!({"byteOffset": {"type": "integer", "minimum": 0}, "byteLength": {"type": "integer", "minimum": 0}})),
            "physical": object(&["artifactLocation"], json!({"artifactLocation": of("artifact"), "region": of("region")})),
            "logical": object(&["name", "fullyQualifiedName", "kind"], json!({"name": text, "fullyQualifiedName": text, "kind": {"const": "resource"}})),
            "location": object(&["physicalLocation"], json!({"id": {"type": "integer", "minimum": 0}, "physicalLocation": of("physical"), "logicalLocations": list("logical"), "message": of("message")})),
            "suppression": object(&["kind", "status", "justification"], json!({"kind": {"enum": ["inSource", "external"]}, "status": {"const": "accepted"}, "justification": text})),
            "replacement": object(&["deletedRegion", "insertedContent"], json!({"deletedRegion": of("bytes"), "insertedContent": of("content")})),
            "change": object(&["artifactLocation", "replacements"], json!({"artifactLocation": of("artifact"), "replacements": list("replacement")})),
            "fix": object(&["description", "artifactChanges"], json!({"description": of("message"), "artifactChanges": list("change")})),
            "result": object(&["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints", "suppressions"], json!({
                "ruleId": text, "ruleIndex": {"type": "integer", "minimum": 0}, "level": level, "message": of("message"),
                "locations": {"type": "array", "items": of("location"), "minItems": 1, "maxItems": 1},
                "relatedLocations": list("location"), "partialFingerprints": {"type": "object", "additionalProperties": text},
                "suppressions": list("suppression"), "fixes": list("fix"), "properties": {"type": "object"},
            })),
            "notification": object(&["level", "message"], json!({"level": level, "message": of("message"), "locations": list("location")})),
            "invocation": object(&["executionSuccessful"], json!({"executionSuccessful": {"type": "boolean"}, "toolExecutionNotifications": list("notification")})),
            "help": object(&["text", "markdown"], json!({"text": text, "markdown": text})),
            "rule": object(&["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"], json!({
                "id": text, "shortDescription": of("message"), "fullDescription": of("message"), "help": of("help"),
                "defaultConfiguration": object(&["enabled", "level"], json!({"enabled": {"type": "boolean"}, "level": level})),
                "properties": object(&["tags"], json!({"tags": {"type": "array", "items": text, "uniqueItems": true}})),
            })),
            "driver": object(&["name", "semanticVersion", "rules"], json!({
                "name": text, "semanticVersion": text, "informationUri": {"type": "string", "pattern": "^https://"},
                "rules": list("rule"), "properties": {"type": "object"},
            })),
            "run": object(&["tool", "invocations", "originalUriBaseIds", "columnKind", "results"], json!({
                "tool": object(&["driver"], json!({"driver": of("driver")})),
                "invocations": list("invocation"),
                "originalUriBaseIds": object(&["%SRCROOT%"], json!({"%SRCROOT%": object(&["description"], json!({"description": of("message")}))})),
                "columnKind": {"const": "unicodeCodePoints"},
                "results": list("result"),
            })),
        },
        "type": "object",
        "required": ["$schema", "version", "runs"],
        "properties": {"$schema": {"const": SCHEMA}, "version": {"const": "2.1.0"}, "runs": list("run")},
        "additionalProperties": false,
    })
}

#[test]
fn report_follows_the_format() {
    let mut out = Vec::new();
    write(&fixture::report(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    // The rules' own texts are not this module's.
    let (before, rest) = text.split_once("        \"rules\": [\n").unwrap();
    let (_, after) = rest.split_once("\n          ],").unwrap();
    insta::assert_snapshot!(format!("{before}        \"rules\": [\n          …\n          ],{after}"));
}

#[test]
fn every_report_fits_the_schema() {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    for report in [fixture::report(), fixture::clean(), fixture::hostile(), RunReport::default()] {
        let json = written(&report);
        let errors: Vec<_> = validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn clean_run_has_an_empty_list() {
    let json = written(&fixture::clean());
    assert_eq!(json["runs"][0]["results"], json!([]));
    assert_eq!(json["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn each_rule_is_explained() {
    let json = written(&fixture::report());
    let rules = json["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), RULES.len());
    for result in json["runs"][0]["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    for rule in rules {
        assert!(!rule["fullDescription"]["text"].as_str().unwrap().starts_with('#'), "{rule}");
    }
}

#[test]
fn place_is_no_more_exact_than_known() {
    let mut report = fixture::report();
    let location = report.findings[0].location.as_mut().unwrap();
    (location.line, location.column, location.precision) = (None, None, Precision::File);
    let json = written(&report);
    let results = &json["runs"][0]["results"];
    let place = |index: usize| &results[index]["locations"][0]["physicalLocation"];
    assert_eq!(place(0)["region"], Value::Null);
    assert_eq!(place(1)["region"], json!({"startLine": 7}));
    assert_eq!(place(2)["artifactLocation"]["uri"], "deploy/charts/web/Chart.yaml");
}

#[test]
fn uris_are_encoded() {
    assert_eq!(encoded("a b/ü%?#.yaml"), "a%20b/%C3%BC%25%3F%23.yaml");
}

proptest! {
    #[test]
    fn encoded_paths_decode_to_themselves(path in "\\PC*") {
        let uri = encoded(&path);
        prop_assert!(uri.bytes().all(|it| it.is_ascii_graphic() && !b"?#:\\\"<>".contains(&it)));
        let mut bytes = Vec::new();
        let mut rest = uri.as_str();
        while let Some(first) = rest.chars().next() {
            let (byte, len) = if first == '%' { (u8::from_str_radix(&rest[1..3], 16).unwrap(), 3) } else { (first as u8, 1) };
            bytes.push(byte);
            rest = &rest[len..];
        }
        prop_assert_eq!(String::from_utf8(bytes).unwrap(), path);
    }
}
