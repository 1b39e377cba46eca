//! `yaml`: compares what portcullis reads in renderings with what Kubernetes reads.

#![expect(clippy::disallowed_methods, reason = "chores run programs and write files as they like")]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::{shell, tools};

const KUBE_VERSION: &str = "1.37.0";

/// Builds `yamlcheck`, the reader of Kubernetes; without go, tests that need it are skipped.
pub(crate) fn build_checker() -> anyhow::Result<()> {
    if shell::read(Path::new("go"), &["version"]).is_none() {
        println!("yamlcheck: no go to build it; tests go without");
        return Ok(());
    }
    let program = shell::tools_folder().join("yamlcheck");
    let program = program.to_str().context("the path of the repository is no UTF-8")?;
    shell::run("go", &["build", "-C", "xtask/yamlcheck", "-o", program, "."], &[("CGO_ENABLED", "0".into())])
}

/// Renders all charts in folders, with their default values and each of their ci values, and compares all documents.
///
/// Charts are folders and archives; `minvals/NAME.yaml` has values for one that refuses its defaults.
pub(crate) fn run(folders: &[&str]) -> anyhow::Result<()> {
    tools::run()?;
    let scratch = shell::root().join("target/yaml");
    let renderings = scratch.join("renderings");
    _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&renderings)?;
    let (mut rendered, mut refused) = (0, 0);
    for folder in folders.iter().map(Path::new) {
        for path in list(folder)? {
            let Some((name, chart)) = open(&path, &scratch)? else { continue };
            let minimal = folder.join(format!("minvals/{name}.yaml"));
            let minimal = minimal.is_file().then_some(minimal);
            let ci = list(&chart.join("ci")).unwrap_or_default();
            let ci = ci.into_iter().filter(|values| has_extension(values, &["yaml", "yml"]));
            for (index, values) in [None].into_iter().chain(ci.map(Some)).enumerate() {
                let all: Vec<&Path> = minimal.iter().chain(&values).map(PathBuf::as_path).collect();
                match render(&chart, &all) {
                    Some(text) => {
                        rendered += 1;
                        fs::write(renderings.join(format!("{name}.{index}.yaml")), text)?;
                    }
                    None => refused += 1,
                }
            }
        }
    }
    println!("{rendered} renderings; helm refused {refused}");
    if rendered == 0 {
        bail!("no charts in {}", folders.join(", "));
    }
    let env: [(&str, OsString); 3] = [
        ("PATH", shell::path_with_tools()?),
        ("PORTCULLIS_REAL_TOOLS", "1".into()),
        ("PORTCULLIS_RENDERINGS", renderings.into()),
    ];
    let test = "yaml::tests::renderings_are_read_as_kubernetes_does";
    shell::run("cargo", &["test", "--package", "portcullis", "--lib", test, "--", "--nocapture"], &env)
}

fn list(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Returns a chart's name and folder, unpacking an archive; nothing for what is no chart.
fn open(path: &Path, scratch: &Path) -> anyhow::Result<Option<(String, PathBuf)>> {
    if path.join("Chart.yaml").is_file() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(Some((name, path.to_owned())));
    }
    if !has_extension(path, &["tgz"]) {
        return Ok(None);
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = scratch.join("charts").join(&name);
    fs::create_dir_all(&folder)?;
    let status = std::process::Command::new("tar").arg("-xzf").arg(path).arg("-C").arg(&folder).status()?;
    if !status.success() {
        bail!("cannot unpack `{}`", path.display());
    }
    let chart = list(&folder)?.into_iter().find(|inner| inner.join("Chart.yaml").is_file());
    Ok(chart.map(|chart| (name, chart)))
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|it| extensions.iter().any(|extension| it == *extension))
}

/// Returns the rendering; nothing when helm refuses.
fn render(chart: &Path, values: &[&Path]) -> Option<Vec<u8>> {
    let mut helm = std::process::Command::new(shell::tools_folder().join("helm4"));
    helm.args(["template", "release", "--include-crds", "--kube-version", KUBE_VERSION]).arg(chart);
    for values in values {
        helm.arg("--values").arg(values);
    }
    let output = helm.output().ok()?;
    output.status.success().then_some(output.stdout)
}
