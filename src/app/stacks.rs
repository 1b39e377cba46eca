//! Kustomizations and what they are built on.

use crate::finding::{Excerpt, Finding};
use crate::matrix::{Case, CaseSource, Input, Stack};
use crate::os::load::{is_kustomization, resources};
use crate::pipeline::{Judged, Pipeline};
use crate::probe::strays;
use crate::source::{SourceTree, normalize};
use crate::target::Target;

/// Returns the case that builds what a kustomization's case is built on, alone.
pub(super) fn beneath(target: &Target, case: &Case) -> Option<Case> {
    let folders = match &case.input.stack {
        Stack::On(base) => vec![base.clone()],
        Stack::Own => bases(&target.tree),
        Stack::Base(_) => Vec::new(),
    };
    let label = folders.iter().map(|it| target.shown(it)).collect::<Vec<_>>().join(", ");
    let input = Input { stack: Stack::Base(folders), ..case.input.clone() };
    (!label.is_empty()).then(|| Case::new(label, CaseSource::Discovered, input))
}

/// Builds what kustomizations are built on, and adds what they left behind of what they moved. Of a component on a base, what is
/// found of that base alone is not its own; the rest is told at the component's files where it can be.
/// `probes`: whether more is built than was asked for.
pub(super) fn compare_with_bases(pipeline: &Pipeline<'_>, judged: &mut [Judged], probes: bool) {
    let target = pipeline.target;
    for it in judged {
        let case = &it.result.case;
        let is_component = matches!(case.input.stack, Stack::On(_));
        let Some(linked) = it.linked.as_ref().filter(|_| probes || is_component) else { continue };
        for base in pipeline.run(beneath(target, case).as_slice(), |_| true) {
            if is_component {
                let same = |a: &Finding, b: &Finding| (a.rule, &a.subject, &a.path) == (b.rule, &b.subject, &b.path);
                it.findings.retain(|own| !base.findings.iter().any(|known| same(own, known)));
            }
            let Some(known) = base.linked.as_ref().filter(|_| probes) else { continue };
            it.findings.extend(strays(known, &base.result.case.label, linked.cx(target, case)));
        }
        if is_component {
            it.findings.iter_mut().for_each(|it| tell_in_component(target, it));
        }
    }
}

/// Moves the place of a finding to the component, if it is that which moved the other end.
fn tell_in_component(target: &Target, finding: &mut Finding) {
    let is_own = |shown: &str| target.file_shown_as(shown).is_some_and(|it| !it.starts_with("../"));
    if finding.location.as_ref().is_some_and(|it| is_own(&it.file)) {
        return;
    }
    let Some(place) = finding.related.iter().filter_map(|it| it.location.clone()).find(|it| is_own(&it.file)) else { return };
    let is_there = |it: &Excerpt| it.origin == place.file && Some(it.mark_line) == place.line;
    if let Some(at) = finding.excerpts.iter().position(is_there) {
        finding.excerpts.iter_mut().for_each(|it| it.primary = false);
        finding.excerpts[at].primary = true;
        finding.excerpts[..=at].rotate_right(1);
    }
    finding.location = Some(place);
}

/// Returns the folders that a kustomization is built on; components and files among its resources are none.
fn bases(tree: &SourceTree) -> Vec<String> {
    let own = tree.paths().find(|path| !path.contains('/') && is_kustomization(path)).and_then(|it| tree.text(it));
    let folders = own.map(|it| resources(&it)).unwrap_or_default().into_iter().map(|it| normalize(it.trim_end_matches('/')));
    let holds =
        |folder: &str, path: &str| path.strip_prefix(folder).and_then(|it| it.strip_prefix('/')).is_some_and(is_kustomization);
    folders.filter(|folder| tree.paths().any(|path| holds(folder, path))).collect()
}
