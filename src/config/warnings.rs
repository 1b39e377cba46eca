//! What turns out to be wrong with a configuration once it was read: entries that are expired, or that match nothing.

use super::problem::{Mark, Problem};
use super::reader::Reader;
use super::{Config, Date, Problems};
use crate::yaml::Node;

/// Entries that matched nothing in a run, by index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Idle {
    pub ignores: Vec<usize>,
    pub excludes: Vec<usize>,
}

impl Config {
    /// Returns what to say of entries that are of no use.
    pub fn warnings(&self, today: Date, idle: &Idle) -> Problems {
        let reader = Reader::new(&self.source.text, &[]);
        let mut list = Vec::new();
        for (index, entry) in self.ignore.iter().enumerate() {
            let node = self.node(&["ignore"], index);
            if let Some(last) = entry.expires.filter(|_| entry.expired(today)) {
                let message = format!("the entry expired: {last} was the last day on which it held");
                list.push(warning(&reader, node, "expires", message, "set a later day, or remove the entry"));
            } else if idle.ignores.contains(&index) {
                let message = "the entry matches no finding".to_owned();
                list.push(warning(&reader, node, "rule", message, "remove it, or correct what it matches"));
            }
        }
        for &index in &idle.excludes {
            let node = self.node(&["matrix", "exclude"], index);
            let message = "the entry leaves out no case".to_owned();
            list.push(warning(&reader, node, "", message, "remove it, or correct what it matches"));
        }
        list.sort_by_key(|it| it.mark);
        Problems { file: self.source.file.clone(), text: self.source.text.clone(), list }
    }

    /// Returns a problem with the first value that is this text.
    pub fn problem_at(&self, text: &str, message: String, help: &str) -> Problems {
        let reader = Reader::new(&self.source.text, &[]);
        let mark = self.source.root.as_ref().and_then(|it| find(it, text)).map(|it| reader.mark(it));
        let list = vec![Problem { mark, message, help: help.to_owned(), also: None }];
        Problems { file: self.source.file.clone(), text: self.source.text.clone(), list }
    }

    fn node(&self, keys: &[&str], index: usize) -> Option<&Node> {
        self.source.root.as_ref()?.at(keys)?.items().get(index)
    }
}

fn find<'a>(node: &'a Node, text: &str) -> Option<&'a Node> {
    if node.str() == Some(text) {
        return Some(node);
    }
    let values = node.entries().iter().map(|it| &it.value);
    values.chain(node.items()).find_map(|it| find(it, text))
}

/// Makes a warning about an entry, at the value of one of its keys where it has it.
fn warning(reader: &Reader<'_>, entry: Option<&Node>, key: &str, message: String, help: &str) -> Problem {
    let mark: Option<Mark> = entry.map(|it| reader.mark(it.get(key).unwrap_or(it)));
    Problem { mark, message, help: help.to_owned(), also: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn useless_entries_are_named() {
        let text = "version: 1
matrix:
  axes: {kube: ['1.28', '1.29']}
  exclude: [{kube: '1.28'}, {kube: '1.30'}]
ignore:
- {rule: a, reason: x, expires: 2027-06-30}
- rule: b
  reason: x
- {rule: c, reason: x}
";
        let config = Config::read("portcullis.yaml", text, &["a", "b", "c"]).unwrap();
        let warnings = |day, idle| config.warnings(Date::parse(day).unwrap(), &idle).to_string();
        assert_eq!(warnings("2027-06-30", Idle::default()), "");
        assert_eq!(
            warnings("2027-07-01", Idle { ignores: vec![0, 1], excludes: vec![1] }),
            "portcullis.yaml:4:29: the entry leaves out no case; remove it, or correct what it matches\n\
             portcullis.yaml:6:33: the entry expired: 2027-06-30 was the last day on which it held; \
             set a later day, or remove the entry\n\
             portcullis.yaml:7:9: the entry matches no finding; remove it, or correct what it matches"
        );
    }
}
