//! Guards: template text that stops a rendering whose port values do not line up, proven before anybody sees it.
//!
//! `model` reads demands out of findings, `narrow` finds when they matter, `emit` writes them, `place` says where they are
//! included, and `prove`, the only part that needs the outside, tries all that on a copy of the chart.

mod absent;
#[cfg(feature = "cli")]
mod build;
mod emit;
mod formats;
mod model;
mod narrow;
mod old;
mod path;
mod place;
#[cfg(feature = "cli")]
mod prove;
mod ranges;
mod require;
#[cfg(feature = "cli")]
mod suite;

#[cfg(feature = "cli")]
pub use build::{Checked, Guard, Nothing, build};
pub use emit::{Names, defined, emit};
pub use formats::{Format, Test, has_schema, merged, rego, schema, unittest, vap};
pub use model::{Condition, Constraint, Demand, Kept, Place, RULES};
pub use narrow::{Chart, Scope, broken};
pub use old::{Bare, Spot, bare};
pub use path::ValuePath;
pub use place::{choose, guarded};
#[cfg(feature = "cli")]
pub use prove::{Bench, Candidate, Good, Proven};
pub use require::{Added, with_names};
