//! What paths and globs on the command line and in the configuration stand for.

use std::path::Path;

use globset::GlobBuilder;

use super::discover::discover;
use crate::matrix::ValuesFile;
use crate::source::join;

/// Lists the values files that a path or a glob stands for; a path that exists stands for itself.
pub fn files(pattern: &str) -> Vec<ValuesFile> {
    let found = paths(pattern).into_iter().filter(|it| Path::new(it).is_file());
    found.map(|it| ValuesFile { path: it.clone().into(), shown: it }).collect()
}

/// Lists the targets that an entry of the configuration's `targets` stands for: a name stands for itself, there or not; of what a
/// glob matches, that which is a target or holds some.
pub(super) fn targets(folder: &str, pattern: &str) -> Vec<String> {
    if !pattern.contains(['*', '?', '[', '{']) || Path::new(&join(folder, pattern)).exists() {
        return vec![join(folder, pattern)];
    }
    let mut found = paths(&join(&globset::escape(folder), pattern));
    found.retain(|it| discover(std::slice::from_ref(it)).iter().any(|it| it.kind.is_ok()));
    found
}

/// Lists the files and folders that a path or a glob stands for, sorted.
fn paths(pattern: &str) -> Vec<String> {
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    if Path::new(pattern).exists() {
        return vec![pattern.to_owned()];
    }
    let Ok(glob) = GlobBuilder::new(pattern).literal_separator(true).build() else { return Vec::new() };
    let matcher = glob.compile_matcher();
    // Everything before the first special character is a folder that can be walked.
    let fixed = pattern.split(['*', '?', '[', '{']).next().unwrap_or_default();
    let start = fixed.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder });
    let depth = if pattern.contains("**") { None } else { Some(pattern.matches('/').count() + 1) };
    let walk = ignore::WalkBuilder::new(start).standard_filters(false).max_depth(depth).sort_by_file_path(Path::cmp).build();
    let name = |it: &Path| it.to_string_lossy().trim_start_matches("./").to_owned();
    walk.filter_map(Result::ok).map(|it| name(it.path())).filter(|it| matcher.is_match(it)).collect()
}
