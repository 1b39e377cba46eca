//! Versions and constraints as Helm reads them: a port of Masterminds/semver v3.5 (MIT).

mod constraint;
mod version;

pub use constraint::Constraint;
pub use version::Version;

#[cfg(test)]
mod tests;
