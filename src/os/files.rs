//! Single files: read with a reason when it fails, written whole or not at all.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} `{}`", path.display())]
pub struct FileError {
    verb: &'static str,
    pub path: PathBuf,
    pub source: io::Error,
}

impl FileError {
    /// Calls the file as the user does.
    #[must_use]
    pub fn called(self, path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), ..self }
    }
}

/// Reads a file.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    std::fs::read(path).map_err(|source| FileError { verb: "read", path: path.to_owned(), source })
}

/// Reads a text file; invalid UTF-8 is an error.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    let bytes = read(path)?;
    String::from_utf8(bytes).map_err(|_| {
        let source = io::Error::new(io::ErrorKind::InvalidData, "it is not in UTF-8; save it as that");
        FileError { verb: "read", path: path.to_owned(), source }
    })
}

/// Reads standard input to its end.
pub fn read_stdin() -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::stdin().lock(), &mut bytes).map_err(|source| FileError {
        verb: "read",
        path: "standard input".into(),
        source,
    })?;
    Ok(bytes)
}

/// Writes a file whole: whoever looks sees the old content or the new. An existing file keeps its permissions;
/// a symbolic link stays one, and what it points to is written. Parent folders are not made.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write(path, bytes).map_err(|source| FileError { verb: "write", path: path.to_owned(), source })
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let old = std::fs::metadata(&path).ok();
    if let Some(old) = &old
        && !old.is_file()
    {
        // `/dev/stdout` and the like can't be replaced.
        return std::fs::OpenOptions::new().write(true).open(&path)?.write_all(bytes);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".portcullis-").permissions(permissions(old.as_ref())).tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// A new file gets what the user's umask leaves of 0666, as with any other tool.
fn permissions(old: Option<&std::fs::Metadata>) -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    old.map_or_else(|| std::fs::Permissions::from_mode(0o666), std::fs::Metadata::permissions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_replaces_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(read(&path).unwrap(), b"two");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn links_stay_links() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        write_whole(&real, b"one").unwrap();
        std::os::unix::fs::symlink("real", &link).unwrap();
        write_whole(&link, b"two").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(read(&real).unwrap(), b"two");
    }

    #[test]
    fn missing_folder_is_named() {
        let error = write_whole(Path::new("/nowhere/x/y.json"), b"").unwrap_err();
        assert_eq!(error.to_string(), "cannot write `/nowhere/x/y.json`");
    }
}
