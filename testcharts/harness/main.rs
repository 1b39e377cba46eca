//! The integration tests: the built binary over the charts beside this folder, and over what users get wrong.
//!
//! Tests that need helm or kustomize run where `PORTCULLIS_REAL_TOOLS` is set, as `cargo xtask test` does; else they say that they
//! were left out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stderr, reason = "a test that is left out says so")]

#[macro_use]
mod sandbox;

mod bad_charts;
mod bad_input;
mod bad_tools;
mod cache;
mod charts;
mod complete;
mod config;
mod determinism;
mod fix;
mod flags;
mod formats;
mod full_disk;
mod graph;
mod guard;
mod help;
mod hostile_files;
mod hostile_inputs;
mod hostile_templates;
mod hostile_tools;
mod interruptions;
mod matrix;
mod outputs;
mod targets;
mod watch;
mod watched;
mod wide_inputs;
