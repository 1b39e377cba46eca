//! Plain manifests: their own text is the rendering.

use super::origin::{documents, is_separator};
use super::{Origin, Outcome, Renderer, Rendering};
use crate::matrix::Case;
use crate::source::SourceTree;
use crate::target::Target;

/// Renders plain manifests: all files one after the other, each starting a new document.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainRenderer;

impl Renderer for PlainRenderer {
    fn name(&self) -> &'static str {
        "none"
    }

    fn render(&self, target: &Target, _: &Case) -> Outcome {
        Outcome::Rendered(concatenate(&target.tree))
    }
}

/// Puts the files of a tree into one text. Each origin tells the exact line in its file; JSON is YAML.
fn concatenate(tree: &SourceTree) -> Rendering {
    let mut rendering = Rendering::default();
    let mut lines = 0;
    for (file, bytes) in tree.files() {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        if !text.lines().next().is_some_and(is_separator) {
            rendering.text.push_str("---\n");
            lines += 1;
        }
        for (line, document) in documents(text) {
            if !document.is_empty() {
                let origin = Origin::new(lines + line, file);
                rendering.origins.push(Origin { line_in_file: Some(line), ..origin });
            }
        }
        rendering.text.push_str(text);
        if !text.is_empty() && !text.ends_with('\n') {
            rendering.text.push('\n');
        }
        lines += u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    }
    rendering
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_knows_its_line_in_its_file() {
        let mut tree = SourceTree::default();
        for (path, text) in
            [("a.yaml", "a: 1\n---\nb: 2"), ("b.json", "{\"c\": 3}\n"), ("c.yaml", "\u{feff}---\n# x\nd: 4\n"), ("d.yml", "")]
        {
            tree.insert(path, text.as_bytes());
        }
        let rendering = concatenate(&tree);
        assert_eq!(rendering.text, "---\na: 1\n---\nb: 2\n---\n{\"c\": 3}\n---\n# x\nd: 4\n---\n");
        let origins: Vec<_> = rendering.origins.iter().map(|it| (it.line, it.file.as_str(), it.line_in_file.unwrap())).collect();
        assert_eq!(origins, [(2, "a.yaml", 1), (4, "a.yaml", 3), (6, "b.json", 1), (8, "c.yaml", 2)]);
        for origin in &rendering.origins {
            let original = tree.text(&origin.file).unwrap();
            let line = |text: &str, number: u32| text.lines().nth(number as usize - 1).unwrap().to_owned();
            assert_eq!(line(&rendering.text, origin.line), line(&original, origin.line_in_file.unwrap()));
        }
    }

    #[test]
    fn standard_input_is_the_file_without_a_name() {
        let mut tree = SourceTree::default();
        tree.insert("", b"a: 1\n".as_slice());
        assert_eq!(concatenate(&tree).origins[0].file, "");
    }
}
