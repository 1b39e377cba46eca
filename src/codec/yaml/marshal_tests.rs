use super::*;

#[track_caller]
fn check(value: &Value, expected: &str) {
    assert_eq!(to_yaml(value).map(|it| String::from_utf8_lossy(&it).into_owned()).as_deref(), Ok(expected));
}

#[test]
fn collections_are_blocks_and_sequences_are_not_indented() {
    let value = Value::map([
        (
            "b",
            Value::list(vec![
                Value::map([("x", Value::float(1.0)), ("y", Value::list(vec!["z".into()]))]),
                Value::list(vec![Value::NIL, true.into()]),
            ]),
        ),
        ("a10", Value::map::<&str>([])),
        ("a2", Value::list(vec![])),
    ]);
    check(&value, "a2: []\na10: {}\nb:\n- x: 1\n  \"y\":\n  - z\n- - null\n  - true\n");
}

#[test]
fn strings_are_written_as_go_writes_them() {
    // a text, its value in a mapping by `toYaml`, and by `toYamlPretty` where that differs; nothing where Go fails
    let cases = [
        ("", " \"\"\n", "="),
        ("plain", " plain\n", "="),
        ("a b", " a b\n", "="),
        (" lead", " ' lead'\n", "="),
        ("trail ", " 'trail '\n", "="),
        ("a: b", " 'a: b'\n", "="),
        ("a:b", " a:b\n", "="),
        ("a #b", " 'a #b'\n", "="),
        ("a#b", " a#b\n", "="),
        ("- a", " '- a'\n", "="),
        ("-a", " -a\n", "="),
        ("---", " '---'\n", "="),
        ("? a", " '? a'\n", "="),
        ("?a", " ?a\n", "="),
        ("'q'", " '''q'''\n", "="),
        ("\"q\"", " '\"q\"'\n", "="),
        ("{a}", " '{a}'\n", "="),
        ("[a]", " '[a]'\n", "="),
        ("*a", " '*a'\n", "="),
        ("&a", " '&a'\n", "="),
        ("!a", " '!a'\n", "="),
        ("|", " '|'\n", "="),
        ("%a", " '%a'\n", "="),
        ("@a", " '@a'\n", "="),
        ("`a", " '`a'\n", "="),
        ("yes", " \"yes\"\n", "="),
        ("Off", " \"Off\"\n", "="),
        ("null", " \"null\"\n", "="),
        ("~", " \"~\"\n", "="),
        ("12", " \"12\"\n", "="),
        ("0x1f", " \"0x1f\"\n", "="),
        ("1_000", " \"1_000\"\n", "="),
        ("1e3", " \"1e3\"\n", "="),
        ("1:30", " \"1:30\"\n", "="),
        ("2001-01-01", " \"2001-01-01\"\n", "="),
        ("<<", " <<\n", "="),
        ("=", " =\n", "="),
        ("tab\there", " \"tab\\there\"\n", "="),
        ("esc\u{1b}\u{7}", " \"esc\\e\\a\"\n", "="),
        ("nul\u{0}", " \"nul\\0\"\n", "="),
        ("del\u{7f}", "", " \"del\\x7F\"\n"),
        ("line\nbreak", " |-\n  line\n  break\n", "="),
        ("line\n", " |\n  line\n", "="),
        ("line\n\n", " |+\n  line\n\n", "="),
        ("\nline", " |2-\n\n  line\n", "="),
        ("  two\nline", " |2-\n    two\n  line\n", "="),
        ("x \ny", " \"x \\ny\"\n", "="),
        ("a\n\tb", " \"a\\n\\tb\"\n", " |-\n  a\n  \tb\n"),
        ("\n", " |2+\n\n", "="),
        ("é", " é\n", "="),
        ("日本", " 日本\n", "="),
        ("😀", " \"\\U0001F600\"\n", "="),
        ("\u{feff}x", " \"\\uFEFF\\x78\"\n", "="),
        ("nel\u{85}x", " nel x\n", " \"nel\\Nx\"\n"),
        ("ls\u{2028}x", " 'ls\u{2028}  x'\n", "="),
        ("\u{a0}", " \u{a0}\n", "="),
        ("\u{fffd}", " \u{fffd}\n", "="),
        (
            "word word word word word word word word word word word word word word word word word word ",
            " 'word word word word word word word word word word word word word word word word\n  word word '\n",
            " 'word word word word word word word word word word word word word word word word word word '\n",
        ),
        (
            "it's it's it's it's it's it's it's it's it's it's it's it's it's it's it's it's it's it's it's it's ",
            " 'it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s\n  it''s it''s it''s it''s it''s it''s it''s '\n",
            " 'it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s it''s '\n",
        ),
        (
            "a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: ",
            " 'a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a:\n  a: a: a: a: '\n",
            " 'a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: a: '\n",
        ),
        (
            "tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t ",
            " \"tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t\n  tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t \"\n",
            " \"tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t tab\\t \"\n",
        ),
        (
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx y z",
            " xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n  y z\n",
            " xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx y z\n",
        ),
    ];
    for (text, plain, pretty) in cases {
        let value = Value::map([("k", Value::from(text))]);
        let found = to_yaml(&value).map_or_else(|_| String::new(), |it| String::from_utf8_lossy(&it).into_owned());
        assert_eq!(found.strip_prefix("k:").unwrap_or_default(), plain, "{text:?}");
        let found = to_yaml_pretty(&value).map(|it| String::from_utf8_lossy(&it).into_owned());
        let pretty = if pretty == "=" { plain } else { pretty };
        assert_eq!(found, Ok(format!("k:{pretty}")), "{text:?}");
    }
}

#[test]
fn numbers_pass_through_json() {
    // by `toYaml`, and by `toYamlPretty`
    let cases = [
        (0.0, "0", "0"),
        (1.0, "1", "1"),
        (-1.5, "-1.5", "-1.5"),
        (1000000.0, "1000000", "1e+06"),
        (123456789.0, "123456789", "1.23456789e+08"),
        (1000000000000000.0, "1000000000000000", "1e+15"),
        (1e+16, "10000000000000000", "1e+16"),
        (1e+17, "100000000000000000", "1e+17"),
        (1e+19, "10000000000000000000", "1e+19"),
        (-1e+19, "-1e+19", "-1e+19"),
        (1e+20, "1e+20", "1e+20"),
        (1e+21, "1e+21", "1e+21"),
        (0.1, "0.1", "0.1"),
        (0.0001, "0.0001", "0.0001"),
        (1e-05, "1e-05", "1e-05"),
        (1e-07, "1e-07", "1e-07"),
        (-0.0, "0", "-0"),
        (9.223372036854776e+18, "9223372036854776000", "9.223372036854776e+18"),
    ];
    for (number, plain, pretty) in cases {
        check(&Value::float(number), &format!("{plain}\n"));
        let found = to_yaml_pretty(&Value::float(number)).map(|it| String::from_utf8_lossy(&it).into_owned());
        assert_eq!(found, Ok(format!("{pretty}\n")));
    }
    check(&Value::int(i64::MIN), "-9223372036854775808\n");
    assert_eq!(to_yaml(&Value::float(f64::NAN)), Err("error marshaling into JSON: json: unsupported value: NaN".to_owned()));
}

#[test]
fn long_keys_are_marked_and_pretty_sequences_indented() {
    let key = "k".repeat(129);
    check(&Value::map([(&key, Value::int(1))]), &format!("? {key}\n: 1\n"));
    let value = Value::map([(
        "a",
        Value::list(vec![Value::list(vec![Value::int(1)]), Value::map([("b", Value::list(vec![Value::NIL]))])]),
    )]);
    check(&value, "a:\n- - 1\n- b:\n  - null\n");
    let pretty = to_yaml_pretty(&value).map(|it| String::from_utf8_lossy(&it).into_owned());
    assert_eq!(pretty.as_deref(), Ok("a:\n  - - 1\n  - b:\n      - null\n"));
    let invalid = to_yaml_pretty(&Value::str(b"a\xff")).map(|it| String::from_utf8_lossy(&it).into_owned());
    assert_eq!(invalid.as_deref(), Ok("!!binary Yf8=\n"));
}

#[test]
fn what_go_yaml_would_change_goes_through_it() {
    // a line break of YAML 1.1 in a JSON string is folded, and equal keys are one
    check(&Value::map([("k", Value::from("a \u{85}\u{85} b"))]), "k: |-\n  a\n  b\n");
    check(&Value::map([(b"\xfe", Value::int(1)), (b"\xff", Value::int(2))]), "\u{fffd}: 2\n");
    to_yaml(&Value::map([("k".repeat(1023), Value::NIL)])).expect_err("go-yaml knows no such key");
}

#[test]
fn values_that_hold_themselves_are_errors() {
    let own = Value::list(vec![Value::NIL]);
    own.as_list().expect("it is a list").items_mut()[0] = own.clone();
    to_yaml(&own).expect_err("it has no end");
    to_yaml_pretty(&own).expect_err("it has no end");
    own.as_list().expect("it is a list").items_mut().clear();
}
