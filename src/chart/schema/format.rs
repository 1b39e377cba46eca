//! Formats, which drafts before 2019 check.

use crate::chart::semver::Version;

/// A known format.
#[derive(Debug)]
pub(super) struct Format {
    pub(super) name: String,
    check: Check,
}

#[derive(Debug)]
enum Check {
    Regex,
    Semver,
    Other(Box<jsonschema::Validator>),
}

const KNOWN: &[&str] = &[
    "json-pointer",
    "relative-json-pointer",
    "uuid",
    "duration",
    "ipv4",
    "ipv6",
    "hostname",
    "email",
    "date",
    "time",
    "date-time",
    "uri",
    "iri",
    "uri-reference",
    "iri-reference",
    "uri-template",
];

impl Format {
    /// Returns a format by its name; unknown ones are not checked.
    pub(super) fn new(name: &str) -> Option<Self> {
        let check = match name {
            "regex" => Check::Regex,
            "semver" => Check::Semver,
            name if KNOWN.contains(&name) => {
                let schema = serde_json::json!({ "format": name });
                let options = jsonschema::options().with_draft(jsonschema::Draft::Draft201909).should_validate_formats(true);
                Check::Other(Box::new(options.build(&schema).ok()?))
            }
            _ => return None,
        };
        Some(Self { name: name.to_owned(), check })
    }

    /// Checks a text; returns what is wrong.
    pub(super) fn mistake(&self, text: &str) -> Option<String> {
        match &self.check {
            Check::Regex => super::pattern::compile(text).err(),
            Check::Semver => Version::strict(text).err(),
            Check::Other(validator) => {
                let is_valid = validator.is_valid(&serde_json::Value::from(text));
                (!is_valid).then(|| format!("it is not of the form that {} has", self.name))
            }
        }
    }
}
