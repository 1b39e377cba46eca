//! Problems of a configuration, drawn in its text, on standard error.

use std::io::{self, Write as _};

use annotate_snippets::{Group, Level, Origin, Renderer};
use anstream::{AutoStream, ColorChoice};

use super::output::{Color, width};
use crate::config::{Mark, Problem, Problems};
use crate::finding::Excerpt;
use crate::report::text::excerpt::{Block, blocks};
use crate::report::visible;

/// How many problems of one file are drawn.
const DRAWN: usize = 50;

/// Prints what is wrong with a configuration.
pub(super) fn fail(problems: &Problems) {
    let mut drawn = draw(problems, &Level::ERROR, width(&io::stderr()));
    let count = problems.list.len();
    if count > 1 {
        let sum = format!("`{}` has {count} problems", visible::line(&problems.file));
        drawn += &Renderer::styled().render(&[Group::with_title(Level::ERROR.primary_title(sum))]);
        drawn += "\n";
    }
    print(&drawn, Color::Auto);
}

/// Prints what is of no use in a configuration.
pub(super) fn warn(problems: &Problems, color: Color) {
    print(&draw(problems, &Level::WARNING, width(&io::stderr())), color);
}

fn print(text: &str, color: Color) {
    let stderr = io::stderr();
    let choice = match color {
        Color::Auto => AutoStream::choice(&stderr),
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    // whoever closed standard error does not want to know
    _ = AutoStream::new(stderr, choice).write_all(text.as_bytes());
}

/// Draws problems with colours, each with an empty line behind it.
fn draw(problems: &Problems, level: &Level<'static>, width: usize) -> String {
    let lines: Vec<&str> = problems.text.lines().collect();
    let mut drawn = String::new();
    for problem in problems.list.iter().take(DRAWN) {
        drawn += &one(problem, &problems.file, &lines, level, width);
    }
    if let Some(more) = problems.list.len().checked_sub(DRAWN).filter(|it| *it > 0) {
        drawn.extend([format!("… and {more} more\n\n")]);
    }
    drawn
}

fn one(problem: &Problem, file: &str, lines: &[&str], level: &Level<'static>, width: usize) -> String {
    let first = problem.mark.and_then(|it| excerpt(it, "", file, lines, true));
    let second = problem.also.as_ref().and_then(|(mark, label)| excerpt(*mark, label, file, lines, false));
    let excerpts: Vec<Excerpt> = first.into_iter().chain(second).collect();
    let blocks = blocks(&excerpts);
    let mut group = Group::with_title(level.clone().primary_title(visible::line(&problem.message).into_owned()));
    if blocks.is_empty() {
        group = group.element(Origin::path(visible::line(file).into_owned()));
    }
    group = group.elements(blocks.iter().map(Block::snippet));
    group = group.element(Level::HELP.message(visible::line(&problem.help).into_owned()));
    let text = Renderer::styled().hyperlink(false).term_width(width.clamp(40, 1000)).render(&[group]);
    // a label that is empty leaves blanks at the ends of lines
    text.lines().map(str::trim_end).fold(String::new(), |all, line| all + line + "\n") + "\n"
}

fn excerpt(mark: Mark, label: &str, file: &str, lines: &[&str], primary: bool) -> Option<Excerpt> {
    let line = lines.get((mark.start.line as usize).checked_sub(1)?)?;
    Some(Excerpt {
        origin: file.to_owned(),
        first_line: mark.start.line,
        lines: vec![(*line).to_owned()],
        mark_line: mark.start.line,
        mark_columns: Some((mark.start.column, mark.end.column)),
        label: label.to_owned(),
        primary,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use proptest::prelude::*;

    fn drawn(text: &str) -> String {
        let Err(problems) = Config::read("deploy/portcullis.yaml", text, &crate::rules::ids()) else { return String::new() };
        anstream::adapter::strip_str(&draw(&problems, &Level::ERROR, 100)).to_string()
    }

    #[test]
    fn all_problems_are_drawn() {
        let text = r#"version: 1
targts: ["*"]
targets: [charts/*, 'a[b', 1.10]
matrix:
  axes:
    kube: [1.30, latest]
    image: [x]
    set: [[a]]
  combine: pairwize
  exclude:
  - {values: x}
  - kube: "\e[31mred"
    set: {}
  include: [{}]
rules:
  dangling-prt: wrn
  dangling-port: note
  "dangling-port": error
ignore:
- rule: dangling-port  # no reason
  object: web
  expires: 2027-02-31
"#;
        insta::assert_snapshot!(drawn(text));
    }

    #[test]
    fn broken_and_empty_files_are_drawn() {
        insta::assert_snapshot!(
            [drawn("version: 1\nrules: {a: b\n"), drawn("version: 1\nx: \u{1b}[31m\tred\n"), drawn("")].join("\n")
        );
    }

    #[test]
    fn many_problems_are_counted() {
        let keys: Vec<_> = (0..200).map(|it| format!("key{it}: 1\n")).collect();
        assert!(drawn(&format!("version: 1\n{}", keys.concat())).ends_with("\n\n… and 150 more\n\n"));
    }

    #[test]
    fn colours_come_from_the_drawing_alone() {
        let problems = Config::read("x\u{1b}[2J", "a\u{7}: \"\\e[2J\"", &[]).unwrap_err();
        assert!(!draw(&problems, &Level::ERROR, 100).contains("\u{1b}[2J"));
    }

    proptest! {
        #[test]
        fn any_text_is_drawn(text in "(version: 1\n)?[a-z:{}\\[\\]'\"\\-,&* \t\r\né日\u{1b}\u{feff}]{0,60}") {
            let drawn = drawn(&text);
            prop_assert!(drawn.chars().all(|it| it == '\n' || !it.is_control()), "{drawn}");
        }
    }
}
