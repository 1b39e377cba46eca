//! Ctrl-C, SIGTERM and SIGHUP: the first kills all running tools and lets the run clean up, the second ends it at once.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use os_pipe::{PipeReader, PipeWriter};
use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::{group, temp};

/// The exit code of an interrupted run.
pub const INTERRUPTED_EXIT: i32 = 130;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// Closed by an interruption, so that whoever sleeps in `poll` wakes.
static BELL: OnceLock<Option<(PipeReader, Mutex<Option<PipeWriter>>)>> = OnceLock::new();
static WATCHING: AtomicBool = AtomicBool::new(false);
static READER_GONE: AtomicBool = AtomicBool::new(false);

/// Starts to listen. To be called once, before the first program is run.
pub fn listen() -> io::Result<()> {
    group::adopt();
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        for _ in signals.forever() {
            if interrupted() {
                exit_at_once();
            }
            interrupt();
        }
    })?;
    Ok(())
}

/// Whether the run was interrupted. Whoever loops over work asks this, stops, and leaves with [`INTERRUPTED_EXIT`].
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Interrupts the run once nobody reads standard output any more, until [`stop_watching`]: then there is nothing to work for.
pub fn watch_stdout() -> io::Result<()> {
    WATCHING.store(true, Ordering::SeqCst);
    std::thread::Builder::new().name("stdout".into()).spawn(|| {
        // Without an event to wait for, only the end of a pipe wakes it.
        let stdout = io::stdout();
        while matches!(poll(&mut [PollFd::new(&stdout, PollFlags::empty())], None), Err(rustix::io::Errno::INTR)) {}
        if WATCHING.load(Ordering::SeqCst) {
            READER_GONE.store(true, Ordering::SeqCst);
            interrupt();
        }
    })?;
    Ok(())
}

/// From here on a reader that goes is found out by writing.
pub fn stop_watching() {
    WATCHING.store(false, Ordering::SeqCst);
}

/// Whether the run was interrupted because nobody reads standard output any more.
pub fn reader_gone() -> bool {
    READER_GONE.load(Ordering::SeqCst)
}

/// Interrupts the run as Ctrl-C does: nothing more is started and what runs is killed.
pub fn interrupt() {
    INTERRUPTED.store(true, Ordering::SeqCst);
    group::kill_all();
    if let Some((_, writer)) = bell() {
        writer.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Returns what can be read from once the run is interrupted, not before; `None` where the system has no more pipes.
pub(super) fn interruption() -> Option<&'static PipeReader> {
    bell().map(|(reader, _)| reader)
}

fn bell() -> Option<&'static (PipeReader, Mutex<Option<PipeWriter>>)> {
    let made = BELL.get_or_init(|| os_pipe::pipe().ok().map(|(reader, writer)| (reader, Mutex::new(Some(writer)))));
    made.as_ref()
}

#[expect(clippy::exit, reason = "the user asked twice, and the main thread did not come back")]
fn exit_at_once() -> ! {
    group::kill_all();
    group::sweep();
    temp::remove_all();
    std::process::exit(INTERRUPTED_EXIT)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use rustix::process::{Pid, Signal, kill_process};

    use super::*;
    use crate::os::{End, Program, RunDir};

    const FOLDER: &str = "PORTCULLIS_TEST_INTERRUPTION";

    /// What the test below starts as a process of its own, for the flag is global.
    #[test]
    fn interrupted_run() {
        let Some(folder) = std::env::var_os(FOLDER) else { return };
        listen().unwrap();
        let run = RunDir::new().unwrap();
        let script = "echo $PPID >ppid.new; mv ppid.new ppid; trap '' TERM INT; sleep 300 & wait; sleep 300";
        let hanging = Program::new("/bin/sh").args(["-c", script]).env([("PATH", "/usr/bin:/bin")]).cwd(&folder);
        assert_eq!(hanging.clone().run().unwrap().end, End::Interrupted);
        assert_eq!(hanging.run().unwrap().end, End::Interrupted);
        let path = run.path().to_owned();
        drop(run);
        assert!(!path.exists());
    }

    #[test]
    fn interruption_ends_what_runs() {
        let folder = tempfile::tempdir().unwrap();
        let start = Instant::now();
        let child = Program::new(std::env::current_exe().unwrap())
            .args(["--exact", "os::signals::tests::interrupted_run", "--nocapture"])
            .env([(FOLDER, folder.path())]);
        let ended = std::thread::scope(|scope| {
            let child = scope.spawn(|| child.run().unwrap());
            kill_process(wait_for_pid(&folder.path().join("ppid")), Signal::TERM).unwrap();
            child.join().unwrap()
        });
        assert_eq!(ended.end, End::Exit(0), "{}", ended.stderr);
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    fn wait_for_pid(file: &Path) -> Pid {
        loop {
            match std::fs::read_to_string(file) {
                Ok(text) => return Pid::from_raw(text.trim().parse().unwrap()).unwrap(),
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}
