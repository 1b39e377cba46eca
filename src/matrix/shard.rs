//! Shards: parts of a run that add up to the whole, whatever machine they run on.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::case::{Case, CaseSource};

/// One part of several, `I/N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// 0-based.
    index: u32,
    count: u32,
}

/// A text that is no shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no shard; write `I/N` with I from 1 to N, such as `1/4`")]
pub struct BadShard(String);

impl FromStr for Shard {
    type Err = BadShard;

    fn from_str(text: &str) -> Result<Self, BadShard> {
        let parts = text.split_once('/').and_then(|(index, count)| Some((number(index)?, number(count)?)));
        match parts {
            Some((index, count)) if (1..=count).contains(&index) => Ok(Self { index: index - 1, count }),
            _ => Err(BadShard(text.to_owned())),
        }
    }
}

/// Reads digits: no sign, no space.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.count)
    }
}

impl Shard {
    /// Whether a target is this shard's, by its path from the repository's root.
    pub fn takes_target(self, repo_path: &str) -> bool {
        self.takes(repo_path)
    }

    /// Whether a case is this shard's, by its id: for a run with one target.
    pub fn takes_case(self, id: &str) -> bool {
        self.takes(id)
    }

    /// Returns the cases of the only target that are this shard's, in their order.
    #[must_use]
    pub fn deal(self, cases: Vec<Case>) -> Vec<Case> {
        cases.into_iter().filter(|case| self.takes_case(&case.id)).collect()
    }

    /// Whether this shard probes the only target: it is the default case's. `cases` are all of the target's.
    pub fn probes(self, cases: &[Case]) -> bool {
        let default = cases.iter().find(|case| case.source == CaseSource::Default);
        default.is_some_and(|case| self.takes_case(&case.id))
    }

    fn takes(self, key: &str) -> bool {
        let hash = Sha256::digest(key.as_bytes());
        let number = hash.iter().take(8).fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
        number % u64::from(self.count) == u64::from(self.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::Input;

    #[test]
    fn shards_are_read_and_shown() {
        for text in ["1/1", "1/4", "4/4"] {
            assert_eq!(text.parse::<Shard>().unwrap().to_string(), text);
        }
        for text in ["", "0/4", "5/4", "1/0", "1", "a/b", "-1/4", "+1/4", "1/4/2", "1 / 4"] {
            let error = text.parse::<Shard>().unwrap_err().to_string();
            assert_eq!(error, format!("`{text}` is no shard; write `I/N` with I from 1 to N, such as `1/4`"));
        }
    }

    #[test]
    fn each_target_is_in_one_shard() {
        for count in 1..=7 {
            for target in ["charts/web", "charts/api", "overlays/prod", ""] {
                let takers =
                    (1..=count).filter(|index| format!("{index}/{count}").parse::<Shard>().unwrap().takes_target(target));
                assert_eq!(takers.count(), 1, "{target} {count}");
            }
        }
    }

    #[test]
    fn dealing_is_stable() {
        let taken: Vec<_> = ["charts/web", "charts/api", "overlays/prod", "charts/db"]
            .into_iter()
            .filter(|target| "1/2".parse::<Shard>().unwrap().takes_target(target))
            .collect();
        assert_eq!(taken, [""; 0]);
    }

    #[test]
    fn one_shard_probes() {
        let cases = [("default", CaseSource::Default, "a"), ("x", CaseSource::Flags, "b"), ("y", CaseSource::Flags, "c")]
            .map(|(label, source, release)| Case::new(label, source, Input { release: release.into(), ..Input::default() }));
        let shards = ["1/3", "2/3", "3/3"].map(|text| text.parse::<Shard>().unwrap());
        assert_eq!(shards.iter().filter(|shard| shard.probes(&cases)).count(), 1);
        let dealt: usize = shards.iter().map(|shard| shard.deal(cases.to_vec()).len()).sum();
        assert_eq!(dealt, cases.len());
        let prober = shards.iter().find(|shard| shard.probes(&cases)).unwrap();
        assert!(prober.deal(cases.to_vec()).iter().any(|case| case.source == CaseSource::Default));
    }
}
