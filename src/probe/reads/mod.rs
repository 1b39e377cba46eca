//! What templates read of the values, and what each of their blocks needs to be rendered at all.
//!
//! Templates are walked, not run: through variables, `with`, `range`, `include` and literal `dict`s. What can't be followed is left out.

mod conditions;
mod scope;
mod walk;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value as Json;

use self::walk::Walk;
use crate::chart::{Chart, Step};
use crate::gotemplate::ast::Tree;
use crate::render::builtin::parse_templates;
use crate::source::SourceTree;

/// A path below the root of all values; any element of a list, or entry of a map, is `Index(0)`.
pub(super) type Path = Vec<Step>;

/// Of a chart's templates and those of its subcharts.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// Each path that is read, with the literal that stands in for it where it is empty.
    pub(super) paths: BTreeMap<Path, Option<Json>>,
    /// Each block of text below a condition, once.
    pub(super) blocks: Vec<Block>,
    /// API versions that are asked for.
    pub(super) apis: BTreeSet<String>,
    /// The constraints that the kube version is held against.
    pub(super) kube_versions: BTreeSet<String>,
}

/// Text of a template that is there under a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    /// The file, in the target's tree.
    pub(super) file: String,
    /// The lines (1-based) of its own text.
    pub(super) lines: Vec<u32>,
    /// Line and column (1-based, in bytes) where each part of that text begins, most often behind an action.
    pub(super) starts: Vec<(u32, u32)>,
    pub(super) wants: Vec<Want>,
    pub(super) speaks_of: Topic,
}

/// What a block speaks of: what has most to do with ports comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    /// It holds a whole object that declares ports or refers to some.
    Wired,
    /// Ports or backends.
    Wiring,
    /// It holds another object, most often of no interest.
    Object,
    Else,
}

/// What must hold for a block to be rendered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Want {
    /// A value that counts as true.
    Some(Path),
    /// A value that counts as false.
    None(Path),
    Equal(Path, Json),
    Api(String),
}

impl Reads {
    /// Walks the templates of a chart and of its direct subcharts.
    pub(super) fn of(tree: &SourceTree, chart: &Chart) -> Self {
        let files = parse_templates(tree);
        let mut defines: HashMap<&str, &Tree> = HashMap::new();
        for parsed in files.iter().flat_map(|it| &it.trees) {
            defines.insert(&parsed.name, parsed);
        }
        let mut reads = Self::default();
        for file in &files {
            let Some(root) = file.trees.iter().find(|it| *it.name == *file.path) else { continue };
            // What is in these runs only where it is called.
            if file.path.rsplit('/').next().is_some_and(|it| it.starts_with('_')) {
                continue;
            }
            for prefix in prefixes(&file.path, chart) {
                Walk::new(&defines, &mut reads, prefix).file(root);
            }
        }
        reads
    }

    /// Whether something is read of a value's elements or entries.
    pub(super) fn below<'a>(&'a self, path: &'a [Step]) -> impl Iterator<Item = &'a Path> {
        self.paths.range(path.to_vec()..).map(|it| it.0).take_while(|it| it.starts_with(path)).filter(|it| it.len() > path.len())
    }
}

/// Returns where the values of a template's chart stand: below the name of each subchart that it may be.
fn prefixes(file: &str, chart: &Chart) -> Vec<Path> {
    let Some(rest) = file.strip_prefix("charts/") else { return vec![Path::new()] };
    let Some((folder, rest)) = rest.split_once('/') else { return Vec::new() };
    if rest.starts_with("charts/") {
        return Vec::new();
    }
    let named: Vec<Path> = chart
        .dependencies
        .iter()
        .filter(|it| it.name == folder)
        .map(|it| vec![Step::Key(it.alias.clone().unwrap_or_else(|| it.name.clone()))])
        .collect();
    if named.is_empty() { vec![vec![Step::Key(folder.to_owned())]] } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::shown_path;

    fn reads(files: &[(&str, &str)]) -> Reads {
        let mut tree = SourceTree::default();
        for (path, text) in files {
            tree.insert(*path, text.as_bytes());
        }
        Reads::of(&tree, &Chart { name: "web".into(), ..Chart::default() })
    }

    fn paths(reads: &Reads) -> Vec<String> {
        reads.paths.keys().map(|it| shown_path(it)).collect()
    }

    fn wants(reads: &Reads) -> Vec<String> {
        let shown = |it: &Want| match it {
            Want::Some(path) => shown_path(path),
            Want::None(path) => format!("!{}", shown_path(path)),
            Want::Equal(path, value) => format!("{}={value}", shown_path(path)),
            Want::Api(api) => api.clone(),
        };
        let joined = |it: &Block| it.wants.iter().map(shown).collect::<Vec<_>>().join(" ");
        reads.blocks.iter().map(joined).collect()
    }

    #[test]
    fn conditions_are_followed_through_variables_and_scopes() {
        for (text, wanted) in [
            ("{{ if .Values.a.on }}port: 1{{ end }}", vec!["a.on"]),
            ("{{ if not .Values.a.on }}port: 1{{ else }}port: 2{{ end }}", vec!["!a.on", "a.on"]),
            ("{{ $i := .Values.i }}{{ if and $i.on (eq $i.kind \"x\") }}port: 1{{ end }}", vec!["i.on i.kind=\"x\""]),
            ("{{ with .Values.i }}{{ if .on }}port: 1{{ end }}{{ end }}", vec!["i i.on"]),
            ("{{ range .Values.hosts }}host: {{ .name }}{{ end }}", vec!["hosts"]),
            ("{{ if index .Values._c \"on\" | default \"no\" | eq \"yes\" }}port: 1{{ end }}", vec!["_c.on=\"yes\""]),
            ("{{ if .Capabilities.APIVersions.Has \"a/v1\" }}port: 1{{ end }}", vec!["a/v1"]),
            ("{{ if gt (len .Values.l) 0 }}port: 1{{ end }}", vec!["l"]),
        ] {
            assert_eq!(wants(&reads(&[("templates/a.yaml", text)])), wanted, "{text}");
        }
    }

    #[test]
    fn conditions_are_followed_into_what_helpers_print() {
        let helper = r#"{{ define "kind" }}{{ if .Values.old }}{{ .Values.p }}{{ else }}{{ .Values.p.name }}{{ end }}{{ end }}
{{ define "on" }}{{ if and .Values.a .Values.b }}true{{ end }}{{ end }}"#;
        for (text, wanted) in [
            ("{{ $k := include \"kind\" . }}{{ if eq $k \"x\" }}port: 1{{ end }}", "!old p.name=\"x\""),
            ("{{ if include \"on\" . }}port: 1{{ end }}", "a b"),
            ("{{ if eq (include \"on\" .) \"true\" }}port: 1{{ end }}", "a b"),
        ] {
            let all = wants(&reads(&[("templates/_h.tpl", helper), ("templates/a.yaml", text)]));
            assert_eq!(all.last().map(String::as_str), Some(wanted), "{text}");
        }
    }

    #[test]
    fn helpers_are_followed_with_what_they_are_given() {
        let helper = r#"{{ define "port" }}{{ .ctx.Values.a }}{{ .own.b | default 80 }}{{ end }}"#;
        let main = r#"{{ include "port" (dict "ctx" $ "own" .Values.svc) }}"#;
        let reads = reads(&[("templates/_h.tpl", helper), ("templates/a.yaml", main)]);
        assert_eq!(paths(&reads), ["a", "svc", "svc.b"]);
        assert_eq!(reads.paths.values().flatten().collect::<Vec<_>>(), [&Json::from(80)]);
    }

    #[test]
    fn subcharts_read_below_their_names_and_recursion_ends() {
        let text = r#"{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}{{ .Values.p }}{{ .Values.global.g }}"#;
        assert_eq!(paths(&reads(&[("charts/db/templates/a.yaml", text)])), ["db.p", "global.g"]);
    }
}
