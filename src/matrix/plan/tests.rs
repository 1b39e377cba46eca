use super::*;
use crate::config::Config;
use crate::matrix::{ConfigFolder, SetArg, SetKind};
use proptest::prelude::*;

fn file(shown: &str) -> ValuesFile {
    ValuesFile { shown: shown.into(), path: shown.into() }
}

fn set(text: &str) -> SetArg {
    SetArg { kind: SetKind::Set, text: text.into() }
}

/// Every name is a file; no glob matches anything.
fn list(path: &str) -> Vec<ValuesFile> {
    if path.contains('*') { Vec::new() } else { vec![file(path)] }
}

fn axis(text: &str) -> Axis {
    Axis::parse(text, &list).unwrap()
}

fn config(matrix: &str) -> Config {
    Config::read("portcullis.yaml", &format!("version: 1\nmatrix: {matrix}\n"), &[]).unwrap()
}

fn with_config(config: &Config, input: PlanInput<'_>) -> Result<Vec<Case>, PlanError> {
    let folder = ConfigFolder { shown: "deploy".into(), path: "/repo/deploy".into() };
    plan(&PlanInput { config: Some(ConfigMatrix { matrix: &config.matrix, folder: &folder, list_files: &list }), ..input })
}

/// `source label [args]` of each case.
fn shown(cases: &[Case]) -> Vec<String> {
    let show = |case: &Case| {
        let fails = if case.expect == Expect::Fail { "!" } else { "" };
        format!("{}{fails} {} [{}]", case.source.name(), case.label, case.input.args().join(" "))
    };
    cases.iter().map(show).collect()
}

#[test]
fn ci_files_are_cases_unless_values_or_sets_are_given() {
    let ci = vec![file("charts/web/ci/a-values.yaml"), file("charts/web/ci/b-values.yaml")];
    let given = Input { sets: vec![set("a=1")], ..Input::default() };
    let other = Input { namespace: "prod".into(), ..Input::default() };
    let a = "--values charts/web/ci/a-values.yaml";
    let b = "--values charts/web/ci/b-values.yaml";
    for (base, use_ci, expected) in [
        (
            Input::default(),
            false,
            vec!["default default []".to_owned(), format!("ci ci/a-values.yaml [{a}]"), format!("ci ci/b-values.yaml [{b}]")],
        ),
        (given.clone(), false, vec!["default default [--set a=1]".to_owned()]),
        (
            given,
            true,
            vec![
                "default default [--set a=1]".to_owned(),
                format!("ci ci/a-values.yaml [{a} --set a=1]"),
                format!("ci ci/b-values.yaml [{b} --set a=1]"),
            ],
        ),
        (
            other,
            false,
            vec![
                "default default [--namespace prod]".to_owned(),
                format!("ci ci/a-values.yaml [{a} --namespace prod]"),
                format!("ci ci/b-values.yaml [{b} --namespace prod]"),
            ],
        ),
    ] {
        let cases = plan(&PlanInput { base, ci: ci.clone(), use_ci, ..PlanInput::default() }).unwrap();
        assert_eq!(shown(&cases), expected);
    }
}

#[test]
fn axes_multiply_and_the_base_point_is_the_default_case() {
    let flag_axes = vec![axis("values=,prod.yaml"), axis("kube=1.37,1.28.0"), axis("set:port=80")];
    let cases = plan(&PlanInput { flag_axes, ..PlanInput::default() }).unwrap();
    assert_eq!(
        shown(&cases),
        [
            "default default []",
            "flags port=80 [--set port=80 --kube-version 1.37]",
            "flags port=80, kube 1.28.0 [--set port=80 --kube-version 1.28.0]",
            "flags prod.yaml, port=80 [--values prod.yaml --set port=80 --kube-version 1.37]",
            "flags prod.yaml, port=80, kube 1.28.0 [--values prod.yaml --set port=80 --kube-version 1.28.0]",
        ]
    );
    let flag_axes = vec![axis("kube=1.37,v1.37.0,1.36")];
    let cases = plan(&PlanInput { flag_axes, ..PlanInput::default() }).unwrap();
    assert_eq!(shown(&cases), ["default default []", "flags kube 1.36 [--kube-version 1.36]"]);
}

#[test]
fn axis_replaces_what_the_base_sets() {
    let base = Input { sets: vec![set("port=80"), set("a=1,b=2")], release: "web".into(), ..Input::default() };
    let flag_axes = vec![axis("set:port=80,90"), axis("release=,api")];
    let cases = plan(&PlanInput { base, flag_axes, ..PlanInput::default() }).unwrap();
    assert_eq!(
        shown(&cases),
        [
            "default default [--set port=80 --set a=1,b=2]",
            "flags port=80, release api [--set port=80 --set a=1,b=2]",
            "flags port=90 [--set a=1,b=2 --set port=90]",
            "flags port=90, release api [--set a=1,b=2 --set port=90]",
        ]
    );
}

#[test]
fn configuration_is_planned_with_types_exclusions_and_inclusions() {
    let config = config(
        "
  axes:
    values: [[], [values-dev.yaml], [values-prod.yaml, ../region-eu.yaml]]
    set: [{}, {ingress.enabled: true, service.port: 8080, name: '80'}]
  exclude: [{values: [], set: {ingress.enabled: true}}]
  include: [{name: bad-port, set: {service.port: 0}, expect: fail}, {values: values-dev.yaml, expect: fail}]",
    );
    let set = "ingress.enabled=true, service.port=8080, name=\"80\"";
    let args = "--set ingress.enabled=true --set-json service.port=8080 --set-string name=80";
    assert_eq!(
        shown(&with_config(&config, PlanInput::default()).unwrap()),
        [
            "default default []".to_owned(),
            "configuration! values-dev.yaml [--values deploy/values-dev.yaml]".to_owned(),
            format!("configuration values-dev.yaml, {set} [--values deploy/values-dev.yaml {args}]"),
            "configuration values-prod.yaml+region-eu.yaml [--values deploy/values-prod.yaml --values region-eu.yaml]".to_owned(),
            format!(
                "configuration values-prod.yaml+region-eu.yaml, {set} [--values deploy/values-prod.yaml --values region-eu.yaml {args}]"
            ),
            "configuration! bad-port [--set-json service.port=0]".to_owned(),
        ]
    );
}

#[test]
fn exclusion_matches_by_every_key() {
    let axes = "axes: {values: [[]], set: [{}], kube: ['1.28', '1.29'], release: ['', web], api: [[], a/v1], namespace: [default, prod]}";
    for (exclude, left) in [
        ("{kube: 1.28.0}", 8),
        ("{kube: ['1.28', v1.29.0]}", 0),
        ("{kube: '1.28', release: web}", 12),
        ("{release: release-name}", 8),
        ("{release: [release-name, web], namespace: prod}", 8),
        ("{api: []}", 8),
        ("{api: a/v1, kube: '1.28', release: web, namespace: prod}", 15),
        ("{values: [x.yaml]}", 16),
        ("{set: {}}", 0),
        ("{set: {a: 1}}", 16),
    ] {
        let config = config(&format!("{{{axes}, exclude: [{exclude}]}}"));
        // the default case is always there: no axis point has its kube version
        assert_eq!(with_config(&config, PlanInput::default()).unwrap().len(), left + 1, "{exclude}");
    }
}

#[test]
fn entries_that_leave_something_out_are_told() {
    let axes = "axes: {kube: ['1.28', '1.29'], release: ['', web]}";
    let config = config(&format!("{{{axes}, exclude: [{{kube: '1.30'}}, {{kube: '1.29', release: web}}, {{release: other}}]}}"));
    for combine in [Combine::Product, Combine::Pairwise, Combine::Each] {
        let told = std::cell::RefCell::new(std::collections::BTreeSet::new());
        let tell = |index| _ = told.borrow_mut().insert(index);
        let input = PlanInput { combine: Some(combine), tell_excluded: Some(&tell), ..PlanInput::default() };
        with_config(&config, input).unwrap();
        let expected: &[usize] = if combine == Combine::Each { &[] } else { &[1] };
        assert_eq!(told.borrow().iter().copied().collect::<Vec<_>>(), expected, "{combine:?}");
    }
}

#[test]
fn flags_beat_the_configuration() {
    let config = config("{axes: {kube: ['1.28'], set: [{a: 1}, {b: 1}]}, combine: product}");
    let flag_axes = vec![axis("kube=,1.30"), axis("set:a=2")];
    let cases = with_config(&config, PlanInput { flag_axes, combine: Some(Combine::Each), ..PlanInput::default() }).unwrap();
    assert_eq!(
        shown(&cases),
        [
            "default default []",
            "flags a=2 [--set a=2]",
            "flags a=2, kube 1.30 [--set a=2 --kube-version 1.30]",
            "flags b=1, a=2 [--set-json b=1 --set a=2]",
        ]
    );
}

#[test]
fn labels_are_unique() {
    let flag_axes = vec![axis("values=dev/values.yaml,prod/values.yaml,other.yaml")];
    let cases = plan(&PlanInput { flag_axes, ..PlanInput::default() }).unwrap();
    let labels: Vec<&str> = cases.iter().map(|case| case.label.as_str()).collect();
    assert_eq!(labels, ["default", "dev/values.yaml", "prod/values.yaml", "other.yaml"]);

    let config = config("{include: [{set: {a: [1]}}, {name: 'a=[1]', set: {b: 1}}, {name: 'a=[1] (2)', set: {c: 1}}]}");
    let cases = with_config(&config, PlanInput::default()).unwrap();
    let labels: Vec<&str> = cases.iter().map(|case| case.label.as_str()).collect();
    assert_eq!(labels, ["default", "a=[1]", "a=[1] (2)", "a=[1] (2) (2)"]);
}

#[test]
fn bad_plans_say_what_to_do() {
    let flags =
        |flags: &[&str]| plan(&PlanInput { flag_axes: flags.iter().map(|text| axis(text)).collect(), ..PlanInput::default() });
    let error = flags(&["set:a=1", "set:b=1", "set:a=2"]).unwrap_err();
    assert_eq!(error.to_string(), "axis `set:a` is given twice; put its items into one `--axis`");
    assert_eq!(flags(&["values=a,b", "values=c,d"]).unwrap().len(), 5);

    let base = Input { kube_version: Some("new".into()), ..Input::default() };
    let error = plan(&PlanInput { base, ..PlanInput::default() }).unwrap_err();
    assert_eq!(error.to_string(), "`new` is no Kubernetes version; write it as `1.28` or `1.28.0`");

    let error = with_config(&config("{axes: {values: ['none-*.yaml']}}"), PlanInput::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`none-*.yaml` matches no file; check the path, which is relative to the configuration's folder"
    );

    let items = (0..101).map(|item| item.to_string()).collect::<Vec<_>>().join(",");
    let error = flags(&[&format!("set:a={items}"), &format!("set:b={items}")]).unwrap_err();
    assert!(error.to_string().starts_with("the axes make 10201 cases, more than 10000; "), "{error}");
}

fn small_axes() -> impl Strategy<Value = Vec<Axis>> {
    let items = prop::collection::vec(prop::option::of(0_u8..4), 1..4);
    prop::collection::vec(items, 0..4).prop_map(|axes| {
        let item = |path: usize, value: &Option<u8>| Change {
            sets: value.iter().map(|value| set(&format!("v{path}={value}"))).collect(),
            ..Change::default()
        };
        let make = |(path, items): (usize, Vec<Option<u8>>)| Axis {
            name: AxisName::Set(format!("v{path}")),
            items: items.iter().map(|value| item(path, value)).collect(),
            source: CaseSource::Flags,
        };
        axes.into_iter().enumerate().map(make).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn plan_is_stable_and_without_doubles(flag_axes in small_axes(), how in prop::sample::select(vec![Combine::Product, Combine::Pairwise, Combine::Each])) {
        let input = PlanInput { flag_axes, combine: Some(how), ..PlanInput::default() };
        let cases = plan(&input).unwrap();
        prop_assert_eq!(&cases, &plan(&input).unwrap());
        let unique = |key: &dyn Fn(&Case) -> String| cases.iter().map(key).collect::<std::collections::BTreeSet<_>>().len();
        prop_assert_eq!(unique(&|case| case.id.clone()), cases.len());
        prop_assert_eq!(unique(&|case| case.label.clone()), cases.len());
        prop_assert_eq!(cases[0].source, CaseSource::Default);
        prop_assert!(cases.windows(2).all(|pair| pair[0].source <= pair[1].source));
    }
}
