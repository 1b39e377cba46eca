//! The cache: small files in the user's cache folder, named by keys that tell all that they were made of.
//!
//! Nothing depends on it. An entry that cannot be read, was cut short or spoilt is not there; what cannot be written is not kept.

use std::fs::{DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use etcetera::BaseStrategy as _;
use sha2::{Digest as _, Sha256};

use super::files;

/// What each entry begins with. Another version of the format never reads it.
const HEAD: &[u8] = b"portcullis-cache-1 ";

/// The most that all entries hold together, in bytes.
const SIZE_LIMIT: u64 = 128 << 20;

/// A bigger entry is not kept.
const ENTRY_LIMIT: u64 = 16 << 20;

/// When an entry was used is taken down no more often than that.
const USE_STEP: Duration = Duration::from_secs(60 * 60);

/// What a writer left behind that was killed is taken away when it is as old.
const ORPHAN_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// What the name of a file begins with that is still being written.
const UNFINISHED: &str = ".unfinished-";

/// The digits of a key.
const KEY_LENGTH: usize = 64;

/// A folder of entries.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    limit: u64,
}

impl Cache {
    /// Returns the cache of the user: `$PORTCULLIS_CACHE_DIR`, or `portcullis` in the system's folder for caches; `None` without a home.
    pub fn of_user() -> Option<Self> {
        let named = std::env::var_os("PORTCULLIS_CACHE_DIR").filter(|it| !it.is_empty()).map(PathBuf::from);
        let folder = named.or_else(|| Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("portcullis")))?;
        Some(Self::at(&folder))
    }

    /// Returns the cache in a folder, which need not be there. What else is in the folder is left alone.
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.join("targets"), limit: SIZE_LIMIT }
    }

    /// Returns the entry of a key.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        let path = self.folder.join(key);
        let mut bytes = files::bounded(&path, ENTRY_LIMIT).ok()?;
        let body = body(&bytes)?;
        let start = bytes.len() - body.len();
        let is_old = |at: SystemTime| at.elapsed().is_ok_and(|it| it > USE_STEP);
        if path.metadata().and_then(|it| it.modified()).is_ok_and(is_old) {
            // Who was used last is kept longest.
            _ = File::options().append(true).open(&path).and_then(|it| it.set_modified(SystemTime::now()));
        }
        bytes.drain(..start);
        Some(bytes)
    }

    /// Keeps an entry. Whoever reads it at the same time sees the old one or the new.
    pub fn put(&self, key: &str, body: &[u8]) {
        let length = HEAD.len() + KEY_LENGTH + 1 + body.len();
        if length as u64 <= ENTRY_LIMIT {
            // A cache that cannot be written is none.
            _ = self.write(key, body);
        }
    }

    fn write(&self, key: &str, body: &[u8]) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        // For its owner alone, as all such files.
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.folder)?;
        file.write_all(HEAD)?;
        file.write_all(digest(body).as_bytes())?;
        file.write_all(b"\n")?;
        file.write_all(body)?;
        file.persist(self.folder.join(key))?;
        Ok(())
    }

    /// Takes entries away, those first that were not used for longest, until the rest is well within the limit.
    pub fn tidy(&self) {
        let Ok(entries) = self.folder.read_dir() else { return };
        let mut known: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in entries.flatten() {
            let name = entry.file_name();
            let (Some(name), Ok(data)) = (name.to_str(), entry.metadata()) else { continue };
            let used = data.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if name.starts_with(UNFINISHED) && used.elapsed().is_ok_and(|it| it > ORPHAN_AGE) {
                _ = std::fs::remove_file(entry.path());
            } else if data.is_file() && is_key(name) {
                known.push((used, data.len(), entry.path()));
            }
        }
        let mut size: u64 = known.iter().map(|it| it.1).sum();
        if size <= self.limit {
            return;
        }
        known.sort();
        for (_, length, path) in known {
            if size <= self.limit / 4 * 3 {
                break;
            }
            if std::fs::remove_file(path).is_ok() {
                size -= length;
            }
        }
    }
}

/// Returns what an entry holds, if it is whole.
fn body(entry: &[u8]) -> Option<&[u8]> {
    let rest = entry.strip_prefix(HEAD)?;
    let (sum, body) = rest.split_at_checked(KEY_LENGTH)?;
    let body = body.strip_prefix(b"\n")?;
    (digest(body).as_bytes() == sum).then_some(body)
}

fn is_key(name: &str) -> bool {
    name.len() == KEY_LENGTH && name.bytes().all(|it| it.is_ascii_hexdigit())
}

/// Returns the SHA-256 of bytes, in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    base16(&Sha256::digest(bytes))
}

/// Writes bytes in hexadecimal digits.
pub fn base16(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn key(number: u64) -> String {
        digest(&number.to_le_bytes())
    }

    fn age(cache: &Cache, key: &str, seconds: u64) {
        let file = File::options().append(true).open(cache.folder.join(key)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
    }

    #[test]
    fn what_was_put_is_got_and_is_the_users_alone() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(&folder.path().join("new/cache"));
        assert_eq!(cache.get(&key(1)), None);
        for body in [&b"one"[..], b"", b"two\nlines"] {
            cache.put(&key(1), body);
            assert_eq!(cache.get(&key(1)).as_deref(), Some(body));
        }
        assert_eq!(cache.get(&key(2)), None);
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&cache.folder), mode(&cache.folder.join(key(1)))), (0o700, 0o600));
        assert_eq!(cache.folder.read_dir().unwrap().count(), 1);
    }

    #[test]
    fn spoilt_entries_are_not_there_and_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let path = cache.folder.join(key(1));
        cache.put(&key(1), b"what was found");
        let whole = std::fs::read(&path).unwrap();
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 1;
        for bytes in [&whole[..whole.len() - 1], &whole[..30], b"", b"{}", &flipped, &[&whole[..], b"x"].concat()] {
            files::write_whole(&path, bytes).unwrap();
            assert_eq!(cache.get(&key(1)), None);
            cache.put(&key(1), b"what was found");
            assert_eq!(cache.get(&key(1)).unwrap(), b"what was found");
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        cache.put(&key(1), b"x");
        cache.tidy();
        assert_eq!(cache.get(&key(1)), None);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_no_cache() {
        let cache = Cache::at(Path::new("/dev/null"));
        cache.put(&key(1), b"x");
        cache.tidy();
        assert_eq!(cache.get(&key(1)), None);
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache { limit: 1000, ..Cache::at(folder.path()) };
        for it in 0..10 {
            cache.put(&key(it), &[b'x'; 100]);
            age(&cache, &key(it), 90_000 - it);
        }
        assert!(cache.get(&key(0)).is_some());
        files::write_whole(&cache.folder.join("of somebody else"), &[b'y'; 4000]).unwrap();
        cache.tidy();
        let left: Vec<u64> = (0..10).filter(|it| cache.get(&key(*it)).is_some()).collect();
        assert_eq!(left, [0, 7, 8, 9]);
        assert!(cache.folder.join("of somebody else").exists());
    }

    #[test]
    fn what_killed_writers_left_is_taken_away_in_time() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        std::fs::create_dir(&cache.folder).unwrap();
        for name in ["old", "new"].map(|it| format!("{UNFINISHED}{it}")) {
            files::write_whole(&cache.folder.join(name), b"x").unwrap();
        }
        age(&cache, &format!("{UNFINISHED}old"), 100_000);
        cache.tidy();
        assert_eq!(cache.folder.read_dir().unwrap().count(), 1);
    }

    #[test]
    fn many_writers_and_readers_see_whole_entries() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        std::thread::scope(|scope| {
            for writer in 0..4_u8 {
                let cache = &cache;
                scope.spawn(move || {
                    for _ in 0..50 {
                        cache.put(&key(1), &vec![writer; 5000]);
                        let body = cache.get(&key(1)).unwrap();
                        assert!(body.len() == 5000 && body.iter().all(|it| *it == body[0]));
                    }
                });
            }
        });
    }
}
