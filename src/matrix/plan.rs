//! From base input, ci files, axes and configuration to the cases of one target.

use std::collections::BTreeMap;

use super::Combine;
use super::axis::{Axis, AxisName, kube};
use super::case::{Case, CaseSource, Expect, Input, ValuesFile};
use super::change::Change;
use super::combine::{TooMany, combine};
use super::exclude::{Exclude, canonical};
use super::from_config::{ConfigMatrix, Extra};
use super::label::{Names, last_parts, make_unique};

/// What the cases of one target are planned from.
#[derive(Clone, Default)]
pub struct PlanInput<'a> {
    /// What the command line gives: the default case.
    pub base: Input,
    /// The target's `ci/*-values.yaml`, sorted.
    pub ci: Vec<ValuesFile>,
    /// Whether ci files count although values or sets are given.
    pub use_ci: bool,
    /// From `--axis`; one beats the configuration's of the same name.
    pub flag_axes: Vec<Axis>,
    /// The configuration's part.
    pub config: Option<ConfigMatrix<'a>>,
    /// From `--combine`; beats the configuration's.
    pub combine: Option<Combine>,
    /// Told the index of each entry of `exclude:` that leaves something out, once or more.
    pub tell_excluded: Option<&'a dyn Fn(usize)>,
}

/// Why cases could not be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("unknown axis `{name}`; {help}")]
    UnknownAxis { name: String, help: String },
    #[error("axis `{axis}` has no items; write `--axis NAME=ITEM,ITEM`")]
    NoItems { axis: String },
    #[error("axis `{axis}` is given twice; put its items into one `--axis`")]
    AxisTwice { axis: String },
    #[error("`{text}` is no Kubernetes version; write it as `1.28` or `1.28.0`")]
    KubeVersion { text: String },
    #[error("`{text}` matches no file; check the path, which is relative to the current folder")]
    NoFile { text: String },
    #[error("`{text}` matches no file; check the path, which is relative to the configuration's folder")]
    NoConfigFile { text: String },
    #[error(transparent)]
    TooMany(#[from] TooMany),
}

/// Plans the cases of one target: the default case first, then by source, in the order in which they are written.
///
/// Of several cases with equal inputs the first one stays.
pub fn plan(input: &PlanInput<'_>) -> Result<Vec<Case>, PlanError> {
    let base = &input.base;
    if let Some(version) = &base.kube_version {
        kube(version)?;
    }
    let axes = axes(input)?;
    let extras = input.config.map(|config| config.extras()).transpose()?.unwrap_or_default();
    let axis_files = axes.iter().flat_map(|axis| &axis.items).flat_map(|item| &item.values);
    let names = Names::new(axis_files.chain(extras.iter().flat_map(|extra| &extra.change.values)));

    let mut planned = Planned::default();
    planned.add(Case::new("default", CaseSource::Default, base.clone()), None);
    if input.use_ci || (base.values.is_empty() && base.sets.is_empty()) {
        for file in &input.ci {
            let change = Change { values: vec![file.clone()], ..Change::default() };
            planned.add(Case::new(last_parts(&file.shown, 2), CaseSource::Ci, change.apply(base)), None);
        }
    }
    for (change, source) in points(input, &axes)? {
        planned.add(Case::new(names.label(&change, base), source, change.apply(base)), None);
    }
    for Extra { name, change, expect } in extras {
        let label = name.unwrap_or_else(|| names.label(&change, base));
        planned.add(Case::new(label, CaseSource::Configuration, change.apply(base)), expect);
    }
    make_unique(&mut planned.cases);
    Ok(planned.cases)
}

/// Returns the configuration's axes that no flag beats, then those of flags.
fn axes(input: &PlanInput<'_>) -> Result<Vec<Axis>, PlanError> {
    let flags = &input.flag_axes;
    // several stacks of values and several lists of API versions add up; of anything else the last would win silently
    let adds_up = |name: &AxisName| matches!(name, AxisName::Values | AxisName::Api);
    let twice = flags
        .iter()
        .enumerate()
        .find(|(at, axis)| !adds_up(&axis.name) && flags[..*at].iter().any(|other| other.name == axis.name));
    if let Some((_, axis)) = twice {
        return Err(PlanError::AxisTwice { axis: axis.name.name() });
    }
    let mut axes = input.config.map(|config| config.axes()).transpose()?.unwrap_or_default();
    axes.retain(|axis| flags.iter().all(|flag| flag.name != axis.name));
    axes.extend(flags.iter().cloned());
    Ok(axes)
}

/// Returns the points of the axes that are not left out, those that flags make first.
fn points(input: &PlanInput<'_>, axes: &[Axis]) -> Result<Vec<(Change, CaseSource)>, PlanError> {
    if axes.is_empty() {
        return Ok(Vec::new());
    }
    let left_out: Vec<Exclude> = input.config.iter().flat_map(|config| config.excludes(axes)).collect();
    let excluded = |row: &[Option<usize>]| {
        let index = left_out.iter().position(|exclude| exclude.matches(axes, row, &input.base));
        _ = index.zip(input.tell_excluded).map(|(index, tell)| tell(index));
        index.is_some()
    };
    let constrained: Vec<usize> = left_out.iter().flat_map(Exclude::axes).copied().collect();
    let how = input.combine.or_else(|| input.config.and_then(|config| config.combine())).unwrap_or_default();
    let sizes: Vec<usize> = axes.iter().map(|axis| axis.items.len()).collect();
    let point = |row: Vec<usize>| {
        let items = || axes.iter().zip(&row).map(|(axis, &item)| (axis, &axis.items[item]));
        let by_flag = items().any(|(axis, item)| axis.source == CaseSource::Flags && !item.is_nothing());
        let change = items().fold(Change::default(), |change, (_, item)| change.and(item));
        (change, if by_flag { CaseSource::Flags } else { CaseSource::Configuration })
    };
    let mut points: Vec<_> = combine(&sizes, how, &constrained, &excluded)?.into_iter().map(point).collect();
    points.sort_by_key(|&(_, source)| source);
    Ok(points)
}

/// Cases without doubles.
#[derive(Default)]
struct Planned {
    cases: Vec<Case>,
    /// By what helm makes of the input.
    by_input: BTreeMap<Input, usize>,
}

impl Planned {
    /// Adds a case unless its input is there; what is said of its outcome counts in any case.
    fn add(&mut self, case: Case, expect: Option<Expect>) {
        let key = Input { kube_version: Some(canonical(case.input.kube())), ..case.input.clone() };
        let at = *self.by_input.entry(key).or_insert_with(|| {
            self.cases.push(case);
            self.cases.len() - 1
        });
        if let Some(expect) = expect {
            self.cases[at].expect = expect;
        }
    }
}

#[cfg(test)]
mod tests;
