//! Paths as shown, seen from the repository's root: what CI systems link to.

use super::{RunReport, TargetReport};
use crate::source::join;

impl RunReport {
    /// Returns a target's path from the repository's root.
    pub fn repo_path<'a>(&'a self, target: &'a str) -> &'a str {
        self.targets.iter().find(|it| it.path == target).map_or(target, |it| &it.repo_path)
    }
}

impl TargetReport {
    /// Returns a file's path from the repository's root; the file may be another target's that this one uses.
    pub fn file_in_repo(&self, file: &str) -> String {
        if self.path == self.repo_path {
            return file.to_owned();
        }
        if let Some(rest) = below(file, &self.path) {
            return fold(&join(&self.repo_path, rest));
        }
        // Both paths end alike; what stands before is where the tool ran, as shown and from the root.
        let (shown, root) = without_common_end(&self.path, &self.repo_path);
        match below(file, shown) {
            Some(rest) => fold(&join(root, rest)),
            None => fold(&join(root, file)),
        }
    }

    /// Returns the file that stands for the target as a whole, from the repository's root; standard input has none.
    pub fn own_file(&self) -> Option<String> {
        let name = match self.kind {
            "helm" if ![".tgz", ".tar.gz"].iter().any(|it| self.path.ends_with(it)) => "Chart.yaml",
            "kustomize" => "kustomization.yaml",
            _ => return (self.path != "-").then(|| self.repo_path.clone()),
        };
        Some(fold(&join(&self.repo_path, name)))
    }
}

/// Returns what of a path is below a folder; everything relative is below `.`.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    match folder {
        "" | "." => (!path.starts_with('/') && !path.starts_with("../")).then_some(path),
        _ if path == folder => Some(""),
        _ => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

fn without_common_end<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    let dot = |it: &'a str| if it == "." { "" } else { it };
    let (mut a, mut b) = (dot(a), dot(b));
    while !a.is_empty() && !b.is_empty() {
        let ((above_a, last_a), (above_b, last_b)) = (split(a), split(b));
        if last_a != last_b {
            break;
        }
        (a, b) = (above_a, above_b);
    }
    (a, b)
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Folds `a/./b` and `a/c/../b` to `a/b`.
fn fold(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            (".", _) => {}
            ("..", Some(&last)) if last != ".." && !last.is_empty() => _ = parts.pop(),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    fn target(path: &str, repo_path: &str) -> TargetReport {
        TargetReport { path: path.into(), repo_path: repo_path.into(), ..fixture::clean().targets.remove(0) }
    }

    #[test]
    fn files_are_seen_from_the_root() {
        for (path, repo_path, file, want) in [
            ("charts/web", "charts/web", "charts/web/values.yaml", "charts/web/values.yaml"),
            ("web", "charts/web", "web/values.yaml", "charts/web/values.yaml"),
            (".", "charts/web", "values.yaml", "charts/web/values.yaml"),
            ("web", ".", "web/values.yaml", "values.yaml"),
            ("../web", "charts/web", "../web/values.yaml", "charts/web/values.yaml"),
            ("/repo/charts/web", "charts/web", "/repo/charts/web/values.yaml", "charts/web/values.yaml"),
            ("overlays/prod", "deploy/overlays/prod", "base/x.yaml", "deploy/base/x.yaml"),
            ("overlays/prod", "deploy/overlays/prod", "../base/x.yaml", "base/x.yaml"),
            ("/repo/overlays/prod", "overlays/prod", "/repo/base/x.yaml", "base/x.yaml"),
            ("../overlays/prod", "overlays/prod", "../base/x.yaml", "base/x.yaml"),
            (".", "deploy/overlays/prod", "../../base/x.yaml", "deploy/base/x.yaml"),
            ("a.yaml", "deploy/a.yaml", "a.yaml", "deploy/a.yaml"),
            ("/tmp/web", "/tmp/web", "/tmp/web/values.yaml", "/tmp/web/values.yaml"),
        ] {
            assert_eq!(target(path, repo_path).file_in_repo(file), want, "{path} {repo_path} {file}");
        }
    }

    #[test]
    fn target_has_a_file_of_its_own() {
        assert_eq!(target(".", ".").own_file().as_deref(), Some("Chart.yaml"));
        assert_eq!(target("web", "charts/web").own_file().as_deref(), Some("charts/web/Chart.yaml"));
        assert_eq!(target("web-1.0.0.tgz", "web-1.0.0.tgz").own_file().as_deref(), Some("web-1.0.0.tgz"));
        assert_eq!(target("/tmp/web", "/tmp/web").own_file().as_deref(), Some("/tmp/web/Chart.yaml"));
        assert_eq!(TargetReport { kind: "manifests", ..target("-", "-") }.own_file(), None);
    }
}
