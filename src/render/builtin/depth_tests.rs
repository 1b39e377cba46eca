//! How deep templates may go, and what that takes.

use super::{Engine, Job, Settings};
use crate::chart::{HelmVersion, user_values};
use crate::source::SourceTree;

/// Templates that call themselves in all ways that go down, with as much in between as one level may have.
const ENDLESS: &[&str] = &[
    r#"{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}"#,
    r#"{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}"#,
    r#"{{ define "a" }}{{ if true }}{{ with . }}{{ range list 1 }}{{ printf "%s" (include "a" (dict "x" (list $))) | nindent 2 }}{{ end }}{{ end }}{{ end }}{{ end }}{{ include "a" . }}"#,
    r#"{{ define "a" }}{{ tpl "{{ include \"a\" . | quote }}" . | trim }}{{ end }}{{ include "a" . }}"#,
    r#"{{ define "a" }}{{ (dict "x" (list (default "y" (ternary (include "a" .) "b" (not (empty "x")))))).x | first | upper }}{{ end }}{{ include "a" . }}"#,
    r#"{{ define "a" }}{{ $x := and true (or false (include "a" .)) }}{{ $x }}{{ end }}{{ include "a" . }}"#,
];

fn failure(template: &str, traced: bool) -> String {
    let mut tree = SourceTree::default();
    tree.insert("Chart.yaml", &b"apiVersion: v2\nname: web\nversion: 1.0.0\n"[..]);
    tree.insert("templates/x.yaml", template.as_bytes());
    let engine = Engine::new(&tree, HelmVersion::V4).expect("a chart");
    let values = user_values(&[], &[], &|_| Err(String::new()), HelmVersion::V4).expect("no values");
    let settings = Settings { traced, ..Settings::default() };
    engine.render(&Job::new(values), &settings).expect_err("a template without end").message
}

#[test]
fn the_deepest_templates_fit_a_megabyte() {
    let run = || {
        for template in ENDLESS {
            for traced in [false, true] {
                let message = failure(template, traced);
                assert!(
                    message.contains("templates include each other without end") || message.contains("nested reference name")
                );
                assert!(message.contains("web/templates/x.yaml:1:"), "{message}");
            }
        }
    };
    // Unoptimised frames are about eight times as large. What is shipped has the stack of a browser.
    let stack = if cfg!(debug_assertions) { 8 << 20 } else { 1 << 20 };
    let thread = std::thread::Builder::new().stack_size(stack).spawn(run).expect("a thread");
    thread.join().expect("no overflow");
}
