//! Template values as YAML, JSON and TOML, written and read as Go does it.

mod duration;
pub mod json;
mod number;
pub mod toml;
pub mod yaml;

/// Deepest nesting that is written or read: what walks a value may recurse. Go's limits are higher; nothing that Kubernetes takes
/// comes near either.
pub const MAX_DEPTH: usize = 1000;
