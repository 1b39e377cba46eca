//! A backend names a Service that is not rendered.

use super::dangling_selector::is_custom;
use super::given::is_given;
use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::{Destination, EdgeKind, Resolution};
use crate::kube::Field;
use crate::target::TargetKind;

declare_rule! {
    /// ## What it does
    /// Reports a reference to a Service that is evidently this release's (its name begins with the release's, or is that of a
    /// rendered Service but for a prefix or suffix) and is not rendered. For kustomizations and plain manifests, every
    /// Service in a namespace where they have objects counts as theirs. For the `serviceName` of a StatefulSet, whose
    /// pods only lack DNS names of their own, a warning where a headless Service has a name like it, else a note.
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
    /// A Service that another release makes on purpose under such a name needs an `ignore` with that reason. A name that begins
    /// with that of a rendered custom resource is taken for an operator's Service.
    META = "dangling-service", Some(Severity::Error), "error, warning or note (serviceName)", "a reference names a Service of this release that is not rendered"
}

pub(super) struct DanglingService;

impl Rule for DanglingService {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        let by_name = [EdgeKind::Backend, EdgeKind::Host];
        for edge in cx.graph.edges.iter().filter(|it| by_name.contains(&it.reference.kind)) {
            let Destination::Service { name, namespace, field } = &edge.reference.to else { continue };
            if name.is_empty() {
                out.push(nameless(cx, field));
                continue;
            }
            let judged = matches!(edge.to, Resolution::NoService) && is_own(cx, name, namespace);
            // A name that its user gives as a whole may be anybody's.
            if !judged || by_operator(cx, name, namespace) || is_given(cx, field) {
                continue;
            }
            let subject = cx.subject(field.resource);
            // Pods run without their governing Service; they only lack names of their own.
            let governed = edge.reference.what == "serviceName";
            let (does, severity) = match governed {
                true if cx.graph.services.iter().any(|it| it.headless && it.namespace == *namespace && kin(name, &it.name)) => {
                    ("is governed by", Severity::Warning)
                }
                true => ("is governed by", Severity::Note),
                false => ("sends traffic to", Severity::Error),
            };
            let message = format!("`{subject}` {does} `Service/{name}`, which is not rendered");
            let mut draft = cx.draft(&META, severity, field, message).label("no such Service");
            let rendered = cx.graph.services.iter().filter(|it| it.namespace == *namespace);
            let mut near: Vec<_> = rendered.filter(|it| kin(name, &it.name)).collect();
            near.truncate(3);
            for service in &near {
                draft = draft.related_object("near", service.resource);
            }
            if let [only] = near.as_slice() {
                draft = draft.help(format!("refer to `{}`, or render that Service under the same condition", only.name));
            }
            out.push(draft.done());
        }
    }
}

fn nameless(cx: &CaseCx<'_>, field: &Field) -> Finding {
    let message = format!("a backend of `{}` names no Service: `{}` is empty", cx.subject(field.resource), field.path);
    let draft = cx.draft(&META, Severity::Error, field, message).label("no Service is named");
    draft.help("see which value the template reads here: it is empty or does not exist").done()
}

/// Whether a Service of that name would evidently be this target's.
fn is_own(cx: &CaseCx<'_>, name: &str, namespace: &str) -> bool {
    if cx.target.kind != TargetKind::Helm {
        return cx.manifest.resources.iter().any(|it| it.subject.namespace == namespace);
    }
    let release = &cx.case.input.release;
    name == release
        || name.strip_prefix(release.as_str()).is_some_and(|it| it.starts_with('-'))
        || cx.graph.services.iter().any(|it| it.namespace == namespace && (kin(name, &it.name) || it.name.contains(&format!("-{name}-"))))
}

/// Whether an operator may make it: from a custom resource whose name it begins with. Not if that is a Service's own name as well:
/// then it is the release's, which everything of it begins with.
fn by_operator(cx: &CaseCx<'_>, name: &str, namespace: &str) -> bool {
    let served = |name: &str| cx.graph.services.iter().any(|it| it.namespace == namespace && it.name == name);
    let custom = cx.manifest.resources.iter().filter(|it| it.subject.namespace == namespace && is_custom(it));
    custom.map(|it| it.subject.name.as_str()).any(|it| {
        !it.is_empty() && !served(it) && name.strip_prefix(it).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

/// Whether two names differ only by a prefix or a suffix.
pub(super) fn kin(a: &str, b: &str) -> bool {
    let longer = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|it| it.starts_with('-')) || long.strip_suffix(short).is_some_and(|it| it.ends_with('-'))
    };
    longer(a, b) || longer(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{check, check_all, check_helm};

    const RULE: &str = "dangling-service";

    fn ingress(service: &str) -> String {
        format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{ name: web }}\nspec: {{ defaultBackend: {{ service: {{ name: {service}, port: {{ number: 80 }} }} }} }}\n"
        )
    }

    #[test]
    fn kin_names_differ_by_a_prefix_or_suffix() {
        assert!(kin("rel-web", "web") && kin("web", "web-http"));
        assert!(!kin("relay", "rel") && !kin("web", "web") && !kin("api", "web"));
    }

    #[test]
    fn manifests_own_the_namespaces_of_their_objects() {
        let fixture = "
            kind: Service
            metadata: { name: web }
            spec: { ports: [{ port: 80 }] }
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: { name: web }
            spec: { defaultBackend: { service: { name: web-http, port: { number: 80 } } } }
            #                                          ^^^^^^^^ no such Service
            ";
        let found = check(RULE, fixture);
        assert_eq!(found[0].message, "`Ingress/web` sends traffic to `Service/web-http`, which is not rendered");
        assert_eq!(found[0].help.as_deref(), Some("refer to `web`, or render that Service under the same condition"));
        assert_eq!(check_all(fixture), [RULE]);
    }

    #[test]
    fn releases_own_names_that_begin_with_theirs() {
        check_helm(RULE, "rel", &(ingress("rel-web") + "#                                          ^^^^^^^ no such Service\n"));
        check_helm(RULE, "rel", &(ingress("rel") + "#                                          ^^^ no such Service\n"));
        check_helm(RULE, "rel", &ingress("relay"));
        check_helm(RULE, "rel", &ingress("somebody-elses"));
        let service = "---\nkind: Service\nmetadata: { name: rel-web-server }\nspec: { ports: [{ port: 80 }] }\n";
        check_helm(RULE, "rel", &(service.to_owned() + &ingress("web") + "#                                          ^^^ no such Service\n"));
    }

    #[test]
    fn operators_make_services() {
        let custom = "apiVersion: elasticsearch.k8s.elastic.co/v1\nkind: Elasticsearch\nmetadata: { name: rel-es }\n";
        check_helm(RULE, "rel", &(custom.to_owned() + &ingress("rel-es-http")));
        check(RULE, &(custom.to_owned() + &ingress("rel-es-http")));
        let own = "---\nkind: Service\nmetadata: { name: rel-es }\nspec: { ports: [{ port: 80 }] }\n";
        check_helm(RULE, "rel", &(custom.to_owned() + own + &ingress("rel-es-http") + "#                                          ^^^^^^^^^^^ no such Service\n"));
        let known = "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: { name: rel-web }\n";
        check_helm(RULE, "rel", &(known.to_owned() + &ingress("rel-web") + "#                                          ^^^^^^^ no such Service\n"));
    }

    #[test]
    fn a_backend_without_a_name_is_reported() {
        let found = check(RULE, &(ingress("null") + "#                                          ^^^^ no Service is named\n"));
        assert_eq!(
            found[0].message,
            "a backend of `Ingress/web` names no Service: `spec.defaultBackend.service.name` is empty"
        );
        check_helm(RULE, "rel", &(ingress("''") + "#                                          ^^ no Service is named\n"));
    }
}
