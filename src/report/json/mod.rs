//! The JSON report, version 1.
//!
//! Its types are apart from those of the core, so that neither pins the other: a change here is a change of the format.

use std::io;

use schemars::generate::SchemaSettings;
use serde_json::Value as Json;

mod convert;
mod dto;
#[cfg(feature = "cli")]
pub(crate) mod kept;
mod read;

pub use dto::*;
pub(crate) use read::SOURCES;
pub use read::{ReadError, read};

use super::RunReport;

/// The version of the format that [`write()`] writes.
pub const SCHEMA_VERSION: u32 = 1;

/// Writes the report, indented, with a final newline.
pub fn write(report: &RunReport, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Report::from(report))?;
    out.write_all(b"\n")
}

/// Returns the JSON Schema of what [`write()`] writes.
pub fn schema() -> Json {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Report>().to_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn report_follows_the_format() {
        insta::assert_snapshot!(fixture::json(&fixture::report()));
    }

    #[test]
    fn every_report_fits_the_schema() {
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        for report in [fixture::report(), fixture::clean(), fixture::hostile(), RunReport::default()] {
            let json: Json = serde_json::from_str(&fixture::json(&report)).unwrap();
            let errors: Vec<_> =
                validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }

    #[test]
    fn schema_refuses_unknown_words_and_missing_keys() {
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        let good: Json = serde_json::from_str(&fixture::json(&fixture::report())).unwrap();
        let changes = [
            ("/schema_version", Json::from(2)),
            ("/targets/0/status", Json::from("fine")),
            ("/targets/0/cases/0/source", Json::from("guess")),
            ("/targets/0/cases/0/outcome", Json::from("ok")),
            ("/findings/0/severity", Json::from("fatal")),
            ("/findings/0/location/precision", Json::from("about")),
            ("/findings/0/when", Json::from("never")),
            ("/findings/0/related/0/role", Json::from("friend")),
            ("/findings/0/fixes/0/safety", Json::from("maybe")),
            ("/findings/0/subject", Json::Null),
            ("/findings/0/location", serde_json::json!({"file": "x", "precision": "file"})),
        ];
        for (pointer, bad) in changes {
            let mut json = good.clone();
            *json.pointer_mut(pointer).unwrap() = bad;
            assert!(!validator.is_valid(&json), "{pointer}");
        }
    }

    #[test]
    fn reading_and_writing_gives_the_same_bytes() {
        let text = fixture::json(&fixture::report());
        let report: Report = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string_pretty(&report).unwrap() + "\n", text);
    }

    #[test]
    fn value_keeps_its_type() {
        let mut report = fixture::report();
        for value in [Json::from("80"), Json::from(80), Json::from(80.0), Json::Null, Json::from(true), serde_json::json!(["a"])]
        {
            report.findings[0].value = value.clone();
            let json: Json = serde_json::from_str(&fixture::json(&report)).unwrap();
            assert_eq!(json["findings"][0]["value"], value);
        }
    }
}
