use super::{Kind, empty_map, parse_into};
use crate::chart::HelmVersion;
use crate::gotemplate::value::Frozen;

fn parsed(text: &str, kind: Kind<'_>) -> Result<String, String> {
    let map = empty_map();
    parse_into(text, &map, kind, HelmVersion::V4)?;
    Ok(format!("{:?}", map.entries().iter().map(|(key, value)| (key.clone(), Frozen::from(value))).collect::<Vec<_>>()))
}

#[test]
fn errors_are_gos() {
    for (text, expected) in [
        ("a", "key \"a\" has no value"),
        ("a,b=1", "key \"a\" has no value (cannot end with ,)"),
        ("a.=1", "key map \"a\" has no value"),
        ("a={1", "list must terminate with '}'"),
        ("a[x]=1", "error parsing index: strconv.Atoi: parsing \"x\": invalid syntax"),
        ("a[-1]=1", "negative -1 index not allowed"),
        ("a[65537]=1", "index of 65537 is greater than maximum supported index of 65536"),
        ("a[0]x=1", "unexpected data at end of array index: ['x']"),
        ("a=1,a.b=1", "unable to parse key: interface conversion: interface {} is int64, not map[string]interface {}"),
        ("a=null,a[0]=1", "unable to parse key: interface conversion: interface {} is nil, not []interface {}"),
    ] {
        assert_eq!(parsed(text, Kind::Typed).unwrap_err(), expected, "{text}");
    }
    let deep = format!("{}=1", vec!["a"; 32].join("."));
    let expected = "value name nested level is greater than maximum supported nested level of 30";
    assert_eq!(parsed(&deep, Kind::Typed).unwrap_err(), expected);
}

#[test]
fn an_unfinished_index_is_an_error_to_helm_3_only() {
    let map = empty_map();
    assert_eq!(parse_into("a[0", &map, Kind::Typed, HelmVersion::V4), Ok(()));
    assert_eq!(parse_into("a[0", &map, Kind::Typed, HelmVersion::V3), Err("error parsing index: EOF".into()));
}
