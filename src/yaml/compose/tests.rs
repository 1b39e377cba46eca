use super::*;

/// Prints a document as JSON-like text, each scalar and key with its place.
fn placed(node: &Node, out: &mut String) {
    use std::fmt::Write as _;
    match &node.kind {
        NodeKind::Scalar { value: Value::Str(text), .. } => write!(out, "{text:?}").unwrap(),
        NodeKind::Scalar { value, .. } => write!(out, "{value}").unwrap(),
        NodeKind::Sequence(items) => {
            out.push('[');
            items.iter().for_each(|item| placed(item, out));
            out.push(']');
        }
        NodeKind::Mapping(entries) => {
            out.push('{');
            for entry in entries {
                write!(out, "{}@{}:{} ", entry.key, entry.key_start.line, entry.key_start.column).unwrap();
                placed(&entry.value, out);
            }
            out.push('}');
        }
    }
    write!(out, "@{}:{}-{}:{}", node.start.line, node.start.column, node.end.line, node.end.column).unwrap();
}

#[track_caller]
fn check_places(text: &str, expected: &[&str]) {
    let printed: Vec<_> = parse(text)
        .iter()
        .map(|document| {
            let mut out = String::new();
            match (&document.root, &document.error) {
                (Some(root), None) => placed(root, &mut out),
                (None, None) => out.push_str("nothing"),
                (_, Some(error)) => out = format!("{}:{} {}", error.place.line, error.place.column, error.message),
            }
            out
        })
        .collect();
    assert_eq!(printed, expected);
}

#[test]
fn dump() {
    for text in [
        "a: 1\nb:\n  - x y\n  - \"q\"\n---\nc: |\n  l1\n  l2\n\nd: >-\n  f\ne: 5\n",
        "{a, b: , c: [1, {d: e}]}",
        "a:\nb: &x\n- \n- *x2\n",
        "a: &x 80\nb: *x\nü: é z  # c\nc: a\n  b\n\nd: 1\n",
    ] {
        for document in parse(text) {
            let mut out = String::new();
            document.root.iter().for_each(|root| placed(root, &mut out));
            println!("{out} {:?} {}", document.error, document.line);
        }
    }
}
