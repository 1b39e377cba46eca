//! What a template finds at its root besides plain values: `.Files` and `.Capabilities`.

mod api_versions;
mod capabilities;
mod files;
mod glob;

pub use api_versions::serves;
pub(crate) use capabilities::Capabilities;
pub(crate) use files::{FileMap, Files};
