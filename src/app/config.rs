//! Finds the configuration of a target: `portcullis.yaml` in its folder, or above it up to the git root.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Config, Problems};
use crate::matrix::ConfigFolder;
use crate::os::files;
use crate::rules;

/// File names, the first one found wins.
const NAMES: [&str; 4] = ["portcullis.yaml", "portcullis.yml", ".portcullis.yaml", ".portcullis.yml"];

/// A configuration and the folder that its paths are relative to.
#[derive(Debug)]
pub struct FoundConfig {
    pub config: Config,
    pub folder: ConfigFolder,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(transparent)]
    Problems(#[from] Problems),
    #[error("cannot read the configuration `{}`", path.display())]
    Unreadable { path: PathBuf, source: files::FileError },
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
        if let Some(file) = NAMES.iter().map(|it| folder.join(it)).find(|it| it.is_file()) {
            return Some(file);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

fn read(file: &Path) -> Result<FoundConfig, ConfigError> {
    let text = files::read_text(file).map_err(|source| ConfigError::Unreadable { path: file.to_owned(), source })?;
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let shown = shown(folder);
    let name = crate::source::join(&shown, &file.file_name().unwrap_or_default().to_string_lossy());
    let config = Config::read(&name, &text, &rules::ids())?;
    Ok(FoundConfig { config, folder: ConfigFolder { shown, path: folder.to_owned() } })
}

/// Returns a folder as it is shown: relative to where the tool runs.
fn shown(folder: &Path) -> String {
    let here = std::env::current_dir().and_then(|it| it.canonicalize());
    let relative = here.ok().zip(folder.canonicalize().ok()).map(|(here, folder)| crate::os::load::relative(&here, &folder));
    let text = relative.unwrap_or_else(|| folder.to_string_lossy().into_owned());
    if text == "." { String::new() } else { text }
}
