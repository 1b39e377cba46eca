//! What a chart asks for when it refuses an input: read out of its message and of the template line that it names.

use serde_json::{Value as Json, json};

use super::Probe;
use super::filled::{Filled, is_general, is_true};
use super::made_up::Maker;
use super::reads::Path;
use crate::chart::{Step, shown_path};

/// So many values are made up for one input, one after the other.
pub(super) const REPAIRS: usize = 16;

impl Probe<'_> {
    /// Adds a value that a refused input lacks, by what the chart said; `false` where that can't be told.
    pub(super) fn repair(&self, message: &str, filled: &mut Filled) -> bool {
        let given = |path: &Path| filled.changes.iter().find(|it| it.0 == *path).map(|it| &it.1);
        let wanted = self.asked_for(message).into_iter().find_map(|path| {
            if is_general(&path) {
                return None;
            }
            let value = match given(&path) {
                None if is_true(self.values.get(&path)) => return None,
                None => Maker::new(&self.reads).value(&path),
                // A text did not do: a list of it, then a map.
                Some(Json::String(text)) if speaks_of_types(message) => json!([text]),
                Some(Json::Array(_)) if speaks_of_types(message) => json!({}),
                Some(_) => return None,
            };
            Some((path, value))
        });
        let Some((path, value)) = wanted else { return false };
        filled.set(path, value);
        true
    }

    /// Returns the values that a message may ask for, the likeliest first.
    fn asked_for(&self, message: &str) -> Vec<Path> {
        let mut paths = missing_properties(message);
        paths.extend(written(message, &[]));
        for (file, line) in places(message).into_iter().rev() {
            let Some(text) = self.pipeline.target.tree.text(&file) else { continue };
            let prefix = self.prefix(&file);
            let line = line as usize;
            let lines: Vec<&str> = text.lines().skip(line.saturating_sub(2)).take(3).collect();
            let own = usize::from(line > 1);
            let order = [own, own.wrapping_sub(1), own + 1];
            paths.extend(order.iter().filter_map(|at| lines.get(*at)).flat_map(|it| written(it, &prefix)));
        }
        let read: Vec<&Path> = self.reads.paths.keys().filter(|it| !is_true(self.values.get(it))).collect();
        for word in message.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.')).filter(|it| it.len() >= 3) {
            let word = word.trim_matches('.');
            let says = |path: &&&Path| shown_path(path) == word || matches!(path.last(), Some(Step::Key(key)) if key == word);
            paths.extend(read.iter().filter(says).map(|it| (*it).clone()));
        }
        paths
    }

    /// Returns where the values of a file's chart stand.
    fn prefix(&self, file: &str) -> Path {
        let Some(folder) = file.strip_prefix("charts/").and_then(|it| it.split('/').next()) else { return Path::new() };
        let known = self.chart.dependencies.iter().find(|it| it.name == folder);
        vec![Step::Key(known.and_then(|it| it.alias.clone()).unwrap_or_else(|| folder.to_owned()))]
    }
}

/// Whether a message says that a value has the wrong type, rather than that something is missing besides.
fn speaks_of_types(message: &str) -> bool {
    const WORDS: [&str; 9] = [
        "wrong type",
        "expected ",
        "can't iterate",
        "can't evaluate",
        "interface conversion",
        "incompatible type",
        "cannot unmarshal",
        "want array",
        "want object",
    ];
    WORDS.iter().any(|it| message.contains(it))
}

/// Returns the paths that a text writes out: `.Values.a.b`, `index .Values.a "b"`.
fn written(text: &str, prefix: &[Step]) -> Vec<Path> {
    let mut paths = Vec::new();
    for rest in text.split(".Values.").skip(1) {
        let end = rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.')).unwrap_or(rest.len());
        let mut keys: Vec<&str> = rest[..end].split('.').filter(|it| !it.is_empty()).collect();
        let mut behind = &rest[end..];
        while let Some((key, more)) = behind.strip_prefix(" \"").and_then(|it| it.split_once('"')) {
            keys.push(key);
            behind = more;
        }
        let is_global = keys.first() == Some(&"global");
        let path: Path = if is_global { Path::new() } else { prefix.to_vec() };
        if !keys.is_empty() {
            paths.push(path.into_iter().chain(keys.into_iter().map(|it| Step::Key(it.to_owned()))).collect());
        }
    }
    paths
}

/// Returns the template places of a message, as files of the target's tree, in order.
fn places(message: &str) -> Vec<(String, u32)> {
    let mut places = Vec::new();
    for word in message.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '<' | '>')) {
        let mut parts = word.split(':');
        let (Some(file), Some(Ok(line))) = (parts.next(), parts.next().map(str::parse)) else { continue };
        // The first folder is the chart's name.
        if let Some((_, file)) = file.split_once('/') {
            places.push((file.to_owned(), line));
        }
    }
    places
}

/// Returns the properties that a schema misses: `at '/a/b': missing property 'c'`.
fn missing_properties(message: &str) -> Vec<Path> {
    let mut paths = Vec::new();
    for line in message.lines() {
        let Some((before, missing)) = line.split_once("missing propert") else { continue };
        let at = before.split('\'').nth(1).unwrap_or_default();
        let base: Path = at.split('/').filter(|it| !it.is_empty()).map(|it| Step::Key(it.to_owned())).collect();
        let names = missing.split('\'').skip(1).step_by(2);
        paths.extend(names.map(|it| base.iter().cloned().chain([Step::Key(it.to_owned())]).collect::<Path>()));
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_where() {
        let place = |file: &str, line| vec![(file.to_owned(), line)];
        for (message, wanted) in [
            ("execution error at (web/templates/a.yaml:12:5): name is required", place("templates/a.yaml", 12)),
            ("web/charts/db/templates/a.yaml:20:91\n  executing \"x\" at <b64enc>:", place("charts/db/templates/a.yaml", 20)),
            ("no place: none", Vec::new()),
        ] {
            assert_eq!(places(message), wanted, "{message}");
        }
    }

    #[test]
    fn a_text_is_no_text_only_where_types_are_spoken_of() {
        assert!(speaks_of_types("at <b64enc>: wrong type for value; expected string; got []interface {}"));
        assert!(speaks_of_types("at '/a': got string, want array"));
        assert!(!speaks_of_types("at '/auth/password': got object, want string"));
        assert!(!speaks_of_types("you must set auth.password too"));
    }

    #[test]
    fn paths_are_read_out_of_texts() {
        let shown = |paths: Vec<Path>| paths.iter().map(|it| shown_path(it)).collect::<Vec<_>>();
        let text = r#"{{ index .Values._c "root-host" }} {{ $.Values.global.a }} {{ .Values.b.c | quote }}"#;
        assert_eq!(shown(written(text, &[Step::Key("db".into())])), ["db._c.root-host", "global.a", "db.b.c"]);
        assert_eq!(
            shown(missing_properties("- at '/a/b': missing properties 'c', 'd'\n- at '': missing property 'e'")),
            ["a.b.c", "a.b.d", "e"]
        );
    }
}
