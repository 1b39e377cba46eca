//! The step summary: Markdown tables of targets and findings.

use crate::finding::{Finding, Severity};
use crate::report::{RunReport, Status, TargetReport, visible};

/// Returns the summary in at most `limit` bytes; what does not fit is counted.
pub fn summary(report: &RunReport, limit: usize) -> String {
    let it = report.summary();
    let counts = [(it.errors, "error"), (it.warnings, "warning"), (it.notes, "note"), (it.suppressed, "suppressed finding")];
    let found: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, noun)| count(*n, noun)).collect();
    let found = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
    let mut page = Page { text: String::new(), limit };
    page.add(&format!("## portcullis\n\n{found} in {} ({})\n", count(it.targets, "target"), count(it.cases, "case")));
    let targets: Vec<String> = report.targets.iter().map(|it| target_row(it, report)).collect();
    page.table(
        "\n| target | status | cases | errors | warnings | notes |\n| --- | --- | --: | --: | --: | --: |\n",
        &targets,
        "target",
    );
    let findings: Vec<String> = report.findings.iter().filter(|it| it.suppressed.is_none()).map(finding_row).collect();
    page.table("\n| level | rule | where | what | cases |\n| --- | --- | --- | --- | --: |\n", &findings, "finding");
    page.text
}

/// A text that stops growing.
struct Page {
    text: String,
    limit: usize,
}

impl Page {
    /// Adds a text if it fits.
    fn add(&mut self, text: &str) -> bool {
        let fits = self.text.len() + text.len() <= self.limit;
        if fits {
            self.text += text;
        }
        fits
    }

    /// Adds as many rows as fit, and says how many do not.
    fn table(&mut self, head: &str, rows: &[String], noun: &str) {
        // So much that the sentence on what is missing fits.
        const RESERVE: usize = 100;
        let limit = self.limit;
        self.limit = limit.saturating_sub(RESERVE);
        let shown = if rows.is_empty() || !self.add(head) { 0 } else { rows.iter().take_while(|it| self.add(it)).count() };
        self.limit = limit;
        if shown < rows.len() {
            self.add(&format!(
                "\n{} left out: the summary would be too long\n",
                count(rows.len() - shown, &format!("more {noun}"))
            ));
        }
    }
}

fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn target_row(target: &TargetReport, report: &RunReport) -> String {
    let of = |severity: Severity| {
        let counted = report.findings.iter().filter(|it| it.target == target.path && it.suppressed.is_none());
        counted.filter(|it| it.severity == severity).count()
    };
    let status = match target.status {
        Status::Checked => "checked",
        Status::Skipped => "**skipped**",
        Status::Failed => "**failed**",
    };
    let status = target.message.as_ref().map_or_else(|| status.to_owned(), |why| format!("{status}: {}", cell(why)));
    let numbers = [target.cases.len(), of(Severity::Error), of(Severity::Warning), of(Severity::Note)].map(|it| it.to_string());
    format!("| {} | {status} | {} |\n", cell(&target.path), numbers.join(" | "))
}

fn finding_row(it: &Finding) -> String {
    let place = it.location.as_ref().map_or_else(
        || it.target.clone(),
        |at| {
            let line = at.line.map(|it| format!(":{it}")).unwrap_or_default();
            format!("{}{line}", at.file)
        },
    );
    format!("| {} | {} | {} | {} | {} |\n", it.severity, it.rule, cell(&place), cell(&it.message), it.cases.len())
}

/// Makes a text fit for a cell of a table; what stands in backticks stays code.
fn cell(text: &str) -> String {
    let text = visible::joined(text);
    let parts: Vec<&str> = text.split('`').collect();
    let is_code = |index: usize| index % 2 == 1;
    if parts.len().is_multiple_of(2) || parts.iter().enumerate().any(|(index, it)| is_code(index) && it.trim().is_empty()) {
        return escaped(&text);
    }
    let part = |(index, it): (usize, &&str)| if is_code(index) { format!("`{}`", it.replace('|', "\\|")) } else { escaped(it) };
    parts.iter().enumerate().map(part).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        if "\\`*_[]<>#|~&$".contains(it) {
            out.push('\\');
        }
        out.push(it);
    }
    // Else GitHub makes a link of it.
    out.replace("://", ":\\//")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    const LIMIT: usize = 1 << 20;

    #[test]
    fn summary_has_targets_and_findings() {
        insta::assert_snapshot!(summary(&fixture::report(), LIMIT));
    }

    #[test]
    fn clean_run_is_short() {
        let text = summary(&fixture::clean(), LIMIT);
        assert!(text.starts_with("## portcullis\n\nno findings in 2 targets (10 cases)\n"), "{text}");
        assert!(!text.contains("| rule |"));
    }

    #[test]
    fn markdown_is_text() {
        assert_eq!(cell("a|b *c* <img> [x](y) `d|e*` \\"), "a\\|b \\*c\\* \\<img\\> \\[x\\](y) `d\\|e*` \\\\");
        assert_eq!(cell("a `b\nc http://x"), "a \\`b c http:\\//x");
        assert_eq!(cell("``x``"), "\\`\\`x\\`\\`");
    }

    #[test]
    fn long_summary_is_cut() {
        let mut report = fixture::report();
        report.findings = vec![report.findings[0].clone(); 1000];
        for limit in [0, 50, 500, 1000, 5000, 50_000] {
            let text = summary(&report, limit);
            assert!(text.len() <= limit, "{limit}: {}", text.len());
            assert!(limit < 500 || text.ends_with(" left out: the summary would be too long\n"), "{text}");
        }
        report.targets = vec![report.targets[0].clone(); 1000];
        assert!(summary(&report, 5000).contains("more targets left out"));
    }
}
