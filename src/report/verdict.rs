//! What becomes of a target, told from what became of its cases.

use super::{CaseReport, Status};

/// Says of a kind of targets that there is nothing to verify, and what to do.
pub fn nothing(kind: &str) -> &'static str {
    match kind {
        "helm" => "renders no objects with its default values; pass some that do with `-f` or `--set`",
        "kustomize" => "builds no objects; add `resources` to its kustomization",
        _ => "holds no objects; name files with Kubernetes manifests",
    }
}

/// What is said of a component that nothing uses and that fits nowhere begins so.
const UNUSED: &str = "not built: no kustomization uses this component";

/// Says why a component that nothing uses is not built, and what to do.
pub fn unused(why: &str) -> String {
    format!("{UNUSED}, and {why}; list it in `components` of the one that it is for")
}

/// Whether that was said of a target.
pub(super) fn is_unused(message: &str) -> bool {
    message.starts_with(UNUSED)
}

/// Tells the status of a target and what to say of it. `is_empty`: its first rendering holds no objects.
pub fn verdict(kind: &str, cases: &[CaseReport], is_empty: bool) -> (Status, Option<String>) {
    let any = |outcome: &str| cases.iter().any(|it| it.outcome == outcome);
    let status = match (any("rendered"), any("refused") || any("failed")) {
        (true, _) => Status::Checked,
        (false, false) if any("skipped") => Status::Skipped,
        _ => Status::Failed,
    };
    let refused = cases.iter().find(|it| is_bare(it)).filter(|it| it.outcome == "refused");
    let refused = refused.map(|it| needs(it.message.as_deref().unwrap_or_default()));
    let first = || cases.iter().find_map(|it| it.message.clone());
    let message = match status {
        Status::Checked => refused.or_else(|| is_empty.then(|| nothing(kind).to_owned())),
        Status::Skipped | Status::Failed => refused.or_else(first),
    };
    (status, message)
}

/// Whether a case is the chart's own defaults: no values given.
fn is_bare(case: &CaseReport) -> bool {
    case.source == "default" && !case.args.iter().any(|it| it.starts_with("--values") || it.starts_with("--set"))
}

/// A chart that refuses its bare defaults asks for values on purpose: names them where its message does.
fn needs(message: &str) -> String {
    if message.to_ascii_lowercase().starts_with("chart requires kubeversion:") {
        return format!("{message}; pass another with `--kube-version`");
    }
    let words = message.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-')));
    let mut paths: Vec<&str> = words
        .map(|it| it.trim_start_matches('.').trim_start_matches("Values.").trim_matches('.'))
        .filter(|it| it.contains('.') && !it.contains(".yaml") && !it.contains(".tpl") && it.starts_with(char::is_alphabetic))
        .collect();
    paths.dedup();
    // A schema's complaints stand in a list of lines.
    let next = if message.contains('\n') { "" } else { "; pass them with `-f` or `--set`" };
    match paths.as_slice() {
        [] => format!("needs values: {message}{next}"),
        paths => format!("needs values: {} ({message}){next}", paths.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn refused_defaults_say_what_they_need() {
        let mut cases = fixture::report().targets.remove(0).cases;
        assert_eq!(verdict("helm", &cases, false), (Status::Checked, None));
        assert_eq!(verdict("helm", &cases, true), (Status::Checked, Some(nothing("helm").to_owned())));
        (cases[0].outcome, cases[0].message) = ("refused", Some("set .Values.ingress.host".into()));
        let needs = Some("needs values: ingress.host (set .Values.ingress.host); pass them with `-f` or `--set`".to_owned());
        assert_eq!(verdict("helm", &cases, false), (Status::Checked, needs.clone()));
        assert_eq!(verdict("helm", &cases[..1], false), (Status::Failed, needs));
        cases[0].args = vec!["--set".into(), "a=b".into()];
        assert_eq!(verdict("helm", &cases[..1], false).1.as_deref(), Some("set .Values.ingress.host"));
    }

    #[test]
    fn target_without_cases_failed() {
        assert_eq!(verdict("helm", &[], false), (Status::Failed, None));
    }
}
