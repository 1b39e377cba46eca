//! What a tool's failure means: the texts of Helm 3 and 4 and of kustomize, and the ends that are not the tool's own.

use std::time::Duration;

use super::Outcome;
use crate::os::{End, Ended, StartError, deadline};

/// Reads an outcome out of what helm wrote to standard error before it failed. `path` is the chart as the user calls it.
pub(super) fn helm_failure(stderr: &str, path: &str) -> Outcome {
    let message = helm_message(stderr);
    let lower = message.to_ascii_lowercase();
    if lower.contains("failing loading \"http") {
        return Outcome::Skipped(format!("a schema for the values can't be fetched: {message}"));
    }
    let refusals = ["execution error at (", "values don't meet the specifications of the schema", "chart requires kubeversion:"];
    if refusals.iter().any(|start| lower.starts_with(start)) {
        return Outcome::Refused(message);
    }
    if let Some((_, missing)) = message.split_once("missing in charts/ directory: ") {
        return Outcome::Skipped(format!("dependencies are missing ({missing}): run `helm dependency build {path}`"));
    }
    if lower.starts_with("library charts are not installable") {
        return Outcome::Skipped("a library chart renders nothing: verify a chart that uses it".into());
    }
    Outcome::Failed(message)
}

/// Returns helm's own sentence, without its frame and without what it logs besides.
fn helm_message(stderr: &str) -> String {
    let lines: Vec<&str> = stderr.lines().filter(|line| !is_noise(line)).collect();
    let start = lines.iter().position(|line| line.starts_with("Error: ")).unwrap_or_default();
    let message = lines[start..].join("\n");
    let message = message.strip_prefix("Error: ").unwrap_or(&message).trim();
    if message.is_empty() { "helm failed and said nothing".into() } else { message.to_owned() }
}

/// What helm logs, and its advice, which is of no use here.
fn is_noise(line: &str) -> bool {
    let is_log_of_helm3 = line.split_once(".go:").is_some_and(|(file, rest)| {
        !file.is_empty()
            && file.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            && rest.starts_with(|c: char| c.is_ascii_digit())
    });
    is_log_of_helm3
        || line.starts_with("WARNING:")
        || line.starts_with("level=")
        || line.starts_with("Use --debug flag to render out invalid YAML")
}

/// Returns kustomize's own sentence, also from kubectl's mouth.
pub(super) fn kustomize_message(stderr: &str) -> String {
    let lines: Vec<&str> =
        stderr.lines().filter(|line| !line.starts_with("# Warning:") && !line.starts_with("Warning:")).collect();
    let start = lines.iter().position(|line| line.starts_with("Error: ") || line.starts_with("error: ")).unwrap_or_default();
    let message = lines[start..].join("\n");
    let message = message.strip_prefix("Error: ").or_else(|| message.strip_prefix("error: ")).unwrap_or(&message);
    let logged = message.split_once("\"command failed\" err=\"").map(|(_, logged)| logged.trim_end().trim_end_matches('"'));
    match logged.unwrap_or(message).trim() {
        "" => "kustomize failed and said nothing".into(),
        message => message.to_owned(),
    }
}

/// Returns the outcome of an end that was not the tool's own; `None` where it ended by itself.
pub(super) fn bad_end(tool: &str, ended: &Ended, time_limit: Duration) -> Option<Outcome> {
    Some(match ended.end {
        End::Exit(_) => return None,
        End::TimedOut => Outcome::Failed(format!("{tool} took longer than {} s: raise `--timeout`", time_limit.as_secs_f64())),
        End::Late => Outcome::Skipped(deadline::message()),
        End::TooBig => {
            let limit = ended.stdout.len() >> 20;
            Outcome::Failed(format!("{tool} wrote more than {limit} MB: render a part of it"))
        }
        End::Signal(signal) => Outcome::Failed(format!("{tool} was killed by signal {signal}")),
        End::Interrupted => Outcome::Skipped("interrupted".into()),
    })
}

/// Returns the outcome of a tool that could not be started.
pub(super) fn no_start(error: &StartError) -> Outcome {
    Outcome::Skipped(format!("{error}: {}", error.source))
}

#[cfg(test)]
#[path = "complaint_tests.rs"]
mod tests;
