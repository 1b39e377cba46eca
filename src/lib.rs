//! portcullis

#[cfg(feature = "cli")]
pub mod app;
pub mod chart;
#[cfg(feature = "cli")]
pub mod cli;
pub mod config;
pub mod finding;
pub mod graph;
pub mod guard;
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
