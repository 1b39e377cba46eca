//! `.Files`: Helm's files.go.

use std::any::Any;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::glob::Glob;
use crate::codec::yaml::to_yaml;
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Param};
use crate::gotemplate::value::{Kind, Map, MapType, Object, Str, Value};

/// Files of a chart by their paths, shared by all its renderings.
pub(crate) type FileMap = BTreeMap<Arc<str>, Arc<[u8]>>;

/// Go's `engine.files`, a map of `[]byte` with methods.
#[derive(Debug, Clone)]
pub(crate) struct Files(Arc<FileMap>);

impl Files {
    pub(crate) fn new(files: Arc<FileMap>) -> Self {
        Self(files)
    }

    /// Returns it as a value.
    pub(crate) fn value(self) -> Value {
        Value::new(Kind::Object(Rc::new(self)))
    }

    fn get(&self, name: &[u8]) -> &[u8] {
        let name = std::str::from_utf8(name).ok();
        name.and_then(|name| self.0.get(name)).map_or(&[], |content| content)
    }

    fn glob(&self, pattern: &[u8]) -> Self {
        let glob = Glob::new(pattern);
        let wanted = self.0.iter().filter(|(name, _)| glob.is_match(name));
        Self(Arc::new(wanted.map(|(name, content)| (Arc::clone(name), Arc::clone(content))).collect()))
    }

    /// Returns the lines of a file, without the break at its end.
    fn lines(&self, name: &[u8]) -> Value {
        let content = self.get(name);
        if content.is_empty() {
            return Value::strings::<&[u8]>([]);
        }
        Value::strings(content.strip_suffix(b"\n").unwrap_or(content).split(|byte| *byte == b'\n'))
    }

    /// Returns a YAML map from the last part of each path to what is made of the content. Of equal ones the last path wins; in Go any may.
    fn as_yaml(&self, make: impl Fn(&[u8]) -> Value) -> Value {
        let entries = self.0.iter().map(|(name, content)| (Str::from(base(name)), make(content))).collect();
        let yaml = to_yaml(&Map::new(MapType::Str, entries).into()).unwrap_or_default();
        Value::str(yaml.strip_suffix(b"\n").unwrap_or(&yaml))
    }
}

/// Go's `path.Base`.
fn base(path: &str) -> &str {
    let path = if path.is_empty() { "." } else { path };
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() { "/" } else { trimmed.rsplit('/').next().unwrap_or(trimmed) }
}

impl Object for Files {
    fn type_name(&self) -> &'static str {
        "engine.files"
    }

    fn kind_name(&self) -> &'static str {
        "map"
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.0.get(name).map(|content| Value::bytes(content))
    }

    fn method(&self, name: &str) -> Option<&'static [Param]> {
        match name {
            "Get" | "GetBytes" | "Glob" | "Lines" => Some(&[Param::Str]),
            "AsConfig" | "AsSecrets" => Some(&[]),
            _ => None,
        }
    }

    fn call(&self, _exec: &mut Exec<'_>, name: &str, args: &[Value]) -> Result<Value, Error> {
        let arg: &[u8] = args.first().and_then(Value::as_str).map_or(&[], |text| text);
        Ok(match name {
            "Get" => Value::str(self.get(arg)),
            "GetBytes" => Value::bytes(self.get(arg)),
            "Glob" => self.glob(arg).value(),
            "Lines" => self.lines(arg),
            "AsConfig" => self.as_yaml(|content| Value::str(content)),
            "AsSecrets" => self.as_yaml(|content| STANDARD.encode(content).into()),
            _ => return Err(Error::new(format!("{name} is not a method"))),
        })
    }

    fn data(&self) -> Value {
        let entries = self.0.iter().map(|(name, content)| (Str::from(&**name), Value::bytes(content))).collect();
        Map::new(MapType::Named("map[string][]uint8"), entries).into()
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::builtin::funcs::calling::{show, with_exec};

    fn files() -> Files {
        let files = [("a.txt", "one\ntwo\n"), ("conf/b.txt", "b"), ("conf/deep/c.txt", ""), ("bin", "\0")];
        Files::new(Arc::new(files.map(|(name, content)| (name.into(), content.as_bytes().into())).into()))
    }

    fn call(name: &str, arg: &str) -> String {
        with_exec(|exec| show(&files().call(exec, name, &[arg.into()]).expect("a value")))
    }

    #[test]
    fn files_are_read_by_their_paths() {
        let table = [
            ("Get", "a.txt", "one\ntwo\n"),
            ("Get", "none", ""),
            ("Lines", "a.txt", r#"["one", "two"]"#),
            ("Lines", "conf/deep/c.txt", "[]"),
            ("Lines", "none", "[]"),
        ];
        for (name, path, output) in table {
            assert_eq!(call(name, path), output, "{name} {path}");
        }
    }

    #[test]
    fn a_glob_gives_the_files_that_it_matches_and_all_if_it_is_broken() {
        for (pattern, count) in [("*", 2), ("**", 4), ("conf/*", 1), ("conf/**", 2), ("{a,conf/b}.txt", 2), ("[", 4)] {
            assert_eq!(files().glob(pattern.as_bytes()).0.len(), count, "{pattern}");
        }
    }

    #[test]
    fn a_base_is_the_last_part_of_a_path() {
        for (path, expected) in [("a/b", "b"), ("a", "a"), ("a/", "a"), ("", "."), ("//", "/")] {
            assert_eq!(base(path), expected, "{path}");
        }
    }
}
