use super::*;
use crate::matrix::{CaseSource, SetArg, SetKind};

fn cases() -> Vec<Case> {
    let set = |text: &str| SetArg { kind: SetKind::Set, text: text.into() };
    let base = Input::default();
    let hosts = Input { release: "it's".into(), extra: vec!["--debug".into()], ..base.with_sets([set("hosts={a,$b}")]) };
    let mut fails = Case::new("bad-port", CaseSource::Configuration, base.with_sets([set("service.port=0")]));
    fails.expect = Expect::Fail;
    vec![Case::new("default", CaseSource::Default, base), Case::new("hosts={a,$b}", CaseSource::Flags, hosts), fails]
}

fn listed(cases: &[Case]) -> Vec<Listed<'_>> {
    cases.iter().map(|case| Listed { target: "charts/web", case }).collect()
}

#[test]
fn table_has_aligned_columns() {
    insta::assert_snapshot!(text(&listed(&cases())).text);
}

#[test]
fn json_is_an_array_of_cases() {
    insta::assert_snapshot!(json(&listed(&cases())).text);
}

#[test]
fn github_takes_one_line() {
    let listing = github(&listed(&cases()));
    assert_eq!(listing.text.lines().count(), 1);
    assert_eq!(listing.warning, None);
    let value: Json = serde_json::from_str(&listing.text).unwrap();
    assert_eq!(value["include"][1]["name"], "charts/web: hosts={a,$b}");
    assert_eq!(value["include"][1]["args"], r"--set 'hosts={a,$b}' --release 'it'\''s' -- --debug");
    assert_eq!(value["include"][0]["args"], "");
    assert_eq!(value["include"][2]["expect"], "fail");
}

#[test]
fn gitlab_takes_a_hidden_job() {
    let text = gitlab(&listed(&cases())).text;
    insta::assert_snapshot!(text);
    let value: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    assert_eq!(
        value[".portcullis"]["parallel"]["matrix"][1]["PORTCULLIS_ARGS"],
        r"--set 'hosts={a,$$b}' --release 'it'\''s' -- --debug"
    );
}

#[test]
fn more_cases_than_jobs_are_said() {
    let case = Case::new("default", CaseSource::Default, Input::default());
    let many = |count| vec![Listed { target: "t", case: &case }; count];
    assert_eq!(github(&many(256)).warning, None);
    assert_eq!(
        github(&many(257)).warning.as_deref(),
        Some("257 cases, but GitHub makes at most 256 jobs of a matrix; combine axes with `pairwise`, or run with `--shard I/N`")
    );
    assert_eq!(gitlab(&many(200)).warning, None);
    assert!(gitlab(&many(201)).warning.unwrap().contains("GitLab makes at most 200 jobs"));
}

#[test]
fn arguments_are_quoted_where_needed() {
    for (text, expected) in
        [("a.b=1", "a.b=1"), ("", "''"), ("a b", "'a b'"), ("$x", "'$x'"), ("it's", r"'it'\''s'"), ("~", "'~'"), ("é", "'é'")]
    {
        assert_eq!(shell_quote(text), expected);
    }
}
