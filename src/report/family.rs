//! Families of rules: how reports for CI systems group them.

/// All families, in the order in which reports list them.
pub(crate) const FAMILIES: [&str; 5] = ["rendering", "wiring", "ports", "drift", "api"];

/// Returns the family of a rule.
pub(crate) fn family(rule: &str) -> &'static str {
    let starts = |with: &[&str]| with.iter().any(|it| rule.starts_with(it));
    match rule {
        "dangling-service" | "dangling-selector" => "wiring",
        _ if starts(&["unexpected-", "duplicate-key"]) => "rendering",
        _ if starts(&["hard-coded-", "crossed-", "coupled-", "inert-"]) => "drift",
        _ if starts(&["mixed-", "removed-", "deprecated-", "schema-", "policy-"]) => "api",
        _ => "ports",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_has_rules() {
        let rules = crate::rules::ids();
        for it in FAMILIES {
            assert!(rules.iter().any(|rule| family(rule) == it), "{it}");
        }
        assert!(rules.iter().all(|rule| FAMILIES.contains(&family(rule))));
    }
}
