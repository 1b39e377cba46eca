//! Errors at the edge: kind, sentence, hint, exit code.

use std::io;
use std::process::ExitCode;

use super::{snippet, tell};
use crate::app::{ConfigError, RunError};
use crate::config::Problems;

/// Why a command could not do its work.
#[derive(Debug)]
pub struct CliError {
    kind: Kind,
    source: anyhow::Error,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Wrong arguments or configuration.
    Usage,
    /// A named target could not be used.
    Target,
    /// Reading or writing failed.
    Io,
    /// Whoever read our output has gone.
    BrokenPipe,
}

impl CliError {
    /// Wrong arguments or configuration: exit 2.
    pub(super) fn usage(message: impl Into<anyhow::Error>) -> Self {
        Self { kind: Kind::Usage, source: message.into() }
    }

    /// A target that cannot be used: exit 3.
    pub(super) fn target(message: impl Into<anyhow::Error>) -> Self {
        Self { kind: Kind::Target, source: message.into() }
    }

    /// Reading or writing failed: exit 2. A broken pipe ends quietly.
    pub(super) fn io(what: &str, error: io::Error) -> Self {
        let kind = if error.kind() == io::ErrorKind::BrokenPipe { Kind::BrokenPipe } else { Kind::Io };
        Self { kind, source: anyhow::Error::new(error).context(what.to_owned()) }
    }

    /// Whether whoever read our output has gone.
    pub(super) fn is_broken_pipe(&self) -> bool {
        self.kind == Kind::BrokenPipe
    }

    /// Prints the error with its causes and returns the exit code.
    pub(super) fn report(&self) -> ExitCode {
        let code = match self.kind {
            Kind::BrokenPipe => return ExitCode::from(0),
            Kind::Usage | Kind::Io => 2,
            Kind::Target => 3,
        };
        if let Some(problems) = self.source.downcast_ref::<Problems>() {
            snippet::fail(problems);
            return ExitCode::from(code);
        }
        let text: Vec<String> = self.source.chain().map(ToString::to_string).collect();
        tell(&format!("error: {}", text.join(": ")));
        ExitCode::from(code)
    }
}

impl From<RunError> for CliError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Config(ConfigError::Problems(problems)) => Self::usage(problems),
            error => Self::usage(error),
        }
    }
}
