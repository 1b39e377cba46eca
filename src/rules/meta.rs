//! What is said of a rule itself.

use crate::finding::Severity;

/// A rule's id, level and text.
#[derive(Debug)]
pub struct RuleMeta {
    /// Says the smell and reads well after "ignore": `dangling-port`.
    pub id: &'static str,
    /// The level, or the highest of several. `None`: off unless switched on.
    pub severity: Option<Severity>,
    /// The levels as told to people, such as `error (name), warning (number)`.
    pub levels: &'static str,
    /// One line, lower case, without a final dot.
    pub summary: &'static str,
    /// The doc comment, line by line.
    pub doc: &'static [&'static str],
}

impl RuleMeta {
    /// Returns the whole explanation, in Markdown.
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.doc.iter().map(|it| it.strip_prefix(' ').unwrap_or(it)).collect();
        lines.join("\n")
    }
}

/// Declares a rule's metadata; the doc comment becomes what `portcullis explain` prints.
macro_rules! declare_rule {
    ($(#[doc = $doc:expr])+ $name:ident = $id:literal, $severity:expr, $levels:literal, $summary:literal) => {
        $(#[doc = $doc])+
        static $name: crate::rules::RuleMeta = crate::rules::RuleMeta {
            id: $id,
            severity: $severity,
            levels: $levels,
            summary: $summary,
            doc: &[$($doc),+],
        };
    };
}
pub(crate) use declare_rule;
