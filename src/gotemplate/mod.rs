//! Go's text/template: values, parser, evaluator. It knows nothing of Helm.

pub mod ast;
mod exec;
pub mod func;
pub mod value;

pub use exec::{Exec, Options, Scratch};
