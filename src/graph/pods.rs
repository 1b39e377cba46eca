//! Which pods a selector means.

use std::collections::BTreeMap;

use crate::kube::{Service, Workload};

/// Labels that controllers add to pods: a selector that asks for one of them is not judged by it.
const BY_CONTROLLERS: [&str; 5] = [
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "pod-template-hash",
    "controller-revision-hash",
    "batch.kubernetes.io/job-name",
];

type Labels = BTreeMap<String, String>;

pub(super) fn wanted(selector: &Labels) -> impl Iterator<Item = (&String, &String)> {
    selector.iter().filter(|(key, _)| !BY_CONTROLLERS.contains(&key.as_str()))
}

/// Whether a selector asks only for labels that controllers add: nothing rendered can tell what it selects.
pub(crate) fn by_controllers(service: &Service) -> bool {
    wanted(&service.selector).next().is_none()
}

/// Returns the indices of the workloads whose pods a Service selects. Jobs and test pods are never meant.
pub fn selected(service: &Service, workloads: &[Workload]) -> Vec<usize> {
    selected_among(service, workloads, 0..workloads.len()).collect()
}

/// Narrows a choice of workloads down to those whose pods a Service selects.
pub(super) fn selected_among(
    service: &Service,
    workloads: &[Workload],
    among: impl Iterator<Item = usize>,
) -> impl Iterator<Item = usize> {
    among.filter(move |&index| {
        let it = &workloads[index];
        !it.finite
            && it.namespace == service.namespace
            && wanted(&service.selector).all(|(key, value)| it.labels.get(key) == Some(value))
    })
}

/// Returns the workload that misses a selector by exactly one of its several labels, with that label's key.
pub fn near_miss<'a>(service: &'a Service, workloads: &[Workload]) -> Option<(usize, &'a str)> {
    if wanted(&service.selector).count() < 2 {
        return None;
    }
    (0..workloads.len()).filter(|&it| !workloads[it].finite && workloads[it].namespace == service.namespace).find_map(|index| {
        let mut missed = wanted(&service.selector).filter(|(key, value)| workloads[index].labels.get(*key) != Some(value));
        let (key, _) = missed.next()?;
        missed.next().is_none().then_some((index, key.as_str()))
    })
}
