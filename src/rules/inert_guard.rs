//! A guard that never runs.

use std::sync::Arc;

use super::context::about_target;
use super::excerpt;
use super::fingerprint;
use super::meta::declare_rule;
use super::{Rule, RuleMeta, TargetCx};
use crate::finding::{Finding, Location, Precision, Severity, When};
use crate::gotemplate::ast::{Branch, Expr, ExprKind, List, Node, Pipe, Pos, Text};
use crate::gotemplate::func::{Error, Func};
use crate::gotemplate::parse::parse;
use crate::gotemplate::value::Value;
use crate::gotemplate::Exec;
use crate::source::SourceTree;
use crate::target::TargetKind;

declare_rule! {
    /// ## What it does
    /// Reports `fail` and `required` outside of any `define` in a template whose file name begins with `_`, such as
    /// `templates/_helpers.tpl`.
    ///
    /// ## Why is this bad?
    /// Helm does not execute these files; it only takes their `define`s. The guard is read, and never runs: values that it
    /// should refuse are rendered.
    ///
    /// ## Example
    /// ```yaml
    /// # templates/_guards.tpl
    /// {{- if not .Values.service.portName }}
    /// {{- fail "set service.portName" }}
    /// {{- end }}
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// # templates/_guards.tpl
    /// {{- define "web.guards" }}
    /// {{- if not .Values.service.portName }}
    /// {{- fail "set service.portName" }}
    /// {{- end }}
    /// {{- end }}
    /// # templates/service.yaml
    /// {{- include "web.guards" . }}
    /// ```
    /// `portcullis guard CHART` writes one.
    ///
    /// ## Known problems
    /// A file that another template includes by its path is passed over, for then it does run. The charts below `charts/`
    /// are somebody else's, and are not looked at.
    META = "inert-guard", Some(Severity::Warning), "warning", "`fail` or `required` at the top level of a `_*.tpl` file never runs"
}

pub(super) struct InertGuard;

impl Rule for InertGuard {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_target(&self, cx: &TargetCx<'_>, out: &mut Vec<Finding>) {
        if cx.target.kind != TargetKind::Helm {
            return;
        }
        for file in cx.target.tree.paths().filter(|it| is_partial(it)) {
            let calls = cx.target.tree.bytes(file).map(|it| inert(file, it)).unwrap_or_default();
            if !calls.is_empty() && !is_included(&cx.target.tree, file) {
                out.extend(calls.iter().enumerate().filter_map(|(nth, it)| finding(cx, file, it, nth)));
            }
        }
    }
}

/// Whether Helm takes only the `define`s of a file: pkg/engine/engine.go, `renderWithReferences`.
fn is_partial(path: &str) -> bool {
    path.starts_with("templates/") && path.rsplit('/').next().is_some_and(|it| it.starts_with('_'))
}

/// Whether some template includes a whole file: `include (print $.Template.BasePath "/_x.tpl") .`.
fn is_included(tree: &SourceTree, file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    let wanted = [format!("/{name}\""), format!("/{name}`")];
    let mut templates = tree.paths().filter(|it| it.starts_with("templates/")).filter_map(|it| tree.text(it));
    templates.any(|text| wanted.iter().any(|it| text.contains(it)))
}

/// A call that never runs: of which function, and where.
struct Call {
    name: &'static str,
    line: u32,
    /// From 1, in characters.
    column: u32,
}

fn finding(cx: &TargetCx<'_>, file: &str, call: &Call, nth: usize) -> Option<Finding> {
    let first = cx.results.first()?;
    let target = cx.target;
    let message = format!("`{}` at the top level of {} never runs: Helm takes only the `define`s of such a file", call.name, target.shown(file));
    let mut it = about_target(target, &META, Severity::Warning, message, &first.case);
    let location = Location {
        file: target.shown(file),
        line: Some(call.line),
        column: Some(call.column),
        precision: Precision::Exact,
    };
    let text = fingerprint::literal(target, Some(&location));
    it.fingerprint = fingerprint::plain(&[META.id, &target.repo_path, file, &text, &nth.to_string()]);
    it.excerpts.extend(excerpt::source(target, &location, "this never runs"));
    it.location = Some(location);
    it.cases = cx.results.iter().map(|it| it.case.id.clone()).collect();
    it.when = When::Default;
    it.help = Some("move it into a `define`, and `include` that at the top of a template that is always rendered".into());
    Some(it)
}

/// Returns the calls of `fail` and `required` that stand outside of all definitions; none in a text that is no template.
fn inert(file: &str, bytes: &[u8]) -> Vec<Call> {
    let text = Arc::new(Text::new(bytes, false));
    let Ok(trees) = parse(file, &text, &|name| Some(function(name))) else { return Vec::new() };
    let mut found = Vec::new();
    for tree in trees.iter().filter(|it| &*it.name == file) {
        list(&tree.root, &mut found);
    }
    found.iter().map(|(name, pos)| call(name, *pos, &text)).collect()
}

fn call(name: &'static str, pos: Pos, text: &Text) -> Call {
    let (line, column) = text.place(pos);
    let (end, start) = (pos as usize, (pos - column) as usize);
    let before = String::from_utf8_lossy(text.bytes.get(start..end).unwrap_or_default()).chars().count();
    Call { name, line, column: u32::try_from(before + 1).unwrap_or(u32::MAX) }
}

/// To find calls, nothing needs to be known of any function but its name.
fn function(name: &str) -> &'static Func {
    static FAIL: Func = Func::new("fail", &[], nothing);
    static REQUIRED: Func = Func::new("required", &[], nothing);
    static OTHER: Func = Func::new("", &[], nothing);
    match name {
        "fail" => &FAIL,
        "required" => &REQUIRED,
        _ => &OTHER,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn nothing(_: &mut Exec<'_>, _: &[Value]) -> Result<Value, Error> {
    Ok(Value::NIL)
}

type Found = Vec<(&'static str, Pos)>;

fn list(nodes: &List, out: &mut Found) {
    for node in nodes {
        match node {
            Node::Action { pipe, .. } => pipeline(pipe, out),
            Node::Template { pipe, .. } => pipe.iter().for_each(|it| pipeline(it, out)),
            Node::If(it) | Node::With(it) | Node::Range(it) => branch(it, out),
            Node::Text { .. } | Node::Break { .. } | Node::Continue { .. } => {}
        }
    }
}

fn branch(branch: &Branch, out: &mut Found) {
    pipeline(&branch.pipe, out);
    list(&branch.list, out);
    branch.else_list.iter().for_each(|it| list(it, out));
}

fn pipeline(pipe: &Pipe, out: &mut Found) {
    pipe.cmds.iter().flat_map(|it| &it.args).for_each(|it| expression(it, out));
}

fn expression(it: &Expr, out: &mut Found) {
    match &it.kind {
        ExprKind::Function(function) if !function.name.is_empty() => out.push((function.name, it.pos)),
        ExprKind::Chain { node, .. } => expression(node, out),
        ExprKind::Pipe(pipe) => pipeline(pipe, out),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(text: &str) -> Vec<(&'static str, u32, u32)> {
        inert("templates/_x.tpl", text.as_bytes()).iter().map(|it| (it.name, it.line, it.column)).collect()
    }

    #[test]
    fn calls_outside_of_definitions_are_found_where_they_stand() {
        let text = "{{- define \"a\" }}{{ fail \"x\" }}{{ end }}\n{{- if not .Values.x }}\n  é {{- fail \"set x\" }}\n{{- end }}\n";
        assert_eq!(calls(text), [("fail", 3, 9)]);
        assert_eq!(calls("{{ $x := .Values.x | required \"x\" }}"), [("required", 1, 22)]);
        assert_eq!(calls("{{ include \"a\" (dict \"b\" (required \"x\" .x)) }}"), [("required", 1, 27)]);
        assert_eq!(calls("{{ if .a }}{{ else }}{{ fail \"y\" }}{{ end }}"), [("fail", 1, 25)]);
    }

    #[test]
    fn other_texts_have_none() {
        for text in ["", "{{/* fail \"x\" */}}", "{{ printf \"fail\" }}", "fail", "{{ .fail }}", "{{ fail", "{{ define \"a\" }}{{ required \"x\" .x }}{{ end }}"] {
            assert_eq!(calls(text), [], "{text}");
        }
    }

    #[test]
    fn only_partials_of_the_chart_itself_count() {
        assert!(is_partial("templates/_helpers.tpl") && is_partial("templates/sub/_x.yaml"));
        assert!(!is_partial("templates/service.yaml") && !is_partial("charts/db/templates/_x.tpl") && !is_partial("_x.tpl"));
    }

    #[test]
    fn a_file_that_is_included_does_run() {
        let mut tree = SourceTree::default();
        tree.insert("templates/a.yaml", &b"{{ include (print $.Template.BasePath \"/_x.tpl\") . }}"[..]);
        assert!(is_included(&tree, "templates/_x.tpl") && !is_included(&tree, "templates/_y.tpl"));
    }
}
