use super::*;
use crate::chart::Chart as Meta;
use crate::render::{Outcome, Renderer, Rendering};
use crate::source::SourceTree;
use crate::target::{Target, TargetKind};

const VALUES: &str = "port: 80\na: {enabled: false}\nb: {enabled: false}\nc: {enabled: false}\nd: {enabled: false}\n\
                      expose: true\nplain: true\nother: true\n";

/// A chart with an Ingress to port 80 of a Service: the Ingress is there with `b.enabled`, the Service's port follows `port` with
/// `expose`, and without `plain` the chart has no such port whatever is set. It is refused without `a.enabled` if `c.enabled`.
struct Fake;

impl Renderer for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn render(&self, _: &Target, case: &Case) -> Outcome {
        let set = |path: &str| case.input.sets.iter().map(SetArg::parts).find(|it| it.0 == path).map(|it| it.1);
        let on = |path: &str, default: bool| set(path).map_or(default, |it| it == "true");
        if on("c.enabled", false) && !on("a.enabled", false) {
            return Outcome::Refused("c needs a".into());
        }
        let port = if on("expose", true) { set("port").unwrap_or("80") } else { "80" };
        let port = if on("plain", true) { port } else { "443" };
        let mut text = format!("apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec:\n  ports: [{{port: {port}}}]\n");
        if on("b.enabled", false) {
            text += "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n\
                     spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n";
        }
        Outcome::Rendered(Rendering { text, ..Rendering::default() })
    }
}

fn scope(switches: &[&str]) -> Option<Scope> {
    let mut tree = SourceTree::default();
    tree.insert("values.yaml", VALUES.as_bytes());
    let template = "{{ .Values.b.enabled }}{{ .Values.expose }}{{ .Values.plain }}{{ .Values.other }}";
    tree.insert("templates/x.yaml", template.as_bytes());
    let values = Values::read(&tree, &Meta::default());
    let target = Target { path: "web".into(), repo_path: "web".into(), kind: TargetKind::Helm, root: "/nowhere".into(), tree };
    let pipeline = Pipeline::new(&Fake, &target, &|_| {});
    let base = Input::default();
    let on = switches.iter().map(|it| SetArg::typed(&format!("{it}.enabled"), &true.into()));
    let input = base.with_sets(on.chain([SetArg::typed("port", &21007.into())]));
    let witness = Case::new("witness", CaseSource::Sentinels, input);
    let mut finding = pipeline.run(std::slice::from_ref(&witness), |_| false)[0].findings.first()?.clone();
    let file = "web/templates/x.yaml".into();
    let precision = crate::finding::Precision::File;
    finding.location = Some(crate::finding::Location { file, line: None, column: None, precision });
    Chart { pipeline: &pipeline, values: &values, base: &base, name: "web" }.scope(&finding, &witness)
}

fn conditions(scope: &Scope) -> Vec<(String, bool)> {
    scope
        .conditions
        .iter()
        .map(|it| match it {
            Condition::Switch { path, on } => (path.shown(), *on),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn only_switches_that_matter_are_conditions() {
    let scope = scope(&["a", "b", "c", "d"]).unwrap();
    let wanted = [("b.enabled", true), ("expose", true), ("plain", true)].map(|(path, on)| (path.to_owned(), on));
    assert_eq!(conditions(&scope), wanted);
    assert_eq!(scope.witnesses[0].input.args(), ["--set", "b.enabled=true", "--set-json", "port=21007"]);
    // Without `plain` the port is missing, but not for the move.
    assert_eq!((scope.witnesses.len(), scope.silent.len()), (2, 3));
}

#[test]
fn a_witness_that_is_the_smallest_is_the_only_one() {
    let scope = scope(&["b"]).unwrap();
    assert_eq!(scope.witnesses.len(), 1);
}

#[test]
fn containers_may_move() {
    assert_eq!(any_container("spec.containers[12].ports[0]"), any_container("spec.containers[3].ports[0]"));
    assert_ne!(any_container("spec.containers[1].ports[0]"), any_container("spec.containers[1].ports[1]"));
}
