//! TOML as BurntSushi/toml reads and writes it.

mod decode;
mod encode;

pub use decode::from_toml;
pub use encode::{Failure, to_toml};
