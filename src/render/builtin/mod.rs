//! Helm's engine in process: charts rendered byte for byte as helm does, with provenance.
//!
//! [`Engine`] holds a chart that was loaded and parsed once, and renders it for many inputs, from many threads. It does no input or output:
//! [`BuiltinRenderer`] gives it the files that a case names.

mod assemble;
mod data;
mod engine;
mod errors;
mod funcs;
mod objects;
mod renderer;
mod traced;

pub use engine::{Engine, Failure, Job, ParsedFile, Settings, parse_templates};
pub use objects::serves;
pub use renderer::{BuiltinRenderer, Host};
