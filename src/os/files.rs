//! Single files: read with a reason when it fails, written whole or not at all.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::{deadline, signals};

/// The most that is read of one file that is no part of a target, and of standard input, in bytes.
pub const SIZE_LIMIT: u64 = 32 << 20;

/// The most that is read of a file of settings, or one that names other files: to understand it takes many times that.
pub const SMALL_LIMIT: u64 = 1 << 20;

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

/// Reads a regular file of at most [`SIZE_LIMIT`]. A pipe may never end, a device may never begin.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    bounded(path, SIZE_LIMIT).map_err(|source| cannot_read(path, source))
}

fn cannot_read(path: &Path, source: io::Error) -> FileError {
    FileError { verb: "read", path: path.to_owned(), source }
}

pub(super) fn bounded(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let data = std::fs::metadata(path)?;
    if !data.is_file() && !data.is_dir() {
        return Err(invalid("it is no regular file; save what it holds as one"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    within_limit(bytes, limit, "use a smaller file")
}

fn within_limit(bytes: Vec<u8>, limit: u64, next_step: &str) -> io::Result<Vec<u8>> {
    if bytes.len() as u64 > limit {
        return Err(invalid(&format!("it holds more than {} MB; {next_step}", limit >> 20)));
    }
    Ok(bytes)
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// Reads a text file; invalid UTF-8 is an error.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    text(path, read(path)?)
}

/// Reads a text file of at most [`SMALL_LIMIT`]; invalid UTF-8 is an error.
pub fn read_small_text(path: &Path) -> Result<String, FileError> {
    text(path, bounded(path, SMALL_LIMIT).map_err(|source| cannot_read(path, source))?)
}

fn text(path: &Path, bytes: Vec<u8>) -> Result<String, FileError> {
    String::from_utf8(bytes).map_err(|_| cannot_read(path, invalid("it is not in UTF-8; save it as that")))
}

/// Tells this build from any other: its version, and the size and time of the program.
pub fn this_program() -> Option<String> {
    let data = std::env::current_exe().and_then(std::fs::metadata).ok()?;
    Some(format!("{} {} {:?}", env!("CARGO_PKG_VERSION"), data.len(), data.modified().ok()?))
}

/// Returns the length of a file, in bytes.
pub fn size(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|it| it.len())
}

/// Reads standard input to its end, of which it may have [`SIZE_LIMIT`] bytes; an interruption ends it too.
pub fn read_stdin() -> Result<Vec<u8>, FileError> {
    let read = read_until_interrupted(&mut io::stdin().lock()).and_then(|it| within_limit(it, SIZE_LIMIT, "verify a part of it"));
    read.map_err(|source| cannot_read(Path::new("standard input"), source))
}

fn read_until_interrupted(stdin: &mut io::StdinLock<'_>) -> io::Result<Vec<u8>> {
    // Whoever writes may wait for something else: neither an interruption nor the deadline waits for them.
    let tick = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    while bytes.len() as u64 <= SIZE_LIMIT {
        if signals::interrupted() {
            return Err(io::Error::other("interrupted"));
        }
        if deadline::has_passed() {
            return Err(io::Error::other(deadline::message()));
        }
        let ready = poll(&mut [PollFd::new(&*stdin, PollFlags::IN)], Some(&tick));
        if matches!(ready, Ok(0) | Err(rustix::io::Errno::INTR)) {
            continue;
        }
        match stdin.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bytes)
}

/// Writes a file whole: whoever looks sees the old content or the new. An existing file keeps its permissions;
/// a symbolic link stays one, and what it points to is written. Parent folders are not made.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    Pending::open(path)?.write(bytes)
}

/// A file that is to be written, and can be: found out before the work that fills it. Until it is written nothing is beside it,
/// so that whatever ends the work leaves nothing behind.
#[derive(Debug)]
pub struct Pending {
    path: PathBuf,
    /// Kept open: whoever reads from a pipe would take it for ended.
    device: Option<std::fs::File>,
}

enum To {
    /// Stands beside the file until it takes its place.
    Beside(tempfile::NamedTempFile, PathBuf),
    /// `/dev/stdout` and the like can't be replaced.
    Device(std::fs::File),
}

impl Pending {
    /// Sees that a file can be written, as [`write_whole`] does it.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let device = match open(path).map_err(|source| cannot_write(path, source))? {
            To::Beside(..) => None,
            To::Device(file) => Some(file),
        };
        Ok(Self { path: path.to_owned(), device })
    }

    /// Writes it whole.
    pub fn write(self, bytes: &[u8]) -> Result<(), FileError> {
        let to = self.device.map_or_else(|| open(&self.path), |file| Ok(To::Device(file)));
        let written = to.and_then(|to| match to {
            To::Device(mut file) => file.write_all(bytes),
            To::Beside(mut file, real) => file.write_all(bytes).and_then(|()| Ok(file.persist(real).map(drop)?)),
        });
        written.map_err(|source| cannot_write(&self.path, source))
    }
}

fn cannot_write(path: &Path, source: io::Error) -> FileError {
    FileError { verb: "write", path: path.to_owned(), source }
}

fn open(path: &Path) -> io::Result<To> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let old = std::fs::metadata(&path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return Ok(To::Device(std::fs::OpenOptions::new().write(true).open(&path)?));
    }
    if old.is_some() {
        // A file that may not be written is not replaced either.
        std::fs::OpenOptions::new().append(true).open(&path)?;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".portcullis-").permissions(permissions(old.as_ref())).tempfile_in(folder)?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions())?;
    }
    Ok(To::Beside(file, path))
}

/// Adds to the end of a file, which may be there.
pub fn append(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let written = std::fs::OpenOptions::new().append(true).create(true).open(path).and_then(|mut it| it.write_all(bytes));
    written.map_err(|source| cannot_write(path, source))
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
    fn what_is_not_written_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let pending = Pending::open(&path).unwrap();
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
        drop(pending);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
        assert!(Pending::open(folder.path()).is_err());
        write_whole(Path::new("/dev/null"), b"x").unwrap();
    }

    #[test]
    fn pipes_devices_and_giants_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let giant = folder.path().join("giant.yaml");
        std::fs::File::create(&giant).unwrap().set_len(1 << 40).unwrap();
        let said = |path: &Path| read(path).unwrap_err().source.to_string();
        assert_eq!(said(Path::new("/dev/zero")), "it is no regular file; save what it holds as one");
        assert_eq!(said(&giant), "it holds more than 32 MB; use a smaller file");
    }

    #[test]
    fn appending_keeps_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.md");
        append(&path, b"one").unwrap();
        append(&path, b"two").unwrap();
        assert_eq!(read(&path).unwrap(), b"onetwo");
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
