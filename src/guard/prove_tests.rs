use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::app::{Guarded, Settings, ToolSettings, Tools, WantedGuard, guard};
use crate::chart::{Chart, Values};
use crate::guard::{Condition, Demand, Guard, Kept, Names, ValuePath, emit, guarded};
use crate::matrix::{CaseSource, Input};
use crate::os::testing::{real_helms, write_files};
use crate::render::Rendering;
use crate::source::SourceTree;
use crate::target::TargetKind;

/// Plays helm: a case's label lists the constraints that stop it, where the guard has them; `broken` breaks with any guard.
struct Fake;

impl Renderer for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn render(&self, target: &Target, case: &Case) -> Outcome {
        let guard = target.tree.text("templates/_helpers.tpl").unwrap_or_default();
        let sentences: Vec<String> = ["a", "b", "c"].iter().map(|it| constraint(it).sentence()).collect();
        let words: Vec<&str> = case.label.split(' ').collect();
        let stops = |it: &&String| guard.contains(it.as_str()) && words.iter().any(|word| it.starts_with(&format!("`{word}`")));
        let stopped: Vec<String> = sentences.iter().filter(stops).map(|it| format!("{it}; it is 1")).collect();
        if case.label == "broken" && guard.contains(&sentences[1]) {
            Outcome::Failed("wrong type".into())
        } else if stopped.is_empty() {
            Outcome::Rendered(Rendering { text: case.label.clone(), ..Rendering::default() })
        } else {
            Outcome::Refused(stopped.join("\n"))
        }
    }
}

fn constraint(key: &str) -> Constraint {
    let mut tree = SourceTree::default();
    tree.insert("values.yaml", &b"a: 1\nb: 1\nc: 1\n"[..]);
    let values = Values::read(&tree, &Chart::default());
    let demand =
        Demand::Literal { path: ValuePath::find(key, &values).unwrap(), kept: Kept::Number(80), places: BTreeSet::new() };
    Constraint { demand, conditions: Vec::<Condition>::new() }
}

fn case(label: &str) -> Case {
    Case::new(label, CaseSource::Flags, Input::default())
}

fn candidate(key: &str, witness: &str, silent: &[&str]) -> Candidate {
    let silent = silent.iter().map(|it| case(it)).collect();
    Candidate { constraint: constraint(key), witnesses: vec![case(witness)], silent, excused: BTreeSet::new() }
}

/// Proves candidates; returns what is kept and why the others are not.
fn prove(good: &[&str], candidates: Vec<Candidate>) -> (Vec<String>, Vec<String>) {
    let run = RunDir::new().unwrap();
    let (kind, tree) = (TargetKind::Helm, SourceTree::default());
    let target = Target { path: "web".into(), repo_path: "web".into(), kind, root: "/nowhere".into(), tree };
    let names = Names::new("web", "templates/x.yaml".into(), &target.tree, None);
    let put = |it: &[Constraint]| guarded(&target.tree, &emit(&names, it), &names);
    let good: Vec<Good> = good.iter().map(|it| Good { case: case(it), hash: hash_of(it) }).collect();
    let bench = Bench { target: &target, renderer: &Fake, run: &run, put: &put, says: true, good: &good };
    let proven = bench.prove(candidates).unwrap();
    let path = |it: &Constraint| it.sentence().split('`').nth(1).unwrap_or_default().to_owned();
    let kept = proven.kept.iter().map(|it| path(&it.constraint)).collect();
    (kept, proven.dropped.iter().map(|(it, why)| format!("{}: {why}", path(it))).collect())
}

#[test]
fn what_stops_its_witness_and_nothing_else_is_kept() {
    let (kept, dropped) = prove(&["default", "ci"], vec![candidate("a", "a", &[]), candidate("b", "a b", &["a"])]);
    assert_eq!((kept, dropped), (vec!["a".to_owned(), "b".to_owned()], vec![]));
}

#[test]
fn each_doubt_costs_its_constraint_alone() {
    let all = || vec![candidate("a", "a", &[]), candidate("b", "b", &[]), candidate("c", "c", &[])];
    assert_eq!(prove(&["default", "b"], all()), (vec!["a".into(), "c".into()], vec!["b: it refuses `b`, which is fine".into()]));
    let mut blind = all();
    blind[0].witnesses = vec![case("b")];
    assert_eq!(prove(&["default"], blind), (vec!["b".into(), "c".into()], vec!["a: it does not refuse `b`".into()]));
    let mut eager = all();
    eager[2].silent = vec![case("c a")];
    assert_eq!(prove(&["default"], eager), (vec!["a".into(), "b".into()], vec!["c: it refuses `c a`, which is fine".into()]));
}

#[test]
fn a_case_that_is_broken_already_may_be_refused() {
    let mut right = candidate("a", "a", &[]);
    right.excused.insert(case("a").id);
    assert_eq!(prove(&["default", "a"], vec![right.clone()]), (vec!["a".into()], vec![]));
    assert_eq!(prove(&["a"], vec![right]), (vec![], vec!["a: with it no case of the matrix renders".into()]));
}

#[test]
fn what_breaks_for_an_unknown_reason_is_found_by_trying_each() {
    let (kept, dropped) = prove(&["default", "broken"], vec![candidate("a", "a", &[]), candidate("b", "b", &[])]);
    assert_eq!((kept, dropped), (vec!["a".into()], vec!["b: with it `broken` no longer renders: wrong type".into()]));
}

#[test]
fn lines_that_change_by_themselves_may_change() {
    assert!(same(["a\nb", "a\nb"], "a\nb") && !same(["a\nb", "a\nb"], "a\nc"));
    assert!(same(["a\nx1\nb", "a\nx2\nb"], "a\nx3\nb") && !same(["a\nx1\nb", "a\nx2\nb"], "c\nx3\nb"));
    assert!(!same(["a\nx1", "a\nx2"], "\na\nx3"));
}

const CHART: [(&str, &str); 9] = [
    ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
    (
        "values.yaml",
        "service: {port: 80, target-port: 8080}\nports: [{name: http, containerPort: 8080}]\n\
         ingress: {enabled: false}\nmetrics: {enabled: false}\n",
    ),
    (
        "templates/service.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: web}\n  ports:\n  - port: {{ .Values.service.port }}\n    targetPort: {{ index .Values.service \"target-port\" }}\n",
    ),
    (
        "templates/pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels: {app: web}\nspec:\n  containers:\n  - name: web\n    image: web\n    ports:\n    - containerPort: {{ (first .Values.ports).containerPort }}\n",
    ),
    (
        "templates/ingress.yaml",
        "{{- if .Values.ingress.enabled }}\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec:\n  defaultBackend:\n    service:\n      name: web\n      port:\n        number: 80\n{{- end }}\n",
    ),
    ("ci/off-values.yaml", "service: {port: 81}\n"),
    ("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n"),
    ("charts/db/values.yaml", "port: 5432\n"),
    (
        "charts/db/templates/db.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec:\n  selector: {app: db}\n  ports:\n  - port: 5432\n    targetPort: 5432\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: db\n  labels: {app: db}\nspec:\n  containers:\n  - name: db\n    image: db\n    ports:\n    - containerPort: {{ .Values.port }}\n",
    ),
];

/// Guards a chart with a real helm.
fn guarded_by(helm: &crate::os::Helm, run: &Arc<RunDir>, root: &std::path::Path) -> Guarded {
    let settings = Settings {
        paths: vec![root.to_string_lossy().into_owned()],
        discover: true,
        tools: ToolSettings { helm: Some(helm.program.clone()), time_limit: Duration::from_secs(20), ..ToolSettings::default() },
        ..Settings::default()
    };
    guard(&settings, WantedGuard::default(), &Tools::new(&settings, Arc::clone(run)), run, &|_| {}).unwrap()
}

fn proven(guarded: Guarded) -> Guard {
    match guarded {
        Guarded::Proven(guard, _) => *guard,
        Guarded::Nothing(why, _) => panic!("{why}"),
        Guarded::Unfit(why) | Guarded::Unchecked(why) | Guarded::Policy(why) => panic!("{why}"),
    }
}

#[test]
fn real_helms_prove_a_guard_and_obey_it() {
    let (folder, run) = (tempfile::tempdir().unwrap(), Arc::new(RunDir::new().unwrap()));
    let root = folder.path().join("web");
    write_files(&root, &CHART);
    for helm in real_helms(&run) {
        let guard = proven(guarded_by(&helm, &run, &root));
        assert_eq!((guard.dropped.len(), guard.good, guard.names.file.as_str()), (0, 4, "templates/service.yaml"));
        for line in [
            "- `db.port` must be 5432, for charts/db/templates/db.yaml:8 has it hard-coded\n",
            "- with `ingress.enabled` on, `service.port` must be 80, for templates/ingress.yaml:10 has it hard-coded\n",
            "- `ports[name=http].containerPort` and `service.target-port` must be equal, for templates/pod.yaml:11 follows \
             `ports[name=http].containerPort` and templates/service.yaml:9 follows `service.target-port`\n",
        ] {
            assert!(guard.text.contains(line), "{}", guard.text);
        }
    }
}

#[test]
fn real_helms_make_the_same_guard_of_a_guarded_chart() {
    let (folder, run) = (tempfile::tempdir().unwrap(), Arc::new(RunDir::new().unwrap()));
    let root = folder.path().join("web");
    write_files(&root, &CHART);
    for helm in real_helms(&run) {
        let first = proven(guarded_by(&helm, &run, &root));
        let tree = crate::os::load_chart(&root).unwrap().tree;
        let copy = run.subfolder().unwrap();
        write_tree(&guarded(&tree, &first.text, &first.names), &copy).unwrap();
        let again = proven(guarded_by(&helm, &run, &copy));
        assert_eq!((&again.text, again.names.at.is_some()), (&first.text, true));
    }
}

#[test]
fn real_helms_find_charts_that_cannot_be_guarded() {
    let (folder, run) = (tempfile::tempdir().unwrap(), Arc::new(RunDir::new().unwrap()));
    write_files(
        folder.path(),
        &[("x.yaml", "kind: Service\n"), ("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")],
    );
    write_files(folder.path(), &[("web/templates/x.yaml", "{{ fail \"no\" }}")]);
    for helm in real_helms(&run) {
        assert!(matches!(guarded_by(&helm, &run, &folder.path().join("x.yaml")), Guarded::Unfit(_)));
        assert!(matches!(guarded_by(&helm, &run, &folder.path().join("web")), Guarded::Unchecked(_)));
    }
}
