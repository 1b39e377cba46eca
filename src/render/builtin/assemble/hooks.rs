//! Hooks: Helm's `manifest_sorter.go` and `hook.go`.

use super::head::Head;

const ANNOTATION: &str = "helm.sh/hook";
const TEST: &str = "test";
const EVENTS: [&str; 8] =
    ["pre-install", "post-install", "pre-delete", "post-delete", "pre-upgrade", "post-upgrade", "pre-rollback", "post-rollback"];
/// A test, since Helm 2.
const OLD_TEST: &str = "test-success";

/// What a document is to Helm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No hook.
    None,
    Known,
    /// A hook for an event that Helm does not know: it is left out.
    Unknown,
}

pub(super) fn kind(head: &Head) -> Kind {
    let Some(events) = head.annotations.get(ANNOTATION) else { return Kind::None };
    let is_known = |it: &str| it == TEST || it == OLD_TEST || EVENTS.contains(&it);
    if names(events).all(|it| is_known(&it)) { Kind::Known } else { Kind::Unknown }
}

/// Whether `--skip-tests` leaves it out.
pub(super) fn is_test(head: &Head) -> bool {
    head.annotations.get(ANNOTATION).is_some_and(|events| names(events).any(|it| it == TEST || it == OLD_TEST))
}

fn names(events: &str) -> impl Iterator<Item = String> {
    events.split(',').map(|it| it.trim().to_lowercase())
}
