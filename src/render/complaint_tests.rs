use super::*;

/// What helm writes behind most of its errors.
const ADVICE: &str = "\n\nUse --debug flag to render out invalid YAML\n";

fn helm(stderr: &str) -> Outcome {
    helm_failure(stderr, "charts/web")
}

fn refused(message: &str) -> Outcome {
    Outcome::Refused(message.into())
}

fn failed(message: &str) -> Outcome {
    Outcome::Failed(message.into())
}

#[test]
fn both_helms_refusals() {
    for message in [
        "execution error at (web/templates/x.yaml:1:3): no port",
        "execution error at (web/templates/x.yaml:1:6): line one\nline two",
        "values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n- at '': missing property 'x'\n\
         - at '/port': got number, want string",
        "chart requires kubeVersion: >=9.0.0 which is incompatible with Kubernetes v1.37.0",
    ] {
        assert_eq!(helm(&format!("Error: {message}{ADVICE}")), refused(message));
    }
}

#[test]
fn errors_of_helm_3() {
    for message in [
        "template: nil/templates/x.yaml:1:13: executing \"nil/templates/x.yaml\" at <.Values.a.b.c>: nil pointer evaluating interface {}.b",
        "parse error at (parse/templates/x.yaml:2): unclosed action started at parse/templates/x.yaml:1",
        "YAML parse error on web/templates/x.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this context",
        "failed parsing --set data: key \"x\" has no value",
    ] {
        assert_eq!(helm(&format!("Error: {message}{ADVICE}")), failed(message));
    }
}

#[test]
fn errors_of_helm_4_keep_their_lines() {
    let message = "nil/templates/x.yaml:1:13\n  executing \"nil/templates/x.yaml\" at <.Values.a.b.c>:\n    \
                   nil pointer evaluating interface {}.b";
    assert_eq!(helm(&format!("Error: {message}{ADVICE}")), failed(message));
}

#[test]
fn missing_dependencies_say_what_to_run() {
    let expected = Outcome::Skipped("dependencies are missing (foo, bar): run `helm dependency build charts/web`".into());
    for text in [
        "Error: An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing \
         dependencies: found in Chart.yaml, but missing in charts/ directory: foo, bar\n",
        "Error: an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing \
         dependencies: found in Chart.yaml, but missing in charts/ directory: foo, bar\n",
    ] {
        assert_eq!(helm(text), expected);
    }
    assert!(matches!(helm("Error: library charts are not installable\n"), Outcome::Skipped(_)));
}

#[test]
fn schema_on_another_machine_is_not_the_charts_refusal() {
    let text = "Error: values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n\
                failing loading \"https://example.com/values.schema.json\": dial tcp: no such host\n";
    assert!(matches!(helm(text), Outcome::Skipped(_)));
}

#[test]
fn logs_are_dropped() {
    let logs = "walk.go:75: found symbolic link in path: /x resolves to /y. Contents of linked file included and used\n\
                level=INFO msg=\"found symbolic link in path\" path=/x\n\
                WARNING: Kubernetes configuration file is group-readable\n\
                coalesce.go:298: warning: cannot overwrite table with non table for web.a (map[])\n\
                level=ERROR msg=\"release name check failed\" error=\"x\"\n";
    assert_eq!(helm(&format!("{logs}Error: x: y\n")), failed("x: y"));
    assert_eq!(helm(logs), failed("helm failed and said nothing"));
    assert_eq!(helm("panic: boom\n\ngoroutine 1\n"), failed("panic: boom\n\ngoroutine 1"));
}

#[test]
fn kustomize_keeps_its_sentence() {
    let text = "# Warning: 'bases' is deprecated. Please use 'resources' instead.\nError: accumulating resources: x\n";
    assert_eq!(kustomize_message(text), "accumulating resources: x");
    assert_eq!(kustomize_message("error: no kustomization\n"), "no kustomization");
    let logged = "E1124 12:32:08.182479   27089 run.go:72] \"command failed\" err=\"must build at directory\"\n";
    assert_eq!(kustomize_message(logged), "must build at directory");
}

#[test]
fn ends_that_are_not_the_tools_own() {
    let outcome = |end| bad_end("helm", &Ended { end, stdout: Vec::new(), stderr: String::new() }, Duration::from_millis(1500));
    assert_eq!(outcome(End::Exit(1)), None);
    assert_eq!(outcome(End::TimedOut), Some(failed("helm took longer than 1.5 s: raise `--timeout`")));
    assert_eq!(outcome(End::Signal(9)), Some(failed("helm was killed by signal 9")));
}
