//! What a point of an axis, or a case of the configuration, does to the base input.

use super::case::{Input, SetArg, ValuesFile};

/// A change of an input; the default one changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    pub values: Vec<ValuesFile>,
    pub sets: Vec<SetArg>,
    pub kube: Option<String>,
    pub api: Vec<String>,
    pub release: Option<String>,
    pub namespace: Option<String>,
}

impl Change {
    /// Returns this change with a later one on top. Of two sets of one path only the later stays.
    #[must_use]
    pub fn and(mut self, later: &Self) -> Self {
        self.values.extend(later.values.iter().cloned());
        self.sets.retain(|set| !later.sets.iter().any(|other| other.same_path(set)));
        self.sets.extend(later.sets.iter().cloned());
        self.api.extend(later.api.iter().cloned());
        let pick = |later: &Option<String>, earlier| later.clone().or(earlier);
        self.kube = pick(&later.kube, self.kube);
        self.release = pick(&later.release, self.release);
        self.namespace = pick(&later.namespace, self.namespace);
        self
    }

    /// Returns the base input with this change on top.
    pub fn apply(&self, base: &Input) -> Input {
        let mut input = base.with_sets(self.sets.iter().cloned());
        input.values.extend(self.values.iter().cloned());
        for version in &self.api {
            if !input.api_versions.contains(version) {
                input.api_versions.push(version.clone());
            }
        }
        input.kube_version = self.kube.clone().or(input.kube_version);
        input.release = self.release.clone().unwrap_or(input.release);
        input.namespace = self.namespace.clone().unwrap_or(input.namespace);
        input
    }

    /// Whether it changes nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
