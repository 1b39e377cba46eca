//! Suppression: findings that somebody accepted, with a reason.

use crate::finding::Suppression;
use crate::kube::Resource;

/// `portcullis.dev/ignore: "rule: reason"`; several on lines of their own, several rules with commas.
pub const ANNOTATION: &str = "portcullis.dev/ignore";

/// Reads an object's annotation. An entry without a reason does not count.
pub fn by_annotation(resource: &Resource, rule: &str) -> Option<Suppression> {
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
}
