//! What a template finds at its root besides plain values: `.Files` and `.Capabilities`.

mod api_versions;
mod capabilities;
mod files;
mod glob;
mod kube_version;

pub use api_versions::serves;
pub(crate) use capabilities::Capabilities;
pub(crate) use files::{FileMap, Files};
pub(crate) use kube_version::KubeVersion;
