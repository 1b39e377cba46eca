//! The corrections of a target, made together.

use super::edits::{applied, overlap};
use super::prove::Shown;
use super::{Fixes, witness};
use crate::finding::{Edit, Fix, Safety};
use crate::source::SourceTree;

/// What is made of the corrections of a target.
#[derive(Debug, Clone, Default)]
pub struct Combined {
    /// The findings, by index, in groups that are mended by the same edits; in the order in which they are applied.
    pub groups: Vec<Vec<usize>>,
    /// What is not applied, and why.
    pub left_out: Vec<(usize, String)>,
    /// The tree with all of them applied, if there are any.
    pub tree: Option<SourceTree>,
}

/// Puts corrections together: equal ones are one, of those that overlap the first counts. `least`: what is left out below that.
pub fn combined(fixes: &Fixes<'_>, least: Safety) -> Combined {
    let mut out = Combined::default();
    let mut edits: Vec<Edit> = Vec::new();
    for (index, fix) in fixes.fixes.iter().enumerate() {
        let Some(fix) = fix else { continue };
        if fix.safety < least {
            out.left_out.push((index, "it is not proven safe: see `--unsafe`".into()));
        } else if let Some(group) = out.groups.iter_mut().find(|it| same(fixes, it[0], fix)) {
            group.push(index);
        } else if fix.edits.iter().any(|it| edits.iter().any(|other| overlap(it, other))) {
            out.left_out.push((index, "it would change what another correction changes: run it once more".into()));
        } else {
            edits.extend(fix.edits.iter().cloned());
            out.groups.push(vec![index]);
        }
    }
    if out.groups.len() > 1 {
        together(fixes, &mut out);
    }
    let edits = edits_of(fixes, &out.groups);
    out.tree = applied(&fixes.bench.target.tree, &edits).filter(|_| !edits.is_empty());
    out
}

fn same(fixes: &Fixes<'_>, index: usize, fix: &Fix) -> bool {
    fixes.fixes[index].as_ref().is_some_and(|it| it.edits == fix.edits)
}

fn edits_of(fixes: &Fixes<'_>, groups: &[Vec<usize>]) -> Vec<Edit> {
    let mut out: Vec<Edit> = Vec::new();
    for edit in groups.iter().filter_map(|it| fixes.fixes[it[0]].as_ref()).flat_map(|it| &it.edits) {
        if !out.contains(edit) {
            out.push(edit.clone());
        }
    }
    out
}

/// Leaves out what is wrong with the others, though it is right alone.
fn together(fixes: &Fixes<'_>, out: &mut Combined) {
    let proven = |groups: &[Vec<usize>]| -> Result<(), String> {
        let findings = groups.iter().flatten().map(|it| &fixes.findings[*it]);
        let shown: Option<Vec<Shown<'_>>> =
            findings.map(|it| Some(Shown { finding: it, witness: witness(&fixes.bench, it)? })).collect();
        let shown = shown.ok_or("one of them has no witness")?;
        fixes.bench.prove(&edits_of(fixes, groups), &shown, true).map(drop).map_err(|it| it.why)
    };
    if proven(&out.groups).is_ok() {
        return;
    }
    let mut kept: Vec<Vec<usize>> = Vec::new();
    for group in std::mem::take(&mut out.groups) {
        kept.push(group);
        if kept.len() > 1
            && let Err(why) = proven(&kept)
        {
            let group = kept.pop().unwrap_or_default();
            let why = format!("together with the other corrections it is not proven: {why}; run it once more");
            out.left_out.extend(group.into_iter().map(|it| (it, why.clone())));
        }
    }
    out.groups = kept;
}
