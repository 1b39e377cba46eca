//! A finding in full: message, sources with marks, and what helps to understand it and to act.

use std::io;
use std::ops::RangeInclusive;

use annotate_snippets::{Group, Level, Message, Origin, Renderer};

use super::excerpt::{self, Block};
use super::names::Names;
use super::{TextOptions, visible};
use crate::finding::{Excerpt, Finding, Safety, Severity, Subject};

/// The widths in which sources can be drawn.
const WIDTHS: RangeInclusive<usize> = 40..=1000;

/// Writes a finding, with those that say the same of other fields, and an empty line.
pub(super) fn write(
    finding: &Finding,
    alike: &[&Finding],
    names: &Names<'_>,
    options: TextOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let blocks = excerpt::blocks(&finding.excerpts);
    let mut group = Group::with_title(level.primary_title(visible::lines(&finding.message)).id(finding.rule));
    if !finding.excerpts.iter().any(|it| it.primary) {
        group = group.elements(origin(finding, names));
    }
    group = group.elements(blocks.iter().map(Block::snippet));
    group = group.elements(also(alike));
    group = group.elements(notes(finding, names, options));

    writeln!(out, "{}", drawn(group, options.color, options.width))
}

/// Draws an excerpt alone.
pub fn excerpt_alone(excerpt: &Excerpt, color: bool, width: usize) -> String {
    let blocks = excerpt::blocks(std::slice::from_ref(excerpt));
    drawn(Group::with_level(Level::ERROR).elements(blocks.iter().map(Block::snippet)), color, width)
}

fn drawn(group: Group<'_>, color: bool, width: usize) -> String {
    let renderer = if color { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
    let drawn = renderer.term_width(width.clamp(*WIDTHS.start(), *WIDTHS.end())).render(&[group]);
    // A label that is empty, or that wraps, leaves blanks at the ends of lines.
    drawn.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// How many other fields are named before the rest is only counted.
const FIELDS_SHOWN: usize = 3;

/// Names the other fields of which the same is said.
fn also(alike: &[&Finding]) -> Option<Message<'static>> {
    let fields: Vec<_> = alike.iter().take(FIELDS_SHOWN).map(|it| visible::line(&it.path).into_owned()).collect();
    let more = alike.len().saturating_sub(FIELDS_SHOWN);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!fields.is_empty()).then(|| Level::NOTE.with_name("also at").message(fields.join(", ") + &rest))
}

/// Returns where a finding is when no excerpt shows it.
fn origin(finding: &Finding, names: &Names<'_>) -> Option<Origin<'static>> {
    let (path, line, column) = match (&finding.location, &finding.rendered) {
        (Some(it), _) => (visible::line(&it.file).into_owned(), it.line, it.column),
        (None, Some(it)) => (names.origin(it), Some(it.line), Some(it.column)),
        (None, None) => return None,
    };
    let mut origin = Origin::path(path);
    if let Some(line) = line {
        origin = origin.line(line as usize);
    }
    if let Some(column) = column {
        origin = origin.char_column(column as usize);
    }
    Some(origin)
}

/// Returns what stands below the sources.
fn notes(finding: &Finding, names: &Names<'_>, options: TextOptions) -> Vec<Message<'static>> {
    let note = |title: &'static str, text: String| Level::NOTE.with_name(title).message(text);
    let mut notes = Vec::new();
    if !finding.cases.is_empty() {
        notes.push(match names.extent(finding) {
            (extent, Some(labels)) => Level::NOTE.with_name(extent).message(labels),
            (extent, None) => Level::NOTE.no_name().message(extent),
        });
    }
    if options.verbose && !finding.path.is_empty() {
        notes.push(note("field", format!("{} of {}", visible::line(&finding.path), subject(&finding.subject))));
    }
    notes.extend(fed_by(finding).map(|it| note("fed by", it)));
    notes.extend(finding.witness.as_ref().map(|it| note("see it", visible::line(&it.command).into_owned())));
    notes.extend(finding.help.as_ref().map(|it| note("help", visible::lines(it))));
    notes.extend(fix(finding).map(|it| note("fix", it)));
    if options.verbose {
        notes.push(note("ignore it", ignore(finding)));
    }
    notes
}

fn subject(it: &Subject) -> String {
    visible::line(&it.to_string()).into_owned()
}

/// Returns the values that feed either end, each with its object when the two ends are fed.
fn fed_by(finding: &Finding) -> Option<String> {
    let referring = (&finding.subject, &finding.fed_by);
    let targets = finding.related.iter().filter(|it| it.role == "target").map(|it| (&it.subject, &it.fed_by));
    let ends: Vec<_> = [referring].into_iter().chain(targets).filter(|(_, values)| !values.is_empty()).collect();
    let text = |values: &[String]| visible::line(&values.join(", ")).into_owned();
    match ends.as_slice() {
        [] => None,
        [(_, values)] => Some(text(values)),
        ends => {
            let ends: Vec<_> = ends.iter().map(|(of, values)| format!("{} ({})", text(values), subject(of))).collect();
            Some(ends.join("; "))
        }
    }
}

fn fix(finding: &Finding) -> Option<String> {
    let best = finding.fixes.iter().rev().max_by_key(|it| it.safety)?;
    let safety = match best.safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
        Safety::Display => "to be done by hand",
    };
    Some(format!("{} ({safety})", visible::lines(&best.title)))
}

/// Returns how to say that a finding is meant.
fn ignore(finding: &Finding) -> String {
    let rule = finding.rule;
    match finding.subject.kind.as_str() {
        "Chart" | "" => format!("`ignore: [{{rule: {rule}, reason: …}}]` in portcullis.yaml"),
        _ => format!("annotation `portcullis.dev/ignore: \"{rule}: reason\"`"),
    }
}
