use super::HelmChart;
use crate::chart::{ChartErrorKind, HelmVersion, KubeVersion, SetKind, Step, user_values};
use crate::gotemplate::value::{Frozen, MapType, Value};
use crate::source::SourceTree;

const DB: [(&str, &str); 3] = [
    ("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.2.3\n"),
    ("charts/db/values.yaml", "# the port\nport: 5432\nexports: {data: {shared: yes}}\n"),
    ("charts/db/templates/x.yaml", "x"),
];

fn tree(files: &[(&str, &str)]) -> SourceTree {
    let mut tree = SourceTree::default();
    for (path, text) in files {
        tree.insert(*path, text.as_bytes());
    }
    tree
}

fn kube() -> KubeVersion {
    KubeVersion::parse("1.34.0", HelmVersion::V4).expect("a version")
}

fn set(text: &str) -> Value {
    user_values(&[], &[(SetKind::Set, text)], &|_| Err(String::new()), HelmVersion::V4).unwrap()
}

#[test]
fn broken_charts_are_told_in_helms_words() {
    for (files, expected) in [
        (vec![], "Chart.yaml file is missing"),
        (vec![("Chart.yaml", "name: x\n")], "validation: chart.metadata.version is required"),
        (vec![("Chart.yaml", "name: x\nversion: one\n")], "validation: chart.metadata.version \"one\" is invalid"),
        (vec![("Chart.yaml", "name: a/b\nversion: 1\n")], "validation: chart.metadata.name \"a/b\" is invalid"),
        (vec![("Chart.yaml", "name: x\nversion: 1\napiVersion: v9\n")], "unsupported chart version"),
        (
            vec![("Chart.yaml", "name: x\nversion: 1\nkeywords: word\n")],
            "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field Metadata.keywords of type []string",
        ),
        (
            vec![("Chart.yaml", "name: x\nversion: 1\n"), ("values.yaml", "a: [\n")],
            "cannot load values.yaml: cannot unmarshal yaml document: error converting YAML to JSON: yaml: line 1: did not find expected node content",
        ),
        (
            vec![("Chart.yaml", "name: x\nversion: 1\n"), ("charts/README.md", "x")],
            "error unpacking subchart README.md in x: Chart.yaml file is missing",
        ),
    ] {
        assert_eq!(HelmChart::load(&tree(&files), HelmVersion::V4).unwrap_err().message, expected, "{files:?}");
    }
}

#[test]
fn scalars_of_chart_yaml_become_texts() {
    let chart = tree(&[("Chart.yaml", "NAME: x\nversion: 1.10\nappVersion: 1.20\nannotations: {a: true, b: null}\n")]);
    let metadata = HelmChart::load(&chart, HelmVersion::V4).unwrap().root.metadata;
    assert_eq!([&*metadata.name, &*metadata.version, &*metadata.app_version, &*metadata.api_version], ["x", "1.1", "1.2", "v1"]);
    let annotations = metadata.annotations.unwrap();
    assert_eq!(annotations.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>(), ["a=true", "b="]);
}

#[test]
fn aliases_conditions_and_imports() {
    let yaml = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.x, alias: store, condition: store.enabled, import-values: [data]}\n- {name: db, version: '*', condition: db.enabled}\n";
    let mut files =
        vec![("Chart.yaml", yaml), ("values.yaml", "store: {port: 1}\ndb: {enabled: false}\n"), ("templates/a.yaml", "a")];
    files.extend(DB);
    let chart = HelmChart::load(&tree(&files), HelmVersion::V4).unwrap();
    let prepared = chart.prepare(&set("store.name=x,global.g=1"), &kube(), None).unwrap();
    let paths: Vec<&str> = prepared.scopes.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["web", "web/charts/store"]);
    let [root, store] = &prepared.scopes[..] else { panic!("two charts") };
    assert_eq!(&*store.templates[0].name, "web/charts/store/templates/x.yaml");
    assert_eq!(store.templates[0].file.path, "charts/db/templates/x.yaml");
    assert_eq!(store.keys, ["store"]);
    let values = root.values.as_map().unwrap();
    assert_eq!(values.get("shared").unwrap().as_bool(), Some(true));
    let own = store.values.as_map().unwrap();
    assert_eq!(Frozen::from(&own.get("port").unwrap()), Frozen::Float(1.0));
    assert_eq!(own.ty(), MapType::Named("common.Values"));
    // what a template of the subchart sets, the parent sees
    own.insert("new", Value::int(1));
    assert!(values.get("store").unwrap().as_map().unwrap().contains("new"));
    // with both, the other name is there too
    assert_eq!(chart.prepare(&set("db.enabled=true"), &kube(), None).unwrap().scopes.len(), 3);
}

#[test]
fn charts_that_cannot_be_rendered() {
    for (yaml, kind, message) in [
        ("type: library", ChartErrorKind::Library, "library charts are not installable"),
        (
            "dependencies: [{name: a, version: 1}, {name: b, version: 1}]",
            ChartErrorKind::Missing(vec!["a".into(), "b".into()]),
            "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: a, b",
        ),
        (
            "kubeVersion: <1.30",
            ChartErrorKind::Refused,
            "chart requires kubeVersion: <1.30 which is incompatible with Kubernetes v1.34.0",
        ),
    ] {
        let yaml = format!("apiVersion: v2\nname: x\nversion: 1.0.0\n{yaml}\n");
        let chart = HelmChart::load(&tree(&[("Chart.yaml", &yaml)]), HelmVersion::V4).unwrap();
        let error = chart.prepare(&Value::NIL, &kube(), None).unwrap_err();
        assert_eq!((error.kind, &*error.message), (kind, message));
    }
}

#[test]
fn defaults_have_lines() {
    let mut files = vec![("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"), ("values.yaml", "a:\n- b: 1\n- c: 2\n")];
    files.extend(DB);
    let chart = HelmChart::load(&tree(&files), HelmVersion::V4).unwrap();
    let prepared = chart.prepare(&Value::NIL, &kube(), None).unwrap();
    let key = |key: &str| Step::Key(key.into());
    assert_eq!(prepared.line_of(&[key("a"), Step::Index(1), key("c")]), Some(("values.yaml", 3)));
    assert_eq!(prepared.line_of(&[key("db"), key("port")]), Some(("charts/db/values.yaml", 2)));
    assert_eq!(prepared.line_of(&[key("db"), key("none")]), None);
}

#[test]
fn a_chart_is_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<HelmChart>();
}
