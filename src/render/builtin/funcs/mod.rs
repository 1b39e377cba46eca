//! Helm's functions: sprig's and its own. Each file holds one table.

#[cfg(test)]
pub(crate) mod calling;
mod certs;
mod crypto;
mod dates;
mod durations;
mod encoding;
mod network;
mod random;
mod regex;
