//! Finds targets: a path may be one, or hold many.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::components::{Fit, Kustomizations};
use super::config::FILE_NAMES;
use crate::chart::Chart;
use crate::os::{files, load};
use crate::report::unused;
use crate::source::SourceTree;
use crate::target::TargetKind;

/// Something to verify, or why it is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// As shown.
    pub path: String,
    pub root: PathBuf,
    pub kind: Result<TargetKind, String>,
    /// For a component: the kustomizations that it is built on, from its folder.
    pub on: Vec<String>,
    /// Nobody asked for it by name, and that it cannot be built fails nothing.
    pub is_unused: bool,
}

impl Candidate {
    fn new(path: impl Into<String>, root: impl Into<PathBuf>, kind: Result<TargetKind, String>) -> Self {
        Self { path: path.into(), root: root.into(), kind, on: Vec::new(), is_unused: false }
    }

    /// Makes the candidate of a component that no kustomization uses.
    fn unused(path: String, root: PathBuf, fit: Fit) -> Self {
        match fit {
            Fit::On(on) => Self { on, ..Self::new(path, root, Ok(TargetKind::Kustomize)) },
            Fit::Nowhere(why) => Self { is_unused: true, ..Self::new(path, root, Err(unused(&why))) },
        }
    }

    /// Whether both are one and the same place, however it was named.
    fn is_same(&self, other: &Self) -> bool {
        let place = |it: &Self| it.root.canonicalize().ok().filter(|_| it.path != "-");
        self.kind == other.kind && (self.path == other.path || (place(self).is_some() && place(self) == place(other)))
    }
}

/// Finds the targets that paths stand for; a folder without a chart or kustomization of its own is searched. Sorted by path,
/// each once; those named come as they are named.
pub fn discover(paths: &[String]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for path in paths {
        for candidate in one(path) {
            if !found.iter().any(|it| it.is_same(&candidate)) {
                found.push(candidate);
            }
        }
    }
    found
}

fn one(given: &str) -> Vec<Candidate> {
    let path = shown(given);
    let root = PathBuf::from(given);
    let single = |kind| vec![Candidate::new(path.clone(), root.clone(), kind)];
    if given == "-" {
        return single(Ok(TargetKind::Manifests));
    }
    if given.contains("://") {
        return single(Err(format!("`{given}` is not on this machine: `helm pull` it first")));
    }
    let data = match root.metadata() {
        Ok(data) => data,
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return single(Err(unreadable(given, &error)));
        }
        Err(_) => {
            let hint = if given.split('/').count() == 2 && !given.starts_with('.') {
                "; check the path, or `helm pull` it first if it is a chart of a repository"
            } else {
                "; check the path"
            };
            return single(Err(format!("`{given}` does not exist{hint}")));
        }
    };
    if data.is_file() {
        return file(&path, root);
    }
    if !data.is_dir() {
        return single(Err(format!("`{given}` is neither a file nor a folder; name a file or a folder")));
    }
    if let Err(error) = root.read_dir() {
        return single(Err(unreadable(given, &error)));
    }
    if root.join("Chart.yaml").exists() {
        return single(Ok(TargetKind::Helm));
    }
    if load::kustomization_of(&root).is_some() {
        return vec![kustomization(path, root)];
    }
    let below = search(&root, &path);
    if !below.is_empty() {
        return below;
    }
    single(if has_manifests(&root) {
        Ok(TargetKind::Manifests)
    } else {
        Err(format!("`{given}` holds no chart, no kustomization and no manifests; name a folder that does"))
    })
}

fn unreadable(path: &str, error: &std::io::Error) -> String {
    format!("cannot read `{path}`: {error}; check the path and its permissions")
}

/// A file may be a chart's archive, a manifest, or the file that makes its folder a target.
fn file(path: &str, root: PathBuf) -> Vec<Candidate> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folder = path.rsplit_once('/').map_or(".", |it| it.0);
    if name == "Chart.yaml" || load::is_kustomization(name) {
        let root = root.parent().filter(|it| !it.as_os_str().is_empty()).map_or_else(|| ".".into(), Path::to_owned);
        return vec![match name {
            "Chart.yaml" => Candidate::new(folder, root, Ok(TargetKind::Helm)),
            _ => kustomization(folder.to_owned(), root),
        }];
    }
    let kind = if [".tgz", ".tar.gz"].iter().any(|it| name.ends_with(it)) {
        Ok(TargetKind::Helm)
    } else if [".yaml", ".yml", ".json"].iter().any(|it| name.ends_with(it)) {
        Ok(TargetKind::Manifests)
    } else {
        Err(format!("`{path}` is no chart, no kustomization and no manifest; name a folder, a .tgz, .yaml, .yml or .json file"))
    };
    vec![Candidate::new(path, root, kind)]
}

/// Returns a path as it is shown: relative to where the tool runs if it is below that, with `/`, without `./`.
pub(super) fn shown(given: &str) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| Path::new(given).strip_prefix(here).ok().map(|it| it.to_string_lossy().into_owned()));
    let text = below.unwrap_or_else(|| given.to_owned());
    let text = crate::source::normalize(text.trim_end_matches('/').trim_start_matches("./"));
    match text.as_str() {
        "" if given.starts_with('/') && given.trim_end_matches('/').is_empty() => "/".into(),
        "" => ".".into(),
        text => text.to_owned(),
    }
}

/// Finds every chart, every leaf kustomization and every component that none uses below a folder, as .gitignore allows. Library
/// charts, what stands below a chart, and what another kustomization uses are none.
fn search(root: &Path, path: &str) -> Vec<Candidate> {
    if let Some(why) = root.canonicalize().ok().and_then(|it| it.ancestors().find_map(endless_ignore_file)) {
        return vec![Candidate::new(path, root, Err(why))];
    }
    let below_chart = |it: &Path| it.parent().is_some_and(|it| it.join("Chart.yaml").is_file());
    let closed = Arc::new(Mutex::new(Vec::new()));
    let close = Arc::clone(&closed);
    let mut walk = ignore::WalkBuilder::new(root);
    walk.sort_by_file_path(Path::cmp).require_git(false).filter_entry(move |it| {
        if it.depth() == 0 || !it.file_type().is_some_and(|it| it.is_dir()) {
            return true;
        }
        let why = endless_ignore_file(it.path());
        let wanted = why.is_none() && !below_chart(it.path());
        close.lock().unwrap_or_else(PoisonError::into_inner).extend(why.map(|why| (it.path().to_owned(), why)));
        wanted
    });
    let (mut charts, mut overlays, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for entry in walk.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                failed.extend(path_of(&error).map(Path::to_owned).map(|folder| (folder, error)));
                continue;
            }
        };
        let Some(folder) = entry.path().parent().map(Path::to_owned) else { continue };
        match entry.file_name().to_str() {
            Some("Chart.yaml") if !is_library(entry.path()) => charts.push(folder),
            Some(name) if load::is_kustomization(name) => overlays.push(folder),
            _ => {}
        }
    }
    let (leaves, components) = leaves(&overlays);
    let name = |folder: &Path| {
        let rest = folder.strip_prefix(root).unwrap_or(folder).to_string_lossy().replace('\\', "/");
        crate::source::join(path, &rest)
    };
    let of_kind = |kind| move |root: PathBuf| Candidate::new(name(&root), root, Ok(kind));
    let mut found: Vec<Candidate> = charts.into_iter().map(of_kind(TargetKind::Helm)).collect();
    found.extend(leaves.into_iter().map(of_kind(TargetKind::Kustomize)));
    let mut kustomizations = Kustomizations::new(overlays);
    found.extend(components.into_iter().map(|root| {
        let fit = kustomizations.fit(&root);
        Candidate::unused(name(&root), root, fit)
    }));
    found.sort_by(|a, b| a.root.cmp(&b.root));
    let failed = failed.into_iter().map(|(root, error)| {
        let path = name(&root);
        let kind = Err(match root.read_dir() {
            Err(error) => unreadable(&path, &error),
            Ok(_) => format!("cannot read `{path}`: {error}; check the path and its permissions"),
        });
        Candidate::new(path, root, kind)
    });
    let closed = std::mem::take(&mut *closed.lock().unwrap_or_else(PoisonError::into_inner));
    let closed = closed.into_iter().map(|(root, why)| Candidate::new(name(&root), root, Err(why)));
    found.into_iter().chain(failed).chain(closed).collect()
}

/// Says which file of a folder the walk would read for ever, if one.
fn endless_ignore_file(folder: &Path) -> Option<String> {
    let files = [".gitignore", ".ignore", ".git/info/exclude"].map(|it| folder.join(it));
    let endless = |it: &&PathBuf| it.metadata().is_ok_and(|it| !it.is_dir() && (!it.is_file() || it.len() > files::SMALL_LIMIT));
    let file = files.iter().find(endless)?;
    Some(format!("`{}` is no regular file of less than {} MB; remove it", file.display(), files::SMALL_LIMIT >> 20))
}

/// Returns what could not be walked.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } => path_of(err),
        _ => None,
    }
}

fn is_library(file: &Path) -> bool {
    let mut tree = SourceTree::default();
    if let Ok(text) = files::read_small_text(file) {
        tree.insert("Chart.yaml", text.into_bytes());
    }
    Chart::read(&tree).is_ok_and(|it| it.is_library())
}

/// Returns the kustomizations that no other one uses, and the components among them.
fn leaves(folders: &[PathBuf]) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let mut used: BTreeSet<PathBuf> = BTreeSet::new();
    let mut all = Vec::new();
    for folder in folders {
        let references = references(folder);
        used.extend(references.paths.iter().filter_map(|it| folder.join(it).canonicalize().ok()));
        all.push((folder.clone(), references.is_component));
    }
    all.retain(|(folder, _)| folder.canonicalize().map_or(true, |it| !used.contains(&it)));
    let (components, leaves): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.1);
    let folders = |all: Vec<(PathBuf, bool)>| all.into_iter().map(|it| it.0).collect();
    (folders(leaves), folders(components))
}

fn references(folder: &Path) -> load::References {
    load::references(&load::kustomization_of(folder).and_then(|it| files::read_small_text(&it).ok()).unwrap_or_default())
}

/// Makes the candidate of a kustomization that is named. A component is built on what stands around it in the repository, if it
/// fits there.
fn kustomization(path: String, root: PathBuf) -> Candidate {
    let candidate = Candidate::new(path, root, Ok(TargetKind::Kustomize));
    let full = candidate.root.canonicalize().ok().filter(|_| references(&candidate.root).is_component);
    // Without a repository no more than its folder's neighbours are looked at.
    let top = full.as_deref().and_then(|it| it.ancestors().find(|it| it.join(".git").exists()).or(it.ancestors().nth(2)));
    let Some(top) = top.filter(|it| it.parent().is_some()) else { return candidate };
    let walk = ignore::WalkBuilder::new(top).sort_by_file_path(Path::cmp).require_git(false).build();
    let files = walk.filter_map(Result::ok).filter(|it| it.file_name().to_str().is_some_and(load::is_kustomization));
    let folders = files.filter_map(|it| it.path().parent().map(Path::to_owned)).collect();
    match Kustomizations::new(folders).fit(&candidate.root) {
        Fit::On(on) => Candidate { on, ..candidate },
        Fit::Nowhere(_) => candidate,
    }
}

/// Whether there is a file that could be a manifest; our own configuration is none.
fn has_manifests(root: &Path) -> bool {
    let files = ignore::WalkBuilder::new(root).standard_filters(false).build().filter_map(Result::ok);
    files
        .filter(|it| it.file_type().is_some_and(|it| it.is_file()))
        .filter(|it| !FILE_NAMES.iter().any(|name| it.file_name() == *name))
        .any(|it| load::is_manifest(&it.file_name().to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_without_dots_and_slashes() {
        for (given, want) in [("./charts/web/", "charts/web"), (".", "."), ("./", "."), ("../x", "../x"), ("/", "/")] {
            assert_eq!(shown(given), want, "{given}");
        }
    }

    #[test]
    fn a_configuration_alone_is_no_target() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| files::write_whole(&folder.path().join(name), b"version: 1").unwrap();
        let kind = || one(folder.path().to_str().unwrap()).remove(0).kind;
        write("portcullis.yaml");
        assert!(kind().unwrap_err().contains("holds no chart"));
        write("deploy.yaml");
        assert_eq!(kind(), Ok(TargetKind::Manifests));
    }

    #[test]
    fn what_is_elsewhere_is_refused_with_the_next_step() {
        let message = |it: &str| one(it).remove(0).kind.unwrap_err();
        assert!(message("oci://registry/web").contains("`helm pull` it first"));
        assert!(message("bitnami/nginx").contains("`helm pull` it first"));
        assert!(message("no/such/folder").contains("does not exist"));
    }
}
