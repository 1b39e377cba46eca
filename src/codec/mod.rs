//! Template values as YAML, JSON and TOML, written and read as Go does it.

mod depth;
mod duration;
pub mod json;
mod number;
pub mod toml;
pub mod yaml;

pub use depth::TOO_DEEP;

/// What an encoder says that went too far: a value may hold another one many times over. Go has no such error.
pub const TOO_LARGE: &str = "the result would have more than 64 MB";

/// Where an encoder stops.
const MAX_BYTES: usize = 64 << 20;

/// Deepest nesting that is written or read: what walks a value may recurse. Go's limits are higher; nothing that Kubernetes takes
/// comes near either.
pub const MAX_DEPTH: usize = 1000;
