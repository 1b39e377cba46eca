//! Shards: parts of a run that add up to the whole, whatever machine they run on.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

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

    fn takes(self, key: &str) -> bool {
        let hash = Sha256::digest(key.as_bytes());
        let number = hash.iter().take(8).fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
        number % u64::from(self.count) == u64::from(self.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let shard = |target: &str| (1..=4).find(|index| format!("{index}/4").parse::<Shard>().unwrap().takes_target(target));
        let targets = ["charts/web", "charts/api", "overlays/prod", "charts/db", "charts/mail", "."];
        assert_eq!(targets.map(shard), [2, 2, 2, 4, 3, 3].map(Some));
    }
}
