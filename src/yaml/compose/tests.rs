use std::fmt::Write as _;

use super::*;
use crate::yaml::Entry;

/// Prints a node in flow style, each key and scalar with its place.
fn print(node: &Node, out: &mut String) {
    match &node.kind {
        NodeKind::Scalar { value: Value::Str(text), .. } => write!(out, "{text:?}").unwrap(),
        NodeKind::Scalar { value, .. } => write!(out, "{value}").unwrap(),
        NodeKind::Sequence(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                print(item, out);
            }
            return out.push(']');
        }
        NodeKind::Mapping(entries) => {
            out.push('{');
            for (index, Entry { key, key_start, value }) in entries.iter().enumerate() {
                let comma = if index > 0 { ", " } else { "" };
                write!(out, "{comma}{key}@{}:{}: ", key_start.line, key_start.column).unwrap();
                print(value, out);
            }
            return out.push('}');
        }
    }
    write!(out, "@{}:{}-{}:{}", node.start.line, node.start.column, node.end.line, node.end.column).unwrap();
}

fn printed(text: &str) -> Vec<String> {
    let documents = parse(text).into_iter().map(|document| match (document.root, document.error) {
        (Some(root), None) => {
            let mut out = String::new();
            print(&root, &mut out);
            out
        }
        (None, None) => "nothing".to_owned(),
        (_, Some(YamlError { place, message })) => format!("error@{}:{} {message}", place.line, place.column),
    });
    documents.collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(printed(text), expected, "{text}");
}

/// Leaves the places out.
#[track_caller]
fn check_values(text: &str, expected: &str) {
    let mut out = String::new();
    for (index, part) in printed(text).concat().split('@').enumerate() {
        out.push_str(if index > 0 {
            part.trim_start_matches(|it: char| it.is_ascii_digit() || it == '-' || it == ':')
        } else {
            part
        });
    }
    // the colon of a key goes with its place
    assert_eq!(out, expected, "{text}");
}

#[track_caller]
fn check_error(text: &str, expected: &str) {
    let printed = printed(text).concat();
    assert!(printed.starts_with("error@") && printed.contains(expected), "{text}: {printed}");
}

#[test]
fn keys_and_scalars_have_places_in_the_whole_text() {
    check(
        "a: 1\nb:\n  - x y\n  - \"q\"\n---\nü: é z # c\nc: a\n  b\n",
        &["{a@1:1: 1@1:4-1:5, b@2:1: [\"x y\"@3:5-3:8, \"q\"@4:5-4:8]}", "{ü@6:1: \"é z\"@6:4-6:7, c@7:1: \"a b\"@7:4-8:4}"],
    );
}

#[test]
fn block_scalars_start_at_their_first_line() {
    check("a: |\n  b\n  c\n\nd: >-\n  e\nf: 5\n", &["{a@1:1: \"b\\nc\\n\"@2:3-5:1, d@5:1: \"e\"@6:3-7:1, f@7:1: 5@7:4-7:5}"]);
}

#[test]
fn flow_collections_have_places() {
    check(
        "{a, b: , c: [1, {d: e}]}",
        &["{a@1:2: null@1:3-1:3, b@1:5: null@1:7-1:7, c@1:10: [1@1:14-1:15, {d@1:18: \"e\"@1:21-1:22}]}"],
    );
}

#[test]
fn empty_values_stand_behind_their_indicator() {
    check("a:\nb:\n- \n- c\n", &["{a@1:1: null@1:3-1:3, b@2:1: [null@3:2-3:2, \"c\"@4:3-4:4]}"]);
}

#[test]
fn anchors_and_tags_are_no_part_of_a_scalar() {
    check("a: &x 80\nb: !!str &y '8'\n*x : *y\n", &["{a@1:1: 80@1:7-1:9, b@2:1: \"8\"@2:13-2:16, 80@3:1: \"8\"@3:6-3:8}"]);
}

#[test]
fn an_alias_stands_at_its_own_place() {
    check("a: &x {p: 1}\nb: *x\n", &["{a@1:1: {p@1:8: 1@1:11-1:12}, b@2:1: {p@1:8: 1@1:11-1:12}}"]);
    let documents = parse("a: &x {p: 1}\nb: *x\n");
    let alias = documents[0].root.as_ref().unwrap().get("b").unwrap();
    assert_eq!((alias.start, alias.end), (Place { line: 2, column: 4 }, Place { line: 2, column: 6 }));
}

#[test]
fn a_broken_document_does_not_spoil_the_others() {
    check(
        "a: 1\n---\nb: [1\nc: 2\n---\nd: 3\n",
        &["{a@1:1: 1@1:4-1:5}", "error@4:2 did not find expected ',' or ']'", "{d@6:1: 3@6:4-6:5}"],
    );
}

#[test]
fn documents_without_content_have_neither_root_nor_error() {
    check("", &["nothing"]);
    check("---\n---\n# c\n---\n...\n", &["nothing", "nothing", "nothing"]);
    check("---\n~\n", &["null@2:1-2:2"]);
}

#[test]
fn content_may_stand_on_the_separator() {
    check("--- {a: 1}\n--- >-\n  b\n", &["{a@1:6: 1@1:9-1:10}", "\"b\"@3:3-4:1"]);
    assert_eq!(parse("--- {a: 1}\n---\nb\n").iter().map(|it| it.line).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn end_marker_and_directives_are_read() {
    check("a: 1\n...\n%YAML 1.1\n---\nb: 2\n", &["{a@1:1: 1@1:4-1:5}", "{b@5:1: 2@5:4-5:5}"]);
    check("%YAML 1.1\n--- # c\na: 1\n", &["{a@3:1: 1@3:4-3:5}"]);
}

#[test]
fn byte_order_mark_and_carriage_returns_take_no_place() {
    check(
        "\u{feff}a: 1\r\n---\r\nb: |\r\n  c\r\nd: e\r\n",
        &["{a@1:1: 1@1:4-1:5}", "{b@3:1: \"c\\n\"@4:3-5:1, d@5:1: \"e\"@5:4-5:5}"],
    );
    check("a: b\u{feff}\n", &["{a@1:1: \"b\\u{feff}\"@1:4-1:6}"]);
}

#[test]
fn keys_become_strings() {
    check_values(
        "{80: a, true: b, yes: c, 1.50: d, 1e6: e, 010: f, .inf: g, '~': h}",
        "{80 \"a\", true \"c\", 1.5 \"d\", 1e+06 \"e\", 8 \"f\", .inf \"g\", ~ \"h\"}",
    );
    check_error("{~: a}", "@1:2 unsupported map key: null");
    check_error("a:\n  ? [b]\n  : c", "@2:5 invalid map key: a sequence");
}

#[test]
fn merges_apply_in_order() {
    let base = "x: &x {a: 1, b: 2}\nw: &w {a: 3, c: 4}\nz: ";
    let head = "{x {a 1, b 2}, w {a 3, c 4}, z ";
    for (merge, expected) in [
        ("{<<: *x, a: 5}", "{a 5, b 2}"),
        // as go-yaml v2: a merge wins over the keys before it
        ("{a: 5, <<: *x}", "{a 1, b 2}"),
        ("{<<: [*x, *w]}", "{a 1, c 4, b 2}"),
        ("{<<: [{a: 7}, *w]}", "{a 7, c 4}"),
        ("{<<: *x, <<: *w}", "{a 3, b 2, c 4}"),
        ("{'<<': 1}", "{<< 1}"),
    ] {
        check_values(&format!("{base}{merge}"), &format!("{head}{expected}}}"));
    }
    for merge in ["{<<: 5}", "{<<: ~}", "{<<: [*x, 5]}"] {
        check_error(&format!("{base}{merge}"), "map merge requires map or sequence of maps as the value");
    }
    check_error("x: &x [{a: 1}]\ny: {<<: *x}", "@2:9 map merge requires");
}

#[test]
fn the_last_of_equal_keys_wins_and_the_others_are_reported() {
    let documents = parse("a: 1\nb: {c: 1, c: 2}\na: 3\n<<: {a: 4}\n80: x\n'80': y\na: 5\n");
    let duplicates: Vec<_> =
        documents[0].duplicates.iter().map(|it| (&*it.key, it.lost.line, it.lost.column, it.kept.line, it.kept.column)).collect();
    assert_eq!(duplicates, [("c", 2, 5, 2, 11), ("a", 1, 1, 3, 1), ("80", 5, 1, 6, 1)]);
    assert_eq!(documents[0].root.as_ref().unwrap().get("a").unwrap().int(), Some(5));
    let thrice = parse("a: 1\na: 2\na: 3\n");
    assert!(thrice[0].duplicates.iter().all(|it| it.kept.line == 3));
}

#[test]
fn many_keys_are_found_again() {
    let mut text = String::new();
    for index in 0..100 {
        writeln!(text, "k{index}: {index}").unwrap();
    }
    text.push_str("k3: v\nk90: w\n");
    let documents = parse(&text);
    assert_eq!(documents[0].root.as_ref().unwrap().entries().len(), 100);
    assert_eq!(documents[0].duplicates.len(), 2);
    assert_eq!(documents[0].root.as_ref().unwrap().get("k90").unwrap().str(), Some("w"));
}

#[test]
fn flow_and_quoted_text_may_stand_left_of_its_key() {
    check(
        "a:\n  b: {\n  c: d,\n  e: [\n  1 ]\n  }\nf: 2\n",
        &["{a@1:1: {b@2:3: {c@3:3: \"d\"@3:6-3:7, e@4:3: [1@5:3-5:4]}}, f@7:1: 2@7:4-7:5}"],
    );
    check("a: \"x\ny\nz\"\nb: 'x\n\ny'\n", &["{a@1:1: \"x y z\"@1:4-3:3, b@4:1: \"x\\ny\"@4:4-6:3}"]);
}

#[test]
fn tabs_and_comments_may_follow_tokens_as_in_go() {
    check("a:\tb\nc: [d]#e\n", &["{a@1:1: \"b\"@1:4-1:5, c@2:1: [\"d\"@2:5-2:6]}"]);
}

#[test]
fn a_block_scalar_ends_as_its_text_does() {
    for (text, expected) in [
        ("a: |\n  é", "{a \"é\"}"),
        ("a: |\n  b\n", "{a \"b\\n\"}"),
        ("a: |\n  b\n# c", "{a \"b\\n\"}"),
        ("a: |+\n  b\n\n", "{a \"b\\n\\n\"}"),
    ] {
        check_values(text, expected);
    }
}

#[test]
fn control_characters_are_refused() {
    check("a: 1\n---\nb: x\0y\n", &["{a@1:1: 1@1:4-1:5}", "error@3:5 control characters are not allowed"]);
    check_error("a: \"\u{7f}\"", "control characters");
}

#[test]
fn anchors_must_be_known_and_complete() {
    check_error("a: *b", "@1:4 found unknown anchor");
    check_error("a: &a [*a]", "@1:8 the value of an anchor contains itself");
}
