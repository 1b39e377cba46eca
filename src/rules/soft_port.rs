//! A text names a port that its Service lacks.

use std::collections::{HashMap, HashSet};

use super::dangling_port::{is_implied, list, shown};
use super::dangling_service::kin;
use super::meant::did_you_mean;
use super::meta::declare_rule;
use super::{CaseCx, Draft, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::{Declared, Destination, Edge, EdgeKind, Resolution};
use crate::kube::{Field, Port, Workload};
use crate::target::TargetKind;

declare_rule! {
    /// ## What it does
    /// Reports an address such as `web:8080` or `http://web.prod.svc/` in a command, args, env or a `ConfigMap`, where the
    /// Service `web` is rendered and does not have that port: a note where the same text also names one that is there. A URL
    /// without a port means 80, or 443 for `https`. So it does where a workload of this release has that name and no Service has, where
    /// a Service is found by its name only as long as release and chart have other names, and where a container asks another of its
    /// pod (`http://127.0.0.1:8080`) for a port that none is told of, while one is told of a port that nobody asks for.
    ///
    /// ## Why is this bad?
    /// Whatever reads the text connects to a port that nobody serves: the connection times out.
    ///
    /// ## Example
    /// ```yaml
    /// kind: Service
    /// metadata: { name: api }
    /// spec: { ports: [{ port: 8080 }] }
    /// ---
    /// containers: [{ env: [{ name: API_URL, value: "http://api:80" }] }]
    /// ```
    ///
    /// ## Use instead
    /// The value that feeds the Service's port: `http://api:{{ .Values.service.port }}`.
    ///
    /// ## Known problems
    /// Only texts that name a Service or a workload which is rendered are read. Headless Services are passed over, as their names lead to
    /// pods.
    META = "soft-port", Some(Severity::Warning), "warning, note", "a text names a port that its Service lacks"
}

pub(super) struct SoftPort;

impl Rule for SoftPort {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_renamed(&self, before: &CaseCx<'_>, after: &CaseCx<'_>, out: &mut Vec<Finding>) {
        let key = |cx: &CaseCx<'_>, field: &Field| {
            let resource = cx.resource(field);
            let file = resource.source.as_ref().map(|it| it.file.clone());
            (file, resource.subject.kind.clone(), field.path.clone())
        };
        let served = |cx: &CaseCx<'_>| {
            let mut counts: HashMap<_, usize> = HashMap::new();
            let leads = |it: &&Edge| {
                matches!(it.to, Resolution::Found(_)) && matches!(it.reference.to, Destination::Service { .. })
            };
            let edges = cx.graph.edges_of(EdgeKind::Soft).filter(leads);
            edges.for_each(|it| *counts.entry(key(cx, &it.reference.field)).or_default() += 1);
            counts
        };
        let (had, has) = (served(before), served(after));
        let is_less = |key| had.get(&key).is_some_and(|had| has.get(&key).is_none_or(|has| has < had));
        let known: HashSet<&str> = before.graph.unserved.iter().map(|it| it.service.as_str()).collect();
        let lost = after.graph.unserved.iter().filter(|it| !known.contains(&*it.service));
        for address in lost.filter(|it| is_less(key(after, &it.field))) {
            let (subject, name) = (after.subject(address.field.resource), &address.service);
            let message = format!("a text of `{subject}` names `Service/{name}`, which is called otherwise with these names of release and chart");
            let draft = after.draft(&META, Severity::Warning, &address.field, message).label("no such Service");
            out.push(draft.help("name the Service by the helper that its own template uses").done());
        }
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        for edge in cx.graph.edges_of(EdgeKind::Soft) {
            if let Destination::Workload(index) = edge.reference.to {
                out.extend(unheard(cx, edge, &cx.graph.workloads[index]));
                continue;
            }
            if let Resolution::NoService = &edge.to {
                out.extend(unserved(cx, edge));
            }
            let Resolution::NoPort { at, near, .. } = &edge.to else { continue };
            let reference = &edge.reference;
            let (subject, service) = (cx.subject(reference.field.resource), cx.subject(at[0]));
            let wanted = shown(&reference.port);
            let words = if is_implied(reference) { format!("means port {wanted}") } else { format!("names port {wanted}") };
            let message = format!("a text of `{subject}` {words} of `{service}`, which has {}", list(near));
            // A text that names the Service rightly as well most likely speaks of a feature that is off.
            // So it is where the Service has the release's own name, as a host outside of the chart may have, too.
            let by_chance = cx.target.kind == TargetKind::Helm && service.name == cx.case.input.release;
            let severity = if by_chance || is_right_besides(cx, edge, at[0]) { Severity::Note } else { Severity::Warning };
            let mut draft = cx.draft(&META, severity, &reference.field, message).label("no such port");
            for declared in near.iter().take(4) {
                draft = draft.related("target", &declared.field, "the Service has this port");
            }
            match near.as_slice() {
                [only] => draft = draft.help(format!("name port {}", only.field.text())),
                _ => draft = did_you_mean(near, &reference.port).into_iter().fold(draft, Draft::help),
            }
            out.push(draft.done());
        }
    }
}

/// Judges an address of the own pod that nobody there is told to listen on, while a neighbour is told of a port that nobody asks for.
fn unheard(cx: &CaseCx<'_>, edge: &Edge, workload: &Workload) -> Option<Finding> {
    let Resolution::NoPort { mentioned: false, .. } = edge.to else { return None };
    let reference = &edge.reference;
    let theirs = workload.containers.iter().filter(|it| !reference.field.path.starts_with(&it.path));
    let asked = |port: &i64| {
        let same = |it: &Edge| it.reference.port == Port::Number(*port);
        cx.graph.edges.iter().any(|it| same(it) && !matches!(it.to, Resolution::NoPort { mentioned: false, .. }))
            || workload.containers.iter().flat_map(|it| &it.ports).any(|it| it.number == Port::Number(*port))
            || workload.containers.iter().flat_map(|it| &it.probes).any(|it| it.port == Port::Number(*port))
    };
    let (neighbour, idle) = theirs.flat_map(|it| it.told.iter().map(move |port| (it, port))).find(|it| !asked(it.1))?;
    let subject = cx.subject(reference.field.resource);
    let (wanted, name) = (shown(&reference.port), &neighbour.name);
    let message = format!(
        "a text of `{subject}` names port {wanted} of its own pod, where no container is told of it; `{name}` is told to listen on {idle}"
    );
    let draft = cx.draft(&META, Severity::Warning, &reference.field, message).label("nothing in the pod is told of that port");
    Some(draft.help(format!("did you mean {idle}?")).done())
}

/// Judges an address of a workload of this release without a Service of its name: the text was written for a Service that is off.
fn unserved(cx: &CaseCx<'_>, edge: &Edge) -> Option<Finding> {
    let reference = &edge.reference;
    let Destination::Service { name, .. } = &reference.to else { return None };
    let ours = name.strip_prefix(cx.case.input.release.as_str()).is_some_and(|it| it.starts_with('-'));
    if !(ours || is_served_otherwise(cx, name)) || is_implied(reference) || cx.target.kind != TargetKind::Helm {
        return None;
    }
    let subject = cx.subject(reference.field.resource);
    let message = format!("a text of `{subject}` names port {} of `Service/{name}`, which is not rendered", shown(&reference.port));
    let draft = cx.draft(&META, Severity::Warning, &reference.field, message).label("no such Service");
    Some(draft.help(format!("render `Service/{name}` under the same condition")).done())
}

/// Whether the pods of a workload of that name stand behind a Service that is called nearly so.
fn is_served_otherwise(cx: &CaseCx<'_>, name: &str) -> bool {
    let is_of = |pods: &[usize]| pods.iter().any(|it| cx.subject(cx.graph.workloads[*it].resource).name == name);
    cx.graph.services.iter().zip(&cx.graph.selected).any(|(it, pods)| kin(name, &it.name) && is_of(pods))
}

fn is_right_besides(cx: &CaseCx<'_>, edge: &Edge, service: usize) -> bool {
    let own = &edge.reference.field;
    let mut others = cx.graph.edges_of(EdgeKind::Soft).filter(|it| {
        let field = &it.reference.field;
        field.resource == own.resource && field.path == own.path
    });
    let of_service = |ports: &[Declared]| ports.iter().any(|it| it.field.resource == service);
    others.any(|it| matches!(&it.to, Resolution::Found(ports) if of_service(ports)))
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{check, check_all, check_helm};

    const RULE: &str = "soft-port";

    fn pod(value: &str) -> String {
        format!(
            "
kind: Service
metadata: {{ name: api }}
spec: {{ ports: [{{ port: 8080 }}], selector: {{ app: api }} }}
---
kind: Service
metadata: {{ name: pods }}
spec: {{ ports: [{{ port: 8080 }}], selector: {{ app: api }}, clusterIP: None }}
---
kind: Pod
metadata: {{ name: client }}
spec:
  containers:
    - env:
        - {{ name: URL, value: {value} }}
"
        )
    }

    #[test]
    fn an_address_of_a_rendered_service() {
        let found = check(RULE, &(pod("'http://api:9090/x'") + "        #                     ^^^^^^^^^^^^^^^^^^^ no such port\n"));
        assert_eq!(found[0].message, "a text of `Pod/client` names port 9090 of `Service/api`, which has only 8080");
        assert_eq!(found[0].help.as_deref(), Some("name port 8080"));
        let found = check(RULE, &(pod("'http://api/x'") + "        #                     ^^^^^^^^^^^^^^ no such port\n"));
        assert_eq!(found[0].message, "a text of `Pod/client` means port 80 of `Service/api`, which has only 8080");
    }

    #[test]
    fn a_workload_is_no_service() {
        let of = |service: &str| {
            format!(
                "
apiVersion: apps/v1
kind: Deployment
metadata: {{ name: web }}
spec: {{ template: {{ metadata: {{ labels: {{ app: web }} }}, spec: {{ containers: [{{ name: web }}] }} }} }}
---
kind: Service
metadata: {{ name: {service} }}
spec: {{ ports: [{{ port: 8080 }}], selector: {{ app: web }} }}
---
kind: ConfigMap
metadata: {{ name: client }}
data:
  url: http://web:8080/x
"
            )
        };
        let found = check_helm(RULE, "rel", &(of("web-http") + "  #    ^^^^^^^^^^^^^^^^^ no such Service\n"));
        assert_eq!(found[0].message, "a text of `ConfigMap/client` names port 8080 of `Service/web`, which is not rendered");
        check_helm(RULE, "rel", &of("other"));
    }

    #[test]
    fn other_texts_say_nothing() {
        for value in ["'http://api:8080'", "'api.default.svc.cluster.local:8080'", "'pods:9090'", "'other:9090'", "'api 9090'", "api.elsewhere:9090", "'/api:9090'"] {
            check_all(&pod(value));
        }
    }
}
