//! The process groups of the programs that run now, and what escapes from them.

#[cfg(target_os = "linux")]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

use super::signals;

static LIVE: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// Whether all children of this process are ours.
#[cfg(target_os = "linux")]
static ADOPTS: AtomicBool = AtomicBool::new(false);

/// Kills every group that runs now; their runs end as [`super::End::Interrupted`] once [`signals::interrupted`] is true.
pub(super) fn kill_all() {
    for &group in LIVE.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        kill(group);
    }
}

/// A group that is gone already is as good as killed.
fn kill(group: Pid) {
    _ = kill_process_group(group, Signal::KILL);
}

/// An entry in the list of live groups.
pub(super) struct Group(Option<Pid>);

impl Group {
    pub(super) fn register(group: Option<Pid>) -> Self {
        if let Some(group) = group {
            LIVE.lock().unwrap_or_else(PoisonError::into_inner).push(group);
        }
        let this = Self(group);
        // An interruption between the start and the entry has missed it.
        if signals::interrupted() {
            this.kill();
        }
        this
    }

    pub(super) fn kill(&self) {
        if let Some(group) = self.0 {
            kill(group);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            LIVE.lock().unwrap_or_else(PoisonError::into_inner).retain(|&live| live != group);
        }
    }
}

/// Makes whatever outlives its parent, in a session of its own, a child of this process, so that [`sweep`] finds it.
#[cfg(target_os = "linux")]
pub(super) fn adopt() {
    let adopts = rustix::process::set_child_subreaper(Some(rustix::process::getpid())).is_ok();
    ADOPTS.store(adopts, Ordering::SeqCst);
}

/// Kills and reaps all children, if they are ours; to be called when no program runs any more.
#[cfg(target_os = "linux")]
pub(super) fn sweep() {
    use rustix::process::{WaitOptions, kill_process, wait};
    if !ADOPTS.load(Ordering::SeqCst) {
        return;
    }
    // What is killed leaves its own children to us: again, but not for ever.
    for _ in 0..200 {
        match wait(WaitOptions::NOHANG) {
            Ok(Some(_)) => {}
            Ok(None) => {
                children().for_each(|child| _ = kill_process(child, Signal::KILL));
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            Err(_) => return,
        }
    }
}

#[cfg(target_os = "linux")]
fn children() -> impl Iterator<Item = Pid> {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let pids: Vec<i32> =
        lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()).collect();
    pids.into_iter().filter_map(Pid::from_raw)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn adopt() {}

/// Only Linux tells of what escaped.
#[cfg(not(target_os = "linux"))]
pub(super) fn sweep() {}
