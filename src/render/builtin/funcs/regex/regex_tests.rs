use super::super::calling::text;
use super::*;

fn call(name: &str, pattern: &str, subject: &str, more: Option<Value>) -> String {
    let mut args = vec![pattern.into(), subject.into()];
    args.extend(more);
    text(FUNCS, name, &args).unwrap_or_else(|error| error)
}

#[test]
fn patterns_are_those_of_re2() {
    let table = [
        // what Rust's engine reads differently
        (r"[\w-\.]+", "é a-b.c", "a-b.c"),
        (r"\w+", "éa", "a"),
        (r"\d+", "٣3", "3"),
        (r"\s", "\u{a0}\x0b", ""),
        (r"\Qa.b\E+", "axb a.bb", "a.bb"),
        (r"(?i)k+", "kK\u{212a}", "kK\u{212a}"),
        (r"[[:^word:]_]+", "ab-_", "-_"),
        (r"\pN+", "a1Ⅷ", "1Ⅷ"),
        (r"\p{^Greek}+", "αa", "a"),
        (r"\101", "xA", "A"),
        (r"\x{263a}", "☺", "☺"),
        (r"a{,2}", "aa a{,2}", "a{,2}"),
        (r"(?U)a+", "aaa", "a"),
        (r"a(?i)*b", "aaab", "aaab"),
        // the first alternative wins
        (r"a|ab", "ab", "a"),
        (r"(|a)*", "aa", ""),
        (r"$", "a\n", ""),
        (r"(?<n>b)(?P<n>c)", "abc", "bc"),
    ];
    for (pattern, subject, expected) in table {
        assert_eq!(call("regexFind", pattern, subject, None), expected, "{pattern} {subject:?}");
    }
}

#[test]
fn errors_are_gos() {
    let table = [
        ("(", "missing closing ): `(`"),
        ("a)", "unexpected ): `a)`"),
        ("[a", "missing closing ]: `[a`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
        (r"\p{Foo}", r"invalid character class range: `\p{Foo}`"),
        (r"\p{Old_Italic}", r"invalid character class range: `\p{Old_Italic}`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("*", "missing argument to repetition operator: `*`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("(a{100}){20}", "invalid repeat count: `{20}`"),
        (r"\C", r"invalid escape sequence: `\C`"),
        (r"\8", r"invalid escape sequence: `\8`"),
        ("\\", "trailing backslash at end of expression: ``"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?P<a-b>c)", "invalid named capture: `(?P<a-b>`"),
    ];
    for (pattern, message) in table {
        let message = format!("error parsing regexp: {message}");
        assert_eq!(call("mustRegexFind", pattern, "", None), message, "{pattern}");
        assert_eq!(call("regexFind", pattern, "", None), format!("regexp: Compile(`{pattern}`): {message}"));
        assert_eq!(call("regexMatch", pattern, "", None), "false");
    }
}

#[test]
fn deep_and_big_patterns_are_refused() {
    let deep = format!("{}a{}", "(".repeat(2000), ")".repeat(2000));
    assert!(call("mustRegexFind", &deep, "", None).starts_with("error parsing regexp: expression nests too deeply: `(((("));
    let big = "((.{100}){10}(.{100}){10}){1}".repeat(2000);
    assert!(call("mustRegexFind", &big, "", None).starts_with("error parsing regexp: expression too large: `((.{"));
}

#[test]
fn groups_are_put_into_replacements() {
    let table = [
        ("(a)(b)?", "ab a", "<$1$2>", "<ab> <a>"),
        ("(a)", "a", "$1x-${1}x-$$-$", "-ax-$-$"),
        ("(?P<name>a)", "a", "$name ${name} $01 ${", "a a  ${"),
        ("a*", "baac", "x", "xbxcx"),
        ("", "é", "-", "-é-"),
        ("b*", "", "x", "x"),
    ];
    for (pattern, subject, replacement, expected) in table {
        assert_eq!(call("regexReplaceAll", pattern, subject, Some(replacement.into())), expected, "{pattern} {subject}");
    }
    assert_eq!(call("regexReplaceAllLiteral", "(a)", "ab", Some("$1".into())), "$1b");
}

#[test]
fn matches_and_parts_are_listed_as_in_go() {
    let table = [
        ("regexFindAll", "a*", "baac", -1, r#"["", "aa", ""]"#),
        ("regexFindAll", "a", "aaa", 2, r#"["a", "a"]"#),
        ("regexFindAll", "a", "b", -1, "nil"),
        ("regexFindAll", "a", "a", 0, "nil"),
        ("regexSplit", ",", "a,b,c", 2, r#"["a", "b,c"]"#),
        ("regexSplit", ",", "a,b,", -1, r#"["a", "b", ""]"#),
        ("regexSplit", ",", "", -1, r#"[""]"#),
        ("regexSplit", "", "aé", -1, r#"["a", "é"]"#),
        ("regexSplit", ",", "a", 0, "nil"),
    ];
    for (name, pattern, subject, limit, expected) in table {
        assert_eq!(call(name, pattern, subject, Some(Value::int(limit))), expected, "{name} {pattern} {subject} {limit}");
    }
}

#[test]
fn bytes_that_are_no_text_match_as_one_character_and_are_kept() {
    let args = [Value::str("b|."), Value::str(b"a\xffb"), Value::str("<$0>")];
    let value = super::super::calling::call(FUNCS, "regexReplaceAll", &args).expect("a value");
    assert_eq!(value.as_str().map(|text| text.to_vec()), Some(b"<a><\xff><b>".to_vec()));
}

#[test]
fn what_means_something_is_quoted() {
    assert_eq!(text(FUNCS, "regexQuoteMeta", &[r"a.b*[é]-\".into()]), Ok(r"a\.b\*\[é\]-\\".into()));
}
