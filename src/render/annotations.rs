//! The annotations that kustomize puts on what it builds when it is asked where that came from: read, and taken out again.

use serde_yaml::Value;

use super::origin::is_separator;
use crate::untyped;

const ORIGIN: &str = "config.kubernetes.io/origin";
const TRANSFORMATIONS: &str = "alpha.config.kubernetes.io/transformations";

/// What the annotations of one document said. Paths are relative to the folder that was built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// First line of the document in the text without annotations, 1-based.
    pub(super) line: u32,
    /// The file that holds it, or the kustomization with the generator that made it.
    pub(super) file: Option<String>,
    /// Kustomizations with transformers that touched it, in order, each once.
    pub(super) touched_by: Vec<String>,
}

/// Takes the annotations out of a text that kustomize wrote; an `annotations:` with nothing else in it goes too.
/// The text is then what kustomize writes without being asked.
pub(super) fn take_out(text: &str) -> (String, Vec<Said>) {
    let mut out = Output { text: String::with_capacity(text.len()), lines: 0, said: vec![Said { line: 1, ..Said::default() }] };
    let mut lines = text.split_inclusive('\n').peekable();
    // Whether the lines are those of the object's own metadata.
    let mut in_metadata = false;
    while let Some(line) = lines.next() {
        if is_separator(line) {
            out.push(line);
            out.said.push(Said { line: out.lines + 1, ..Said::default() });
            continue;
        }
        if !line.starts_with([' ', '\n']) {
            in_metadata = line == "metadata:\n";
        }
        if !in_metadata || line != "  annotations:\n" {
            out.push(line);
            continue;
        }
        let mut kept = String::new();
        while let Some(line) = lines.next_if(|line| indent(line) > 2 || line.trim().is_empty()) {
            match key(line) {
                Some(key) => {
                    let mut value = String::new();
                    while let Some(line) = lines.next_if(|line| indent(line) > 4 || line.trim().is_empty()) {
                        value.push_str(line);
                    }
                    out.note(key, &value);
                }
                None => kept.push_str(line),
            }
        }
        if !kept.is_empty() {
            out.push(line);
            kept.split_inclusive('\n').for_each(|line| out.push(line));
        }
    }
    (out.text, out.said)
}

/// Whether there are annotations left that were written in another form than the usual one.
pub(super) fn are_left(text: &str) -> bool {
    text.contains(ORIGIN) || text.contains(TRANSFORMATIONS)
}

struct Output {
    text: String,
    lines: u32,
    said: Vec<Said>,
}

impl Output {
    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.lines += 1;
    }

    fn note(&mut self, key: &str, value: &str) {
        let value = untyped::read(value);
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let Some(said) = self.said.last_mut() else { return };
        if key == ORIGIN {
            // What comes from another machine has no file here.
            said.file = text(&value, "path").or_else(|| text(&value, "configuredIn")).filter(|_| value.get("repo").is_none());
            return;
        }
        for by in value.as_sequence().into_iter().flatten().filter_map(|entry| text(entry, "configuredIn")) {
            if !said.touched_by.contains(&by) {
                said.touched_by.push(by);
            }
        }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Returns which of the annotations starts on the line, as a block.
fn key(line: &str) -> Option<&'static str> {
    let line = line.strip_prefix("    ")?;
    [ORIGIN, TRANSFORMATIONS].into_iter().find(|key| line.strip_prefix(key).is_some_and(|rest| rest.trim_end() == ": |"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT: &str = "\
apiVersion: v1
data:
  x: |
    metadata:
      annotations:
        config.kubernetes.io/origin: |
          path: fake
kind: ConfigMap
metadata:
  annotations:
    alpha.config.kubernetes.io/transformations: |
      - configuredIn: ../o/kustomization.yaml
        configuredBy:
          kind: PatchTransformer
      - configuredIn: ../o/kustomization.yaml
    config.kubernetes.io/origin: |
      configuredIn: ../base/kustomization.yaml
      configuredBy:
        kind: ConfigMapGenerator
  name: a
---
kind: Service
metadata:
  annotations:
    a: 'x: y'
    config.kubernetes.io/origin: |
      path: ../base/x.yaml
    z: |
      text
  name: b
";

    const PLAIN: &str = "\
apiVersion: v1
data:
  x: |
    metadata:
      annotations:
        config.kubernetes.io/origin: |
          path: fake
kind: ConfigMap
metadata:
  name: a
---
kind: Service
metadata:
  annotations:
    a: 'x: y'
    z: |
      text
  name: b
";

    #[test]
    fn annotations_are_read_and_gone() {
        let (text, said) = take_out(BUILT);
        assert_eq!(text, PLAIN);
        let first =
            Said { line: 1, file: Some("../base/kustomization.yaml".into()), touched_by: vec!["../o/kustomization.yaml".into()] };
        assert_eq!(said, [first, Said { line: 12, file: Some("../base/x.yaml".into()), touched_by: Vec::new() }]);
    }

    #[test]
    fn text_without_annotations_stays() {
        assert_eq!(take_out(PLAIN).0, PLAIN);
    }
}
