//! Chart archives: `.tgz` with one folder at the top.

use std::io::Read as _;
use std::path::Component;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::{Budget, LoadError};

/// An unpacked archive.
pub(super) struct Unpacked {
    /// The folder at the top, which the files' paths lack.
    pub(super) top: String,
    pub(super) files: Vec<(String, Vec<u8>)>,
}

/// Unpacks an archive in memory. Links, devices and the like are passed over; a path that leads out of the archive spoils it.
/// `name` is what messages call it.
pub(super) fn unpack(name: &str, bytes: &[u8], budget: &mut Budget) -> Result<Unpacked, LoadError> {
    let broken = |reason: String| LoadError::BrokenArchive { archive: name.to_owned(), reason };
    let mut unpacked = Unpacked { top: String::new(), files: Vec::new() };
    if !bytes.starts_with(b"\x1f\x8b") {
        return Err(broken("it is not compressed with gzip".into()));
    }
    // One byte more than there may be: also what lies between the files counts, so that nothing is unpacked without bounds.
    let unzipped = MultiGzDecoder::new(bytes).take(budget.left + 1);
    let mut archive = tar::Archive::new(unzipped);
    for entry in archive.entries().map_err(|error| broken(error.to_string()))? {
        let mut entry = entry.map_err(|error| broken(error.to_string()))?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).replace('\\', "/");
        let (top, rest) = split(&path).map_err(|reason| broken(format!("`{path}` {reason}")))?;
        budget.take(Path::new(&path), entry.size())?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|error| broken(error.to_string()))?;
        if unpacked.top.is_empty() {
            unpacked.top = top;
        }
        unpacked.files.push((rest, bytes));
    }
    Ok(unpacked)
}

/// Splits the path of an entry into its top folder and the clean rest.
fn split(path: &str) -> Result<(String, String), &'static str> {
    if path.starts_with('/') || path.get(1..3) == Some(":/") {
        return Err("is an absolute path");
    }
    let (top, rest) = path.split_once('/').ok_or("is not in a folder")?;
    let mut clean = Vec::new();
    for part in Path::new(rest).components() {
        match part {
            Component::Normal(part) => clean.push(part.to_string_lossy()),
            Component::CurDir => {}
            Component::ParentDir => return Err("leads out of the chart"),
            Component::RootDir | Component::Prefix(_) => return Err("is an absolute path"),
        }
    }
    if top == ".." || clean.is_empty() {
        return Err("leads out of the chart");
    }
    Ok((top.to_owned(), clean.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        assert_eq!(split("web/templates/./x.yaml").unwrap(), ("web".into(), "templates/x.yaml".into()));
        assert_eq!(split("./Chart.yaml").unwrap(), (".".into(), "Chart.yaml".into()));
        for path in ["/etc/passwd", "web/../../x", "../x", "web//etc/passwd", "C:/x", "Chart.yaml", "web/."] {
            assert!(split(path).is_err(), "{path}");
        }
    }
}
