//! Ports of sidecars that the cluster puts into pods: no template declares them.
//!
//! - <https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio>
//! - <https://linkerd.io/2/reference/cli/inject/>
//! - <https://docs.dapr.io/reference/arguments-annotations-overview/>

use std::ops::RangeInclusive;

use crate::kube::{Port, Workload};

struct Sidecar {
    /// How its ports' names begin.
    names: &'static [&'static str],
    numbers: &'static [RangeInclusive<i64>],
    /// The labels or annotations that ask for it, and what begins the value that does.
    asked: &'static [(&'static str, &'static str)],
}

const SIDECARS: [Sidecar; 3] = [
    Sidecar {
        names: &["http-envoy", "envoy-", "istio-"],
        numbers: &[15_000..=15_099],
        asked: &[("sidecar.istio.io/inject", "true"), ("istio.io/rev", "")],
    },
    Sidecar {
        names: &["linkerd-"],
        numbers: &[4_140..=4_143, 4_190..=4_191],
        asked: &[("linkerd.io/inject", "enabled"), ("linkerd.io/inject", "ingress")],
    },
    Sidecar {
        names: &["dapr-"],
        numbers: &[3_500..=3_501, 9_090..=9_090, 50_001..=50_002],
        asked: &[("dapr.io/enabled", "true")],
    },
];

/// Sidecars whose ports are configured elsewhere: they may have any.
const CONFIGURED: [&str; 3] =
    ["sidecar.opentelemetry.io/inject", "sidecar.jaegertracing.io/inject", "consul.hashicorp.com/connect-inject"];

/// Whether a port that a pod does not declare may be one of an injected sidecar. Namespaces ask for sidecars as well, so a name
/// that nobody else gives needs no annotation.
pub(crate) fn is_injected(pod: &Workload, port: &Port) -> bool {
    let value = |key: &str| pod.annotations.get(key).or_else(|| pod.labels.get(key));
    let asks = |it: &Sidecar| it.asked.iter().any(|(key, start)| value(key).is_some_and(|it| it.starts_with(start)));
    let configured = CONFIGURED.iter().any(|key| value(key).is_some_and(|it| it != "false"));
    configured
        || match port {
            Port::Name(name) => is_named(name),
            Port::Number(number) => SIDECARS.iter().any(|it| asks(it) && it.numbers.iter().any(|it| it.contains(number))),
            Port::Malformed(_) => false,
        }
}

/// Whether a name is that of a sidecar's port.
pub(crate) fn is_named(name: &str) -> bool {
    SIDECARS.iter().flat_map(|it| it.names).any(|it| name.starts_with(it))
}
