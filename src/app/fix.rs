//! Corrections: made of what a check found, proven, put together, and written where that is asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::copying::Copying;
use super::plan::{Plan, RunError, path, plan_all};
use super::prober::{Renderers, agreed};
use super::run::{Tools, unchecked};
use super::settings::Settings;
use super::stacks::beneath;
use super::target::{Planned, judge_target};
use crate::finding::{Finding, Fix, Safety};
use crate::fix::{Combined, Fixes, Options, Request, applied, combined, fixes, unified};
use crate::matrix::{Case, CaseSource};
use crate::os::RunDir;
use crate::os::patch::Change;
use crate::pipeline::{Event, Judged};
use crate::render::{PlainRenderer, Renderer};
use crate::report::{RunReport, TargetReport};
use crate::rules::CaseOutcome;
use crate::target::{Target, TargetKind};

/// A report on a target with more findings has no corrections: each costs as much as the check.
const MOST: usize = 100;

/// What is corrected of a target.
#[derive(Debug, Default)]
pub struct Mended {
    /// In the order in which the diffs follow one another.
    pub groups: Vec<Group>,
    /// Findings whose correction is not applied, and why.
    pub left_out: Vec<(Finding, String)>,
    /// What was tried and dropped, and why.
    pub tried: Vec<(Finding, String)>,
    /// The files to write.
    pub changes: Vec<Change>,
    /// Why they cannot be written.
    pub unwritable: Option<String>,
}

/// Findings that are corrected together.
#[derive(Debug)]
pub struct Group {
    pub findings: Vec<Finding>,
    pub fix: Fix,
    /// From what the groups before leave.
    pub diff: String,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Fixed {
    /// What was found, with all corrections.
    pub report: RunReport,
    pub targets: Vec<Mended>,
}

/// Checks all targets and corrects what can be; `least` is what is applied. Nothing is written.
///
/// # Errors
/// See [`plan_all`].
pub fn fix(settings: &Settings, tools: &Tools<'_>, least: Safety, events: &(dyn Fn(Event) + Sync)) -> Result<Fixed, RunError> {
    let mut plans = plan_all(settings)?;
    plans.sort_by(|a, b| path(a).cmp(path(b)));
    let one = |plan: &Plan| match plan {
        Err(failed) => (unchecked(plan, Err(failed)), Vec::new(), Mended::default()),
        Ok(planned) => match tools.renderers(planned.target.kind) {
            Ok(renderers) => mended(planned, renderers, settings, tools, least, events),
            Err(why) => (unchecked(plan, Ok(&why)), Vec::new(), Mended::default()),
        },
    };
    let done: Vec<(TargetReport, Vec<Finding>, Mended)> = plans.par_iter().map(one).collect();
    let mut fixed = Fixed::default();
    for (target, findings, mended) in done {
        fixed.report.targets.push(target);
        fixed.report.findings.extend(findings);
        fixed.targets.push(mended);
    }
    (fixed.report.helm, fixed.report.kustomize) = tools.versions();
    Ok(fixed)
}

fn mended(
    planned: &Planned,
    renderers: Renderers<'_>,
    settings: &Settings,
    tools: &Tools<'_>,
    least: Safety,
    events: &(dyn Fn(Event) + Sync),
) -> (TargetReport, Vec<Finding>, Mended) {
    let target = &planned.target;
    let (report, mut findings, judged) = judge_target(planned, renderers, settings, events);
    let options = settings.fixes.unwrap_or_default();
    let (all, mended) = with_fixes(target, renderers, tools, &judged, &findings, options, |fixes| {
        let together = combined(fixes, least);
        let mended = collect(target, &findings, fixes, &together);
        (fixes.fixes.clone(), mended)
    });
    attach(target, &mut findings, all);
    (report, findings, mended)
}

/// Makes the corrections of a target's findings. Where only a part of its cases is checked, they are those of the whole, so that
/// the reports of all parts can be merged.
pub(super) fn add_fixes(
    planned: &Planned,
    renderers: Renderers<'_>,
    settings: &Settings,
    tools: &Tools<'_>,
    judged: &[Judged],
    findings: &mut [Finding],
) {
    let Some(options) = settings.fixes.filter(|_| (1..=MOST).contains(&findings.len())) else { return };
    let target = &planned.target;
    if planned.cases.len() == planned.all.len() {
        let all = with_fixes(target, renderers, tools, judged, findings, options, |it| it.fixes.clone());
        attach(target, findings, all);
        return;
    }
    let (config, all) = (planned.config.clone(), planned.all.clone());
    let probes = all.iter().any(|it| it.source == CaseSource::Default);
    let whole = Planned { target: target.clone(), config, cases: all.clone(), all, probes };
    let (_, mut known, judged) = judge_target(&whole, renderers, settings, &|_| {});
    let all = with_fixes(target, renderers, tools, &judged, &known, options, |it| it.fixes.clone());
    attach(target, &mut known, all);
    for it in findings {
        let same = known.iter().find(|known| known.fingerprint == it.fingerprint);
        it.fixes = same.map(|it| it.fixes.clone()).unwrap_or_default();
    }
}

fn attach(target: &Target, findings: &mut [Finding], all: Vec<Option<Fix>>) {
    for (finding, fix) in findings.iter_mut().zip(all) {
        finding.fixes.extend(fix.map(|it| shown(target, &it)));
    }
}

/// Names files as they are shown.
fn shown(target: &Target, fix: &Fix) -> Fix {
    let mut fix = fix.clone();
    fix.edits.iter_mut().for_each(|it| it.file = target.shown(&it.file));
    fix
}

fn with_fixes<T>(
    target: &Target,
    renderers: Renderers<'_>,
    tools: &Tools<'_>,
    judged: &[Judged],
    findings: &[Finding],
    options: Options,
    then: impl FnOnce(&Fixes<'_>) -> T,
) -> T {
    let rendered = |it: &&Judged| it.result.outcome == CaseOutcome::Rendered;
    let mut cases: Vec<Case> = judged.iter().filter(rendered).map(|it| it.result.case.clone()).collect();
    if target.kind == TargetKind::Kustomize {
        // What is edited beneath a kustomization changes all that are built on that.
        cases.extend(cases.iter().filter_map(|it| beneath(target, it)).collect::<Vec<_>>());
    }
    let run: &Arc<RunDir> = tools.folder();
    let main = renderers.main;
    let in_process = target.kind == TargetKind::Helm && (main.name() == "builtin" || agrees(target, renderers, &cases));
    let maker = || -> Box<dyn Renderer + '_> {
        match target.kind {
            TargetKind::Manifests => Box::new(PlainRenderer),
            _ if in_process => Box::new(tools.fresh_builtin()),
            _ => Box::new(Copying::new(main, run)),
        }
    };
    let mut made = fixes(&Request { target, findings, cases: &cases, maker: &maker, options });
    if in_process && main.name() != "builtin" {
        confirm(&mut made, target, findings, &cases, main, run, tools);
    }
    then(&made)
}

/// Whether the built-in renderer may prove in the place of the main one.
fn agrees(target: &Target, renderers: Renderers<'_>, cases: &[Case]) -> bool {
    let default = cases.iter().min_by_key(|it| it.source);
    renderers.builtin.is_some_and(|builtin| default.is_some_and(|it| agreed(renderers.main, builtin, target, it, None).is_some()))
}

/// Drops corrections with which the main renderer renders the witness or the first case otherwise than the built-in one.
fn confirm(
    made: &mut Fixes<'_>,
    target: &Target,
    findings: &[Finding],
    cases: &[Case],
    main: &dyn Renderer,
    run: &RunDir,
    tools: &Tools<'_>,
) {
    let first = cases.iter().min_by_key(|it| (it.source != CaseSource::Default, it.source));
    made.fixes.par_iter_mut().zip(findings).for_each(|(fix, finding)| {
        let Some(tree) = fix.as_ref().and_then(|it| applied(&target.tree, &it.edits)) else { return };
        let edited = Target { tree, ..target.clone() };
        let (copying, builtin) = (Copying::new(main, run), tools.fresh_builtin());
        let witness = cases.iter().find(|it| finding.cases.first() == Some(&it.id));
        let is_right = |case: &Case| agreed(&copying, &builtin, &edited, case, None).is_some();
        if !witness.into_iter().chain(first).all(is_right) {
            *fix = None;
        }
    });
}

fn collect(target: &Target, findings: &[Finding], fixes: &Fixes<'_>, together: &Combined) -> Mended {
    let mut mended = Mended::default();
    let (mut edits, mut tree) = (Vec::new(), target.tree.clone());
    for group in &together.groups {
        let Some(fix) = group.first().and_then(|it| fixes.fixes[*it].clone()) else { continue };
        edits.extend(fix.edits.iter().cloned());
        let Some(new) = applied(&target.tree, &edits) else { continue };
        let diff = unified(target, &tree, &new);
        tree = new;
        mended.groups.push(Group { findings: group.iter().map(|it| findings[*it].clone()).collect(), fix, diff });
    }
    mended.left_out = together.left_out.iter().map(|(it, why)| (findings[*it].clone(), why.clone())).collect();
    mended.tried = fixes.tried.iter().map(|(it, what)| (findings[*it].clone(), what.clone())).collect();
    if let Some(tree) = &together.tree {
        for (file, new) in tree.files() {
            let old = target.tree.bytes(file).unwrap_or_default();
            if old != new {
                let path = if file.is_empty() { target.root.clone() } else { target.root.join(file) };
                mended.unwritable = mended.unwritable.or_else(|| unwritable(target, &path));
                mended.changes.push(Change { path, shown: target.shown(file), old: old.to_vec(), new: new.to_vec() });
            }
        }
    }
    mended
}

/// Says why a file of a target cannot be written, where that is known before one tries.
fn unwritable(target: &Target, path: &Path) -> Option<String> {
    let shown = &target.path;
    if shown == "-" {
        return Some("standard input cannot be written: take the diff".into());
    }
    if target.kind == TargetKind::Helm && target.root.is_file() {
        return Some(format!("`{shown}` is an archive: take the diff to where it is made"));
    }
    let is_there = path.symlink_metadata().is_ok();
    (!is_there).then(|| {
        let at: PathBuf = path.strip_prefix(&target.root).unwrap_or(path).to_owned();
        format!(
            "`{}` of `{shown}` is not below its folder (an archive or another chart holds it): correct it there",
            at.display()
        )
    })
}
