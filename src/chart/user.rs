//! What the user sets: `-f` and the `--set` family, as Helm's `pkg/cli/values` merges them.

use super::coalesce::{empty, table};
use super::strvals::{Kind, ReadFile, parse_into};
use super::{HelmVersion, yaml};
use crate::codec::json::from_json;
use crate::gotemplate::value::{Frozen, Map, MapType, Value};

/// Helm's way to set one value, in the order in which Helm takes them: later ones win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetKind {
    SetJson,
    Set,
    SetString,
    SetFile,
    SetLiteral,
}

impl SetKind {
    const ALL: [Self; 5] = [Self::SetJson, Self::Set, Self::SetString, Self::SetFile, Self::SetLiteral];

    /// Returns Helm's flag.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Set => "--set",
            Self::SetString => "--set-string",
            Self::SetJson => "--set-json",
            Self::SetFile => "--set-file",
            Self::SetLiteral => "--set-literal",
        }
    }
}

/// Reads a values file, for all renderings that take it; `name` is for errors.
///
/// # Errors
/// Helm's sentence.
pub fn read_values(name: &str, bytes: &[u8], helm: HelmVersion) -> Result<Frozen, String> {
    let read = yaml::values(bytes, helm).map_err(|mistake| format!("failed to parse {name}: {}", mistake.message))?;
    Ok(Frozen::Map(read))
}

/// Merges what the user sets. `files` are maps, as [`read_values`] makes them; `read` reads what `--set-file` names.
///
/// # Errors
/// Helm's sentence.
pub fn user_values(files: &[&Frozen], sets: &[(SetKind, &str)], read: ReadFile<'_>, helm: HelmVersion) -> Result<Value, String> {
    let mut table = yaml::Table::new();
    for file in files {
        if let Frozen::Map(file) = file {
            yaml::merge(&mut table, file.clone());
        }
    }
    let mut base = Frozen::Map(table).thaw().as_map().cloned().unwrap_or_else(empty);
    for flag in SetKind::ALL {
        for (_, text) in sets.iter().filter(|(it, _)| *it == flag) {
            base = set(base, flag, text, read, helm)?;
        }
    }
    Ok(base.into())
}

fn set(base: Map, flag: SetKind, text: &str, read: ReadFile<'_>, helm: HelmVersion) -> Result<Map, String> {
    let kind = match flag {
        SetKind::Set => Kind::Typed,
        SetKind::SetString => Kind::Strings,
        SetKind::SetFile => Kind::File(read),
        SetKind::SetLiteral => Kind::Literal,
        SetKind::SetJson if helm == HelmVersion::V4 && text.trim().starts_with('{') => {
            let object = from_json(text.trim().as_bytes()).ok().and_then(|it| it.as_map().cloned());
            let object = object.ok_or_else(|| format!("failed parsing --set-json data JSON: {text}"))?;
            return Ok(merged(&base, &object));
        }
        SetKind::SetJson => Kind::Json,
    };
    parse_into(text, &base, kind, helm).map_err(|error| match flag {
        SetKind::SetJson => format!("failed parsing --set-json data {text}"),
        _ => format!("failed parsing {} data: {error}", flag.flag()),
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
            (SetKind::SetString, "a=2"),
            (SetKind::Set, "a=1,b=1"),
            (SetKind::SetJson, "{\"b\": 3, \"c\": {\"d\": 1}}"),
            (SetKind::SetFile, "e=f"),
        ];
        let file = read_values("v.yaml", b"c: {x: 1}\n", HelmVersion::V4).unwrap();
        let values = user_values(&[&file], &sets, &read, HelmVersion::V4).unwrap();
        let expected = "Map({[97]: Str([50]), [98]: Int(Int64, 1), [99]: Map({[100]: Float(1.0), [120]: Float(1.0)}), [101]: Str([116, 101, 120, 116, 10])})";
        assert_eq!(format!("{:?}", Frozen::from(&values)), expected);
        let error = |flag, text| user_values(&[], &[(flag, text)], &read, HelmVersion::V4).unwrap_err();
        assert_eq!(error(SetKind::SetFile, "a=g"), "failed parsing --set-file data: open g: no such file or directory");
        assert_eq!(error(SetKind::SetJson, "a=[1"), "failed parsing --set-json data a=[1");
        assert_eq!(error(SetKind::Set, "a"), "failed parsing --set data: key \"a\" has no value");
    }
}
