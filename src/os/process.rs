//! Runs one program: its time, its output and its descendants are bounded.
//!
//! Each child leads its own process group. On the time limit, on too much output or on an interruption the whole group is killed
//! and the child reaped, so that a tool's own children don't outlive it. One thread a run, which sleeps in `poll`: no timers, no spinning.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use os_pipe::PipeReader;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Pid;

use super::group::Group;
use super::{deadline, signals};

/// The most that is read of a program's standard output, in bytes, unless said otherwise: more than a cluster takes, and what
/// is parsed needs a multiple of it.
pub const STDOUT_LIMIT: usize = 32 << 20;

/// The most that is kept of a program's standard error, in bytes: its end.
pub const STDERR_LIMIT: usize = 1 << 20;

/// A program to run, with nothing of the caller's environment.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    cwd: Option<PathBuf>,
    stdin: Option<Vec<u8>>,
    time_limit: Duration,
    stdout_limit: usize,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself, with this exit code.
    Exit(i32),
    /// By this signal, which was not ours.
    Signal(i32),
    /// We killed it at its time limit.
    TimedOut,
    /// We killed it, or never started it, because the deadline of the run had passed.
    Late,
    /// We killed it because it wrote more than its limit to standard output.
    TooBig,
    /// We killed it, or never started it, because portcullis was interrupted.
    Interrupted,
}

/// What a program left behind.
#[derive(Debug, Clone)]
pub struct Ended {
    pub end: End,
    /// What it wrote to standard output, up to the limit.
    pub stdout: Vec<u8>,
    /// The end of what it wrote to standard error; invalid UTF-8 is replaced.
    pub stderr: String,
}

/// A program could not be started.
#[derive(Debug, thiserror::Error)]
#[error("cannot run `{}`", program.display())]
pub struct StartError {
    pub program: PathBuf,
    pub source: io::Error,
}

impl Program {
    /// Makes a program with 60 seconds of time.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            args: Vec::new(),
            env: Vec::new(),
            cwd: None,
            stdin: None,
            time_limit: Duration::from_secs(60),
            stdout_limit: STDOUT_LIMIT,
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Adds environment variables; there are no others.
    #[must_use]
    pub fn env(mut self, env: impl IntoIterator<Item = (impl Into<OsString>, impl Into<OsString>)>) -> Self {
        self.env.extend(env.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// Sets the folder that it runs in; else it is the caller's.
    #[must_use]
    pub fn cwd(mut self, cwd: impl Into<PathBuf>) -> Self {
        self.cwd = Some(cwd.into());
        self
    }

    /// Sets what it reads from standard input; else there is nothing.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// Sets the time after which it is killed.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Sets the number of bytes of standard output after which it is killed.
    #[must_use]
    pub fn stdout_limit(mut self, bytes: usize) -> Self {
        self.stdout_limit = bytes;
        self
    }

    /// Runs it to its end, or to one of its limits; it is gone and reaped when this returns.
    pub fn run(self) -> Result<Ended, StartError> {
        let never = |end| Ok(Ended { end, stdout: Vec::new(), stderr: String::new() });
        if signals::interrupted() {
            deadline::cut();
            return never(End::Interrupted);
        }
        if deadline::has_passed() {
            return never(End::Late);
        }
        let deadline = deadline::within(self.time_limit);
        let mut running = match self.start() {
            Ok(running) => running,
            Err(source) => {
                deadline::cut();
                return Err(StartError { program: self.path, source });
            }
        };
        let killed = running.follow(deadline, self.stdout_limit);
        Ok(running.finish(killed, deadline))
    }

    fn start(&self) -> io::Result<Running> {
        let (stdout, stdout_writer) = os_pipe::pipe()?;
        let (stderr, stderr_writer) = os_pipe::pipe()?;
        let mut expression = duct::cmd(&self.path, &self.args)
            .before_spawn(|command| {
                command.process_group(0);
                Ok(())
            })
            .full_env(self.env.iter().map(|(name, value)| (name, value)))
            .stdout_file(stdout_writer)
            .stderr_file(stderr_writer)
            .unchecked();
        if let Some(cwd) = &self.cwd {
            expression = expression.dir(cwd);
        }
        expression = match &self.stdin {
            Some(bytes) => expression.stdin_bytes(bytes.as_slice()),
            None => expression.stdin_null(),
        };
        let handle = expression.start()?;
        let group = handle.pids().first().and_then(|&pid| Pid::from_raw(pid.cast_signed()));
        Ok(Running { group: Group::register(group), handle, stdout: Stream::new(stdout), stderr: Stream::new(stderr) })
    }
}

struct Running {
    group: Group,
    handle: duct::Handle,
    stdout: Stream,
    stderr: Stream,
}

struct Stream {
    pipe: PipeReader,
    open: bool,
    bytes: Vec<u8>,
}

impl Running {
    /// Reads both streams to their ends, and says why the group must be killed, if it must.
    fn follow(&mut self, deadline: Instant, stdout_limit: usize) -> Option<End> {
        let mut buffer = vec![0; 64 << 10];
        while self.stdout.open || self.stderr.open {
            let Some([stdout_ready, stderr_ready]) = wait_readable([&self.stdout, &self.stderr], deadline) else {
                return Some(End::TimedOut);
            };
            if stdout_ready {
                self.stdout.read(&mut buffer);
                if self.stdout.bytes.len() > stdout_limit {
                    self.stdout.bytes.truncate(stdout_limit);
                    return Some(End::TooBig);
                }
            }
            if stderr_ready {
                self.stderr.read(&mut buffer);
                // With slack, so that it is not moved at each read.
                if self.stderr.bytes.len() > 2 * STDERR_LIMIT {
                    self.stderr.keep_end(STDERR_LIMIT);
                }
            }
        }
        None
    }

    /// Reaps the child, killing its group where it does not end by itself.
    fn finish(mut self, mut killed: Option<End>, deadline: Instant) -> Ended {
        if killed.is_none() && !matches!(self.handle.wait_deadline(deadline), Ok(Some(_))) {
            // It closed its streams and runs on.
            killed = Some(End::TimedOut);
        }
        // Also what a child that ended by itself left in its group. The number is not someone else's yet: numbers are dealt out in a circle.
        self.group.kill();
        let end = match (killed, self.handle.wait()) {
            (Some(end), _) => end,
            (None, Ok(output)) => match (output.status.code(), output.status.signal()) {
                (Some(code), _) => End::Exit(code),
                (None, signal) => End::Signal(signal.unwrap_or_default()),
            },
            (None, Err(_)) => End::TimedOut,
        };
        let end = match end {
            End::Exit(0) => end,
            _ if signals::interrupted() => End::Interrupted,
            End::TimedOut if deadline::has_passed() => End::Late,
            end => end,
        };
        if !matches!(end, End::Exit(_) | End::TooBig) {
            deadline::cut();
        }
        self.stderr.keep_end(STDERR_LIMIT);
        Ended { end, stdout: self.stdout.bytes, stderr: String::from_utf8_lossy(&self.stderr.bytes).into_owned() }
    }
}

impl Stream {
    fn new(pipe: PipeReader) -> Self {
        Self { pipe, open: true, bytes: Vec::new() }
    }

    /// Takes in what is there; a broken stream is at its end.
    fn read(&mut self, buffer: &mut [u8]) {
        match self.pipe.read(buffer) {
            Ok(0) => self.open = false,
            Ok(read) => self.bytes.extend_from_slice(&buffer[..read]),
            Err(error) => self.open = error.kind() == io::ErrorKind::Interrupted,
        }
    }

    fn keep_end(&mut self, limit: usize) {
        self.bytes.drain(..self.bytes.len().saturating_sub(limit));
    }
}

/// Sleeps until an open stream has something to read or has ended; `None` at the deadline and at an interruption, for what has
/// left the group may hold the streams open.
fn wait_readable(streams: [&Stream; 2], deadline: Instant) -> Option<[bool; 2]> {
    let open: Vec<&Stream> = streams.into_iter().filter(|stream| stream.open).collect();
    let mut fds: Vec<PollFd<'_>> = open.iter().map(|stream| PollFd::new(&stream.pipe, PollFlags::IN)).collect();
    fds.extend(signals::interruption().map(|bell| PollFd::new(bell, PollFlags::IN)));
    loop {
        let left = deadline.checked_duration_since(Instant::now())?;
        match poll(&mut fds, Timespec::try_from(left).ok().as_ref()) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            // What is broken shows when it is read.
            Ok(_) | Err(_) => break,
        }
    }
    if signals::interrupted() {
        return None;
    }
    let mut ready = fds.iter().map(|fd| !fd.revents().is_empty());
    Some(streams.map(|stream| stream.open && ready.next().unwrap_or(true)))
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
