//! What a run is asked to do, resolved: no command-line types below this.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::{Combine, Level};
use crate::matrix::{Axis, Input, Shard};
use crate::probe::Budget;

/// What a run is asked to do.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// As typed; empty: the configuration's targets, or the current folder.
    pub paths: Vec<String>,
    pub base: Input,
    /// Whether ci files count although values or sets are given.
    pub use_ci: bool,
    pub axes: Vec<Axis>,
    pub combine: Option<Combine>,
    pub shard: Option<Shard>,
    /// Ids of the only cases that count; empty: all of them.
    pub only: Vec<String>,
    /// Whether charts are probed.
    pub discover: bool,
    /// How much that may cost a chart.
    pub probes: Budget,
    pub tools: ToolSettings,
    /// Whether corrections are made, and which.
    pub fixes: Option<crate::fix::Options>,
    /// Levels from `--rule`; `all` stands for every rule that is not named.
    pub levels: BTreeMap<String, Level>,
    /// Whether to warn of entries of the configuration that matched nothing.
    pub warn_idle: bool,
    /// From `--config`; else it is looked for beside each target and above.
    pub config: Option<PathBuf>,
}

/// What renders charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RendererChoice {
    /// helm where it is there, and the built-in renderer for probes where it agrees; else the built-in one.
    #[default]
    Auto,
    Helm,
    Builtin,
}

/// Which tools are called, and how.
#[derive(Debug, Clone, Default)]
pub struct ToolSettings {
    pub renderer: RendererChoice,
    pub helm: Option<PathBuf>,
    pub kustomize: Option<PathBuf>,
    /// Handed on to kustomize: `--enable-helm`, `--helm-command X`, `--load-restrictor X`.
    pub kustomize_args: Vec<String>,
    /// Whether kustomize may fetch bases from elsewhere.
    pub allow_remote: bool,
    /// Whether helm may fetch dependencies, into a private copy.
    pub dependency_update: bool,
    /// Of each call of a tool.
    pub time_limit: Duration,
}

impl Settings {
    /// Whether all cases of all targets are meant; a part of them may be none.
    pub fn is_whole(&self) -> bool {
        self.shard.is_none() && self.only.is_empty()
    }

    /// Returns the level that a rule is switched to: flags beat the configuration, a rule's own entry beats `all`.
    pub fn level(&self, config: Option<&crate::config::Config>, rule: &str) -> Option<Level> {
        let flag = self.levels.get(rule).or_else(|| self.levels.get("all")).copied();
        flag.or_else(|| config.and_then(|it| it.level(rule)))
    }
}
