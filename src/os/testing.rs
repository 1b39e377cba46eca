//! Tools for tests: fakes of programs, and the real ones where they are there.

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{Helm, Kustomize, Program, RunDir, files, find_helm, find_kustomize};

/// Makes a program from a shell script.
pub(crate) fn fake(folder: &Path, name: &str, script: &str) -> PathBuf {
    let path = folder.join(name);
    let probe = "[ \"$1\" = probe-of-the-fake ] && exit";
    files::write_whole(&path, format!("#!/bin/sh\n{probe}\n{script}\n").as_bytes()).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    // Another test's child may hold the file open for writing until it has become its program.
    while let Err(error) = Program::new(&path).args(["probe-of-the-fake"]).run() {
        assert_eq!(error.source.kind(), ErrorKind::ExecutableFileBusy);
        std::thread::sleep(Duration::from_millis(5));
    }
    path
}

/// Writes files below a folder, making parent folders.
pub(crate) fn write_files(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        files::write_whole(&path, text.as_bytes()).unwrap();
    }
}

fn real_tools() -> bool {
    std::env::var_os("PORTCULLIS_REAL_TOOLS").is_some()
}

/// Returns helm 3 and helm 4 where tests with real tools are asked for and they are on `PATH`.
pub(crate) fn real_helms(run: &Arc<RunDir>) -> Vec<Helm> {
    let names = ["helm3", "helm4"].into_iter().filter(|_| real_tools());
    names.filter_map(|name| find_helm(Some(Path::new(name)), run, Duration::from_secs(30)).ok()).collect()
}

/// Returns kustomize where tests with real tools are asked for and it is on `PATH`.
pub(crate) fn real_kustomize(run: &Arc<RunDir>) -> Option<Kustomize> {
    if real_tools() { find_kustomize(None, run, Duration::from_secs(30)).ok() } else { None }
}
