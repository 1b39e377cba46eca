//! What a run is made of: targets are found, loaded, planned, run, probed, and what was found is collected.

mod components;
mod config;
mod copying;
mod discover;
mod fix;
mod graph;
mod guard;
mod host;
mod init;
mod list;
mod load;
mod prober;
mod render;
mod run;
mod settings;
mod stacks;
mod target;

pub use config::{ConfigError, Configs, FILE_NAMES, FoundConfig};
pub use discover::{Candidate, discover};
pub use fix::{Fixed, Group, Mended, fix};
pub use graph::{Graphed, graph};
pub use guard::{Chart as GuardedChart, Guarded, Unwritten, Wanted as WantedGuard, guard};
pub use init::draft;
pub use list::files as list_files;
pub use load::{load, map_problem};
pub use prober::Renderers;
pub use render::{Rendered, rendered};
pub use run::{Outcome, Plan, RunError, Tools, plan_all, run};
pub use settings::{RendererChoice, Settings, ToolSettings};
pub use target::Planned;
