//! What an overlay moved at one end alone: seen by building what it is built on.

use super::{CaseCx, End, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::kube::Field;

/// A number or a name that agreed in the base, and no longer does in the overlay.
pub struct Stray<'a> {
    /// The overlay.
    pub cx: CaseCx<'a>,
    /// What stayed as it was; its value is the number or the name.
    pub left: Field,
    /// What moved away from that.
    pub moved: Field,
    /// Which end moved: what a container or a Service declares, or a text that refers to it.
    pub end: End,
    /// Whether a Service's name moved, not a number.
    pub by_name: bool,
    /// The base, as shown.
    pub base: String,
}

/// Says it: a warning, for what a text means is never certain.
pub(super) fn finding(stray: &Stray<'_>, meta: &'static RuleMeta) -> Finding {
    let Stray { cx, left, moved, base, .. } = stray;
    let (subject, other) = (cx.subject(left.resource), cx.subject(moved.resource));
    let (is, was) = (moved.text(), left.text());
    let key = moved.path.rsplit('.').next().unwrap_or_default();
    let (message, label, help) = match (stray.end, stray.by_name) {
        (_, true) => (
            format!(
                "a text of `{subject}` names Service `{was}`, as `{base}` calls it, which is `{is}` here: no Service of that name is rendered"
            ),
            format!("the Service is `{is}`"),
            format!("patch the text to name `{is}`: prefixes, suffixes and namespaces do not reach into texts"),
        ),
        (End::Declaration, _) => (
            format!(
                "a text of `{subject}` says port {was}, as `{key}` of `{other}` does in `{base}`, but here that is {is}: nothing listens there"
            ),
            format!("still {was}"),
            format!("patch the text to say {is} as well, or leave `{key}` as it was"),
        ),
        (End::Reference, _) => (
            format!(
                "`{}` of `{subject}` is {was}, but its process, which listened there in `{base}`, is told {is} here",
                left_key(left)
            ),
            format!("still {was}"),
            format!("patch the port to {is} as well, or leave the text as it was"),
        ),
    };
    let related = match (stray.end, stray.by_name) {
        (_, true) => "renamed here".to_owned(),
        (End::Declaration, _) => format!("moved from {was}"),
        (End::Reference, _) => format!("told {is} here"),
    };
    cx.draft(meta, Severity::Warning, left, message).label(label).related("target", moved, related).help(help).done()
}

fn left_key(left: &Field) -> &str {
    left.path.rsplit('.').next().unwrap_or_default()
}
