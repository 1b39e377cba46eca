//! Suppression: findings that somebody accepted, with a reason.

use crate::finding::Suppression;
use crate::kube::Resource;

/// `portcullis.dev/ignore: "rule: reason"`; several on lines of their own, several rules with commas.
pub const ANNOTATION: &str = "portcullis.dev/ignore";

/// `kube-score/ignore: ingress-targets-service, …`: the checks of kube-score that look for the same smell.
const KUBE_SCORE: [(&str, &[&str]); 4] = [
    ("ingress-targets-service", &["dangling-service", "dangling-port"]),
    ("service-targets-pod", &["dangling-selector"]),
    ("networkpolicy-targets-pod", &["dangling-selector"]),
    ("container-ports-check", &["malformed-port", "duplicate-port"]),
];

/// `ignore-check.kube-linter.io/dangling-ingress: reason`: the checks of kube-linter that look for the same smell.
const KUBE_LINTER: [(&str, &[&str]); 8] = [
    ("dangling-ingress", &["dangling-service", "dangling-port"]),
    ("dangling-service", &["dangling-selector"]),
    ("dangling-servicemonitor", &["dangling-selector"]),
    ("dangling-networkpolicy", &["dangling-selector"]),
    ("liveness-port", &["unbound-probe-port"]),
    ("readiness-port", &["unbound-probe-port"]),
    ("startup-port", &["unbound-probe-port"]),
    ("invalid-target-ports", &["malformed-port"]),
];

/// Reads an object's annotations: portcullis' own, and those of other tools for the same smell.
pub fn by_annotation(resource: &Resource, rule: &str) -> Option<Suppression> {
    own(resource, rule).or_else(|| kube_linter(resource, rule)).or_else(|| kube_score(resource, rule))
}

fn kube_linter(resource: &Resource, rule: &str) -> Option<Suppression> {
    let reason = |check: &str| {
        let key = format!("ignore-check.kube-linter.io/{check}");
        resource.annotation(&key).map(|it| if it.trim().is_empty() { format!("`{key}`") } else { it.trim().to_owned() })
    };
    let all = resource.annotation("kube-linter.io/ignore-all").map(str::to_owned);
    let same = KUBE_LINTER.iter().filter(|(_, rules)| rules.contains(&rule)).find_map(|(check, _)| reason(check));
    same.or(all).map(|reason| Suppression { by: "annotation", reason })
}

fn kube_score(resource: &Resource, rule: &str) -> Option<Suppression> {
    let ignored = resource.annotation("kube-score/ignore")?;
    let check = ignored
        .split(',')
        .map(str::trim)
        .find(|it| KUBE_SCORE.iter().any(|(check, rules)| check == it && rules.contains(&rule)))?;
    Some(Suppression { by: "annotation", reason: format!("`kube-score/ignore: {check}`") })
}

/// An entry without a reason does not count.
fn own(resource: &Resource, rule: &str) -> Option<Suppression> {
    let text = resource.annotation(ANNOTATION)?;
    text.lines().find_map(|line| {
        let (rules, reason) = line.split_once(':')?;
        let reason = reason.trim();
        let named = rules.split(',').any(|it| it.trim() == rule || it.trim() == "all");
        (named && !reason.is_empty()).then(|| Suppression { by: "annotation", reason: reason.to_owned() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::read;
    use crate::yaml::parse;

    #[test]
    fn a_reason_is_needed() {
        let text = "kind: Ingress\nmetadata:\n  annotations:\n    portcullis.dev/ignore: |\n      dangling-port: served by a sidecar\n      dangling-service\n";
        let manifest = read(parse(text), "default", &|_| None);
        let found = by_annotation(&manifest.resources[0], "dangling-port").map(|it| it.reason);
        assert_eq!(found.as_deref(), Some("served by a sidecar"));
        assert_eq!(by_annotation(&manifest.resources[0], "dangling-service"), None);
    }

    #[test]
    fn other_tools_annotations_count_for_the_same_smell() {
        let of = |annotation: &str, rule: &str| {
            let text = format!("kind: Ingress\nmetadata:\n  annotations:\n    {annotation}\n");
            by_annotation(&read(parse(&text), "default", &|_| None).resources[0], rule).map(|it| it.reason)
        };
        let score = "kube-score/ignore: pod-networkpolicy, ingress-targets-service";
        assert_eq!(of(score, "dangling-port").as_deref(), Some("`kube-score/ignore: ingress-targets-service`"));
        assert_eq!(of(score, "dangling-selector"), None);
        let linter = "ignore-check.kube-linter.io/readiness-port: served by a plugin";
        assert_eq!(of(linter, "unbound-probe-port").as_deref(), Some("served by a plugin"));
        assert_eq!(of(linter, "dangling-port"), None);
        assert_eq!(of("kube-linter.io/ignore-all: legacy", "dangling-port").as_deref(), Some("legacy"));
    }
}
