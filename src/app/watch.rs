//! What a run depends on: where something must change before another run can find something else.

use std::path::{Path, PathBuf};

use super::config::{Configs, FILE_NAMES};
use super::discover::{Candidate, discover};
use super::key::unread;
use super::plan::{cases, folder, paths};
use super::settings::Settings;
use crate::chart::SetKind;
use crate::os::watch::Scope;
use crate::os::{load, load_overlay};
use crate::target::{Target, TargetKind};

/// Returns where to look for changes. What is wrong with the settings is left to the run.
pub fn scope(settings: &Settings) -> Scope {
    let mut scope = Scope::default();
    let mut configs = Configs::new(settings.config.clone());
    settings.config.iter().for_each(|it| scope.add_file(it));
    add_config_places(&mut scope, Path::new("."));
    let named = paths(settings, &mut configs).unwrap_or_else(|_| vec![".".into()]);
    if settings.paths.is_empty() {
        scope.add_not_ignored(Path::new("."));
    }
    for path in named.iter().map(Path::new) {
        scope.add_file(path);
        if path.is_dir() {
            scope.add_not_ignored(path);
        }
    }
    for candidate in discover(&named) {
        add_config_places(&mut scope, &folder(&candidate.root));
        let config = configs.of(&folder(&candidate.root)).ok().flatten();
        if let Some(target) = unread(&candidate) {
            add_files(&mut scope, &candidate, &target);
            for case in cases(settings, &target, &candidate.on, config.as_deref()).unwrap_or_default() {
                case.input.values.iter().for_each(|it| scope.add_file(&it.path));
                let files = case.input.sets.iter().filter(|it| it.kind == SetKind::SetFile).map(|it| it.parts().1);
                files.map(Path::new).for_each(|it| scope.add_file(it));
            }
        }
    }
    scope
}

/// Adds where a configuration is, or could be written: outside of a repository nobody would write one far above.
fn add_config_places(scope: &mut Scope, root: &Path) {
    let Ok(root) = root.canonicalize() else { return };
    let top = root.ancestors().find(|it| it.join(".git").exists());
    for folder in root.ancestors() {
        let files = FILE_NAMES.iter().map(|it| folder.join(it));
        for file in files.filter(|it| top.is_some() || folder == root || it.exists()) {
            scope.add_file(&file);
        }
        if top == Some(folder) {
            break;
        }
    }
}

/// Adds the files of a target, and those outside of it that are part of it.
fn add_files(scope: &mut Scope, candidate: &Candidate, target: &Target) {
    let root = &candidate.root;
    if !root.is_dir() {
        return scope.add_file(root);
    }
    match target.kind {
        TargetKind::Helm => {
            scope.add_below(root);
            for it in load::locals(root) {
                scope.add_below(&it);
            }
        }
        TargetKind::Kustomize => {
            let tree = load_overlay(root).unwrap_or_default();
            let files: Vec<PathBuf> = tree.paths().map(|it| root.join(it)).collect();
            let folders = files.iter().filter_map(|it| it.parent()).filter_map(|it| it.canonicalize().ok());
            scope.folders.extend(folders.chain(root.canonicalize().ok()));
        }
        TargetKind::Manifests => scope.add_below(root),
    }
}
