//! The JSON schema of the configuration, for editors.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use serde_json::{Value as Json, json};

use super::{Config, FILE_NAME};

/// Where editors find the schema.
pub const SCHEMA_URL: &str = "https://raw.githubusercontent.com/portcullis-dev/portcullis/main/schemas/config.schema.json";

/// Keys of which all that is below may be commented out.
const SECTIONS: [(&str, &[&str]); 3] = [
    ("", &["targets", "matrix", "rules", "ignore"]),
    ("MatrixConfig", &["axes", "exclude", "include"]),
    ("Axes", &["values", "set", "kube", "api", "release", "namespace"]),
];

/// Returns the schema, in the draft that editors know best; `rules` are the ids of all rules with a line about each.
pub fn schema(rules: &[(&str, &str)]) -> Json {
    let mut schema =
        SchemaSettings::draft07().with_transform(no_nulls as fn(&mut Schema)).into_generator().into_root_schema_for::<Config>();
    schema.insert("$id".into(), SCHEMA_URL.into());
    schema.insert("title".into(), FILE_NAME.into());
    let mut schema = schema.to_value();
    for (name, keys) in SECTIONS {
        let object = if name.is_empty() { &mut schema } else { &mut schema["definitions"][name] };
        for key in keys {
            nullable(&mut object["properties"][*key]);
        }
    }
    let levels = rules.iter().map(|(id, summary)| ((*id).to_owned(), level(summary)));
    let all = ("all".to_owned(), level("every rule that is not named"));
    let object = &mut schema["properties"]["rules"];
    object["properties"] = Json::Object(std::iter::once(all).chain(levels).collect());
    object["additionalProperties"] = false.into();
    schema["definitions"]["Ignore"]["properties"]["rule"]["enum"] = rules.iter().map(|(id, _)| *id).collect();
    schema
}

fn level(description: &str) -> Json {
    json!({ "description": description, "allOf": [{ "$ref": "#/definitions/Level" }] })
}

/// Takes `null` away: a key without a value would mean something else than no key. Empty defaults say nothing.
fn no_nulls(schema: &mut Schema) {
    transform_subschemas(&mut (no_nulls as fn(&mut Schema)), schema);
    schema.remove("default");
    if let Some(kinds) = schema.get_mut("type").and_then(Json::as_array_mut) {
        kinds.retain(|it| it != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            schema.insert("type".into(), kind);
        }
    }
    let Some(Json::Array(mut choices)) = schema.remove("anyOf") else { return };
    choices.retain(|it| it["type"] != "null");
    match choices.as_slice() {
        [Json::Object(only)] if !only.contains_key("$ref") => {
            for (key, value) in only {
                let said = schema.get(key).is_some();
                _ = (!said).then(|| schema.insert(key.clone(), value.clone()));
            }
        }
        choices => _ = schema.insert(if choices.len() == 1 { "allOf" } else { "anyOf" }.into(), choices.into()),
    }
}

/// Allows `null`.
fn nullable(schema: &mut Json) {
    if let Some(kind) = schema.get("type").cloned() {
        schema["type"] = json!([kind, "null"]);
    } else if let Some(Json::Array(mut choices)) = schema.as_object_mut().and_then(|it| it.remove("allOf")) {
        choices.push(json!({ "type": "null" }));
        schema["anyOf"] = choices.into();
    }
}
