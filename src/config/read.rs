//! From text to a typed configuration, with errors that say what to do.

use serde_yaml::Value;

use super::{Config, Problem, Source, VERSION, nearest};

/// Reads a configuration.
pub(super) fn read(file: &str, text: &str) -> Result<Config, Problem> {
    // read as a plain value first: that one refuses keys that stand twice, and a newer version may have keys unknown to this one
    let value: Value = serde_yaml::from_str(text).map_err(|error| {
        let mut problem = problem(file, &error);
        // The parser names the mapping.
        let duplicates = crate::yaml::parse(text).into_iter().flat_map(|it| it.duplicates);
        if let Some(key) = duplicates.map(|it| it.kept).min().filter(|_| problem.message.contains("duplicate entry")) {
            (problem.line, problem.column) = (Some(key.line), Some(key.column));
        }
        Problem { help: problem.help.or_else(|| Some("correct the YAML".into())), ..problem }
    })?;
    check_version(&value).map_err(|(message, help)| Problem {
        file: file.to_owned(),
        line: None,
        column: None,
        message,
        help: Some(help.into()),
    })?;
    let mut config: Config = serde_yaml::from_str(text).map_err(|error| problem(file, &error))?;
    config.source = Source { file: file.to_owned(), text: text.to_owned() };
    Ok(config)
}

/// Says what is wrong with the version, and what to do.
fn check_version(value: &Value) -> Result<(), (String, &'static str)> {
    let Value::Mapping(mapping) = value else {
        let what = if value.is_null() { "the file is empty" } else { "the file is no mapping" };
        return Err((what.to_owned(), "begin it with `version: 1`"));
    };
    match mapping.get("version") {
        None => Err(("`version` is missing".into(), "begin the file with `version: 1`")),
        Some(version) if version.as_u64() == Some(VERSION) => Ok(()),
        Some(version) if version.as_u64().is_some_and(|version| version > VERSION) => {
            let version = version.as_u64().unwrap_or_default();
            Err((format!("version {version} is newer than this portcullis"), "update portcullis, or write `version: 1`"))
        }
        Some(_) => Err(("`version` must be the number 1".into(), "write `version: 1`")),
    }
}

/// Makes a problem of the parser's error.
fn problem(file: &str, error: &serde_yaml::Error) -> Problem {
    let place = error.location().map(|location| (to_u32(location.line()), to_u32(location.column())));
    let (message, help) = reword(&without_place(&error.to_string()));
    Problem { file: file.to_owned(), line: place.map(|place| place.0), column: place.map(|place| place.1), message, help }
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Cuts each ` at line 3 column 5` out.
fn without_place(text: &str) -> String {
    let mut pieces = text.split(" at line ");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let rest = piece[digits(piece)..].strip_prefix(" column ").map(|rest| &rest[digits(rest)..]);
        match rest {
            Some(rest) => plain.push_str(rest),
            None => plain.extend([" at line ", piece]),
        }
    }
    plain
}

/// Turns serde's list of what it expected into a suggestion.
fn reword(text: &str) -> (String, Option<String>) {
    for what in ["unknown field ", "unknown variant "] {
        let Some(at) = text.find(what) else { continue };
        let quoted = quoted(&text[at..]);
        let Some((&word, known)) = quoted.split_first() else { break };
        let end = text[at..].find(", ").map_or(text.len(), |comma| at + comma);
        return (
            text[..end].replace("unknown field", "unknown key").replace("unknown variant", "unknown word"),
            suggestion(word, known),
        );
    }
    if let Some((before, field)) = text.split_once("missing field ") {
        return (format!("{before}{field} is missing"), Some("add it".to_owned()));
    }
    (lower_first(text), text.contains("duplicate entry").then(|| "keep one of them".to_owned()))
}

/// Returns "did you mean", or the list of what is known.
fn suggestion(word: &str, known: &[&str]) -> Option<String> {
    if known.is_empty() {
        return None;
    }
    let list = || known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
    Some(
        nearest(word, known.iter().copied())
            .map_or_else(|| format!("use one of {}", list()), |near| format!("did you mean `{near}`?")),
    )
}

/// Returns what stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests;
