//! A Helm chart as a source tree: its Chart.yaml, and the leaves of its values.

mod meta;
mod values;
mod version;

pub use meta::{Chart, Dependency};
pub use values::{Leaf, Step, Values, helm_path, shown_path};
pub use version::HelmVersion;
