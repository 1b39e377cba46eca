//! What a run is made of: targets are found, loaded, planned, run, probed, and what was found is collected.

mod cache;
mod config;
mod copying;
mod discover;
mod fix;
mod graph;
mod guard;
mod host;
mod init;
mod key;
mod list;
mod load;
mod plan;
mod prober;
mod render;
mod run;
mod settings;
mod target;
mod watch;

pub use cache::Store;
pub use config::{ConfigError, Configs, FILE_NAMES, FoundConfig};
pub use discover::{Candidate, discover};
pub use fix::{Fixed, Group, Mended, fix};
pub use graph::{Graphed, graph};
pub use guard::{Chart as GuardedChart, Guarded, Unwritten, Wanted as WantedGuard, guard};
pub use init::draft;
pub use list::files as list_files;
pub use load::{load, map_problem};
pub use plan::{Plan, RunError, plan_all};
pub use prober::Renderers;
pub use render::{Rendered, rendered};
pub use run::{Outcome, Stamp, Tools, run};
pub use settings::{RendererChoice, Settings, ToolSettings};
pub use target::Planned;
pub use watch::scope;
