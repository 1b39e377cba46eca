use super::{Constraint, Version};

#[test]
fn versions_are_read_leniently() {
    for (text, expected) in [
        ("v1.34.0", Ok("1.34.0")),
        ("1", Ok("1.0.0")),
        ("1.2-rc.1+b", Ok("1.2.0-rc.1+b")),
        ("01.02", Ok("1.2.0")),
        ("1.2.3.4", Err("invalid semantic version")),
        ("", Err("invalid semantic version")),
        ("1.2.3-01", Err("version segment starts with 0")),
        (
            "99999999999999999999",
            Err("error parsing version segment: strconv.ParseUint: parsing \"99999999999999999999\": value out of range"),
        ),
    ] {
        assert_eq!(Version::new(text).map(|it| it.to_string()).as_deref().map_err(String::as_str), expected, "{text}");
    }
}

#[test]
fn strict_versions_have_all_parts() {
    for (text, expected) in [
        ("1.2.3-a+b-c", Ok("1.2.3-a+b-c")),
        ("", Err("version string empty")),
        ("1.2", Err("invalid semantic version")),
        ("v1.2.3", Err("invalid characters in version")),
        ("1.02.3", Err("version segment starts with 0")),
        ("1.2.3-", Err("invalid prerelease string")),
        ("1.2.3+", Err("invalid metadata string")),
    ] {
        assert_eq!(Version::strict(text).map(|it| it.to_string()).as_deref().map_err(String::as_str), expected, "{text}");
    }
}

#[test]
fn constraints() {
    for (constraint, version, expected) in [
        (">=1.21.0-0", "v1.34.0", true),
        (">= 1.19, < 1.30 || ~1.34", "1.34.2", true),
        ("1.2 - 1.4", "1.4.9", true),
        ("^0.2.3", "0.3.0", false),
        ("~1", "1.99.0", true),
        ("*", "1.0.0-rc", false),
        (">=1.0.0-0", "1.0.0-rc", true),
        ("!= 1.x", "1.5.0", false),
        (">1", "1.5.0", false),
        ("<=1", "1.5.0", true),
    ] {
        let version = Version::new(version).unwrap();
        assert_eq!(Constraint::new(constraint).unwrap().check(&version), expected, "{constraint} {version}");
    }
    assert_eq!(Constraint::new("a b").unwrap_err(), "improper constraint: \"a b\"");
    let reasons = Constraint::new("^1.2 || ^3").unwrap().validate(&Version::new("2.0.0").unwrap()).unwrap_err();
    assert_eq!(reasons, [r#""2.0.0" does not have same major version as "1.2""#, r#""2.0.0" is less than "3""#]);
}

#[test]
fn steps() {
    let version = Version::new("v1.2.3-rc+b").unwrap();
    for (next, expected) in [
        (version.inc_patch(), "v1.2.3"),
        (version.inc_minor(), "v1.3.0"),
        (version.inc_major(), "v2.0.0"),
        (version.with_prerelease("x"), "v1.2.3-x+b"),
    ] {
        assert_eq!(next.unwrap().original, expected);
    }
}
