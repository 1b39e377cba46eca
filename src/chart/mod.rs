//! A Helm chart as a source tree: its Chart.yaml, and the leaves of its values; and as Helm loads, coalesces and checks it.

mod coalesce;
mod dependencies;
mod error;
mod ignore;
mod kube_version;
mod meta;
mod package;
mod prepare;
mod release;
mod schema;
#[doc(hidden)]
pub use schema::check_schema;
pub mod semver;
pub mod strvals;
mod tree;
mod user;
mod values;
mod version;
mod view;
mod yaml;

pub use error::{ChartError, ChartErrorKind};
pub use ignore::Rules as IgnoreRules;
pub use kube_version::KubeVersion;
pub use meta::{Chart, Dependency};
pub use package::{File, HelmChart, Maintainer, Metadata, Package, Requirement, line_of};
pub use prepare::{Prepared, Release, Scope, Template};
pub use release::check_release_name;
pub use user::{SetKind, read_values, user_values};
pub use values::{Empty, Leaf, Step, Values, helm_path, shown_path};
pub use version::HelmVersion;
