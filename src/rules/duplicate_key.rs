//! A key that stands twice in one mapping.

use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::kube::Field;
use crate::yaml::Duplicate;
use serde_json::Value as Json;

declare_rule! {
    /// ## What it does
    /// Reports a key that stands twice in one mapping of a rendering.
    ///
    /// ## Why is this bad?
    /// The last one wins without a word, and `kubectl apply` with strict validation refuses the object.
    ///
    /// ## Example
    /// ```yaml
    /// labels: { app: web, app: api }
    /// ```
    ///
    /// ## Use instead
    /// Each key once.
    META = "duplicate-key", Some(Severity::Note), "note", "a key stands twice in one mapping, and the last one wins"
}

/// Of more than that in one rendering nobody needs to read.
const MOST: usize = 100;

pub(super) struct DuplicateKey;

impl Rule for DuplicateKey {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        for (source, duplicate) in cx.manifest.duplicates.iter().take(MOST) {
            // A document whose object could not be read has nothing to report on.
            let of = |it: &crate::kube::Resource| it.source == *source && it.node.start <= duplicate.kept && duplicate.kept <= it.node.end;
            if let Some(index) = cx.manifest.resources.iter().position(of) {
                out.push(finding(cx, index, duplicate));
            }
        }
    }
}

fn finding(cx: &CaseCx<'_>, resource: usize, duplicate: &Duplicate) -> Finding {
    let at = |start: crate::yaml::Place| {
        let end = crate::yaml::Place { column: start.column + u32::try_from(duplicate.key.chars().count()).unwrap_or(1), ..start };
        Field { resource, path: String::new(), start, end, value: Json::String(duplicate.key.clone()) }
    };
    let message = format!("`{}` has the key `{}` twice; the last one wins", cx.subject(resource), duplicate.key);
    let draft = cx.draft(&META, Severity::Note, &at(duplicate.kept), message).label("this one wins");
    draft.related("other", &at(duplicate.lost), "this one is lost").done()
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{check, check_all};

    const RULE: &str = "duplicate-key";

    #[test]
    fn the_last_of_two_keys_wins() {
        let found = check(
            RULE,
            "
            kind: ConfigMap
            metadata:
              name: web
              labels: { app: a, app: b }
            #                   ^^^ this one wins
            ---
            kind: ConfigMap
            metadata: { name: other, labels: { app: a } }
            ",
        );
        assert_eq!(found[0].message, "`ConfigMap/web` has the key `app` twice; the last one wins");
        assert_eq!(found[0].related.len(), 1);
    }

    #[test]
    fn documents_without_an_object_say_nothing() {
        check_all("a: 1\na: 2\n");
    }
}
