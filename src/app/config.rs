//! Finds the configuration of a target: `portcullis.yaml` in its folder, or above it up to the git root.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::{Config, Date, Idle, Ignore, Problems};
use crate::finding::Finding;
use crate::matrix::ConfigFolder;
use crate::os::files;
use crate::rules;
use crate::target::Target;

/// File names, the first one found wins.
pub const FILE_NAMES: [&str; 4] = ["portcullis.yaml", "portcullis.yml", ".portcullis.yaml", ".portcullis.yml"];

/// A configuration and the folder that its paths are relative to.
#[derive(Debug)]
pub struct FoundConfig {
    pub config: Config,
    pub folder: ConfigFolder,
    uses: Uses,
}

/// Which entries of a configuration a run has had use for.
#[derive(Debug, Default)]
struct Uses {
    /// Whether cases were planned by it.
    planned: AtomicBool,
    excludes: Vec<AtomicBool>,
    /// Whether a target was checked that the entry is about.
    reached: Vec<AtomicBool>,
    ignores: Vec<AtomicBool>,
}

impl FoundConfig {
    fn new(config: Config, folder: ConfigFolder) -> Self {
        let flags = |count: usize| std::iter::repeat_with(AtomicBool::default).take(count).collect();
        let ignores = config.ignore.len();
        let uses = Uses {
            planned: AtomicBool::default(),
            excludes: flags(config.matrix.exclude.len()),
            reached: flags(ignores),
            ignores: flags(ignores),
        };
        Self { config, folder, uses }
    }

    /// Returns all that findings of a target depend on: where the target is for it, what stands in it, and which entries of `ignore:`
    /// have expired.
    pub(super) fn identity(&self, target: &Target, today: Date) -> String {
        let expired: Vec<bool> = self.config.ignore.iter().map(|it| it.expired(today)).collect();
        let path = self.relative(&target.path, &target.root);
        format!("{path:?} {:?} {expired:?} {}", self.folder.shown, self.config.text())
    }

    /// Notes that cases are planned by it.
    pub(super) fn plans(&self) {
        self.uses.planned.store(true, Ordering::Relaxed);
    }

    /// Notes that an entry of `exclude:` leaves something out.
    pub(super) fn excludes(&self, index: usize) {
        self.uses.excludes[index].store(true, Ordering::Relaxed);
    }

    /// Notes that a target is checked.
    pub(super) fn checks(&self, target: &Target) {
        let path = self.relative(&target.path, &target.root);
        for (entry, reached) in self.config.ignore.iter().zip(&self.uses.reached) {
            if entry.target.as_ref().is_none_or(|it| it.matches(&path)) {
                reached.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Returns the first entry that is about a finding and has not expired, and notes all of them.
    pub(super) fn ignore(&self, finding: &Finding, target: &Target, today: Date) -> Option<&Ignore> {
        let (path, subject) = (self.relative(&target.path, &target.root), &finding.subject);
        let matches = |it: &Ignore| it.matches(finding.rule, &path, &subject.kind, &subject.name, &finding.path);
        let mut entries = self.config.ignore.iter().zip(&self.uses.ignores).filter(|(it, _)| !it.expired(today) && matches(it));
        let first = entries.next()?;
        std::iter::once(first).chain(entries).for_each(|(_, used)| used.store(true, Ordering::Relaxed));
        Some(first.0)
    }

    /// Returns what to say of entries that are of no use: expired ones, and on demand those that the run had no use for; `all` is
    /// whether it checked whatever there is, and not a part of it.
    pub(super) fn warnings(&self, today: Date, idle: bool, all: bool) -> Problems {
        let is = |it: &AtomicBool| it.load(Ordering::Relaxed);
        let unused = |used: &[AtomicBool]| (0..used.len()).filter(|at| !is(&used[*at])).collect::<Vec<_>>();
        let mut found = Idle::default();
        if idle {
            found.ignores = unused(&self.uses.ignores);
            found.ignores.retain(|at| all || is(&self.uses.reached[*at]));
        }
        if idle && is(&self.uses.planned) {
            found.excludes = unused(&self.uses.excludes);
        }
        self.config.warnings(today, &found)
    }

    /// Returns a target's path relative to the configuration's folder, wherever the tool runs.
    fn relative(&self, target: &str, root: &Path) -> String {
        if let (Ok(folder), Ok(root)) = (self.folder.path.canonicalize(), root.canonicalize()) {
            return crate::os::load::relative(&folder, &root);
        }
        let below = target.strip_prefix(self.folder.shown.as_str()).filter(|it| it.is_empty() || it.starts_with('/'));
        below.filter(|_| !self.folder.shown.is_empty()).map_or(target, |it| it.trim_start_matches('/')).to_owned()
    }
}

/// Returns the day (UTC).
pub(super) fn today() -> Date {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Date::from_unix(now.map(|it| it.as_secs()).unwrap_or_default())
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(transparent)]
    Problems(#[from] Problems),
    #[error("`--config {}` does not exist; check the path", path.display())]
    Missing { path: PathBuf },
    #[error("cannot use the configuration")]
    Unreadable(#[source] files::FileError),
}

/// The configurations of a run, each read once.
#[derive(Debug, Default)]
pub struct Configs {
    given: Option<PathBuf>,
    read: BTreeMap<PathBuf, Arc<FoundConfig>>,
}

impl Configs {
    /// Uses a given file for every target, or looks for one beside each.
    pub fn new(given: Option<PathBuf>) -> Self {
        Self { given, read: BTreeMap::new() }
    }

    /// Returns the configuration of a target's folder (or of the folder that its file is in).
    pub fn of(&mut self, root: &Path) -> Result<Option<Arc<FoundConfig>>, ConfigError> {
        let file = match &self.given {
            Some(file) => file.clone(),
            None => match find(root) {
                Some(file) => file,
                None => return Ok(None),
            },
        };
        if let Some(found) = self.read.get(&file) {
            return Ok(Some(Arc::clone(found)));
        }
        let found = Arc::new(read(&file)?);
        self.read.insert(file, Arc::clone(&found));
        Ok(Some(found))
    }
}

fn find(root: &Path) -> Option<PathBuf> {
    let start = root.canonicalize().ok()?;
    for folder in start.ancestors() {
        if let Some(file) = FILE_NAMES.iter().map(|it| folder.join(it)).find(|it| it.is_file()) {
            return Some(file);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

fn read(file: &Path) -> Result<FoundConfig, ConfigError> {
    if !file.exists() {
        return Err(ConfigError::Missing { path: file.to_owned() });
    }
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let shown = shown(folder);
    let name = crate::source::join(&shown, &file.file_name().unwrap_or_default().to_string_lossy());
    let text = files::read_small_text(file).map_err(|error| ConfigError::Unreadable(error.called(&name)))?;
    let config = Config::read(&name, &text, &rules::ids())?;
    Ok(FoundConfig::new(config, ConfigFolder { shown, path: folder.to_owned() }))
}

/// Returns a folder as it is shown: relative to where the tool runs.
fn shown(folder: &Path) -> String {
    let here = std::env::current_dir().and_then(|it| it.canonicalize());
    let relative = here.ok().zip(folder.canonicalize().ok()).map(|(here, folder)| crate::os::load::relative(&here, &folder));
    let text = relative.unwrap_or_else(|| folder.to_string_lossy().into_owned());
    if text == "." { String::new() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    fn found(shown: &str, text: &str) -> FoundConfig {
        let config = Config::read("portcullis.yaml", &format!("version: 1\n{text}"), &rules::ids()).unwrap();
        FoundConfig::new(config, ConfigFolder { shown: shown.into(), path: shown.into() })
    }

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn targets_are_named_from_the_configurations_folder() {
        for (shown, target, expected) in [
            ("", "charts/web", "charts/web"),
            ("charts", "charts/web", "web"),
            ("charts/web", "charts/web", ""),
            ("chart", "charts/web", "charts/web"),
        ] {
            assert_eq!(found(shown, "").relative(target, Path::new("/nowhere")), expected, "{shown} {target}");
        }
    }

    #[test]
    fn entries_without_use_are_warned_of() {
        let finding = fixture::report().findings.remove(0);
        let rule = finding.rule;
        let text = format!(
            "ignore:\n\
             - {{rule: {rule}, reason: used}}\n\
             - {{rule: {rule}, reason: used as well}}\n\
             - {{rule: {rule}, target: elsewhere, reason: not reached}}\n\
             - {{rule: {rule}, object: Pod/none, reason: idle}}\n\
             - {{rule: {rule}, expires: 2020-01-31, reason: over}}\n\
             matrix:\n  axes: {{kube: ['1.28', '1.29']}}\n  exclude: [{{kube: '1.28'}}, {{kube: '1.30'}}]\n"
        );
        let config = found("", &text);
        let lines = |idle, all| {
            let marks = config.warnings(day("2020-02-01"), idle, all).list.into_iter().filter_map(|it| it.mark);
            marks.map(|it| it.start.line).collect::<Vec<_>>()
        };
        let target = Target {
            path: "web".into(),
            repo_path: "web".into(),
            kind: crate::target::TargetKind::Helm,
            root: "/nowhere".into(),
            tree: crate::source::SourceTree::default(),
        };
        config.checks(&target);
        assert_eq!(config.ignore(&finding, &target, day("2020-02-01")).unwrap().reason, "used");
        assert_eq!(lines(false, true), [7]);
        assert_eq!(lines(true, true), [5, 6, 7]);
        assert_eq!(lines(true, false), [6, 7]);
        config.plans();
        config.excludes(0);
        assert_eq!(lines(true, true), [5, 6, 7, 10]);
    }
}
