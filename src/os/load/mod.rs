//! Reads a target's files into a [`SourceTree`], once.
//!
//! Charts may be hostile: sizes are bounded, nothing but regular files is opened, and no link leads out of a chart.

mod archive;
mod chart;
mod overlay;
mod walk;

use std::io;
use std::path::{Path, PathBuf};

pub use chart::{LoadedChart, has_dependencies, lacks_local, load_chart, locals, with_absolute_locals};
pub(crate) use overlay::relative;
pub use overlay::{References, is_kustomization, is_remote, kustomization_of, load_overlay, load_stack, references, resources};

use crate::source::SourceTree;

/// The most that is read for one chart or kustomization, in bytes, archives unpacked: as much as Helm reads.
const TREE_LIMIT: u64 = 100 << 20;

/// The most that is read of manifests, in bytes: they are all parsed.
const MANIFESTS_LIMIT: u64 = super::files::SIZE_LIMIT;

/// The most that is read of one file.
const FILE_LIMIT: u64 = super::files::SIZE_LIMIT;

/// The most that is read of a file that names other files: many times that is needed to understand it.
const INDEX_LIMIT: u64 = super::files::SMALL_LIMIT;

/// A target's files can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("`{}` does not exist", path.display())]
    Missing { path: PathBuf },
    #[error("cannot read `{}`", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("`{archive}` is no sound chart archive: {reason}; make it with `helm package`")]
    BrokenArchive { archive: String, reason: String },
    #[error("`{}` holds more than {} MB; leave out what is no part of it, or verify a part of it", path.display(), limit >> 20)]
    TooBig { path: PathBuf, limit: u64 },
    #[error("`{}` holds too many files, or links that lead to each other; verify a part of it", path.display())]
    TooMany { path: PathBuf },
    #[error("`{}` is no chart: it has no Chart.yaml", path.display())]
    NoChart { path: PathBuf },
    #[error("`{}` has no kustomization.yaml", path.display())]
    NoKustomization { path: PathBuf },
    #[error("`{}` is neither a file nor a folder", path.display())]
    Irregular { path: PathBuf },
}

impl LoadError {
    fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        if source.kind() == io::ErrorKind::NotFound { Self::Missing { path } } else { Self::Unreadable { path, source } }
    }

    /// Calls a file as the user does; the whole is called so already.
    fn called(self, name: String) -> Self {
        match self {
            Self::TooBig { limit, .. } if limit < TREE_LIMIT => Self::TooBig { path: name.into(), limit },
            Self::Unreadable { source, .. } => Self::Unreadable { path: name.into(), source },
            other => other,
        }
    }
}

/// What may still be read.
#[derive(Debug)]
struct Budget {
    left: u64,
    limit: u64,
    of: PathBuf,
}

impl Budget {
    fn new(of: &Path, limit: u64) -> Self {
        Self { left: limit, limit, of: of.to_owned() }
    }

    /// Takes the bytes of one file out of the budget.
    fn take(&mut self, file: &Path, bytes: u64) -> Result<(), LoadError> {
        let limit = file_limit(file);
        if bytes > limit {
            return Err(LoadError::TooBig { path: file.to_owned(), limit });
        }
        let too_big = || LoadError::TooBig { path: self.of.clone(), limit: self.limit };
        self.left = self.left.checked_sub(bytes).ok_or_else(too_big)?;
        Ok(())
    }

    /// Reads a regular file. What its size says is not believed.
    fn read(&mut self, path: &Path) -> Result<Vec<u8>, LoadError> {
        use io::Read as _;
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(|error| LoadError::io(path, error))?;
        let most = self.left.min(file_limit(path)) + 1;
        file.take(most).read_to_end(&mut bytes).map_err(|error| LoadError::io(path, error))?;
        self.take(path, bytes.len() as u64)?;
        Ok(bytes)
    }
}

fn file_limit(path: &Path) -> u64 {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if ["Chart.yaml", "requirements.yaml"].contains(&name) || is_kustomization(name) {
        INDEX_LIMIT
    } else if is_archive(name) {
        TREE_LIMIT
    } else {
        FILE_LIMIT
    }
}

fn is_archive(name: &str) -> bool {
    [".tgz", ".tar.gz"].iter().any(|it| name.ends_with(it))
}

/// Loads plain manifests: one file, as the file `""` of its tree, or all `.yaml`, `.yml` and `.json` files below a folder.
pub fn load_manifests(path: &Path) -> Result<SourceTree, LoadError> {
    let data = std::fs::metadata(path).map_err(|error| LoadError::io(path, error))?;
    let (mut tree, mut budget) = (SourceTree::default(), Budget::new(path, MANIFESTS_LIMIT));
    if data.is_file() {
        tree.insert("", budget.read(path)?);
    } else if data.is_dir() {
        let wanted =
            |name: &str, is_folder: bool| if is_folder { name != ".git" && !name.ends_with("/.git") } else { is_manifest(name) };
        // The manifests are what is read here: there is no tool.
        _ = walk::files(path, &wanted, &mut |name, file| {
            tree.insert(name, budget.read(file)?);
            Ok(())
        })?;
    } else {
        return Err(LoadError::Irregular { path: path.to_owned() });
    }
    Ok(tree)
}

/// Makes the tree of manifests that came from standard input.
pub fn manifests_from(bytes: Vec<u8>) -> SourceTree {
    let mut tree = SourceTree::default();
    tree.insert("", bytes);
    tree
}

/// Writes a tree's files below a folder that is there and empty.
pub fn write_tree(tree: &SourceTree, folder: &Path) -> io::Result<()> {
    for (path, bytes) in tree.files() {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        io::Write::write_all(&mut std::fs::File::create_new(path)?, bytes)?;
    }
    Ok(())
}

/// Whether a file may hold manifests, by its name.
pub fn is_manifest(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests;
