use super::*;
use crate::matrix::{CaseSource, SetArg, SetKind, ValuesFile};
use crate::os::load_chart;
use crate::os::testing::{fake, real_helms, write_files};
use crate::target::TargetKind;

fn target(root: &Path) -> Target {
    let tree = load_chart(root).unwrap().tree;
    Target { path: "web".into(), repo_path: "web".into(), kind: TargetKind::Helm, root: root.to_owned(), tree }
}

fn case(input: Input) -> Case {
    Case::new("default", CaseSource::Default, input)
}

/// Renders a chart with a script in helm's place.
fn with_fake(script: &str, time_limit: Duration) -> Outcome {
    let (folder, run) = (tempfile::tempdir().unwrap(), Arc::new(RunDir::new().unwrap()));
    write_files(folder.path(), &[("web/Chart.yaml", "name: web")]);
    let helm = Helm { program: fake(folder.path(), "helm", script), version: "v4.3.1".into(), number: Some((4, 3)) };
    HelmRenderer::new(helm, run, time_limit).render(&target(&folder.path().join("web")), &case(Input::default()))
}

const SECOND: Duration = Duration::from_secs(20);

#[test]
fn arguments_are_helms() {
    let input = Input {
        values: vec![ValuesFile { shown: "a.yaml".into(), path: "/x/a.yaml".into() }],
        sets: vec![SetArg { kind: SetKind::SetJson, text: "port=1".into() }],
        api_versions: vec!["x/v1".into()],
        include_crds: true,
        extra: vec!["--is-upgrade".into()],
        ..Input::default()
    };
    let args: Vec<_> = arguments(Path::new("web"), &input).into_iter().map(|arg| arg.into_string().unwrap()).collect();
    assert_eq!(
        args.join(" "),
        "template release-name ./web --values /x/a.yaml --set-json port=1 --kube-version 1.37.0 --api-versions x/v1 \
         --namespace default --include-crds --is-upgrade"
    );
}

#[test]
fn text_and_origins_come_back() {
    let outcome = with_fake("printf -- '---\\n# Source: web/templates/x.yaml\\na: 1\\n'", SECOND);
    let Outcome::Rendered(rendering) = outcome else { panic!("{outcome:?}") };
    assert_eq!(rendering.text, "---\n# Source: web/templates/x.yaml\na: 1\n");
    assert_eq!((rendering.origins[0].line, rendering.origins[0].file.as_str()), (2, "templates/x.yaml"));
}

#[test]
fn environment_holds_nothing_of_the_user() {
    let Outcome::Rendered(rendering) = with_fake("env | cut -d= -f1 | sort | tr '\\n' ' '", SECOND) else { panic!() };
    assert_eq!(
        rendering.text.replace("PWD ", "").replace("SHLVL ", "").replace("OLD", "").replace("_ ", ""),
        "GOGC GOMEMLIMIT HELM_CACHE_HOME HELM_CONFIG_HOME HELM_DATA_HOME HOME LANG PATH TMPDIR XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME "
    );
}

#[test]
fn misbehaving_helms_become_outcomes() {
    let hang = with_fake("trap '' TERM INT; (sleep 300) & sleep 300", Duration::from_millis(300));
    assert_eq!(hang, Outcome::Failed("helm took longer than 0.3 s: raise `--timeout`".into()));
    assert_eq!(with_fake("kill -KILL $$", SECOND), Outcome::Failed("helm was killed by signal 9".into()));
    assert_eq!(with_fake("yes", SECOND), Outcome::Failed("helm wrote more than 32 MB: render a part of it".into()));
    let refusal = with_fake("echo 'Error: execution error at (web/templates/x.yaml:1:3): no' >&2; exit 1", SECOND);
    assert_eq!(refusal, Outcome::Refused("execution error at (web/templates/x.yaml:1:3): no".into()));
}

#[test]
fn vanished_helm_is_a_skip() {
    let (folder, run) = (tempfile::tempdir().unwrap(), Arc::new(RunDir::new().unwrap()));
    write_files(folder.path(), &[("Chart.yaml", "name: web")]);
    let helm = Helm { program: "/nowhere/helm".into(), version: "v4.3.1".into(), number: Some((4, 3)) };
    let outcome = HelmRenderer::new(helm, run, SECOND).render(&target(folder.path()), &case(Input::default()));
    let Outcome::Skipped(message) = outcome else { panic!("{outcome:?}") };
    assert!(message.starts_with("cannot run `/nowhere/helm`: "));
}

#[test]
fn real_helms_render_local_dependencies_without_touching_the_folder() {
    let (folder, run) = (tempfile::tempdir().unwrap(), Arc::new(RunDir::new().unwrap()));
    write_files(
        folder.path(),
        &[
            (
                "web/Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.0.0\n\
                 dependencies: [{name: common, alias: base, version: 1.0.0, repository: 'file://../common'}]\n",
            ),
            ("web/templates/x.yaml", "a: {{ include \"common.a\" . }}\n"),
            ("common/Chart.yaml", "apiVersion: v2\nname: common\nversion: 1.0.0\n"),
            ("common/templates/_a.tpl", "{{ define \"common.a\" }}1{{ end }}"),
            ("common/templates/y.yaml", "port: {{ .Values.port | default 80 }}\n"),
        ],
    );
    let target = target(&folder.path().join("web"));
    for helm in real_helms(&run) {
        let renderer = HelmRenderer::new(helm, Arc::clone(&run), SECOND);
        let outcome = renderer.render(&target, &case(Input::default()));
        let Outcome::Rendered(rendering) = outcome else { panic!("{outcome:?}") };
        let files: Vec<_> = rendering.origins.iter().map(|origin| origin.file.as_str()).collect();
        assert_eq!(files, ["charts/common/templates/y.yaml", "templates/x.yaml"]);
        assert!(!folder.path().join("web/charts").exists());
    }
}

#[test]
fn real_helms_update_dependencies_in_a_copy() {
    let (folder, run) = (tempfile::tempdir().unwrap(), Arc::new(RunDir::new().unwrap()));
    write_files(
        folder.path(),
        &[
            (
                "web/Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.0.0\n\
                 dependencies: [{name: common, version: 1.0.0, repository: 'file://../common'}]\n",
            ),
            ("common/Chart.yaml", "apiVersion: v2\nname: common\nversion: 1.0.0\n"),
            ("common/templates/y.yaml", "port: 80\n"),
        ],
    );
    let target = target(&folder.path().join("web"));
    for helm in real_helms(&run) {
        let renderer = HelmRenderer::new(helm, Arc::clone(&run), SECOND).dependency_update(true);
        let outcome = renderer.render(&target, &case(Input::default()));
        let Outcome::Rendered(rendering) = outcome else { panic!("{outcome:?}") };
        assert!(rendering.text.contains("port: 80"), "{}", rendering.text);
        assert!(!folder.path().join("web/charts").exists() && !folder.path().join("web/Chart.lock").exists());
    }
}

#[test]
fn real_helms_complaints_are_understood() {
    let (folder, run) = (tempfile::tempdir().unwrap(), Arc::new(RunDir::new().unwrap()));
    let chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
    write_files(
        folder.path(),
        &[
            ("fail/Chart.yaml", chart),
            ("fail/templates/x.yaml", "{{ fail \"no port\" }}"),
            ("nil/Chart.yaml", chart),
            ("nil/templates/x.yaml", "a: {{ .Values.a.b }}"),
            (
                "dep/Chart.yaml",
                &format!("{chart}dependencies: [{{name: far, version: 1.0.0, repository: 'https://example.com'}}]\n"),
            ),
            ("kube/Chart.yaml", &format!("{chart}kubeVersion: '>=9.0.0'\n")),
        ],
    );
    for helm in real_helms(&run) {
        let renderer = HelmRenderer::new(helm, Arc::clone(&run), SECOND);
        let render = |name: &str| renderer.render(&target(&folder.path().join(name)), &case(Input::default()));
        assert_eq!(render("fail"), Outcome::Refused("execution error at (web/templates/x.yaml:1:3): no port".into()));
        assert!(matches!(render("nil"), Outcome::Failed(message) if message.contains("nil pointer evaluating interface {}.b")));
        assert_eq!(render("dep"), Outcome::Skipped("dependencies are missing (far): run `helm dependency build web`".into()));
        assert!(matches!(render("kube"), Outcome::Refused(_)));
    }
}
