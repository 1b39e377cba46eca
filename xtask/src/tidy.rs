//! `tidy`: what neither rustfmt nor clippy checks. Modules use lower layers only; files stay short; no stray white space.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::shell;

/// The modules of the library, from the lowest layer up. Those on one line don't see each other.
const LAYERS: &[&[&str]] = &[
    &["source", "edit", "words"],
    &["target", "yaml"],
    &["gotemplate"],
    &["codec"],
    &["config", "untyped"],
    &["kube", "chart"],
    &["matrix"],
    &["os"],
    &["render"],
    &["graph"],
    &["finding"],
    &["suppress"],
    &["locate"],
    &["rules"],
    &["pipeline"],
    &["probe"],
    &["fix", "guard"],
    &["report"],
    &["draw"],
    &["app"],
    &["cli"],
];

/// More lines than that, and a file does two things.
const LINE_LIMIT: usize = 500;

/// Checks all sources, and fails with all that is wrong.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for folder in ["src", "testcharts/harness", "xtask/src"] {
        visit(&shell::root().join(folder), &mut |path, text| {
            let shown = path.strip_prefix(shell::root()).unwrap_or(path).display().to_string();
            wrong.extend(look(&shown, text).into_iter().map(|complaint| format!("{shown}{complaint}")));
        })?;
    }
    wrong.sort();
    if !wrong.is_empty() {
        bail!("not tidy:\n{}", wrong.join("\n"));
    }
    Ok(())
}

fn visit(folder: &Path, look: &mut dyn FnMut(&Path, &str)) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            visit(&path, look)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            look(&path, &fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// Returns what is wrong in a file, each starting with its line.
fn look(path: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let count = text.lines().count();
    if count > LINE_LIMIT {
        wrong.push(format!(": has {count} lines: split it, {LINE_LIMIT} is the most"));
    }
    for (line, number) in text.lines().zip(1..) {
        if line.ends_with([' ', '\t']) {
            wrong.push(format!(":{number}: white space at the end"));
        }
        if line.contains('\t') {
            wrong.push(format!(":{number}: a tab"));
        }
    }
    if let Some(module) = module(path) {
        wrong.extend(layers(module, text));
    }
    wrong
}

/// Returns the module that a file of the library belongs to. Its heads stand above all layers, and tests may use what they need.
fn module(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("src/")?;
    let name = rest.rsplit('/').next().unwrap_or(rest);
    let is_test = name.ends_with("tests.rs") || rest.contains("/tests/") || ["testing.rs", "fixture.rs"].contains(&name);
    let module = rest.split('/').next().unwrap_or(rest).trim_end_matches(".rs");
    (!is_test && !["lib", "main"].contains(&module)).then_some(module)
}

fn layers(module: &str, text: &str) -> Vec<String> {
    let Some(own) = layer(module) else { return vec![format!(": `{module}` has no place in `LAYERS` of xtask/src/tidy.rs")] };
    let mut wrong = Vec::new();
    let code = text.lines().zip(1..).take_while(|(line, _)| !line.starts_with("mod tests {"));
    for (line, number) in code.filter(|(line, _)| !line.trim_start().starts_with("//")) {
        for used in uses(line).filter(|used| *used != module) {
            if layer(used).is_none_or(|layer| layer >= own) {
                wrong.push(format!(":{number}: `{module}` uses `{used}`, which is not below it"));
            }
        }
    }
    wrong
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Returns the modules that a line names by `crate::`.
fn uses(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
        Some(&rest[..end]).filter(|name| !name.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upward_and_sideward_uses_are_wrong() {
        assert_eq!(look("src/render/helm.rs", "use crate::os::Helm;\n"), Vec::<String>::new());
        assert_eq!(look("src/os/mod.rs", "\nuse crate::render::Outcome;\n"), [":2: `os` uses `render`, which is not below it"]);
        assert_eq!(look("src/kube/mod.rs", "use crate::chart::X;\n").len(), 1);
        assert_eq!(look("src/kube/mod.rs", "// crate::chart\nmod tests {\n    use crate::cli::X;\n").len(), 0);
        assert_eq!(look("src/kube/tests.rs", "use crate::cli::X;\n").len(), 0);
        assert_eq!(look("src/new.rs", "").len(), 1);
    }

    #[test]
    fn stray_space_and_long_files_are_wrong() {
        assert_eq!(look("xtask/src/x.rs", "a \n\tb\n"), [":1: white space at the end", ":2: a tab"]);
        assert_eq!(look("xtask/src/x.rs", &"x\n".repeat(501)).len(), 1);
    }
}
