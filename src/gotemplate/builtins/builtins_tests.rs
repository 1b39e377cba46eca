use std::sync::Arc;

use super::*;
use crate::gotemplate::ast::{Expr, ExprKind, Node, Text};
use crate::gotemplate::exec::{Options, Templates, TplCache};
use crate::gotemplate::parse::parse;
use crate::gotemplate::print::print_value;
use crate::gotemplate::value::{IntKind, Kind};

fn data() -> Value {
    let list = Value::list(vec![Value::int(1), "a".into(), Value::NIL, Value::float(2.5)]);
    let map = Value::map([("b", Value::float(1.5)), ("a", "x".into()), ("c", Value::NIL)]);
    Value::map([
        ("one", Value::int(1)),
        ("u", Value::new(Kind::Int(IntKind::Uint8, 1))),
        ("i64", Value::int64(1)),
        ("f", Value::float(1.0)),
        ("s", "héy".into()),
        ("t", true.into()),
        ("n", Value::NIL),
        ("l", list),
        ("m", map),
        ("e", "".into()),
    ])
}

fn arg(expr: &Expr) -> Value {
    match &expr.kind {
        ExprKind::Field(names) => data().as_map().and_then(|map| map.get(&*names[0])).expect("is there"),
        ExprKind::Number(number) => Value::int(number.int.expect("whole")),
        ExprKind::Str { text, .. } => Value::str(text),
        other => panic!("{other:?}"),
    }
}

/// Runs a command of plain arguments.
fn run(command: &str) -> String {
    let text = Arc::new(Text::new(format!("{{{{ {command} }}}}").into_bytes(), false));
    let trees = parse("t", &text, &|name| FUNCS.iter().find(|func| func.name == name)).expect(command);
    let Some(Node::Action { pipe, .. }) = trees[0].root.first() else { panic!("{trees:?}") };
    let (func, args) = pipe.cmds[0].args.split_first().expect("a function");
    let ExprKind::Function(func) = func.kind else { panic!("{func:?}") };
    let args: Vec<Value> = args.iter().map(arg).collect();
    let (options, templates, cache) = (Options::default(), Templates::default(), TplCache::new(Arc::new(|_: &str| None)));
    match (func.call)(&mut Exec::new(&options, &templates, &cache), &args) {
        Ok(value) if value.is_nil() => "<no value>".into(),
        Ok(value) => {
            let mut out = Vec::new();
            print_value(&mut out, &value);
            String::from_utf8_lossy(&out).into_owned()
        }
        Err(error) => format!("ERR {}", error.message),
    }
}

#[test]
fn builtins_do_and_say_what_those_of_go_do() {
    for (command, result) in [
        ("eq .one .u", "true"),
        ("eq .one .i64", "true"),
        ("eq .one .f", "ERR incompatible types for comparison: int and float64"),
        ("eq .one .s", "ERR incompatible types for comparison: int and string"),
        ("eq .n .one", "false"),
        ("eq .n .n", "true"),
        ("eq .m .n", "false"),
        ("eq .m .m", "ERR non-comparable type map[a:x b:%!s(float64=1.5) c:<nil>]: map[string]interface {}"),
        (
            "eq .m .l",
            "ERR non-comparable types map[a:x b:%!s(float64=1.5) c:<nil>]: map[string]interface {}, []interface {}: [1 a <nil> 2.5]",
        ),
        ("eq .one", "ERR missing argument for comparison"),
        ("eq .one .i64 .s", "true"),
        ("eq .one .n .u", "true"),
        ("ne .one .u", "false"),
        ("ne .s .t", "ERR incompatible types for comparison: string and bool"),
        ("lt .one .u", "false"),
        ("lt .s .e", "false"),
        ("lt .t .t", "ERR invalid type for comparison"),
        ("lt .n .one", "ERR invalid type for comparison"),
        ("lt .one .f", "ERR incompatible types for comparison: int and float64"),
        ("le .one .i64", "true"),
        ("gt .f .f", "false"),
        ("ge .s .e", "true"),
        ("ge .m .m", "ERR invalid type for comparison"),
        ("index .l 1", "a"),
        ("index .l 2", "<no value>"),
        ("index .l 4", "ERR reflect: slice index out of range"),
        ("index .l 5", "ERR index out of range: 5"),
        ("index .l .s", "ERR cannot index slice/array with type string"),
        ("index .l .n", "ERR cannot index slice/array with nil"),
        ("index .m `a`", "x"),
        ("index .m `z`", "<no value>"),
        ("index .m 1", "ERR value has type int; should be string"),
        ("index .m .n", "ERR value is nil; should be of type string"),
        ("index .m `c` 1", "ERR index of nil pointer"),
        ("index .m `a` 0", "120"),
        ("index .n 1", "ERR index of untyped nil"),
        ("index .one 1", "ERR can't index item of type int"),
        ("index .s 1", "195"),
        ("index .s 4", "ERR reflect: string index out of range"),
        ("index .l", "[1 a <nil> 2.5]"),
        ("slice .s 1 3", "é"),
        ("slice .s 3 1", "ERR invalid slice index: 3 > 1"),
        ("slice .s 1 2 3", "ERR cannot 3-index slice a string"),
        ("slice .l 1 2", "[a]"),
        ("slice .l 1 2 3", "[a]"),
        ("slice .l 1 3 2", "ERR invalid slice index: 3 > 2"),
        ("slice .m 1", "ERR can't slice item of type map[string]interface {}"),
        ("slice .n", "ERR slice of untyped nil"),
        ("slice .s 9", "ERR index out of range: 9"),
        ("len .s", "4"),
        ("len .l", "4"),
        ("len .m", "3"),
        ("len .one", "ERR len of type int"),
        ("len .n", "ERR len of nil pointer"),
        ("not .n", "true"),
        ("not .m", "false"),
        (r#"html `<a href="x">'&` .n"#, "&lt;a href=&#34;x&#34;&gt;&#39;&amp;&lt;no value&gt;"),
        ("js `a'b\"c\\<>&=é\n`", r#"a\'b\"c\\\u003C\u003E\u0026\u003Dé\u000A"#),
        ("urlquery `a b&c=é~/`", "a+b%26c%3D%C3%A9~%2F"),
        ("print 1 2 `a` 3", "1 2a3"),
        ("printf `%d-%s` 1 `x`", "1-x"),
        ("println `a` 1", "a 1\n"),
    ] {
        assert_eq!(run(command), result, "{command}");
    }
}

#[test]
fn what_is_called_is_no_function() {
    assert_eq!(call(".x", &Value::NIL).message, "call of nil");
    assert_eq!(call(".x", &Value::int(1)).message, "non-function .x of type int");
}

#[test]
fn an_index_in_an_interface_does_not_slice() {
    let error = slice_with(&["abc".into(), Value::int(1)], &[true, true]).expect_err("is refused");
    assert_eq!(error.message, "cannot index slice/array with type interface {}");
}

#[test]
fn the_length_of_nil_depends_on_where_it_stands() {
    assert_eq!(run("len .n"), "ERR len of nil pointer");
    assert_eq!(len_of_unpacked_nil().message, "reflect: call of reflect.Value.Type on zero Value");
}

#[test]
fn names_are_in_order() {
    assert!(FUNCS.is_sorted_by_key(|func| func.name));
}
