//! What the user sets: `-f` and the `--set` family, as Helm's `pkg/cli/values` merges them.

use super::coalesce::{empty, table};
use super::strvals::{Kind, ReadFile, parse_into};
use super::{HelmVersion, yaml};
use crate::codec::json::from_json;
use crate::gotemplate::value::{Frozen, Map, MapType, Value};

/// A flag of the `--set` family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetFlag {
    Set,
    SetString,
    SetJson,
    SetFile,
    SetLiteral,
}

impl SetFlag {
    /// The order in which Helm takes them, whatever that on its command line.
    const ORDER: [Self; 5] = [Self::SetJson, Self::Set, Self::SetString, Self::SetFile, Self::SetLiteral];

    fn name(self) -> &'static str {
        match self {
            Self::Set => "--set",
            Self::SetString => "--set-string",
            Self::SetJson => "--set-json",
            Self::SetFile => "--set-file",
            Self::SetLiteral => "--set-literal",
        }
    }
}

/// Merges what the user sets. `files` have names for errors; `read` reads what `--set-file` names.
///
/// # Errors
/// Helm's sentence.
pub fn user_values(
    files: &[(&str, &[u8])],
    sets: &[(SetFlag, &str)],
    read: ReadFile<'_>,
    helm: HelmVersion,
) -> Result<Value, String> {
    let mut table = yaml::Table::new();
    for (name, bytes) in files {
        let read = yaml::values(bytes, helm).map_err(|mistake| format!("failed to parse {name}: {}", mistake.message))?;
        yaml::merge(&mut table, read);
    }
    let mut base = Frozen::Map(table).thaw().as_map().cloned().unwrap_or_else(empty);
    for flag in SetFlag::ORDER {
        for (_, text) in sets.iter().filter(|(it, _)| *it == flag) {
            base = set(base, flag, text, read, helm)?;
        }
    }
    Ok(base.into())
}

fn set(base: Map, flag: SetFlag, text: &str, read: ReadFile<'_>, helm: HelmVersion) -> Result<Map, String> {
    let kind = match flag {
        SetFlag::Set => Kind::Typed,
        SetFlag::SetString => Kind::Strings,
        SetFlag::SetFile => Kind::File(read),
        SetFlag::SetLiteral => Kind::Literal,
        SetFlag::SetJson if helm == HelmVersion::V4 && text.trim().starts_with('{') => {
            let object = from_json(text.trim().as_bytes()).ok().and_then(|it| it.as_map().cloned());
            let object = object.ok_or_else(|| format!("failed parsing --set-json data JSON: {text}"))?;
            return Ok(merged(&base, &object));
        }
        SetFlag::SetJson => Kind::Json,
    };
    parse_into(text, &base, kind, helm).map_err(|error| match flag {
        SetFlag::SetJson => format!("failed parsing --set-json data {text}"),
        _ => format!("failed parsing {} data: {error}", flag.name()),
    })?;
    Ok(base)
}

/// `MergeMaps`
fn merged(under: &Map, over: &Map) -> Map {
    let out = Map::new(MapType::Any, under.entries().clone());
    for (key, value) in over.to_vec() {
        let both = table(&value).cloned().zip(out.get(&key).as_ref().and_then(table).cloned());
        let value = both.map_or(value, |(over, under)| merged(&under, &over).into());
        out.insert(key, value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_have_an_order_of_their_own() {
        let read = |path: &str| {
            if path == "f" { Ok(b"text\n".to_vec()) } else { Err(format!("open {path}: no such file or directory")) }
        };
        let sets = [
            (SetFlag::SetString, "a=2"),
            (SetFlag::Set, "a=1,b=1"),
            (SetFlag::SetJson, "{\"b\": 3, \"c\": {\"d\": 1}}"),
            (SetFlag::SetFile, "e=f"),
        ];
        let values = user_values(&[("v.yaml", b"c: {x: 1}\n")], &sets, &read, HelmVersion::V4).unwrap();
        let expected = "Map({[97]: Str([50]), [98]: Int(Int64, 1), [99]: Map({[100]: Float(1.0), [120]: Float(1.0)}), [101]: Str([116, 101, 120, 116, 10])})";
        assert_eq!(format!("{:?}", Frozen::from(&values)), expected);
        let error = |flag, text| user_values(&[], &[(flag, text)], &read, HelmVersion::V4).unwrap_err();
        assert_eq!(error(SetFlag::SetFile, "a=g"), "failed parsing --set-file data: open g: no such file or directory");
        assert_eq!(error(SetFlag::SetJson, "a=[1"), "failed parsing --set-json data a=[1");
        assert_eq!(error(SetFlag::Set, "a"), "failed parsing --set data: key \"a\" has no value");
    }
}
