//! A Service selects nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::meta::declare_rule;
use super::{CaseCx, Rule, RuleMeta};
use crate::finding::{Finding, Severity};
use crate::graph::{Among, Selection, by_controllers, near_miss};
use crate::kube::{Field, Resource, Service, Workload, group};
use crate::target::TargetKind;

declare_rule! {
    /// ## What it does
    /// Reports a Service with this release's own labels in its selector that selects no rendered pods: an error when the pods
    /// of a workload miss it by a single label, else a warning. So is a monitor or a policy that selects nothing. A selector without such
    /// labels is reported where the pods of a workload have its values under other keys, and a monitor's where pods have its labels
    /// and the Services don't.
    ///
    /// ## Why is this bad?
    /// The Service has no endpoints: whatever sends traffic to it gets 503.
    ///
    /// ## Example
    /// ```yaml
    /// kind: Service
    /// spec: { selector: { app: web, release: rel } }
    /// ---
    /// kind: Deployment
    /// spec: { template: { metadata: { labels: { app.kubernetes.io/name: web, release: rel } } } }
    /// ```
    ///
    /// ## Use instead
    /// One helper for the labels of the selector and of the pods: `{{ include "web.selectorLabels" . }}`.
    ///
    /// ## Known problems
    /// Pods that an operator makes are not rendered: the rule is silent where the target renders custom resources and no
    /// workload comes near. It is silent, too, where the chart has a workload that these values do not render.
    META = "dangling-selector", Some(Severity::Error), "error, warning", "a selector with this release's own labels matches nothing rendered"
}

pub(super) struct DanglingSelector;

impl Rule for DanglingSelector {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        let keys = label_keys(cx);
        let mut dormant = None;
        for (service, pods) in cx.graph.services.iter().zip(&cx.graph.selected) {
            let judged = pods.is_empty() && !service.external_name && !by_controllers(service);
            if judged && !runs_once(cx, service) {
                if is_own(cx, service, &keys) || is_beside(cx, service) {
                    out.extend(finding(cx, service, &mut dormant));
                } else {
                    out.extend(misplaced(cx, &service.selector, &service.namespace).and_then(|it| elsewhere(cx, service, it)));
                }
            }
        }
        if cx.manifest.resources.iter().any(is_custom) {
            return;
        }
        let keys = selectable_keys(cx, keys);
        let mut asleep = |it: &Selection| it.among == Among::Pods && sleeps(cx, it.field.resource, &mut dormant);
        let dangling = cx.graph.selections.iter().filter(|it| is_dangling(cx, it, &keys) && !asleep(it));
        out.extend(dangling.map(|it| selects_nothing(cx, it)));
    }
}

/// Whether the chart that an object is of has workloads which this case does not render: they may be the pods that are meant,
/// to come with other values.
fn sleeps<'a>(cx: &CaseCx<'a>, resource: usize, dormant: &mut Option<BTreeSet<&'a str>>) -> bool {
    let charts = dormant.get_or_insert_with(|| dormant_charts(cx));
    cx.manifest.resources[resource].source.as_ref().is_some_and(|it| charts.contains(chart_of(&it.file)))
}

/// Returns the folders of the charts that have a template of a workload of which nothing is rendered.
fn dormant_charts<'a>(cx: &CaseCx<'a>) -> BTreeSet<&'a str> {
    const KINDS: [&str; 5] = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout"];
    if cx.target.kind != TargetKind::Helm {
        return BTreeSet::new();
    }
    let awake: BTreeSet<&str> = cx.manifest.resources.iter().filter_map(|it| Some(it.source.as_ref()?.file.as_str())).collect();
    let is_workload = |line: &str| line.strip_prefix("kind:").is_some_and(|it| KINDS.contains(&it.trim()));
    let asleep = cx.target.tree.files().filter(|(path, _)| path.contains("templates/") && !awake.contains(path));
    asleep.filter(|(_, bytes)| String::from_utf8_lossy(bytes).lines().any(is_workload)).map(|(path, _)| chart_of(path)).collect()
}

/// Returns the folder of the chart that a template is of.
fn chart_of(file: &str) -> &str {
    file.rsplit_once("templates/").map_or("", |(folder, _)| folder)
}

fn finding<'a>(cx: &CaseCx<'a>, service: &Service, dormant: &mut Option<BTreeSet<&'a str>>) -> Option<Finding> {
    let resource = &cx.manifest.resources[service.resource];
    let selector = resource.at(&["spec", "selector"])?;
    let subject = &resource.subject;
    let operated = cx.manifest.resources.iter().any(is_custom);
    if let Some((workload, key)) = near_miss(service, &cx.graph.workloads) {
        let workload = &cx.graph.workloads[workload];
        let wanted = &service.selector[key];
        let has = workload.labels.get(key).map_or_else(|| "lack that label".to_owned(), |it| format!("have `{key}: {it}`"));
        let other = workload.labels.contains_key(key);
        // The pods with the label's other value may well be an operator's.
        if other && operated {
            return None;
        }
        // Another value of such a label is most often another component, whose pods are made elsewhere.
        let component = other && is_component(key);
        let severity = if component { Severity::Warning } else { Severity::Error };
        let message = format!("`{subject}` selects pods with `{key}: {wanted}`; the pods of `{}` {has}", cx.subject(workload.resource));
        let node = selector.get(key)?;
        let draft = cx.draft(&META, severity, &Field::new(service.resource, path(key), node), message).label("no pod has this label");
        return Some(draft.related_object("near", workload.resource).help("use the same labels on both sides").done());
    }
    if operated || sleeps(cx, service.resource, dormant) {
        return None;
    }
    let message = format!("`{subject}` selects no pods that are rendered");
    let draft = cx.draft(&META, Severity::Warning, &Field::new(service.resource, "spec.selector", selector), message);
    Some(draft.label("nothing rendered has these labels").done())
}

/// Whether a monitor or a policy selects nothing, although its selector asks for what only this target has. What a policy lets
/// its pods send to may well be somewhere else.
fn is_dangling(cx: &CaseCx<'_>, it: &Selection, keys: &BTreeSet<(&str, &str)>) -> bool {
    let namespace = &cx.subject(it.field.resource).namespace;
    let judged = it.found.is_empty() && !it.field.path.contains("egress") && it.namespaces.contains(namespace);
    let is_ours = || owns(cx, it.selector.values(), it.selector.labels.keys(), namespace, keys);
    let is_near = || it.selector.is_plain() && misplaced(cx, &it.selector.labels, namespace).is_some();
    judged && (!is_component_off(cx, it) || is_unheard_of(cx, it)) && (is_ours() || is_near())
}

/// Returns the workload whose pods have all values of a selector, some of them under other keys; for a selector of Services, where the
/// pods have the very labels.
fn misplaced<'a>(cx: &CaseCx<'a>, selector: &BTreeMap<String, String>, namespace: &str) -> Option<&'a Workload> {
    let is_telling = |it: &&String| it.len() >= 4 && !matches!(it.as_str(), "true" | "false" | "Helm");
    if selector.values().filter(is_telling).count() == 0 {
        return None;
    }
    let has = |it: &&Workload| selector.values().all(|value| it.labels.values().any(|it| it == value));
    cx.graph.workloads.iter().filter(|it| !it.finite && it.namespace == *namespace).find(has)
}

/// A Service whose selector has the values of labels that the pods have, under other keys.
fn elsewhere(cx: &CaseCx<'_>, service: &Service, near: &Workload) -> Option<Finding> {
    let selector = cx.manifest.resources[service.resource].at(&["spec", "selector"])?;
    let (key, wanted) = service.selector.iter().find(|(key, value)| near.labels.get(*key) != Some(value))?;
    let (other, _) = near.labels.iter().find(|it| it.1 == wanted)?;
    let (subject, pods) = (cx.subject(service.resource), cx.subject(near.resource));
    let message = format!("`{subject}` selects pods with `{key}: {wanted}`; the pods of `{pods}` have `{other}: {wanted}`");
    let field = Field::new(service.resource, path(key), selector.get(key)?);
    let draft = cx.draft(&META, Severity::Error, &field, message).label("no pod has this label");
    Some(draft.related_object("near", near.resource).help(format!("write `{other}: {wanted}`")).done())
}

/// Whether all but the label of a component is there: the component is switched off, and what is left behind does no harm.
fn is_component_off(cx: &CaseCx<'_>, it: &Selection) -> bool {
    let (services, workloads) = (&cx.graph.services, &cx.graph.workloads);
    let of_services = services.iter().filter(|_| it.among == Among::Services).map(|it| &it.labels);
    let mut all = of_services.chain(workloads.iter().filter(|_| it.among == Among::Pods).map(|it| &it.labels));
    let wanted = &it.selector.labels;
    all.any(|has| {
        let mut missed = wanted.iter().filter(|(key, value)| has.get(*key) != Some(value));
        missed.all(|(key, _)| is_component(key) && has.contains_key(key))
    })
}

/// Whether the label of a component that is wanted has a value that nothing else in the chart speaks of: no such component exists.
fn is_unheard_of(cx: &CaseCx<'_>, it: &Selection) -> bool {
    let own = cx.manifest.resources[it.field.resource].source.as_ref().map(|it| it.file.as_str());
    let Some(own) = own.filter(|_| cx.target.kind == TargetKind::Helm) else { return false };
    let mut values = it.selector.labels.iter().filter(|(key, _)| is_component(key)).map(|it| it.1.as_str());
    let others = || cx.target.tree.files().filter(|(path, _)| *path != own && (path.contains("templates/") || path.ends_with("values.yaml")));
    let says = |bytes: &[u8], value: &str| String::from_utf8_lossy(bytes).split(|c: char| !c.is_alphanumeric() && c != '-').any(|it| it == value);
    values.any(|value| !value.is_empty() && !others().any(|(_, bytes)| says(bytes, value)))
}

fn is_component(key: &str) -> bool {
    ["component", "tier", "role"].iter().any(|it| key.contains(it))
}

fn selects_nothing(cx: &CaseCx<'_>, it: &Selection) -> Finding {
    let what = if it.among == Among::Services { "Services" } else { "pods" };
    let message = format!("`{}` selects no {what} that are rendered", cx.subject(it.field.resource));
    cx.draft(&META, Severity::Warning, &it.field, message).label("nothing rendered has these labels").done()
}

/// Adds the keys of the Services' labels to those of the pods.
fn selectable_keys<'a>(cx: &CaseCx<'a>, mut keys: BTreeSet<(&'a str, &'a str)>) -> BTreeSet<(&'a str, &'a str)> {
    for it in &cx.graph.services {
        keys.extend(it.labels.keys().map(|key| (it.namespace.as_str(), key.as_str())));
    }
    keys
}

fn path(key: &str) -> String {
    if key.contains('.') { format!("spec.selector[\"{key}\"]") } else { format!("spec.selector.{key}") }
}

/// Whether the pods that a selector misses by a single label are of the same template: it can only mean them.
fn is_beside(cx: &CaseCx<'_>, service: &Service) -> bool {
    let source = |resource: usize| cx.manifest.resources[resource].source.as_ref().map(|it| &it.file);
    let own = source(service.resource);
    near_miss(service, &cx.graph.workloads).is_some_and(|it| own.is_some() && source(cx.graph.workloads[it.0].resource) == own)
}

/// Whether the selector has labels that only this target's pods would have.
fn is_own(cx: &CaseCx<'_>, service: &Service, keys: &BTreeSet<(&str, &str)>) -> bool {
    owns(cx, service.selector.values(), service.selector.keys(), &service.namespace, keys)
}

fn owns<'a>(
    cx: &CaseCx<'_>,
    mut values: impl Iterator<Item = &'a String>,
    mut wanted: impl Iterator<Item = &'a String>,
    namespace: &str,
    keys: &BTreeSet<(&str, &str)>,
) -> bool {
    if cx.target.kind == TargetKind::Helm {
        let release = &cx.case.input.release;
        return values.any(|it| it == release || it.starts_with(&format!("{release}-")));
    }
    wanted.any(|it| keys.contains(&(namespace, it.as_str())))
}

/// Returns the keys of the pods' labels, by namespace.
fn label_keys<'a>(cx: &CaseCx<'a>) -> BTreeSet<(&'a str, &'a str)> {
    let keys = |it: &'a Workload| it.labels.keys().map(|key| (it.namespace.as_str(), key.as_str()));
    cx.graph.workloads.iter().flat_map(keys).collect()
}

/// Whether only Jobs or test pods are selected, which is odd but not nothing.
fn runs_once(cx: &CaseCx<'_>, service: &Service) -> bool {
    let mut finite = cx.graph.workloads.iter().filter(|it| it.finite && it.namespace == service.namespace);
    finite.any(|it| service.selector.iter().all(|(key, value)| it.labels.get(key) == Some(value)))
}

/// Whether an operator may make pods of it.
pub(super) fn is_custom(resource: &Resource) -> bool {
    const KNOWN: [&str; 14] = [
        "monitoring.coreos.com",
        "cert-manager.io",
        "gateway.networking.k8s.io",
        "traefik.io",
        "traefik.containo.us",
        "networking.istio.io",
        "security.istio.io",
        "route.openshift.io",
        "bitnami.com",
        "cilium.io",
        "crd.projectcalico.org",
        "external-secrets.io",
        "keda.sh",
        "kyverno.io",
    ];
    let group = group(&resource.subject.api_version);
    let built_in = !group.contains('.') || group.ends_with(".k8s.io");
    !built_in && (!KNOWN.contains(&group) || matches!(resource.subject.kind.as_str(), "Prometheus" | "Alertmanager" | "ThanosRuler"))
}

#[cfg(test)]
mod tests;
