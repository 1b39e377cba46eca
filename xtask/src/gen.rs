//! `gen`: files, and parts of files, that are made from the library.

#![expect(clippy::disallowed_methods, reason = "the library's writer of files is behind its `cli` feature")]

use std::fs;

use anyhow::{Context as _, bail};

use crate::shell;

/// One generated file.
struct Generated {
    /// Relative to the repository.
    path: &'static str,
    /// Where in the file: between `<!-- NAME -->` and `<!-- /NAME -->`; `None` for the whole file.
    part: Option<&'static str>,
    make: fn() -> String,
}

/// All of them. To add one, add a line and a function below.
const GENERATED: &[Generated] = &[
    Generated { path: "schemas/report.schema.json", part: None, make: report_schema },
    Generated { path: "schemas/graph.schema.json", part: None, make: graph_schema },
    Generated { path: "schemas/config.schema.json", part: None, make: config_schema },
    Generated { path: "README.md", part: Some("rules"), make: rule_table },
];

fn report_schema() -> String {
    format!("{:#}\n", portcullis::report::json::schema())
}

fn graph_schema() -> String {
    format!("{:#}\n", portcullis::draw::json::schema())
}

fn config_schema() -> String {
    let rules: Vec<_> = portcullis::rules::RULES.iter().map(|rule| (rule.meta().id, rule.meta().summary)).collect();
    format!("{:#}\n", portcullis::config::schema(&rules))
}

fn rule_table() -> String {
    let rows = portcullis::rules::RULES.iter().map(|rule| {
        let meta = rule.meta();
        format!("| `{}` | {} | {} |\n", meta.id, meta.levels, meta.summary)
    });
    format!("\n| rule | level | what is wrong |\n| --- | --- | --- |\n{}\n", rows.collect::<String>())
}

/// Writes the generated files, or with `check` fails where one is not what it would be.
pub(crate) fn run(check: bool) -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for generated in GENERATED {
        let path = shell::root().join(generated.path);
        let old = fs::read_to_string(&path).unwrap_or_default();
        match generated.content(&old) {
            Ok(new) if old == new => {}
            Ok(_) if check => wrong.push(format!("{}: stale: run `cargo xtask gen`", generated.path)),
            Ok(new) => {
                println!("{}", generated.path);
                fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
                fs::write(path, new)?;
            }
            Err(error) => wrong.push(format!("{}: {error:#}", generated.path)),
        }
    }
    if !wrong.is_empty() {
        bail!("generated files:\n{}", wrong.join("\n"));
    }
    Ok(())
}

impl Generated {
    fn content(&self, old: &str) -> anyhow::Result<String> {
        let made = (self.make)();
        let Some(part) = self.part else { return Ok(made) };
        let (start, end) = (format!("<!-- {part} -->\n"), format!("<!-- /{part} -->"));
        let (before, rest) = old.split_once(&start).with_context(|| format!("no line `{}` in it", start.trim_end()))?;
        let (_, after) = rest.split_once(&end).with_context(|| format!("no `{end}` in it"))?;
        Ok(format!("{before}{start}{made}{end}{after}"))
    }
}
