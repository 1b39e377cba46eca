//! Target ports of Services.

use super::{Destination, EdgeKind, Found, Parts, Reference};
use crate::kube::{Port, Service, Wrong};

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    for (index, service) in parts.services.iter().enumerate() {
        // A headless Service forwards nothing: its ports only make DNS records.
        if service.external_name || service.selector.is_empty() || service.headless {
            continue;
        }
        out.references.extend(targets(index, service));
    }
}

fn targets(index: usize, service: &Service) -> impl Iterator<Item = Reference> {
    service.ports.iter().map(move |port| Reference {
        kind: EdgeKind::Target,
        what: "targetPort",
        field: port.target_field().clone(),
        port: match port.target_port() {
            // The Service's own port is what is wrong, and another rule says so.
            Port::Malformed(_) if port.target.is_none() => Port::Malformed(Wrong::Neither),
            target => target,
        },
        protocol: Some(port.protocol.clone()),
        by_target: false,
        to: Destination::PodsOf(index),
    })
}
