//! Axes, cases and shards: which inputs a target is rendered with. Knows no charts and no renderers.
//!
//! [`plan`] makes the cases of one target; [`Axis`] reads `--axis`, [`ConfigMatrix`] is the configuration's part.

mod axis;
mod case;
mod change;
mod combine;
mod exclude;
mod from_config;
mod label;
mod listing;
mod plan;
mod set;
mod shard;
mod split;

pub use crate::chart::SetKind;
pub use axis::{Axis, AxisName};
pub use case::{Case, CaseSource, DEFAULT_KUBE_VERSION, Expect, Input, SetArg, Stack, ValuesFile};
pub use change::Change;
pub use combine::{MAX_CASES, TooMany, combine};
pub use from_config::{ConfigFolder, ConfigMatrix};
pub use listing::{Listed, Listing, github, gitlab, json, shell_quote, text};
pub use plan::{PlanError, PlanInput, plan};
pub use shard::{BadShard, Shard};

pub use crate::config::{Combine, canonical_kube_version};

/// Lists the files that a path or a glob stands for, both relative to where the tool runs, sorted; a path that exists stands for itself.
pub type ListFiles<'a> = &'a dyn Fn(&str) -> Vec<ValuesFile>;
