//! Typed values as Helm arguments.

use serde_json::Value as Json;

use super::case::SetArg;
use crate::chart::SetKind;
use crate::words::{REDACTED, is_secret};

impl SetArg {
    /// Returns the argument that sets a value as a values file would: numbers, lists, maps and null by `--set-json`, for `--set` makes
    /// other types of them; strings by `--set-string`; booleans by `--set`.
    pub fn typed(path: &str, value: &Json) -> Self {
        let (kind, value) = match value {
            Json::Bool(value) => (SetKind::Set, value.to_string()),
            Json::String(text) => (SetKind::SetString, escape(text)),
            value => (SetKind::SetJson, value.to_string()),
        };
        Self { kind, text: format!("{path}={value}") }
    }

    /// Whether both set one and the same path and nothing else.
    pub fn same_path(&self, other: &Self) -> bool {
        self.only_path().is_some_and(|path| other.only_path() == Some(path))
    }

    /// Returns the path that it sets, if that is one.
    pub fn only_path(&self) -> Option<&str> {
        self.sets_one().then(|| self.parts().0)
    }

    /// Whether there is one path: `a=1,b=2` has two.
    fn sets_one(&self) -> bool {
        match self.kind {
            SetKind::SetFile | SetKind::SetLiteral => true,
            SetKind::SetJson => serde_json::from_str::<serde::de::IgnoredAny>(self.parts().1).is_ok(),
            SetKind::Set | SetKind::SetString => super::split::all(&self.text, ',').len() == 1,
        }
    }

    /// Returns the text as it may be shown: without the values of paths that say secret.
    pub fn shown(&self) -> String {
        match self.kind {
            SetKind::Set | SetKind::SetString => {
                super::split::all(&self.text, ',').into_iter().map(assignment).collect::<Vec<_>>().join(",")
            }
            SetKind::SetLiteral => assignment(&self.text),
            SetKind::SetFile => self.text.clone(),
            SetKind::SetJson => match super::split::once(&self.text, '=') {
                Some((path, _)) if is_secret(path) => format!("{path}={REDACTED}"),
                Some((path, json)) if !path.starts_with('{') => {
                    nested(json).map_or_else(|| self.text.clone(), |it| format!("{path}={it}"))
                }
                _ => nested(&self.text).unwrap_or_else(|| self.text.clone()),
            },
        }
    }

    /// Returns the path and the value, as written.
    pub fn parts(&self) -> (&str, &str) {
        super::split::once(&self.text, '=').unwrap_or((&self.text, ""))
    }
}

/// Hides the value of `path=value` where the path says that it is a secret.
fn assignment(text: &str) -> String {
    match super::split::once(text, '=') {
        Some((path, value)) if !value.is_empty() && is_secret(path) => format!("{path}={REDACTED}"),
        _ => text.to_owned(),
    }
}

/// Hides what stands in JSON below keys that say secret; `None` where there is nothing to hide.
fn nested(json: &str) -> Option<String> {
    let mut value: Json = serde_json::from_str(json).ok()?;
    hide(&mut value).then(|| value.to_string())
}

fn hide(value: &mut Json) -> bool {
    let mut hidden = false;
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                if is_secret(key) && (value.is_string() || value.is_number()) {
                    *value = REDACTED.into();
                    hidden = true;
                }
                hidden |= hide(value);
            }
        }
        Json::Array(items) => {
            for it in items {
                hidden |= hide(it);
            }
        }
        _ => {}
    }
    hidden
}

/// Escapes what Helm's `--set-string` would read as the end of the value or as a list.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if matches!(c, '\\' | ',') || (at == 0 && c == '{') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_keep_their_type() {
        for (value, expected) in [
            (json!(80), "--set-json a.b=80"),
            (json!(5.0), "--set-json a.b=5.0"),
            (json!(null), "--set-json a.b=null"),
            (json!([1, "x"]), "--set-json a.b=[1,\"x\"]"),
            (json!({"z": 1, "a": {}}), "--set-json a.b={\"z\":1,\"a\":{}}"),
            (json!(true), "--set a.b=true"),
            (json!("80"), "--set-string a.b=80"),
            (json!(""), "--set-string a.b="),
            (json!("a,b\\c"), "--set-string a.b=a\\,b\\\\c"),
            (json!("{x}"), "--set-string a.b=\\{x}"),
            (json!("k=v{"), "--set-string a.b=k=v{"),
        ] {
            let arg = SetArg::typed("a.b", &value);
            assert_eq!(format!("{} {}", arg.kind.flag(), arg.text), expected);
        }
    }

    #[test]
    fn same_path_is_seen_across_flags() {
        use SetKind::{Set, SetJson, SetString};
        for (one, other, expected) in [
            ((Set, "a=1"), (SetJson, "a=2"), true),
            ((SetString, "a=1"), (SetJson, "a=[1,2]"), true),
            ((Set, "a={1,2}"), (SetJson, "a=1"), true),
            ((Set, "a=1,b=2"), (SetJson, "a=2"), false),
            ((SetJson, "a=1,b=2"), (SetJson, "a=2"), false),
            ((Set, "a.b=1"), (Set, "a=1"), false),
        ] {
            let arg = |(kind, text): (SetKind, &str)| SetArg { kind, text: text.into() };
            assert_eq!(arg(one).same_path(&arg(other)), expected, "{one:?} {other:?}");
        }
    }

    #[test]
    fn path_ends_at_the_first_bare_equals_sign() {
        let parts = |text: &str| {
            let arg = SetArg { kind: SetKind::Set, text: text.into() };
            (arg.parts().0.to_owned(), arg.parts().1.to_owned())
        };
        assert_eq!(parts("a.b=c=d"), ("a.b".into(), "c=d".into()));
        assert_eq!(parts("a\\=b=c"), ("a\\=b".into(), "c".into()));
    }

    #[test]
    fn secrets_are_not_shown() {
        for (kind, text, want) in [
            (SetKind::Set, "a=1,admin.password=hunter2,b=2", "a=1,admin.password=[redacted],b=2"),
            (SetKind::SetString, "keycloak.port=80", "keycloak.port=80"),
            (SetKind::SetJson, "db={\"token\":\"x\",\"port\":1}", "db={\"token\":\"[redacted]\",\"port\":1}"),
            (SetKind::SetJson, "apiKey=\"x\"", "apiKey=[redacted]"),
            (SetKind::SetJson, "ports=[{\"port\": 1}]", "ports=[{\"port\": 1}]"),
        ] {
            assert_eq!(SetArg { kind, text: text.into() }.shown(), want);
        }
    }
}
