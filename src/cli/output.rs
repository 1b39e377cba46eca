//! Reports of a run: which formats, where to. Files are opened before the work begins.

use std::io::{self, IsTerminal, Write as _};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::ValueEnum;

use super::CliError;
use crate::finding::Severity;
use crate::os::files::{self, Pending};
use crate::report::text::TextOptions;
use crate::report::{RunReport, github, json, junit, sarif, text, visible};

/// GitHub takes so many bytes of a step's summary.
const SUMMARY_LIMIT: usize = 1 << 20;

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// Whether to colour what goes to a stream.
    pub(super) fn is_on(self, stream: &impl anstream::stream::RawStream) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
        }
    }
}

/// How the text report looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) color: Color,
    pub(super) verbose: bool,
    pub(super) quiet: bool,
    pub(super) fail_on: Severity,
}

/// A format of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
    Sarif,
    Junit,
    Github,
}

impl Format {
    /// All formats, the first where none is named.
    pub(super) const ALL: [Self; 5] = [Self::Text, Self::Json, Self::Sarif, Self::Junit, Self::Github];
    /// Those that hold corrections.
    pub(super) const OF_FIXES: [Self; 2] = [Self::Json, Self::Sarif];
    /// Those that hold nothing which a JSON report lacks.
    pub(super) const OF_JSON: [Self; 3] = [Self::Json, Self::Sarif, Self::Github];

    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
        }
    }
}

/// The reports that are asked for.
pub(super) struct Outputs {
    all: Vec<(Format, Option<Pending>)>,
    /// The file of GitHub's step summary.
    summary: Option<PathBuf>,
    style: Style,
}

impl Outputs {
    /// Reads `FORMAT[=FILE]`s and opens each file. `formats` are those that can be written, the first where none is named.
    pub(super) fn open(texts: &[String], formats: &[Format], style: Style) -> Result<Self, CliError> {
        let mut asked = texts.iter().map(|it| parse(it, formats)).collect::<anyhow::Result<Vec<_>>>().map_err(CliError::usage)?;
        if asked.is_empty() {
            asked.push((formats[0], None));
        }
        distinct(&asked).map_err(CliError::usage)?;
        let github = asked.iter().any(|(format, _)| *format == Format::Github);
        let summary = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|it| github && !it.is_empty()).map(PathBuf::from);
        if let Some(file) = &summary {
            files::append(file, b"").map_err(CliError::usage)?;
        }
        let open = |(format, file): (Format, Option<PathBuf>)| Ok((format, file.as_deref().map(pending).transpose()?));
        let all = asked.into_iter().map(open).collect::<Result<_, CliError>>()?;
        Ok(Self { all, summary, style })
    }

    /// Whether nobody else reads a report than whoever reads standard output.
    pub(super) fn are_stdout_alone(&self) -> bool {
        self.summary.is_none() && self.all.iter().all(|(_, file)| file.is_none())
    }

    /// Whether a report of that format is asked for.
    pub(super) fn has(&self, formats: &[Format]) -> bool {
        self.all.iter().any(|(format, _)| formats.contains(format))
    }

    /// Whether a report goes to standard output.
    pub(super) fn use_stdout(&self) -> bool {
        self.all.iter().any(|(_, file)| file.is_none())
    }

    /// Writes all reports; a file is written whole or not at all. Files come first: they do not need who reads standard output.
    pub(super) fn write(self, report: &RunReport) -> Result<(), CliError> {
        let failed = |it| CliError::io("cannot write the report", it);
        let (files, stdout): (Vec<_>, Vec<_>) = self.all.into_iter().partition(|(_, file)| file.is_some());
        for (format, file) in files.into_iter().filter_map(|(format, file)| Some((format, file?))) {
            let bytes = one(format, report, self.style, self.style.color == Color::Always).map_err(failed)?;
            file.write(&bytes).map_err(CliError::usage)?;
        }
        if let Some(file) = self.summary {
            let there = std::fs::metadata(&file).map_or(0, |it| usize::try_from(it.len()).unwrap_or(usize::MAX));
            let text = github::summary(report, SUMMARY_LIMIT.saturating_sub(there));
            files::append(&file, text.as_bytes()).map_err(CliError::usage)?;
        }
        for (format, _) in stdout {
            let out = io::stdout();
            let color = self.style.color.is_on(&out);
            let bytes = one(format, report, self.style, color).map_err(failed)?;
            let mut out = out.lock();
            out.write_all(&bytes).and_then(|()| out.flush()).map_err(failed)?;
        }
        Ok(())
    }
}

fn one(format: Format, report: &RunReport, style: Style, color: bool) -> io::Result<Vec<u8>> {
    let Style { verbose, quiet, fail_on, .. } = style;
    let mut out = Vec::new();
    match format {
        Format::Text => {
            text::write(report, &TextOptions { color, width: width(&io::stdout()), verbose, quiet, fail_on }, &mut out)?;
        }
        Format::Json => json::write(report, &mut out)?,
        Format::Sarif => sarif::write(report, &mut out)?,
        Format::Junit => junit::write(report, fail_on, &mut out)?,
        Format::Github => github::write(report, &mut out)?,
    }
    if matches!(format, Format::Json | Format::Sarif) {
        out = visible::json(&String::from_utf8_lossy(&out)).into_owned().into_bytes();
    }
    Ok(out)
}

fn parse(text: &str, formats: &[Format]) -> anyhow::Result<(Format, Option<PathBuf>)> {
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
    let Some(format) = formats.iter().find(|it| it.name() == name) else {
        let names: Vec<&str> = formats.iter().map(|it| it.name()).collect();
        let names = names.join(", ");
        if Format::ALL.iter().any(|it| it.name() == name) {
            bail!("`{name}` cannot be made of JSON reports, which lack its excerpts and times; the format is one of {names}");
        }
        bail!("unknown format `{name}`; it is one of {names}");
    };
    match file {
        Some("") => bail!("`-o {text}` names no file"),
        file => Ok((*format, file.filter(|it| *it != "-").map(PathBuf::from))),
    }
}

/// Each report has a place of its own.
fn distinct(asked: &[(Format, Option<PathBuf>)]) -> anyhow::Result<()> {
    for (index, (_, file)) in asked.iter().enumerate() {
        if asked[..index].iter().any(|(_, other)| other == file) {
            match file {
                None => bail!("two reports for standard output; give all but one a file: `-o json=report.json`"),
                Some(file) => bail!("two reports for `{}`; give each a file of its own", file.display()),
            }
        }
    }
    Ok(())
}

/// Opens a file that is to be written.
pub(super) fn pending(file: &Path) -> Result<Pending, CliError> {
    let parent = file.parent().filter(|it| !it.as_os_str().is_empty());
    if parent.is_some_and(|it| !it.is_dir()) {
        return Err(CliError::usage(anyhow!("cannot write `{}`: its folder does not exist", file.display())));
    }
    Pending::open(file).map_err(CliError::usage)
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
