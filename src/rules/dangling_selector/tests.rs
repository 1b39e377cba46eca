use crate::finding::Severity;
use crate::rules::testing::{check, check_all, check_helm};

const RULE: &str = "dangling-selector";

#[test]
fn a_selector_that_misses_by_one_label_is_an_error() {
    let found = check(
        RULE,
        "
        kind: Service
        metadata: { name: web }
        spec: { selector: { app: web, release: rel } }
        #                        ^^^ no pod has this label
        ---
        kind: Deployment
        metadata: { name: web }
        spec: { template: { metadata: { labels: { app: wbe, release: rel } }, spec: { containers: [{}] } } }
        ",
    );
    assert_eq!(found[0].message, "`Service/web` selects pods with `app: web`; the pods of `Deployment/web` have `app: wbe`");
    assert_eq!(found[0].severity, Severity::Error);
}

#[test]
fn a_label_that_pods_lack_is_an_error() {
    let found = check_helm(
        RULE,
        "rel",
        "
        kind: Service
        metadata: { name: rel-web }
        spec:
          selector:
            app.kubernetes.io/instance: rel
            app.kubernetes.io/name: web
        #                           ^^^ no pod has this label
        ---
        kind: StatefulSet
        metadata: { name: rel-web }
        spec: { template: { metadata: { labels: { app.kubernetes.io/instance: rel, name: web } }, spec: { containers: [{}] } } }
        ",
    );
    assert_eq!(
        found[0].message,
        "`Service/rel-web` selects pods with `app.kubernetes.io/name: web`; the pods of `StatefulSet/rel-web` lack that label"
    );
}

#[test]
fn another_component_is_a_warning() {
    for key in ["app.kubernetes.io/component", "tier"] {
        let found = check(
            RULE,
            &format!(
                "
kind: Service
spec:
  selector:
    app: web
    {key}: db
#   {}^^ no pod has this label
---
kind: Pod
metadata: {{ labels: {{ app: web, {key}: front }} }}
spec: {{ containers: [] }}
",
                " ".repeat(key.len() + 2)
            ),
        );
        assert_eq!(found[0].severity, Severity::Warning);
    }
}

#[test]
fn an_operator_may_make_the_pods() {
    for fixture in [
        "{ app: web, name: db }, ports: [] }\n---\nkind: Pod\nmetadata: { labels: { app: web, name: front } }\nspec: { containers: [] }",
        "{ app: other }, ports: [] }\n---\nkind: Pod\nmetadata: { labels: { app: web } }\nspec: { containers: [] }",
    ] {
        check_all(&format!("kind: Service\nspec: {{ selector: {fixture}\n---\nkind: Cluster\napiVersion: postgresql.cnpg.io/v1\n"));
    }
}

#[test]
fn own_labels_that_match_nothing_are_a_warning() {
    let fixture = "
        kind: Service
        metadata: { name: web }
        spec: { selector: { app: web } }
        #                 ^^^^^^^^^^^^ nothing rendered has these labels
        ---
        kind: Pod
        metadata: { labels: { app: other } }
        spec: { containers: [] }
        ";
    let found = check(RULE, fixture);
    assert_eq!(found[0].severity, Severity::Warning);
    assert_eq!(found[0].message, "`Service/web` selects no pods that are rendered");
    check_helm(RULE, "web", fixture);
}

#[test]
fn labels_that_are_not_ours_stay_silent() {
    check_all("kind: Service\nspec: { selector: { k8s-app: kube-dns } }\n");
    check_all("kind: Service\nmetadata: { namespace: kube-system }\nspec: { selector: { app: dns } }\n---\nkind: Pod\nmetadata: { labels: { app: web } }\nspec: { containers: [] }\n");
    check_helm(RULE, "rel", "kind: Service\nspec: { selector: { app: relay } }\n");
    check_helm(RULE, "rel", "kind: Service\nspec: { selector: { statefulset.kubernetes.io/pod-name: rel-0 } }\n");
    check_helm(RULE, "rel", "kind: Service\nspec: { type: ExternalName, selector: { app: rel } }\n");
    check_helm(RULE, "rel", "kind: Service\nspec: { selector: null }\n");
}

#[test]
fn selectors_that_match_stay_silent() {
    for selector in ["{ app: web }", "{ app: web, empty: '' }", "{ app: web, statefulset.kubernetes.io/pod-name: web-0 }"] {
        check_all(&format!(
            "kind: Service\nspec: {{ selector: {selector} }}\n---\nkind: Pod\nmetadata: {{ labels: {{ app: web, empty: null, n: 1 }} }}\nspec: {{ containers: [] }}\n"
        ));
    }
    let hook = "metadata: { labels: { app: web }, annotations: { helm.sh/hook: test } }";
    check_all(&format!("kind: Service\nspec: {{ selector: {{ app: web }} }}\n---\nkind: Pod\n{hook}\nspec: {{ containers: [] }}\n"));
}
