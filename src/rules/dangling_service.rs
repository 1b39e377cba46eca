//! A backend names a Service that is not rendered.

use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::{Destination, EdgeKind, Resolution};
use crate::target::TargetKind;

declare_rule! {
    /// ## What it does
    /// Reports a reference to a Service that is evidently this release's (its name begins with the release's, or is that of a
    /// rendered Service but for a prefix or suffix) and is not rendered. For kustomizations and plain manifests, every
    /// Service in a namespace where they have objects counts as theirs.
    ///
    /// ## Why is this bad?
    /// The controller finds no backend and answers 503.
    ///
    /// ## Example
    /// ```yaml
    /// kind: Service
    /// metadata: { name: rel-web }
    /// ---
    /// kind: Ingress
    /// spec: { defaultBackend: { service: { name: rel-web-http, port: { number: 80 } } } }
    /// ```
    ///
    /// ## Use instead
    /// The same helper for both names, such as `{{ include "web.fullname" . }}`.
    ///
    /// ## Known problems
    /// A Service that another release makes on purpose under such a name needs an `ignore` with that reason.
    META = "dangling-service", Some(Severity::Error), "error", "a reference names a Service of this release that is not rendered"
}

pub(super) struct DanglingService;

impl Rule for DanglingService {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        for edge in cx.graph.edges_of(EdgeKind::Backend) {
            let Destination::Service { name, namespace, field } = &edge.reference.to else { continue };
            if !matches!(edge.to, Resolution::NoService) || !is_own(cx, name, namespace) {
                continue;
            }
            let subject = cx.subject(field.resource);
            let message = format!("`{subject}` sends traffic to `Service/{name}`, which is not rendered");
            let mut draft = cx.draft(&META, Severity::Error, field, message).label("no such Service");
            let rendered = cx.graph.services.iter().filter(|it| it.namespace == *namespace);
            let mut near: Vec<_> = rendered.filter(|it| kin(name, &it.name)).collect();
            near.truncate(3);
            for service in &near {
                draft = draft.related_object("near", service.resource);
            }
            if let [only] = near.as_slice() {
                draft = draft.help(format!("refer to `{}`", only.name));
            }
            out.push(draft.done());
        }
    }
}

/// Whether a Service of that name would evidently be this target's.
fn is_own(cx: &CaseCx<'_>, name: &str, namespace: &str) -> bool {
    if cx.target.kind != TargetKind::Helm {
        return cx.manifest.resources.iter().any(|it| it.subject.namespace == namespace);
    }
    let release = &cx.case.input.release;
    name == release
        || name.strip_prefix(release.as_str()).is_some_and(|it| it.starts_with('-'))
        || cx.graph.services.iter().any(|it| it.namespace == namespace && kin(name, &it.name))
}

/// Whether two names differ only by a prefix or a suffix.
fn kin(a: &str, b: &str) -> bool {
    let longer = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|it| it.starts_with('-')) || long.strip_suffix(short).is_some_and(|it| it.ends_with('-'))
    };
    longer(a, b) || longer(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kin_names_differ_by_a_prefix_or_suffix() {
        assert!(kin("rel-web", "web") && kin("web", "web-http"));
        assert!(!kin("relay", "rel") && !kin("web", "web") && !kin("api", "web"));
    }
}
