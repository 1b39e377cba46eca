//! Go's text/template: values, parser, evaluator. It knows nothing of Helm.

pub mod ast;
pub mod builtins;
mod display;
mod exec;
pub mod func;
pub mod parse;
pub mod print;
pub mod value;

pub use exec::{
    Exec, Functions, Interrupt, Limits, Options, Origin, Out, PathStep, PathTables, Paths, Templates, TplCache, Trace, parse_file,
};
