//! Laws of the reader.

use std::path::PathBuf;

use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use super::*;
use go::Go;

mod generate;
mod go;
mod hostile;

/// Checks a law on so many generated streams, always the same ones.
fn check(cases: u32, law: impl Fn(&str) -> Result<(), String>) {
    let config = Config { cases, rng_seed: RngSeed::Fixed(80), failure_persistence: None, ..Config::default() };
    let law = |text: String| law(&text).map_err(TestCaseError::fail);
    if let Err(error) = TestRunner::new(config).run(&generate::stream(), law) {
        panic!("{error}");
    }
}

#[test]
fn generated_streams_are_read_as_kubernetes_does() {
    let Some(go) = Go::start() else { return };
    check(5_000, |text| go.compare(text).map(drop));
}

/// For `cargo xtask yaml`, which puts renderings into a folder.
#[test]
fn renderings_are_read_as_kubernetes_does() {
    let Some(folder) = std::env::var_os("PORTCULLIS_RENDERINGS") else { return };
    let go = Go::start().expect("yamlcheck is on the path");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (mut documents, mut bytes, mut differences) = (0, 0, Vec::new());
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        bytes += text.len();
        match go.compare(&text) {
            Ok(count) => documents += count,
            Err(difference) => differences.push(format!("{}: {difference}", path.display())),
        }
    }
    println!("{} renderings, {documents} documents, {bytes} bytes, {} differences", paths.len(), differences.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn a_scalar_on_one_line_stands_where_its_place_says() {
    check(500, |text| {
        let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap_or(text).split('\n').collect();
        parse(text).iter().filter_map(|document| document.root.as_ref()).try_for_each(|root| stands(root, &lines))
    });
}

fn stands(node: &Node, lines: &[&str]) -> Result<(), String> {
    match &node.kind {
        NodeKind::Sequence(items) => items.iter().try_for_each(|item| stands(item, lines)),
        NodeKind::Mapping(entries) => entries.iter().try_for_each(|entry| stands(&entry.value, lines)),
        NodeKind::Scalar { value, style: Style::Plain } if node.start.line == node.end.line => {
            let Place { line, column } = node.start;
            let width = (node.end.column - column) as usize;
            let source: String = lines[line as usize - 1].chars().skip(column as usize - 1).take(width).collect();
            let expected = resolve::plain(source.as_str().into());
            // a tag or line breaks other than \n may change what it means
            let is_alias = source.starts_with('*');
            let same =
                is_alias || format!("{expected:?}") == format!("{value:?}") || matches!(value, Value::Str(_) | Value::Float(_));
            if same { Ok(()) } else { Err(format!("{value:?} at {line}:{column}, where `{source}` stands")) }
        }
        NodeKind::Scalar { .. } => Ok(()),
    }
}
