//! UDP meets TCP along an edge.

use super::dangling_port::shown;
use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::{EdgeKind, Resolution};

declare_rule! {
    /// ## What it does
    /// Reports a Service port whose protocol is not that of the container port which it means; and the same of routes and
    /// network policies.
    ///
    /// ## Why is this bad?
    /// A named port of another protocol is not found at all; to a number, packets arrive where nothing listens for them.
    ///
    /// ## Example
    /// ```yaml
    /// kind: Service
    /// spec: { ports: [{ port: 53, targetPort: 53, protocol: UDP }] }
    /// ---
    /// containers: [{ ports: [{ containerPort: 53 }] }]
    /// ```
    ///
    /// ## Use instead
    /// `protocol: UDP` at the container's port, too (nothing said means TCP).
    META = "protocol-mismatch", Some(Severity::Warning), "warning", "UDP meets TCP along an edge"
}

pub(super) struct ProtocolMismatch;

impl Rule for ProtocolMismatch {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        for edge in &cx.graph.edges {
            let Resolution::OtherProtocol(declared) = &edge.to else { continue };
            let reference = &edge.reference;
            let (Some(own), Some(other)) = (&reference.protocol, declared.first()) else { continue };
            let message = format!(
                "`{}` {} {own} to port {} of `{}`, which declares it for {}",
                cx.subject(reference.field.resource),
                if reference.kind == EdgeKind::Policy { "allows" } else { "sends" },
                shown(&reference.port),
                cx.subject(other.field.resource),
                other.protocol
            );
            let draft = cx.draft(&META, Severity::Warning, &reference.field, message).label(format!("{own} goes here"));
            let draft = draft.related("target", &other.field, format!("declared for {}", other.protocol));
            let help = match reference.kind {
                EdgeKind::Target => format!("say `protocol: {own}` at the container's port, or `{}` at the Service's", other.protocol),
                EdgeKind::Policy => format!("say `protocol: {}` here, too", other.protocol),
                _ => format!("refer to a port for {own}"),
            };
            out.push(draft.help(help).done());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{check, check_all};

    const RULE: &str = "protocol-mismatch";

    #[test]
    fn udp_does_not_reach_a_tcp_port() {
        let found = check(
            RULE,
            "
            kind: Service
            metadata: { name: dns }
            spec: { selector: { app: dns }, ports: [{ port: 53, protocol: UDP }] }
            #                                               ^^ UDP goes here
            ---
            kind: Pod
            metadata: { name: dns, labels: { app: dns } }
            spec: { containers: [{ name: dns, ports: [{ containerPort: 53 }] }] }
            ",
        );
        assert_eq!(found[0].message, "`Service/dns` sends UDP to port 53 of `Pod/dns`, which declares it for TCP");
    }

    #[test]
    fn a_name_has_a_protocol_too() {
        check(
            RULE,
            "
            kind: Service
            spec: { selector: { app: dns }, ports: [{ port: 53, targetPort: dns }] }
            #                                                               ^^^ TCP goes here
            ---
            kind: Pod
            metadata: { labels: { app: dns } }
            spec: { containers: [{ ports: [{ name: dns, containerPort: 53, protocol: UDP }] }] }
            ",
        );
    }

    #[test]
    fn both_protocols_on_one_number_are_fine() {
        check_all(
            "
            kind: Service
            spec:
              selector: { app: dns }
              ports: [{ name: tcp, port: 53, protocol: '' }, { name: udp, port: 53, targetPort: 53, protocol: UDP }]
            ---
            kind: Pod
            metadata: { labels: { app: dns } }
            spec: { containers: [{ ports: [{ containerPort: 53 }, { containerPort: 53, protocol: UDP }] }] }
            ",
        );
    }
}
