//! Work with tools: signals, the private folder, the pool of threads, progress.

use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;

use super::CliError;
use super::args::ToolArgs;
use super::progress::Progress;
use crate::app::{Settings, Tools};
use crate::os::{RunDir, deadline, signals};
use crate::pipeline::Event;

/// Templates, and what they include, recurse: a build without optimization takes several KB for each level.
const STACK: usize = 16 << 20;

/// Does work with the tools of a run and its private folder; fails where it was interrupted.
pub(super) fn with_tools<T: Send>(
    settings: &Settings,
    args: &ToolArgs,
    quiet: bool,
    work: impl FnOnce(&Tools<'_>, &Arc<RunDir>, &(dyn Fn(Event) + Sync)) -> T + Send,
) -> Result<T, CliError> {
    begin(args)?;
    let done = once(settings, args, quiet, work);
    signals::stop_watching();
    if signals::interrupted() {
        return Err(CliError::usage(anyhow!("interrupted")));
    }
    done
}

/// Does work with tools and a folder of its own, after [`begin`].
pub(super) fn once<T: Send>(
    settings: &Settings,
    args: &ToolArgs,
    quiet: bool,
    work: impl FnOnce(&Tools<'_>, &Arc<RunDir>, &(dyn Fn(Event) + Sync)) -> T + Send,
) -> Result<T, CliError> {
    let folder = private_folder()?;
    let tools = Tools::new(settings, Arc::clone(&folder));
    let progress = Progress::new(quiet);
    let done = pool(args, || work(&tools, &folder, &|event| progress.event(event)));
    progress.finish();
    done
}

/// Begins: from now on we can be interrupted, and the time of the run counts. To be called once.
pub(super) fn begin(tools: &ToolArgs) -> Result<(), CliError> {
    signals::listen().map_err(|it| CliError::io("cannot listen for Ctrl-C", it))?;
    if let Some(seconds) = tools.deadline {
        deadline::set(Duration::from_secs(seconds));
    }
    Ok(())
}

fn private_folder() -> Result<Arc<RunDir>, CliError> {
    let cannot = || {
        let parent = std::env::temp_dir();
        format!("cannot make a temporary folder in `{}`; let `TMPDIR` name one that can be written", parent.display())
    };
    Ok(Arc::new(RunDir::new().map_err(|it| CliError::io(&cannot(), it))?))
}

/// Runs work on a pool of as many threads as there are jobs.
fn pool<T: Send>(tools: &ToolArgs, work: impl FnOnce() -> T + Send) -> Result<T, CliError> {
    let jobs = tools.jobs.map_or(0, |it| usize::try_from(it).unwrap_or(usize::MAX));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(STACK).build().map_err(CliError::usage)?;
    Ok(pool.install(work))
}
