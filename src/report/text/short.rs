//! A finding in one line: `file:line:column: error[rule]: message`.

use std::io;

use super::names::Names;
use super::{TextOptions, paint, style_of, visible};
use crate::finding::Finding;

/// Writes a finding in one line, with the reason when it is suppressed.
pub(super) fn write(finding: &Finding, names: &Names<'_>, options: TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let level = paint(&format!("{}[{}]", finding.severity, finding.rule), style_of(finding.severity), options);
    let message = visible::first_line(&finding.message);
    let place = names.place(finding);
    match &finding.suppressed {
        None => writeln!(out, "{place}: {level}: {message}"),
        Some(it) => writeln!(out, "{place}: suppressed {level}: {message} ({}: {})", it.by, visible::line(&it.reason)),
    }
}
