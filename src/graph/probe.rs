//! Probes and lifecycle hooks, which ask their own container for a port.

use super::{Destination, EdgeKind, Found, Parts, Reference};
use crate::kube::Port;

pub(super) fn find(parts: &Parts<'_>, out: &mut Found) {
    for (w, workload) in parts.workloads.iter().enumerate() {
        for (c, container) in workload.containers.iter().enumerate() {
            let own = container.probes.iter().filter(|it| !(it.other_host && matches!(it.port, Port::Number(_))));
            out.references.extend(own.map(|probe| Reference {
                kind: EdgeKind::Probe,
                what: probe.what,
                field: probe.field.clone(),
                port: probe.port.clone(),
                protocol: None,
                by_target: false,
                to: Destination::Container(w, c),
            }));
        }
    }
}
