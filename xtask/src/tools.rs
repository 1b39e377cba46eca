//! `tools`: the pinned versions of what portcullis and its tests call, in `target/tools`.
//!
//! Taken from `PATH` where the version is right, else built by Go, whose module proxy checks what it hands out.

#![expect(clippy::disallowed_methods, reason = "chores run programs and write files as they like")]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::{shell, yaml};

struct Tool {
    /// What it is called in `target/tools`.
    name: &'static str,
    /// What it is called elsewhere.
    program: &'static str,
    version: &'static str,
    module: &'static str,
    version_args: &'static [&'static str],
    flags: &'static [&'static str],
}

const HELM_VERSION: &[&str] = &["version", "--template", "{{.Version}}"];

/// A Helm 3 as plain `go install` builds it believes in Kubernetes 1.20; a released one in the version of its client-go.
const HELM_3_FLAGS: &str = "-ldflags=-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 \
                            -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=37";

const CONFTEST_FLAGS: &str = "-ldflags=-X github.com/open-policy-agent/conftest/internal/version.Version=v0.71.1";

const TOOLS: [Tool; 4] = [
    Tool {
        name: "helm3",
        program: "helm",
        version: "v3.22.0",
        module: "helm.sh/helm/v3/cmd/helm",
        version_args: HELM_VERSION,
        flags: &[HELM_3_FLAGS],
    },
    Tool {
        name: "helm4",
        program: "helm",
        version: "v4.3.1",
        module: "helm.sh/helm/v4/cmd/helm",
        version_args: HELM_VERSION,
        flags: &[],
    },
    Tool {
        name: "kustomize",
        program: "kustomize",
        version: "v5.7.1",
        module: "sigs.k8s.io/kustomize/kustomize/v5",
        version_args: &["version"],
        flags: &[],
    },
    Tool {
        name: "conftest",
        program: "conftest",
        version: "v0.71.1",
        module: "github.com/open-policy-agent/conftest",
        version_args: &["--version"],
        flags: &[CONFTEST_FLAGS],
    },
];

/// It replaces modules by others, so `go install` refuses it.
const UNITTEST: (&str, &str) = ("github.com/helm-unittest/helm-unittest", "v1.1.2");

/// Gets all tools that are not there yet; `helm` is Helm 4.
pub(crate) fn run() -> anyhow::Result<()> {
    let folder = shell::tools_folder();
    fs::create_dir_all(&folder)?;
    for tool in &TOOLS {
        tool.get(&folder)?;
    }
    let helm = folder.join("helm");
    _ = fs::remove_file(&helm);
    copy(&folder.join("helm4"), &helm)?;
    yaml::build_checker()?;
    build_unittest(&folder)?;
    build_own(&folder, "celcheck", &[])?;
    build_own(&folder, "helmengine", &[HELM_3_FLAGS])
}

/// Builds a program of ours, such as `helmengine`, Helm's engine in process; without go, tests that need it fail.
fn build_own(folder: &Path, name: &str, flags: &[&str]) -> anyhow::Result<()> {
    if shell::read(Path::new("go"), &["version"]).is_none() {
        println!("{name}: no go to build it");
        return Ok(());
    }
    let program = folder.join(name);
    let program = program.to_str().context("the path of the repository is no UTF-8")?;
    let source = format!("xtask/{name}");
    let args: Vec<&str> = ["build", "-C", &source].into_iter().chain(flags.iter().copied()).chain(["-o", program, "."]).collect();
    shell::run("go", &args, &[("CGO_ENABLED", "0".into())])
}

/// Builds helm-unittest in a copy of its module, unless the right one is there: it does not tell its version.
fn build_unittest(folder: &Path) -> anyhow::Result<()> {
    let (module, version) = UNITTEST;
    let (here, stamp) = (folder.join("helm-unittest"), folder.join("helm-unittest.version"));
    if here.is_file() && fs::read_to_string(&stamp).is_ok_and(|it| it == version) {
        return Ok(());
    }
    if shell::read(Path::new("go"), &["version"]).is_none() {
        println!("helm-unittest: no go to build it");
        return Ok(());
    }
    let target = format!("{module}@{version}");
    let module = shell::read(Path::new("go"), &["mod", "download", "-json", &target]).context("cannot get helm-unittest")?;
    let module: serde_json::Value = serde_json::from_str(&module)?;
    let from = Path::new(module["Dir"].as_str().context("go tells no folder of helm-unittest")?);
    let copy = folder.join("build");
    _ = fs::remove_dir_all(&copy);
    copy_folder(from, &copy)?;
    let (source, program) = (copy.to_str(), here.to_str());
    let (source, program) = source.zip(program).context("the path of the repository is no UTF-8")?;
    shell::run("go", &["build", "-C", source, "-o", program, "./cmd/helm-unittest"], &[("CGO_ENABLED", "0".into())])?;
    fs::remove_dir_all(&copy)?;
    Ok(fs::write(stamp, version)?)
}

/// Copies a folder; the files of Go's cache are read-only, the copies are not.
fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::write(&target, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

impl Tool {
    fn get(&self, folder: &Path) -> anyhow::Result<()> {
        let here = folder.join(self.name);
        if self.is_right(&here) {
            return Ok(());
        }
        _ = fs::remove_file(&here);
        if let Some(found) = self.on_path() {
            println!("{} {}: {}", self.name, self.version, found.display());
            return copy(&found, &here);
        }
        self.build(&here)
    }

    /// `go install` leaves the patch number out of Helm's version.
    fn is_right(&self, program: &Path) -> bool {
        let short = self.version.rsplit_once('.').map_or(self.version, |(short, _)| short);
        // Some tell more in further lines, and what they are before it.
        let version = shell::read(program, self.version_args);
        let version = version.as_deref().and_then(|it| it.lines().next()?.split(' ').next_back());
        version.is_some_and(|version| version == self.version || version == short)
    }

    /// Only a release tells its whole version: what somebody built without our flags is not taken.
    fn on_path(&self) -> Option<PathBuf> {
        let path = std::env::var_os("PATH")?;
        let programs = std::env::split_paths(&path).flat_map(|folder| [folder.join(self.name), folder.join(self.program)]);
        programs
            .filter(|program| program.is_file())
            .find(|program| shell::read(program, self.version_args).is_some_and(|version| version == self.version))
    }

    fn build(&self, here: &Path) -> anyhow::Result<()> {
        if shell::read(Path::new("go"), &["version"]).is_none() {
            bail!("no {} {} on `PATH`, and no go to build it: install either", self.program, self.version);
        }
        let bin = shell::tools_folder().join("build");
        let target = format!("{}@{}", self.module, self.version);
        let args: Vec<&str> = ["install"].into_iter().chain(self.flags.iter().copied()).chain([target.as_str()]).collect();
        shell::run("go", &args, &[("GOBIN", OsString::from(&bin)), ("CGO_ENABLED", "0".into())])?;
        let built = bin.join(self.program);
        fs::rename(&built, here).with_context(|| format!("go built no `{}`", built.display()))?;
        fs::remove_dir_all(bin)?;
        if !self.is_right(here) {
            bail!("`{}` does not call itself {}", here.display(), self.version);
        }
        Ok(())
    }
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let copied = fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop));
    copied.with_context(|| format!("cannot copy `{}` to `{}`", from.display(), to.display()))
}
