//! Axes, cases and shards: which inputs a target is rendered with. Knows no charts and no renderers.

mod case;

pub use case::{Case, CaseSource, DEFAULT_KUBE_VERSION, Expect, Input, SetArg, SetKind, ValuesFile};
