//! The guard that a chart has already: found by its markers, and taken out, so that what it hides can be found again.

use super::emit::{BEGIN, END, include};
use crate::source::SourceTree;

/// Where a guard stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    pub file: String,
    /// Byte at which it began.
    pub at: usize,
}

/// A chart without its guard.
#[derive(Debug, Clone)]
pub struct Bare {
    pub tree: SourceTree,
    /// Where the guard stood; `None` where there was none.
    pub spot: Option<Spot>,
}

/// Takes a chart's own guard out, with the line that includes it.
pub fn bare(tree: &SourceTree) -> Bare {
    let mut bare = Bare { tree: tree.clone(), spot: None };
    for file in tree.paths().filter(|it| it.starts_with("templates/")) {
        let Some(text) = tree.text(file) else { continue };
        let Some((start, end)) = block(&text) else { continue };
        let define = text[start..end].split("define \"").nth(1).and_then(|it| it.split('"').next()).map(str::to_owned);
        bare.tree.insert(file, [&text[..start], &text[end..]].concat().into_bytes());
        bare.spot.get_or_insert(Spot { file: file.into(), at: start });
        if let Some(define) = define {
            remove_include(&mut bare.tree, &include(&define));
        }
    }
    bare
}

/// Returns the bytes of the lines from marker to marker.
fn block(text: &str) -> Option<(usize, usize)> {
    let line_of = |at: usize| text[..at].rfind('\n').map_or(0, |it| it + 1);
    let begin = text.find(BEGIN)?;
    let end = begin + text[begin..].find(END)?;
    Some((line_of(begin), text[end..].find('\n').map_or(text.len(), |it| end + it + 1)))
}

fn remove_include(tree: &mut SourceTree, include: &str) {
    let files: Vec<String> = tree.paths().filter(|it| it.starts_with("templates/")).map(str::to_owned).collect();
    for file in files {
        let Some(text) = tree.text(&file) else { continue };
        let Some(first) = text.split_inclusive('\n').next().filter(|it| it.trim() == include) else { continue };
        let rest = text[first.len()..].to_owned();
        tree.insert(file, rest.into_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guard_and_its_include_are_taken_out() {
        let block = format!(
            "{{{{- /* {BEGIN} */}}}}\r\n{{{{ define \"web.validatePorts\" }}}}x{{{{ end }}}}\r\n{{{{- /* {END} */}}}}\r\n"
        );
        let mut tree = SourceTree::default();
        tree.insert("templates/_helpers.tpl", format!("a\r\n{block}b\r\n").into_bytes());
        tree.insert("templates/x.yaml", &b"{{- include \"web.validatePorts\" . }}\r\nkind: x\r\n"[..]);
        tree.insert("templates/y.yaml", &b"y\n{{- include \"web.validatePorts\" . }}\n"[..]);
        let bare = bare(&tree);
        assert_eq!(bare.spot, Some(Spot { file: "templates/_helpers.tpl".into(), at: 3 }));
        assert_eq!(bare.tree.text("templates/_helpers.tpl").unwrap(), "a\r\nb\r\n");
        assert_eq!(bare.tree.text("templates/x.yaml").unwrap(), "kind: x\r\n");
        assert!(bare.tree.text("templates/y.yaml").unwrap().contains("include"));
    }

    #[test]
    fn what_has_no_guard_stays() {
        let mut tree = SourceTree::default();
        tree.insert("templates/_helpers.tpl", format!("{BEGIN} without an end").into_bytes());
        let bare = bare(&tree);
        assert_eq!((bare.spot, bare.tree.text("templates/_helpers.tpl")), (None, tree.text("templates/_helpers.tpl")));
    }
}
