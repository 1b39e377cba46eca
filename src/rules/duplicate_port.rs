//! Ports that stand twice where Kubernetes wants each once.

use std::collections::BTreeMap;

use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Location, Severity};
use crate::kube::{Container, Field, Port, Service, ServicePort, Workload};
use crate::target::TargetKind;
use crate::yaml::Node;

declare_rule! {
    /// ## What it does
    /// Reports, as errors: in a Service a name or a port and protocol twice, or several ports of which one has no name; a
    /// nodePort in two Services; a name twice in one container; a hostPort twice in one pod. As a warning: a container port
    /// and protocol twice in one container.
    ///
    /// ## Why is this bad?
    /// The API server refuses the object, or the second Service cannot be created while the first is there.
    ///
    /// ## Example
    /// ```yaml
    /// kind: Service
    /// spec: { ports: [{ port: 80 }, { port: 443 }] }
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// spec: { ports: [{ name: http, port: 80 }, { name: https, port: 443 }] }
    /// ```
    META = "duplicate-port", Some(Severity::Error), "error, warning", "a port, name or nodePort stands twice"
}

pub(super) struct DuplicatePort;

impl Rule for DuplicatePort {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        let mut pairs = Pairs { cx, out };
        cx.graph.services.iter().for_each(|it| pairs.service(it));
        pairs.node_ports();
        for workload in &cx.graph.workloads {
            workload.containers.iter().for_each(|it| pairs.container(workload, it));
            pairs.host_ports(workload);
        }
    }
}

/// What to do where a patch adds a port to those of another file: kustomize merges lists by the keys that the API gives them.
const MERGED: &str = "a merge patch merges ports by their number: to replace one, put `- $patch: replace` in front of the patch's ports, or \
     patch the number with a JSON patch";

struct Pairs<'a, 'b> {
    cx: &'a CaseCx<'b>,
    out: &'a mut Vec<Finding>,
}

/// A port as its list may hold it once: its number's field with what must differ, and its name's field.
type Entry<K> = (Option<(K, Field)>, Option<Field>);

impl Pairs<'_, '_> {
    fn service(&mut self, service: &Service) {
        let subject = self.cx.subject(service.resource).to_string();
        let ports = service.ports.iter().map(|it| {
            let number = number(&it.number).map(|number| ((number, it.protocol.clone()), it.port.clone()));
            (number, it.name.clone().filter(|_| it.named().is_some()))
        });
        let twice = self.entries(
            ports,
            Severity::Error,
            |name| format!("`{subject}` has two ports named `{name}`"),
            |(port, protocol)| format!("`{subject}` has port {port}/{protocol} twice"),
        );
        if service.ports.len() - twice > 1
            && let Some(unnamed) = service.ports.iter().find(|it| it.named().is_none())
        {
            let message = format!("`{subject}` has {} ports, so each needs a name", service.ports.len());
            let draft = self.cx.draft(&META, Severity::Error, &unnamed.port, message).label("this port has no name");
            self.out.push(draft.help("give each port a `name`").done());
        }
    }

    /// The API server hands out node ports by number, whatever the protocol; only ports of one Service with the same `port`
    /// share one: k8s.io/kubernetes, `pkg/registry/core/service/storage`, `initNodePorts`.
    fn node_ports(&mut self) {
        let mut seen: BTreeMap<i64, (&Service, &ServicePort, &Field)> = BTreeMap::new();
        let has_them = |it: &&Service| {
            let kind = self.cx.manifest.resources[it.resource].at(&["spec", "type"]);
            matches!(kind.and_then(Node::str), Some("NodePort" | "LoadBalancer"))
        };
        let all = self.cx.graph.services.iter().filter(has_them).flat_map(|it| it.ports.iter().map(move |port| (it, port)));
        for (service, port) in all {
            let Some((field, Port::Number(wanted))) = &port.node_port else { continue };
            let Some((other, first, taken)) = seen.get(wanted) else {
                seen.insert(*wanted, (service, port, field));
                continue;
            };
            let one = service.resource == other.resource;
            // A folder may hold one Service for several clusters.
            let variant = !one && service.name == other.name && service.namespace == other.namespace;
            if variant || (one && port.number == first.number) {
                continue;
            }
            let subject = self.cx.subject(service.resource);
            let by = if one { "another of its ports".to_owned() } else { format!("`{}`", self.cx.subject(other.resource)) };
            let message = format!("nodePort {wanted} of `{subject}` is taken by {by}");
            let draft = self.cx.draft(&META, Severity::Error, field, message).label("the second time");
            let draft = draft.related("other", taken, "the first time");
            self.out.push(draft.help("give one of them another nodePort, or none to have one chosen").done());
        }
    }

    fn container(&mut self, workload: &Workload, container: &Container) {
        let subject = self.cx.subject(workload.resource).to_string();
        let name = &container.name;
        let ports = container.ports.iter().map(|it| {
            // With a host port, the same port may be published twice; what that must not do is judged for the pod.
            let number = number(&it.number).filter(|_| it.host_port.is_none());
            let number = number.map(|number| ((number, it.protocol.clone()), it.field.clone()));
            (number, it.name.as_ref().filter(|_| it.named().is_some()).map(|(field, _)| field.clone()))
        });
        self.entries(
            ports,
            Severity::Warning,
            |port| format!("container `{name}` of `{subject}` has two ports named `{port}`"),
            |(port, protocol)| format!("container `{name}` of `{subject}` declares port {port}/{protocol} twice"),
        );
    }

    fn host_ports(&mut self, workload: &Workload) {
        let subject = self.cx.subject(workload.resource).to_string();
        let mut seen = BTreeMap::new();
        for port in workload.containers.iter().flat_map(|it| &it.ports) {
            let Some((field, Port::Number(number))) = &port.host_port else { continue };
            if let Some(first) = seen.insert((*number, &port.protocol, &port.host_ip), field) {
                let message = format!("the pods of `{subject}` take host port {number}/{} twice", port.protocol);
                self.pair(Severity::Error, field, first, message);
            }
        }
    }

    /// Reports names and numbers that stand twice; an entry that repeats another's both is one fault. Returns how many
    /// entries repeat a number.
    fn entries<K: Ord>(
        &mut self,
        entries: impl Iterator<Item = Entry<K>>,
        severity: Severity,
        same_name: impl Fn(&str) -> String,
        same_number: impl Fn(&K) -> String,
    ) -> usize {
        let (mut numbers, mut names) = (BTreeMap::new(), BTreeMap::new());
        let mut twice = 0;
        for (index, (number, name)) in entries.enumerate() {
            let name = name.and_then(|name| Some((before(&mut names, name.text(), index, &name)?, name)));
            let number = number.and_then(|(key, field)| {
                let message = same_number(&key);
                Some((before(&mut numbers, key, index, &field)?, field, message))
            });
            let same = matches!((&name, &number), (Some(a), Some(b)) if a.0.0 == b.0.0);
            twice += usize::from(number.is_some());
            if let Some(((_, first), field, message)) = number.filter(|_| severity == Severity::Error || !same) {
                self.pair(severity, &field, &first, message);
            }
            if let Some(((_, first), field)) = name.filter(|_| severity != Severity::Error || !same) {
                self.pair(Severity::Error, &field, &first, same_name(&field.text()));
            }
        }
        twice
    }

    fn pair(&mut self, severity: Severity, second: &Field, first: &Field, message: String) {
        let draft = self.cx.draft(&META, severity, second, message).label("the second time");
        let mut it = draft.related("other", first, "the first time").help("remove one of them, or change it").done();
        let file = |it: Option<&Location>| it.map(|it| it.file.clone());
        let other = it.related.first().and_then(|it| file(it.location.as_ref()));
        if self.cx.target.kind == TargetKind::Kustomize && other.is_some() && other != file(it.location.as_ref()) {
            it.help = Some(MERGED.to_owned());
        }
        self.out.push(it);
    }
}

/// Returns the entry that had the key before, or notes that this one has it.
fn before<K: Ord>(seen: &mut BTreeMap<K, (usize, Field)>, key: K, index: usize, field: &Field) -> Option<(usize, Field)> {
    let first = seen.get(&key).cloned();
    if first.is_none() {
        seen.insert(key, (index, field.clone()));
    }
    first
}

fn number(port: &Port) -> Option<i64> {
    match port {
        Port::Number(number) => Some(*number),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
