//! Which renderer probes a chart: the built-in one where it renders the target as helm does; and what it finds, confirmed by helm.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::finding::Finding;
use crate::matrix::Case;
use crate::pipeline::{Event, Linked, Pipeline};
use crate::probe::{Budget, Probed, Start, probe};
use crate::render::{Outcome, Renderer, Rendering};
use crate::target::Target;

/// What renders a target.
#[derive(Clone, Copy)]
pub struct Renderers<'a> {
    /// For the cases of the user.
    pub main: &'a dyn Renderer,
    /// To tell the provenance of what `main` renders.
    pub builtin: Option<&'a dyn Renderer>,
    /// Whether `builtin` renders probes as well, if it agrees with `main`.
    pub probes: bool,
}

/// Probes from a case that the main renderer has rendered, or refused.
pub(super) fn probed(
    renderers: Renderers<'_>,
    target: &Target,
    (case, start, known): (&Case, Start, &[Finding]),
    events: &(dyn Fn(Event) + Sync),
    budget: Budget,
) -> Probed {
    let main = Pipeline::new(renderers.main, target, events).traced_by(renderers.builtin);
    let Some(builtin) = renderers.builtin.filter(|_| renderers.probes) else { return probe(&main, case, start, known, budget) };
    let pipeline = Pipeline::new(builtin, target, events);
    let found = match start {
        Start::Rendered(linked) => match agreed(renderers.main, builtin, target, case, Some(&linked.text)) {
            Some(rendering) => {
                let linked = Linked::new(rendering, &case.input.namespace);
                probe(&pipeline, case, Start::Rendered(Box::new(linked)), known, budget)
            }
            None => return probe(&main, case, Start::Rendered(linked), known, budget),
        },
        // There is no text to agree on; what is found is confirmed.
        Start::Refused(message) => probe(&pipeline, case, Start::Refused(message), known, budget),
    };
    confirmed(found, renderers.main, builtin, target)
}

/// Drops the findings of cases that the main renderer renders otherwise.
fn confirmed(mut found: Probed, main: &dyn Renderer, builtin: &dyn Renderer, target: &Target) -> Probed {
    let judged = found.judged.iter().flat_map(|it| &it.findings);
    let wanted: BTreeSet<&String> = judged.chain(&found.findings).filter_map(|it| it.cases.first()).collect();
    let cases: BTreeMap<&String, &Case> = found.judged.iter().map(|it| (&it.result.case.id, &it.result.case)).collect();
    let agrees = |id: &&&String| cases.get(**id).is_some_and(|case| agreed(main, builtin, target, case, None).is_some());
    let confirmed: BTreeSet<String> = wanted.par_iter().filter(|id| agrees(id)).map(|it| (*it).clone()).collect();
    let keep = |finding: &mut Finding| {
        let is_confirmed = finding.cases.first().is_some_and(|it| confirmed.contains(it));
        if is_confirmed && let Some(witness) = &mut finding.witness {
            main.name().clone_into(&mut witness.renderer);
        }
        is_confirmed
    };
    found.judged.iter_mut().for_each(|it| it.findings.retain_mut(keep));
    found.findings.retain_mut(keep);
    found
}

/// Returns what the built-in renderer makes of a case, if the other one makes the same, but for lines that change from run to run.
pub(super) fn agreed(
    main: &dyn Renderer,
    builtin: &dyn Renderer,
    target: &Target,
    case: &Case,
    first: Option<&str>,
) -> Option<Rendering> {
    let ours = rendering(builtin, target, case)?;
    let again = || rendering(main, target, case).map(|it| it.text);
    let first = match first {
        Some(text) => text.to_owned(),
        None => again()?,
    };
    (ours.text == first || is_same_but_for_chance(&ours.text, &first, &again()?)).then_some(ours)
}

fn rendering(renderer: &dyn Renderer, target: &Target, case: &Case) -> Option<Rendering> {
    match renderer.render(target, case) {
        Outcome::Rendered(rendering) => Some(rendering),
        _ => None,
    }
}

/// Whether a text equals another in all lines that are the same in both of its renderings.
fn is_same_but_for_chance(ours: &str, first: &str, second: &str) -> bool {
    let (ours, first, second): (Vec<_>, Vec<_>, Vec<_>) = (lines(ours), lines(first), lines(second));
    let of_one_length = ours.len() == first.len() && first.len() == second.len();
    of_one_length && ours.iter().zip(first.iter().zip(&second)).all(|(ours, (first, second))| ours == first || first != second)
}

fn lines(text: &str) -> Vec<&str> {
    text.split('\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_change_from_run_to_run_may_differ() {
        for (ours, first, second, same) in [
            ("a\nz\n", "a\nx\n", "a\ny\n", true),
            ("b\nz\n", "a\nx\n", "a\ny\n", false),
            ("a\nx\n", "a\nz\n", "a\nz\n", false),
            ("a\n", "a\nx\n", "a\ny\n", false),
        ] {
            assert_eq!(is_same_but_for_chance(ours, first, second), same, "{ours}");
        }
    }
}
