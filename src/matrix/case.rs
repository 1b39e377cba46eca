//! One complete input for a target.

use std::collections::HashMap;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use crate::chart::SetKind;

/// The Kubernetes version that a case is rendered for when nothing else is said: the newest that the pinned Helm 4 knows.
pub const DEFAULT_KUBE_VERSION: &str = "1.37.0";

/// One `--set*` argument, `path=value`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetArg {
    pub kind: SetKind,
    pub text: String,
}

/// A values file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValuesFile {
    /// As shown and passed to helm: relative to where the tool runs, with `/`.
    pub shown: String,
    /// Where it is.
    pub path: PathBuf,
}

/// What of a kustomization is built. Paths are from the target's folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Stack {
    /// The target itself.
    #[default]
    Own,
    /// Those that it is built on, alone.
    Base(Vec<String>),
    /// The target, a component, on top of another one.
    On(String),
}

/// What Helm is given besides the chart. Sets win over values files, later files over earlier ones, and sets in the order of [`SetKind`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Input {
    pub values: Vec<ValuesFile>,
    pub sets: Vec<SetArg>,
    /// `None`: [`DEFAULT_KUBE_VERSION`].
    pub kube_version: Option<String>,
    pub api_versions: Vec<String>,
    pub namespace: String,
    pub release: String,
    pub include_crds: bool,
    pub skip_tests: bool,
    /// What stood behind `--`, handed on to helm.
    pub extra: Vec<String>,
    /// For kustomizations alone.
    pub stack: Stack,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            sets: Vec::new(),
            kube_version: None,
            api_versions: Vec::new(),
            namespace: "default".into(),
            release: "release-name".into(),
            include_crds: false,
            skip_tests: false,
            extra: Vec::new(),
            stack: Stack::Own,
        }
    }
}

impl Input {
    /// Returns the helm arguments of this input, without the release's name and the default kube version.
    /// `--namespace` is among them only when it is not `default`.
    pub fn args(&self) -> Vec<String> {
        self.args_with(|set| set.text.clone())
    }

    /// Returns [`Input::args`] as they may be shown: without the values of paths that say secret.
    pub fn shown_args(&self) -> Vec<String> {
        self.args_with(SetArg::shown)
    }

    fn args_with(&self, text: impl Fn(&SetArg) -> String) -> Vec<String> {
        let mut args = Vec::new();
        let mut push = |flag: &str, value: &str| args.extend([flag.to_owned(), value.to_owned()]);
        for file in &self.values {
            push("--values", &file.shown);
        }
        for set in &self.sets {
            push(set.kind.flag(), &text(set));
        }
        if let Some(version) = &self.kube_version {
            push("--kube-version", version);
        }
        for version in &self.api_versions {
            push("--api-versions", version);
        }
        if self.namespace != "default" {
            push("--namespace", &self.namespace);
        }
        if self.include_crds {
            args.push("--include-crds".into());
        }
        if self.skip_tests {
            args.push("--skip-tests".into());
        }
        args.extend(self.extra.iter().cloned());
        args
    }

    /// Returns a copy with more sets on top of those that are there.
    ///
    /// Of sets of one path only the last stays: Helm takes all `--set-json` before all `--set` and those before all `--set-string`,
    /// whatever their order, so an earlier one could win.
    #[must_use]
    pub fn with_sets(&self, sets: impl IntoIterator<Item = SetArg>) -> Self {
        let mut kept: Vec<Option<SetArg>> = Vec::new();
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for set in &self.sets {
            if let Some(path) = set.only_path() {
                places.entry(path.to_owned()).or_default().push(kept.len());
            }
            kept.push(Some(set.clone()));
        }
        for set in sets {
            if let Some(path) = set.only_path() {
                let same = places.entry(path.to_owned()).or_default();
                if let [one] = same[..]
                    && kept[one].as_ref() == Some(&set)
                {
                    continue;
                }
                same.drain(..).for_each(|it| kept[it] = None);
                same.push(kept.len());
            }
            kept.push(Some(set));
        }
        Self { sets: kept.into_iter().flatten().collect(), ..self.clone() }
    }

    /// Returns the kube version that is passed to helm.
    pub fn kube(&self) -> &str {
        self.kube_version.as_deref().unwrap_or(DEFAULT_KUBE_VERSION)
    }
}

/// Where a case comes from. The order is that in which a finding's first case is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseSource {
    Default,
    Ci,
    Flags,
    Configuration,
    Discovered,
    Sentinels,
}

impl CaseSource {
    /// Returns the name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Ci => "ci",
            Self::Flags => "flags",
            Self::Configuration => "configuration",
            Self::Discovered => "discovered",
            Self::Sentinels => "sentinels",
        }
    }
}

/// Whether a case is meant to render.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expect {
    #[default]
    Render,
    Fail,
}

/// One complete input for a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Stable: made of the input alone.
    pub id: String,
    /// What differs from the default case; `default` for that.
    pub label: String,
    pub source: CaseSource,
    pub input: Input,
    pub expect: Expect,
}

impl Case {
    /// Makes a case; its id is the start of a hash over its input.
    pub fn new(label: impl Into<String>, source: CaseSource, input: Input) -> Self {
        let mut hash = Sha256::new();
        let stack = match &input.stack {
            Stack::Own => None,
            Stack::Base(folders) => Some(format!("base {}", folders.join(" "))),
            Stack::On(folder) => Some(format!("on {folder}")),
        };
        for part in input.args().iter().chain([&input.release]).chain(&stack) {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digits = hash.finalize().into_iter().take(6).flat_map(|byte| [byte >> 4, byte & 15]);
        let id = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
        Self { id, label: label.into(), source, input, expect: Expect::Render }
    }
}
