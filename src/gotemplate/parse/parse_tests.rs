use std::sync::Arc;

use super::*;
use crate::gotemplate::exec::Exec;
use crate::gotemplate::func::{Error, Func};
use crate::gotemplate::value::Value;

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn native(_: &mut Exec<'_>, _: &[Value]) -> Result<Value, Error> {
    Ok(Value::NIL)
}

static FUNCS: [Func; 3] = [Func::new("len", &[], native), Func::new("not", &[], native), Func::new("print", &[], native)];

fn parse_as(name: &str, text: impl Into<Vec<u8>>) -> Result<Vec<Tree>, ParseError> {
    let text = Arc::new(Text::new(text.into(), false));
    parse(name, &text, &|name| FUNCS.iter().find(|func| func.name == name))
}

fn texts(trees: &[Tree]) -> String {
    let text = |tree: &Tree| format!("{}={}", tree.name, tree.root.iter().map(ToString::to_string).collect::<String>());
    let mut texts: Vec<String> = trees.iter().map(text).collect();
    texts.sort();
    texts.join(" ; ")
}

#[test]
fn what_go_rejects_is_rejected_in_its_words() {
    for (text, sentence) in [
        ("{{", "1: unclosed action"),
        ("{{ .A }", r#"1: unexpected "}" in operand"#),
        ("a\n{{ .A\n\n\"x\n", "4: unterminated quoted string in action started at main:2"),
        (r#"{{ "x }}"#, "1: unterminated quoted string"),
        ("{{ 'x }}", "1: unterminated character constant"),
        ("{{ `x }}", "1: unterminated raw quoted string"),
        ("{{ (.A }}", "1: unclosed left paren"),
        ("{{ .A) }}", "1: unexpected right paren"),
        ("{{ () }}", "1: missing value for parenthesized pipeline"),
        ("{{ }}", "1: missing value for command"),
        ("{{ | len }}", r#"1: unexpected "|" in command"#),
        ("{{ .A | 1 }}", "1: non executable command in pipeline stage 2"),
        ("{{ nope }}", r#"1: function "nope" not defined"#),
        ("{{ $x }}", r#"1: undefined variable "$x""#),
        ("{{if $x := 1}}{{end}}{{$x}}", r#"1: undefined variable "$x""#),
        ("{{end}}", "1: unexpected {{end}}"),
        ("{{else}}", "1: unexpected {{else}}"),
        ("{{if .A}}", "1: unexpected EOF"),
        ("{{if .A}}{{else}}{{else}}{{end}}", "1: expected end; found {{else}}"),
        ("{{range .A}}{{else if .B}}{{end}}{{end}}\n{{end}}", "1: unexpected <if> in input"),
        ("{{if .A}}{{else with .B}}{{end}}", "1: unexpected <with> in input"),
        ("{{break}}", "1: {{break}} outside {{range}}"),
        (r#"{{range .A}}{{block "b" .}}{{continue}}{{end}}{{end}}"#, "1: {{continue}} outside {{range}}"),
        ("{{range $a, $b, $c := .C}}{{end}}", "1: too many declarations in range"),
        ("{{range $a, .B}}{{end}}", "1: range can only initialize variables"),
        ("{{$a, $b := .C}}", "1: too many declarations in command"),
        ("{{if}}{{end}}", "1: missing value for if"),
        ("{{ 089 }}", r#"1: integer overflow: "089""#),
        ("{{ 1x }}", r#"1: bad number syntax: "1x""#),
        ("{{ 18446744073709551616 }}", r#"1: integer overflow: "18446744073709551616""#),
        ("{{ 1+2 }}", r#"1: bad number syntax: "1+2""#),
        ("{{ 'ab' }}", "1: malformed character constant: 'ab'"),
        ("{{ '' }}", "1: invalid syntax"),
        (r#"{{ "\q" }}"#, "1: invalid syntax"),
        ("{{ 1.A }}", r#"1: bad number syntax: "1.A""#),
        ("{{ .A.1 }}", r#"1: unexpected ".1" in operand"#),
        ("{{ .A..B }}", "1: unexpected <.> in operand"),
        (r#"{{ .A"b" }}"#, r#"1: bad character U+0022 '"'"#),
        ("{{ a:b }}", r#"1: function "a" not defined"#),
        ("{{ # }}", r##"1: unexpected "#" in command"##),
        ("{{ \u{a0} }}", "1: unrecognized character in action: U+00A0"),
        ("{{ .A\u{a0} }}", "1: bad character U+00A0"),
        ("{{/* c }}", "1: unclosed comment"),
        ("{{/* c */ }}", "1: comment ends before closing delimiter"),
        ("{{ /* c */ }}", r#"1: unexpected "/" in command"#),
        ("{{define x}}{{end}}", r#"1: unexpected "x" in define clause"#),
        (r#"{{define "x"}}{{define "y"}}{{end}}{{end}}"#, "1: unexpected <define> in command"),
        (r#"{{define "x"}}A{{end}}{{define "x"}}B{{end}}"#, r#"1: template: multiple definition of template "x""#),
        ("{{template}}", r#"1: unexpected "}}" in template clause"#),
        (r#"{{template "x" . .A := 1}}"#, r#"1: unexpected ":=" in operand"#),
        ("{{ .abcdefghijklmnop := 1 }}", r#"1: unexpected ":=" in operand"#),
        ("{{-}}", r#"1: illegal number syntax: "-""#),
        ("{{ 3-}}", r#"1: bad number syntax: "3-""#),
    ] {
        let error = parse_as("main", text).expect_err(text);
        assert_eq!(error.message, format!("template: main:{sentence}"), "{text}");
        assert!(sentence.starts_with(&format!("{}:", error.line)), "{text}");
    }
}

#[test]
fn trees_are_those_of_go() {
    for (text, trees) in [
        ("a {{- .A.B }} b {{ .C -}} \n c", "main=a{{.A.B}} b {{.C}}c"),
        ("{{- /* c */ -}} x", "main=x"),
        ("{{if .A}}a{{else if .B}}b{{else}}c{{end}}", "main={{if .A}}a{{else}}{{if .B}}b{{else}}c{{end}}{{end}}"),
        ("{{with $x := .A}}{{else with .B}}{{$.C}}{{end}}", "main={{with $x := .A}}{{else}}{{with .B}}{{$.C}}{{end}}{{end}}"),
        (
            "{{range $i, $e := .L}}{{break}}{{continue}}{{else}}x{{end}}",
            "main={{range $i, $e := .L}}{{break}}{{continue}}{{else}}x{{end}}",
        ),
        ("{{\n.A\n|\nlen\n}}", "main={{.A | len}}"),
        ("{{ .A | len | }}", "main={{.A | len}}"),
        ("{{ (print .A).B.C | not }}", "main={{(print .A).B.C | not}}"),
        (r#"{{ print (len (.A)) `r` "q\t" 'x' 1e3 nil true }}"#, r#"main={{print (len (.A)) `r` "q\t" 'x' 1e3 nil true}}"#),
        ("{{$x := 1}}{{$x = 2}}{{$x.A}}", "main={{$x := 1}}{{$x = 2}}{{$x.A}}"),
        (r#"{{template "t" .A | len}}"#, r#"main={{template "t" .A | len}}"#),
        (r#"{{block "b" .A}}in{{end}}"#, r#"b=in ; main={{template "b" .A}}"#),
        ("{{define \"d\"}}D{{end}} {{define \"e\"}} \n{{end}}", "d=D ; e= \n ; main= "),
        (r#"{{define "d"}} {{end}}{{define "d"}}D{{end}}{{define "d"}}{{end}}"#, "d=D ; main="),
        ("{{define \"main\"}}M{{end}}\n", "main=M"),
    ] {
        assert_eq!(texts(&parse_as("main", text).expect(text)), trees, "{text}");
    }
}

#[test]
fn text_need_not_be_utf8() {
    let trees = parse_as("main", b"\xff{{ `\xfe` }}").expect("parses");
    let Some(Node::Text { text, .. }) = trees[0].root.first() else { panic!("{trees:?}") };
    assert_eq!(**text, *b"\xff");
    let error = parse_as("main", b"{{ \xff }}").expect_err("no character");
    assert_eq!(error.message, "template: main:1: unrecognized character in action: U+FFFD '\u{fffd}'");
}

#[test]
fn verbs_in_a_name_take_arguments_as_in_go() {
    let error = parse_as("a%sb", "{{ nope }}").expect_err("no function");
    assert_eq!(error.message, "template: anopeb:1: function %!q(MISSING) not defined");
}

#[test]
fn an_error_has_a_place() {
    let error = parse_as("main", "a\nbc {{ nope }}").expect_err("no function");
    assert_eq!((error.line, error.column), (2, Some(6)));
}

#[test]
fn numbers_are_all_that_they_can_be() {
    use item::Is::{CharConstant, Complex, Number};
    for (text, is, int, uint, float) in [
        ("1", Number, Some(1), Some(1), Some(1.0)),
        ("-1", Number, Some(-1), None, Some(-1.0)),
        ("+1", Number, Some(1), None, Some(1.0)),
        ("-0", Number, Some(0), Some(0), Some(0.0)),
        ("017", Number, Some(15), Some(15), Some(15.0)),
        ("1e3", Number, Some(1000), Some(1000), Some(1000.0)),
        ("1.5", Number, None, None, Some(1.5)),
        ("0x1p-1", Number, None, None, Some(0.5)),
        ("18446744073709551615", Number, None, Some(u64::MAX), Some(18_446_744_073_709_551_615.0)),
        ("9223372036854775808.0", Number, None, Some(1 << 63), Some(9_223_372_036_854_775_808.0)),
        ("'a'", CharConstant, Some(97), Some(97), Some(97.0)),
        ("1+0i", Complex, Some(1), Some(1), Some(1.0)),
        ("2i", Number, None, None, None),
    ] {
        let number = number::number(text.as_bytes(), is).expect(text);
        assert_eq!((number.int, number.uint, number.float), (int, uint, float), "{text}");
    }
}

#[test]
fn templates_of_millions_of_actions_are_refused() {
    let text = "{{.}}\n".repeat(MAX_NODES as usize);
    let error = parse_as("main", text).unwrap_err();
    assert_eq!(
        (error.message.as_str(), error.line),
        ("template: main:100001: more than 200000 texts and actions in one template", 100_001)
    );
}

#[test]
fn nesting_has_a_limit_and_fits_a_small_stack() {
    let run = || {
        for (before, open, middle, close, behind) in [
            ("{{", "(", ".", ")", "}}"),
            ("", "{{if .}}", "", "{{end}}", ""),
            ("", "{{range .}}{{else}}", "", "{{end}}", ""),
            ("{{if .}}", "{{else if .}}", "", "", "{{end}}"),
        ] {
            for (depth, fits) in [(MAX_DEPTH as usize - 1, true), (MAX_DEPTH as usize + 1, false), (20_000, false)] {
                let text = [before, &open.repeat(depth), middle, &close.repeat(depth), behind].concat();
                match parse_as("main", text) {
                    Ok(trees) => assert!(fits && !texts(&trees).is_empty(), "{open}"),
                    Err(error) => assert!(!fits && error.message.ends_with("nest deeper than 300"), "{error}"),
                }
            }
        }
    };
    // unoptimised frames are about eight times as large
    let stack = if cfg!(debug_assertions) { 8 << 20 } else { 1 << 20 };
    let thread = std::thread::Builder::new().stack_size(stack).spawn(run).expect("a thread");
    thread.join().expect("no overflow");
}
