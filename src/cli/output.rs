//! Reports of a run: which formats, where to. Files are opened before the work begins.

use std::io::{self, BufWriter, IsTerminal, Write as _};
use std::os::fd::AsFd;
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::ValueEnum;

use super::CliError;
use crate::finding::Severity;
use crate::os::files;
use crate::report::text::TextOptions;
use crate::report::{RunReport, json, text};

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

/// How the text report looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) color: Color,
    pub(super) verbose: bool,
    pub(super) quiet: bool,
    pub(super) fail_on: Severity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Json,
}

/// The reports that are asked for.
pub(super) struct Outputs {
    all: Vec<(Format, Option<PathBuf>)>,
    style: Style,
}

impl Outputs {
    /// Reads `FORMAT[=FILE]`s and sees that each file can be written.
    pub(super) fn open(texts: &[String], style: Style) -> Result<Self, CliError> {
        let mut all = texts.iter().map(|it| parse(it)).collect::<anyhow::Result<Vec<_>>>().map_err(CliError::usage)?;
        if all.is_empty() {
            all.push((Format::Text, None));
        }
        if all.iter().filter(|(_, file)| file.is_none()).count() > 1 {
            return Err(CliError::usage(anyhow!(
                "two reports for standard output; give all but one a file: `-o json=report.json`"
            )));
        }
        for file in all.iter().filter_map(|(_, file)| file.as_ref()) {
            let parent = file.parent().filter(|it| !it.as_os_str().is_empty());
            if parent.is_some_and(|it| !it.is_dir()) {
                return Err(CliError::usage(anyhow!("cannot write `{}`: its folder does not exist", file.display())));
            }
        }
        Ok(Self { all, style })
    }

    /// Writes all reports; a file is written whole or not at all.
    pub(super) fn write(&self, report: &RunReport) -> Result<(), CliError> {
        for (format, file) in &self.all {
            match file {
                None => {
                    let stdout = io::stdout();
                    let color = match self.style.color {
                        Color::Always => true,
                        Color::Never => false,
                        Color::Auto => anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
                    };
                    let mut out = BufWriter::new(stdout.lock());
                    self.one(*format, report, color, &mut out)
                        .and_then(|()| out.flush())
                        .map_err(|it| CliError::io("cannot write the report", it))?;
                }
                Some(file) => {
                    let mut bytes = Vec::new();
                    self.one(*format, report, self.style.color == Color::Always, &mut bytes)
                        .map_err(|it| CliError::io("cannot write the report", it))?;
                    files::write_whole(file, &bytes).map_err(CliError::usage)?;
                }
            }
        }
        Ok(())
    }

    fn one(&self, format: Format, report: &RunReport, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
        let Style { verbose, quiet, fail_on, .. } = self.style;
        match format {
            Format::Json => json::write(report, out),
            Format::Text => {
                text::write(report, &TextOptions { color, width: width(&io::stdout()), verbose, quiet, fail_on }, out)
            }
        }
    }
}

fn parse(text: &str) -> anyhow::Result<(Format, Option<PathBuf>)> {
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
    let format = match name {
        "text" => Format::Text,
        "json" => Format::Json,
        _ => bail!("unknown format `{name}`; it is one of text, json"),
    };
    match file {
        Some("") => bail!("`-o {text}` names no file"),
        file => Ok((format, file.filter(|it| *it != "-").map(PathBuf::from))),
    }
}

/// The width of the terminal that a stream goes to; 100 where there is none.
pub(super) fn width(stream: &(impl IsTerminal + AsFd)) -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok());
    let terminal = || rustix::termios::tcgetwinsize(stream).ok().map(|it| usize::from(it.ws_col)).filter(|it| *it > 0);
    columns.or_else(|| stream.is_terminal().then(terminal).flatten()).unwrap_or(100)
}

/// Prints what a command emits. A closed pipe ends quietly.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|it| CliError::io("cannot write", it))
}
