//! `portcullis init`.

use std::path::Path;

use anyhow::anyhow;
use clap::Args;

use super::output::print;
use super::{CliError, Exit, tell};
use crate::app::{FILE_NAMES, draft};
use crate::config::FILE_NAME;
use crate::os::files;

/// Write a commented portcullis.yaml that fits what is found
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Folder that it is for; `-` prints it for the current one
    #[arg(value_name = "DIR", default_value = ".")]
    folder: String,
    /// Print it instead
    #[arg(long)]
    stdout: bool,
}

pub(super) fn run(args: &InitArgs) -> Result<Exit, CliError> {
    let prints = args.stdout || args.folder == "-";
    let folder = if args.folder == "-" { "." } else { &args.folder };
    if !Path::new(folder).is_dir() {
        return Err(CliError::usage(anyhow!("`{folder}` is no folder; check the path")));
    }
    if prints {
        print(&draft(folder))?;
        return Ok(Exit::Clean);
    }
    let file = write(folder)?;
    let next = if folder == "." { String::new() } else { format!(" {folder}") };
    tell(&format!("wrote `{file}`; now run `portcullis check{next}`"));
    Ok(Exit::Clean)
}

/// Writes a configuration where there is none, and returns its path.
fn write(folder: &str) -> Result<String, CliError> {
    let path = |name: &str| Path::new(folder).join(name);
    // a link counts, wherever it points
    if let Some(name) = FILE_NAMES.iter().find(|it| path(it).symlink_metadata().is_ok()) {
        let file = shown(&path(name));
        return Err(CliError::usage(anyhow!("`{file}` exists already; use `--stdout` to see what would be written")));
    }
    files::write_whole(&path(FILE_NAME), draft(folder).as_bytes()).map_err(CliError::usage)?;
    Ok(shown(&path(FILE_NAME)))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_overwritten() {
        for name in FILE_NAMES {
            let folder = tempfile::tempdir().unwrap();
            files::write_whole(&folder.path().join(name), b"mine").unwrap();
            assert!(write(folder.path().to_str().unwrap()).is_err());
            assert_eq!(folder.path().read_dir().unwrap().count(), 1);
            assert_eq!(files::read(&folder.path().join(name)).unwrap(), b"mine");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = write(folder.path().to_str().unwrap()).unwrap();
        let text = files::read_text(Path::new(&file)).unwrap();
        crate::config::Config::read(FILE_NAME, &text, &crate::rules::ids()).unwrap();
    }
}
