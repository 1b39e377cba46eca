//! Which points of the axes are left out.

use super::axis::{Axis, AxisName};
use super::case::{Input, SetArg};
use super::change::Change;
use super::from_config::{ConfigFolder, sets};
use crate::config::{KubeText, OneOrMany, Selection, canonical_kube_version};

/// An entry of `exclude:`, made ready for the axes of a plan.
pub(super) struct Exclude {
    values: Option<Vec<String>>,
    sets: Option<Vec<SetArg>>,
    kube: Option<Vec<String>>,
    api: Option<Vec<String>>,
    release: Option<Vec<String>>,
    namespace: Option<Vec<String>>,
    /// The axes that decide: by index.
    axes: Vec<usize>,
}

impl Exclude {
    pub(super) fn new(entry: &Selection, folder: &ConfigFolder, axes: &[Axis]) -> Self {
        let decides = |axis: &Axis| match axis.name {
            AxisName::Values => entry.values.is_some(),
            AxisName::Set(_) => entry.set.is_some(),
            AxisName::Kube => entry.kube.is_some(),
            AxisName::Api => entry.api.is_some(),
            AxisName::Release => entry.release.is_some(),
            AxisName::Namespace => entry.namespace.is_some(),
        };
        let files = |names: &OneOrMany<String>| names.as_slice().iter().map(|name| folder.file(name).shown).collect();
        let versions = |kube: &OneOrMany<KubeText>| kube.as_slice().iter().map(|kube| canonical(&kube.0)).collect();
        let texts = |texts: &OneOrMany<String>| texts.as_slice().to_vec();
        Self {
            values: entry.values.as_ref().map(files),
            sets: entry.set.as_ref().map(sets),
            kube: entry.kube.as_ref().map(versions),
            api: entry.api.as_ref().map(texts),
            release: entry.release.as_ref().map(texts),
            namespace: entry.namespace.as_ref().map(texts),
            axes: axes.iter().enumerate().filter(|(_, axis)| decides(axis)).map(|(index, _)| index).collect(),
        }
    }

    /// Whether a point, of which some coordinates may still be open, is certainly left out.
    pub(super) fn matches(&self, axes: &[Axis], row: &[Option<usize>], base: &Input) -> bool {
        let mut change = Change::default();
        for &axis in &self.axes {
            let Some(item) = row[axis] else { return false };
            change = change.and(&axes[axis].items[item]);
        }
        self.matches_change(&change, base)
    }

    /// Returns the axes that it looks at, by index.
    pub(super) fn axes(&self) -> &[usize] {
        &self.axes
    }

    fn matches_change(&self, change: &Change, base: &Input) -> bool {
        let kube = || canonical(change.kube.as_deref().unwrap_or_else(|| base.kube()));
        let release = change.release.as_ref().unwrap_or(&base.release);
        let namespace = change.namespace.as_ref().unwrap_or(&base.namespace);
        let given = &change.sets;
        self.values.as_ref().is_none_or(|names| change.values.iter().map(|file| &file.shown).eq(names))
            && self.sets.as_ref().is_none_or(|sets| if sets.is_empty() { given.is_empty() } else { all_given(sets, given) })
            && self.kube.as_ref().is_none_or(|versions| versions.contains(&kube()))
            && self.api.as_ref().is_none_or(|versions| *versions == change.api)
            && self.release.as_ref().is_none_or(|names| names.contains(release))
            && self.namespace.as_ref().is_none_or(|names| names.contains(namespace))
    }
}

/// Whether all wanted sets are there; `--set a=80` on the command line is what `{a: 80}` means.
fn all_given(wanted: &[SetArg], given: &[SetArg]) -> bool {
    wanted.iter().all(|set| given.iter().any(|other| other.text == set.text))
}

/// Returns a version in a form that can be compared.
pub(super) fn canonical(text: &str) -> String {
    canonical_kube_version(text).unwrap_or_else(|| text.to_owned())
}
