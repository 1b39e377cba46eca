//! Files that change, told in bursts: who saves a file writes it in several steps, and often several files at once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::signals;

/// A burst is over when nothing has happened for so long.
const QUIET: Duration = Duration::from_millis(100);

/// A burst that goes on is cut.
const LONGEST: Duration = Duration::from_secs(2);

/// How often an interruption is looked for.
const TICK: Duration = Duration::from_millis(100);

/// What is looked at. All paths are absolute and without links.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Folders of which every entry counts.
    pub folders: BTreeSet<PathBuf>,
    /// Single files, there or not.
    pub files: BTreeSet<PathBuf>,
}

impl Scope {
    /// Adds a folder with all folders below it.
    pub fn add_below(&mut self, root: &Path) {
        let Ok(root) = root.canonicalize() else { return };
        let wanted = |it: &ignore::DirEntry| it.file_name() != ".git";
        let walk = ignore::WalkBuilder::new(root).standard_filters(false).filter_entry(wanted).build();
        self.folders.extend(folders(walk));
    }

    /// Adds the folders below one that hold what is not ignored.
    pub fn add_not_ignored(&mut self, root: &Path) {
        let Ok(root) = root.canonicalize() else { return };
        self.folders.extend(folders(ignore::WalkBuilder::new(root).require_git(false).build()));
    }

    /// Adds a file.
    pub fn add_file(&mut self, file: &Path) {
        let parent = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let (Ok(parent), Some(name)) = (parent.canonicalize(), file.file_name()) {
            self.files.insert(parent.join(name));
        }
    }

    /// Whether something that happened to a path is of interest.
    fn concerns(&self, path: &Path) -> bool {
        let is_inside = || path.parent().is_some_and(|it| self.folders.contains(it)) && !is_passing(path);
        self.files.contains(path) || self.folders.contains(path) || is_inside()
    }

    /// Returns the folders that are to be watched.
    fn watched(&self) -> BTreeSet<PathBuf> {
        let parents = self.files.iter().filter_map(|it| it.parent()).map(Path::to_owned);
        self.folders.iter().cloned().chain(parents).collect()
    }
}

fn folders(walk: ignore::Walk) -> impl Iterator<Item = PathBuf> {
    let is_folder = |it: &ignore::DirEntry| it.file_type().is_some_and(|it| it.is_dir());
    walk.filter_map(Result::ok).filter(move |it| is_folder(it)).map(ignore::DirEntry::into_path)
}

/// Whether a file is one that editors make and take away again, or the system's own.
fn is_passing(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ends = ["~", ".swp", ".swo", ".swx", ".swpx", ".tmp", ".bak", ".orig", ".part", "___jb_tmp___", "___jb_old___"];
    let starts = [".#", "#", ".goutputstream-", ".portcullis-"];
    // vim tries with that name whether it may write
    ["4913", ".DS_Store", ".git"].contains(&&*name)
        || ends.iter().any(|it| name.ends_with(it))
        || starts.iter().any(|it| name.starts_with(it))
}

/// Watches what is in a scope.
pub struct Watch {
    watcher: RecommendedWatcher,
    events: Receiver<Event>,
    scope: Scope,
    watched: BTreeSet<PathBuf>,
    /// What has changed since it was last said what to watch.
    changed: BTreeSet<PathBuf>,
}

impl Watch {
    /// Begins with nothing.
    pub fn new() -> notify::Result<Self> {
        let (sender, events) = channel();
        // Reading, which we do ourselves, is no change. Whoever no longer listens has ended.
        let tell = move |event: notify::Result<Event>| {
            if let Ok(event) = event
                && !matches!(event.kind, EventKind::Access(_))
            {
                _ = sender.send(event);
            }
        };
        let watcher = notify::recommended_watcher(tell)?;
        Ok(Self { watcher, events, scope: Scope::default(), watched: BTreeSet::new(), changed: BTreeSet::new() })
    }

    /// Watches this from now on. What is there and cannot be watched is left out.
    ///
    /// # Errors
    /// Why something is left out.
    pub fn follow(&mut self, scope: Scope) -> notify::Result<()> {
        let wanted = scope.watched();
        self.scope = scope;
        // One that vanished and is there again would no longer be heard of.
        let changed = std::mem::take(&mut self.changed);
        let is_doubtful = |it: &Path| it.ancestors().any(|it| changed.contains(it));
        let (old, gone): (BTreeSet<PathBuf>, BTreeSet<PathBuf>) =
            std::mem::take(&mut self.watched).into_iter().partition(|it| wanted.contains(it) && !is_doubtful(it));
        self.watched = old;
        let new: Vec<PathBuf> = wanted.into_iter().filter(|it| !self.watched.contains(it)).collect();
        if new.is_empty() && gone.is_empty() {
            return Ok(());
        }
        // All at once, which for some systems is one step.
        let mut paths = self.watcher.paths_mut();
        for it in &gone {
            _ = paths.remove(it);
        }
        let mut all = Ok(());
        for folder in new {
            match paths.add(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => _ = self.watched.insert(folder),
                Err(error) if folder.read_dir().is_ok() => all = Err(error),
                Err(_) => {}
            }
        }
        paths.commit().and(all)
    }

    /// Sleeps until something changes, and returns what did; `None` once the run is interrupted.
    pub fn changed(&mut self) -> Option<BTreeSet<PathBuf>> {
        let mut changed = BTreeSet::new();
        let mut end: Option<Instant> = None;
        loop {
            if signals::interrupted() {
                return None;
            }
            match self.events.recv_timeout(if end.is_some() { QUIET } else { TICK }) {
                Ok(event) => {
                    if self.take(event, &mut changed) {
                        end.get_or_insert(Instant::now() + LONGEST);
                    }
                }
                Err(RecvTimeoutError::Timeout) if end.is_some() => return Some(changed),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
            if end.is_some_and(|it| Instant::now() >= it) {
                return Some(changed);
            }
        }
    }

    /// Takes in what an event says; returns whether it is of interest.
    fn take(&mut self, event: Event, changed: &mut BTreeSet<PathBuf>) -> bool {
        let rescan = event.need_rescan();
        let paths: Vec<PathBuf> = event.paths.into_iter().filter(|it| self.scope.concerns(it)).collect();
        let is_of_interest = rescan || !paths.is_empty();
        self.changed.extend(paths.iter().cloned());
        changed.extend(paths);
        is_of_interest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::testing::write_files;

    #[test]
    fn what_editors_leave_for_a_moment_is_no_change() {
        for name in ["values.yaml~", ".values.yaml.swp", "4913", ".#values.yaml", "#values.yaml#", "x.tmp", ".git"] {
            assert!(is_passing(&Path::new("/charts/web").join(name)), "{name}");
        }
        for name in ["values.yaml", "_helpers.tpl", ".helmignore", "Chart.lock"] {
            assert!(!is_passing(&Path::new("/charts/web").join(name)), "{name}");
        }
    }

    /// Waits until all of these are told, in one burst or several, and nothing but what may be told as well.
    #[track_caller]
    fn expect(watch: &mut Watch, root: &Path, names: &[&str], may: &[&str]) {
        let mut left: BTreeSet<PathBuf> = names.iter().map(|it| root.join(it)).collect();
        let known: BTreeSet<PathBuf> = names.iter().chain(may).map(|it| root.join(it)).collect();
        while !left.is_empty() {
            let told = watch.changed().unwrap();
            assert!(told.is_subset(&known), "{told:?}");
            left.retain(|it| !told.contains(it));
        }
    }

    #[test]
    fn what_changes_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let write = |names: &[&str]| write_files(&root, &names.iter().map(|it| (*it, "1")).collect::<Vec<_>>());
        write(&["web/a.yaml", "web/.git/x", "other/b.yaml", "other/c.yaml"]);
        let mut scope = Scope::default();
        scope.add_below(&root.join("web"));
        scope.add_file(&root.join("other/b.yaml"));
        let mut watch = Watch::new().unwrap();
        watch.follow(scope.clone()).unwrap();
        write(&["other/c.yaml", "web/.git/x", "web/a.yaml~", "web/a.yaml", "other/b.yaml"]);
        expect(&mut watch, &root, &["other/b.yaml", "web/a.yaml"], &[]);
        // What is new is followed.
        write(&["web/new/c.yaml"]);
        expect(&mut watch, &root, &["web/new"], &[]);
        scope.add_below(&root.join("web"));
        watch.follow(scope.clone()).unwrap();
        write(&["web/new/c.yaml"]);
        expect(&mut watch, &root, &["web/new/c.yaml"], &[]);
        // What vanishes and is there again, too.
        std::fs::remove_dir_all(root.join("web/new")).unwrap();
        write(&["web/new/c.yaml"]);
        expect(&mut watch, &root, &["web/new"], &["web/new/c.yaml"]);
        watch.follow(scope).unwrap();
        write(&["web/new/c.yaml"]);
        expect(&mut watch, &root, &["web/new/c.yaml"], &["web/new"]);
    }
}
