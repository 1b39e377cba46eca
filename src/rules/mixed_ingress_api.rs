//! Fields of one Ingress API in an object of another.

use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::ingress;
use crate::kube::Field;

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
                if path == if v1 { "spec.backend" } else { "spec.defaultBackend" } {
                    seen.push(Field::new(index, path.clone(), backend));
                }
                let entry = wrong.iter().find_map(|key| backend.entry(key));
                seen.extend(entry.map(|it| Field { start: it.key_start, ..Field::new(index, format!("{path}.{}", it.key), &it.value) }));
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
