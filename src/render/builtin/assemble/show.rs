//! `--show-only`: Helm's template.go.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::{Assembled, Error, Options, glob, split};

/// Where Helm finds the name of a document's file, without the chart.
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("(?-u)# Source: [^/]+/(.+)").ok());

/// Keeps the documents of files that one of the patterns matches, in the order of the patterns.
pub(super) fn only(output: &Assembled, options: &Options) -> Result<Assembled, Error> {
    let documents = split::split(&output.text, options.helm);
    let name = |range: &std::ops::Range<usize>| {
        let found = NAME.as_ref()?.captures(&output.text[range.clone()])?;
        found.get(1).map(|it| it.as_bytes())
    };
    let mut shown = Assembled::default();
    for pattern in &options.show_only {
        let mut matching =
            documents.iter().filter(|it| name(it).is_some_and(|it| glob::matches(pattern.as_bytes(), it))).peekable();
        if matching.peek().is_none() {
            return Err(Error { message: format!("could not find template {pattern} in chart"), place: None });
        }
        for document in matching {
            shown.text.extend_from_slice(b"---\n");
            shown.copy(output, document.clone());
            shown.text.push(b'\n');
        }
    }
    Ok(shown)
}
