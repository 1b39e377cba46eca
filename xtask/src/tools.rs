//! `tools`: the pinned versions of what portcullis and its tests call, in `target/tools`.
//!
//! Taken from `PATH` where the version is right, else built by Go, whose module proxy checks what it hands out.

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

const TOOLS: [Tool; 3] = [
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
];

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
    build_engine(&folder)
}

/// Builds `helmengine`, Helm's engine in process; without go, tests that need it fail.
fn build_engine(folder: &Path) -> anyhow::Result<()> {
    if shell::read(Path::new("go"), &["version"]).is_none() {
        println!("helmengine: no go to build it");
        return Ok(());
    }
    let program = folder.join("helmengine");
    let program = program.to_str().context("the path of the repository is no UTF-8")?;
    let args = ["build", "-C", "xtask/helmengine", HELM_3_FLAGS, "-o", program, "."];
    shell::run("go", &args, &[("CGO_ENABLED", "0".into())])
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
        shell::read(program, self.version_args).is_some_and(|version| version == self.version || version == short)
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
