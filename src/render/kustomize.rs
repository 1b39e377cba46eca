//! `kustomize build`, by way of a kustomization of our own that asks where each object came from.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_yaml::Value;

use super::annotations::{are_left, take_out};
use super::complaint::{bad_end, kustomize_message, no_start};
use super::{Origin, Outcome, Renderer, Rendering};
use crate::matrix::{Case, Stack};
use crate::os::{End, Ended, Kustomize, Program, RunDir, files, load};
use crate::target::Target;
use crate::untyped;

/// What kustomize may do besides.
#[derive(Debug, Clone, Default)]
pub struct KustomizeOptions {
    /// Handed on: `--enable-helm`, `--helm-command X`, `--load-restrictor X`.
    pub args: Vec<OsString>,
    /// Whether bases on other machines are fetched.
    pub allow_remote: bool,
}

/// Renders kustomizations with kustomize.
#[derive(Debug)]
pub struct KustomizeRenderer {
    kustomize: Kustomize,
    run: Arc<RunDir>,
    time_limit: Duration,
    options: KustomizeOptions,
    env: Vec<(OsString, OsString)>,
}

impl KustomizeRenderer {
    /// Makes a renderer; `time_limit` is that of each call of kustomize.
    pub fn new(kustomize: Kustomize, run: Arc<RunDir>, time_limit: Duration, options: KustomizeOptions) -> Self {
        let env = run.tool_env();
        Self { kustomize, run, time_limit, options, env }
    }

    /// Returns the kustomize that it calls.
    pub fn kustomize(&self) -> &Kustomize {
        &self.kustomize
    }

    /// Finds what can't be built here, before it is tried.
    fn obstacle(&self, target: &Target) -> Option<Outcome> {
        let kustomizations = target.tree.paths().filter(|path| load::is_kustomization(path));
        for references in kustomizations.filter_map(|path| target.tree.text(path)).map(|text| load::references(&text)) {
            if let Some(remote) = references.remotes.first().filter(|_| !self.options.allow_remote) {
                return Some(Outcome::Skipped(format!("remote base `{remote}`: pass `--allow-remote`, or vendor it")));
            }
            if references.has_charts && !self.options.args.iter().any(|arg| arg == "--enable-helm") {
                return Some(Outcome::Skipped("it inflates Helm charts: pass `--enable-helm`".into()));
            }
        }
        None
    }

    /// Builds a folder. An end that was not kustomize's own is an outcome: to try again would be of no use.
    fn build(&self, folder: &Path) -> Result<Ended, Outcome> {
        let program = Program::new(&self.kustomize.program)
            .args([self.kustomize.command])
            .args([folder])
            .args(&self.options.args)
            .env(self.env.clone())
            .time_limit(self.time_limit);
        let ended = program.run().map_err(|error| no_start(&error))?;
        bad_end("kustomize", &ended, self.time_limit).map_or(Ok(ended), Err)
    }

    /// Builds by way of the wrapper; `None` where that does not give what kustomize builds from the overlay itself.
    fn build_with_origins(&self, root: &Path, kustomization: &Value) -> Result<Option<Rendering>, Outcome> {
        let Some(folder) = self.wrapper(root, kustomization) else { return Ok(None) };
        let ended = self.build(&folder)?;
        let read = || Self::with_origins(&folder, root, &ended);
        Ok((ended.end == End::Exit(0)).then(read).flatten())
    }

    /// Builds what is stacked otherwise than the user's folders say: a base alone, or a component on top of one.
    fn build_stack(&self, root: &Path, bases: &[String], component: Option<&Path>) -> Result<Rendering, Outcome> {
        let failed = |error: io::Error| Outcome::Failed(format!("cannot write to the private folder: {error}"));
        let folder = self.run.subfolder().map_err(failed)?;
        let bases: Vec<PathBuf> = bases.iter().map(|it| fold(&root.join(it))).collect();
        write_stack(&folder, &bases, component).map_err(failed)?;
        let ended = self.build(&folder)?;
        if ended.end != End::Exit(0) {
            return Err(Outcome::Failed(kustomize_message(&ended.stderr)));
        }
        let plain = || Rendering::new(ended.stdout.clone());
        Ok(Self::with_origins(&folder, root, &ended).unwrap_or_else(plain))
    }

    /// Reads what was built in a private folder; paths of origins become those of the target's tree.
    fn with_origins(folder: &Path, root: &Path, ended: &Ended) -> Option<Rendering> {
        let (text, said) = take_out(&String::from_utf8_lossy(&ended.stdout));
        if are_left(&text) {
            return None;
        }
        let in_tree = |path: &str| load::relative(root, &fold(&folder.join(path)));
        let origins = said.into_iter().filter_map(|said| {
            let touched_by = said.touched_by.iter().map(|path| in_tree(path)).collect();
            Some(Origin { touched_by, ..Origin::new(said.line, in_tree(&said.file?)) })
        });
        Some(Rendering { origins: origins.collect(), text, ..Rendering::default() })
    }

    fn wrapper(&self, root: &Path, kustomization: &Value) -> Option<PathBuf> {
        let folder = self.run.subfolder().ok()?;
        write_wrapper(&folder, root, kustomization).ok()?;
        Some(folder)
    }

    fn render_root(&self, target: &Target, root: &Path) -> Result<Rendering, Outcome> {
        let kustomization = own_kustomization(target);
        if can_be_wrapped(&kustomization)
            && let Some(rendering) = self.build_with_origins(root, &kustomization)?
        {
            return Ok(rendering);
        }
        // Its complaints are also better without the wrapper.
        let ended = self.build(&target.root)?;
        if ended.end == End::Exit(0) {
            return Ok(Rendering::new(ended.stdout));
        }
        let message = kustomize_message(&ended.stderr);
        Err(if message.contains("--enable-helm") { Outcome::Skipped(message) } else { Outcome::Failed(message) })
    }
}

impl Renderer for KustomizeRenderer {
    fn name(&self) -> &'static str {
        "kustomize"
    }

    fn render(&self, target: &Target, case: &Case) -> Outcome {
        if let Some(outcome) = self.obstacle(target) {
            return outcome;
        }
        let root = match target.root.canonicalize() {
            Ok(root) => root,
            Err(error) => return Outcome::Failed(format!("cannot read `{}`: {error}", target.path)),
        };
        let rendered = match &case.input.stack {
            Stack::Own => self.render_root(target, &root),
            Stack::Base(bases) => self.build_stack(&root, bases, None),
            Stack::On(base) => self.build_stack(&root, std::slice::from_ref(base), Some(&root)),
        };
        rendered.map_or_else(|outcome| outcome, Outcome::Rendered)
    }
}

fn own_kustomization(target: &Target) -> Value {
    let own = target.tree.paths().find(|path| !path.contains('/') && load::is_kustomization(path));
    own.and_then(|path| target.tree.text(path)).map(|text| untyped::read(&text)).unwrap_or_default()
}

/// A schema is that of the kustomization which is built, and one that asks for origins itself wants them in the text.
fn can_be_wrapped(kustomization: &Value) -> bool {
    let metadata = kustomization.get("buildMetadata").and_then(Value::as_sequence);
    let asks = metadata.is_some_and(|options| {
        options.iter().filter_map(Value::as_str).any(|option| ["originAnnotations", "transformerAnnotations"].contains(&option))
    });
    kustomization.get("openapi").is_none() && !asks
}

/// Writes the wrapper. What kustomize heeds in the outermost kustomization alone is repeated in it.
fn write_wrapper(folder: &Path, root: &Path, kustomization: &Value) -> io::Result<()> {
    let is_component = kustomization.get("kind").and_then(Value::as_str) == Some("Component");
    let field = if is_component { "components" } else { "resources" };
    let mut metadata = vec![Value::from("originAnnotations"), Value::from("transformerAnnotations")];
    metadata.extend(kustomization.get("buildMetadata").and_then(Value::as_sequence).into_iter().flatten().cloned());
    let mut wrapper = serde_yaml::Mapping::new();
    wrapper.insert(field.into(), vec![load::relative(folder, root)].into());
    wrapper.insert("buildMetadata".into(), metadata.into());
    if let Some(order) = kustomization.get("sortOptions") {
        wrapper.insert("sortOptions".into(), order.clone());
    }
    let text = serde_yaml::to_string(&wrapper).map_err(io::Error::other)?;
    files::write_whole(&folder.join("kustomization.yaml"), text.as_bytes()).map_err(io::Error::other)
}

/// Writes the wrapper of bases, with a component on top of them.
fn write_stack(folder: &Path, bases: &[PathBuf], component: Option<&Path>) -> io::Result<()> {
    let mut wrapper = serde_yaml::Mapping::new();
    let bases: Vec<String> = bases.iter().map(|it| load::relative(folder, it)).collect();
    wrapper.insert("resources".into(), bases.into());
    if let Some(component) = component {
        wrapper.insert("components".into(), vec![load::relative(folder, component)].into());
    }
    wrapper.insert("buildMetadata".into(), vec!["originAnnotations", "transformerAnnotations"].into());
    let text = serde_yaml::to_string(&wrapper).map_err(io::Error::other)?;
    files::write_whole(&folder.join("kustomization.yaml"), text.as_bytes()).map_err(io::Error::other)
}

/// Folds `a/..` in an absolute path without links.
fn fold(path: &Path) -> PathBuf {
    let mut folded = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            folded.pop();
        } else {
            folded.push(part);
        }
    }
    folded
}

#[cfg(test)]
#[path = "kustomize_tests.rs"]
mod tests;
