use super::*;
use crate::matrix::{CaseSource, Input};
use crate::os::load_overlay;
use crate::os::testing::{fake, real_kustomize, write_files};
use crate::target::TargetKind;

const SECOND: Duration = Duration::from_secs(20);

fn render(renderer: &KustomizeRenderer, root: &Path) -> Outcome {
    let tree = load_overlay(root).unwrap();
    let target = Target { path: "o".into(), repo_path: "o".into(), kind: TargetKind::Kustomize, root: root.to_owned(), tree };
    renderer.render(&target, &Case::new("default", CaseSource::Default, Input::default()))
}

/// Renders an overlay with a script in kustomize's place.
fn with_fake(script: &str, kustomization: &str) -> Outcome {
    let (folder, run) = (tempfile::tempdir().unwrap(), Arc::new(RunDir::new().unwrap()));
    write_files(folder.path(), &[("o/kustomization.yaml", kustomization)]);
    let program = fake(folder.path(), "kustomize", script);
    let kustomize = Kustomize { program, command: "build", version: "v5.7.1".into() };
    let renderer = KustomizeRenderer::new(kustomize, run, SECOND, KustomizeOptions::default());
    render(&renderer, &folder.path().join("o"))
}

#[test]
fn wrapper_repeats_what_only_the_outermost_may_say() {
    let folder = tempfile::tempdir().unwrap();
    let overlay = "kind: Component\nbuildMetadata: [managedByLabel]\nsortOptions: {order: fifo}\nnamePrefix: x-\n";
    write_wrapper(folder.path(), Path::new("/o"), &serde_yaml::from_str(overlay).unwrap()).unwrap();
    let up = "../".repeat(folder.path().components().count() - 1);
    let expected = format!(
        "components:\n- {up}o\nbuildMetadata:\n- originAnnotations\n- transformerAnnotations\n- managedByLabel\n\
         sortOptions:\n  order: fifo\n"
    );
    assert_eq!(files::read_text(&folder.path().join("kustomization.yaml")).unwrap(), expected);
}

#[test]
fn remote_bases_and_charts_are_not_tried() {
    let remote = with_fake("exit 9", "resources: ['https://github.com/a/b//config?ref=v1']");
    assert_eq!(
        remote,
        Outcome::Skipped("remote base `https://github.com/a/b//config?ref=v1`: pass `--allow-remote`, or vendor it".into())
    );
    assert!(matches!(with_fake("exit 9", "helmCharts: [{name: a}]"), Outcome::Skipped(_)));
}

#[test]
fn where_the_wrapper_fails_the_plain_build_counts() {
    let script = "case $2 in */o) echo 'a: 1';; *) echo 'Error: no' >&2; exit 1;; esac";
    assert_eq!(with_fake(script, ""), Outcome::Rendered(Rendering { text: "a: 1\n".into(), ..Rendering::default() }));
    assert_eq!(with_fake("echo 'Error: no' >&2; exit 1", ""), Outcome::Failed("no".into()));
}

#[test]
fn real_kustomize_tells_files_of_bases_and_who_touched_them() {
    let (folder, run) = (tempfile::tempdir().unwrap(), Arc::new(RunDir::new().unwrap()));
    let Some(kustomize) = real_kustomize(&run) else { return };
    write_files(
        folder.path(),
        &[
            ("base/kustomization.yaml", "resources: [web.yaml]\nconfigMapGenerator: [{name: gen, literals: [a=b]}]\n"),
            ("base/web.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"),
            ("o/kustomization.yaml", "namePrefix: p-\nresources: [../base, own.yaml]\n"),
            ("o/own.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: own, annotations: {}}\n"),
        ],
    );
    let renderer = KustomizeRenderer::new(kustomize, run, SECOND, KustomizeOptions::default());
    let Outcome::Rendered(rendering) = render(&renderer, &folder.path().join("o")) else { panic!() };
    assert_eq!(
        Ok(&rendering.text),
        renderer.build(&folder.path().join("o")).map(|it| String::from_utf8_lossy(&it.stdout).into_owned()).as_ref()
    );
    let origins: Vec<_> = rendering.origins.iter().map(|it| (it.line, it.file.as_str())).collect();
    assert_eq!(origins, [(1, "../base/kustomization.yaml"), (8, "own.yaml"), (13, "../base/web.yaml")]);
    assert_eq!(rendering.origins[2].touched_by, ["kustomization.yaml"]);
}

/// The overlays of a folder named by the environment, each built both ways.
#[test]
fn corpus_is_built_as_by_kustomize_itself() {
    let run = Arc::new(RunDir::new().unwrap());
    let (Some(corpus), Some(kustomize)) = (std::env::var_os("PORTCULLIS_KUSTOMIZE_CORPUS"), real_kustomize(&run)) else { return };
    let renderer = KustomizeRenderer::new(kustomize, run, SECOND, KustomizeOptions::default());
    let (mut built, mut unknown) = (0, 0);
    for overlay in files::read_text(Path::new(&corpus)).unwrap().lines().map(Path::new) {
        match render(&renderer, overlay) {
            Outcome::Rendered(rendering) => {
                assert_eq!(
                    Ok(&rendering.text),
                    renderer.build(overlay).map(|it| String::from_utf8_lossy(&it.stdout).into_owned()).as_ref(),
                    "{}",
                    overlay.display()
                );
                built += 1;
                unknown += usize::from(rendering.origins.is_empty());
            }
            other => eprintln!("{}: {other:?}", overlay.display()),
        }
    }
    eprintln!("{built} built, {unknown} of them without origins");
}

#[test]
fn real_kustomize_builds_bases_alone_and_components_on_them() {
    let (folder, run) = (tempfile::tempdir().unwrap(), Arc::new(RunDir::new().unwrap()));
    let Some(kustomize) = real_kustomize(&run) else { return };
    let patch = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}\n";
    write_files(
        folder.path(),
        &[
            ("base/kustomization.yaml", "resources: [web.yaml]\n"),
            ("base/web.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"),
            (
                "o/kustomization.yaml",
                "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: p.yaml}]\n",
            ),
            ("o/p.yaml", patch),
        ],
    );
    let renderer = KustomizeRenderer::new(kustomize, run, SECOND, KustomizeOptions::default());
    let build = |stack: Stack| {
        let root = folder.path().join("o");
        let tree = load_overlay(&root).unwrap();
        let target = Target { path: "o".into(), repo_path: "o".into(), kind: TargetKind::Kustomize, root, tree };
        let case = Case::new("x", CaseSource::Discovered, Input { stack, ..Input::default() });
        let Outcome::Rendered(rendering) = renderer.render(&target, &case) else { panic!() };
        rendering
    };
    let base = build(Stack::Base(vec!["../base".into()]));
    assert!(!base.text.contains("NodePort"));
    let both = build(Stack::On("../base".into()));
    assert!(both.text.contains("NodePort"));
    for it in [&base, &both] {
        assert_eq!(it.origins[0].file, "../base/web.yaml");
    }
    assert_eq!(both.origins[0].touched_by, ["kustomization.yaml"]);
}
