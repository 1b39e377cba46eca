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
