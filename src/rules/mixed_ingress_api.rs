//! Fields of one Ingress API in an object of another.

use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::ingress;
use crate::kube::Field;
use crate::yaml::{Entry, Place};

declare_rule! {
    /// ## What it does
    /// Reports v1beta1 fields (`serviceName`, `servicePort`, `spec.backend`) in a `networking.k8s.io/v1` Ingress, and v1 fields
    /// (`service`, `spec.defaultBackend`) in a v1beta1 one.
    ///
    /// ## Why is this bad?
    /// The API server refuses the object, or drops the unknown fields and keeps an Ingress without a backend.
    ///
    /// ## Example
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: Ingress
    /// spec: { rules: [{ http: { paths: [{ backend: { serviceName: web, servicePort: 80 } }] } }] }
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// backend: { service: { name: web, port: { number: 80 } } }
    /// ```
    META = "mixed-ingress-api", Some(Severity::Error), "error", "v1beta1 fields in a v1 Ingress, or the reverse"
}

pub(super) struct MixedIngressApi;

impl Rule for MixedIngressApi {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        for (index, resource) in cx.manifest.resources.iter().enumerate().filter(|(_, it)| ingress::is_ingress(it)) {
            let v1 = ingress::is_v1(resource);
            let (wrong, right): (&[&str], &str) =
                if v1 { (&["serviceName", "servicePort"], "service.name and service.port") } else { (&["service"], "serviceName and servicePort") };
            let mut seen: Vec<Field> = Vec::new();
            for (path, backend) in ingress::backends(resource) {
                if path == ingress::foreign_default(resource) {
                    let key = resource.at(&["spec"]).and_then(|it| it.entry(path.rsplit('.').next()?));
                    seen.extend(key.map(|it| at_key(index, path, it)));
                    continue;
                }
                let entry = wrong.iter().find_map(|key| backend.entry(key));
                seen.extend(entry.map(|it| at_key(index, format!("{path}.{}", it.key), it)));
            }
            let Some(first) = seen.first() else { continue };
            let field = first.path.rsplit('.').next().unwrap_or_default();
            let times = if seen.len() == 1 { String::new() } else { format!(" in {} places", seen.len()) };
            let message = format!("`{}` is of {} but has `{field}`{times}", resource.subject, resource.subject.api_version);
            let draft = cx.draft(&META, Severity::Error, first, message).label(format!("{} has no such field", resource.subject.api_version));
            out.push(draft.help(format!("write {right}, or choose the apiVersion and the fields by the same condition")).done());
        }
    }
}

/// The key is what is wrong, not its value.
fn at_key(resource: usize, path: String, entry: &Entry) -> Field {
    let start = entry.key_start;
    let width = u32::try_from(entry.key.chars().count()).unwrap_or(1);
    let end = Place { column: start.column + width, ..start };
    Field { start, end, ..Field::new(resource, path, &entry.value) }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{check, check_all};

    const RULE: &str = "mixed-ingress-api";

    #[test]
    fn old_fields_in_a_new_object_are_reported_once() {
        let rules = check_all(
            "
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            spec:
              rules:
                - http: { paths: [{ backend: { serviceName: web, servicePort: '80' } }] }
            #                                  ^^^^^^^^^^^ networking.k8s.io/v1 has no such field
                - http: { paths: [{ backend: { service: { name: nope }, servicePort: 80 } }] }
            ",
        );
        assert_eq!(rules, [RULE]);
    }

    #[test]
    fn new_fields_in_an_old_object_are_reported() {
        check_all(
            "
            apiVersion: networking.k8s.io/v1beta1
            kind: Ingress
            spec:
              defaultBackend: { service: { name: nope, port: { number: '80' } } }
            # ^^^^^^^^^^^^^^ networking.k8s.io/v1beta1 has no such field
            ---
            apiVersion: extensions/v1beta1
            kind: Ingress
            spec: { backend: { service: { name: nope, port: { number: '80' } } } }
            #                  ^^^^^^^ extensions/v1beta1 has no such field
            ",
        );
    }

    #[test]
    fn the_old_default_backend_counts_once() {
        let found = check(
            RULE,
            "
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: { name: web }
            spec:
              backend: { serviceName: web, servicePort: 80 }
            # ^^^^^^^ networking.k8s.io/v1 has no such field
            ",
        );
        assert_eq!(found[0].message, "`Ingress/web` is of networking.k8s.io/v1 but has `backend`");
    }

    #[test]
    fn each_api_has_its_own_fields() {
        check(
            RULE,
            "
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
            ---
            apiVersion: networking.k8s.io/v1beta1
            kind: Ingress
            spec: { backend: { serviceName: web, servicePort: 80 } }
            ---
            apiVersion: networking.internal.knative.dev/v1alpha1
            kind: Ingress
            spec: { backend: { serviceName: web, servicePort: 80 } }
            ",
        );
    }
}
