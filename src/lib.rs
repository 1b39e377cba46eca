//! portcullis

pub mod chart;
pub mod config;
pub mod finding;
pub mod graph;
pub mod kube;
pub mod locate;
pub mod matrix;
#[cfg(feature = "cli")]
pub mod os;
pub mod pipeline;
pub mod probe;
pub mod render;
pub mod report;
pub mod rules;
pub mod source;
pub mod suppress;
pub mod target;
pub mod yaml;
