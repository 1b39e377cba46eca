//! Runs the binary in a folder of its own, with nothing of the caller's environment.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use portcullis::os::files::write_whole;
use tempfile::TempDir;

/// A run that takes longer hangs.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// A temporary folder with a home, a folder for temporary files and one for programs.
pub(crate) struct Sandbox {
    folder: TempDir,
    /// Where the binary runs.
    cwd: PathBuf,
    path: OsString,
    env: Vec<(&'static str, OsString)>,
    cached: bool,
}

/// What a run left behind: to be compared with a snapshot or asserted.
#[must_use]
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

/// Compares a run with its snapshot.
macro_rules! snapshot {
    ($ran:expr) => {
        $crate::sandbox::settings().bind(|| insta::assert_snapshot!($ran))
    };
}

/// How snapshots are kept.
pub(crate) fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.add_filter(r"\b(helm|kustomize) v\d\S*\d", "$1 [VERSION]");
    settings
}

/// The folder of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the charts.
pub(crate) fn testcharts() -> PathBuf {
    root().join("testcharts")
}

impl Sandbox {
    /// Makes a sandbox without any tools.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bin", "home", "tmp", "work"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let cwd = folder.path().join("work").canonicalize().unwrap();
        let path = folder.path().join("bin").into_os_string();
        Self { folder, cwd, path, env: Vec::new(), cached: false }
    }

    /// Makes a sandbox with the tools on the caller's `PATH`; `None` where such tests are not asked for.
    pub(crate) fn with_tools() -> Option<Self> {
        if std::env::var_os("PORTCULLIS_REAL_TOOLS").is_none() {
            eprintln!("left out: it needs helm and kustomize; `cargo xtask test` gets them");
            return None;
        }
        Some(Self { path: std::env::var_os("PATH").unwrap(), ..Self::new() })
    }

    /// Runs in the project's folder instead, where `testcharts/` is.
    #[must_use]
    pub(crate) fn in_project(self) -> Self {
        Self { cwd: root().to_owned(), ..self }
    }

    /// Lets runs remember what they found; else each one begins anew.
    #[must_use]
    pub(crate) fn cached(self) -> Self {
        Self { cached: true, ..self }
    }

    /// Returns the folder of the cache.
    pub(crate) fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// Adds a variable to the environment.
    #[must_use]
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.env.push((name, value.into()));
        self
    }

    /// Returns a path in the folder where it runs.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.cwd.join(name)
    }

    /// Writes a file, making parent folders.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write_whole(&path, text.as_ref()).unwrap();
        self
    }

    /// Writes a chart with one Service, `web`.
    pub(crate) fn chart(&self, folder: &str) -> &Self {
        let service = "kind: Service\napiVersion: v1\nmetadata:\n  name: web\nspec:\n  ports:\n    - port: {{ .Values.port }}\n";
        self.write(&format!("{folder}/Chart.yaml"), "apiVersion: v2\nname: web\nversion: 0.1.0\n")
            .write(&format!("{folder}/values.yaml"), "port: 80\n")
            .write(&format!("{folder}/templates/service.yaml"), service)
    }

    /// Copies a testchart.
    pub(crate) fn copy(&self, name: &str) -> &Self {
        copy(&testcharts().join(name), &self.path(name));
        self
    }

    /// Makes a program on its `PATH` of a shell script.
    pub(crate) fn fake(&self, name: &str, script: &str) -> PathBuf {
        let path = self.folder.path().join("bin").join(name);
        let tools = std::env::var("PATH").unwrap();
        let text = format!("#!/bin/sh\n[ \"$1\" = probe-of-the-fake ] && exit\nPATH='{tools}'\n{script}\n");
        write_whole(&path, text.as_bytes()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        // Another test's child may hold the file open for writing until it has become its program.
        while let Err(error) = assert_cmd::Command::new(&path).arg("probe-of-the-fake").output() {
            assert_eq!(error.kind(), ErrorKind::ExecutableFileBusy);
            std::thread::sleep(Duration::from_millis(5));
        }
        path
    }

    /// Runs with arguments that have no spaces in them.
    pub(crate) fn run(&self, args: &str) -> Ran {
        self.run_with(&args.split_whitespace().collect::<Vec<_>>(), "")
    }

    /// Runs with arguments and with something on standard input.
    pub(crate) fn run_with(&self, args: &[&str], stdin: &str) -> Ran {
        let output = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("portcullis"))
            .args(args)
            .env_clear()
            .envs(self.variables())
            .current_dir(&self.cwd)
            .write_stdin(stdin)
            .timeout(TIME_LIMIT)
            .output()
            .unwrap();
        let left: Vec<_> = fs::read_dir(self.temporary()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert!(left.is_empty(), "left behind: {left:?}");
        let text = |bytes: Vec<u8>| self.without_paths(&String::from_utf8(bytes).unwrap());
        Ran { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code().unwrap_or(-1) }
    }

    /// Returns the whole environment of a run.
    pub(crate) fn variables(&self) -> Vec<(&'static str, OsString)> {
        let mut all = vec![
            ("PATH", self.path.clone()),
            ("HOME", self.folder.path().join("home").into()),
            ("TMPDIR", self.temporary().into()),
            ("COLUMNS", "100".into()),
            ("NO_COLOR", "1".into()),
        ];
        all.push(if self.cached { ("PORTCULLIS_CACHE_DIR", self.cache().into()) } else { ("PORTCULLIS_NO_CACHE", "1".into()) });
        all.extend(self.env.iter().cloned());
        all
    }

    /// Returns the folder for temporary files.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    /// Runs several times, and returns a transcript of all.
    pub(crate) fn transcript(&self, commands: &[&str]) -> String {
        let ran: Vec<String> = commands.iter().map(|it| format!("$ portcullis {it}\n{}\n", self.run(it))).collect();
        ran.concat()
    }

    /// Puts names in place of the folders of this run.
    pub(crate) fn without_paths(&self, text: &str) -> String {
        let text = text.replace(&*self.cwd.to_string_lossy(), "[HERE]");
        text.replace(&*self.folder.path().to_string_lossy(), "[SANDBOX]")
    }
}

impl Ran {
    /// Asserts that a run ended with this code, and returns its standard output.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> String {
        assert_eq!(self.code, code, "{self}");
        self.stdout
    }

    /// Returns standard output, which is one JSON value.
    #[track_caller]
    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit status: {}\n--- stdout\n{}--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
