//! Renders trees that stand nowhere: by a tool that reads folders, from a private copy.

use std::collections::HashMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::matrix::Case;
use crate::os::{RunDir, files};
use crate::render::{Outcome, Renderer};
use crate::source::SourceTree;
use crate::target::Target;

/// Writes a target's tree into the private folder before it is rendered; one tree, one copy.
pub(super) struct Copying<'a> {
    pub(super) renderer: &'a dyn Renderer,
    pub(super) run: &'a RunDir,
    copies: Mutex<HashMap<PathBuf, Option<PathBuf>>>,
}

impl<'a> Copying<'a> {
    pub(super) fn new(renderer: &'a dyn Renderer, run: &'a RunDir) -> Self {
        Self { renderer, run, copies: Mutex::default() }
    }

    fn copy(&self, target: &Target) -> Option<PathBuf> {
        let mut copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        copies.entry(target.root.clone()).or_insert_with(|| write(target, self.run).ok()).clone()
    }
}

impl Renderer for Copying<'_> {
    fn name(&self) -> &'static str {
        self.renderer.name()
    }

    fn render(&self, target: &Target, case: &Case) -> Outcome {
        match self.copy(target) {
            Some(root) => self.renderer.render(&Target { root, ..target.clone() }, case),
            None => Outcome::Failed("cannot write a copy of it".into()),
        }
    }
}

/// Writes a tree, parts of which may lie above its folder; returns where the folder is.
fn write(target: &Target, run: &RunDir) -> io::Result<PathBuf> {
    let up = depth(&target.tree);
    let full = target.root.canonicalize().unwrap_or_else(|_| target.root.clone());
    let names: Vec<_> = full.components().filter(|it| matches!(it, Component::Normal(_))).collect();
    let own = &names[names.len().saturating_sub(up + 1)..];
    let mut root = run.subfolder()?;
    // Names of the folders above may be written in it.
    root.extend((own.len()..=up).map(|at| PathBuf::from(format!("up{at}"))));
    root.extend(own);
    std::fs::create_dir_all(&root)?;
    for (path, bytes) in target.tree.files() {
        let path = root.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        files::write_whole(&path, bytes).map_err(io::Error::other)?;
    }
    Ok(root)
}

/// How many folders up its files go.
fn depth(tree: &SourceTree) -> usize {
    let ups = |path: &str| Path::new(path).components().take_while(|it| *it == Component::ParentDir).count();
    tree.paths().map(ups).max().unwrap_or_default()
}
