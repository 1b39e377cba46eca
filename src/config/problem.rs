//! What is wrong with a configuration, where, and what to do.

use std::fmt;

/// Something wrong in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}{}", Place(self), Help(self.help.as_deref()))]
pub struct Problem {
    /// Name of the configuration, as shown.
    pub file: String,
    /// 1-based; `None` when only the file is known.
    pub line: Option<u32>,
    /// 1-based.
    pub column: Option<u32>,
    /// Lower case, without a final dot.
    pub message: String,
    /// What to do, imperative.
    pub help: Option<String>,
}

struct Place<'a>(&'a Problem);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.file)?;
        self.0.line.map_or(Ok(()), |line| write!(f, ":{line}"))?;
        self.0.column.map_or(Ok(()), |column| write!(f, ":{column}"))
    }
}

struct Help<'a>(Option<&'a str>);

impl fmt::Display for Help<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |help| write!(f, "; {help}"))
    }
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
    fn problem_names_the_place_and_the_next_step() {
        let mut problem = Problem {
            file: "portcullis.yaml".into(),
            line: Some(3),
            column: Some(5),
            message: "unknown rule `soft-prot`".into(),
            help: Some("did you mean `soft-port`?".into()),
        };
        assert_eq!(problem.to_string(), "portcullis.yaml:3:5: unknown rule `soft-prot`; did you mean `soft-port`?");
        (problem.line, problem.column, problem.help) = (None, None, None);
        assert_eq!(problem.to_string(), "portcullis.yaml: unknown rule `soft-prot`");
    }
}
