//! Services that the API server calls: webhooks, conversions of custom resources, aggregated APIs. No port means 443.
//!
//! <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#service-reference>

use super::walk::{Form, Named, each};
use super::{Found, Parts};

const PLACES: [(&str, &str, &str, &[&str]); 5] = [
    ("MutatingWebhookConfiguration", "admissionregistration.k8s.io", "webhook", &["webhooks[]", "clientConfig", "service"]),
    ("ValidatingWebhookConfiguration", "admissionregistration.k8s.io", "webhook", &["webhooks[]", "clientConfig", "service"]),
    (
        "CustomResourceDefinition",
        "apiextensions.k8s.io",
        "conversion webhook",
        &["spec", "conversion", "webhook", "clientConfig", "service"],
    ),
    (
        "CustomResourceDefinition",
        "apiextensions.k8s.io",
        "conversion webhook",
        &["spec", "conversion", "webhookClientConfig", "service"],
    ),
    ("APIService", "apiregistration.k8s.io", "service", &["spec", "service"]),
];

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    for (index, resource) in parts.all() {
        for (_, _, what, keys) in PLACES.iter().filter(|(kind, group, ..)| resource.is(kind, group)) {
            for (path, node) in each(&resource.node, "", keys).into_iter().filter(|it| it.1.is_mapping()) {
                let named = Named { index, resource, what, path, node, keys: ("name", "port"), form: Form::Https };
                out.references.push(named.reference());
            }
        }
    }
}
