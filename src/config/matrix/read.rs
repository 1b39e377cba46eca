//! Reads `matrix:`, and checks what its parts have to do with each other.

use super::{Axes, Combine, Expected, Include, MatrixConfig, Selection};
use crate::config::Pattern;
use crate::config::ignore::bad_glob;
use crate::config::problem::{Problem, literals};
use crate::config::reader::{FromNode, Read, Reader, quoted, read_fields};
use crate::yaml::{Node, NodeKind};

impl FromNode for MatrixConfig {
    fn expected() -> String {
        "a mapping".into()
    }

    fn help(_: &Node, _: &str) -> String {
        "write `axes:`, `exclude:` or `include:` below it".into()
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        let list = |key: &str| node.get(key).map(Node::items).unwrap_or_default();
        for entry in list("exclude") {
            excluded(entry, node.get("axes"), reader);
        }
        names(list("include"), reader);
        read_fields!(
            reader,
            node,
            "key",
            MatrixConfig { axes: section(), combine: optional(), exclude: section(), include: section() }
        )
    }
}

impl FromNode for Axes {
    fn expected() -> String {
        "a mapping of axes".into()
    }

    fn help(_: &Node, _: &str) -> String {
        "write `values:`, `set:`, `kube:`, `api:`, `release:` or `namespace:` below it, each with a list".into()
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        for item in node.get("values").map(Node::items).unwrap_or_default() {
            files(item, reader);
        }
        read_fields!(
            reader,
            node,
            "axis",
            Axes { values: section(), set: section(), kube: section(), api: section(), release: section(), namespace: section() }
        )
    }
}

impl FromNode for Combine {
    fn expected() -> String {
        "a way to combine axes".into()
    }

    fn help(_: &Node, _: &str) -> String {
        format!("use one of {}", literals(&Self::NAMES))
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        reader.word(node, "way to combine axes", &Self::NAMES, Self::parse)
    }
}

impl FromNode for Selection {
    fn expected() -> String {
        "a mapping".into()
    }

    fn help(_: &Node, _: &str) -> String {
        "write it as `{values: […], kube: …}`, with what it leaves out".into()
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        if matches!(&node.kind, NodeKind::Mapping(entries) if entries.is_empty()) {
            reader.say(reader.mark(node), "the entry matches every case", "name what it leaves out, or remove it");
        }
        read_fields!(
            reader,
            node,
            "axis",
            Selection {
                values: optional(),
                set: optional(),
                kube: optional(),
                api: optional(),
                release: optional(),
                namespace: optional(),
            }
        )
    }
}

impl FromNode for Include {
    fn expected() -> String {
        "a mapping".into()
    }

    fn help(_: &Node, _: &str) -> String {
        "write it as `{name: …, set: {…}}`, with what the case sets".into()
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        if matches!(&node.kind, NodeKind::Mapping(entries) if entries.is_empty()) {
            reader.say(reader.mark(node), "the entry is empty", "say what the case sets, or remove it");
        }
        if let Some(value) = node.get("values") {
            files(value, reader);
        }
        read_fields!(
            reader,
            node,
            "key",
            Include {
                name: optional(),
                values: optional(),
                set: optional(),
                kube: optional(),
                api: optional(),
                release: optional(),
                namespace: optional(),
                expect: optional(),
            }
        )
    }
}

impl FromNode for Expected {
    fn expected() -> String {
        "what is expected of the case".into()
    }

    fn help(_: &Node, _: &str) -> String {
        format!("use one of {}", literals(&Self::NAMES))
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        reader.word(node, "outcome of a case", &Self::NAMES, Self::parse)
    }
}

/// Says which axes of an entry of `exclude:` are not there: it would leave out nothing, or everything.
fn excluded(entry: &Node, axes: Option<&Node>, reader: &mut Reader<'_>) {
    const KNOWN: [&str; 6] = ["values", "set", "kube", "api", "release", "namespace"];
    let varied = |axis: &str| axes.and_then(|it| it.get(axis)).is_some_and(|it| !it.items().is_empty());
    for entry in entry.entries().iter().filter(|it| KNOWN.contains(&it.key.as_str()) && !varied(&it.key)) {
        let help = "add it to `axes`, or remove it here";
        reader.say(reader.key(entry), format!("the matrix has no axis `{}`", entry.key), help);
    }
}

/// Says which names cases cannot have.
fn names(entries: &[Node], reader: &mut Reader<'_>) {
    let names = || entries.iter().filter_map(|it| it.get("name")).filter_map(|it| Some((it, it.str()?)));
    for (index, (node, name)) in names().enumerate() {
        let mark = reader.mark(node);
        let help = "give it another name".to_owned();
        if name.trim().is_empty() || name == "default" {
            reader.say(mark, format!("a case cannot be named `{}`", quoted(name)), help);
        } else if let Some((first, _)) = names().take(index).find(|(_, other)| *other == name) {
            let also = Some((reader.mark(first), "the first one"));
            reader.push(Problem { mark: Some(mark), message: format!("two cases are named `{}`", quoted(name)), help, also });
        }
    }
}

/// Says which of one or more names of values files are none.
fn files(node: &Node, reader: &mut Reader<'_>) {
    let one = std::slice::from_ref(node);
    let items = if let NodeKind::Sequence(items) = &node.kind { items } else { one };
    for (node, name) in items.iter().filter_map(|it| Some((it, it.str()?))) {
        if name.trim().is_empty() {
            reader.say(reader.mark(node), "the file has no name", "write `[]` for no values file");
        } else if let Err((message, help)) = Pattern::new(name).map_err(|error| bad_glob(name, &error)) {
            reader.say(reader.mark(node), message, help);
        }
    }
}
