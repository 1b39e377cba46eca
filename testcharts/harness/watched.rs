//! Runs the binary under watch: time, memory, what it leaves running, what it prints raw.
#![expect(clippy::disallowed_methods, reason = "the process must be seen while it runs")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::sandbox::{Ran, Sandbox};

/// What a hostile input or tool may take.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// What a hostile input or tool may make us take, in MB.
const MEMORY_LIMIT: u64 = 500;

/// A run in its middle.
pub(crate) struct Running<'a> {
    sandbox: &'a Sandbox,
    what: String,
    child: Child,
    start: Instant,
    stdout: Option<Reader>,
    stderr: Reader,
    time_limit: Duration,
}

impl Sandbox {
    /// Runs with arguments under watch; see [`Running::ended`].
    #[track_caller]
    pub(crate) fn watched(&self, args: &[&str]) -> Ran {
        self.start(args, Stdio::null()).ended()
    }

    /// Starts a run whose standard output is read by us.
    pub(crate) fn start(&self, args: &[&str], stdin: Stdio) -> Running<'_> {
        let mut running = self.start_with(args, stdin, Stdio::piped(), Stdio::piped());
        running.stdout = running.child.stdout.take().map(read);
        running
    }

    /// Starts a run whose standard output goes elsewhere.
    pub(crate) fn start_with(&self, args: &[&str], stdin: Stdio, stdout: Stdio, stderr: Stdio) -> Running<'_> {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("portcullis"));
        command.args(args).env_clear().envs(self.variables()).current_dir(self.path("."));
        let mut child = command.stdin(stdin).stdout(stdout).stderr(stderr).spawn().unwrap();
        let stderr = child.stderr.take().map_or_else(Reader::default, read);
        let what = args.join(" ");
        Running { sandbox: self, what, child, start: Instant::now(), stdout: None, stderr, time_limit: TIME_LIMIT }
    }
}

impl Running<'_> {
    /// Gives it more time than a hostile input or tool has.
    pub(crate) fn time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// Closes the end of standard output that is read.
    pub(crate) fn close_stdout(&mut self) {
        drop(self.child.stdout.take());
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.child.id().cast_signed()).unwrap(), signal).unwrap();
    }

    /// Waits until a file is there that a fake tool writes.
    #[track_caller]
    pub(crate) fn wait_for(&self, file: &str) {
        while !self.sandbox.path(file).exists() {
            assert!(self.start.elapsed() < self.time_limit, "{}: `{file}` does not appear", self.what);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for a text on standard output, behind the one that was waited for before.
    #[track_caller]
    pub(crate) fn wait_to_say(&self, text: &str) {
        self.wait_for_text(self.stdout.as_ref().unwrap(), text);
    }

    /// Waits for a text on standard error, behind the one that was waited for before.
    #[track_caller]
    pub(crate) fn wait_to_warn(&self, text: &str) {
        self.wait_for_text(&self.stderr, text);
    }

    #[track_caller]
    fn wait_for_text(&self, reader: &Reader, text: &str) {
        while !reader.has(text) {
            let said = || String::from_utf8_lossy(&reader.bytes.lock().unwrap()).into_owned();
            assert!(self.start.elapsed() < self.time_limit, "{}: no `{text}` in {}", self.what, said());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for its end, and asserts that it came in time and took little memory, that nothing is left running or in the
    /// folder for temporary files, and that nothing was printed which acts on a terminal.
    #[track_caller]
    pub(crate) fn ended(mut self) -> Ran {
        let (status, peak) = watch(&mut self.child, self.start + self.time_limit);
        let time = self.start.elapsed();
        let text = |bytes: Vec<u8>| self.sandbox.without_paths(&String::from_utf8_lossy(&bytes));
        let stdout = text(self.stdout.map(Reader::end).unwrap_or_default());
        let stderr = text(self.stderr.end());
        eprintln!("{:.2} s, {peak} MB: {}", time.as_secs_f64(), self.what.escape_debug());
        let Some(status) = status else { panic!("{}: killed after {time:?} with {peak} MB: {stderr}", self.what) };
        assert!(peak < MEMORY_LIMIT, "{}: {peak} MB", self.what);
        self.sandbox.assert_nothing_is_left();
        assert_harmless(&stdout);
        assert_harmless(&stderr);
        assert!(!stderr.contains("panicked"), "{stderr}");
        Ran { stdout, stderr, code: status.code().unwrap_or(-1) }
    }
}

impl Sandbox {
    /// Asserts that no process and no temporary file of a run is left.
    #[track_caller]
    pub(crate) fn assert_nothing_is_left(&self) {
        let marker = self.temporary().to_str().unwrap().to_owned();
        let left = processes_with(&marker);
        assert!(left.is_empty(), "left running: {left:?}");
        let files: Vec<_> = fs::read_dir(self.temporary()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert!(files.is_empty(), "left behind: {files:?}");
    }
}

/// Asserts that a text does nothing to a terminal but to end lines.
#[track_caller]
pub(crate) fn assert_harmless(text: &str) {
    let acts = |it: char| (it.is_control() && it != '\n') || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if let Some(it) = text.chars().find(|it| acts(*it)) {
        panic!("printed raw: {it:?} in {text:?}");
    }
}

/// Waits for a child and looks at the most memory that it had. `None` where it had to be killed.
fn watch(child: &mut Child, deadline: Instant) -> (Option<ExitStatus>, u64) {
    let mut peak = 0;
    loop {
        peak = peak.max(memory(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            return (Some(status), peak);
        }
        if Instant::now() > deadline || peak > 2 * MEMORY_LIMIT {
            child.kill().unwrap();
            child.wait().unwrap();
            return (None, peak);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn memory(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    line.and_then(|it| it.parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// Finds the processes that have a text in their environment; those that are dying are given a moment.
fn processes_with(text: &str) -> Vec<String> {
    let start = Instant::now();
    loop {
        let processes = fs::read_dir("/proc").unwrap().flatten().map(|it| it.path());
        let found: Vec<String> = processes.filter(|it| has(it, text)).map(|it| it.display().to_string()).collect();
        if found.is_empty() || start.elapsed() > Duration::from_secs(2) {
            return found;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn has(process: &Path, text: &str) -> bool {
    let environment = fs::read(process.join("environ")).unwrap_or_default();
    environment.windows(text.len()).any(|it| it == text.as_bytes())
}

/// Reads a stream to its end; what is there can be looked at in the meantime.
#[derive(Default)]
struct Reader {
    bytes: Arc<Mutex<Vec<u8>>>,
    /// How much of it is no longer looked at.
    passed: Mutex<usize>,
    thread: Option<JoinHandle<()>>,
}

fn read(mut stream: impl Read + Send + 'static) -> Reader {
    let bytes = Arc::new(Mutex::new(Vec::new()));
    let all = Arc::clone(&bytes);
    let thread = std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        loop {
            match stream.read(&mut buffer).unwrap() {
                0 => break,
                length => all.lock().unwrap().extend_from_slice(&buffer[..length]),
            }
        }
    });
    Reader { bytes, passed: Mutex::new(0), thread: Some(thread) }
}

impl Reader {
    /// Whether a text has come; what stands before its end is no longer looked at.
    fn has(&self, text: &str) -> bool {
        let (bytes, mut passed) = (self.bytes.lock().unwrap(), self.passed.lock().unwrap());
        let found = bytes[*passed..].windows(text.len()).position(|it| it == text.as_bytes());
        *passed += found.map_or(0, |at| at + text.len());
        found.is_some()
    }

    fn end(mut self) -> Vec<u8> {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
        std::mem::take(&mut *self.bytes.lock().unwrap())
    }
}

/// Writes the same text until nobody reads any more, or it is dropped.
pub(crate) struct Endless(Arc<AtomicBool>, Option<JoinHandle<()>>);

impl Endless {
    /// Returns what to read from, too.
    pub(crate) fn new(text: &'static str) -> (Self, Stdio) {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&stop);
        let block = text.repeat(64 * 1024 / text.len());
        let thread = std::thread::spawn(move || {
            while !asked.load(Ordering::Relaxed) && std::io::Write::write_all(&mut writer, block.as_bytes()).is_ok() {}
        });
        (Self(stop, Some(thread)), reader.into())
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        self.1.take().map(JoinHandle::join);
    }
}
