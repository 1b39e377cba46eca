//! What is wrong with a configuration, where, and what to do.

use std::fmt;

use crate::yaml::Place;

/// A stretch of one line of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub start: Place,
    /// Behind the last character.
    pub end: Place,
}

/// Something wrong in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// `None` when it is the file as a whole.
    pub mark: Option<Mark>,
    /// Lower case, without a final dot. It may quote any text of the file, control characters included.
    pub message: String,
    /// What to do, imperative.
    pub help: String,
    /// Another place to look at, and what is there.
    pub also: Option<(Mark, &'static str)>,
}

/// All that is wrong with one configuration, in the order of its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems {
    /// Name of the configuration, as shown.
    pub file: String,
    /// What it says.
    pub text: String,
    pub list: Vec<Problem>,
}

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            let Problem { mark, message, help, .. } = problem;
            f.write_str(if index > 0 { "\n" } else { "" })?;
            f.write_str(&self.file)?;
            mark.map_or(Ok(()), |Mark { start, .. }| write!(f, ":{}:{}", start.line, start.column))?;
            write!(f, ": {message}; {help}")?;
        }
        Ok(())
    }
}

/// Returns "did you mean", or what else there is to do.
pub(super) fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, otherwise: impl FnOnce() -> String) -> String {
    nearest(word, known).map_or_else(otherwise, |near| format!("did you mean `{near}`?"))
}

/// Returns words as a list of literals.
pub(super) fn literals(words: &[&str]) -> String {
    words.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

/// Returns the candidate that a mistyped word most likely stands for.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let limit = (word.chars().count() / 3).max(1);
    let distances = candidates.into_iter().map(|candidate| {
        let shortened = word.len() > 2 && candidate.starts_with(&word);
        let lengthened = word.strip_suffix('s') == Some(candidate);
        (if shortened || lengthened { 0 } else { strsim::osa_distance(&word, candidate) }, candidate)
    });
    distances.filter(|&(distance, _)| distance <= limit).min_by_key(|&(distance, _)| distance).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_words_find_their_neighbour() {
        let words = ["values", "set", "kube", "api", "release", "namespace"];
        for (word, expected) in [
            ("value", Some("values")),
            ("sets", Some("set")),
            ("Kube", Some("kube")),
            ("kub", Some("kube")),
            ("namepsace", Some("namespace")),
            ("apis", Some("api")),
            ("name", Some("namespace")),
            ("image", None),
            ("x", None),
        ] {
            assert_eq!(nearest(word, words), expected, "{word}");
        }
    }

    #[test]
    fn problems_name_the_place_and_the_next_step() {
        let (start, end) = (Place { line: 3, column: 5 }, Place { line: 3, column: 14 });
        let help = "did you mean `soft-port`?".to_owned();
        let one = Problem { mark: Some(Mark { start, end }), message: "unknown rule `soft-prot`".into(), help, also: None };
        let two = Problem { mark: None, message: "the file is empty".into(), help: "fill it".into(), also: None };
        assert_eq!(
            Problems { file: "portcullis.yaml".into(), text: String::new(), list: vec![one, two] }.to_string(),
            "portcullis.yaml:3:5: unknown rule `soft-prot`; did you mean `soft-port`?\n\
             portcullis.yaml: the file is empty; fill it"
        );
    }
}
