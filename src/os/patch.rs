//! Changes of a user's files: all of them, or none.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::files;

/// A file, what was read from it, and what is to stand in it.
#[derive(Debug, Clone)]
pub struct Change {
    pub path: PathBuf,
    /// As shown.
    pub shown: String,
    pub old: Vec<u8>,
    pub new: Vec<u8>,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    #[error("`{0}` was changed since it was read: nothing is written; run it once more")]
    Changed(String),
    #[error("`{0}` is read-only: nothing is written; `chmod u+w` it, or apply the diff elsewhere")]
    ReadOnly(String),
    #[error("`{shown}` cannot be written, so nothing is: {source}")]
    Io { shown: String, source: io::Error },
}

/// A new content beside its file.
struct Ready<'a> {
    change: &'a Change,
    /// Behind symbolic links, which stay.
    real: PathBuf,
    beside: NamedTempFile,
}

/// Makes all changes. Every file is read once more and its new content stands beside it before the first takes its place.
///
/// # Errors
/// The first file that cannot be written, or is not what was read; then no file is changed.
pub fn write_all(changes: &[Change]) -> Result<(), PatchError> {
    let ready = changes.iter().map(prepare).collect::<Result<Vec<_>, _>>()?;
    for it in &ready {
        unchanged(it.change, &it.real)?;
    }
    let mut done: Vec<(&Change, PathBuf)> = Vec::new();
    for Ready { change, real, beside } in ready {
        if let Err(error) = beside.persist(&real) {
            for (change, real) in done {
                _ = files::write_whole(&real, &change.old);
            }
            return Err(failed(change, error.error));
        }
        done.push((change, real));
    }
    Ok(())
}

fn prepare(change: &Change) -> Result<Ready<'_>, PatchError> {
    let real = change.path.canonicalize().map_err(|it| failed(change, it))?;
    let data = std::fs::metadata(&real).map_err(|it| failed(change, it))?;
    unchanged(change, &real)?;
    if data.permissions().readonly() || std::fs::OpenOptions::new().append(true).open(&real).is_err() {
        return Err(PatchError::ReadOnly(change.shown.clone()));
    }
    let folder = real.parent().unwrap_or(Path::new("."));
    let write = || {
        let mut beside = tempfile::Builder::new().prefix(".portcullis-").permissions(data.permissions()).tempfile_in(folder)?;
        beside.write_all(&change.new)?;
        beside.as_file().set_permissions(data.permissions())?;
        beside.as_file().sync_all()?;
        Ok(beside)
    };
    let beside = write().map_err(|it| failed(change, it))?;
    Ok(Ready { change, real, beside })
}

fn unchanged(change: &Change, real: &Path) -> Result<(), PatchError> {
    let now = std::fs::read(real).map_err(|it| failed(change, it))?;
    if now == change.old { Ok(()) } else { Err(PatchError::Changed(change.shown.clone())) }
}

fn failed(change: &Change, source: io::Error) -> PatchError {
    PatchError::Io { shown: change.shown.clone(), source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn change(path: PathBuf, old: &str, new: &str) -> Change {
        let shown = path.file_name().unwrap().to_string_lossy().into_owned();
        Change { path, shown, old: old.into(), new: new.into() }
    }

    #[test]
    fn all_files_change_and_nothing_stays_beside() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        files::write_whole(&at("a"), b"1\r\n").unwrap();
        files::write_whole(&at("real"), b"2").unwrap();
        std::fs::set_permissions(at("a"), std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("real", at("link")).unwrap();
        write_all(&[change(at("a"), "1\r\n", "3\r\n"), change(at("link"), "2", "4")]).unwrap();
        assert_eq!(std::fs::read(at("a")).unwrap(), b"3\r\n");
        assert_eq!(std::fs::read(at("real")).unwrap(), b"4");
        assert!(at("link").symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::metadata(at("a")).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(folder.path().read_dir().unwrap().count(), 3);
    }

    #[test]
    fn one_that_cannot_be_written_stops_all() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a", "b"] {
            files::write_whole(&at(name), b"1").unwrap();
        }
        let both = |old: &str| [change(at("a"), "1", "2"), change(at("b"), old, "2")];
        let said = |changes: &[Change]| write_all(changes).unwrap_err().to_string();
        assert_eq!(said(&both("0")), "`b` was changed since it was read: nothing is written; run it once more");
        std::fs::set_permissions(at("b"), std::fs::Permissions::from_mode(0o400)).unwrap();
        assert!(said(&both("1")).starts_with("`b` is read-only"));
        assert!(said(&[change(at("c"), "", "")]).starts_with("`c` cannot be written, so nothing is"));
        assert_eq!(std::fs::read(at("a")).unwrap(), b"1");
        assert_eq!(folder.path().read_dir().unwrap().count(), 2);
    }
}
