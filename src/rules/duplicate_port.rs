//! Ports that stand twice where Kubernetes wants each once.

use std::collections::BTreeMap;

use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::kube::{Container, Field, Port, Service, Workload};

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
            workload.containers.iter().for_each(|it| pairs.container(it));
            pairs.host_ports(workload);
        }
    }
}

struct Pairs<'a, 'b> {
    cx: &'a CaseCx<'b>,
    out: &'a mut Vec<Finding>,
}

impl Pairs<'_, '_> {
    fn service(&mut self, service: &Service) {
        let subject = self.cx.subject(service.resource).to_string();
        let names = service.ports.iter().filter_map(|it| Some((it.named()?.to_owned(), it.name.clone()?)));
        self.twice(names, Severity::Error, |name| format!("`{subject}` has two ports named `{name}`"));
        let ports = service.ports.iter().filter_map(|it| Some(((number(&it.number)?, it.protocol.clone()), it.port.clone())));
        self.twice(ports, Severity::Error, |(port, protocol)| format!("`{subject}` has port {port}/{protocol} twice"));
        if let [_, _, ..] = service.ports.as_slice()
            && let Some(unnamed) = service.ports.iter().find(|it| it.named().is_none())
        {
            let message = format!("`{subject}` has {} ports, so each needs a name", service.ports.len());
            let draft = self.cx.draft(&META, Severity::Error, &unnamed.port, message).label("this port has no name");
            self.out.push(draft.help("give each port a `name`").done());
        }
    }

    /// Two Services may not share a nodePort; one Service may use it for two protocols.
    fn node_ports(&mut self) {
        let all = self.cx.graph.services.iter().flat_map(|it| &it.ports);
        let ports = all.filter_map(|it| {
            let (field, port) = it.node_port.as_ref()?;
            Some(((number(port)?, it.protocol.clone()), field.clone()))
        });
        self.twice(ports, Severity::Error, |(port, _)| format!("nodePort {port} is asked for twice"));
    }

    fn container(&mut self, container: &Container) {
        let name = &container.name;
        let names = container.ports.iter().filter_map(|it| Some((it.named()?.to_owned(), it.name.clone()?.0)));
        self.twice(names, Severity::Error, |port| format!("container `{name}` has two ports named `{port}`"));
        let ports = container.ports.iter().filter_map(|it| Some(((number(&it.number)?, it.protocol.clone(), it.host_ip.clone()), it.field.clone())));
        self.twice(ports, Severity::Warning, |(port, protocol, _)| format!("container `{name}` declares port {port}/{protocol} twice"));
    }

    fn host_ports(&mut self, workload: &Workload) {
        let subject = self.cx.subject(workload.resource).to_string();
        let all = workload.containers.iter().flat_map(|it| &it.ports);
        let ports = all.filter_map(|it| {
            let (field, port) = it.host_port.as_ref()?;
            Some(((number(port)?, it.protocol.clone(), it.host_ip.clone()), field.clone()))
        });
        self.twice(ports, Severity::Error, |(port, protocol, _)| format!("the pods of `{subject}` take host port {port}/{protocol} twice"));
    }

    fn twice<K: Ord>(&mut self, fields: impl Iterator<Item = (K, Field)>, severity: Severity, message: impl Fn(&K) -> String) {
        let mut seen: BTreeMap<K, Field> = BTreeMap::new();
        for (key, field) in fields {
            let Some(first) = seen.get(&key) else {
                seen.insert(key, field);
                continue;
            };
            let draft = self.cx.draft(&META, severity, &field, message(&key)).label("the second time");
            self.out.push(draft.related("other", first, "the first time").done());
        }
    }
}

fn number(port: &Port) -> Option<i64> {
    match port {
        Port::Number(number) => Some(*number),
        _ => None,
    }
}
