//! The order of kinds: Helm's `kind_sorter.go`.

use super::Manifest;
use crate::chart::HelmVersion;

const INSTALL_ORDER: [&str; 38] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// How many of them Helm 3 does not know: the webhooks.
const NEW_IN_4: usize = 2;

/// Sorts by kind in the order of installation, unknown kinds last and by name. Those of one kind keep their order.
pub(super) fn sort(manifests: &mut [Manifest], helm: HelmVersion) {
    let known = match helm {
        HelmVersion::V3 => &INSTALL_ORDER[..INSTALL_ORDER.len() - NEW_IN_4],
        HelmVersion::V4 => &INSTALL_ORDER[..],
    };
    manifests.sort_by_cached_key(|it| match known.iter().position(|kind| *kind == it.head.kind) {
        Some(index) => (index, String::new()),
        None => (known.len(), it.head.kind.clone()),
    });
}
