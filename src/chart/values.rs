//! Leaves of values.yaml, their paths, and copies with some of them changed.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json};

use super::Chart;
use crate::source::SourceTree;
use crate::yaml::{Node, NodeKind, Value, parse};

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Key(String),
    Index(usize),
}

/// A scalar of values.yaml.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    pub path: Vec<Step>,
    pub value: Json,
}

impl Leaf {
    /// Returns the last key: that of the list where it is an element.
    pub fn key(&self) -> &str {
        let mut keys = self.path.iter().rev();
        keys.find_map(|it| if let Step::Key(key) = it { Some(key.as_str()) } else { None }).unwrap_or_default()
    }
}

/// A place of values.yaml that holds nothing: an empty list or text, or null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Empty {
    pub path: Vec<Step>,
    pub is_list: bool,
}

/// The values of a chart: its own, and those of its subcharts below their names.
#[derive(Debug, Clone, Default)]
pub struct Values {
    root: Json,
    pub leaves: Vec<Leaf>,
}

impl Values {
    /// Reads values.yaml and those of the direct subcharts; the chart's own win. What is broken counts as empty.
    pub fn read(tree: &SourceTree, chart: &Chart) -> Self {
        let mut root = Json::Object(Map::new());
        for (name, file) in subcharts(tree, chart) {
            let Json::Object(map) = &mut root else { break };
            map.insert(name, file_values(tree, &file));
        }
        merge(&mut root, file_values(tree, "values.yaml"));
        let mut leaves = Vec::new();
        collect(&root, &mut Vec::new(), &mut leaves);
        Self { root, leaves }
    }

    /// Reads a values file of the chart's tree. What is broken counts as empty.
    pub fn read_file(tree: &SourceTree, file: &str) -> Self {
        let root = file_values(tree, file);
        let mut leaves = Vec::new();
        collect(&root, &mut Vec::new(), &mut leaves);
        Self { root, leaves }
    }

    /// Returns the value at a path.
    pub fn get(&self, path: &[Step]) -> Option<&Json> {
        path.iter().try_fold(&self.root, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Index(index) => value.get(index),
        })
    }

    /// Returns the places that hold nothing, but for those inside of lists.
    pub fn empties(&self) -> Vec<Empty> {
        let mut out = Vec::new();
        collect_empty(&self.root, &mut Vec::new(), &mut out);
        out
    }

    /// Returns what has to be set so that leaves get other values: a list is replaced whole. Paths are in order.
    pub fn changed(&self, changes: &[(&[Step], Json)]) -> Vec<(Vec<Step>, Json)> {
        let mut out: Vec<(Vec<Step>, Json)> = Vec::new();
        for (path, new) in changes {
            let cut = path.iter().position(|it| matches!(it, Step::Index(_))).unwrap_or(path.len());
            let (root, below) = path.split_at(cut);
            let at = out.iter().position(|(it, _)| it == root).unwrap_or_else(|| {
                out.push((root.to_vec(), self.get(root).cloned().unwrap_or_default()));
                out.len() - 1
            });
            let place = below.iter().try_fold(&mut out[at].1, |value, step| match step {
                Step::Key(key) => Some(value.as_object_mut()?.entry(key).or_insert(Json::Null)),
                Step::Index(index) => value.get_mut(index),
            });
            if let Some(place) = place {
                place.clone_from(new);
            }
        }
        out
    }
}

/// Returns the values files of direct subcharts by the name under which their values stand.
fn subcharts(tree: &SourceTree, chart: &Chart) -> Vec<(String, String)> {
    let folders = tree.paths().filter_map(|it| it.strip_prefix("charts/")?.strip_suffix("/values.yaml"));
    let direct: Vec<&str> = folders.filter(|it| !it.contains('/')).collect();
    let mut found = Vec::new();
    for folder in direct {
        let file = format!("charts/{folder}/values.yaml");
        let named: Vec<_> = chart.dependencies.iter().filter(|it| it.name == folder).collect();
        if named.is_empty() {
            found.push((folder.to_owned(), file.clone()));
        }
        found.extend(named.iter().map(|it| (it.alias.clone().unwrap_or_else(|| it.name.clone()), file.clone())));
    }
    found
}

fn file_values(tree: &SourceTree, file: &str) -> Json {
    let text = tree.text(file).unwrap_or_default();
    let root = parse(&text).into_iter().find_map(|it| it.root);
    root.as_ref().map(json).filter(Json::is_object).unwrap_or_else(|| Json::Object(Map::new()))
}

fn json(node: &Node) -> Json {
    match &node.kind {
        NodeKind::Sequence(items) => items.iter().map(json).collect(),
        NodeKind::Mapping(entries) => entries.iter().map(|it| (it.key.clone(), json(&it.value))).collect::<Map<_, _>>().into(),
        NodeKind::Scalar { value, .. } => match value {
            Value::Null => Json::Null,
            Value::Bool(it) => (*it).into(),
            Value::Int(it) => (*it).into(),
            Value::Float(it) => (*it).into(),
            Value::Str(it) => it.clone().into(),
        },
    }
}

/// Lays one tree of values over another, as a parent chart's values over its subchart's.
fn merge(under: &mut Json, over: Json) {
    match (under, over) {
        (Json::Object(under), Json::Object(over)) => {
            for (key, value) in over {
                merge(under.entry(key).or_insert(Json::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}

fn collect(value: &Json, path: &mut Vec<Step>, out: &mut Vec<Leaf>) {
    let mut below = |step: Step, value: &Json, out: &mut Vec<Leaf>| {
        path.push(step);
        collect(value, path, out);
        path.pop();
    };
    match value {
        Json::Object(map) => map.iter().for_each(|(key, value)| below(Step::Key(key.clone()), value, out)),
        Json::Array(items) => items.iter().enumerate().for_each(|(index, value)| below(Step::Index(index), value, out)),
        leaf => out.push(Leaf { path: path.clone(), value: leaf.clone() }),
    }
}

fn collect_empty(value: &Json, path: &mut Vec<Step>, out: &mut Vec<Empty>) {
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                path.push(Step::Key(key.clone()));
                collect_empty(value, path, out);
                path.pop();
            }
        }
        Json::Array(items) if items.is_empty() => out.push(Empty { path: path.clone(), is_list: true }),
        Json::Null => out.push(Empty { path: path.clone(), is_list: false }),
        Json::String(text) if text.is_empty() => out.push(Empty { path: path.clone(), is_list: false }),
        _ => {}
    }
}

/// Writes a path as helm's `--set` family reads it: dots and other special characters of a key are escaped.
pub fn helm_path(path: &[Step]) -> String {
    write(path, |key| {
        let mut out = String::new();
        for c in key.chars() {
            if matches!(c, '.' | ',' | '[' | ']' | '=' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
        out
    })
}

/// Writes a path for people and for templates: `service.port`, `annotations["prometheus.io/port"]`.
pub fn shown_path(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Index(index) => _ = write!(out, "[{index}]"),
            Step::Key(key) if key.contains(['.', '/', ' ']) => _ = write!(out, "[\"{key}\"]"),
            Step::Key(key) if out.is_empty() => out.push_str(key),
            Step::Key(key) => _ = write!(out, ".{key}"),
        }
    }
    out
}

fn write(path: &[Step], key_text: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Index(index) => _ = write!(out, "[{index}]"),
            Step::Key(key) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(&key_text(key));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Values {
        let mut tree = SourceTree::default();
        tree.insert("values.yaml", text.as_bytes());
        tree.insert("charts/db/values.yaml", &b"port: 5432\nname: db\n"[..]);
        let dependencies = vec![super::super::Dependency { name: "db".into(), alias: Some("store".into()) }];
        Values::read(&tree, &Chart { name: "web".into(), dependencies, ..Chart::default() })
    }

    #[test]
    fn a_list_is_replaced_whole() {
        let values = values("ports:\n- {name: http, port: 80}\n- {name: admin, port: 81}\nservice: {port: 80}\n");
        let path = |key: &str| values.leaves.iter().filter(|it| it.key() == key).map(|it| it.path.clone()).collect::<Vec<_>>();
        let ports = path("port");
        let changes: Vec<(&[Step], Json)> = ports.iter().map(|it| (it.as_slice(), Json::from(9))).collect();
        let shown: Vec<String> =
            values.changed(&changes).iter().map(|(path, value)| format!("{}={value}", helm_path(path))).collect();
        let list = r#"ports=[{"name":"http","port":9},{"name":"admin","port":9}]"#;
        assert_eq!(shown, ["store.port=9", list, "service.port=9"]);
    }

    #[test]
    fn keys_with_dots_are_escaped_for_helm_and_quoted_for_people() {
        let path = [Step::Key("annotations".into()), Step::Key("prometheus.io/port".into())];
        assert_eq!(helm_path(&path), r"annotations.prometheus\.io/port");
        assert_eq!(shown_path(&path), r#"annotations["prometheus.io/port"]"#);
    }
}
