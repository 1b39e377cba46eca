//! The private folder of a run, which is also the home of the tools that it starts.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

use super::group;

static FOLDERS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// One private temporary folder, readable by its owner alone, removed on drop.
#[derive(Debug)]
pub struct RunDir {
    _folder: TempDir,
    /// Without symbolic links in it: kustomize resolves them before it goes up with `..`.
    path: PathBuf,
    next: AtomicU32,
}

impl RunDir {
    /// Makes the folder.
    pub fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("portcullis-").permissions(Permissions::from_mode(0o700)).tempdir()?;
        let path = folder.path().canonicalize()?;
        for sub in ["home", "tmp"] {
            std::fs::create_dir(path.join(sub))?;
        }
        FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
        Ok(Self { _folder: folder, path, next: AtomicU32::new(0) })
    }

    /// Returns where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a new, empty folder in it.
    pub fn subfolder(&self) -> io::Result<PathBuf> {
        let path = self.path.join(self.next.fetch_add(1, Ordering::Relaxed).to_string());
        std::fs::create_dir(&path)?;
        Ok(path)
    }

    /// Returns the whole environment for a tool: the caller's `PATH`, and a home of its own.
    /// Nothing of the user's Helm or Kubernetes settings is in it.
    pub fn tool_env(&self) -> Vec<(OsString, OsString)> {
        let home = self.path.join("home");
        let at_home = |name: &str, sub: &str| (name.into(), home.join(sub).into_os_string());
        let mut env = vec![
            ("LANG".into(), "C.UTF-8".into()),
            // The tools run shortly: to collect less garbage saves a fifth of their time. The limit is for the big ones.
            ("GOGC".into(), "400".into()),
            ("GOMEMLIMIT".into(), "1GiB".into()),
            ("TMPDIR".into(), self.path.join("tmp").into_os_string()),
            ("HOME".into(), home.clone().into_os_string()),
            at_home("XDG_CACHE_HOME", ".cache"),
            at_home("XDG_CONFIG_HOME", ".config"),
            at_home("XDG_DATA_HOME", ".local/share"),
            at_home("HELM_CACHE_HOME", "helm/cache"),
            at_home("HELM_CONFIG_HOME", "helm/config"),
            at_home("HELM_DATA_HOME", "helm/data"),
        ];
        env.extend(std::env::var_os("PATH").map(|path| ("PATH".into(), path)));
        env
    }
}

impl Drop for RunDir {
    fn drop(&mut self) {
        // Whoever still runs could still write to it.
        group::sweep();
        FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.path);
    }
}

/// Removes the folders of all runs; for a run that ends without drops.
pub(super) fn remove_all() {
    for folder in FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        _ = std::fs::remove_dir_all(folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_is_private_and_vanishes() {
        let run = RunDir::new().unwrap();
        let path = run.path().to_owned();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert_ne!(run.subfolder().unwrap(), run.subfolder().unwrap());
        drop(run);
        assert!(!path.exists());
    }

    #[test]
    fn environment_is_closed() {
        let run = RunDir::new().unwrap();
        let names: Vec<_> = run.tool_env().into_iter().map(|(name, _)| name.into_string().unwrap()).collect();
        assert!(!names.iter().any(|name| name == "KUBECONFIG" || name == "USER"));
        assert!(names.contains(&"PATH".to_owned()));
    }
}
