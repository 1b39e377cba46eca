//! One chart: it is checked, and what drifts is guarded.

use std::path::{Path, PathBuf};

use super::plan::{RunError, is_unused, plan_all};
use super::run::Tools;
use super::settings::Settings;
use super::target::{Planned, judge_target};
use crate::guard::{Added, Bare, Checked, Format, Guard, Nothing, Spot, bare, build, guarded, rego, vap, with_names};
use crate::os::load::write_tree;
use crate::os::patch::{Change, PatchError, write_all};
use crate::os::{RunDir, files};
use crate::pipeline::Event;
use crate::report::Status;
use crate::source::SourceTree;
use crate::target::{Target, TargetKind};

/// What came of guarding a chart.
pub enum Guarded {
    Proven(Box<Guard>, Chart),
    Nothing(Nothing, Chart),
    /// What holds for any chart.
    Policy(String),
    /// The path is not one chart.
    Unfit(String),
    /// The chart cannot be checked.
    Unchecked(String),
}

/// A chart as it was read, and without the guard that it has.
#[derive(Debug)]
pub struct Chart {
    target: Target,
    bare: SourceTree,
    /// With the values that were asked for.
    with_names: SourceTree,
    /// Those values.
    pub added: Vec<Added>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    pub format: Format,
    /// Whether ports are to have names where the chart has no value for one.
    pub names: bool,
}

/// Why a guard is not written.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    #[error("`{0}` is an archive: unpack it, and guard its folder")]
    Archive(String),
    #[error("`{file}` leads out of the chart, to `{}`: it is not written", to.display())]
    Outside { file: String, to: PathBuf },
    #[error(transparent)]
    Patch(#[from] PatchError),
    #[error(transparent)]
    File(#[from] files::FileError),
}

/// Makes the guard of the one chart that the settings name.
///
/// # Errors
/// See [`plan_all`].
pub fn guard(
    settings: &Settings,
    wanted: Wanted,
    tools: &Tools<'_>,
    run: &RunDir,
    events: &(dyn Fn(Event) + Sync),
) -> Result<Guarded, RunError> {
    let mut plans = plan_all(settings)?;
    plans.retain(|it| !is_unused(it));
    let planned = match (plans.pop(), plans.len()) {
        (Some(Ok(planned)), 0) => planned,
        (Some(Err((_, why))), 0) => return Ok(Guarded::Unchecked(why)),
        (None, _) => return Ok(Guarded::Unfit("no chart found; name one".into())),
        (Some(_), more) => return Ok(Guarded::Unfit(format!("{} targets found; name one chart", more + 1))),
    };
    let (planned, chart, spot) = match unguarded(planned, wanted.names, run) {
        Ok(it) => it,
        Err(error) => return Ok(Guarded::Unchecked(format!("cannot write a copy of the chart: {error}"))),
    };
    let target = &planned.target;
    if target.kind != TargetKind::Helm {
        let why = format!("`{}` is no Helm chart: a guard is a template, and only charts have them", target.path);
        return Ok(Guarded::Unfit(why));
    }
    let name = crate::chart::Chart::read(&target.tree).map_or_else(|_| "chart".into(), |it| it.name);
    match wanted.format {
        Format::Rego => return Ok(Guarded::Policy(rego(&name))),
        Format::Vap => return Ok(Guarded::Policy(vap(&name))),
        Format::Helpers | Format::Schema | Format::Unittest => {}
    }
    let renderers = match tools.renderers(target.kind) {
        Ok(renderers) => renderers,
        Err(why) => return Ok(Guarded::Unchecked(why)),
    };
    let (report, findings, judged) = judge_target(&planned, renderers, settings, events);
    if report.status != Status::Checked {
        let why = report.message.unwrap_or_else(|| "no case renders".into());
        return Ok(Guarded::Unchecked(format!("`{}` cannot be checked: {why}", target.path)));
    }
    let checked = Checked { target, renderer: renderers.main, run, events, judged: &judged, findings: &findings, spot };
    Ok(match build(&checked, wanted.format) {
        Ok(guard) => Guarded::Proven(Box::new(guard), chart),
        Err(nothing) => Guarded::Nothing(nothing, chart),
    })
}

/// Puts a copy without its guard in a chart's place, for that would hide what it stops; and with the names that are wanted.
fn unguarded(planned: Planned, names: bool, run: &RunDir) -> std::io::Result<(Planned, Chart, Option<Spot>)> {
    let target = planned.target.clone();
    if target.kind != TargetKind::Helm {
        let (bare, with_names) = (target.tree.clone(), target.tree.clone());
        return Ok((planned, Chart { target, bare, with_names, added: Vec::new() }, None));
    }
    let Bare { tree: bare, spot } = bare(&target.tree);
    let (tree, added) = if names { with_names(&bare) } else { (bare.clone(), Vec::new()) };
    let is_as_it_was = spot.is_none() && added.is_empty();
    let chart = Chart { bare, with_names: tree.clone(), added, target };
    if is_as_it_was {
        return Ok((planned, chart, None));
    }
    let root = run.subfolder()?;
    write_tree(&tree, &root)?;
    let target = Target { root, tree, ..planned.target };
    Ok((Planned { target, ..planned }, chart, spot))
}

impl Chart {
    /// Writes a guard into the chart, or takes out the one that it has; returns the files that changed, as shown.
    ///
    /// # Errors
    /// See [`Unwritten`]; then nothing is changed.
    pub fn write(&self, guard: Option<&Guard>) -> Result<Vec<String>, Unwritten> {
        let wanted = guard.map_or_else(|| self.bare.clone(), |it| guarded(&self.with_names, &it.text, &it.names));
        let differing = wanted.files().filter(|(file, new)| self.target.tree.bytes(file) != Some(new));
        let changes: Vec<Change> = differing.map(|(file, new)| self.change(file, new)).collect();
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        if !self.target.root.is_dir() {
            return Err(Unwritten::Archive(self.target.path.clone()));
        }
        changes.iter().try_for_each(|it| self.is_inside(it))?;
        let new: Vec<&Path> = changes.iter().map(|it| it.path.as_path()).filter(|it| !it.exists()).collect();
        // What is not there yet must be, to be replaced.
        let made = new.iter().try_for_each(|it| files::write_whole(it, b""));
        let written = made.map_err(Unwritten::from).and_then(|()| Ok(write_all(&changes)?));
        if written.is_err() {
            for it in new {
                _ = std::fs::remove_file(it);
            }
        }
        written.map(|()| changes.into_iter().map(|it| it.shown).collect())
    }

    fn change(&self, file: &str, new: &[u8]) -> Change {
        let old = self.target.tree.bytes(file).unwrap_or_default().to_vec();
        Change { path: self.target.root.join(file), shown: self.target.shown(file), old, new: new.to_vec() }
    }

    fn is_inside(&self, change: &Change) -> Result<(), Unwritten> {
        let (Ok(real), Ok(root)) = (change.path.canonicalize(), self.target.root.canonicalize()) else { return Ok(()) };
        if real.starts_with(root) {
            return Ok(());
        }
        Err(Unwritten::Outside { file: change.shown.clone(), to: real })
    }
}
