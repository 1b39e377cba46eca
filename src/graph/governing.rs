//! The governing Service of a StatefulSet, which gives its pods their names.

use super::{Destination, EdgeKind, Found, Parts, Reference};
use crate::kube::{Field, Port, Wrong};

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    for (index, resource) in parts.all().filter(|(_, it)| it.is("StatefulSet", "apps")) {
        let node = resource.at(&["spec", "serviceName"]);
        let Some((node, name)) = node.and_then(|it| Some((it, it.str().filter(|it| !it.is_empty())?))) else { continue };
        let field = Field::new(index, "spec.serviceName", node);
        let to =
            Destination::Service { name: name.to_owned(), namespace: resource.subject.namespace.clone(), field: field.clone() };
        out.references.push(Reference {
            kind: EdgeKind::Host,
            what: "serviceName",
            field,
            port: Port::Malformed(Wrong::Missing),
            protocol: None,
            by_target: false,
            to,
        });
    }
}
