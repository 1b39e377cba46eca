//! The outside: processes, files, temporary folders, the cache, signals. Everything that touches it calls this layer.
//!
//! Knows targets' trees and nothing of what is in them, but for the files that name other files (`Chart.yaml`, `kustomization.yaml`).
//! On top of it stands `render`.

pub mod cache;
pub mod deadline;
pub mod files;
mod group;
pub mod load;
pub mod patch;
pub mod process;
pub mod signals;
pub mod temp;
#[cfg(test)]
pub(crate) mod testing;
pub mod tools;
pub mod watch;

pub use cache::Cache;
pub use load::{LoadError, LoadedChart, load_chart, load_manifests, load_overlay};
pub use process::{End, Ended, Program, StartError};
pub use temp::RunDir;
pub use tools::{Helm, Kustomize, ToolError, find_helm, find_kustomize, is_on_path};
