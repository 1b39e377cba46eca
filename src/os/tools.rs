//! Finds helm and kustomize, and reads their versions once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::process::{End, Program, StartError};
use super::temp::RunDir;

/// The oldest Helm that is supported.
const OLDEST_HELM: (u32, u32) = (3, 14);

/// A tool that needs longer to tell its version is none.
const VERSION_LIMIT: Duration = Duration::from_secs(30);

/// A helm to run.
#[derive(Debug, Clone)]
pub struct Helm {
    pub program: PathBuf,
    /// As it says itself: `v4.3.1`.
    pub version: String,
    /// Its major and minor version; `None` for a development build.
    pub number: Option<(u32, u32)>,
}

/// A kustomize to run.
#[derive(Debug, Clone)]
pub struct Kustomize {
    pub program: PathBuf,
    /// The arguments that make it build: `build`, or `kustomize` for kubectl.
    pub command: &'static str,
    /// As it says itself: `v5.7.1`.
    pub version: String,
}

/// A tool can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    #[error("no {name} found; install {name} ({page}) or pass `--{name} PATH`")]
    Missing { name: &'static str, page: &'static str },
    #[error("`{}` is no program; pass `--{name}` the path of a {name}", path.display())]
    NotThere { name: &'static str, path: PathBuf },
    #[error("helm {version} (`{}`) is too old; install helm 3.14 or newer, or pass `--helm PATH`", program.display())]
    TooOld { program: PathBuf, version: String },
    #[error("`{}` does not tell its version: {message}; pass `--{name} PATH`", program.display())]
    NoVersion { name: &'static str, program: PathBuf, message: String },
    #[error("cannot run {name}")]
    Start {
        name: &'static str,
        #[source]
        source: StartError,
    },
}

/// Finds helm: what was given, else `HELM_BIN`, else `helm` on `PATH`. To tell its version it has no more time than `limit`.
pub fn find_helm(given: Option<&Path>, run: &RunDir, limit: Duration) -> Result<Helm, ToolError> {
    let name = "helm";
    let given =
        given.map(Path::to_owned).or_else(|| std::env::var_os("HELM_BIN").filter(|bin| !bin.is_empty()).map(PathBuf::from));
    let program = match given {
        Some(path) => resolve(&path).ok_or(ToolError::NotThere { name, path })?,
        None => on_path(name).ok_or(ToolError::Missing { name, page: "https://helm.sh/docs/intro/install/" })?,
    };
    let version = version(name, &program, &["version", "--template", "{{.Version}}"], run, limit)?;
    let number = number(&version);
    if number.is_some_and(|number| number < OLDEST_HELM) {
        return Err(ToolError::TooOld { program, version });
    }
    Ok(Helm { program, version, number })
}

/// Finds kustomize: what was given, else `kustomize` on `PATH`, else the one in `kubectl` on `PATH`.
/// What is given may be a kubectl too. To tell its version it has no more time than `limit`.
pub fn find_kustomize(given: Option<&Path>, run: &RunDir, limit: Duration) -> Result<Kustomize, ToolError> {
    let name = "kustomize";
    let program = match given {
        Some(path) => resolve(path).ok_or_else(|| ToolError::NotThere { name, path: path.to_owned() })?,
        None => on_path(name)
            .or_else(|| on_path("kubectl"))
            .ok_or(ToolError::Missing { name, page: "https://kubectl.docs.kubernetes.io/installation/kustomize/" })?,
    };
    if program.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("kubectl")) {
        let text = version(name, &program, &["version", "--client"], run, limit)?;
        let version = text.lines().find_map(|line| line.strip_prefix("Kustomize Version: ")).unwrap_or(&text).to_owned();
        return Ok(Kustomize { program, command: "kustomize", version });
    }
    let version = version(name, &program, &["version"], run, limit)?;
    Ok(Kustomize { program, command: "build", version })
}

fn version(name: &'static str, program: &Path, args: &[&str], run: &RunDir, limit: Duration) -> Result<String, ToolError> {
    let limit = limit.min(VERSION_LIMIT);
    let ended = Program::new(program)
        .args(args)
        .env(run.tool_env())
        .time_limit(limit)
        .stdout_limit(1 << 16)
        .run()
        .map_err(|source| ToolError::Start { name, source })?;
    let text = String::from_utf8_lossy(&ended.stdout).trim().to_owned();
    match ended.end {
        End::Exit(0) if !text.is_empty() => Ok(text),
        end => {
            let message = ended.stderr.trim().lines().next_back().map_or_else(|| without_words(end, limit), str::to_owned);
            Err(ToolError::NoVersion { name, program: program.to_owned(), message })
        }
    }
}

/// Says how a tool ended that wrote nothing of use.
fn without_words(end: End, limit: Duration) -> String {
    match end {
        End::Exit(0) => "it printed nothing".into(),
        End::Exit(code) => format!("it ended with status {code}"),
        End::Signal(signal) => format!("it was killed by signal {signal}"),
        End::TimedOut => format!("it took longer than {} s", limit.as_secs_f64()),
        End::Late => super::deadline::message(),
        End::TooBig => "it printed too much".into(),
        End::Interrupted => "interrupted".into(),
    }
}

/// Reads `v3.14.2`, `v4.3` or `3.15.0+g123`.
fn number(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v').unwrap_or(version).split(['.', '+', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// A path is taken as it is; a bare name is looked for on `PATH` too.
fn resolve(path: &Path) -> Option<PathBuf> {
    if is_program(path) {
        return std::path::absolute(path).ok();
    }
    let name = path.to_str().filter(|name| !name.contains('/'))?;
    on_path(name)
}

/// Whether a program of that name is on `PATH`.
pub fn is_on_path(name: &str) -> bool {
    on_path(name).is_some()
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|folder| !folder.as_os_str().is_empty())
        .map(|folder| folder.join(name))
        .find(|program| is_program(program))
        .and_then(|program| std::path::absolute(program).ok())
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::testing::fake;

    #[test]
    fn versions_are_read() {
        assert_eq!(number("v3.14.2"), Some((3, 14)));
        assert_eq!(number("v4.3"), Some((4, 3)));
        assert_eq!(number("3.9+unreleased"), Some((3, 9)));
        assert_eq!(number("(devel)"), None);
    }

    #[test]
    fn old_and_broken_and_missing_tools_say_what_to_do() {
        let (folder, run) = (tempfile::tempdir().unwrap(), RunDir::new().unwrap());
        let old = fake(folder.path(), "helm-old", "echo v3.13.9");
        let broken = fake(folder.path(), "helm-broken", "echo no such luck >&2; exit 1");
        let message = |path: &Path| find_helm(Some(path), &run, VERSION_LIMIT).unwrap_err().to_string();
        assert!(message(&old).ends_with("is too old; install helm 3.14 or newer, or pass `--helm PATH`"));
        assert!(message(&broken).ends_with("does not tell its version: no such luck; pass `--helm PATH`"));
        assert_eq!(message(Path::new("/nowhere/helm")), "`/nowhere/helm` is no program; pass `--helm` the path of a helm");
    }

    #[test]
    fn kubectl_stands_in_for_kustomize() {
        let (folder, run) = (tempfile::tempdir().unwrap(), RunDir::new().unwrap());
        let kubectl = fake(folder.path(), "kubectl", "echo 'Client Version: v1.34.0'; echo 'Kustomize Version: v5.7.1'");
        let found = find_kustomize(Some(&kubectl), &run, VERSION_LIMIT).unwrap();
        assert_eq!((found.command, found.version.as_str()), ("kustomize", "v5.7.1"));
    }
}
