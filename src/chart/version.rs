//! Which Helm is meant.

/// The two Helms that charts are rendered with, where they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HelmVersion {
    V3,
    #[default]
    V4,
}
