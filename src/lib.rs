//! portcullis

pub mod finding;
pub mod matrix;
#[cfg(feature = "cli")]
pub mod os;
pub mod render;
pub mod report;
pub mod source;
pub mod target;
pub mod yaml;
