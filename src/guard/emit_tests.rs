use super::*;
use crate::chart::{Chart, Values};
use crate::guard::{Condition, Kept, Place};

const VALUES: &str = r#"
service: {port: 80, target-port: 8080, portName: http}
ports:
- {name: http, containerPort: 8080}
- {name: admin, containerPort: 9090}
extra: [{port: 7000}]
annotations: {"prometheus.io/port": 9102}
ingress: {enabled: false}
named: false
"#;

fn tree() -> SourceTree {
    let mut tree = SourceTree::default();
    tree.insert("values.yaml", VALUES.as_bytes());
    tree
}

fn path(shown: &str) -> ValuePath {
    let values = Values::read(&tree(), &Chart { name: "web".into(), ..Chart::default() });
    ValuePath::find(shown, &values).unwrap_or_else(|| panic!("{shown}"))
}

fn place(file: &str, line: u32) -> BTreeSet<Place> {
    [Place { file: format!("templates/{file}.yaml"), line: Some(line) }].into()
}

fn literal_of(shown: &str, number: i64, conditions: &[(&str, bool)]) -> Constraint {
    let conditions = conditions.iter().map(|(shown, on)| Condition::Switch { path: path(shown), on: *on }).collect();
    Constraint {
        demand: Demand::Literal { path: path(shown), kept: Kept::Number(number), places: place("ingress", 23) },
        conditions,
    }
}

fn equal(one: &str, other: &str) -> Constraint {
    let demand = Demand::Equal { names: false, one: (path(one), place("pod", 7)), other: (path(other), place("service", 9)) };
    Constraint { demand, conditions: Vec::new() }
}

fn of(demand: Demand) -> Constraint {
    Constraint { demand, conditions: Vec::new() }
}

fn held_to_a_name() -> Constraint {
    let kept = Kept::Name("http".into());
    of(Demand::Literal { path: path("service.portName"), kept, places: place("pod", 6) })
}

fn leads_nowhere() -> Constraint {
    let conditions = vec![
        Condition::Set { path: path("extra[0].port") },
        Condition::Other { path: path("service.portName"), than: vec!["web".into()] },
        Condition::Release { lacks: "web".into() },
    ];
    let demand = Demand::Absent { what: "a Service that is not rendered", places: place("ingress", 3) };
    Constraint { demand, conditions }
}

fn names() -> Names {
    Names::new("web", "templates/service.yaml".into(), &tree(), None)
}

/// One of everything.
fn constraints() -> Vec<Constraint> {
    vec![
        literal_of("service.port", 80, &[("ingress.enabled", true), ("named", false)]),
        literal_of("extra[0].port", 7000, &[]),
        literal_of("annotations[\"prometheus.io/port\"]", 9102, &[]),
        equal("ports[0].containerPort", "service.target-port"),
    ]
}

/// One of every other thing.
fn others() -> Vec<Constraint> {
    vec![
        held_to_a_name(),
        leads_nowhere(),
        of(Demand::Range { path: path("service.port"), zero: false }),
        of(Demand::Range { path: path("ports[1].containerPort"), zero: true }),
        of(Demand::Named { port: path("service.port"), name: path("service.portName") }),
    ]
}

#[test]
fn guard_has_one_of_everything() {
    insta::assert_snapshot!(emit(&names(), &[constraints(), others()].concat()));
}

#[test]
fn helper_without_lists_is_short() {
    insta::assert_snapshot!(emit(&names(), &[literal_of("service.port", 80, &[])]));
}

#[test]
fn names_do_not_clash() {
    let mut tree = tree();
    tree.insert(
        "templates/_x.tpl",
        &b"{{- define \"web.validatePorts\" -}}{{ end }}{{define `web.validatePorts2.read`}}{{end}}"[..],
    );
    assert_eq!(Names::new("web", String::new(), &tree, None).define, "web.validatePorts3");
    assert_eq!(names().include(), "{{- include \"web.validatePorts\" . }}");
}

#[test]
fn hostile_names_stay_in_their_literals_and_comments() {
    let places = [Place { file: "templates/a*/}}%d\".yaml".into(), line: None }].into();
    let demand = Demand::Literal { path: path("service.port"), kept: Kept::Number(80), places };
    let text = emit(&names(), &[Constraint { demand, conditions: Vec::new() }]);
    assert!(text.contains("for templates/a* /}}%d\".yaml has it hard-coded\n"), "{text}");
    assert!(text.contains(r#"templates/a*/}}%%d\".yaml has it hard-coded; it is %s" $it"#), "{text}");
}

#[cfg(feature = "cli")]
mod real {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::matrix::{Case, CaseSource, Input, SetArg, SetKind, ValuesFile};
    use crate::os::RunDir;
    use crate::os::testing::{real_helms, write_files};
    use crate::render::{HelmRenderer, Outcome, Renderer as _};
    use crate::target::{Target, TargetKind};

    /// What is set, by `--set`, `--set-string`, `--set-json` or a values file, and the sentence that stops it.
    const TABLE: [(&str, &str, Option<&str>); 32] = [
        ("file", "{}", None),
        ("file", "service: {port: 80.0}", None),
        ("file", "service: {port: '80'}", None),
        ("file", "service: {port: 1e+06}\ningress: {enabled: true}", Some("has it hard-coded; it is 1000000")),
        ("json", "service.port=1000000", None),
        ("set", "service.port=80", None),
        ("string", "service.port=80", None),
        ("set", "service.port=81", None),
        ("set", "service.port=81,ingress.enabled=true", Some("`service.port` must be 80")),
        ("string", "service.port=81,ingress.enabled=true", Some("has it hard-coded; it is 81")),
        ("string", "service.port=81,ingress.enabled=false", None),
        ("file", "service: {port: '81'}\ningress: {enabled: true}", Some("has it hard-coded; it is 81")),
        ("file", "service: {port: 81}\ningress: {enabled: true}\nnamed: true", None),
        ("file", "service: {port: 81}\ningress: null", None),
        ("file", "service: {port: 81}\ningress: true", None),
        ("file", "service: {port: 81}\ningress: [1]", None),
        ("file", "service: null\ningress: {enabled: true}", None),
        ("file", "service: 81\ningress: {enabled: true}", None),
        ("file", "service: {port: null}\ningress: {enabled: true}", None),
        ("file", "service: {port: ''}\ningress: {enabled: true}", None),
        ("file", "service: {port: 0}\ningress: {enabled: true}", None),
        ("file", "service: {port: http}\ningress: {enabled: true}", None),
        ("file", "extra: null", None),
        ("file", "extra: []", None),
        ("file", "extra: [{port: 7001}]", Some("`extra[0].port` must be 7000")),
        ("file", "extra: [3]", None),
        ("file", "annotations: {prometheus.io/port: '9103'}", Some("`annotations[\"prometheus.io/port\"]` must be 9102")),
        ("file", "ports: [{name: admin, containerPort: 9091}, {name: http, containerPort: 8080}]", None),
        (
            "file",
            "ports: [{name: admin, containerPort: 9091}, {name: http, containerPort: 8081}]",
            Some("; they are 8081 and 8080"),
        ),
        ("file", "ports: [x, {containerPort: 1}, {name: 3}, null]", None),
        ("set", "service.target-port=8081", Some("; they are 8080 and 8081")),
        ("file", "ports: {http: 1}", None),
    ];

    /// The same of what is not held to a number.
    const OTHERS: [(&str, &str, Option<&str>); 20] = [
        ("file", "service: {portName: http}\nextra: []", None),
        ("file", "service: {portName: web}\nextra: []", Some("`service.portName` must be `http`, for templates/pod.yaml:6")),
        ("file", "service: {port: 65535}\nextra: []", None),
        ("file", "service: {port: '{{ 1 }}'}\nextra: []", None),
        ("string", "service.port=8080,extra=", None),
        ("file", "service: {port: 0}\nextra: []", Some("`service.port` must be a port, from 1 to 65535; it is 0")),
        ("set", "service.port=65536", Some("; it is 65536")),
        ("file", "service: {port: 1e+06}", Some("; it is 1000000")),
        ("file", "service: {port: 80.5}", Some("; it is 80.5")),
        ("file", "service: {port: -1}", Some("; it is -1")),
        ("file", "service: {port: '-1'}", Some("; it is -1")),
        ("file", "service: {port: http}", Some("; it is http")),
        ("file", "service: {port: true}", Some("; it is true")),
        ("file", "service: {port: null}\nextra: []", None),
        ("file", "service: {port: ''}\nextra: []", None),
        ("file", "ports: [{name: http}, {name: admin, containerPort: 0}]\nextra: []", None),
        ("file", "ports: [{name: admin, containerPort: 70000}]", Some("from 1 to 65535, or 0; it is 70000")),
        ("file", "service: {portName: ''}\nextra: []", Some("`service.portName` must be set where `service.port` is")),
        ("file", "{}", Some("a release whose name lacks `web`, templates/ingress.yaml:3 leads to a Service")),
        ("file", "extra: [{port: 0}]", None),
    ];

    fn input(kind: &str, text: &str, folder: &std::path::Path) -> Input {
        let set = |kind| Input { sets: vec![SetArg { kind, text: text.into() }], ..Input::default() };
        match kind {
            "set" => set(SetKind::Set),
            "string" => set(SetKind::SetString),
            "json" => set(SetKind::SetJson),
            _ => {
                let path = folder.join("values.yaml");
                write_files(folder, &[("values.yaml", text)]);
                Input { values: vec![ValuesFile { shown: "values.yaml".into(), path }], ..Input::default() }
            }
        }
    }

    #[test]
    fn real_helms_stop_at_numbers_and_at_nothing_else() {
        obeyed(&constraints(), &TABLE);
    }

    #[test]
    fn real_helms_stop_at_what_leads_nowhere_and_at_what_is_no_port() {
        obeyed(&others(), &OTHERS);
    }

    fn obeyed(constraints: &[Constraint], table: &[(&str, &str, Option<&str>)]) {
        let (folder, run) = (tempfile::tempdir().unwrap(), Arc::new(RunDir::new().unwrap()));
        let guard = emit(&names(), constraints);
        let root = folder.path().join("web");
        write_files(
            &root,
            &[
                ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
                ("values.yaml", VALUES),
                ("templates/_helpers.tpl", &guard),
                ("templates/service.yaml", &format!("{}\nkind: Service\n", names().include())),
            ],
        );
        let tree = crate::os::load_chart(&root).unwrap().tree;
        let target = Target { path: "web".into(), repo_path: "web".into(), kind: TargetKind::Helm, root, tree };
        for helm in real_helms(&run) {
            let renderer = HelmRenderer::new(helm, Arc::clone(&run), Duration::from_secs(20));
            for &(kind, text, stopped) in table {
                let case = Case::new(text, CaseSource::Flags, input(kind, text, &folder.path().join("in")));
                match (renderer.render(&target, &case), stopped) {
                    (Outcome::Rendered(it), None) => {
                        assert_eq!(it.text, "---\n# Source: web/templates/service.yaml\nkind: Service\n", "{text}");
                    }
                    (Outcome::Refused(message), Some(part)) => assert!(message.contains(part), "{text}: {message}"),
                    (outcome, _) => panic!("{kind} {text}: {outcome:?}"),
                }
            }
        }
    }
}
