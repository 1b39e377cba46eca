//! Walks a folder in order, inside its own bounds.

use std::fs::FileType;
use std::path::{Path, PathBuf};

use super::LoadError;

/// More folders than that inside each other are a loop or an attack.
const DEPTH_LIMIT: usize = 64;

/// More entries than that are no chart: links that lead to each other multiply.
const ENTRY_LIMIT: usize = 100_000;

/// Called with each file's path relative to the root, and where it is.
type Visit<'a> = &'a mut dyn FnMut(&str, &Path) -> Result<(), LoadError>;

/// Visits all regular files below a folder, sorted. Symbolic links are followed as long as they stay inside of it;
/// links out of it, sockets, pipes and devices are passed over and never opened. `wanted` is asked for each relative path
/// whether to visit it; its second argument says that it is a folder. Returns whether a wanted link was passed over, or a name
/// that is no UTF-8: tools may follow it.
pub(super) fn files(root: &Path, wanted: &dyn Fn(&str, bool) -> bool, visit: Visit<'_>) -> Result<bool, LoadError> {
    let real_root = root.canonicalize().map_err(|error| LoadError::io(root, error))?;
    let mut walk = Walk { real_root: &real_root, wanted, visit, left: ENTRY_LIMIT, passed_over: false };
    walk.folder(root, "", &mut vec![real_root.clone()])?;
    Ok(walk.passed_over)
}

struct Walk<'a> {
    real_root: &'a Path,
    wanted: &'a dyn Fn(&str, bool) -> bool,
    visit: Visit<'a>,
    /// Entries that may still be looked at.
    left: usize,
    passed_over: bool,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, relative: &str, above: &mut Vec<PathBuf>) -> Result<(), LoadError> {
        let failed = |error| LoadError::io(folder, error);
        let mut entries = std::fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        self.left = self.left.checked_sub(entries.len()).ok_or_else(|| LoadError::TooMany { path: self.real_root.to_owned() })?;
        for entry in entries {
            let path = entry.path();
            // A name that is no UTF-8 can't be told to anybody.
            let Ok(name) = entry.file_name().into_string() else {
                self.passed_over = true;
                continue;
            };
            let name = crate::source::join(relative, &name);
            let Some((kind, real)) = self.resolve(&path, entry.file_type().map_err(failed)?) else {
                self.passed_over |= (self.wanted)(&name, false);
                continue;
            };
            if kind.is_file() && (self.wanted)(&name, false) {
                (self.visit)(&name, &path)?;
            } else if kind.is_dir() && (self.wanted)(&name, true) {
                let real = real.unwrap_or_else(|| path.clone());
                if above.len() < DEPTH_LIMIT && !above.contains(&real) {
                    above.push(real);
                    self.folder(&path, &name, above)?;
                    above.pop();
                }
            }
        }
        Ok(())
    }

    /// Returns what a path is and, for a link, where it leads; `None` for a link that leads nowhere or out of the root.
    fn resolve(&self, path: &Path, kind: FileType) -> Option<(FileType, Option<PathBuf>)> {
        if !kind.is_symlink() {
            return Some((kind, None));
        }
        let real = path.canonicalize().ok()?;
        let kind = real.metadata().ok()?.file_type();
        real.starts_with(self.real_root).then_some((kind, Some(real)))
    }
}
