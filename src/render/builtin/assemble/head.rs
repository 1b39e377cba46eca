//! What Helm reads of each document: `SimpleHead` of its manifest.go, as encoding/json fills it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::chart::HelmVersion;
use crate::codec::yaml::{parse_error, utf8};
use crate::yaml::{self, Entry, Node, NodeKind, Value};

/// The head of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Head {
    pub(super) kind: String,
    pub(super) annotations: BTreeMap<String, String>,
}

/// Why a document has no head.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HeadError {
    pub(super) message: String,
    /// Line in the document, 1-based.
    pub(super) line: Option<u32>,
}

/// Reads the head of a document.
pub(super) fn read(text: &[u8], helm: HelmVersion) -> Result<Head, HeadError> {
    let text = utf8(text).map_err(|message| HeadError { message, line: None })?;
    let Some(document) = yaml::parse(text).into_iter().next() else { return Ok(Head::default()) };
    if let Some(message) = parse_error(text, &document) {
        return Err(HeadError { message, line: document.error.map(|it| it.place.line) });
    }
    let mut reader = Reader { head: Head::default(), error: None };
    if let Some(root) = document.root {
        reader.root(&root, helm);
    }
    match reader.error {
        None => Ok(reader.head),
        Some((message, line)) => {
            Err(HeadError { message: format!("error unmarshaling JSON: while decoding JSON: {message}"), line: Some(line) })
        }
    }
}

const METADATA: &str = r#"struct { Name string "json:\"name\""; Annotations map[string]string "json:\"annotations\"" }"#;

struct Reader {
    head: Head,
    /// The first value of a wrong type, which does not end the reading.
    error: Option<(String, u32)>,
}

impl Reader {
    fn root(&mut self, root: &Node, helm: HelmVersion) {
        let package = match helm {
            HelmVersion::V3 => "releaseutil",
            HelmVersion::V4 => "util",
        };
        let Some(entries) = self.mapping(root, || format!("value of type {package}.SimpleHead")) else { return };
        for entry in entries {
            match &*folded(&entry.key) {
                "apiversion" => {
                    self.string(&entry.value, "SimpleHead.apiVersion");
                }
                "kind" => {
                    if let Some(kind) = self.string(&entry.value, "SimpleHead.kind") {
                        self.head.kind = kind.into_owned();
                    }
                }
                "metadata" if entry.value.is_null() => self.head.annotations.clear(),
                "metadata" => self.metadata(&entry.value),
                _ => {}
            }
        }
    }

    fn metadata(&mut self, node: &Node) {
        let Some(entries) = self.mapping(node, || format!("struct field SimpleHead.metadata of type {METADATA}")) else { return };
        for entry in entries {
            match &*folded(&entry.key) {
                "name" => {
                    self.string(&entry.value, ".metadata.name");
                }
                "annotations" if entry.value.is_null() => self.head.annotations.clear(),
                "annotations" => self.annotations(&entry.value),
                _ => {}
            }
        }
    }

    fn annotations(&mut self, node: &Node) {
        let ty = || "struct field .metadata.annotations of type map[string]string".to_owned();
        for entry in self.mapping(node, ty).unwrap_or_default() {
            let text = self.string(&entry.value, ".metadata.annotations").unwrap_or_default().into_owned();
            self.head.annotations.insert(entry.key.clone(), text);
        }
    }

    /// Returns entries in the order of their keys, in which JSON has them; none for null, and an error for anything else.
    fn mapping<'a>(&mut self, node: &'a Node, wanted: impl Fn() -> String) -> Option<Vec<&'a Entry>> {
        match &node.kind {
            NodeKind::Mapping(entries) => {
                let mut entries: Vec<_> = entries.iter().collect();
                entries.sort_by(|a, b| a.key.cmp(&b.key));
                Some(entries)
            }
            _ if node.is_null() => None,
            _ => {
                self.fail(node, &wanted());
                None
            }
        }
    }

    /// Returns a string; scalars become one on the way from YAML to JSON.
    fn string<'a>(&mut self, node: &'a Node, field: &str) -> Option<Cow<'a, str>> {
        let text = node.scalar().map(|it| (it, yaml::text_of(it)));
        match text {
            Some((Value::Null, _)) => None,
            Some((_, text)) => Some(text),
            None => {
                self.fail(node, &format!("struct field {field} of type string"));
                None
            }
        }
    }

    fn fail(&mut self, node: &Node, wanted: &str) {
        let found = match &node.kind {
            NodeKind::Mapping(_) => "object",
            NodeKind::Sequence(_) => "array",
            NodeKind::Scalar { value: Value::Bool(_), .. } => "bool",
            NodeKind::Scalar { value: Value::Int(_) | Value::Float(_), .. } => "number",
            NodeKind::Scalar { .. } => "string",
        };
        self.error.get_or_insert_with(|| (format!("json: cannot unmarshal {found} into Go {wanted}"), node.start.line));
    }
}

/// Returns a key in the form in which encoding/json compares it with a field.
fn folded(key: &str) -> Cow<'_, str> {
    if key.bytes().all(|it| it.is_ascii_lowercase()) {
        return Cow::Borrowed(key);
    }
    // the two characters beyond ASCII that fold to letters
    Cow::Owned(key.to_ascii_lowercase().replace('\u{212a}', "k").replace('\u{17f}', "s"))
}
