//! portcullis

pub mod config;
pub mod finding;
pub mod matrix;
pub mod render;
pub mod report;
pub mod source;
pub mod target;
pub mod yaml;
