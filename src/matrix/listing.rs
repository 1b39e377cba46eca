//! What `portcullis matrix` prints: the cases, for people and for the matrix jobs of CI services.

use serde_json::{Value as Json, json};

use super::case::{Case, Expect, Input};

/// Most jobs that GitHub makes of one matrix.
const GITHUB_JOBS: usize = 256;

/// Most jobs that GitLab makes of one matrix.
const GITLAB_JOBS: usize = 200;

/// A case with the target it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// The target's path, as shown.
    pub target: &'a str,
    pub case: &'a Case,
}

/// A listing, for stdout, and what there is to say about it, for stderr.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    pub text: String,
    pub warning: Option<String>,
}

impl Listed<'_> {
    /// Returns the arguments that make the case the base input of `portcullis check TARGET`.
    fn args(&self) -> Vec<String> {
        let input = &self.case.input;
        let mut args = Input { extra: Vec::new(), ..input.clone() }.shown_args();
        if input.release != Input::default().release {
            args.extend(["--release".to_owned(), input.release.clone()]);
        }
        if !input.extra.is_empty() {
            args.push("--".into());
            args.extend(input.extra.iter().cloned());
        }
        args
    }

    fn quoted_args(&self) -> String {
        self.args().iter().map(|arg| shell_quote(arg)).collect::<Vec<_>>().join(" ")
    }

    fn name(&self) -> String {
        format!("{}: {}", self.target, self.case.label)
    }

    fn expect(&self) -> &'static str {
        match self.case.expect {
            Expect::Render => "render",
            Expect::Fail => "fail",
        }
    }
}

/// Returns a table with a heading.
pub fn text(cases: &[Listed<'_>]) -> Listing {
    let heading = ["TARGET", "ID", "SOURCE", "LABEL", "ARGS"].map(str::to_owned);
    let row = |listed: &Listed<'_>| {
        let case = listed.case;
        let fails = if case.expect == Expect::Fail { " (must fail)" } else { "" };
        let label = format!("{}{fails}", case.label);
        [listed.target.to_owned(), case.id.clone(), case.source.name().to_owned(), label, listed.quoted_args()]
    };
    let rows: Vec<[String; 5]> = std::iter::once(heading).chain(cases.iter().map(row)).collect();
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    Listing { text, warning: None }
}

/// Returns an array with all that is known of each case.
pub fn json(cases: &[Listed<'_>]) -> Listing {
    let entry = |listed: &Listed<'_>| {
        let (case, input) = (listed.case, &listed.case.input);
        json!({
            "target": listed.target,
            "id": case.id,
            "label": case.label,
            "source": case.source.name(),
            "expect": listed.expect(),
            "release": input.release,
            "namespace": input.namespace,
            "kube_version": input.kube(),
            "args": listed.args(),
        })
    };
    Listing { text: format!("{:#}\n", Json::Array(cases.iter().map(entry).collect())), warning: None }
}

/// Returns what `strategy.matrix` of a GitHub workflow takes through `fromJSON`, on one line as `$GITHUB_OUTPUT` wants it.
pub fn github(cases: &[Listed<'_>]) -> Listing {
    let entry = |listed: &Listed<'_>| {
        json!({
            "name": listed.name(),
            "target": listed.target,
            "id": listed.case.id,
            "label": listed.case.label,
            "expect": listed.expect(),
            "args": listed.quoted_args(),
        })
    };
    let matrix = json!({ "include": cases.iter().map(entry).collect::<Vec<_>>() });
    Listing { text: format!("{matrix}\n"), warning: limit("GitHub", cases.len(), GITHUB_JOBS) }
}

/// Returns a hidden job for a GitLab child pipeline, which the job that runs the cases names in `extends`.
pub fn gitlab(cases: &[Listed<'_>]) -> Listing {
    // GitLab expands variables in variables
    let literal = |text: &str| text.replace('$', "$$");
    let entry = |listed: &Listed<'_>| {
        json!({
            "PORTCULLIS_TARGET": literal(listed.target),
            "PORTCULLIS_CASE": listed.case.id,
            "PORTCULLIS_LABEL": literal(&listed.case.label),
            "PORTCULLIS_EXPECT": listed.expect(),
            "PORTCULLIS_ARGS": literal(&listed.quoted_args()),
        })
    };
    // JSON is YAML
    let entries: Vec<String> = cases.iter().map(|listed| format!("    - {}", entry(listed))).collect();
    let text = format!(".portcullis:\n  parallel:\n    matrix:\n{}\n", entries.join("\n"));
    Listing { text, warning: limit("GitLab", cases.len(), GITLAB_JOBS) }
}

fn limit(service: &str, cases: usize, most: usize) -> Option<String> {
    (cases > most).then(|| {
        format!("{cases} cases, but {service} makes at most {most} jobs of a matrix; combine axes with `pairwise`, or run with `--shard I/N`")
    })
}

/// Quotes a text for a POSIX shell where that is needed.
pub fn shell_quote(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !text.is_empty() && text.chars().all(safe) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests;
